#include <gtest/gtest.h>

#include "sandbox_bank/test_bank.h"

namespace qantara::sandbox_bank {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

struct Payments : testing::Test {
  TestBank bank;
};

TEST_F(Payments, are_booked_with_the_right_code_and_have_a_reference) {
  const std::string consent = bank.ready_to_pay("payer-plain");
  const Answer order = bank.order(consent, bank.account_of("payer-plain"));
  ASSERT_EQ(order.status, 201) << order.text;
  EXPECT_EQ(order.at("transactionStatus"), "RCVD");
  EXPECT_EQ(order.headers.value_or("Location", ""), "http://bank.example" + order.link("self"));
  const Answer authorisation = bank.start(order);
  EXPECT_EQ(authorisation.status, 201);
  EXPECT_EQ(authorisation.at("scaStatus"), "scaMethodSelected");
  EXPECT_EQ(bank.booked(), 0U);

  EXPECT_EQ(bank.give_code(authorisation).at("scaStatus"), "finalised");
  const Answer status = bank.status(order);
  EXPECT_EQ(status.at("transactionStatus"), "ACSC");
  EXPECT_EQ(status.at("bankTransactionReference").size(), 16U);

  const Answer ledger = bank.get("/_admin/ledger");
  const auto& transfers = ledger.body.find("transfers")->items();
  ASSERT_EQ(transfers.size(), 1U);
  EXPECT_EQ(transfers[0].text("paymentId"), order.at("paymentId"));
  EXPECT_EQ(transfers[0].text("endToEndIdentification"), "E2E-1");
  EXPECT_EQ(transfers[0].text("creditorIban"), kPayee);
  EXPECT_EQ(transfers[0].text("amount"), "1000.00");
  EXPECT_EQ(transfers[0].text("reference"), "ACME TXN001");
  EXPECT_EQ(transfers[0].text("bankTransactionReference"), status.at("bankTransactionReference"));
  EXPECT_EQ(ledger.body.find("sums")->text("AED"), "0.00");
}

TEST_F(Payments, are_booked_once_however_often_the_code_is_sent) {
  const Answer order = bank.order(bank.ready_to_pay("payer-plain"), bank.account_of("payer-plain"));
  const Answer authorisation = bank.start(order);
  EXPECT_EQ(bank.give_code(authorisation).status, 200);
  for (int i = 0; i < 3; ++i) {
    const Answer again = bank.give_code(authorisation);
    EXPECT_EQ(again.status, 409);
    EXPECT_EQ(again.code(), "STATUS_INVALID");
    EXPECT_EQ(bank.start(order).status, 409);
  }
  EXPECT_EQ(bank.booked(), 1U);
}

TEST_F(Payments, of_two_orders_with_one_end_to_end_id_are_two_bookings) {
  const std::string consent = bank.ready_to_pay("payer-plain");
  for (int i = 0; i < 2; ++i) bank.give_code(bank.start(bank.order(consent, bank.account_of("payer-plain"))));
  EXPECT_EQ(bank.booked(), 2U);  // This bank books twice, so that a gateway can be seen not to repeat.
}

TEST_F(Payments, keep_all_the_decimals_of_their_currency) {
  const std::string consent = bank.ready_to_pay("payer-plain");
  const std::string dinars{find_user("payer-plain")->accounts[1].iban};
  bank.give_code(bank.start(bank.order(consent, dinars, "0.001", "BHD")));
  EXPECT_EQ(bank.get("/_admin/ledger").body.find("transfers")->items().at(0).text("amount"), "0.001");
}

TEST_F(Payments, between_two_accounts_of_this_bank_credit_the_other) {
  const std::string consent = bank.sign_in("payer-plain");
  const std::string other = bank.account_of("payer-poor");
  bank.give_code(bank.add_payee(consent, other));
  const Answer order = bank.post("/v1/payments/cross-border-credit-transfers",
                                 R"({"instructedAmount":{"currency":"AED","amount":"7"},"debtorAccount":{"iban":")" +
                                     bank.account_of("payer-plain") +
                                     R"("},"creditorName":"Karim","creditorAccount":{"iban":")" + other + "\"}}",
                                 {{"Consent-ID", consent}});
  bank.give_code(bank.start(order));
  const Answer users = bank.get("/_admin/users");
  for (const auto& user : users.body.find("users")->items()) {
    if (user.text("username") == "payer-poor") EXPECT_EQ(user.find("accounts")->items().at(0).text("balance"), "12.00");
  }
}

