#include "demo_shop/guard.h"

#include <gtest/gtest.h>

#include <vector>

namespace qantara::demo_shop {
namespace {

using http::Method;
using Fields = std::vector<std::pair<const char*, const char*>>;

bool passes(Method method, const Fields& fields, Purpose purpose = Purpose::PAGE) {
  http::Request request{.method = method};
  for (const auto& [name, value] : fields) request.headers.add(name, value);
  return !guard_fault(request, purpose, "192.0.2.7");
}

TEST(Guard, answers_at_its_own_address_only) {
  struct Row {
    const char* host;
    bool good;
  };
  for (const auto& [host, good] :
       {Row{"127.0.0.1:7072", true}, Row{"localhost:7072", true}, Row{"LOCALHOST", true}, Row{"[::1]:7072", true},
        Row{"127.9.9.9", true}, Row{"192.0.2.7:7072", true}, Row{"192.0.2.8:7072", false},
        Row{"rebound.example:7072", false}, Row{"127.0.0.1.rebound.example", false},
        Row{"localhost.rebound.example", false}, Row{"127.rebound.example", false}, Row{"evil@127.0.0.1", false},
        Row{"", false}, Row{"0.0.0.0:7072", false}, Row{"[::ffff:192.0.2.8]", false}}) {
    EXPECT_EQ(passes(Method::GET, {{"Host", host}}), good) << host;
    EXPECT_EQ(passes(Method::POST, {{"Host", host}}, Purpose::WEBHOOK), good) << host;
  }
  EXPECT_FALSE(passes(Method::GET, {}));
}

TEST(Guard, lets_no_other_site_act_or_look) {
  struct Row {
    const char* what;
    Method method;
    Fields fields;
    bool good;
  };
  const char* const own = "http://127.0.0.1:7072";
  const Row rows[] = {
      {"the page", Method::POST, {{"Origin", own}, {"Sec-Fetch-Site", "same-origin"}}, true},
      {"a program", Method::POST, {}, true},
      {"another site", Method::POST, {{"Origin", "https://evil.example"}, {"Sec-Fetch-Site", "cross-site"}}, false},
      {"another port", Method::POST, {{"Origin", "http://127.0.0.1:7070"}, {"Sec-Fetch-Site", "same-site"}}, false},
      {"another name", Method::POST, {{"Origin", "http://localhost:7072"}}, false},
      {"another scheme", Method::POST, {{"Origin", "https://127.0.0.1:7072"}}, false},
      {"a sandboxed frame", Method::POST, {{"Origin", "null"}}, false},
      {"an empty origin", Method::POST, {{"Origin", ""}}, false},
      {"only the fetch site", Method::POST, {{"Sec-Fetch-Site", "cross-site"}}, false},
      {"the address bar", Method::POST, {{"Sec-Fetch-Site", "none"}}, false},
      {"the address bar", Method::GET, {{"Sec-Fetch-Site", "none"}}, true},
      {"another site reads", Method::GET, {{"Sec-Fetch-Site", "cross-site"}}, false},
      {"another site reads", Method::GET, {{"Origin", "https://evil.example"}}, false},
  };
  for (const auto& [what, method, fields, good] : rows) {
    Fields all{{"Host", "127.0.0.1:7072"}, {"Content-Type", "application/json"}};
    all.insert(all.end(), fields.begin(), fields.end());
    EXPECT_EQ(passes(method, all), good) << what;
  }
}

TEST(Guard, takes_json_only) {
  struct Row {
    const char* type;
    bool good;
  };
  for (const auto& [type, good] :
       {Row{"application/json", true}, Row{"application/json; charset=utf-8", true}, Row{"text/plain", false},
        Row{"application/x-www-form-urlencoded", false}, Row{"text/plain; application/json", false}, Row{"", false}}) {
    EXPECT_EQ(passes(Method::POST, {{"Host", "127.0.0.1:7072"}, {"Content-Type", type}}), good) << type;
  }
}

}  // namespace
}  // namespace qantara::demo_shop
