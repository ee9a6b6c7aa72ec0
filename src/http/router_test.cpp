#include "http/router.h"

#include <gtest/gtest.h>

namespace qantara::http {
namespace {

Task<Response> handle(const Request& /*request*/) { co_return Response{}; }

std::string found(const Router& router, Method method, std::string_view path) {
  const auto result = router.find(method, path);
  if (const auto* refusal = std::get_if<Router::NoSuchMethod>(&result)) return "405 " + refusal->allow;
  const auto* match = std::get_if<Router::Match>(&result);
  if (!match) return "404";
  std::string text = "ok";
  for (const auto& [name, value] : match->path_parameters) text += ' ' + name + '=' + value;
  return text;
}

TEST(Router, finds_routes) {
  Router router;
  router.add(Method::GET, "/", handle);
  router.add(Method::GET, "/health", handle);
  router.add(Method::POST, "/customers/v1", handle);
  router.add(Method::GET, "/customers/v1", handle);
  router.add(Method::GET, "/customers/v1/{customer_id}", handle);
  router.add(Method::DELETE, "/customers/v1/{id}", handle);
  router.add(Method::GET, "/customers/v1/search", handle);
  router.add(Method::GET, "/customers/v1/{customer_id}/sources/{source_id}", handle);
  router.add(Method::PUT, "/customers/v1/search/again", handle);
  router.add(Method::GET, "/a/b/{x}/c", handle);
  router.add(Method::GET, "/a/{y}/{z}/d", handle);

  struct Case {
    Method method;
    const char* path;
    const char* expected;
  };
  const Case cases[] = {
      {Method::GET, "/", "ok"},
      {Method::GET, "/health", "ok"},
      {Method::GET, "/health/", "ok"},
      {Method::GET, "/health//", "404"},
      {Method::GET, "/healt", "404"},
      {Method::GET, "/healthy", "404"},
      {Method::GET, "/Health", "404"},
      {Method::GET, "", "404"},
      {Method::GET, "health", "404"},
      {Method::GET, "//", "404"},
      {Method::HEAD, "/health", "ok"},
      {Method::POST, "/health", "405 GET, HEAD"},
      {Method::POST, "/customers/v1", "ok"},
      {Method::HEAD, "/customers/v1", "ok"},
      {Method::PUT, "/customers/v1", "405 GET, HEAD, POST"},
      {Method::GET, "/customers", "404"},
      {Method::GET, "/customers/v1/7", "ok customer_id=7"},
      {Method::DELETE, "/customers/v1/7/", "ok id=7"},
      {Method::GET, "/customers/v1/a%2Fb", "ok customer_id=a%2Fb"},
      {Method::GET, "/customers/v1/..", "ok customer_id=.."},
      {Method::GET, "/customers/v1/search", "ok"},
      {Method::DELETE, "/customers/v1/search", "405 GET, HEAD"},
      {Method::GET, "/customers/v1/7/sources", "404"},
      {Method::GET, "/customers/v1/7/sources/8", "ok customer_id=7 source_id=8"},
      {Method::GET, "/customers/v1/search/sources/8", "ok customer_id=search source_id=8"},
      {Method::GET, "/customers/v1//sources/8", "404"},
      {Method::GET, "/customers/v1/7/sources//", "404"},
      {Method::OPTIONS, "/customers/v1/search/again", "405 PUT"},
      {Method::GET, "/a/b/1/c", "ok x=1"},
      {Method::GET, "/a/b/1/d", "ok y=b z=1"},
  };
  for (const auto& c : cases)
    EXPECT_EQ(found(router, c.method, c.path), c.expected) << to_text(c.method) << ' ' << c.path;
}

TEST(Router, lists_its_rows_sorted) {
  Router router;
  router.add(Method::POST, "/b", handle);
  router.add(Method::GET, "/b", handle);
  router.add(Method::GET, "/a/{x}", handle);
  std::string text;
  for (const auto& row : router.rows()) text += std::string(to_text(row.method)) + ' ' + row.pattern + '\n';
  EXPECT_EQ(text, "GET /a/{x}\nGET /b\nPOST /b\n");
}

TEST(RouterDeathTest, takes_two_equal_routes_for_a_bug) {
  Router router;
  router.add(Method::GET, "/a/{x}", handle);
  EXPECT_DEATH(router.add(Method::GET, "/a/{y}", handle), "endpoints");
}

}  // namespace
}  // namespace qantara::http
