#include "http/url.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "http/message.h"

namespace qantara::http {
namespace {

constexpr std::size_t kHostLengthMax = 253;  // RFC 1035, section 2.3.4, in text.

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

bool is_ipv6(const std::string& text) {
  in6_addr address;
  return ::inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

bool is_port(std::string_view text) {
  unsigned number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  return failure == std::errc{} && end == text.data() + text.size() && text.size() <= 5 && number >= 1 &&
         number <= 65'535;
}

std::string to_lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::string_view usual_port(std::string_view scheme) { return scheme == "https" ? "443" : "80"; }

}  // namespace

std::optional<Authority> parse_authority(std::string_view text) {
  Authority authority;
  std::string_view rest;
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    authority.host = to_lower(text.substr(1, close - 1));
    if (!is_ipv6(authority.host)) return std::nullopt;
    rest = text.substr(close + 1);
  } else {
    const auto colon = std::min(text.find(':'), text.size());
    authority.host = to_lower(text.substr(0, colon));
    if (authority.host.empty() || authority.host.size() > kHostLengthMax || authority.host.front() == '.' ||
        !std::ranges::all_of(authority.host, is_host_character)) {
      return std::nullopt;
    }
    rest = text.substr(colon);
  }
  if (rest.empty()) return authority;
  if (rest.front() != ':' || !is_port(rest.substr(1))) return std::nullopt;
  authority.port = rest.substr(1);
  return authority;
}

std::optional<Url> parse_url(std::string_view text) {
  const auto is_visible = [](char c) { return c > ' ' && c < '\x7f'; };
  if (!std::ranges::all_of(text, is_visible) || text.contains('#')) return std::nullopt;

  const auto colon = text.find("://");
  if (colon == std::string_view::npos) return std::nullopt;
  Url url;
  url.scheme = to_lower(text.substr(0, colon));
  if (url.scheme != "http" && url.scheme != "https") return std::nullopt;

  text.remove_prefix(colon + 3);
  const auto path = std::min(text.find_first_of("/?"), text.size());
  auto authority = parse_authority(text.substr(0, path));
  if (!authority) return std::nullopt;
  url.host = std::move(authority->host);
  url.port = authority->port.empty() ? std::string(usual_port(url.scheme)) : std::move(authority->port);

  const auto target = text.substr(path);
  if (!target.starts_with('/')) url.target = '/';
  url.target += target;
  return url;
}

std::string Url::authority() const {
  std::string text = host.contains(':') ? '[' + host + ']' : host;
  if (port != usual_port(scheme)) text += ':' + port;
  return text;
}

std::string Url::origin() const { return scheme + "://" + authority(); }

}  // namespace qantara::http
