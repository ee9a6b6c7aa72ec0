#include "base/error.h"

#include <gtest/gtest.h>

#include <set>

namespace qantara {
namespace {

/// Every code there is: the enumerators count up from zero, and the last one is known.
std::vector<ErrorCode> every_code() {
  std::vector<ErrorCode> codes;
  for (int i = 0; i <= static_cast<int>(ErrorCode::INTERNAL_SERVER_ERROR); ++i)
    codes.push_back(static_cast<ErrorCode>(i));
  return codes;
}

TEST(error, has_a_name_of_its_own_for_every_code) {
  std::set<std::string_view> names;
  for (const auto code : every_code()) {
    const auto name = to_text(code);
    EXPECT_EQ(name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_"), std::string_view::npos) << name;
    EXPECT_TRUE(names.insert(name).second) << name;
  }
  EXPECT_EQ(to_text(ErrorCode::MISSING_PARAMETERS), "MISSING_PARAMETERS");
  EXPECT_EQ(to_text(ErrorCode::INTERNAL_SERVER_ERROR), "INTERNAL_SERVER_ERROR");
}

TEST(error, answers_every_code_with_a_status_of_its_family) {
  const std::set<int> known{400, 401, 404, 405, 409, 413, 415, 422, 429, 500, 502, 503};
  for (const auto code : every_code()) {
    const auto name = to_text(code);
    const int status = http_status(code);
    EXPECT_TRUE(known.contains(status)) << name;
    if (name.starts_with("UNKNOWN_")) EXPECT_EQ(status, 404) << name;
    if (name.starts_with("MISSING_")) EXPECT_EQ(status, 400) << name;
    if (name.ends_with("_ALREADY_EXISTS")) EXPECT_EQ(status, 409) << name;
    if (name.starts_with("AMOUNT_")) EXPECT_EQ(status, 400) << name;
  }
}

TEST(error, bids_nobody_try_a_wrong_request_again) {
  for (const auto code : every_code()) {
    const auto name = to_text(code);
    const int status = http_status(code);
    if (status >= 400 && status < 429 && status != 409) EXPECT_FALSE(retryable(code)) << name;
    if (status == 429 || status == 503) EXPECT_TRUE(retryable(code)) << name;
  }
  EXPECT_TRUE(retryable(ErrorCode::NOT_SENT));
  EXPECT_FALSE(retryable(ErrorCode::OUTCOME_UNKNOWN)) << "it may have happened";
}

TEST(error, says_whose_part_it_is) {
  const struct {
    ErrorCode code;
    std::string_view origin;
  } rows[] = {
      {ErrorCode::INVALID_IBAN, "client"},
      {ErrorCode::RATE_LIMIT_EXCEEDED, "client"},
      {ErrorCode::NOT_SENT, "bank"},
      {ErrorCode::REFUSED_BY_BANK, "bank"},
      {ErrorCode::OUTCOME_UNKNOWN, "bank"},
      {ErrorCode::STORAGE_FAILED, "gateway"},
      {ErrorCode::VERSION_CONFLICT, "gateway"},
      {ErrorCode::INTERNAL_SERVER_ERROR, "gateway"},
  };
  for (const auto& row : rows) EXPECT_EQ(to_text(origin(row.code)), row.origin) << to_text(row.code);
}

TEST(error, names_the_field_at_fault) {
  const Error refused = field_error(ErrorCode::INVALID_IBAN, "iban", "iban must be an IBAN");
  EXPECT_EQ(refused.code, ErrorCode::INVALID_IBAN);
  EXPECT_EQ(refused.message, "iban must be an IBAN");
  ASSERT_EQ(refused.fields.size(), 1U);
  EXPECT_EQ(refused.fields.front().field, "iban");
  EXPECT_EQ(refused.fields.front().code, ErrorCode::INVALID_IBAN);
  EXPECT_EQ(refused.fields.front().message, refused.message);
}

}  // namespace
}  // namespace qantara
