// What a bank can say that it should not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connectors/berlin_group/test_bench.h"

namespace qantara::connectors::berlin_group {
namespace {

// ---- Bad answers ----

struct BadAnswer {
  std::string_view name;
  http::ClientResult answer;
  std::string_view expected;
};

std::vector<BadAnswer> bad_answers() {
  using Reason = http::ClientFailure::Reason;
  const auto response = [](int status, std::string body) { return ScriptedBank::response(status, std::move(body)); };
  std::vector<BadAnswer> answers = {
      {"not sent: connect", failed(http::Reached::NOT_SENT, Reason::CONNECT), "NOT_SENT "},
      {"not sent: TLS", failed(http::Reached::NOT_SENT, Reason::TLS), "NOT_SENT "},
      {"timed out", failed(http::Reached::PERHAPS_SENT, Reason::TIMED_OUT), "OUTCOME_UNKNOWN "},
      {"reset", failed(http::Reached::PERHAPS_SENT, Reason::CONNECTION_LOST), "OUTCOME_UNKNOWN "},
      {"malformed", failed(http::Reached::PERHAPS_SENT, Reason::MALFORMED_ANSWER), "OUTCOME_UNKNOWN "},
      {"too large", failed(http::Reached::PERHAPS_SENT, Reason::ANSWER_TOO_LARGE), "OUTCOME_UNKNOWN "},
      {"500", response(500, ""), "OUTCOME_UNKNOWN "},
      {"500 in words", response(500, refusal("INTERNAL_SERVER_ERROR")), "OUTCOME_UNKNOWN INTERNAL_SERVER_ERROR"},
      {"502 page", response(502, "<html>Bad gateway</html>"), "OUTCOME_UNKNOWN "},
      {"503 maintenance", response(503, refusal("SERVICE_BLOCKED")), "OUTCOME_UNKNOWN SERVICE_BLOCKED"},
      {"408", response(408, refusal("FORMAT_ERROR")), "OUTCOME_UNKNOWN FORMAT_ERROR"},
      {"redirect", response(302, ""), "OUTCOME_UNKNOWN "},
      {"status 0", response(0, ""), "OUTCOME_UNKNOWN "},
      {"status 999", response(999, refusal("FORMAT_ERROR")), "OUTCOME_UNKNOWN FORMAT_ERROR"},
      {"page", response(200, "<!doctype html><title>Log in</title>"), "OUTCOME_UNKNOWN "},
      {"nothing", response(200, ""), "OUTCOME_UNKNOWN "},
      {"204", response(204, ""), "OUTCOME_UNKNOWN "},
      {"array", response(200, "[]"), "OUTCOME_UNKNOWN "},
      {"string", response(200, R"("ACSC")"), "OUTCOME_UNKNOWN "},
      {"null", response(200, "null"), "OUTCOME_UNKNOWN "},
      {"empty object", response(200, "{}"), "OUTCOME_UNKNOWN "},
      {"half", response(200, R"({"scaStatus":"finalised","transactionStatus":"ACSC")"), "OUTCOME_UNKNOWN "},
      {"twice", response(200, R"({"scaStatus":"finalised","scaStatus":"failed"})"), "OUTCOME_UNKNOWN "},
      {"not UTF-8", response(200, "{\"scaStatus\":\"finalised\xff\"}"), "OUTCOME_UNKNOWN "},
      {"NUL", response(200, std::string("{\"scaStatus\":\0\"finalised\"}", 25)), "OUTCOME_UNKNOWN "},
      {"NUL in a text", response(200, R"({"scaStatus":"finalised","paymentId":"a\u0000"})"), "OUTCOME_UNKNOWN "},
      {"deep", response(200, std::string(100'000, '[')), "OUTCOME_UNKNOWN "},
      {"10 MB", response(200, R"({"scaStatus":"finalised","x":")" + std::string(10'000'000, 'x') + "\"}"),
       "OUTCOME_UNKNOWN "},
      {"wrong types",
       response(200, R"({"scaStatus":1,"authorisationId":2,"consentId":3,"paymentId":4,"transactionStatus":5,
          "accounts":6,"beneficiaryId":7,"beneficiaryStatus":8,"_links":9,"scaMethods":10,"challengeData":11})"),
       "OUTCOME_UNKNOWN "},
      {"nulls",
       response(200, R"({"scaStatus":null,"consentId":null,"paymentId":null,"accounts":null,"beneficiaryId":null})"),
       "OUTCOME_UNKNOWN "},
      {"400", response(400, refusal("FORMAT_ERROR")), "REFUSED FORMAT_ERROR"},
      {"400 page", response(400, "<html>"), "OUTCOME_UNKNOWN "},
      {"404 page", response(404, "Not found"), "OUTCOME_UNKNOWN "},
      {"403 of a firewall", response(403, R"({"message":"Forbidden"})"), "OUTCOME_UNKNOWN "},
      {"no messages", response(400, R"({"tppMessages":[]})"), "OUTCOME_UNKNOWN "},
      {"messages of the wrong type", response(400, R"({"tppMessages":"no"})"), "OUTCOME_UNKNOWN "},
      {"only a warning", response(400, R"({"tppMessages":[{"category":"WARNING","code":"X"}]})"), "OUTCOME_UNKNOWN "},
      {"code is a number", response(400, R"({"tppMessages":[{"category":"ERROR","code":17}]})"), "REFUSED UNREADABLE"},
      {"certificate", response(401, refusal("CERTIFICATE_EXPIRED")), "MISCONFIGURED CERTIFICATE_EXPIRED"},
      {"token", response(401, refusal("TOKEN_INVALID")), "MISCONFIGURED TOKEN_INVALID"},
      {"resource gone", response(404, refusal("RESOURCE_UNKNOWN")), "SESSION_ENDED RESOURCE_UNKNOWN"},
      {"resource expired", response(403, refusal("RESOURCE_EXPIRED")), "SESSION_ENDED RESOURCE_EXPIRED"},
      {"throttled", response(429, refusal("ACCESS_EXCEEDED")), "THROTTLED ACCESS_EXCEEDED"},
      {"throttled in front", response(429, "slow down"), "THROTTLED "},
  };
  return answers;
}

TEST_F(BerlinGroup, takes_every_bad_answer_alike_in_every_call) {
  struct Call {
    std::string_view name;
    std::function<void()> prepare;
    std::function<std::string()> act;
  };
  const std::vector<Call> calls = {
      {"create consent", [&] { link_ = {}; }, [&] { return log_in(); }},
      {"start login",
       [&] {
         link_ = {};
         server_.then_fixture(201, "consent_created");
       },
       [&] { return log_in(); }},
      {"login code",
       [&] {
         link_ = {};
         server_.then_fixture(201, "consent_created");
         server_.then_fixture(201, "login_code");
         EXPECT_EQ(log_in(), "LOGIN asks otp");
       },
       [&] { return submit(code()); }},
      {"accounts",
       [&] {
         link_ = {};
         server_.then_fixture(201, "consent_created");
         server_.then_fixture(201, "login_exempted");
       },
       [&] { return log_in(); }},
      {"create beneficiary", [&] { link_plainly(); }, [&] { return add_beneficiary(); }},
      {"beneficiary code",
       [&] {
         link_plainly();
         server_.then_fixture(201, "beneficiary_code");
         EXPECT_EQ(add_beneficiary(), "BENEFICIARY asks otp");
       },
       [&] { return submit(code()); }},
      {"read beneficiary", [&] { link_plainly(); },
       [&] { return describe(run(connector_->read_beneficiary("b", link_))); }},
      {"create payment", [&] { link_plainly(); }, [&] { return begin(); }},
      {"start payment authorisation", [&] { create_payment(); }, [&] { return advance(); }},
      {"payment password",
       [&] {
         link_plainly();
         server_.then_fixture(201, "payment_created_session_over");
         EXPECT_EQ(begin(), "continue");
       },
       [&] {
         EXPECT_EQ(advance(), "LOGIN asks password");
         return pay(password());
       }},
      {"payment method",
       [&] {
         create_payment();
         server_.then_fixture(201, "payment_choice");
         EXPECT_EQ(advance(), "PAYMENT asks method");
       },
       [&] { return pay(method("sms")); }},
      {"payment code", [&] { ask_for_payment_code(); }, [&] { return pay(code()); }},
      {"payment status", [&] { create_payment(); }, [&] { return poll(); }},
  };
  for (const Call& call : calls) {
    for (const BadAnswer& bad : bad_answers()) {
      SCOPED_TRACE(fmt::format("{}: {}", call.name, bad.name));
      call.prepare();
      server_.then(bad.answer);
      EXPECT_EQ(call.act(), bad.expected);
      EXPECT_TRUE(server_.is_over());
      server_.requests.clear();
    }
  }
}

TEST_F(BerlinGroup, tells_when_to_come_back) {
  create_payment();
  for (const int status : {429, 503}) {
    auto busy = ScriptedBank::response(status, refusal("SERVICE_BLOCKED"));
    busy.headers.set("Retry-After", "120");
    server_.then(busy);
    const auto result = run(connector_->poll_payment(payment_));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().retry_after, std::chrono::seconds{120});
  }
}

TEST_F(BerlinGroup, repeats_no_secret_that_a_bank_echoes) {
  server_.then_fixture(201, "consent_created");
  server_.then(400, refusal("FORMAT_ERROR", "password correct-horse-battery is too long"));
  const auto result = run(connector_->submit(credentials(), device_, link_));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "start authorisation: HTTP 400 FORMAT_ERROR");

  link_plainly();
  server_.then(400, refusal("FORMAT_ERROR", "debtorAccount AE340260001015528734001 is closed"));
  const auto begun = run(connector_->begin_payment(order_, device_, link_, payment_));
  ASSERT_FALSE(begun);
  EXPECT_EQ(begun.error().message, "create payment: HTTP 400 FORMAT_ERROR: debtorAccount **** is closed");
}

TEST_F(BerlinGroup, survives_any_damage_to_an_answer) {
  // Bytes of good answers changed at random. Every result is allowed but an acceptance the bank did not write.
  SeededRandom dice{7};
  for (int round = 0; round < 3000; ++round) {
    std::string sca = fixture("finalised");
    std::string status = fixture("status_insufficient_funds");
    for (auto* text : {&sca, &status}) {
      for (std::uint64_t change = dice.below(4); change > 0; --change) {
        (*text)[dice.below(text->size())] = static_cast<char>(dice.below(256));
      }
    }
    ask_for_payment_code();
    server_.then(200, sca);
    server_.then(200, status);
    const std::string result = pay(code());
    EXPECT_FALSE(result.starts_with("ACCEPTED")) << sca << status;
    EXPECT_FALSE(result.starts_with("REJECTED") && !status.contains("RJCT")) << status;
    server_ = {};
    link_ = {};
    payment_ = {};
  }
}

}  // namespace
}  // namespace qantara::connectors::berlin_group
