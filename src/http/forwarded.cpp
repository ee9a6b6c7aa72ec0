#include "http/forwarded.h"

#include <algorithm>
#include <cstddef>
#include <ranges>

#include "base/text.h"

namespace qantara::http {
namespace {

/// What one proxy says of whoever connected to it.
struct Hop {
  std::optional<AddressBytes> address;  ///< Nothing where it names none, or hides it ("unknown", "_gateway").
  std::optional<bool> secure;
};

/// "192.0.2.1", "192.0.2.1:4711", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:4711".
std::optional<AddressBytes> parse_node(std::string_view text) {
  if (text.starts_with('[')) return parse_address(text.substr(1, std::min(text.find(']'), text.size()) - 1));
  const auto colon = text.find(':');
  const bool has_port = colon != std::string_view::npos && text.rfind(':') == colon;
  return parse_address(has_port ? text.substr(0, colon) : text);
}

bool is_https(std::string_view scheme) { return equals_ignoring_case(scheme, "https"); }

/// The elements of every field of this name, in order.
std::vector<std::string_view> listed(const Headers& headers, std::string_view name) {
  std::vector<std::string_view> elements;
  for (const auto& [field, value] : headers.fields()) {
    if (!equals_ignoring_case(field, name)) continue;
    for (const auto part : std::views::split(value, ',')) elements.push_back(trim(std::string_view{part}));
  }
  return elements;
}

std::vector<Hop> x_forwarded(const Headers& headers) {
  std::vector<Hop> hops;
  for (const auto element : listed(headers, "X-Forwarded-For")) hops.push_back({.address = parse_node(element)});
  const auto schemes = listed(headers, "X-Forwarded-Proto");
  if (!hops.empty() && !schemes.empty()) hops.back().secure = std::ranges::all_of(schemes, is_https);
  return hops;
}

/// Reads one field of Forwarded, from its first character on (RFC 7239, section 4).
class ForwardedReader {
 public:
  explicit ForwardedReader(std::string_view text) : text_(text) {}

  /// Appends the hops. False if the field is malformed.
  bool read_into(std::vector<Hop>& hops) {
    hops.emplace_back();
    for (;;) {
      skip_spaces();
      if (!read_pair(hops.back())) return false;
      skip_spaces();
      if (text_.empty()) return true;
      const char separator = text_.front();
      text_.remove_prefix(1);
      if (separator == ',') hops.emplace_back();
      if (separator != ',' && separator != ';') return false;
    }
  }

 private:
  void skip_spaces() { text_.remove_prefix(std::min(text_.find_first_not_of(" \t"), text_.size())); }

  bool read_pair(Hop& hop) {
    const auto name = take_until("=");
    if (name.empty() || text_.empty()) return false;
    text_.remove_prefix(1);
    const auto value = text_.starts_with('"') ? take_quoted() : std::optional{std::string{take_until(",;\" \t")}};
    if (!value || value->empty()) return false;
    if (equals_ignoring_case(name, "for")) hop.address = parse_node(*value);
    if (equals_ignoring_case(name, "proto")) hop.secure = is_https(*value);
    return true;
  }

  std::string_view take_until(std::string_view ends) {
    const auto taken = text_.substr(0, text_.find_first_of(ends));
    text_.remove_prefix(taken.size());
    return taken;
  }

  std::optional<std::string> take_quoted() {
    std::string value;
    for (std::size_t i = 1; i < text_.size(); ++i) {
      if (text_[i] == '"') {
        text_.remove_prefix(i + 1);
        return value;
      }
      if (text_[i] == '\\' && ++i == text_.size()) break;
      value += text_[i];
    }
    return std::nullopt;
  }

  std::string_view text_;
};

/// A malformed field hides those before it: nobody knows where they end.
std::vector<Hop> forwarded(const Headers& headers) {
  std::vector<Hop> hops;
  for (const auto& [field, value] : headers.fields()) {
    if (!equals_ignoring_case(field, "Forwarded")) continue;
    std::vector<Hop> further;
    if (!ForwardedReader{value}.read_into(further)) {
      hops.assign(1, Hop{});
      continue;
    }
    hops.insert(hops.end(), further.begin(), further.end());
  }
  return hops;
}

bool contain(const std::vector<Network>& networks, const AddressBytes& address) {
  return std::ranges::any_of(networks, [&](const Network& network) { return network.contains(address); });
}

}  // namespace

bool TrustedProxies::contain(std::string_view address) const {
  const auto bytes = networks.empty() ? std::nullopt : parse_address(address);
  return bytes && http::contain(networks, *bytes);
}

std::optional<ForwardedClient> read_forwarded(const TrustedProxies& proxies, const Headers& headers) {
  const auto hops = proxies.headers == TrustedProxies::Headers::X_FORWARDED ? x_forwarded(headers) : forwarded(headers);
  std::optional<ForwardedClient> client;
  for (const auto& hop : std::views::reverse(hops)) {
    if (!hop.address) break;
    if (!client) client.emplace();
    client->address = to_text(*hop.address);
    if (hop.secure) client->secure = client->secure.value_or(true) && *hop.secure;
    if (!contain(proxies.networks, *hop.address)) break;
  }
  return client;
}

}  // namespace qantara::http
