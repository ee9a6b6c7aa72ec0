#include "http/forwarded.h"

#include <gtest/gtest.h>

#include <vector>

namespace qantara::http {
namespace {

using Kind = TrustedProxies::Headers;

/// Ours are 10.0.0.0/8, fd00::/8 and 203.0.113.7.
TrustedProxies ours(Kind kind) {
  return {.networks = {*parse_network("10.0.0.0/8"), *parse_network("fd00::/8"), *parse_network("203.0.113.7")},
          .headers = kind};
}

struct Case {
  std::vector<std::pair<const char*, const char*>> headers;
  const char* address;  ///< Empty: nothing is believed.
  std::optional<bool> secure;
};

void expect(Kind kind, const std::vector<Case>& cases) {
  for (const auto& [fields, address, secure] : cases) {
    Headers headers;
    std::string all;
    for (const auto& [name, value] : fields) {
      headers.add(name, value);
      all += std::string{name} + ": " + value + '\n';
    }
    const auto client = read_forwarded(ours(kind), headers);
    EXPECT_EQ(client ? client->address : "", address) << all;
    if (client) EXPECT_EQ(client->secure, secure) << all;
  }
}

TEST(Forwarded, x_forwarded_for_is_read_from_the_right_up_to_the_first_that_is_not_ours) {
  constexpr auto kFor = "X-Forwarded-For";
  constexpr auto kProto = "X-Forwarded-Proto";
  const auto nothing = std::nullopt;
  expect(Kind::X_FORWARDED,
         {
             {{}, "", nothing},
             {{{kFor, "192.0.2.1"}}, "192.0.2.1", nothing},
             {{{kFor, "192.0.2.1"}, {kProto, "https"}}, "192.0.2.1", true},
             {{{kFor, "192.0.2.1"}, {kProto, "HTTPS"}}, "192.0.2.1", true},
             {{{kFor, "192.0.2.1"}, {kProto, "http"}}, "192.0.2.1", false},
             // A client that writes the header itself has only put words to the left of its own address.
             {{{kFor, "127.0.0.1, 192.0.2.1"}}, "192.0.2.1", nothing},
             {{{kFor, "10.0.0.9, 192.0.2.1"}}, "192.0.2.1", nothing},
             {{{kFor, "127.0.0.1"}, {kFor, "192.0.2.1"}}, "192.0.2.1", nothing},
             {{{kFor, "198.51.100.4, 192.0.2.1"}}, "192.0.2.1", nothing},
             {{{kFor, "\"', 192.0.2.1"}}, "192.0.2.1", nothing},
             {{{kFor, ",,, 192.0.2.1"}}, "192.0.2.1", nothing},
             // Several proxies of ours.
             {{{kFor, "192.0.2.1, 10.0.0.1"}}, "192.0.2.1", nothing},
             {{{kFor, "127.0.0.1, 192.0.2.1, 203.0.113.7,10.0.0.1"}}, "192.0.2.1", nothing},
             {{{kFor, "192.0.2.1, fd00::1"}}, "192.0.2.1", nothing},
             {{{kFor, "10.0.0.2, 10.0.0.1"}}, "10.0.0.2", nothing},
             {{{kFor, "unknown, 10.0.0.1"}}, "10.0.0.1", nothing},
             // Spellings.
             {{{kFor, "192.0.2.1:4711"}}, "192.0.2.1", nothing},
             {{{kFor, "2001:DB8::1"}}, "2001:db8::1", nothing},
             {{{kFor, "[2001:db8::1]"}}, "2001:db8::1", nothing},
             {{{kFor, "[2001:db8::1]:4711"}}, "2001:db8::1", nothing},
             {{{kFor, "::ffff:192.0.2.1"}}, "192.0.2.1", nothing},
             {{{"x-forwarded-for", "192.0.2.1"}}, "192.0.2.1", nothing},
             // The last proxy's word cannot be read.
             {{{kFor, "192.0.2.1,"}}, "", nothing},
             {{{kFor, "192.0.2.1, unknown"}}, "", nothing},
             {{{kFor, ""}}, "", nothing},
             {{{kFor, "0192.0.2.1"}}, "", nothing},
             {{{kFor, "192.0.2.1 evil"}}, "", nothing},
             // Every word on the scheme must be https: nobody's "https" outweighs a proxy's "http".
             {{{kFor, "192.0.2.1"}, {kProto, "https, http"}}, "192.0.2.1", false},
             {{{kFor, "192.0.2.1"}, {kProto, "https"}, {kProto, "http"}}, "192.0.2.1", false},
             {{{kFor, "192.0.2.1"}, {kProto, ""}}, "192.0.2.1", nothing},
             // Headers that are not the agreed ones.
             {{{"Forwarded", "for=192.0.2.1;proto=https"}}, "", nothing},
             {{{"Forwarded", "for=127.0.0.1;proto=https"}, {kFor, "192.0.2.1"}}, "192.0.2.1", nothing},
             {{{"X-Real-IP", "127.0.0.1"}, {"True-Client-IP", "127.0.0.1"}, {"Client-IP", "127.0.0.1"}}, "", nothing},
             {{{kProto, "https"}}, "", nothing},
         });
}

TEST(Forwarded, forwarded_is_read_likewise_and_a_quote_hides_nothing_behind_it) {
  constexpr auto kName = "Forwarded";
  const auto nothing = std::nullopt;
  expect(
      Kind::FORWARDED,
      {
          {{{kName, "for=192.0.2.1"}}, "192.0.2.1", nothing},
          {{{kName, "For=192.0.2.1;Proto=https;by=10.0.0.1;host=pay.example"}}, "192.0.2.1", true},
          {{{kName, "for=192.0.2.1; proto=http"}}, "192.0.2.1", false},
          {{{kName, "for=\"[2001:db8::1]:4711\""}}, "2001:db8::1", nothing},
          {{{kName, "for=\"192.0.2.1:80\""}}, "192.0.2.1", nothing},
          {{{kName, "for=127.0.0.1, for=192.0.2.1"}}, "192.0.2.1", nothing},
          {{{kName, "for=192.0.2.1;proto=https, for=10.0.0.1;proto=http"}}, "192.0.2.1", false},
          {{{kName, "for=192.0.2.1;proto=https, for=10.0.0.1;proto=https"}}, "192.0.2.1", true},
          {{{kName, "for=192.0.2.1;proto=https, for=10.0.0.1"}}, "192.0.2.1", true},
          {{{kName, "for=127.0.0.1"}, {kName, "for=192.0.2.1"}}, "192.0.2.1", nothing},
          {{{kName, "for=\"a, b\", for=192.0.2.1"}}, "192.0.2.1", nothing},
          // An open quote swallows what the proxy wrote, so nothing is believed; in a field of its own it does no harm.
          {{{kName, "for=\", for=192.0.2.1"}}, "", nothing},
          {{{kName, "for=\", for=\"[2001:db8::1]\""}}, "", nothing},
          {{{kName, "for=\"\\, for=\"[2001:db8::1]\""}}, "", nothing},
          {{{kName, "for=127.0.0.1;by=\", for=\"192.0.2.1\""}}, "", nothing},
          {{{kName, "for=\""}, {kName, "for=192.0.2.1"}}, "192.0.2.1", nothing},
          {{{kName, "for=127.0.0.1"}, {kName, "for=\""}, {kName, "for=10.0.0.1"}}, "10.0.0.1", nothing},
          {{{kName, "for=unknown"}}, "", nothing},
          {{{kName, "for=_gateway"}}, "", nothing},
          {{{kName, "192.0.2.1"}}, "", nothing},
          {{{kName, "for=192.0.2.1 for=127.0.0.1"}}, "", nothing},
          {{{kName, "for=192.0.2.1;"}}, "", nothing},
          {{{kName, ""}}, "", nothing},
          {{{kName, "proto=https"}}, "", nothing},
          {{{"X-Forwarded-For", "192.0.2.1"}}, "", nothing},
      });
}

TEST(subscriber_of, is_an_ipv4_address_or_64_bits_of_ipv6) {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"203.0.113.9", "203.0.113.9"},
      {"::ffff:203.0.113.9", "203.0.113.9"},
      {"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"},
      {"2001:db8:1:2::", "2001:db8:1:2::"},
      {"2001:db8:1:3::6", "2001:db8:1:3::"},
      {"", ""},
      {"unknown", "unknown"},
  };
  for (const auto& [address, subscriber] : rows) EXPECT_EQ(subscriber_of(address), subscriber) << address;
}

TEST(Forwarded, knows_its_proxies) {
  const auto proxies = ours(Kind::X_FORWARDED);
  for (const auto* address : {"10.255.0.1", "203.0.113.7", "fd12::1", "::ffff:10.0.0.1"}) {
    EXPECT_TRUE(proxies.contain(address)) << address;
  }
  for (const auto* address : {"11.0.0.1", "203.0.113.8", "fe80::1", "127.0.0.1", "", "10"}) {
    EXPECT_FALSE(proxies.contain(address)) << address;
  }
  EXPECT_FALSE(TrustedProxies{}.contain("10.0.0.1"));
}

}  // namespace
}  // namespace qantara::http
