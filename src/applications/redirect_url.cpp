#include "applications/redirect_url.h"

#include <algorithm>

#include "applications/origin.h"
#include "http/message.h"

namespace qantara::applications {

namespace {

constexpr std::size_t kLengthMax = 2048;
/// What a browser escapes or turns into something else (WHATWG URL), so that what it goes to is not what was compared.
constexpr std::string_view kRewritten = "\"<>\\^`{|}'";

bool is_kept_as_written(char letter) { return letter > ' ' && letter <= '~' && !kRewritten.contains(letter); }

}  // namespace

std::optional<std::string> parse_redirect_url(std::string_view text, Mode mode) {
  if (text.size() > kLengthMax || !std::ranges::all_of(text, is_kept_as_written)) return std::nullopt;
  const auto url = http::parse_url(text);
  if (!url) return std::nullopt;
  const bool is_allowed = url->scheme == "https" || (mode == Mode::SANDBOX && is_loopback_host(url->host));
  return is_allowed ? std::optional{std::string{text}} : std::nullopt;
}

bool may_return_to(std::string_view url, Mode mode, std::span<const std::string> registered,
                   std::span<const std::string> origins) {
  if (!registered.empty()) return std::ranges::find(registered, url) != registered.end();
  if (mode == Mode::LIVE || !parse_redirect_url(url, mode)) return false;
  const auto target = http::parse_url(url);
  return is_loopback_host(target->host) || may_frame(target->origin(), mode, origins);
}

}  // namespace qantara::applications
