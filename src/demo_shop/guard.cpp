#include "demo_shop/guard.h"

#include <algorithm>
#include <string>

#include "base/text.h"
#include "http/url.h"

namespace qantara::demo_shop {

namespace {

bool is_loopback(std::string_view host) {
  if (host == "localhost" || host == "::1") return true;
  // Only digits and dots: "127.0.0.1.example.com" is a name like any other.
  return host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string_view::npos;
}

bool is_json(const http::Request& request) {
  const auto type = request.headers.value_or("Content-Type", "");
  return equals_ignoring_case(trim(type.substr(0, type.find(';'))), "application/json");
}

}  // namespace

std::optional<std::string_view> guard_fault(const http::Request& request, Purpose purpose, std::string_view address) {
  const auto host = request.headers.value_or("Host", "");
  const auto authority = http::parse_authority(host);
  if (!authority || !(is_loopback(authority->host) || authority->host == address)) {
    return "the shop answers at its own address only";
  }
  if (purpose == Purpose::WEBHOOK) return std::nullopt;

  const bool reads = request.method == http::Method::GET || request.method == http::Method::HEAD;
  const auto site = request.headers.value_or("Sec-Fetch-Site", "same-origin");
  const auto* const origin = request.headers.find("Origin");
  const bool is_foreign = site != "same-origin" && !(reads && site == "none");
  if (is_foreign || (origin != nullptr && !equals_ignoring_case(*origin, "http://" + std::string{host}))) {
    return "only the shop's own page may ask for this";
  }
  if (!reads && !is_json(request)) return "Content-Type: application/json is needed";
  return std::nullopt;
}

}  // namespace qantara::demo_shop