TEST_F(Payments, are_rejected_for_the_reason_that_holds) {
  struct Row {
    std::string user;
    bool listed;
    std::string amount;
    std::string currency;
    std::string reason;
  };
  for (const Row& row : {Row{"payer-poor", true, "5.01", "AED", "AM04"}, Row{"payer-app", false, "1.00", "AED", "SL11"},
                         Row{"payer-plain", true, "1.000", "BHD", "AM03"}}) {
    const std::string consent = row.listed ? bank.ready_to_pay(row.user) : bank.sign_in(row.user);
    const Answer order = bank.order(consent, bank.account_of(row.user), row.amount, row.currency);
    const Answer authorisation = bank.start(order);
    if (authorisation.link("authoriseTransaction").empty()) {
      bank.post("/_admin/approvals/" + authorisation.at("authorisationId"), R"({"decision":"approve"})");
    } else {
      EXPECT_EQ(bank.give_code(authorisation).status, 200);
    }
    const Answer status = bank.status(order);
    EXPECT_EQ(status.at("transactionStatus"), "RJCT") << row.user;
    EXPECT_EQ(status.at("reasonCode"), row.reason) << row.user;
    EXPECT_EQ(status.body.find("bankTransactionReference"), nullptr);
  }
  EXPECT_EQ(bank.booked(), 0U);
}

TEST_F(Payments, to_a_payee_that_still_waits_are_rejected) {
  const std::string consent = bank.sign_in("payer-4h");
  bank.give_code(bank.add_payee(consent));
  const Answer early = bank.order(consent, bank.account_of("payer-4h"));
  bank.give_code(bank.start(early));
  EXPECT_EQ(bank.status(early).at("reasonCode"), "SL11");
  bank.advance(hours{4});
  const Answer later = bank.order(bank.sign_in("payer-4h"), bank.account_of("payer-4h"));
  bank.give_code(bank.start(later));
  EXPECT_EQ(bank.status(later).at("transactionStatus"), "ACSC");
}

TEST_F(Payments, fail_at_the_third_wrong_code) {
  const Answer order = bank.order(bank.ready_to_pay("payer-plain"), bank.account_of("payer-plain"));
  const Answer authorisation = bank.start(order);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(bank.give_code(authorisation, "2222").code(), "PSU_CREDENTIALS_INVALID");
  EXPECT_EQ(bank.sca_status(authorisation), "failed");
  EXPECT_EQ(bank.status(order).at("transactionStatus"), "RJCT");
  EXPECT_EQ(bank.give_code(authorisation).status, 409);
  EXPECT_EQ(bank.booked(), 0U);
}

TEST_F(Payments, are_rejected_when_nobody_confirms_in_time) {
  struct Row {
    std::string user;
    bool started;
    minutes time;
  };
  for (const Row& row : {Row{"payer-plain", true, minutes{15}}, Row{"payer-app", true, minutes{5}},
                         Row{"payer-choice", true, minutes{15}}, Row{"payer-plain", false, minutes{60}}}) {
    const Answer order = bank.order(bank.ready_to_pay(row.user), bank.account_of(row.user));
    if (row.started) bank.start(order);
    bank.advance(row.time - minutes{1});
    EXPECT_EQ(bank.status(order).at("transactionStatus"), "RCVD") << row.user;
    bank.advance(minutes{1});
    EXPECT_EQ(bank.status(order).at("transactionStatus"), "RJCT") << row.user;
    EXPECT_EQ(bank.status(order).at("reasonCode"), "DS24") << row.user;
  }
}

