#include "applications/origin.h"

#include <algorithm>
#include <charconv>

#include "http/message.h"

namespace qantara::applications {

namespace {

/// One of 127.0.0.0/8 as four decimal numbers.
bool is_loopback_address(std::string_view host) {
  int numbers = 0;
  for (std::string_view rest = host;;) {
    const auto end = std::min(rest.find('.'), rest.size());
    const auto text = rest.substr(0, end);
    unsigned number = 256;
    const auto [last, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool is_plain = failure == std::errc{} && last == text.data() + text.size() && text.size() <= 3;
    if (!is_plain || number > 255 || (text.size() > 1 && text.front() == '0')) return false;
    if (numbers == 0 && number != 127) return false;
    ++numbers;
    if (end == rest.size()) return numbers == 4;
    rest.remove_prefix(end + 1);
  }
}

bool is_loopback(std::string_view origin) {
  const auto url = http::parse_url(origin);
  return url && is_loopback_host(url->host);
}

}  // namespace

std::optional<std::string> parse_origin(std::string_view text) {
  const auto scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) return std::nullopt;
  if (text.find_first_of("/?", scheme_end + 3) != std::string_view::npos) return std::nullopt;
  const auto url = http::parse_url(text);
  if (!url || url->host.contains(':')) return std::nullopt;
  return url->origin();
}

bool is_loopback_host(std::string_view host) {
  return host == "localhost" || host == "::1" || is_loopback_address(host);
}

bool may_frame(std::string_view origin, Mode mode, std::span<const std::string> registered) {
  if (registered.empty()) return mode == Mode::SANDBOX && is_loopback(origin);
  return std::ranges::find(registered, origin) != registered.end();
}

}  // namespace qantara::applications
