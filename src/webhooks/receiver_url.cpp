#include "webhooks/receiver_url.h"

#include <algorithm>
#include <cstddef>

namespace qantara::webhooks {

namespace {

constexpr std::size_t kUrlLengthMax = 2000;

/// Whether `host` is an address in any spelling, not a name.
bool is_address(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  if (host.contains(':')) return true;
  const std::string_view last = host.substr(host.rfind('.') + 1);  // npos + 1 is 0: a host without dots.
  const bool digits = std::ranges::all_of(last, [](char letter) { return letter >= '0' && letter <= '9'; });
  return digits || last.starts_with("0x") || last.starts_with("0X");
}

/// Names of this machine, whatever a resolver says of them (RFC 6761, section 6.3).
bool is_localhost(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  return host == "localhost" || host.ends_with(".localhost");
}

}  // namespace

Result<http::Url> check_url(std::string_view url, const http::AddressPolicy& addresses) {
  auto parsed = url.size() <= kUrlLengthMax ? http::parse_url(url) : std::nullopt;
  if (!parsed) {
    return field_error(
        ErrorCode::INVALID_PARAMETERS, "url",
        "url must be an absolute http or https URL of at most 2000 characters, without user info and fragment");
  }
  if (is_address(parsed->host) && !http::allows(addresses, parsed->host)) return forbidden_address();
  const bool has_loopback = http::allows(addresses, "127.0.0.1") || http::allows(addresses, "::1");
  if (is_localhost(parsed->host) && !has_loopback) return forbidden_address();
  return *std::move(parsed);
}

Result<void> check_live_url(std::string_view url) {
  const auto parsed = http::parse_url(url);
  if (parsed && parsed->scheme == "https" && parsed->port == "443") return {};
  return field_error(
      ErrorCode::INVALID_PARAMETERS, "url",
      "url must be of https, without another port than 443: a live application's events go nowhere else");
}

Error forbidden_address() {
  return field_error(
      ErrorCode::INVALID_PARAMETERS, "url",
      "url must not lead to a private, loopback or otherwise special address, unless the operator allows "
      "its network");
}

}  // namespace qantara::webhooks