TEST_F(Payments, let_the_payer_choose_a_code) {
  const Answer order = bank.order(bank.ready_to_pay("payer-choice"), bank.account_of("payer-choice"));
  const Answer choice = bank.start(order);
  EXPECT_EQ(choice.at("scaStatus"), "psuAuthenticated");
  EXPECT_EQ(choice.body.find("scaMethods")->items().size(), 2U);
  EXPECT_EQ(bank.choose(choice, "smoke").code(), "SCA_METHOD_UNKNOWN");
  const Answer chosen = bank.choose(choice, "sms");
  EXPECT_EQ(chosen.at("scaStatus"), "scaMethodSelected");
  EXPECT_EQ(bank.give_code(chosen).status, 200);
  EXPECT_EQ(bank.status(order).at("transactionStatus"), "ACSC");
}

TEST_F(Payments, let_the_payer_choose_the_app) {
  const Answer order = bank.order(bank.ready_to_pay("payer-choice"), bank.account_of("payer-choice"));
  const Answer chosen = bank.choose(bank.start(order), "app");
  EXPECT_EQ(chosen.at("scaStatus"), "scaMethodSelected");
  EXPECT_NE(chosen.at("psuMessage"), "");
  EXPECT_EQ(chosen.link("authoriseTransaction"), "");
  EXPECT_EQ(chosen.headers.value_or("ASPSP-SCA-Approach", ""), "DECOUPLED");
  EXPECT_EQ(bank.put(chosen.link("scaStatus"), R"({"scaAuthenticationData":"1111"})").status, 409);
  EXPECT_EQ(bank.post("/_admin/approvals/" + chosen.at("authorisationId"), R"({"decision":"approve"})").status, 204);
  EXPECT_EQ(bank.status(order).at("transactionStatus"), "ACSC");
}

TEST_F(Payments, are_decided_in_the_app_once) {
  const std::string consent = bank.ready_to_pay("payer-app");
  struct Row {
    std::string decision;
    std::string sca_status;
    std::string status;
    std::string reason;
  };
  for (const Row& row : {Row{"approve", "finalised", "ACSC", ""}, Row{"deny", "failed", "RJCT", "CUST"}}) {
    const Answer order = bank.order(consent, bank.account_of("payer-app"));
    const Answer authorisation = bank.start(order);
    EXPECT_EQ(authorisation.at("scaStatus"), "started");
    EXPECT_EQ(authorisation.headers.value_or("ASPSP-SCA-Approach", ""), "DECOUPLED");
    const Answer waiting = bank.get("/_admin/approvals");
    ASSERT_EQ(waiting.body.find("approvals")->items().size(), 1U);
    const std::string path = "/_admin/approvals/" + authorisation.at("authorisationId");
    EXPECT_EQ(bank.post(path, R"({"decision":")" + row.decision + "\"}").status, 204);
    EXPECT_EQ(bank.post(path, R"({"decision":"approve"})").status, 409);
    EXPECT_EQ(bank.sca_status(authorisation), row.sca_status);
    EXPECT_EQ(bank.status(order).at("transactionStatus"), row.status);
    EXPECT_EQ(bank.status(order).at("reasonCode"), row.reason);
  }
  EXPECT_EQ(bank.booked(), 1U);
}

TEST_F(Payments, at_the_app_house_are_always_decided_in_the_app) {
  const Answer order =
      bank.order(bank.ready_to_pay("payer-plain"), bank.account_of("payer-plain"), "1.00", "AED", "/app");
  EXPECT_EQ(bank.start(order).at("scaStatus"), "started");
}

