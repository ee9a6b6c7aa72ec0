#include "applications/origin.h"

#include <gtest/gtest.h>

#include <array>

namespace qantara::applications {
namespace {

TEST(origin, is_read_as_browsers_write_it) {
  const struct {
    std::string_view text;
    std::string_view origin;  // Empty: none.
  } rows[] = {
      {"https://shop.example", "https://shop.example"},
      {"HTTPS://Shop.Example", "https://shop.example"},
      {"https://shop.example:443", "https://shop.example"},
      {"http://shop.example:80", "http://shop.example"},
      {"http://shop.example:443", "http://shop.example:443"},
      {"http://127.0.0.1:7072", "http://127.0.0.1:7072"},
      {"https://xn--mgbh0fb.example", "https://xn--mgbh0fb.example"},
      {"https://shop.example.", "https://shop.example."},  // Another one than without the dot, to browsers too.
      {"", ""},
      {"null", ""},
      {"shop.example", ""},
      {"https://", ""},
      {"https:///", ""},
      {"https://shop.example/", ""},
      {"https://shop.example/path", ""},
      {"https://shop.example?a", ""},
      {"https://shop.example#a", ""},
      {"https://shop.example\\@evil.example", ""},
      {"https://user@shop.example", ""},
      {"https://user:pass@shop.example", ""},
      {"https://*", ""},
      {"https://*.shop.example", ""},
      {"https://shop.example:*", ""},
      {"https://shop.example:", ""},
      {"https://shop.example:0", ""},
      {"https://shop.example:65536", ""},
      {"https://shop.example:443x", ""},
      {"https://shop.example; script-src *", ""},
      {"https://shop.example https://evil.example", ""},
      {"https://shop.example,https://evil.example", ""},
      {" https://shop.example", ""},
      {"https://shop.example\n", ""},
      {"https://shop.example\r\nSet-Cookie: a=b", ""},
      {"https://shop.example'", ""},
      {"https://shop.example\"", ""},
      {"https://\u0645.example", ""},
      {"http://[::1]:7072", ""},
      {"file:///etc/passwd", ""},
      {"ftp://shop.example", ""},
      {"javascript://shop.example", ""},
      {"data:text/html,x", ""},
  };
  for (const auto& row : rows) EXPECT_EQ(parse_origin(row.text).value_or(""), row.origin) << row.text;
}

TEST(origin, may_frame_where_it_is_registered_and_nowhere_else) {
  const std::array<std::string, 2> registered = {"https://shop.example", "http://127.0.0.1:7072"};
  const struct {
    std::string_view origin;
    bool allowed;
  } rows[] = {
      {"https://shop.example", true},          {"http://127.0.0.1:7072", true},     {"http://shop.example", false},
      {"https://shop.example:8443", false},    {"https://shop.example.", false},    {"https://www.shop.example", false},
      {"https://shop.example.evil.ae", false}, {"https://evilshop.example", false}, {"https://shop.exampl", false},
      {"http://127.0.0.1:7073", false},        {"http://localhost:7072", false},    {"", false},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(may_frame(row.origin, Mode::SANDBOX, registered), row.allowed) << row.origin;
    EXPECT_EQ(may_frame(row.origin, Mode::LIVE, registered), row.allowed) << row.origin;
  }
}

TEST(origin, of_this_machine_may_frame_a_sandbox_that_has_registered_none) {
  const struct {
    std::string_view origin;
    bool allowed;
  } rows[] = {
      {"http://localhost", true},          {"https://localhost:8443", true}, {"http://127.0.0.1:7072", true},
      {"http://127.255.0.9", true},        {"https://shop.example", false},  {"http://localhost.", false},
      {"http://localhost.evil.ae", false}, {"http://evil-localhost", false}, {"http://shop.localhost", false},
      {"http://127.0.0.1.evil.ae", false}, {"http://127.evil.ae", false},    {"http://127.0.0.256", false},
      {"http://127.0.0", false},           {"http://127.1", false},          {"http://127.0.0.1.", false},
      {"http://127.0.0.01", false},        {"http://127.0.0.1.1", false},    {"http://128.0.0.1", false},
      {"http://0.0.0.0", false},           {"http://2130706433", false},     {"http://10.0.0.1", false},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(may_frame(row.origin, Mode::SANDBOX, {}), row.allowed) << row.origin;
    EXPECT_FALSE(may_frame(row.origin, Mode::LIVE, {})) << row.origin;
  }
}

}  // namespace
}  // namespace qantara::applications
