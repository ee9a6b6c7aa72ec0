// The bank's own pages, to which a third party sends payers.
#include <gtest/gtest.h>

#include "sandbox_bank/authorisations.h"
#include "sandbox_bank/test_bank.h"

namespace qantara::sandbox_bank {
namespace {

constexpr std::string_view kDone = "https://shop.example/return/1?way=done";
constexpr std::string_view kRefused = "https://shop.example/return/1?way=refused";
constexpr std::string_view kHouse = "/redirect";

std::string path_of(const std::string& url) { return url.substr(url.find("/authorise/")); }

class Visits : public testing::Test {
 protected:
  TestBank::Fields return_urls(const TestBank::Fields& more = {}) {
    TestBank::Fields fields{{"TPP-Redirect-URI", std::string{kDone}},
                            {"TPP-Nok-Redirect-URI", std::string{kRefused}},
                            {"TPP-Brand-Logging-Information", "Marsa Wallet"}};
    fields.insert(fields.end(), more.begin(), more.end());
    return fields;
  }
  Answer ask_for_consent(const TestBank::Fields& more = {}, std::string_view house = kHouse) {
    return bank.post(std::string{house} + "/v1/consents",
                     R"({"access":{"allPsd2":"allAccounts"},"recurringIndicator":true,"validUntil":"2031-12-31",)"
                     R"("frequencyPerDay":4,"combinedServiceIndicator":true})",
                     return_urls(more));
  }
  Answer order(std::string_view user = "payer-plain") {
    return bank.post(std::string{kHouse} + "/v1/payments/cross-border-credit-transfers",
                     R"({"endToEndIdentification":"E2E-1","instructedAmount":{"currency":"AED","amount":"1000.00"},)"
                     R"("debtorAccount":{"iban":")" +
                         bank.account_of(user) + R"("},"creditorName":"Acme Corp.","creditorAccount":{"iban":")" +
                         std::string{kPayee} + R"("},"remittanceInformationUnstructured":"ACME TXN001"})",
                     return_urls());
  }
  /// A form as a browser sends it, with the cookie that it has.
  Answer press(const std::string& path, std::string body = "", TestBank::Fields headers = {}) {
    http::Request request{.method = http::Method::POST, .path = path, .body = std::move(body)};
    request.headers.add("Content-Type", "application/x-www-form-urlencoded");
    if (!cookie.empty()) request.headers.add("Cookie", cookie);
    for (const auto& [name, value] : headers) request.headers.add(name, value);
    return bank.send(request);
  }
  Answer look(const std::string& path) {
    return bank.get(path, cookie.empty() ? TestBank::Fields{} : TestBank::Fields{{"Cookie", cookie}});
  }
  Answer sign_in(const std::string& page, std::string_view user, std::string_view password = kPassword) {
    Answer answer = press(page + "/sign-in", "username=" + std::string{user} + "&password=" + std::string{password});
    const std::string set{answer.headers.value_or("Set-Cookie", "")};
    if (!set.empty()) cookie = "other=1; " + set.substr(0, set.find(';'));
    return answer;
  }
  std::string payable() {
    bank.ready_to_pay("payer-plain");
    return "payer-plain";
  }

  TestBank bank;
  std::string cookie;
};

TEST_F(Visits, begin_where_the_bank_links_to_and_end_where_the_third_party_said) {
  const Answer consent = ask_for_consent();
  ASSERT_EQ(consent.status, 201) << consent.text;
  EXPECT_EQ(consent.headers.value_or("ASPSP-SCA-Approach", ""), "REDIRECT");
  EXPECT_TRUE(consent.link("scaRedirect").starts_with("http://bank.example/authorise/"));
  EXPECT_EQ(consent.link("startAuthorisationWithPsuAuthentication"), "");
  EXPECT_EQ(bank.get(consent.link("scaStatus")).at("scaStatus"), "received");

  const std::string page = path_of(consent.link("scaRedirect"));
  EXPECT_TRUE(has(look(page), "Marsa Wallet</bdi> asks to see your accounts"));
  EXPECT_EQ(sign_in(page, "payer-plain").headers.value_or("Location", ""), page + "?lang=en");
  EXPECT_TRUE(has(look(page), "Approve and return"));
  const Answer approved = press(page + "/approve");
  EXPECT_EQ(approved.status, 303);
  EXPECT_EQ(approved.headers.value_or("Location", ""), page + "?lang=en&go=on");
  EXPECT_TRUE(has(look(page + "?lang=en&go=on"), "content=\"0;url=https://shop.example/return/1?way=done\""));

  EXPECT_EQ(bank.get(consent.link("status")).at("consentStatus"), "valid");
  const Answer accounts = bank.get(std::string{kHouse} + "/v1/accounts", {{"Consent-ID", consent.at("consentId")}});
  EXPECT_TRUE(has(accounts, bank.account_of("payer-plain")));
}

