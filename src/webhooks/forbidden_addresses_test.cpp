// Nobody makes the gateway connect to an address that is not the public Internet: however the address is spelled, whether it
// is registered, delivered to, or what a name turns out to mean later (promise P23). Every connect() of this process is
// counted, and none is made.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "webhooks/test_support.h"
#include "webhooks/webhook_store.h"

namespace {

std::atomic<int> connections{0};

}  // namespace

/// Stands before the C library's: counts what goes to the network, and refuses it.
extern "C" int connect(int socket, const sockaddr* address, socklen_t length) {
  if (address->sa_family != AF_INET && address->sa_family != AF_INET6) {
    return static_cast<int>(::syscall(SYS_connect, socket, address, length));
  }
  ++connections;
  errno = ECONNREFUSED;
  return -1;
}

namespace qantara::webhooks {
namespace {

using V4 = std::array<unsigned, 4>;

constexpr V4 kForbidden[] = {
    {0, 0, 0, 0},          // this host
    {10, 0, 0, 1},         // private
    {10, 255, 255, 255},   //
    {100, 64, 0, 1},       // shared by carriers
    {100, 100, 100, 200},  // a cloud's metadata
    {127, 0, 0, 1},        // loopback
    {127, 255, 255, 254},  //
    {168, 63, 129, 16},    // a cloud's host agent
    {169, 254, 169, 254},  // most clouds' metadata
    {172, 16, 0, 1},       // private
    {172, 31, 255, 255},   //
    {192, 0, 0, 192},      // a cloud's metadata
    {192, 0, 2, 1},        // documentation
    {192, 168, 0, 1},      // private
    {198, 18, 0, 1},       // benchmarks
    {203, 0, 113, 7},      // documentation
    {224, 0, 0, 1},        // multicast
    {240, 0, 0, 1},        // reserved
    {255, 255, 255, 255},  // broadcast
};

/// The ways to write one IPv4 address where a URL has its host.
std::vector<std::string> spellings(const V4& v4) {
  const auto [a, b, c, d] = v4;
  const std::uint32_t whole = a << 24U | b << 16U | c << 8U | d;
  const unsigned high = whole >> 16U;
  const unsigned low = whole & 0xffffU;
  const std::string dotted = fmt::format("{}.{}.{}.{}", a, b, c, d);
  const std::string hex = fmt::format("{:x}:{:x}", high, low);
  return {
      dotted,
      dotted + ".",
      dotted + ":8080",
      // What inet_aton takes: fewer parts, octal, hexadecimal.
      fmt::format("{}", whole),
      fmt::format("{}.", whole),
      fmt::format("0x{:x}", whole),
      fmt::format("0X{:X}", whole),
      fmt::format("0{:o}", whole),
      fmt::format("{}.{}", a, whole & 0xffffffU),
      fmt::format("{}.{}.{}", a, b, low),
      fmt::format("0x{:x}.{}", a, whole & 0xffffffU),
      fmt::format("0x{:x}.0x{:x}.0x{:x}.0x{:x}", a, b, c, d),
      fmt::format("0{:o}.0{:o}.0{:o}.0{:o}", a, b, c, d),
      fmt::format("000{:o}.000{:o}.000{:o}.000{:o}", a, b, c, d),
      fmt::format("0x{:x}.{}.0{:o}.{}", a, b, c, d),
      fmt::format("{:03}.{:03}.{:03}.{:03}", a, b, c, d),
      // What a careless reader decodes.
      fmt::format("{}%2e{}%2e{}%2e{}", a, b, c, d),
      fmt::format("8.8.8.8@{}", dotted),
      fmt::format("{}%00.shop.example", dotted),
      // IPv4 inside IPv6 (RFC 4291, 6052, 8215, 3056, 4380).
      fmt::format("[::{}]", dotted),
      fmt::format("[::ffff:{}]", dotted),
      fmt::format("[::FFFF:{}]", dotted),
      fmt::format("[::ffff:{}]", hex),
      fmt::format("[0:0:0:0:0:ffff:{}]", hex),
      fmt::format("[0000:0000:0000:0000:0000:ffff:{:04x}:{:04x}]", high, low),
      fmt::format("[::ffff:{}%25lo]", dotted),
      fmt::format("[::ffff:0:{}]", dotted),
      fmt::format("[64:ff9b::{}]", dotted),
      fmt::format("[64:ff9b::{}]", hex),
      fmt::format("[64:ff9b:1::{}]", dotted),
      fmt::format("[2002:{}::1]", hex),
      fmt::format("[2001:0:{}::f7f7:f7f7]", hex),
      fmt::format("[2001:0:808:808::{:x}:{:x}]", high ^ 0xffffU, low ^ 0xffffU),
  };
}

constexpr std::string_view kOthers[] = {
    "localhost",
    "shop.localhost",
    "LOCALHOST",
    "localhost.",
    "127.1",
    "127.0.1",
    "0",
    "00",
    "0x0",
    "127.000.000.001",
    "0177.1",
    // IPv6.
    "[::]",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::1%25lo]",
    "[::1%lo]",
    "[100::1]",
    "[2001:db8::1]",
    "[2001:2::1]",
    "[2620:4f:8000::1]",
    "[3fff::1]",
    "[4000::1]",
    "[5f00::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[fd20:ce::254]",
    "[fe80::1]",
    "[fe80::1%25eth0]",
    "[fe80::1%eth0]",
    "[FE80::1]",
    "[febf::1]",
    "[fec0::1]",
    "[ff02::1]",
    "[ff0e::1]",
    "::1",
    "[::1",
    "::1]",
    // Other digits and dots, blanks, and what some readers take for the end of the host.
    "\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.1",
    "127\xe3\x80\x82"
    "0\xe3\x80\x82"
    "0\xe3\x80\x82"
    "1",
    " 127.0.0.1",
    "127.0.0.1 ",
    "127.0.0.1\t",
    "127.0.0.1\\@8.8.8.8",
    "8.8.8.8\\@127.0.0.1",
    "8.8.8.8#@127.0.0.1",
    "user:word@127.0.0.1",
    "/127.0.0.1",
    "",
    ".",
    "..",
    ".127.0.0.1",
    "127.0.0.1:0",
    "127.0.0.1:99999",
    "127.0.0.1:8080:80",
};

std::vector<std::string> all_hosts() {
  std::vector<std::string> hosts;
  for (const V4& address : kForbidden) {
    for (auto& spelling : spellings(address)) hosts.push_back(std::move(spelling));
  }
  for (const auto other : kOthers) hosts.emplace_back(other);
  return hosts;
}

/// Without what a URL adds: "[::1]" is the address ::1.
std::string bare(std::string host) {
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return host;
}

class forbidden_addresses : public testing::Test {
 protected:
  void SetUp() override { connections = 0; }

