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
  const std::set<int> known{400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 502, 503};
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
    const auto retry = facts(code).retry;
    if (status >= 400 && status < 429 && status != 409 && status != 422) EXPECT_EQ(retry, Retry::NO) << name;
    if (status == 429 || status == 503) EXPECT_EQ(retry, Retry::AFTER_RETRY_AFTER) << name;
  }
  EXPECT_EQ(facts(ErrorCode::IDEMPOTENCY_KEY_REUSED).retry, Retry::WITH_NEW_KEY);
  EXPECT_EQ(facts(ErrorCode::OUTCOME_UNKNOWN).retry, Retry::NO) << "it may have happened";
}

TEST(error, says_of_every_code_what_it_means_and_what_to_do_in_a_sentence_each) {
  for (const auto code : every_code()) {
    for (const auto sentence : {facts(code).meaning, facts(code).what_to_do}) {
      EXPECT_TRUE(sentence.ends_with('.')) << to_text(code);
      EXPECT_EQ(sentence.find('|'), std::string_view::npos) << "it stands in a table: " << to_text(code);
    }
  }
}

TEST(error, has_one_face_for_troubles_that_are_not_the_callers) {
  for (const auto code : every_code()) {
    const int status = http_status(code);
    if (status < 500) EXPECT_EQ(published(code), code) << to_text(code);
    if (status >= 500) EXPECT_EQ(origin(published(code)), ErrorOrigin::GATEWAY) << to_text(code);
  }
  EXPECT_EQ(published(ErrorCode::STORAGE_FAILED), ErrorCode::SERVICE_UNAVAILABLE);
  EXPECT_EQ(published(ErrorCode::OUTCOME_UNKNOWN), ErrorCode::INTERNAL_SERVER_ERROR);
}

TEST(error, says_whose_part_it_is) {
  const struct {
    ErrorCode code;
    std::string_view origin;
  } rows[] = {
      {ErrorCode::INVALID_IBAN, "client"},
      {ErrorCode::RATE_LIMIT_EXCEEDED, "client"},
      {ErrorCode::PENDING_BENEFICIARY_COOL_OFF, "bank"},
      {ErrorCode::BENEFICIARY_NOT_FOUND, "payer"},
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
