// Any bytes for a webhook's URL: what is taken names no address of ours, in no spelling that somebody's resolver knows.
#include <arpa/inet.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/text.h"
#include "http/networks.h"
#include "webhooks/receiver_url.h"

namespace http = qantara::http;
namespace webhooks = qantara::webhooks;

namespace {

bool is_ours(std::uint32_t address) {
  const auto within = [address](std::uint32_t network, int bits) { return (address ^ network) >> (32 - bits) == 0; };
  return within(0x7F000000, 8) || within(0x0A000000, 8) || within(0xAC100000, 12) || within(0xC0A80000, 16) ||
         within(0xA9FE0000, 16) || within(0x00000000, 8) || within(0xE0000000, 3);
}

/// inet_aton takes what the oldest resolvers take: "0x7f.1", "2130706433", "010.0.0.1".
void check_host(const std::string& host) {
  in_addr four{};
  if (::inet_aton(host.c_str(), &four) == 1) {
    CHECK(!is_ours(ntohl(four.s_addr)));
    in_addr canonical{};
    CHECK(::inet_pton(AF_INET, host.c_str(), &canonical) == 1);  // Nobody reads it in another way.
    CHECK(canonical.s_addr == four.s_addr);
  }
  in6_addr six{};
  if (::inet_pton(AF_INET6, host.c_str(), &six) == 1) {
    CHECK(!IN6_IS_ADDR_LOOPBACK(&six) && !IN6_IS_ADDR_UNSPECIFIED(&six) && !IN6_IS_ADDR_LINKLOCAL(&six));
    CHECK(!IN6_IS_ADDR_SITELOCAL(&six) && !IN6_IS_ADDR_MULTICAST(&six) && (six.s6_addr[0] & 0xFE) != 0xFC);
    if (IN6_IS_ADDR_V4MAPPED(&six) || IN6_IS_ADDR_V4COMPAT(&six)) {
      std::uint32_t mapped = 0;
      for (int i = 12; i < 16; ++i) mapped = mapped << 8 | six.s6_addr[i];
      CHECK(!is_ours(mapped));
    }
  }
  CHECK(host != "localhost" && !host.ends_with(".localhost"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const http::AddressPolicy kNoneAllowed;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto url = webhooks::check_url(text, kNoneAllowed);
  if (!url) {
    CHECK(url.error().fields.size() == 1 && url.error().fields.front().field == "url");
    CHECK(qantara::is_valid_utf8(url.error().message));
    return 0;
  }
  CHECK(text.size() <= 2000);
  check_host(url->host);
  const auto again = webhooks::check_url(url->origin() + url->target, kNoneAllowed);
  CHECK(again && again->host == url->host && again->port == url->port && again->target == url->target);
  return 0;
}