TEST_F(Payments, need_the_password_once_the_session_is_over) {
  const std::string consent = bank.ready_to_pay("payer-otp");
  bank.advance(minutes{10});
  const Answer order = bank.order(consent, bank.account_of("payer-otp"));
  const std::string link = order.link("startAuthorisationWithPsuAuthentication");
  EXPECT_NE(link, "");
  EXPECT_EQ(order.link("startAuthorisation"), "");
  EXPECT_EQ(bank.post(link, "{}").code(), "PSU_CREDENTIALS_INVALID");
  EXPECT_EQ(bank.post(link, R"({"psuData":{"password":"wrong"}})").code(), "PSU_CREDENTIALS_INVALID");
  const Answer authorisation = bank.post(link, R"({"psuData":{"password":"sandbox-pass"}})");
  EXPECT_EQ(authorisation.status, 201);
  bank.give_code(authorisation);
  EXPECT_EQ(bank.status(order).at("transactionStatus"), "ACSC");
}

TEST_F(Payments, of_a_locked_user_cannot_be_authorised) {
  const std::string consent = bank.ready_to_pay("payer-lock");
  const Answer order = bank.order(consent, bank.account_of("payer-lock"));
  for (int i = 0; i < 3; ++i) bank.give_password(bank.create_consent("payer-lock"), "wrong");
  EXPECT_EQ(bank.start(order).code(), "SERVICE_BLOCKED");
}

TEST_F(Payments, have_one_open_authorisation_at_a_time) {
  const Answer order = bank.order(bank.ready_to_pay("payer-plain"), bank.account_of("payer-plain"));
  const Answer first = bank.start(order);
  const Answer second = bank.start(order);
  EXPECT_EQ(bank.give_code(first).status, 409);
  EXPECT_EQ(bank.sca_status(first), "failed");
  EXPECT_EQ(bank.status(order).at("transactionStatus"), "RCVD");
  EXPECT_EQ(bank.give_code(second).status, 200);
  EXPECT_EQ(bank.booked(), 1U);
}

TEST_F(Payments, can_be_cancelled_until_they_are_confirmed) {
  const std::string consent = bank.ready_to_pay("payer-plain");
  const Answer order = bank.order(consent, bank.account_of("payer-plain"));
  const Answer authorisation = bank.start(order);
  EXPECT_EQ(bank.call(http::Method::DELETE, order.link("self")).status, 204);
  EXPECT_EQ(bank.status(order).at("transactionStatus"), "CANC");
  EXPECT_EQ(bank.give_code(authorisation).status, 409);
  EXPECT_EQ(bank.call(http::Method::DELETE, order.link("self")).code(), "CANCELLATION_INVALID");
  EXPECT_EQ(bank.booked(), 0U);
}

TEST_F(Payments, are_known_by_their_own_address_only) {
  const Answer order = bank.order(bank.ready_to_pay("payer-plain"), bank.account_of("payer-plain"));
  EXPECT_EQ(bank.get("/v1/payments/cross-border-credit-transfers/" + std::string(32, '0') + "/status").code(),
            "RESOURCE_UNKNOWN");
  EXPECT_EQ(bank.get("/v1/payments/sepa-credit-transfers/" + order.at("paymentId") + "/status").status, 404);
  const Answer other = bank.order(bank.sign_in("payer-plain"), bank.account_of("payer-plain"));
  const Answer authorisation = bank.start(other);
  EXPECT_EQ(bank.get(order.link("self") + "/authorisations/" + authorisation.at("authorisationId")).status, 404);
}

