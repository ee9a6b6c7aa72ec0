#include "api/responses.h"

#include <gtest/gtest.h>

namespace qantara::api {
namespace {

constexpr Instant kNow{std::chrono::seconds{1'700'000'000}};

TEST(error_response, is_the_envelope_with_each_field_at_fault) {
  Error refused = field_error(ErrorCode::AMOUNT_UNDER_MIN_VALUE, "amount", "amount must be from 10.00 to 100.00 AED");
  refused.details = {{.name = "minimum", .json = "10.00"}, {.name = "maximum", .json = "100.00"}};
  refused.cause = "what only the log may know";
  const auto response = error_response(refused, "req-1", kNow);
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(
      response.body,
      R"({"timestamp":"2023-11-14T22:13:20.000000Z","status":"AMOUNT_UNDER_MIN_VALUE",)"
      R"("message":"amount must be from 10.00 to 100.00 AED","metadata":{"request_id":"req-1",)"
      R"("errors":[{"field":"amount","code":"AMOUNT_UNDER_MIN_VALUE","message":"amount must be from 10.00 to 100.00 AED"}],)"
      R"("minimum":10.00,"maximum":100.00}})");
  EXPECT_EQ(response.headers.value_or("content-type", ""), "application/json");
}

TEST(error_response, has_no_list_of_fields_where_none_is_at_fault) {
  const auto response =
      error_response(error(ErrorCode::UNKNOWN_PAYMENT, "there is no payment with this id"), "req-1", kNow);
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(json::parse(response.body)->find("metadata")->find("errors"), nullptr);
}

TEST(error_response, says_whose_part_it_is_and_when_to_come_back) {
  const struct {
    ErrorCode code;
    int status;
    std::string_view origin;
    bool is_worth_a_retry;
  } rows[] = {
      {ErrorCode::MISSING_PARAMETERS, 400, "client", false},
      {ErrorCode::IDEMPOTENCY_CONFLICT, 409, "client", true},
      {ErrorCode::STEP_OUTDATED, 409, "payer", false},
      {ErrorCode::PENDING_BENEFICIARY_COOL_OFF, 409, "bank", false},
      {ErrorCode::RATE_LIMIT_EXCEEDED, 429, "client", true},
      {ErrorCode::SERVICE_UNAVAILABLE, 503, "gateway", true},
      {ErrorCode::INTERNAL_SERVER_ERROR, 500, "gateway", false},
  };
  for (const auto& row : rows) {
    const auto response = error_response(error(row.code, "words"), "req-1", kNow);
    EXPECT_EQ(response.status, row.status);
    EXPECT_EQ(response.headers.value_or("x-error-origin", ""), row.origin);
    EXPECT_EQ(response.headers.find("Retry-After") != nullptr, row.is_worth_a_retry) << to_text(row.code);
  }
}

TEST(error_response, tells_nobody_of_our_insides) {
  const struct {
    ErrorCode code;
    std::string_view published;
  } rows[] = {
      {ErrorCode::STORAGE_FAILED, "SERVICE_UNAVAILABLE"},
      {ErrorCode::VERSION_CONFLICT, "SERVICE_UNAVAILABLE"},
      {ErrorCode::NOT_SENT, "INTERNAL_SERVER_ERROR"},
      {ErrorCode::REFUSED_BY_BANK, "INTERNAL_SERVER_ERROR"},
      {ErrorCode::OUTCOME_UNKNOWN, "INTERNAL_SERVER_ERROR"},
      {ErrorCode::INTERNAL_SERVER_ERROR, "INTERNAL_SERVER_ERROR"},
  };
  for (const auto& row : rows) {
    Error inner = field_error(row.code, "payments.step", "disk I/O error in payments.step");
    inner.details = {{.name = "file", .json = "\"qantara.db\""}};
    const auto response = error_response(inner, "req-1", kNow);
    EXPECT_EQ(json::parse(response.body)->text("status"), row.published);
    EXPECT_FALSE(response.body.contains("payments.step")) << response.body;
    EXPECT_FALSE(response.body.contains("qantara.db")) << response.body;
  }
}

TEST(common_headers, are_on_every_answer) {
  auto response = http::Response::json(200, "{}");
  add_common_headers(response, "req-1");
  EXPECT_EQ(response.headers.value_or("lean-correlation-id", ""), "req-1");
  EXPECT_EQ(response.headers.value_or("cache-control", ""), "no-store");
  EXPECT_EQ(response.headers.value_or("x-content-type-options", ""), "nosniff");
}

money::Money dirhams(std::int64_t minor) { return {minor, *money::Currency::find("AED")}; }

TEST(write_payment, shows_submitting_as_the_status_before_it) {
  payments::Payment payment{.amount = dirhams(100'000), .description = "Order 17", .created_at = kNow};
  payment.reference_sent = "Order 17";
  payment.parties.debtor = {.iban = "AE070331234567890123456", .owner_name = "Sara Ali"};
  payment.parties.creditor = {.name = "Falcon Trading LLC", .account_number = "1234"};
  payment.status = payments::PaymentStatus::SUBMITTING;
  payment.waiting_status = payments::PaymentStatus::AWAITING_PAYMENT_MFA;
  json::Writer writer;
  write_payment(writer, payment);
  const auto object = *json::parse(writer.text());
  EXPECT_EQ(object.text("status"), "AWAITING_PAYMENT_MFA");
  EXPECT_EQ(object.find("amount")->number_text(), "1000.00");
  EXPECT_EQ(object.find("sender_details")->text("iban"), "AE070331234567890123456");
  EXPECT_TRUE(object.find("sender_details")->find("account_number")->is(json::Kind::NUL));
  EXPECT_EQ(object.find("recipient_details")->text("account_number"), "1234");
  EXPECT_TRUE(object.find("initiation_timestamp")->is(json::Kind::NUL));
  EXPECT_TRUE(object.find("bank_transaction_reference")->is(json::Kind::NUL));
}

TEST(write_payment_source, has_the_status_of_its_first_beneficiary) {
  payment_sources::PaymentSource source{.bank_identifier = "LEANMB1"};
  source.beneficiaries = {
      {.status = payment_sources::BeneficiaryStatus::AWAITING_BENEFICIARY_COOL_OFF, .cool_off_expires_at = kNow},
      {.status = payment_sources::BeneficiaryStatus::ACTIVE}};
  json::Writer writer;
  write_payment_source(writer, source);
  const auto object = *json::parse(writer.text());
  EXPECT_EQ(object.text("status"), "AWAITING_BENEFICIARY_COOL_OFF");
  EXPECT_EQ(object.find("beneficiaries")->items().at(0).text("beneficiary_cool_off_expiry"),
            "2023-11-14T22:13:20.000000Z");
  EXPECT_TRUE(object.find("beneficiaries")->items().at(1).find("beneficiary_cool_off_expiry")->is(json::Kind::NUL));
}

}  // namespace
}  // namespace qantara::api
