#include <gtest/gtest.h>

#include "http/client.h"

namespace qantara::http {
namespace {

TEST(AddressPolicy, tells_the_public_internet_from_the_rest) {
  const AddressPolicy policy;
  for (const auto* address : {"1.1.1.1",
                              "8.8.8.8",
                              "9.255.255.255",
                              "11.0.0.0",
                              "100.63.255.255",
                              "100.128.0.0",
                              "126.255.255.255",
                              "128.0.0.0",
                              "168.63.129.15",
                              "169.253.255.255",
                              "169.255.0.0",
                              "172.15.255.255",
                              "172.32.0.0",
                              "191.255.255.255",
                              "192.0.1.0",
                              "192.167.255.255",
                              "192.169.0.0",
                              "198.17.255.255",
                              "198.20.0.0",
                              "223.255.255.255",
                              "2606:4700::1111",
                              "2a00:1450:4001::1",
                              "2001:4860:4860::8888",
                              "2001:200::1",
                              "::ffff:8.8.8.8",
                              "64:ff9b::8.8.8.8",
                              "2002:808:808::1",
                              "2001:0:808:808::f7f7:f7f7"}) {
    EXPECT_TRUE(allows(policy, address)) << address;
  }
  for (const auto* address : {"0.0.0.0",
                              "0.1.2.3",
                              "10.0.0.0",
                              "10.255.255.255",
                              "100.64.0.1",
                              "100.100.100.200",
                              "100.127.255.255",
                              "127.0.0.1",
                              "127.1.2.3",
                              "127.255.255.255",
                              "168.63.129.16",
                              "169.254.0.1",
                              "169.254.169.254",
                              "172.16.0.1",
                              "172.31.255.255",
                              "192.0.0.1",
                              "192.0.0.192",
                              "192.0.2.1",
                              "192.88.99.1",
                              "192.168.0.1",
                              "192.168.255.255",
                              "198.18.0.1",
                              "198.19.255.255",
                              "198.51.100.7",
                              "203.0.113.7",
                              "224.0.0.1",
                              "239.255.255.250",
                              "240.0.0.1",
                              "255.255.255.255",
                              "::",
                              "::1",
                              "::127.0.0.1",
                              "::8.8.8.8",
                              "::ffff:127.0.0.1",
                              "::ffff:7f00:1",
                              "0:0:0:0:0:ffff:a00:1",
                              "::ffff:169.254.169.254",
                              "::ffff:0.0.0.0",
                              "::ffff:0:127.0.0.1",
                              "64:ff9b::127.0.0.1",
                              "64:ff9b::a9fe:a9fe",
                              "64:ff9b:1::8.8.8.8",
                              "100::1",
                              "2001::1",
                              "2001:0:7f00:1::f7f7:f7f7",
                              "2001:0:808:808::80ff:fffe",
                              "2001:2::1",
                              "2001:10::1",
                              "2001:20::1",
                              "2001:db8::1",
                              "2002:7f00:1::",
                              "2002:a9fe:a9fe::1",
                              "2002:c0a8:1::1",
                              "2620:4f:8000::1",
                              "3fff::1",
                              "3fff:fff::1",
                              "4000::1",
                              "5f00::1",
                              "fc00::1",
                              "fd00:ec2::254",
                              "fd20:ce::254",
                              "fe80::1",
                              "fe80::1%lo",
                              "febf::1",
                              "fec0::1",
                              "ff02::1",
                              "ff0e::1",
                              "",
                              "localhost",
                              "127.1",
                              "0x7f.0.0.1",
                              "2130706433",
                              "127.0.0.1:80",
                              "[::1]",
                              "1.2.3.4/32"}) {
    EXPECT_FALSE(allows(policy, address)) << address;
  }
}

TEST(AddressPolicy, lets_the_operator_open_networks) {
  struct Case {
    const char* network;
    const char* address;
    bool expected;
  };
  const Case cases[] = {
      {"127.0.0.0/8", "127.3.2.1", true},
      {"127.0.0.0/8", "::ffff:127.0.0.1", true},
      {"127.0.0.0/8", "::1", false},
      {"127.0.0.0/8", "10.0.0.1", false},
      {"::1/128", "::1", true},
      {"::1/128", "::2", false},
      {"::1/128", "127.0.0.1", false},
      {"10.1.2.0/23", "10.1.3.255", true},
      {"10.1.2.0/23", "10.1.4.0", false},
      {"10.1.2.3", "10.1.2.3", true},
      {"10.1.2.3", "10.1.2.4", false},
      {"fd00::/8", "fdff::1", true},
      {"fd00::/8", "fc00::1", false},
      {"0.0.0.0/0", "169.254.169.254", true},
      {"0.0.0.0/0", "64:ff9b::10.0.0.1", true},
      {"0.0.0.0/0", "fe80::1", false},
      {"10.0.0.0/33", "10.0.0.1", false},
      {"10.0.0.0/-1", "10.0.0.1", false},
      {"10.0.0.0/", "10.0.0.1", false},
      {"nonsense", "10.0.0.1", false},
      {"10.0.0.0/8", "8.8.8.8", true},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(allows({.public_addresses = true, .allowed_networks = {c.network}}, c.address), c.expected)
        << c.network << ' ' << c.address;
  }
}

TEST(AddressPolicy, can_close_the_public_internet) {
  const AddressPolicy policy{.public_addresses = false, .allowed_networks = {"9.9.9.0/24"}};
  EXPECT_FALSE(allows(policy, "8.8.8.8"));
  EXPECT_FALSE(allows(policy, "2606:4700::1111"));
  EXPECT_TRUE(allows(policy, "9.9.9.9"));
}

TEST(AddressPolicy, anywhere_is_everywhere) {
  for (const auto* address : {"127.0.0.1", "8.8.8.8", "::1", "fe80::1", "::ffff:10.0.0.1", "2002:7f00:1::"}) {
    EXPECT_TRUE(allows(AddressPolicy::anywhere(), address)) << address;
  }
  EXPECT_FALSE(allows(AddressPolicy::anywhere(), "nonsense"));
}

}  // namespace
}  // namespace qantara::http
