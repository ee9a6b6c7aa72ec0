// host[:port], as it stands in a URL and in the Host header.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace qantara::http {

struct Authority {
  std::string host;  ///< Lower case, without the brackets of an IPv6 address.
  std::string port;  ///< Empty if none is given.
};

/// Nothing for an empty or malformed host, a malformed IPv6 address, and a port outside 1–65535.
/// Hosts are what DNS and dotted addresses need (letters, digits, '-', '.', '_'), not all that RFC 3986 allows.
std::optional<Authority> parse_authority(std::string_view text);

}  // namespace qantara::http
