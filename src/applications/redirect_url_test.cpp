#include "applications/redirect_url.h"

#include <gtest/gtest.h>

#include <array>

namespace qantara::applications {
namespace {

TEST(redirect_url, is_https_or_in_a_sandbox_of_this_machine) {
  const struct {
    std::string text;
    bool in_sandbox;
    bool in_live;
  } rows[] = {
      {"https://shop.example/back", true, true},
      {"https://shop.example", true, true},
      {"https://shop.example:8443/back?order=7&a=b%20c", true, true},
      {"https://shop.example/" + std::string(2027, 'a'), true, true},
      {"https://shop.example/" + std::string(2028, 'a'), false, false},
      {"http://localhost:3000/back", true, false},
      {"http://127.0.0.1:7072/?paid", true, false},
      {"http://[::1]:7072/back", true, false},
      {"http://shop.example/back", false, false},
      {"http://localhost.evil.example/", false, false},
      {"http://127.0.0.1.evil.example/", false, false},
      {"https://shop.example/back#done", false, false},
      {"https://user@shop.example/back", false, false},
      {"https://user:word@shop.example/back", false, false},
      {"https:/shop.example/back", false, false},
      {"https:///back", false, false},
      {"//shop.example/back", false, false},
      {"/back", false, false},
      {"", false, false},
      {"https://shop.example\\@evil.example/", false, false},
      {"https://shop.example/\\evil.example", false, false},
      {"https://shop.example/a b", false, false},
      {"https://shop.example/\n", false, false},
      {"https://shop.example/<script>", false, false},
      {"https://shop.example/\"onload", false, false},
      {"https://shop.example/\u0645", false, false},
      {"javascript:alert(1)", false, false},
      {"data:text/html,x", false, false},
      {"shop://back", false, false},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(parse_redirect_url(row.text, Mode::SANDBOX).value_or(""), row.in_sandbox ? row.text : "") << row.text;
    EXPECT_EQ(parse_redirect_url(row.text, Mode::LIVE).value_or(""), row.in_live ? row.text : "") << row.text;
  }
}

TEST(redirect_url, is_compared_letter_for_letter) {
  const std::array<std::string, 2> registered = {"https://shop.example/back", "http://localhost:3000/back"};
  const struct {
    std::string_view url;
    bool allowed;
  } rows[] = {
      {"https://shop.example/back", true},
      {"http://localhost:3000/back", true},
      {"https://shop.example/back/", false},
      {"https://shop.example/back?", false},
      {"https://shop.example/back?a=b", false},
      {"https://shop.example/Back", false},
      {"https://Shop.example/back", false},
      {"https://shop.example:443/back", false},
      {"https://shop.example/b%61ck", false},
      {"https://shop.example/./back", false},
      {"https://shop.example//back", false},
      {"https://shop.example.evil.example/back", false},
      {"https://evil.example/?https://shop.example/back", false},
      {"http://localhost:3001/back", false},
      {"", false},
  };
  for (const auto mode : {Mode::SANDBOX, Mode::LIVE}) {
    for (const auto& row : rows) EXPECT_EQ(may_return_to(row.url, mode, registered, {}), row.allowed) << row.url;
  }
}

TEST(redirect_url, is_any_of_where_a_sandbox_may_be_framed_while_none_is_registered) {
  const std::array<std::string, 1> origins = {"https://shop.example"};
  const struct {
    std::string_view url;
    bool allowed;
  } rows[] = {
      {"https://shop.example/back?a=b", true}, {"https://shop.example:443/back", true},
      {"http://localhost:3000/", true},        {"http://[::1]:3000/", true},
      {"https://127.0.0.1/back", true},        {"https://evil.example/", false},
      {"http://shop.example/", false},         {"https://shop.example#a", false},
      {"javascript:alert(1)", false},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(may_return_to(row.url, Mode::SANDBOX, {}, origins), row.allowed) << row.url;
    EXPECT_FALSE(may_return_to(row.url, Mode::LIVE, {}, origins)) << row.url;
  }
}

}  // namespace
}  // namespace qantara::applications
