// Sending payers to the bank's own pages, against a scripted bank.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connectors/berlin_group/test_bench.h"

namespace qantara::connectors::berlin_group {
namespace {

using banking::ScaWay;
using testing::HasSubstr;

constexpr std::string_view kConsent =
    R"({"consentStatus":"received","consentId":"c0nsent-1","_links":{
        "scaRedirect":{"href":"https://pages.bank.test/authorise/1?x=y"},
        "scaStatus":{"href":"/xs2a/v1/consents/c0nsent-1/authorisations/auth-1"}}})";
constexpr std::string_view kPayment =
    R"({"transactionStatus":"RCVD","paymentId":"pay-1","_links":{
        "scaRedirect":{"href":"https://pages.bank.test/authorise/2"},
        "scaStatus":{"href":"/xs2a/v1/payments/cross-border-credit-transfers/pay-1/authorisations/auth-2"}}})";
constexpr std::string_view kPaymentStatus = "/v1/payments/cross-border-credit-transfers/pay-1/status";

std::string status(std::string_view name, std::string_view word) { return fmt::format(R"({{"{}":"{}"}})", name, word); }

class Redirect : public BerlinGroup {
 protected:
  void SetUp() override {
    BerlinGroup::SetUp();
    device_.return_urls = {
        {.done = "https://gateway.test/return/done", .refused = "https://gateway.test/return/refused"}};
    use({ScaWay::REDIRECT});
  }
  void use(std::vector<ScaWay> ways) {
    bank_.sca_ways = std::move(ways);
    make_connector();
  }
  void begin_login() {
    server_.then(201, std::string{kConsent});
    ASSERT_EQ(submit({}), "LOGIN redirects to https://pages.bank.test/authorise/1?x=y");
  }
  void link() {
    begin_login();
    server_.then(200, status("consentStatus", "valid"));
    server_.then_fixture(200, "accounts");
    ASSERT_THAT(submit({}), HasSubstr("linked AE"));
  }
  void go_to_bank() {
    link();
    server_.then(201, std::string{kPayment});
    ASSERT_EQ(begin(), "continue");
    server_.then(200, status("scaStatus", "received"));
    ASSERT_EQ(advance(), "PAYMENT redirects to https://pages.bank.test/authorise/2, irrevocable");
  }
};

TEST_F(Redirect, asks_nothing_before_the_payer_is_at_the_bank) {
  EXPECT_TRUE(connector_->begin_link().fields.empty());
  EXPECT_TRUE(connector_->capabilities().redirect);
  begin_login();
  const auto& headers = server_.requests.at(0).headers;
  EXPECT_EQ(headers.value_or("TPP-Redirect-Preferred", ""), "true");
  EXPECT_EQ(headers.value_or("TPP-Redirect-URI", ""), "https://gateway.test/return/done");
  EXPECT_EQ(headers.value_or("TPP-Nok-Redirect-URI", ""), "https://gateway.test/return/refused");
  EXPECT_EQ(headers.find("PSU-ID"), nullptr);
}

TEST_F(Redirect, links_when_the_bank_says_that_the_consent_is_valid) {
  begin_login();
  server_.then(200, status("consentStatus", "received"));
  EXPECT_EQ(submit({}), "LOGIN redirects to https://pages.bank.test/authorise/1?x=y");
  server_.then(503, "");
  EXPECT_EQ(submit({}), "OUTCOME_UNKNOWN ");
  server_.then(200, status("consentStatus", "valid"));
  server_.then_fixture(200, "accounts");
  EXPECT_EQ(submit({}),
            "linked AE340260001015528734001 with 2 accounts");  // The least number: nobody told a user name.
  EXPECT_EQ(server_.requests.at(1).url, "https://bank.test/xs2a/v1/consents/c0nsent-1/status");
}

TEST_F(Redirect, does_not_link_what_the_bank_has_ended) {
  for (const auto word : {"rejected", "expired", "revokedByPsu", "terminatedByTpp"}) {
    link_ = {};
    begin_login();
    server_.then(200, status("consentStatus", word));
    EXPECT_EQ(submit({}), "refused REJECTED_BY_BANK") << word;
  }
}

TEST_F(Redirect, starts_by_a_call_of_its_own_where_the_bank_wants_one) {
  server_.then(201, R"({"consentStatus":"received","consentId":"c0nsent-1",
                        "_links":{"startAuthorisation":{"href":"/xs2a/v1/consents/c0nsent-1/authorisations"}}})");
  server_.then(201, R"({"scaStatus":"received","authorisationId":"auth-1",
                        "_links":{"scaRedirect":{"href":"https://pages.bank.test/a"}}})");
  EXPECT_EQ(submit({}), "LOGIN redirects to https://pages.bank.test/a");
  EXPECT_EQ(server_.requests.at(1).headers.value_or("TPP-Redirect-URI", ""), "https://gateway.test/return/done");
}

