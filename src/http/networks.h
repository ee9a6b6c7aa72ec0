// Addresses as numbers, and networks of them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace qantara::http {

/// 16 bytes whatever the family; IPv4 as ::ffff:a.b.c.d.
using AddressBytes = std::array<std::uint8_t, 16>;

/// Text of an IPv4 or IPv6 address; nothing for anything else.
std::optional<AddressBytes> parse_address(std::string_view text);

/// The usual text: "192.0.2.1", also for an IPv4 address in IPv6 clothes, or "2001:db8::1".
std::string to_text(const AddressBytes& address);

/// What of an address one subscriber has: all of IPv4, of IPv6 the first 64 bits, behind which everybody draws addresses at
/// will (RFC 4291, section 2.5.4). As text, to count by; what is no address stays as it is.
std::string subscriber_of(std::string_view address);

struct Network {
  AddressBytes bytes{};
  int length = 0;  ///< Leading bits that count, 96 more than written for IPv4.

  bool contains(const AddressBytes& address) const;
};

/// "10.0.0.0/8", "fd00::/8", or one address; nothing for anything else.
std::optional<Network> parse_network(std::string_view text);

}  // namespace qantara::http
