// What the binary carries of web/: pages, scripts, styles and pictures as the build left them, each also compressed.
#pragma once

#include <span>
#include <string_view>

#include "http/message.h"

namespace qantara::assets {

struct Asset {
  std::string_view path;          ///< "link/index.en.html", "link/assets/index-4fZ1xQ.js", "sdk/Lean.min.js"
  std::string_view content_type;  ///< "text/html; charset=utf-8"
  /// For the ETag header, quoted and weak: one tag for all three encodings of the same content.
  std::string_view etag;
  std::string_view identity;
  std::string_view gzip;    ///< Empty where compressing does not pay.
  std::string_view brotli;  ///< Likewise.
};

/// Null if there is no such asset. Paths are compared whole, so nothing outside the table can be reached.
const Asset* find(std::string_view path);

/// The same for a path that the build is sure to have made: without it the program is not whole.
const Asset& get(std::string_view path);

/// Sorted by path.
std::span<const Asset> all();

enum class Caching {
  NEVER,    ///< no-store: for pages.
  SHORTLY,  ///< Five minutes, then asked again with the ETag: for what keeps its name when its content changes.
  FOREVER,  ///< A year: for names with a hash of the content.
};

/// Answers a GET or HEAD with `asset`, in the encoding that the request's Accept-Encoding (RFC 9110, section 12.5.3) likes
/// best; among equals brotli, then gzip. 304 where If-None-Match has its ETag. Never 406: whoever refuses everything gets
/// the content as it is. Headers set: Content-Type, Content-Encoding, Vary, ETag, Cache-Control.
http::Response serve(const Asset& asset, const http::Request& request, Caching caching);

}  // namespace qantara::assets