TEST_F(Redirect, adds_a_payee_there) {
  link();
  server_.then(201, R"({"beneficiaryId":"ben-1","beneficiaryStatus":"pendingAuthorisation","authorisationId":"auth-3",
                        "scaStatus":"received","_links":{"scaRedirect":{"href":"https://pages.bank.test/b"}}})");
  EXPECT_EQ(add_beneficiary(), "BENEFICIARY redirects to https://pages.bank.test/b");
  server_.then(200, R"({"beneficiaryId":"ben-1","beneficiaryStatus":"pendingAuthorisation"})");
  EXPECT_EQ(submit({}), "BENEFICIARY redirects to https://pages.bank.test/b");
  server_.then(200, R"({"beneficiaryId":"ben-1","beneficiaryStatus":"active"})");
  server_.then(200, R"({"beneficiaryId":"ben-1","beneficiaryStatus":"active"})");
  EXPECT_EQ(submit({}), "added ben-1 usable");
}

TEST_F(Redirect, pays_there_and_believes_the_banks_status_alone) {
  go_to_bank();
  server_.then(200, status("transactionStatus", "RCVD"));
  server_.then(200, status("scaStatus", "received"));
  EXPECT_EQ(poll(), "waiting RCVD received");
  server_.then(200, R"({"transactionStatus":"ACSC","bankTransactionReference":"42"})");
  EXPECT_EQ(poll(), "ACCEPTED ACSC 42");
  EXPECT_TRUE(server_.requests.back().url.ends_with(kPaymentStatus));
}

TEST_F(Redirect, takes_up_a_payment_again_where_it_was) {
  go_to_bank();
  server_.then(200, status("scaStatus", "psuAuthenticated"));  // Signed in, and no decision yet.
  EXPECT_EQ(advance(), "PAYMENT redirects to https://pages.bank.test/authorise/2, irrevocable");
  server_.then(200, status("scaStatus", "finalised"));
  server_.then(200, R"({"transactionStatus":"PDNG"})");
  EXPECT_EQ(advance(), "PENDING PDNG ");
}

TEST_F(Redirect, asks_for_no_secret_where_the_operator_does_not_allow_it) {
  EXPECT_EQ(log_in(), "refused EU_FUNCTIONALITY_RESTRICTED");
  server_.then_fixture(201, "consent_created");  // The bank would take a password here.
  EXPECT_EQ(submit({}), "refused EU_FUNCTIONALITY_RESTRICTED");
  device_.return_urls.reset();
  EXPECT_EQ(submit({}), "refused EU_FUNCTIONALITY_RESTRICTED");
}

TEST_F(Redirect, goes_there_from_a_bank_that_was_wished_to_ask_here) {
  use({ScaWay::EMBEDDED, ScaWay::REDIRECT});
  EXPECT_FALSE(connector_->begin_link().fields.empty());
  server_.then(201, std::string{kConsent});
  EXPECT_EQ(log_in(), "LOGIN redirects to https://pages.bank.test/authorise/1?x=y");
  EXPECT_EQ(server_.requests.at(0).headers.value_or("TPP-Redirect-Preferred", ""), "false");
}

TEST_F(Redirect, is_refused_where_it_may_not_be_used) {
  use({ScaWay::EMBEDDED});
  server_.then(201, std::string{kConsent});
  EXPECT_EQ(log_in(), "refused EU_FUNCTIONALITY_RESTRICTED");
  EXPECT_EQ(server_.requests.at(0).headers.find("TPP-Redirect-URI"), nullptr);
}

TEST_F(Redirect, sends_no_browser_to_what_is_no_secure_page) {
  for (const std::string_view href :
       {"javascript:alert(1)", "http://pages.bank.test/", "//pages.bank.test/", "https://u:p@pages.bank.test/", "pages",
        "", "data:text/html,x", "https://", "ftp://pages.bank.test/"}) {
    link_ = {};
    server_.then(
        201, fmt::format(R"({{"consentStatus":"received","consentId":"c","_links":{{"scaRedirect":{{"href":"{}"}}}}}})",
                         href));
    EXPECT_EQ(submit({}), "refused EU_FUNCTIONALITY_RESTRICTED") << href;
  }
  link_ = {};
  server_.then(201, R"({"consentStatus":"received","consentId":"c","_links":{"scaRedirect":{"href":"/pages/1"}}})");
  EXPECT_EQ(submit({}), "LOGIN redirects to https://bank.test/pages/1");
}

}  // namespace
}  // namespace qantara::connectors::berlin_group
