// Which addresses are "not the public Internet": the IANA special-purpose registries for IPv4 and IPv6 (RFC 6890 and its
// successors), and IPv4 addresses that hide inside IPv6 ones.
#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "http/client.h"
#include "http/networks.h"

namespace qantara::http {
namespace {

/// A row of a table below; `text` is right.
const auto kSpecialV4 = [] {
  constexpr auto kTexts = std::to_array<std::string_view>({
      "0.0.0.0/8",         // this network
      "10.0.0.0/8",        // private
      "100.64.0.0/10",     // shared by carriers (CGNAT)
      "127.0.0.0/8",       // loopback
      "168.63.129.16/32",  // Azure's host agent: a public number for a metadata service
      "169.254.0.0/16",    // link-local, and most clouds' metadata services
      "172.16.0.0/12",     // private
      "192.0.0.0/24",      // IETF protocol assignments, and Oracle's metadata service
      "192.0.2.0/24",      // documentation
      "192.31.196.0/24",   // AS112
      "192.52.193.0/24",   // AMT
      "192.88.99.0/24",    // 6to4 relays
      "192.168.0.0/16",    // private
      "192.175.48.0/24",   // AS112
      "198.18.0.0/15",     // benchmarks
      "198.51.100.0/24",   // documentation
      "203.0.113.0/24",    // documentation
      "224.0.0.0/4",       // multicast
      "240.0.0.0/4",       // reserved, and broadcast
  });
  std::array<Network, kTexts.size()> networks;
  std::ranges::transform(kTexts, networks.begin(), [](std::string_view text) { return *parse_network(text); });
  return networks;
}();

// Of IPv6 only 2000::/3 is given out; these parts of it are not the Internet.
const auto kSpecialV6 = [] {
  constexpr auto kTexts = std::to_array<std::string_view>({
      "2001::/23",          // IETF protocol assignments: benchmarks, ORCHID, AS112, …
      "2001:db8::/32",      // documentation
      "2620:4f:8000::/48",  // AS112
      "3fff::/20",          // documentation
  });
  std::array<Network, kTexts.size()> networks;
  std::ranges::transform(kTexts, networks.begin(), [](std::string_view text) { return *parse_network(text); });
  return networks;
}();

const Network kGlobalUnicast = *parse_network("2000::/3");
const Network kMapped = *parse_network("::ffff:0:0/96");  // RFC 4291
const Network kNat64 = *parse_network("64:ff9b::/96");    // RFC 6052
const Network k6to4 = *parse_network("2002::/16");        // RFC 3056
const Network kTeredo = *parse_network("2001::/32");      // RFC 4380

AddressBytes v4_at(const AddressBytes& address, std::size_t offset, std::uint8_t flip = 0) {
  AddressBytes mapped = kMapped.bytes;
  for (std::size_t i = 0; i < 4; ++i) mapped[12 + i] = address[offset + i] ^ flip;
  return mapped;
}

bool is_allowed(const AddressPolicy& policy, const AddressBytes& address) {
  const bool is_named = std::ranges::any_of(policy.allowed_networks, [&](const std::string& text) {
    const auto network = parse_network(text);
    return network && network->contains(address);
  });
  if (is_named) return true;

  const auto is_in = [&](const Network& network) { return network.contains(address); };
  if (kMapped.contains(address)) return policy.public_addresses && std::ranges::none_of(kSpecialV4, is_in);
  if (kNat64.contains(address)) return is_allowed(policy, v4_at(address, 12));
  if (k6to4.contains(address)) return is_allowed(policy, v4_at(address, 2));
  if (kTeredo.contains(address)) {
    return is_allowed(policy, v4_at(address, 4)) && is_allowed(policy, v4_at(address, 12, 0xff));
  }
  return policy.public_addresses && kGlobalUnicast.contains(address) && std::ranges::none_of(kSpecialV6, is_in);
}

}  // namespace

AddressPolicy AddressPolicy::anywhere() {
  return {.public_addresses = true, .allowed_networks = {"0.0.0.0/0", "::/0"}};
}

bool allows(const AddressPolicy& policy, std::string_view address) {
  const auto bytes = parse_address(address);
  return bytes && is_allowed(policy, *bytes);
}

}  // namespace qantara::http
