#include <gtest/gtest.h>

#include "sandbox_bank/html.h"
#include "sandbox_bank/test_bank.h"

namespace qantara::sandbox_bank {
namespace {

using testing::Test;

struct Pages : Test {
  /// A payment that waits in the app of payer-app. Result: the authorisation's id.
  std::string waiting(std::string_view payee = "Acme Corp.") {
    if (consent.empty()) consent = bank.ready_to_pay("payer-app");
    const Answer order =
        bank.post("/v1/payments/cross-border-credit-transfers",
                  R"({"instructedAmount":{"currency":"AED","amount":"1234.50"},"debtorAccount":{"iban":")" +
                      bank.account_of("payer-app") + R"("},"creditorName":")" + std::string{payee} +
                      R"(","creditorAccount":{"iban":")" + std::string{kPayee} + "\"}}",
                  {{"Consent-ID", consent}, {"TPP-Brand-Logging-Information", "Marsa Wallet"}});
    return bank.start(order).at("authorisationId");
  }
  Answer press(const std::string& path, const TestBank::Fields& headers = {}) {
    http::Request request{.method = http::Method::POST, .path = path, .query = "lang=ar"};
    for (const auto& [name, value] : headers) request.headers.add(name, value);
    return bank.send(request);
  }

  TestBank bank;
  std::string consent;
};

TEST_F(Pages, list_what_waits_and_what_it_is) {
  const std::string id = waiting();
  const Answer page = bank.get("/app");
  EXPECT_TRUE(has(page, "Waiting for you: <bdi dir=\"ltr\">1</bdi>"));
  EXPECT_TRUE(has(page, "<bdi dir=\"ltr\">AED\u00A01,234.50</bdi> to <bdi dir=\"auto\">Acme Corp.</bdi>"));
  EXPECT_TRUE(has(page, "asked by <bdi dir=\"auto\">Marsa Wallet</bdi>"));
  EXPECT_TRUE(has(page, "action=\"/app/" + id + "/approve?lang=en\""));
  EXPECT_TRUE(has(bank.get("/app?user=payer-app"), "action=\"/app/" + id + "/approve?lang=en&amp;user=payer-app\""));
  EXPECT_FALSE(has(bank.get("/app?user=payer-choice"), id));
}

TEST_F(Pages, are_arabic_from_right_to_left_when_asked) {
  const std::string id = waiting();
  const Answer page = bank.get("/app?lang=ar");
  EXPECT_TRUE(has(page, "<html lang=\"ar\" dir=\"rtl\">"));
  EXPECT_TRUE(has(page, "<bdi dir=\"ltr\">1,234.50</bdi> درهم إماراتي إلى"));
  for (const auto word : {"موافقة", "رفض", "ترك المهلة تنتهي"}) EXPECT_TRUE(has(page, word)) << word;
}

TEST_F(Pages, escape_what_others_wrote) {
  waiting(R"(<script>alert(1)</script>&'x)");
  const Answer page = bank.get("/app?user=payer-app");
  EXPECT_FALSE(has(page, "<script"));
  EXPECT_TRUE(has(page, "&lt;script&gt;alert(1)&lt;/script&gt;&amp;&#39;x"));
  EXPECT_FALSE(has(bank.get("/app?user=%22%3E%3Cscript%3E"), "<script"));
}

TEST_F(Pages, allow_no_script_and_no_frame) {
  for (const auto path : {"/", "/app", "/ledger", "/app/unknown"}) {
    const Answer page = bank.get(path);
    const std::string policy{page.headers.value_or("Content-Security-Policy", "")};
    EXPECT_TRUE(policy.starts_with("default-src 'none'; style-src 'self';")) << path;
    EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string::npos) << path;
    EXPECT_EQ(policy.find("unsafe"), std::string::npos) << path;
  }
}

