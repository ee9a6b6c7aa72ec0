#include "http/message.h"

#include <gtest/gtest.h>

namespace qantara::http {
namespace {

TEST(Headers, compares_names_without_case) {
  Headers headers;
  headers.add("Content-Type", "text/plain");
  headers.add("X-One", "1");
  headers.add("content-type", "text/html");
  EXPECT_EQ(*headers.find("CONTENT-TYPE"), "text/plain");
  EXPECT_EQ(headers.find("X-Two"), nullptr);
  EXPECT_EQ(headers.value_or("x-two", "none"), "none");

  headers.set("CONTENT-type", "application/json");
  EXPECT_EQ(headers.fields().size(), 2U);
  EXPECT_EQ(*headers.find("Content-Type"), "application/json");
}

TEST(Method, is_read_case_sensitively) {
  for (const auto* name : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
    EXPECT_EQ(to_text(parse_method(name).value()), name);
  }
  for (const auto* name : {"", "get", "Get", "TRACE", "CONNECT", "GET "}) EXPECT_FALSE(parse_method(name)) << name;
}

TEST(Percent, decodes_what_it_encodes) {
  std::string every;
  for (int c = 0; c < 256; ++c) every += static_cast<char>(c);
  EXPECT_EQ(percent_decode(percent_encode(every)), every);
  EXPECT_EQ(percent_encode("a/b c+~é"), "a%2Fb%20c%2B~%C3%A9");
  EXPECT_EQ(percent_decode("a+b%2bc%2B"), "a+b+c+");
}

TEST(Percent, refuses_broken_escapes) {
  for (const auto* text : {"%", "a%2", "%zz", "%2g", "%%20", "% 2"}) EXPECT_FALSE(percent_decode(text)) << text;
}

TEST(Request, finds_the_first_query_parameter_of_a_name) {
  Request request;
  request.query = "page=2&size=&page=3&na%6De=a%20b%26c&flag&x=1=2";
  EXPECT_EQ(request.query_parameter("page"), "2");
  EXPECT_EQ(request.query_parameter("size"), "");
  EXPECT_EQ(request.query_parameter("name"), "a b&c");
  EXPECT_EQ(request.query_parameter("flag"), "");
  EXPECT_EQ(request.query_parameter("x"), "1=2");
  EXPECT_EQ(request.query_parameter("pag"), std::nullopt);
  request.query = "";
  EXPECT_EQ(request.query_parameter("page"), std::nullopt);
}

struct UrlCase {
  const char* text;
  const char* scheme;
  const char* host;
  const char* port;
  const char* target;
  const char* authority;
};

TEST(Url, is_taken_apart) {
  const UrlCase cases[] = {
      {"http://a.example", "http", "a.example", "80", "/", "a.example"},
      {"HTTPS://A.Example:443/x?y=%20#", "", "", "", "", ""},
      {"HTTPS://A.Example:443/x?y=%20", "https", "a.example", "443", "/x?y=%20", "a.example"},
      {"http://a.example:443", "http", "a.example", "443", "/", "a.example:443"},
      {"https://a?b", "https", "a", "443", "/?b", "a"},
      {"http://127.0.0.1:7070/v1", "http", "127.0.0.1", "7070", "/v1", "127.0.0.1:7070"},
      {"http://[::1]:7070/v1", "http", "::1", "7070", "/v1", "[::1]:7070"},
      {"https://[2001:DB8::1]", "https", "2001:db8::1", "443", "/", "[2001:db8::1]"},
      {"http://under_score.example./", "http", "under_score.example.", "80", "/", "under_score.example."},
      {"http://a//b", "http", "a", "80", "//b", "a"},
  };
  for (const auto& c : cases) {
    const auto url = parse_url(c.text);
    ASSERT_EQ(url.has_value(), *c.scheme != '\0') << c.text;
    if (!url) continue;
    EXPECT_EQ(url->scheme, c.scheme);
    EXPECT_EQ(url->host, c.host);
    EXPECT_EQ(url->port, c.port);
    EXPECT_EQ(url->target, c.target);
    EXPECT_EQ(url->authority(), c.authority);
    EXPECT_EQ(url->origin(), std::string(c.scheme) + "://" + c.authority);
  }
}

TEST(Url, refuses_what_is_not_plainly_http) {
  for (const auto* text : {"",
                           "http:",
                           "http://",
                           "http:///x",
                           "//a/x",
                           "a.example/x",
                           "ftp://a/",
                           "file:///etc/passwd",
                           "javascript:alert(1)",
                           "http://user@a/",
                           "http://user:pass@a/",
                           "http://a:0/",
                           "http://a:65536/",
                           "http://a:/",
                           "http://a:80x/",
                           "http://a:080080/",
                           "http://a b/",
                           "http://a/ b",
                           "http://a/#x",
                           "http://a\\@b/",
                           "http://[::1/",
                           "http://[::g]/",
                           "http://[127.0.0.1]/",
                           "http://[fe80::1%25eth0]/",
                           "http://::1/",
                           "http://.a/",
                           "http://a%2eb/",
                           "http://bücher.example/",
                           "http://a/\r\nX: y",
                           "http://a\t/",
                           " http://a/",
                           "http://a;b/"}) {
    EXPECT_FALSE(parse_url(text)) << text;
  }
  EXPECT_FALSE(parse_url("http://" + std::string(254, 'a') + "/"));
}

}  // namespace
}  // namespace qantara::http