TEST_F(Payments, with_an_order_that_makes_no_sense_are_refused) {
  const std::string good =
      R"({"instructedAmount":{"currency":"AED","amount":"10.00"},"debtorAccount":{"iban":"AE240260001015528740001"},)"
      R"("creditorName":"Acme Corp.","creditorAccount":{"iban":"AE260260001008223921001"}})";
  const auto with = [&](std::string_view from, std::string_view to) {
    std::string body = good;
    return body.replace(body.find(from), from.size(), to);
  };
  const std::string path = "/v1/payments/cross-border-credit-transfers";
  EXPECT_EQ(bank.post(path, good).status, 201);
  for (const std::string& body :
       {with("10.00", "0.00"), with("10.00", "-1.00"), with("10.00", "10.001"), with("10.00", "1e3"), with("10.00", ""),
        with("10.00", "99999999999999999999"), with("AED", "XXX"), with("\"10.00\"", "10.00"), with("Acme Corp.", ""),
        with("Acme Corp.", std::string(71, 'x')), with("AE26", "AE27"), with("AE24", "AE25"),
        with("AE260260001008223921001", "AE240260001015528740001"),
        with("{\"inst", R"({"endToEndIdentification":"012345678901234567890123456789012345","inst)")}) {
    const Answer answer = bank.post(path, body);
    EXPECT_EQ(answer.status, 400) << body;
    EXPECT_EQ(answer.code(), "FORMAT_ERROR") << body;
  }
  EXPECT_EQ(bank.post(path, with("AE240260001015528740001", "AE070331234567890123456")).code(), "RESOURCE_UNKNOWN");
  EXPECT_EQ(bank.post(path, good, {{"PSU-ID", "payer-otp"}}).code(), "RESOURCE_UNKNOWN");
  EXPECT_EQ(bank.post("/v1/payments/sepa-credit-transfers", good).code(), "PRODUCT_UNKNOWN");
}

struct BankTime : Payments {};

TEST_F(BankTime, only_grows_and_survives_a_restart) {
  const Instant before = bank.now();
  bank.advance(hours{24});
  EXPECT_EQ(bank.now(), before + hours{24});
  EXPECT_EQ(bank.put("/_admin/clock", R"({"offset_micros":1})").status, 409);
  EXPECT_EQ(bank.put("/_admin/clock", R"({"offset_micros":-1})").status, 400);
  EXPECT_EQ(bank.put("/_admin/clock", R"({"offset_micros":"1"})").status, 400);
  bank.reopen();
  EXPECT_EQ(bank.now(), before + hours{24});
  EXPECT_EQ(bank.get("/_admin/clock").at("now"), qantara::to_text(before + hours{24}));
}

TEST_F(BankTime, is_shared_by_what_falls_due_in_its_order) {
  const std::string consent = bank.ready_to_pay("payer-plain");
  bank.order_trouble(R"({"call":"authorise_payment","effect":"held","for":"2h"})");
  const Answer held = bank.order(consent, bank.account_of("payer-plain"), "200000.00");
  bank.give_code(bank.start(held));
  bank.order_trouble(R"({"call":"authorise_payment","effect":"held","for":"1h"})");
  const Answer sooner = bank.order(consent, bank.account_of("payer-plain"), "100000.00");
  bank.give_code(bank.start(sooner));
  bank.advance(hours{24});
  EXPECT_EQ(bank.status(sooner).at("transactionStatus"), "ACSC");
  EXPECT_EQ(bank.status(held).at("reasonCode"), "AM04");
}

TEST_F(Payments, and_all_else_survive_a_restart) {
  const std::string consent = bank.ready_to_pay("payer-plain");
  const Answer order = bank.order(consent, bank.account_of("payer-plain"));
  const Answer authorisation = bank.start(order);
  bank.reopen();
  EXPECT_EQ(bank.give_code(authorisation).status, 200);
  bank.reopen();
  EXPECT_EQ(bank.status(order).at("transactionStatus"), "ACSC");
  EXPECT_EQ(bank.booked(), 1U);
}

TEST_F(Payments, are_administered_in_json_only) {
  EXPECT_EQ(bank.post("/_admin/users/payer-lock/unlock", "{}", {{"Content-Type", "text/plain"}}).status, 415);
  EXPECT_EQ(bank.post("/_admin/users/payer-lock/unlock", "").status, 415);
  EXPECT_EQ(bank.post("/_admin/users/nobody/unlock", "{}").status, 404);
  EXPECT_EQ(bank.post("/_admin/approvals/" + std::string(32, '0'), R"({"decision":"maybe"})").status, 400);
}

}  // namespace
}  // namespace qantara::sandbox_bank