TEST_F(Pages, say_what_an_approval_did_with_its_ledger_line) {
  const std::string id = waiting();
  const Answer pressed = press("/app/" + id + "/approve");
  EXPECT_EQ(pressed.status, 303);
  EXPECT_EQ(pressed.headers.value_or("Location", ""), "/app/" + id + "?lang=ar");
  const Answer page = bank.get("/app/" + id);
  EXPECT_TRUE(has(page, "Approved. You can go back to the shop."));
  const Answer ledger = bank.get("/_admin/ledger");
  EXPECT_TRUE(has(page, *ledger.body.find("transfers")->items().at(0).text("bankTransactionReference")));
  EXPECT_FALSE(has(page, "<form"));
  press("/app/" + id + "/deny");  // A second press finds nothing to decide.
  EXPECT_TRUE(has(bank.get("/app/" + id), "Approved. You can go back to the shop."));
  EXPECT_EQ(bank.booked(), 1U);
}

TEST_F(Pages, say_that_nothing_was_booked_where_nothing_was) {
  const std::string denied = waiting();
  press("/app/" + denied + "/deny");
  EXPECT_TRUE(has(bank.get("/app/" + denied), "Denied. No money has left the account."));
  const std::string ignored = waiting();
  EXPECT_TRUE(has(bank.get("/app/" + ignored + "?left=yes"), "Nothing was done."));
  bank.advance(std::chrono::minutes{5});
  EXPECT_TRUE(has(bank.get("/app/" + ignored), "The time ran out. No money has left the account."));
  bank.order_trouble(R"({"effect":"rejected","reason":"AM04"})");
  const std::string rejected = waiting();
  press("/app/" + rejected + "/approve");
  EXPECT_TRUE(has(bank.get("/app/" + rejected), "the bank rejected the payment (<bdi dir=\"ltr\">AM04</bdi>)"));
  EXPECT_EQ(bank.booked(), 0U);
}

TEST_F(Pages, take_no_decision_from_another_site) {
  const std::string id = waiting();
  for (const std::string site : {"cross-site", "same-site"}) {
    EXPECT_EQ(press("/app/" + id + "/approve", {{"Sec-Fetch-Site", site}}).status, 403);
  }
  EXPECT_EQ(bank.booked(), 0U);
  EXPECT_EQ(press("/app/" + id + "/approve", {{"Sec-Fetch-Site", "same-origin"}}).status, 303);
  EXPECT_EQ(bank.booked(), 1U);
}

TEST_F(Pages, show_both_sides_of_the_ledger_and_their_sum) {
  press("/app/" + waiting() + "/approve");
  const Answer page = bank.get("/ledger");
  EXPECT_TRUE(has(page, "AED\u00A0-1,234.50"));
  EXPECT_TRUE(has(page, "AED\u00A01,234.50"));
  EXPECT_TRUE(has(page, "AED\u00A00.00"));
  EXPECT_TRUE(has(page, "CLEARING-AED"));
}

TEST_F(Pages, name_every_test_user_and_the_password) {
  const Answer page = bank.get("/");
  for (const TestUser& user : test_users()) EXPECT_TRUE(has(page, user.username)) << user.username;
  EXPECT_TRUE(has(page, kPassword));
}

TEST(Html, fills_slots_and_escapes_the_words_around_them) {
  EXPECT_EQ(fill("a < {x} & {y}{z}", {{"x", Html{"<b>"}}, {"y", escape("\"")}}).text, "a &lt; <b> &amp; &quot;");
  EXPECT_EQ(fill("plain", {}).text, "plain");
}

TEST(Html, groups_an_iban_without_blanks_in_it) {
  const std::string html = account_number("AE260260001008223921001").text;
  EXPECT_EQ(html.find(' ', html.find("iban")), std::string::npos);
  EXPECT_TRUE(html.find("<span>AE26</span><span>0260</span>") != std::string::npos) << html;
  EXPECT_EQ(account_number("CLEARING-AED").text, "<bdi dir=\"ltr\">CLEARING-AED</bdi>");
}

}  // namespace
}  // namespace qantara::sandbox_bank
