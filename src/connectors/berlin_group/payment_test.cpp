// Paying against a scripted bank.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connectors/berlin_group/test_bench.h"

namespace qantara::connectors::berlin_group {
namespace {

using testing::HasSubstr;
using testing::SizeIs;
using testing::StartsWith;

// ---- Paying ----

TEST_F(BerlinGroup, pays_with_a_code) {
  ask_for_payment_code();
  server_.then_fixture(200, "finalised");
  server_.then_fixture(200, "status_accepted");
  EXPECT_EQ(pay(code()), "ACCEPTED ACSC 2611210000000042");

  const auto& requests = server_.requests;
  ASSERT_THAT(requests, SizeIs(7));
  EXPECT_THAT(ScriptedBank::line(requests[3]),
              HasSubstr("POST https://bank.test/xs2a/v1/payments/cross-border-credit-transfers "
                        "{\"endToEndIdentification\":\"e2e-1\""));
  EXPECT_EQ(requests[3].headers.value_or("Consent-ID", ""), "c0nsent-1");
  EXPECT_EQ(requests[3].headers.value_or("TPP-Explicit-Authorisation-Preferred", ""), "true");
  EXPECT_EQ(ScriptedBank::line(requests[5]),
            "PUT https://bank.test/xs2a/v1/payments/cross-border-credit-transfers/pay-1/authorisations/auth-3 "
            R"({"scaAuthenticationData":"907351"})");
  EXPECT_EQ(ScriptedBank::line(requests[6]),
            "GET https://bank.test/xs2a/v1/payments/cross-border-credit-transfers/pay-1/status ");
}

TEST_F(BerlinGroup, gives_each_request_an_id_of_its_own_and_the_irrevocable_one_its_stored_key) {
  ask_for_payment_code();
  server_.then_fixture(200, "finalised");
  server_.then_fixture(200, "status_accepted");
  EXPECT_EQ(pay(code()), "ACCEPTED ACSC 2611210000000042");
  std::set<std::string> ids;
  for (const auto& request : server_.requests) {
    const std::string id{request.headers.value_or("X-Request-ID", "")};
    EXPECT_TRUE(Uuid::parse(id)) << id;
    EXPECT_TRUE(ids.insert(id).second) << id;
    EXPECT_EQ(id == order_.request_key, request.body.contains(kCode));
  }
}

TEST_F(BerlinGroup, asks_for_the_password_where_the_session_is_over) {
  link_plainly();
  server_.then_fixture(201, "payment_created_session_over");
  EXPECT_EQ(begin(), "continue");
  EXPECT_EQ(advance(), "LOGIN asks password");  // no call
  server_.then(401, refusal("PSU_CREDENTIALS_INVALID", "2 tries left"));
  EXPECT_EQ(pay(password()), "LOGIN asks password, wrong, 2 left");
  EXPECT_EQ(pay({}), "LOGIN asks password, wrong");  // no call
  server_.then_fixture(201, "payment_code");
  EXPECT_EQ(pay(password()), "PAYMENT asks otp, irrevocable");
  server_.then_fixture(200, "finalised");
  server_.then_fixture(200, "status_accepted");
  EXPECT_EQ(pay(code()), "ACCEPTED ACSC 2611210000000042");
}

TEST_F(BerlinGroup, asks_for_the_password_where_the_session_ended_in_between) {
  create_payment();
  server_.then(401, refusal("CONSENT_EXPIRED"));
  EXPECT_EQ(advance(), "LOGIN asks password");
  server_.then(403, refusal("SERVICE_BLOCKED"));
  EXPECT_EQ(pay(password()), "refused EU_ACCOUNT_LOCKED");
}

TEST_F(BerlinGroup, orders_without_the_consent_where_that_has_lapsed) {
  link_plainly();
  server_.then(401, refusal("CONSENT_EXPIRED"));
  server_.then_fixture(201, "payment_created_session_over");
  EXPECT_EQ(begin(), "continue");
  const auto& requests = server_.requests;
  EXPECT_TRUE(requests[requests.size() - 2].headers.find("Consent-ID"));
  EXPECT_FALSE(requests.back().headers.find("Consent-ID"));
  EXPECT_EQ(advance(), "LOGIN asks password");  // no call
}

TEST_F(BerlinGroup, believes_no_answer_to_another_request) {
  create_payment();
  auto answer =
      ScriptedBank::response(200, R"({"transactionStatus":"ACSC","bankTransactionReference":"2611210000000042"})");
  answer.headers.set("X-Request-ID", "00000000-0000-4000-8000-000000000000");
  server_.then(std::move(answer));
  EXPECT_THAT(poll(), StartsWith("OUTCOME_UNKNOWN"));
}

TEST_F(BerlinGroup, lets_the_payer_choose_a_code) {
  create_payment();
  server_.then_fixture(201, "payment_choice");
  const auto asked = run(connector_->advance_payment(order_, device_, payment_));
  EXPECT_EQ(describe(asked), "PAYMENT asks method");
  const auto& options = std::get<banking::NeedFields>(*asked).fields[0].options;
  ASSERT_THAT(options, SizeIs(2));
  EXPECT_EQ(options[0].label, "SMS to •••• 123");
  EXPECT_EQ(options[0].leads_to, banking::FieldKind::OTP);
  EXPECT_EQ(options[1].leads_to, banking::FieldKind::CHOICE);

  EXPECT_EQ(pay(method("fax")), "PAYMENT asks method, wrong");  // no call
  server_.then_fixture(200, "payment_code");
  EXPECT_EQ(pay(method("sms")), "PAYMENT asks otp, irrevocable");
  EXPECT_THAT(server_.last(), HasSubstr(R"({"authenticationMethodId":"sms"})"));
  server_.then_fixture(200, "finalised");
  server_.then_fixture(200, "status_accepted");
  EXPECT_EQ(pay(code()), "ACCEPTED ACSC 2611210000000042");
}

TEST_F(BerlinGroup, lets_the_payer_choose_the_app) {
  create_payment();
  server_.then_fixture(201, "payment_choice");
  EXPECT_EQ(advance(), "PAYMENT asks method");
  server_.then(
      200, R"({"scaStatus":"scaMethodSelected","psuMessage":"Open the app.","_links":{"scaStatus":{"href":"/x"}}})");
  EXPECT_EQ(pay(method("app")), "approval: Open the app.");
  server_.then_fixture(200, "status_received");
  server_.then(200, R"({"scaStatus":"scaMethodSelected"})");
  EXPECT_EQ(poll(), "waiting RCVD scaMethodSelected");
  server_.then_fixture(200, "status_accepted");
  EXPECT_EQ(poll(), "ACCEPTED ACSC 2611210000000042");
}

TEST_F(BerlinGroup, chooses_again_where_the_answer_to_the_choice_was_lost) {
  create_payment();
  server_.then_fixture(201, "payment_choice");
  EXPECT_EQ(advance(), "PAYMENT asks method");
  server_.then(failed(http::Reached::PERHAPS_SENT, http::ClientFailure::Reason::CONNECTION_LOST));
  EXPECT_EQ(pay(method("sms")), "OUTCOME_UNKNOWN ");
  server_.then(409, refusal("STATUS_INVALID"));
  server_.then(200, R"({"scaStatus":"scaMethodSelected"})");
  server_.then_fixture(201, "payment_choice");
  EXPECT_EQ(pay(method("sms")), "PAYMENT asks method");
}

TEST_F(BerlinGroup, tells_that_the_payer_denied_in_the_app) {
  create_payment();
  server_.then_fixture(201, "payment_approval");
  EXPECT_EQ(advance(), "approval: Approve the payment in the bank's app.");
  server_.then(200, R"({"transactionStatus":"RJCT","reasonCode":"CUST"})");
  EXPECT_EQ(poll(), "REJECTED RJCT USER_CANCELLED");
}

TEST_F(BerlinGroup, asks_again_after_a_wrong_code_and_stops_after_the_last) {
  ask_for_payment_code();
  EXPECT_EQ(pay({}), "PAYMENT asks otp, irrevocable, wrong");  // no call
  server_.then_fixture(401, "wrong_code");
  server_.then(200, R"({"scaStatus":"scaMethodSelected"})");
  EXPECT_EQ(pay(code()), "PAYMENT asks otp, irrevocable, wrong, 2 left");
  server_.then_fixture(401, "wrong_code");
  server_.then(failed(http::Reached::PERHAPS_SENT, http::ClientFailure::Reason::TIMED_OUT));  // of the scaStatus
  EXPECT_EQ(pay(code()), "PAYMENT asks otp, irrevocable, wrong, 2 left");
  server_.then_fixture(401, "wrong_code");
  server_.then(200, R"({"scaStatus":"failed"})");
  EXPECT_EQ(pay(code()), "refused MFA_ATTEMPTS_EXHAUSTED");
  server_.then(200, R"({"transactionStatus":"RJCT"})");
  server_.then(200, R"({"scaStatus":"failed"})");
  EXPECT_EQ(poll(), "REJECTED RJCT MFA_ATTEMPTS_EXHAUSTED");
}

TEST_F(BerlinGroup, never_fails_what_the_bank_has_taken) {
  const auto kCannotSay = std::to_array<http::ClientResult>({
      failed(http::Reached::NOT_SENT, http::ClientFailure::Reason::CONNECT),
      failed(http::Reached::PERHAPS_SENT, http::ClientFailure::Reason::TIMED_OUT),
      ScriptedBank::response(500, ""),
      ScriptedBank::response(200, "<html>"),
      ScriptedBank::response(200, R"({"transactionStatus":7})"),
      ScriptedBank::response(404, refusal("RESOURCE_UNKNOWN")),
      ScriptedBank::response(401, refusal("CERTIFICATE_EXPIRED")),
      ScriptedBank::response(429, ""),
  });
  for (const auto& answer : kCannotSay) {
    ask_for_payment_code();
    server_.then_fixture(200, "finalised");
    server_.then(answer);
    EXPECT_EQ(pay(code()), "PENDING  ");
  }
}

struct CodeCase {
  std::string_view sca_answer;
  std::string_view status_answer;  // Empty: no status is asked for.
  std::string_view expected;
};

TEST_F(BerlinGroup, reads_every_answer_to_a_code) {
  constexpr auto kCases = std::to_array<CodeCase>({
      {R"({"scaStatus":"finalised"})", R"({"transactionStatus":"RCVD"})", "PENDING RCVD "},
      {R"({"scaStatus":"finalised"})", R"({"transactionStatus":"PDNG"})", "PENDING PDNG "},
      {R"({"scaStatus":"finalised"})", R"({"transactionStatus":"WXYZ"})", "PENDING WXYZ "},
      {R"({"scaStatus":"finalised"})", R"({"transactionStatus":"ACSC"})", "ACCEPTED ACSC "},
      {R"({"scaStatus":"finalised"})", R"({"transactionStatus":"ACSC","bankTransactionReference":42})",
       "ACCEPTED ACSC "},
      {R"({"scaStatus":"finalised"})", R"({"transactionStatus":"RJCT","reasonCode":"AM04"})",
       "REJECTED RJCT INSUFFICIENT_BALANCE"},
      {R"({"scaStatus":"finalised"})", R"({"transactionStatus":"RJCT","reasonCode":4})",
       "REJECTED RJCT UNSEEN_BANK_ERROR"},
      {R"({"scaStatus":"finalised"})", R"({"transactionStatus":"PATC"})", "approval: "},
      {R"({"scaStatus":"exempted"})", R"({"transactionStatus":"ACSP"})", "ACCEPTED ACSP "},
      {R"({"scaStatus":"started"})", R"({"transactionStatus":"RCVD"})", "PENDING RCVD "},
      {R"({"scaStatus":"hocus"})", R"({"transactionStatus":"ACCP"})", "PENDING ACCP "},
      {R"({"scaStatus":"failed"})", "", "refused MFA_ATTEMPTS_EXHAUSTED"},
      {R"({"scaStatus":"scaMethodSelected","_links":{"authoriseTransaction":{"href":"/x"}}})", "",
       "PAYMENT asks otp, irrevocable, wrong"},
      {R"({"scaStatus":7})", "", "OUTCOME_UNKNOWN "},
      {R"({})", "", "OUTCOME_UNKNOWN "},
  });
  for (const CodeCase& c : kCases) {
    ask_for_payment_code();
    server_.then(200, std::string{c.sca_answer});
    if (!c.status_answer.empty()) server_.then(200, std::string{c.status_answer});
    EXPECT_EQ(pay(code()), c.expected) << c.sca_answer << c.status_answer;
  }
}

struct ConflictCase {
  int sca_http_status;
  std::string_view sca_answer;
  std::string_view status_answer;  // Empty: no status is asked for.
  std::string_view expected;
};

TEST_F(BerlinGroup, asks_what_became_of_a_code_that_comes_too_late) {
  constexpr auto kCases = std::to_array<ConflictCase>({
      {200, R"({"scaStatus":"finalised"})", R"({"transactionStatus":"ACSC","bankTransactionReference":"42"})",
       "ACCEPTED ACSC 42"},
      {200, R"({"scaStatus":"finalised"})", R"({"transactionStatus":"RCVD"})", "PENDING RCVD "},
      {200, R"({"scaStatus":"failed"})", "", "refused MFA_ATTEMPTS_EXHAUSTED"},
      {200, R"({"scaStatus":"psuAuthenticated"})", "", "REFUSED STATUS_INVALID"},
      {200, R"({"scaStatus":"hocus"})", "", "OUTCOME_UNKNOWN STATUS_INVALID"},
      {503, "", "", "OUTCOME_UNKNOWN STATUS_INVALID"},
  });
  for (const ConflictCase& c : kCases) {
    ask_for_payment_code();
    server_.then(409, refusal("STATUS_INVALID"));
    server_.then(c.sca_http_status, std::string{c.sca_answer});
    if (!c.status_answer.empty()) server_.then(200, std::string{c.status_answer});
    EXPECT_EQ(pay(code()), c.expected) << c.sca_answer << c.status_answer;
  }
}

TEST_F(BerlinGroup, asks_the_same_again_while_the_authorisation_lasts) {
  ask_for_payment_code();
  const std::string before = payment_.json;
  server_.then(200, R"({"scaStatus":"scaMethodSelected"})");
  EXPECT_EQ(advance(), "PAYMENT asks otp, irrevocable");
  EXPECT_EQ(payment_.json, before);
  EXPECT_EQ(server_.last(),
            "GET https://bank.test/xs2a/v1/payments/cross-border-credit-transfers/pay-1/authorisations/auth-3 ");
}

TEST_F(BerlinGroup, starts_anew_when_the_authorisation_is_over) {
  for (const auto* answer : {R"({"scaStatus":"failed"})", R"({"scaStatus":"psuAuthenticated"})", "garbage"}) {
    ask_for_payment_code();
    server_.then(200, answer);
    server_.then_fixture(201, "payment_choice");
    EXPECT_EQ(advance(), "PAYMENT asks method") << answer;
  }
}

TEST_F(BerlinGroup, starts_anew_when_the_app_was_not_answered_in_time) {
  create_payment();
  server_.then_fixture(201, "payment_approval");
  EXPECT_EQ(advance(), "approval: Approve the payment in the bank's app.");
  server_.then(200, R"({"scaStatus":"hocus"})");  // Still something is going on.
  EXPECT_EQ(advance(), "approval: Approve the payment in the bank's app.");
  server_.then(200, R"({"scaStatus":"failed"})");
  server_.then_fixture(201, "payment_code");
  EXPECT_EQ(advance(), "PAYMENT asks otp, irrevocable");
}

TEST_F(BerlinGroup, starts_nothing_without_an_authorisation_id) {
  constexpr auto* kNameless = R"({"scaStatus":"scaMethodSelected","_links":{"authoriseTransaction":{"href":"/x"}}})";
  server_.then_fixture(201, "consent_created");
  server_.then(201, kNameless);
  EXPECT_EQ(log_in(), "OUTCOME_UNKNOWN ");
  create_payment();
  server_.then(201, kNameless);
  EXPECT_EQ(advance(), "OUTCOME_UNKNOWN ");
  server_.then(201,
               R"({"beneficiaryId":"b","beneficiaryStatus":"pendingAuthorisation","scaStatus":"scaMethodSelected"})");
  EXPECT_EQ(add_beneficiary(), "OUTCOME_UNKNOWN ");
}

TEST_F(BerlinGroup, finds_out_that_a_payment_was_authorised_meanwhile) {
  ask_for_payment_code();
  server_.then_fixture(200, "finalised");
  server_.then_fixture(200, "status_accepted");
  EXPECT_EQ(advance(), "ACCEPTED ACSC 2611210000000042");
  // The same where the start's answer was lost, so that no authorisation is known.
  create_payment();
  server_.then(409, refusal("STATUS_INVALID"));
  server_.then_fixture(200, "status_accepted");
  EXPECT_EQ(advance(), "ACCEPTED ACSC 2611210000000042");
}

TEST_F(BerlinGroup, creates_no_payment_in_a_currency_without_a_product) {
  link_plainly();
  order_.amount = {100, *money::Currency::find("KWD")};
  EXPECT_EQ(begin(), "refused INVALID_CURRENCY");
}

TEST_F(BerlinGroup, ends_a_payment_that_the_bank_rejects_at_once) {
  link_plainly();
  server_.then(201, R"({"transactionStatus":"RJCT","paymentId":"pay-1","reasonCode":"AM02"})");
  EXPECT_EQ(begin(), "REJECTED RJCT EXCEEDS_DAILY_LIMIT");
}

TEST_F(BerlinGroup, calls_nobody_with_a_state_it_cannot_read) {
  for (const auto* json : {"{", "[]", R"({"version":99})", ""}) {
    payment_.json = json;
    EXPECT_EQ(advance(), "NOT_SENT ") << json;
    EXPECT_EQ(pay(code()), "NOT_SENT ") << json;
    EXPECT_EQ(poll(), "NOT_SENT ") << json;
    EXPECT_EQ(payment_.json, json);
  }
  payment_.json.clear();
  link_.json = "{";
  EXPECT_EQ(submit(credentials()), "NOT_SENT ");
  EXPECT_EQ(add_beneficiary(), "NOT_SENT ");
  EXPECT_EQ(begin(), "NOT_SENT ");
}

}  // namespace
}  // namespace qantara::connectors::berlin_group