TEST_F(Visits, may_be_started_by_a_call_of_their_own) {
  const Answer consent = ask_for_consent({{"TPP-Explicit-Authorisation-Preferred", "true"}});
  EXPECT_EQ(consent.link("scaRedirect"), "");
  const Answer started = bank.post(consent.link("startAuthorisation"), "{}", return_urls());
  EXPECT_EQ(started.at("scaStatus"), "received");
  EXPECT_TRUE(started.link("scaRedirect").contains(started.at("authorisationId")));
}

TEST_F(Visits, are_for_a_third_party_that_prefers_them_at_every_house) {
  EXPECT_NE(ask_for_consent({{"TPP-Redirect-Preferred", "true"}}, "").link("scaRedirect"), "");
  EXPECT_EQ(ask_for_consent({{"TPP-Redirect-Preferred", "false"}}, "").link("scaRedirect"), "");
  EXPECT_EQ(ask_for_consent({{"TPP-Redirect-Preferred", "true"}, {"TPP-Redirect-URI", ""}}, "").link("scaRedirect"),
            "");
}

TEST_F(Visits, need_an_address_to_go_on_to) {
  for (const std::string url :
       {"", "javascript:alert(1)", "shop.example", "ftp://shop.example/", "https://u:p@shop.example/"}) {
    const Answer refused = ask_for_consent({{"TPP-Redirect-URI", url}});
    EXPECT_EQ(refused.status, 400) << url;
    EXPECT_EQ(refused.code(), "FORMAT_ERROR") << url;
  }
}

TEST_F(Visits, book_a_payment_once_however_often_is_pressed) {
  payable();
  const Answer ordered = order();
  const std::string page = path_of(ordered.link("scaRedirect"));
  sign_in(page, "payer-plain");
  EXPECT_TRUE(has(look(page), "<bdi dir=\"ltr\">AED\u00A01,000.00</bdi> to <bdi dir=\"auto\">Acme Corp.</bdi>"));
  EXPECT_EQ(bank.booked(), 0U);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(press(page + "/approve").status, 303);
  press(page + "/refuse");
  EXPECT_EQ(bank.booked(), 1U);
  EXPECT_EQ(bank.status(ordered).at("transactionStatus"), "ACSC");
  // Whoever goes back to the page finds what became of it and the way on, and nothing that goes on by itself.
  const Answer again = look(page);
  EXPECT_TRUE(has(again, "Approved. You can go back to the shop."));
  EXPECT_TRUE(has(again, "href=\"https://shop.example/return/1?way=done\""));
  EXPECT_FALSE(has(again, "http-equiv"));
  EXPECT_FALSE(has(again, "<form"));
}

TEST_F(Visits, leave_nothing_behind_that_was_refused) {
  payable();
  const Answer ordered = order();
  const std::string page = path_of(ordered.link("scaRedirect"));
  sign_in(page, "payer-plain");
  press(page + "/refuse");
  EXPECT_TRUE(has(look(page + "?go=on"), "content=\"0;url=https://shop.example/return/1?way=refused\""));
  EXPECT_EQ(bank.status(ordered).at("transactionStatus"), "RJCT");
  EXPECT_EQ(bank.status(ordered).at("reasonCode"), "CUST");

  const Answer consent = ask_for_consent();
  const std::string consent_page = path_of(consent.link("scaRedirect"));
  sign_in(consent_page, "payer-plain");
  press(consent_page + "/refuse");
  EXPECT_EQ(bank.get(consent.link("status")).at("consentStatus"), "rejected");
  EXPECT_EQ(bank.booked(), 0U);
}

