#include <gtest/gtest.h>

#include "sandbox_bank/test_bank.h"

namespace qantara::sandbox_bank {
namespace {

using Delivery = http::Response::Delivery;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

struct Scenarios : testing::Test {
  /// An order of payer-plain, ready for the code.
  Answer ordered() {
    if (consent.empty()) consent = bank.ready_to_pay("payer-plain");
    return bank.order(consent, bank.account_of("payer-plain"));
  }

  TestBank bank;
  std::string consent;
};

TEST_F(Scenarios, harm_the_answer_and_let_the_effect_happen_or_not) {
  struct Row {
    std::string effect;
    Delivery delivery;
    int status;
    bool has_effect;
  };
  for (const Row& row :
       {Row{"answer_lost", Delivery::NOTHING, 200, true}, Row{"answer_cut", Delivery::HALF, 200, true},
        Row{"request_lost", Delivery::NOTHING, 200, false}, Row{"status_503", Delivery::WHOLE, 503, false},
        Row{"consent_lapsed", Delivery::WHOLE, 401, false},
        Row{"status_503_after_effect", Delivery::WHOLE, 503, true}}) {
    const Answer order = ordered();
    const Answer authorisation = bank.start(order);
    bank.order_trouble(R"({"call":"authorise_payment","effect":")" + row.effect + "\"}");
    const Answer answer = bank.give_code(authorisation);
    EXPECT_EQ(answer.delivery, row.delivery) << row.effect;
    EXPECT_EQ(answer.status, row.status) << row.effect;
    EXPECT_EQ(bank.status(order).at("transactionStatus"), row.has_effect ? "ACSC" : "RCVD") << row.effect;
    if (!row.has_effect) EXPECT_EQ(bank.give_code(authorisation).status, 200) << row.effect;
  }
}

TEST_F(Scenarios, decide_what_becomes_of_a_confirmed_payment) {
  const Answer order = ordered();
  bank.order_trouble(R"({"call":"authorise_payment","effect":"rejected","reason":"FRAD"})");
  EXPECT_EQ(bank.give_code(bank.start(order)).status, 200);
  EXPECT_EQ(bank.status(order).at("transactionStatus"), "RJCT");
  EXPECT_EQ(bank.status(order).at("reasonCode"), "FRAD");
  EXPECT_EQ(bank.booked(), 0U);
}

TEST_F(Scenarios, hold_a_payment_and_then_execute_it) {
  const Answer order = ordered();
  bank.order_trouble(R"({"call":"authorise_payment","effect":"held","for":"2h"})");
  bank.give_code(bank.start(order));
  EXPECT_EQ(bank.status(order).at("transactionStatus"), "PDNG");
  EXPECT_EQ(bank.booked(), 0U);
  const Instant due = bank.now() + hours{2};
  bank.advance(hours{3});
  EXPECT_EQ(bank.status(order).at("transactionStatus"), "ACSC");
  EXPECT_EQ(bank.get("/_admin/ledger").body.find("transfers")->items().at(0).text("bookedAt"), qantara::to_text(due));
}

TEST_F(Scenarios, hold_a_payment_and_then_reject_it) {
  const Answer order = ordered();
  bank.order_trouble(R"({"call":"authorise_payment","effect":"rejected","reason":"RR04","after":"2h"})");
  bank.give_code(bank.start(order));
  EXPECT_EQ(bank.status(order).at("transactionStatus"), "PDNG");
  EXPECT_EQ(bank.status(order).body.find("reasonCode"), nullptr);
  bank.advance(hours{2});
  EXPECT_EQ(bank.status(order).at("transactionStatus"), "RJCT");
  EXPECT_EQ(bank.status(order).at("reasonCode"), "RR04");
}

TEST_F(Scenarios, keep_the_reference_back) {
  const Answer never = ordered();
  bank.order_trouble(R"({"call":"authorise_payment","effect":"accepted_without_reference"})");
  bank.give_code(bank.start(never));
  const Answer later = ordered();
  bank.order_trouble(R"({"call":"authorise_payment","effect":"accepted_without_reference","for":"1h"})");
  bank.give_code(bank.start(later));
  for (const Answer& order : {never, later}) {
    EXPECT_EQ(bank.status(order).at("transactionStatus"), "ACSC");
    EXPECT_EQ(bank.status(order).body.find("bankTransactionReference"), nullptr);
  }
  EXPECT_EQ(bank.booked(), 2U);
  bank.advance(hours{1});
  EXPECT_EQ(bank.status(never).body.find("bankTransactionReference"), nullptr);
  EXPECT_EQ(bank.status(later).at("bankTransactionReference").size(), 16U);
}

TEST_F(Scenarios, answer_in_the_app_by_themselves) {
  const std::string session = bank.ready_to_pay("payer-app");
  struct Row {
    std::string effect;
    std::string status;
    std::string reason;
  };
  for (const Row& row : {Row{"approval_after", "ACSC", ""}, Row{"denial_after", "RJCT", "CUST"}}) {
    bank.order_trouble(R"({"call":"start_payment_authorisation","effect":")" + row.effect + R"(","after":"90s"})");
    const Answer order = bank.order(session, bank.account_of("payer-app"));
    bank.start(order);
    bank.advance(seconds{89});
    EXPECT_EQ(bank.status(order).at("transactionStatus"), "RCVD");
    bank.advance(seconds{1});
    EXPECT_EQ(bank.status(order).at("transactionStatus"), row.status);
    EXPECT_EQ(bank.status(order).at("reasonCode"), row.reason);
  }
}

TEST_F(Scenarios, come_too_late_after_the_payer_has_timed_out) {
  bank.order_trouble(R"({"call":"any","effect":"approval_after","after":"6m"})");
  const Answer order = bank.order(bank.ready_to_pay("payer-app"), bank.account_of("payer-app"));
  bank.start(order);
  bank.advance(minutes{10});
  EXPECT_EQ(bank.status(order).at("reasonCode"), "DS24");
}

TEST_F(Scenarios, say_a_status_word_nobody_knows) {
  const Answer order = ordered();
  bank.order_trouble(R"({"call":"payment_status","effect":"unknown_status_word"})");
  EXPECT_EQ(bank.status(order).at("transactionStatus"), "QQQQ");
  EXPECT_EQ(bank.status(order).at("transactionStatus"), "RCVD");
}

TEST_F(Scenarios, reject_a_payee) {
  const std::string session = bank.sign_in("payer-plain");
  bank.order_trouble(R"({"call":"authorise_beneficiary","effect":"rejected"})");
  const Answer added = bank.add_payee(session);
  bank.give_code(added);
  EXPECT_EQ(bank.get("/v1/beneficiaries/" + added.at("beneficiaryId")).at("beneficiaryStatus"), "rejected");
}

TEST_F(Scenarios, are_for_one_user_one_call_and_some_times) {
  const Answer order = ordered();
  bank.order_trouble(R"({"call":"payment_status","user":"payer-otp","effect":"status_503"})");
  bank.order_trouble(R"({"call":"accounts","effect":"status_503"})");
  EXPECT_EQ(bank.status(order).status, 200);
  bank.order_trouble(R"({"call":"payment_status","user":"payer-plain","effect":"status_503","times":2})");
  EXPECT_EQ(bank.status(order).status, 503);
  EXPECT_EQ(bank.status(order).status, 503);
  EXPECT_EQ(bank.status(order).status, 200);

  const Answer list = bank.get("/_admin/scenarios");
  const auto& scenarios = list.body.find("scenarios")->items();
  ASSERT_EQ(scenarios.size(), 3U);
  EXPECT_EQ(scenarios[0].find("used")->integer(), 0);
  EXPECT_EQ(scenarios[2].find("used")->integer(), 2);
  EXPECT_EQ(bank.call(http::Method::DELETE, "/_admin/scenarios").status, 204);
  EXPECT_TRUE(bank.get("/_admin/scenarios").body.find("scenarios")->items().empty());
}

TEST_F(Scenarios, strike_any_call_and_a_part_of_the_calls) {
  const Answer order = ordered();
  bank.order_trouble(R"({"call":"any","effect":"status_503","percent":30,"times":1000})");
  int struck = 0;
  for (int i = 0; i < 200; ++i) struck += bank.status(order).status == 503 ? 1 : 0;
  EXPECT_GT(struck, 30);
  EXPECT_LT(struck, 90);
}

TEST_F(Scenarios, let_the_choice_of_a_method_pass) {
  const Answer order = bank.order(bank.ready_to_pay("payer-choice"), bank.account_of("payer-choice"));
  bank.order_trouble(R"({"call":"authorise_payment","effect":"answer_lost"})");
  const Answer chosen = bank.choose(bank.start(order), "sms");
  EXPECT_EQ(chosen.delivery, Delivery::WHOLE);
  EXPECT_EQ(bank.give_code(chosen).delivery, Delivery::NOTHING);
}

TEST_F(Scenarios, that_make_no_sense_are_refused) {
  for (const std::string body :
       {R"({})", R"({"effect":"nothing"})", R"({"call":"dance","effect":"answer_lost"})", R"({"effect":"answer_late"})",
        R"({"effect":"answer_late","delay_ms":-1})", R"({"effect":"held"})", R"({"effect":"held","for":"soon"})",
        R"({"call":"accounts","effect":"rejected"})", R"({"call":"accounts","effect":"unknown_status_word"})",
        R"({"effect":"answer_lost","user":"nobody"})", R"({"effect":"answer_lost","times":0})",
        R"({"effect":"answer_lost","percent":101})"}) {
    EXPECT_EQ(bank.post("/_admin/scenarios", body).status, 400) << body;
  }
}

}  // namespace
}  // namespace qantara::sandbox_bank
