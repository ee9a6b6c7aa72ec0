#include "assets/assets.h"

#include <algorithm>
#include <optional>

#include "base/check.h"
#include "base/text.h"

namespace qantara::assets {

namespace {

/// Calls `take` with each element of the comma-separated lists in all header fields called `name`, trimmed.
template <class Take>
void for_each_element(const http::Headers& headers, std::string_view name, Take take) {
  for (const auto& [field, value] : headers.fields()) {
    if (!equals_ignoring_case(field, name)) continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const auto end = std::min(rest.find(','), rest.size());
      if (const auto element = trim(rest.substr(0, end)); !element.empty()) take(element);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
}

/// A weight of RFC 9110, section 12.4.2, in thousandths: "0.5" → 500. Nothing for what is none.
std::optional<int> parse_weight(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  if (text.size() > 1 && text[1] != '.') return std::nullopt;
  int thousandths = (text[0] - '0') * 1000;
  int place = 100;
  for (const char digit : text.substr(std::min<std::size_t>(text.size(), 2))) {
    if (digit < '0' || digit > '9') return std::nullopt;
    thousandths += (digit - '0') * place;
    place /= 10;
  }
  return thousandths <= 1000 ? std::optional{thousandths} : std::nullopt;
}

/// How much the client wants each encoding, in thousandths; 0 refuses it.
struct Wishes {
  std::optional<int> brotli;
  std::optional<int> gzip;
  std::optional<int> identity;
  std::optional<int> others;  ///< `*`: for those that are not named.
};

Wishes read_wishes(const http::Headers& headers) {
  Wishes wishes;
  for_each_element(headers, "accept-encoding", [&](std::string_view element) {
    const auto semicolon = std::min(element.find(';'), element.size());
    const auto coding = trim(element.substr(0, semicolon));
    std::optional<int> weight = 1000;
    if (semicolon < element.size()) {
      const auto parameter = trim(element.substr(semicolon + 1));
      const bool is_weight = parameter.starts_with("q=") || parameter.starts_with("Q=");
      weight = is_weight ? parse_weight(parameter.substr(2)) : std::nullopt;
    }
    if (!weight) return;  // Not understood: as if the coding had not been named.
    if (equals_ignoring_case(coding, "br")) wishes.brotli = weight;
    if (equals_ignoring_case(coding, "gzip") || equals_ignoring_case(coding, "x-gzip")) wishes.gzip = weight;
    if (equals_ignoring_case(coding, "identity")) wishes.identity = weight;
    if (coding == "*") wishes.others = weight;
  });
  return wishes;
}

struct Representation {
  std::string_view coding;  ///< For Content-Encoding; empty if there is nothing to tell.
  std::string_view body;
};

Representation choose(const Asset& asset, const http::Headers& headers) {
  const auto wishes = read_wishes(headers);
  Representation best{.coding = {}, .body = asset.identity};
  // Identity needs no word of the client's. Without one it is what is left when nothing else is wanted.
  int best_weight = wishes.identity.value_or(0);
  const auto consider = [&](std::string_view coding, std::string_view body, std::optional<int> wish) {
    const int weight = wish.value_or(wishes.others.value_or(0));
    if (body.empty() || weight == 0 || weight < best_weight) return;
    best = {.coding = coding, .body = body};
    best_weight = weight;
  };
  consider("gzip", asset.gzip, wishes.gzip);
  consider("br", asset.brotli, wishes.brotli);  // After gzip: it takes the place of an equal.
  return best;
}

std::string_view opaque_tag(std::string_view etag) { return etag.starts_with("W/") ? etag.substr(2) : etag; }

/// Whether the client has this content already (RFC 9110, section 13.1.2; the comparison is weak).
bool is_known(const Asset& asset, const http::Headers& headers) {
  bool known = false;
  for_each_element(headers, "if-none-match", [&](std::string_view tag) {
    known = known || tag == "*" || opaque_tag(tag) == opaque_tag(asset.etag);
  });
  return known;
}

std::string_view cache_control(Caching caching) {
  switch (caching) {
    case Caching::NEVER:
      return "no-store";
    case Caching::SHORTLY:
      return "public, max-age=300";
    case Caching::FOREVER:
      return "public, max-age=31536000, immutable";
  }
  return "no-store";
}

}  // namespace

const Asset* find(std::string_view path) {
  const auto assets = all();
  const auto found = std::ranges::lower_bound(assets, path, {}, &Asset::path);
  return found != assets.end() && found->path == path ? &*found : nullptr;
}

const Asset& get(std::string_view path) {
  const auto* const asset = find(path);
  CHECK(asset != nullptr);
  return *asset;
}

http::Response serve(const Asset& asset, const http::Request& request, Caching caching) {
  http::Response response;
  response.headers.add("Cache-Control", cache_control(caching));
  response.headers.add("Vary", "Accept-Encoding");
  response.headers.add("ETag", asset.etag);
  if (is_known(asset, request.headers)) {
    response.status = 304;
    return response;
  }
  const auto chosen = choose(asset, request.headers);
  response.headers.add("Content-Type", asset.content_type);
  if (!chosen.coding.empty()) response.headers.add("Content-Encoding", chosen.coding);
  response.body = chosen.body;
  return response;
}

}  // namespace qantara::assets
