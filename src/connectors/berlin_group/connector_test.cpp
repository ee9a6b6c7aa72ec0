// Linking and beneficiaries against a scripted bank.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connectors/berlin_group/test_bench.h"

namespace qantara::connectors::berlin_group {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

// ---- Linking ----

TEST_F(BerlinGroup, asks_for_credentials_first_and_calls_nobody) {
  EXPECT_EQ(Describe{}(connector_->begin_link()), "LOGIN asks username+password");
  EXPECT_THAT(server_.requests, IsEmpty());
}

TEST_F(BerlinGroup, links_with_a_password_alone) {
  link_plainly();
  ASSERT_THAT(server_.requests, SizeIs(3));
  EXPECT_EQ(
      ScriptedBank::line(server_.requests[0]),
      "POST https://bank.test/xs2a/v1/consents "
      R"({"access":{"allPsd2":"allAccounts"},"recurringIndicator":true,"validUntil":"2027-02-19","frequencyPerDay":4,"combinedServiceIndicator":true})");
  EXPECT_EQ(ScriptedBank::line(server_.requests[1]),
            "POST https://bank.test/xs2a/v1/consents/c0nsent-1/authorisations "
            R"({"psuData":{"password":"correct-horse-battery"}})");
  EXPECT_EQ(ScriptedBank::line(server_.requests[2]), "GET https://bank.test/xs2a/v1/accounts ");
  EXPECT_EQ(server_.requests[0].headers.value_or("PSU-ID", ""), "payer-otp");
  EXPECT_EQ(server_.requests[0].headers.value_or("PSU-IP-Address", ""), "203.0.113.9");
  EXPECT_EQ(server_.requests[0].headers.value_or("PSU-Accept-Language", ""), "ar");
  EXPECT_EQ(server_.requests[2].headers.value_or("Consent-ID", ""), "c0nsent-1");
}

TEST_F(BerlinGroup, links_with_a_code) {
  server_.then_fixture(201, "consent_created");
  server_.then_fixture(201, "login_code");
  const auto asked = run(connector_->submit(credentials(), device_, link_));
  EXPECT_EQ(describe(asked), "LOGIN asks otp");
  const auto& need = std::get<banking::NeedFields>(*asked);
  EXPECT_EQ(need.message, "Type the code we sent you.");
  EXPECT_EQ(need.target, "•••• 123");
  EXPECT_EQ(need.fields[0].max_length, 4);
  EXPECT_TRUE(need.fields[0].numeric);

  server_.then_fixture(401, "wrong_code");
  server_.then(200, R"({"scaStatus":"scaMethodSelected"})");
  EXPECT_EQ(submit(code()), "LOGIN asks otp, wrong, 2 left");

  server_.then_fixture(200, "finalised");
  server_.then_fixture(200, "accounts");
  EXPECT_EQ(submit(code()), "linked payer-otp with 2 accounts");
}

TEST_F(BerlinGroup, asks_again_after_a_wrong_password_and_stops_when_the_user_is_locked) {
  server_.then_fixture(201, "consent_created");
  server_.then(401, refusal("PSU_CREDENTIALS_INVALID", "1 try left"));
  EXPECT_EQ(log_in(), "LOGIN asks username+password, wrong, 1 left");
  server_.then_fixture(201, "consent_created");
  server_.then(403, refusal("SERVICE_BLOCKED"));
  EXPECT_EQ(log_in(), "refused EU_ACCOUNT_LOCKED");
}

TEST_F(BerlinGroup, stops_when_the_last_login_code_was_wrong) {
  server_.then_fixture(201, "consent_created");
  server_.then_fixture(201, "login_code");
  EXPECT_EQ(log_in(), "LOGIN asks otp");
  server_.then_fixture(401, "wrong_code");
  server_.then(200, R"({"scaStatus":"failed"})");
  EXPECT_EQ(submit(code()), "refused MFA_ATTEMPTS_EXHAUSTED");
}

TEST_F(BerlinGroup, fetches_only_the_accounts_when_only_they_were_missing) {
  server_.then_fixture(201, "consent_created");
  server_.then_fixture(201, "login_exempted");
  server_.then(503, "");
  EXPECT_EQ(log_in(), "OUTCOME_UNKNOWN ");
  server_.then_fixture(200, "accounts");
  EXPECT_EQ(submit({}), "linked payer-otp with 2 accounts");
}

TEST_F(BerlinGroup, keeps_the_old_consent_until_a_new_login_gets_somewhere) {
  link_plainly();
  const std::string before = link_.json;
  server_.then_fixture(201, "consent_created");
  server_.then(401, refusal("PSU_CREDENTIALS_INVALID"));
  EXPECT_EQ(log_in(), "LOGIN asks username+password, wrong");
  server_.then(failed(http::Reached::PERHAPS_SENT, http::ClientFailure::Reason::TIMED_OUT));
  EXPECT_EQ(log_in(), "OUTCOME_UNKNOWN ");
  EXPECT_EQ(link_.json, before);
}

TEST_F(BerlinGroup, sends_no_user_name_that_would_break_a_header) {
  for (const auto* name : {"eve\r\nX-Evil: 1", "a\tb", ""}) {
    EXPECT_EQ(submit({{"username", Secret{name}}, {"password", Secret{std::string{kPassword}}}}),
              "LOGIN asks username+password, wrong");
  }
  EXPECT_EQ(submit({{"username", Secret{"payer"}}}), "LOGIN asks username+password, wrong");
  EXPECT_THAT(server_.requests, IsEmpty());
}

TEST_F(BerlinGroup, starts_first_where_the_bank_wants_the_password_afterwards) {
  server_.then(
      201,
      R"({"consentStatus":"received","consentId":"c1","_links":{"startAuthorisation":{"href":"/xs2a/v1/start"}}})");
  server_.then(
      201,
      R"({"scaStatus":"psuIdentified","authorisationId":"a1","_links":{"updatePsuAuthentication":{"href":"/xs2a/v1/put"}}})");
  server_.then_fixture(200, "finalised");
  server_.then_fixture(200, "accounts");
  EXPECT_EQ(log_in(), "linked payer-otp with 2 accounts");
  EXPECT_EQ(ScriptedBank::line(server_.requests[1]), "POST https://bank.test/xs2a/v1/start {}");
  EXPECT_EQ(ScriptedBank::line(server_.requests[2]),
            R"(PUT https://bank.test/xs2a/v1/put {"psuData":{"password":"correct-horse-battery"}})");
}

TEST_F(BerlinGroup, does_not_send_a_password_to_a_bank_that_wants_a_redirect) {
  server_.then(
      201, R"({"consentStatus":"received","consentId":"c1","_links":{"scaRedirect":{"href":"https://bank.test/go"}}})");
  EXPECT_EQ(log_in(), "refused EU_FUNCTIONALITY_RESTRICTED");
}

TEST_F(BerlinGroup, waits_for_a_login_approved_in_the_app) {
  server_.then_fixture(201, "consent_created");
  server_.then_fixture(201, "payment_approval");
  EXPECT_EQ(log_in(), "approval: Approve the payment in the bank's app.");
  server_.then(200, R"({"scaStatus":"started"})");
  EXPECT_EQ(submit({}), "approval: Approve the payment in the bank's app.");
  server_.then_fixture(200, "finalised");
  server_.then_fixture(200, "accounts");
  EXPECT_EQ(submit({}), "linked payer-otp with 2 accounts");
}

// ---- Links ----

struct LinkCase {
  std::string_view href;
  std::string_view expected;
};

TEST_F(BerlinGroup, follows_links_only_at_the_banks_own_origin) {
  constexpr std::string_view kBuilt = "https://bank.test/xs2a/v1/consents/c1/authorisations";
  constexpr auto kCases = std::to_array<LinkCase>({
      {"https://bank.test/else/where", "https://bank.test/else/where"},
      {"/else/where", "https://bank.test/else/where"},
      {"https://bank.test:443/else", "https://bank.test/else"},
      {"http://bank.test/else", kBuilt},
      {"https://bank.test:8443/else", kBuilt},
      {"https://evil.test/else", kBuilt},
      {"https://bank.test@evil.test/else", kBuilt},
      {"https://bank.test.evil.test/", kBuilt},
      {"//evil.test/else", kBuilt},
      {"else/where", kBuilt},
      {"http://169.254.169.254/latest", kBuilt},
      {"file:///etc/passwd", kBuilt},
      {"/else\\r\\nX-Evil: 1", kBuilt},
      {"/else where", kBuilt},
      {"", kBuilt},
  });
  for (const LinkCase& c : kCases) {
    server_.then(201, fmt::format(R"({{"consentId":"c1","consentStatus":"received","_links":{{
        "startAuthorisationWithPsuAuthentication":{{"href":"{}"}}}}}})",
                                  c.href));
    server_.then(401, refusal("PSU_CREDENTIALS_INVALID"));
    EXPECT_EQ(log_in(), "LOGIN asks username+password, wrong");
    EXPECT_EQ(server_.requests.back().url, c.expected) << c.href;
  }
}

