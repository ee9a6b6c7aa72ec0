#include <gtest/gtest.h>

#include "sandbox_bank/test_bank.h"

namespace qantara::sandbox_bank {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

struct Calls : testing::Test {
  TestBank bank;
};

TEST_F(Calls, echo_the_request_id_on_every_answer) {
  struct Row {
    http::Method method;
    std::string path;
    std::string body;
    int status;
  };
  for (const Row& row :
       {Row{http::Method::POST, "/v1/consents", "{}", 400}, Row{http::Method::POST, "/v1/consents", "{", 400},
        Row{http::Method::GET, "/v1/accounts", "", 400},
        Row{http::Method::GET, "/v1/consents/00000000000000000000000000000000", "", 404},
        Row{http::Method::GET, "/v1/nothing", "", 404}, Row{http::Method::PUT, "/v1/consents", "{}", 405},
        Row{http::Method::GET, "/maintenance/v1/accounts", "", 503}, Row{http::Method::GET, "/healthz", "", 200}}) {
    const Answer answer = bank.call(row.method, row.path, row.body);
    EXPECT_EQ(answer.status, row.status) << row.path;
    EXPECT_EQ(answer.headers.value_or("X-Request-ID", ""), kRequestId) << row.path;
    if (row.status >= 400) EXPECT_NE(answer.code(), "") << row.path;
  }
}

TEST_F(Calls, are_refused_without_what_xs2a_asks_of_each) {
  const TestBank::Fields wrong[] = {{{"X-Request-ID", ""}},
                                    {{"X-Request-ID", "1"}},
                                    {{"PSU-IP-Address", ""}},
                                    {{"PSU-IP-Address", "2001:db8::1"}},
                                    {{"PSU-IP-Address", "192.0.2.256"}}};
  for (const auto& headers : wrong) {
    const Answer answer = bank.post("/v1/consents", "{}", headers);
    EXPECT_EQ(answer.status, 400) << headers.front().first;
    EXPECT_EQ(answer.code(), "FORMAT_ERROR");
    EXPECT_NE(answer.text.find(headers.front().first), std::string::npos) << answer.text;
  }
  EXPECT_EQ(bank.post("/v1/consents", "{}", {{"Content-Type", "text/plain"}}).status, 415);
}

TEST_F(Calls, name_what_they_made_by_an_absolute_location) {
  const Answer consent = bank.create_consent("payer-plain");
  EXPECT_EQ(consent.headers.value_or("Location", ""), "http://bank.example/v1/consents/" + consent.at("consentId"));
  EXPECT_LE(consent.at("consentId").size(), 35U);
  const Answer slow = bank.create_consent("payer-plain", "/sau");
  EXPECT_EQ(slow.headers.value_or("Location", ""), "http://bank.example/sau/v1/consents/" + slow.at("consentId"));
  EXPECT_EQ(slow.link("self"), "/sau/v1/consents/" + slow.at("consentId"));
}

TEST_F(Calls, find_the_bank_closed_for_maintenance_at_its_address) {
  const Answer answer = bank.create_consent("payer-plain", "/maintenance");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.code(), "SERVICE_BLOCKED");
  EXPECT_NE(answer.headers.find("Retry-After"), nullptr);
}

struct SignIn : Calls {};

TEST_F(SignIn, without_a_code_is_exempted_and_makes_the_consent_valid) {
  const Answer consent = bank.create_consent("payer-plain");
  EXPECT_EQ(consent.at("consentStatus"), "received");
  const Answer authorisation = bank.give_password(consent);
  EXPECT_EQ(authorisation.status, 201);
  EXPECT_EQ(authorisation.at("scaStatus"), "exempted");
  EXPECT_EQ(bank.status(consent).at("consentStatus"), "valid");
}

TEST_F(SignIn, with_a_code_is_valid_after_the_code_only) {
  const Answer consent = bank.create_consent("payer-otp");
  const Answer authorisation = bank.give_password(consent);
  EXPECT_EQ(authorisation.at("scaStatus"), "scaMethodSelected");
  EXPECT_EQ(authorisation.headers.value_or("ASPSP-SCA-Approach", ""), "EMBEDDED");
  EXPECT_EQ(authorisation.body.find("challengeData")->find("otpMaxLength")->integer(), 4);
  EXPECT_EQ(bank.status(consent).at("consentStatus"), "received");
  const Answer confirmed = bank.give_code(authorisation);
  EXPECT_EQ(confirmed.status, 200);
  EXPECT_EQ(confirmed.at("scaStatus"), "finalised");
  EXPECT_EQ(bank.status(consent).at("consentStatus"), "valid");
}

TEST_F(SignIn, speaks_arabic_to_who_reads_it) {
  const Answer consent = bank.create_consent("payer-otp");
  const Answer authorisation =
      bank.post(consent.link("startAuthorisationWithPsuAuthentication"), R"({"psuData":{"password":"sandbox-pass"}})",
                {{"PSU-Accept-Language", "ar-AE"}});
  EXPECT_NE(authorisation.text.find("اكتب الرمز"), std::string::npos);
  EXPECT_NE(authorisation.text.find("رسالة نصية"), std::string::npos);
}

