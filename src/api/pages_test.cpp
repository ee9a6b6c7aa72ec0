#include "api/pages.h"

#include <gmock/gmock.h>

#include "assets/assets.h"

namespace qantara::api {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kToken = "9dafc6f5-37e8-4f72-aa0b-53239be401f2";

PageOwner owner(std::vector<std::string> origins, applications::Mode mode = applications::Mode::SANDBOX) {
  return {.application = {.id = *ApplicationId::parse(kToken), .name = "Marsa", .mode = mode},
          .origins = std::move(origins)};
}

http::Response ask(std::string query, const std::optional<PageOwner>& owner) {
  return make_link_page({.path = "/link", .query = std::move(query)}, owner);
}

http::Response ask_from(std::string_view origin, const std::optional<PageOwner>& owner) {
  return ask("app_token=" + std::string{kToken} + "&language=en&origin=" + http::percent_encode(origin), owner);
}

/// What follows frame-ancestors in the answer's policy.
std::string frame_ancestors(const http::Response& response) {
  const std::string policy{response.headers.value_or("Content-Security-Policy", "")};
  constexpr std::string_view kDirective = "frame-ancestors ";
  const auto begin = policy.find(kDirective);
  return begin == std::string::npos ? "anybody" : policy.substr(begin + kDirective.size());
}

TEST(link_page, is_framed_by_exactly_who_may) {
  const std::vector<std::string> shop = {"https://shop.example"};
  const std::vector<std::string> ports = {"https://shop.example:8443", "http://127.0.0.1:7072"};
  using enum applications::Mode;
  const struct {
    std::string_view origin;  // As the parameter says it.
    std::vector<std::string> registered;
    applications::Mode mode;
    int status;
    std::string_view ancestors;
  } rows[] = {
      // Registered, in each spelling that means the same.
      {"https://shop.example", shop, SANDBOX, 200, "https://shop.example"},
      {"https://shop.example", shop, LIVE, 200, "https://shop.example"},
      {"HTTPS://SHOP.example", shop, SANDBOX, 200, "https://shop.example"},
      {"https://shop.example:443", shop, SANDBOX, 200, "https://shop.example"},
      {"https://shop.example:8443", ports, SANDBOX, 200, "https://shop.example:8443"},
      {"http://127.0.0.1:7072", ports, LIVE, 200, "http://127.0.0.1:7072"},
      // Like a registered one, and another.
      {"http://shop.example", shop, SANDBOX, 403, "'none'"},
      {"http://shop.example:443", shop, SANDBOX, 403, "'none'"},
      {"https://shop.example:444", shop, SANDBOX, 403, "'none'"},
      {"https://shop.example", ports, SANDBOX, 403, "'none'"},
      {"https://shop.example.", shop, SANDBOX, 403, "'none'"},
      {"https://www.shop.example", shop, SANDBOX, 403, "'none'"},
      {"https://evilshop.example", shop, SANDBOX, 403, "'none'"},
      {"https://shop.example.evil.ae", shop, SANDBOX, 403, "'none'"},
      {"https://shop.example-evil.ae", shop, SANDBOX, 403, "'none'"},
      {"https://shop.exampl", shop, SANDBOX, 403, "'none'"},
      {"https://example", shop, SANDBOX, 403, "'none'"},
      {"http://127.0.0.1:7073", ports, SANDBOX, 403, "'none'"},
      {"http://localhost:7072", ports, SANDBOX, 403, "'none'"},
      {"http://localhost:7072", shop, SANDBOX, 403, "'none'"},
      // None registered: this machine, in a sandbox.
      {"http://localhost", {}, SANDBOX, 200, "http://localhost"},
      {"http://localhost:7072", {}, SANDBOX, 200, "http://localhost:7072"},
      {"https://LOCALHOST:8443", {}, SANDBOX, 200, "https://localhost:8443"},
      {"http://127.0.0.1:7072", {}, SANDBOX, 200, "http://127.0.0.1:7072"},
      {"http://127.8.9.10", {}, SANDBOX, 200, "http://127.8.9.10"},
      {"http://localhost:7072", {}, LIVE, 403, "'none'"},
      {"http://127.0.0.1:7072", {}, LIVE, 403, "'none'"},
      {"https://shop.example", {}, SANDBOX, 403, "'none'"},
      {"https://shop.example", {}, LIVE, 403, "'none'"},
      {"http://127.0.0.1.evil.ae", {}, SANDBOX, 403, "'none'"},
      {"http://localhost.evil.ae", {}, SANDBOX, 403, "'none'"},
      {"http://128.0.0.1", {}, SANDBOX, 403, "'none'"},
      {"http://0.0.0.0:7072", {}, SANDBOX, 403, "'none'"},
      // No origin at all.
      {"", {}, SANDBOX, 400, "'none'"},
      {"null", {}, SANDBOX, 400, "'none'"},
      {"*", {}, SANDBOX, 400, "'none'"},
      {"https://*.example", shop, SANDBOX, 400, "'none'"},
      {"https://shop.example/", shop, SANDBOX, 400, "'none'"},
      {"https://shop.example/pay?a=b", shop, SANDBOX, 400, "'none'"},
      {"https://shop.example#a", shop, SANDBOX, 400, "'none'"},
      {"https://user@shop.example", shop, SANDBOX, 400, "'none'"},
      {"https://shop.example@evil.ae", shop, SANDBOX, 400, "'none'"},
      {"https://shop.example\\@evil.ae", shop, SANDBOX, 400, "'none'"},
      {"https://shop.example:99999", shop, SANDBOX, 400, "'none'"},
      {"https://shop.example:", shop, SANDBOX, 400, "'none'"},
      {"https://shop.example *", shop, SANDBOX, 400, "'none'"},
      {"https://shop.example;script-src *", shop, SANDBOX, 400, "'none'"},
      {"https://shop.example, https://evil.ae", shop, SANDBOX, 400, "'none'"},
      {"https://shop.example\n", shop, SANDBOX, 400, "'none'"},
      {"https://shop.example\r\nX-Evil: 1", shop, SANDBOX, 400, "'none'"},
      {"https://shop.example'", shop, SANDBOX, 400, "'none'"},
      {"https://shop.example\"><script>", shop, SANDBOX, 400, "'none'"},
      {"http://[::1]:7072", {}, SANDBOX, 400, "'none'"},
      {"file://", {}, SANDBOX, 400, "'none'"},
      {"shop.example", shop, SANDBOX, 400, "'none'"},
      {"//shop.example", shop, SANDBOX, 400, "'none'"},
  };
  for (const auto& row : rows) {
    const auto response = ask_from(row.origin, owner(row.registered, row.mode));
    EXPECT_EQ(response.status, row.status) << row.origin;
    EXPECT_EQ(frame_ancestors(response), row.ancestors) << row.origin;
  }
}

TEST(link_page, comes_in_the_language_that_is_asked_for) {
  const auto page = [](std::string_view language) {
    return ask("app_token=" + std::string{kToken} + "&origin=http://localhost&language=" + std::string{language},
               owner({}));
  };
  EXPECT_THAT(page("en").body, HasSubstr(R"(<html lang="en" dir="ltr">)"));
  EXPECT_THAT(page("ar").body, HasSubstr(R"(<html lang="ar" dir="rtl">)"));
}

TEST(link_page, forbids_what_it_does_not_need_and_is_not_stored) {
  const auto response = ask_from("http://localhost", owner({}));
  const auto header = [&](std::string_view name) { return std::string{response.headers.value_or(name, "")}; };
  const auto policy = header("Content-Security-Policy");
  for (const auto* const directive :
       {"default-src 'none';", "script-src 'self';", "style-src 'self';", "img-src 'self' data:;",
        "connect-src 'self';", "base-uri 'none';", "form-action 'none';", "require-trusted-types-for 'script';",
        "trusted-types 'none';"}) {
    EXPECT_THAT(policy, HasSubstr(directive));
  }
  EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
  EXPECT_EQ(header("Cache-Control"), "no-store");
  EXPECT_THAT(header("Permissions-Policy"), HasSubstr("camera=()"));
  EXPECT_EQ(header("Cross-Origin-Opener-Policy"), "same-origin");
  EXPECT_EQ(header("Access-Control-Allow-Origin"), "");
  EXPECT_EQ(header("Set-Cookie"), "");
}

TEST(link_page, has_no_script_or_style_of_its_own) {
  for (const auto& asset : assets::all()) {
    if (!asset.path.ends_with(".html")) continue;
    EXPECT_THAT(asset.identity,
                Not(testing::ContainsRegex("<script>|<script [^>]*[^\"]>[^<]|<style|style=|javascript:")))
        << asset.path;
    EXPECT_THAT(asset.identity, Not(testing::ContainsRegex("(src|href)=\"(https?:)?//"))) << asset.path;
  }
}

TEST(link_page, names_the_parameter_at_fault) {
  const std::string token{kToken};
  const struct {
    std::string query;
    std::optional<PageOwner> owner;
    int status;
    std::string_view named;
  } rows[] = {
      {"", {}, 400, "<code>app_token</code>"},
      {"origin=http://localhost&language=en", {}, 400, "<code>app_token</code>"},
      {"app_token=1&origin=http://localhost&language=en", {}, 400, "<code>app_token</code>"},
      {"app_token=" + token + "&language=en", owner({}), 400, "<code>origin</code>"},
      {"app_token=" + token + "&origin=%zz&language=en", owner({}), 400, "<code>origin</code>"},
      {"app_token=" + token + "&origin=x&origin=http://localhost&language=en", owner({}), 400, "<code>origin</code>"},
      {"app_token=" + token + "&origin=http://localhost", owner({}), 400, "<code>language</code>"},
      {"app_token=" + token + "&origin=http://localhost&language=fr", owner({}), 400, "<code>language</code>"},
      {"app_token=" + token + "&origin=http://localhost&language=../en", owner({}), 400, "<code>language</code>"},
      {"app_token=" + token + "&origin=http://localhost&language=en", {}, 404, "<code>app_token</code>"},
  };
  for (const auto& row : rows) {
    const auto response = ask(row.query, row.owner);
    EXPECT_EQ(response.status, row.status) << row.query;
    EXPECT_THAT(response.body, HasSubstr(row.named)) << row.query;
    EXPECT_THAT(response.body, Not(HasSubstr("{{"))) << row.query;
    EXPECT_EQ(frame_ancestors(response), "'none'") << row.query;
  }
}

TEST(link_page, tells_the_shops_engineer_what_would_allow_it_in_a_sandbox_only) {
  const std::string command = "qantara app origin add https://shop.example --app-token " + std::string{kToken};
  EXPECT_THAT(ask_from("https://shop.example:443", owner({})).body, HasSubstr(command));
  EXPECT_THAT(ask_from("https://shop.example", owner({}, applications::Mode::LIVE)).body,
              Not(HasSubstr("qantara app")));
}

TEST(link_page, shows_nothing_that_the_address_says_as_html) {
  const auto response = ask_from("http://a\"><img src=x onerror=alert(1)>", owner({}));
  EXPECT_THAT(response.body, Not(HasSubstr("onerror")));
}

}  // namespace
}  // namespace qantara::api