TEST_F(Visits, lapse_after_their_time_and_reject_the_payment) {
  payable();
  const Answer ordered = order();
  const std::string page = path_of(ordered.link("scaRedirect"));
  sign_in(page, "payer-plain");
  bank.advance(kVisitLife);
  press(page + "/approve");
  EXPECT_EQ(bank.status(ordered).at("transactionStatus"), "RJCT");
  EXPECT_EQ(bank.status(ordered).at("reasonCode"), "DS24");
  EXPECT_TRUE(has(look(page), "The time ran out. No money has left the account."));
  EXPECT_EQ(bank.booked(), 0U);
}

TEST_F(Visits, are_decided_only_in_the_browser_that_signed_in) {
  payable();
  const Answer ordered = order();
  const std::string page = path_of(ordered.link("scaRedirect"));
  press(page + "/approve");  // Nobody has signed in.
  sign_in(page, "payer-plain");
  const std::string own = std::exchange(cookie, "visitor=0123456789abcdef0123456789abcdef");
  press(page + "/approve");
  EXPECT_EQ(bank.booked(), 0U);
  EXPECT_FALSE(has(look(page), "Acme Corp."));
  cookie = own;
  EXPECT_EQ(press(page + "/approve", "", {{"Sec-Fetch-Site", "cross-site"}}).status, 403);
  EXPECT_EQ(bank.booked(), 0U);
  press(page + "/approve", "", {{"Sec-Fetch-Site", "same-origin"}});
  EXPECT_EQ(bank.booked(), 1U);
  cookie.clear();
  EXPECT_FALSE(has(look(page), "AED"));
}

TEST_F(Visits, are_not_for_another_user_nor_for_a_wrong_password) {
  const Answer ordered = order("payer-plain");
  const std::string page = path_of(ordered.link("scaRedirect"));
  EXPECT_TRUE(has(sign_in(page, "payer-app"), "This request is for another user."));
  EXPECT_TRUE(has(sign_in(page, "payer-plain", "wrong"), "Wrong user name or password."));
  EXPECT_TRUE(has(sign_in(page, "nobody"), "Wrong user name or password."));
  EXPECT_TRUE(has(sign_in(page, "payer-plain", "wrong+one"), "Wrong user name or password."));
  EXPECT_TRUE(has(sign_in(page, "payer-plain", "wrong"), "This user is locked."));
  EXPECT_TRUE(has(sign_in(page, "payer-plain"), "This user is locked."));
  EXPECT_EQ(cookie, "");
}

TEST_F(Visits, add_a_payee) {
  const std::string consent = bank.sign_in("payer-plain");
  const Answer added =
      bank.post(std::string{kHouse} + "/v1/beneficiaries",
                R"({"creditorName":"Acme <Corp>","creditorAccount":{"iban":")" + std::string{kPayee} + "\"}}",
                return_urls({{"Consent-ID", consent}}));
  ASSERT_EQ(added.status, 201) << added.text;
  const std::string page = path_of(added.link("scaRedirect"));
  sign_in(page, "payer-plain");
  EXPECT_TRUE(has(look(page), "Acme &lt;Corp&gt;"));
  press(page + "/approve");
  EXPECT_EQ(bank.get("/v1/beneficiaries/" + added.at("beneficiaryId")).at("beneficiaryStatus"), "active");
}

TEST_F(Visits, speak_the_payers_language) {
  const Answer consent = ask_for_consent({{"PSU-Accept-Language", "ar"}});
  const std::string url = consent.link("scaRedirect");
  EXPECT_TRUE(url.ends_with("?lang=ar"));
  const Answer page = look(path_of(url));
  EXPECT_TRUE(has(page, "<html lang=\"ar\" dir=\"rtl\">"));
  EXPECT_TRUE(has(page, "تسجيل الدخول"));
}

TEST_F(Visits, to_nothing_show_nothing) {
  EXPECT_EQ(look("/authorise/unknown").status, 404);
  const std::string consent = bank.ready_to_pay("payer-app");
  const Answer app = bank.start(bank.order(consent, bank.account_of("payer-app")));
  EXPECT_EQ(look("/authorise/" + app.at("authorisationId")).status, 404);  // Approved in the app, not here.
}

}  // namespace
}  // namespace qantara::sandbox_bank