  /// Past every check, as if the rules had been others when it was made.
  WebhookEndpointId insert(const std::string& url) {
    const Endpoint endpoint{.id = WebhookEndpointId::make(stage.clock, stage.random),
                            .application = stage.application,
                            .url = url,
                            .created_at = stage.clock.now()};
    const auto sealed = seal_secret(stage.vault, endpoint.id, make_secret(stage.random));
    EXPECT_TRUE(stage.write([&](db::Transaction& tx) { return insert_endpoint(tx, endpoint, sealed); }));
    return endpoint.id;
  }

  /// Tells all endpoints of one event, and waits until each was tried once. Result: how the attempts failed, in order.
  std::vector<std::string> deliver(const std::vector<WebhookEndpointId>& endpoints) {
    const auto client = http::make_client(stage.executor(), stage.dns, {});
    stage.client = client.get();
    stage.start_dispatcher();
    stage.publish(stage.make_aggregate());
    std::vector<std::string> failures;
    for (const auto endpoint : endpoints) {
      EXPECT_TRUE(stage.until([&] {
        const auto deliveries = stage.deliveries(endpoint);
        return deliveries.size() == 1 && deliveries[0].attempts == 1;
      }));
      failures.push_back(stage.attempts(stage.deliveries(endpoint)[0].id)[0].failure.value_or("answered"));
    }
    stage.stop_dispatcher();
    return failures;
  }

  Stage stage;
};

TEST_F(forbidden_addresses, are_refused_when_an_endpoint_is_registered_in_every_spelling) {
  const auto hosts = all_hosts();
  ASSERT_GE(hosts.size(), 400U);
  for (const auto& host : hosts) {
    for (const auto* scheme : {"http://", "https://"}) {
      const auto checked = stage.run(stage.webhooks.check_receiver(scheme + host + "/hooks"));
      ASSERT_FALSE(checked) << host;
      EXPECT_EQ(checked.error().code, ErrorCode::INVALID_PARAMETERS) << host;
      EXPECT_EQ(checked.error().fields.at(0).field, "url") << host;
    }
  }
  EXPECT_EQ(connections, 0);
}

TEST_F(forbidden_addresses, are_not_connected_to_when_an_event_is_delivered_in_every_spelling) {
  const auto hosts = all_hosts();
  std::vector<WebhookEndpointId> endpoints;
  for (const auto& host : hosts) endpoints.push_back(insert("http://" + host + "/hooks"));
  const auto failures = deliver(endpoints);
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    const std::string& failure = failures[i];
    EXPECT_TRUE(failure.starts_with("FORBIDDEN_ADDRESS") || failure.starts_with("BAD_URL"))
        << hosts[i] << ": " << failure;
  }
  EXPECT_EQ(connections, 0);
}

TEST_F(forbidden_addresses, are_not_connected_to_when_a_name_turns_to_them_after_it_was_registered) {
  const auto hosts = all_hosts();
  std::vector<WebhookEndpointId> endpoints;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    const std::string name = "shop" + std::to_string(i) + ".example";
    names.push_back(name);
    stage.dns.answer(name, {"8.8.8.8"});
    const std::string url = "http://" + name + "/hooks";
    ASSERT_TRUE(stage.run(stage.webhooks.check_receiver(url)));
    endpoints.push_back(stage.create(url).endpoint.id);
  }
  for (std::size_t i = 0; i < hosts.size(); ++i) stage.dns.answer(names[i], {bare(hosts[i])});
  const auto failures = deliver(endpoints);
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    EXPECT_TRUE(failures[i].starts_with("FORBIDDEN_ADDRESS")) << hosts[i] << ": " << failures[i];
  }
  EXPECT_EQ(connections, 0);
}

TEST_F(forbidden_addresses, would_be_counted_if_they_were_connected_to) {
  stage.dns.answer("shop.example", {"10.0.0.1", "8.8.8.8"});
  const auto failures = deliver({insert("http://shop.example/hooks")});
  EXPECT_TRUE(failures[0].starts_with("CONNECT")) << failures[0];
  EXPECT_EQ(connections, 1);  // The public one alone.
}

}  // namespace
}  // namespace qantara::webhooks