TEST_F(SignIn, refuses_an_unknown_user_as_it_refuses_a_wrong_password) {
  const Answer answer = bank.give_password(bank.create_consent("nobody"));
  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(answer.code(), "PSU_CREDENTIALS_INVALID");
}

TEST_F(SignIn, is_locked_by_the_third_wrong_password_until_unlocked) {
  const Answer consent = bank.create_consent("payer-lock");
  for (const std::string tries_left : {"2", "1"}) {
    const Answer wrong = bank.give_password(consent, "wrong");
    EXPECT_EQ(wrong.status, 401);
    EXPECT_EQ(wrong.code(), "PSU_CREDENTIALS_INVALID");
    EXPECT_NE(wrong.text.find("Tries left: " + tries_left), std::string::npos) << wrong.text;
  }
  EXPECT_EQ(bank.give_password(consent, "wrong").code(), "SERVICE_BLOCKED");
  const Answer locked = bank.give_password(consent);
  EXPECT_EQ(locked.status, 403);
  EXPECT_EQ(locked.code(), "SERVICE_BLOCKED");

  EXPECT_EQ(bank.post("/_admin/users/payer-lock/unlock", "{}").status, 204);
  EXPECT_EQ(bank.give_password(consent).status, 201);
}

TEST_F(SignIn, forgets_wrong_passwords_after_a_right_one) {
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(bank.give_password(bank.create_consent("payer-lock"), "wrong").status, 401);
    EXPECT_EQ(bank.give_password(bank.create_consent("payer-lock")).status, 201);
  }
}

TEST_F(SignIn, fails_at_the_third_wrong_code) {
  const Answer consent = bank.create_consent("payer-otp");
  const Answer authorisation = bank.give_password(consent);
  for (const std::string status : {"scaMethodSelected", "scaMethodSelected", "failed"}) {
    const Answer wrong = bank.give_code(authorisation, "2222");
    EXPECT_EQ(wrong.status, 401);
    EXPECT_EQ(wrong.code(), "PSU_CREDENTIALS_INVALID");
    EXPECT_EQ(bank.sca_status(authorisation), status);
  }
  EXPECT_EQ(bank.give_code(authorisation).code(), "STATUS_INVALID");
  EXPECT_EQ(bank.status(consent).at("consentStatus"), "rejected");
}

TEST_F(SignIn, fails_when_the_code_comes_after_fifteen_minutes) {
  const Answer consent = bank.create_consent("payer-otp");
  const Answer authorisation = bank.give_password(consent);
  bank.advance(minutes{15});
  EXPECT_EQ(bank.give_code(authorisation).status, 409);
  EXPECT_EQ(bank.sca_status(authorisation), "failed");
}

struct Sessions : Calls {
  int accounts(const std::string& consent) { return bank.get("/v1/accounts", {{"Consent-ID", consent}}).status; }
};

TEST_F(Sessions, show_the_accounts_of_their_user_alone) {
  const Answer answer = bank.get("/v1/accounts", {{"Consent-ID", bank.sign_in("payer-otp")}});
  ASSERT_EQ(answer.status, 200);
  const auto& accounts = answer.body.find("accounts")->items();
  ASSERT_EQ(accounts.size(), 2U);
  EXPECT_EQ(accounts[0].text("iban"), "AE340260001015528734001");
  EXPECT_EQ(accounts[0].text("resourceId"), "1015528734001");
  EXPECT_EQ(accounts[0].text("currency"), "AED");
  EXPECT_EQ(accounts[1].text("iban"), "AE790260000315528734002");
}

TEST_F(Sessions, need_a_consent_that_was_authorised) {
  EXPECT_EQ(bank.get("/v1/accounts", {{"Consent-ID", std::string(32, '0')}}).code(), "CONSENT_INVALID");
  const Answer consent = bank.create_consent("payer-otp");
  EXPECT_EQ(bank.get("/v1/accounts", {{"Consent-ID", consent.at("consentId")}}).code(), "CONSENT_INVALID");
}

TEST_F(Sessions, end_after_ten_minutes_without_use) {
  const std::string consent = bank.sign_in("payer-otp");
  for (int i = 0; i < 3; ++i) {
    bank.advance(minutes{9});
    EXPECT_EQ(accounts(consent), 200);  // Each use is a new beginning.
  }
  bank.advance(minutes{10});
  const Answer over = bank.get("/v1/accounts", {{"Consent-ID", consent}});
  EXPECT_EQ(over.status, 401);
  EXPECT_EQ(over.code(), "CONSENT_EXPIRED");
  EXPECT_EQ(bank.get("/v1/consents/" + consent + "/status").at("consentStatus"), "expired");
}

