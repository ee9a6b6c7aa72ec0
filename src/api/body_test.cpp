#include "api/body.h"

#include <gtest/gtest.h>

#include "base/ids.h"

namespace qantara::api {
namespace {

constexpr MemberRule kRules[] = {
    {"name", MemberType::TEXT, Presence::REQUIRED},
    {"amount", MemberType::AMOUNT, Presence::REQUIRED},
    {"note"},
    {"permissions", MemberType::TEXTS},
    {"customization", MemberType::OBJECT},
    {"old", MemberType::TEXT, Presence::IGNORED},
};

http::Request request(std::string body, std::string_view media_type = "application/json") {
  http::Request made{.method = http::Method::POST, .path = "/", .body = std::move(body)};
  if (!media_type.empty()) made.headers.add("Content-Type", media_type);
  return made;
}

TEST(body, is_refused_in_this_order_naming_every_member_at_fault) {
  // Each row mends what the row before was refused for.
  const struct {
    std::string body;
    ErrorCode code;
    std::vector<std::string> fields;
    std::string message;
  } rows[] = {
      {R"({"note":1,"permissions":["a",2],"odd":1,"odder":2})",
       ErrorCode::MISSING_PARAMETERS,
       {"name", "amount"},
       "name must be given (and 1 more)"},
      {R"({"name":null,"amount":true,"note":1,"odd":1})",
       ErrorCode::MISSING_PARAMETERS,
       {"name"},
       "name must be given"},
      {R"({"name":5,"amount":true,"note":1,"permissions":["a",2],"customization":[],"odd":1,"odder":2})",
       ErrorCode::INVALID_PARAMETERS,
       {"name", "amount", "note", "permissions", "customization"},
       "name must be a string, not a number (and 4 more)"},
      {R"({"name":"a","amount":1,"permissions":["a"],"odd":1,"odder":2})",
       ErrorCode::INVALID_PARAMETERS,
       {"odd", "odder"},
       "odd is not a member of this request (and 1 more)"},
  };
  for (const auto& row : rows) {
    const auto refused = read_body(request(row.body), kRules);
    ASSERT_FALSE(refused) << row.body;
    EXPECT_EQ(refused.error().code, row.code) << row.body;
    EXPECT_EQ(refused.error().message, row.message);
    std::vector<std::string> fields;
    for (const auto& field : refused.error().fields) {
      fields.push_back(field.field);
      EXPECT_EQ(field.code, row.code);
    }
    EXPECT_EQ(fields, row.fields);
  }
}

TEST(body, takes_what_follows_the_rules) {
  for (const std::string body : {
           R"({"name":"a","amount":10.00})",
           R"({"name":"","amount":"10.00"})",
           R"({"amount":1e3,"name":"a","note":null,"permissions":[],"customization":{}})",
           R"({"name":"a","amount":1,"old":{"whatever":[1]}})",
       }) {
    EXPECT_TRUE(read_body(request(body), kRules)) << body;
  }
}

TEST(body, must_be_one_json_object) {
  for (const std::string body :
       {"", "{", "[]", "null", "\"a\"", "1", R"({"name":"a"} x)", R"({"name":"a","name":"b","amount":1})", "\xff"}) {
    const auto refused = read_body(request(body), kRules);
    ASSERT_FALSE(refused) << body;
    EXPECT_EQ(refused.error().code, ErrorCode::INVALID_PARAMETERS) << body;
  }
}

TEST(body, must_be_called_json) {
  const struct {
    std::string_view media_type;
    bool is_taken;
  } rows[] = {
      {"application/json", true},
      {"Application/JSON", true},
      {"application/json; charset=utf-8", true},
      {"application/json;charset=\"UTF-8\"", true},
      {"", false},
      {"text/json", false},
      {"application/json-patch+json", false},
      {"application/x-www-form-urlencoded", false},
      {"application/json; charset=latin1", false},
  };
  for (const auto& row : rows) {
    const auto read = read_body(request(R"({"name":"a","amount":1})", row.media_type), kRules);
    ASSERT_EQ(read.has_value(), row.is_taken) << row.media_type;
    if (!read) EXPECT_EQ(read.error().code, ErrorCode::UNSUPPORTED_MEDIA_TYPE);
  }
}

TEST(body, gives_amounts_as_they_were_written) {
  const auto body = *read_body(request(R"({"name":"a","amount":10.00})"), kRules);
  EXPECT_EQ(amount_text(body, "amount"), "10.00");
  EXPECT_EQ(amount_text(*read_body(request(R"({"name":"a","amount":"1e3"})"), kRules), "amount"), "1e3");
  EXPECT_EQ(required_text(body, "name"), "a");
  EXPECT_EQ(optional_text(body, "note"), std::nullopt);
}

TEST(body, has_ids_that_are_uuids) {
  constexpr auto kId = "9dafc6f5-37e8-4f72-aa0b-5323c0935c5f";
  const auto body = [](std::string_view note) {
    return *read_body(request(R"({"name":"a","amount":1,"note":")" + std::string{note} + "\"}"), kRules);
  };
  EXPECT_EQ(body_id<CustomerId>(body(kId), "note")->to_text(), kId);
  for (const std::string_view wrong : {"", "1", "9dafc6f5"}) {
    const auto refused = body_id<CustomerId>(body(wrong), "note");
    ASSERT_FALSE(refused) << wrong;
    EXPECT_EQ(refused.error().code, ErrorCode::INVALID_PARAMETERS);
    EXPECT_EQ(refused.error().fields.at(0).field, "note");
  }
  const auto absent = *read_body(request(R"({"name":"a","amount":1})"), kRules);
  EXPECT_EQ(*optional_body_id<CustomerId>(absent, "note"), std::nullopt);
  EXPECT_FALSE(optional_body_id<CustomerId>(body("1"), "note"));

  http::Request in_path = request("");
  in_path.path_parameters = {{"customer_id", "1"}};
  EXPECT_EQ(path_id<CustomerId>(in_path, "customer_id"), CustomerId{});
  in_path.path_parameters = {{"customer_id", "01a1fe52-cd08-7cac-95eb-807f1868221f"}};
  EXPECT_EQ(path_id<CustomerId>(in_path, "customer_id").to_text(), "01a1fe52-cd08-7cac-95eb-807f1868221f");
}

}  // namespace
}  // namespace qantara::api