TEST_F(BerlinGroup, builds_paths_from_ids_that_cannot_leave_their_place) {
  server_.then(201, R"({"consentId":"../../admin?x=1#","consentStatus":"received"})");
  server_.then(401, refusal("PSU_CREDENTIALS_INVALID"));
  EXPECT_EQ(log_in(), "LOGIN asks username+password, wrong");
  EXPECT_EQ(server_.requests.back().url,
            "https://bank.test/xs2a/v1/consents/..%2F..%2Fadmin%3Fx%3D1%23/authorisations");
}

// ---- Beneficiaries ----

TEST_F(BerlinGroup, adds_a_beneficiary_with_a_code) {
  link_plainly();
  server_.then_fixture(201, "beneficiary_code");
  EXPECT_EQ(add_beneficiary(), "BENEFICIARY asks otp");
  EXPECT_EQ(server_.last(),
            "POST https://bank.test/xs2a/v1/beneficiaries "
            R"({"creditorName":"Sunrise Trading","creditorAccount":{"iban":"AE070331234567890123456"}})");
  server_.then_fixture(401, "wrong_code");
  server_.then_fixture(200, "beneficiary_code");  // GET: still pending
  EXPECT_EQ(submit(code()), "BENEFICIARY asks otp, wrong, 2 left");
  server_.then_fixture(200, "finalised");
  server_.then_fixture(200, "beneficiary_cooling");
  EXPECT_EQ(submit(code()), "added payee-1 until 2026-11-22T09:40:00.000000Z");
  EXPECT_EQ(server_.last(), "GET https://bank.test/xs2a/v1/beneficiaries/payee-1 ");
}

TEST_F(BerlinGroup, stops_when_the_bank_has_rejected_the_payee) {
  link_plainly();
  server_.then_fixture(201, "beneficiary_code");
  EXPECT_EQ(add_beneficiary(), "BENEFICIARY asks otp");
  server_.then_fixture(401, "wrong_code");
  server_.then(200, R"({"beneficiaryId":"payee-1","beneficiaryStatus":"rejected"})");
  EXPECT_EQ(submit(code()), "refused MFA_ATTEMPTS_EXHAUSTED");
}

struct EndingCase {
  int status;
  std::string_view body;
  std::string_view expected;
};

TEST_F(BerlinGroup, ends_a_consent_by_the_banks_yes_or_because_it_has_none) {
  link_plainly();
  constexpr auto kCases = std::to_array<EndingCase>({
      {204, "", "done"},
      {200, "{}", "done"},
      {404, R"({"tppMessages":[{"category":"ERROR","code":"CONSENT_UNKNOWN"}]})", "done"},
      {403, R"({"tppMessages":[{"category":"ERROR","code":"CONSENT_UNKNOWN"}]})", "done"},
      {401, R"({"tppMessages":[{"category":"ERROR","code":"CONSENT_EXPIRED"}]})", "done"},
      {200, "", "OUTCOME_UNKNOWN "},
      {202, "soon", "OUTCOME_UNKNOWN "},
      {500, "{}", "OUTCOME_UNKNOWN "},
      {503, "", "OUTCOME_UNKNOWN "},
  });
  for (const auto& c : kCases) {
    server_.then(c.status, std::string{c.body});
    EXPECT_EQ(end_link(), c.expected) << c.status << " " << c.body;
    EXPECT_EQ(server_.last(), "DELETE https://bank.test/xs2a/v1/consents/c0nsent-1 ");
  }
  server_.then(failed(http::Reached::NOT_SENT, http::ClientFailure::Reason::CONNECT));
  EXPECT_EQ(end_link(), "NOT_SENT ");
}

TEST_F(BerlinGroup, takes_204_for_an_answer_only_where_nothing_had_to_be_said) {
  link_plainly();
  server_.then(204, "");
  EXPECT_EQ(add_beneficiary(), "OUTCOME_UNKNOWN ");
}

TEST_F(BerlinGroup, finds_a_payee_that_is_on_the_list_already) {
  link_plainly();
  server_.then_fixture(200, "beneficiary_active");
  EXPECT_EQ(add_beneficiary(), "added payee-1 usable");
  server_.then_fixture(200, "beneficiary_cooling");
  EXPECT_EQ(add_beneficiary(), "added payee-1 until 2026-11-22T09:40:00.000000Z");
}

struct BeneficiaryCase {
  int status;
  std::string_view body;
  std::string_view expected;
};

TEST_F(BerlinGroup, reads_how_a_beneficiary_stands) {
  link_plainly();
  bank_.cool_off_default = std::chrono::hours{4};
  make_connector();
  constexpr auto kCases = std::to_array<BeneficiaryCase>({
      {200, R"({"beneficiaryId":"b","beneficiaryStatus":"active"})", "added b usable"},
      {200, R"({"beneficiaryId":"b","beneficiaryStatus":"coolOff","coolOffUntil":"2026-12-01T00:00:00Z"})",
       "added b until 2026-12-01T00:00:00.000000Z"},
      {200, R"({"beneficiaryId":"b","beneficiaryStatus":"coolOff"})", "added b until 2026-11-21T13:40:00.000000Z"},
      {200, R"({"beneficiaryId":"b","beneficiaryStatus":"coolOff","coolOffUntil":"soon"})",
       "added b until 2026-11-21T13:40:00.000000Z"},
      {200, R"({"beneficiaryId":"b","beneficiaryStatus":"hocus"})", "added b until 2026-11-21T13:40:00.000000Z"},
      {200, R"({"beneficiaryId":"b","beneficiaryStatus":"removed"})", "REFUSED removed"},
      {200, R"({"beneficiaryId":"b","beneficiaryStatus":"rejected"})", "REFUSED rejected"},
      {200, R"({"beneficiaryId":"b","beneficiaryStatus":"pendingAuthorisation"})", "REFUSED pendingAuthorisation"},
      {200, R"({"beneficiaryStatus":"active"})", "OUTCOME_UNKNOWN "},
      {200, R"({"beneficiaryId":"b","beneficiaryStatus":true})", "OUTCOME_UNKNOWN "},
      {404, R"({"tppMessages":[{"category":"ERROR","code":"RESOURCE_UNKNOWN"}]})", "SESSION_ENDED RESOURCE_UNKNOWN"},
  });
  for (const BeneficiaryCase& c : kCases) {
    server_.then(c.status, std::string{c.body});
    EXPECT_EQ(describe(run(connector_->read_beneficiary("b", link_))), c.expected) << c.body;
  }
}

}  // namespace
}  // namespace qantara::connectors::berlin_group