TEST_F(Sessions, last_ninety_days_for_who_signs_in_without_a_code) {
  const std::string consent = bank.sign_in("payer-plain");
  bank.advance(days{90} - minutes{1});
  EXPECT_EQ(accounts(consent), 200);
  bank.advance(minutes{1});
  EXPECT_EQ(accounts(consent), 401);
}

TEST_F(Sessions, end_when_the_admin_or_the_third_party_says_so) {
  const std::string first = bank.sign_in("payer-plain");
  EXPECT_EQ(bank.post("/_admin/users/payer-plain/end-sessions", "{}").body.find("ended")->integer(), 1);
  EXPECT_EQ(accounts(first), 401);
  const std::string second = bank.sign_in("payer-plain");
  EXPECT_EQ(bank.call(http::Method::DELETE, "/v1/consents/" + second).status, 204);
  EXPECT_EQ(accounts(second), 401);
}

struct Payees : Calls {};

TEST_F(Payees, wait_as_long_as_their_payer_must) {
  struct Row {
    std::string user;
    hours wait;
  };
  for (const Row& row : {Row{"payer-plain", hours{0}}, Row{"payer-4h", hours{4}}, Row{"payer-otp", hours{24}}}) {
    const Answer added = bank.add_payee(bank.sign_in(row.user));
    ASSERT_EQ(added.status, 201) << added.text;
    EXPECT_EQ(added.at("beneficiaryStatus"), "pendingAuthorisation");
    const Instant confirmed_at = bank.now();
    EXPECT_EQ(bank.give_code(added).at("scaStatus"), "finalised");
    const Answer read =
        bank.get(added.headers.value_or("Location", "").substr(std::string{"http://bank.example"}.size()));
    if (row.wait == hours{0}) {
      EXPECT_EQ(read.at("beneficiaryStatus"), "active");
      EXPECT_EQ(read.body.find("coolOffUntil"), nullptr);
      continue;
    }
    EXPECT_EQ(read.at("beneficiaryStatus"), "coolOff");
    EXPECT_EQ(read.at("coolOffUntil"), qantara::to_text(confirmed_at + row.wait));
    const std::string path = "/v1/beneficiaries/" + added.at("beneficiaryId");
    bank.advance(row.wait - minutes{1});
    EXPECT_EQ(bank.get(path).at("beneficiaryStatus"), "coolOff");
    bank.advance(minutes{1});
    EXPECT_EQ(bank.get(path).at("beneficiaryStatus"), "active");
  }
}

TEST_F(Payees, are_on_the_list_once) {
  const std::string consent = bank.sign_in("payer-plain");
  const Answer first = bank.add_payee(consent);
  bank.give_code(first);
  const Answer second = bank.add_payee(consent);
  EXPECT_EQ(second.status, 200);
  EXPECT_EQ(second.at("beneficiaryId"), first.at("beneficiaryId"));
  EXPECT_EQ(second.at("beneficiaryStatus"), "active");
}

TEST_F(Payees, that_were_never_authorised_are_replaced) {
  const std::string consent = bank.sign_in("payer-plain");
  const Answer first = bank.add_payee(consent);
  const Answer second = bank.add_payee(consent);
  EXPECT_EQ(second.status, 201);
  EXPECT_NE(second.at("beneficiaryId"), first.at("beneficiaryId"));
  EXPECT_EQ(bank.get("/v1/beneficiaries/" + first.at("beneficiaryId")).at("beneficiaryStatus"), "removed");
  EXPECT_EQ(bank.give_code(first).status, 409);
  EXPECT_EQ(bank.give_code(second).status, 200);
}

TEST_F(Payees, are_rejected_by_the_third_wrong_code_and_may_be_added_again) {
  const std::string consent = bank.sign_in("payer-plain");
  const Answer added = bank.add_payee(consent);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(bank.give_code(added, "2222").status, 401);
  EXPECT_EQ(bank.get("/v1/beneficiaries/" + added.at("beneficiaryId")).at("beneficiaryStatus"), "rejected");
  EXPECT_EQ(bank.add_payee(consent).status, 201);
}

TEST_F(Payees, need_a_name_an_account_and_a_session) {
  const std::string consent = bank.sign_in("payer-plain");
  EXPECT_EQ(bank.add_payee(consent, "AE260260001008223921002").status, 400);  // check digits
  EXPECT_EQ(
      bank.post("/v1/beneficiaries", R"({"creditorName":"","creditorAccount":{"bban":"1"}})", {{"Consent-ID", consent}})
          .status,
      400);
  EXPECT_EQ(bank.add_payee(std::string(32, '0')).code(), "CONSENT_INVALID");
  const Answer by_number = bank.post(
      "/v1/beneficiaries", R"({"creditorName":"Acme","creditorAccount":{"bban":"12345"}})", {{"Consent-ID", consent}});
  EXPECT_EQ(by_number.status, 201);
}

}  // namespace
}  // namespace qantara::sandbox_bank
