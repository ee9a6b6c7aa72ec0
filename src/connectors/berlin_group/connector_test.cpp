// The connector against a scripted bank: what it asks, in which order, and what it makes of good, bad and hostile answers.
#include "connectors/berlin_group/connector.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <deque>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>

#include "base/uuid.h"
#include "connectors/registry.h"
#include "json/json.h"

namespace qantara::connectors {
namespace {

using banking::Answers;
using banking::BankResult;
using banking::CallError;
using banking::ConnectorState;
using banking::Step;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr std::string_view kPassword = "correct-horse-battery";
constexpr std::string_view kCode = "907351";

std::string fixture(std::string_view name) {
  std::ifstream in{fmt::format("{}/{}.json", QANTARA_FIXTURES, name)};
  EXPECT_TRUE(in) << name;
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

template <class T>
T run(Task<T> task) {
  boost::asio::io_context context;
  std::optional<T> result;
  boost::asio::co_spawn(
      context,
      [](Task<T> inner, std::optional<T>& out) -> Task<void> {
        auto value = co_await std::move(inner);
        out = std::move(value);
      }(std::move(task), result),
      boost::asio::detached);
  context.run();
  EXPECT_TRUE(result);
  return *std::move(result);
}

/// Answers in the order of its script and keeps the requests. A request beyond the script fails the test.
class ScriptedBank final : public http::Client {
 public:
  void then(http::ClientResult answer) { script_.push_back(std::move(answer)); }
  void then(int status, std::string body) { then(response(status, std::move(body))); }
  void then_fixture(int status, std::string_view name) { then(status, fixture(name)); }

  static http::ClientResponse response(int status, std::string body) {
    return {.status = status, .headers = {}, .body = std::move(body), .elapsed = {}};
  }

  Task<http::ClientResult> send(http::ClientRequest request) override {
    requests.push_back(request);
    if (script_.empty()) {
      ADD_FAILURE() << "not in the script: " << last();
      co_return std::unexpected(http::ClientFailure{.reached = http::Reached::NOT_SENT,
                                                    .reason = http::ClientFailure::Reason::CONNECT,
                                                    .message = "no script"});
    }
    auto answer = std::move(script_.front());
    script_.pop_front();
    if (answer && answer->headers.find("X-Request-ID") == nullptr) {
      answer->headers.set("X-Request-ID", *request.headers.find("X-Request-ID"));
    }
    co_return answer;
  }

  bool is_over() const { return script_.empty(); }
  /// "PUT https://bank.test/xs2a/v1/… {body}" of the last request.
  std::string last() const { return line(requests.back()); }
  static std::string line(const http::ClientRequest& request) {
    return fmt::format("{} {} {}", http::to_text(request.method), request.url, request.body);
  }

  std::vector<http::ClientRequest> requests;

 private:
  std::deque<http::ClientResult> script_;
};

http::ClientResult failed(http::Reached reached, http::ClientFailure::Reason reason) {
  return std::unexpected(http::ClientFailure{.reached = reached, .reason = reason, .message = "scripted"});
}

std::string_view to_text(banking::Stage stage) {
  return stage == banking::Stage::LOGIN ? "LOGIN" : stage == banking::Stage::BENEFICIARY ? "BENEFICIARY" : "PAYMENT";
}

std::string_view to_text(CallError::Kind kind) {
  switch (kind) {
    case CallError::Kind::NOT_SENT:
      return "NOT_SENT";
    case CallError::Kind::REFUSED:
      return "REFUSED";
    case CallError::Kind::OUTCOME_UNKNOWN:
      return "OUTCOME_UNKNOWN";
    case CallError::Kind::THROTTLED:
      return "THROTTLED";
    case CallError::Kind::MISCONFIGURED:
      return "MISCONFIGURED";
    case CallError::Kind::SESSION_ENDED:
      return "SESSION_ENDED";
  }
  return "?";
}

struct Describe {
  std::string operator()(const banking::NeedFields& need) const {
    std::vector<std::string> names;
    for (const auto& field : need.fields) names.push_back(field.name);
    return fmt::format("{} asks {}{}{}{}", to_text(need.stage), fmt::join(names, "+"),
                       need.effect == banking::Effect::IRREVOCABLE ? ", irrevocable" : "", need.wrong_answer ? ", wrong" : "",
                       need.tries_left ? fmt::format(", {} left", *need.tries_left) : "");
  }
  std::string operator()(const banking::NeedApproval& need) const { return "approval: " + need.message; }
  std::string operator()(const banking::Continue&) const { return "continue"; }
  std::string operator()(const banking::Linked& linked) const {
    return fmt::format("linked {} with {} accounts", linked.bank_user, linked.accounts.size());
  }
  std::string operator()(const banking::BeneficiaryAdded& added) const {
    return fmt::format("added {} {}", added.bank_beneficiary_id,
                       added.cool_off_until ? "until " + qantara::to_text(*added.cool_off_until) : "usable");
  }
  std::string operator()(const banking::Outcome& outcome) const {
    const auto* ours = outcome.status == banking::BankStatus::ACCEPTED  ? "ACCEPTED"
                       : outcome.status == banking::BankStatus::PENDING ? "PENDING"
                                                                        : "REJECTED";
    return fmt::format("{} {} {}{}", ours, outcome.bank_status, outcome.reference, outcome.failure_code);
  }
  std::string operator()(const banking::StillWaiting& waiting) const {
    return fmt::format("waiting {} {}", waiting.bank_status, waiting.sca_status);
  }
  std::string operator()(const banking::Refused& refused) const { return "refused " + refused.code; }
};

std::string describe(const BankResult<Step>& result) {
  if (result) return std::visit(Describe{}, *result);
  return fmt::format("{} {}", to_text(result.error().kind), result.error().code);
}
std::string describe(const BankResult<banking::BeneficiaryAdded>& result) {
  return result ? Describe{}(*result) : describe(BankResult<Step>{std::unexpected(result.error())});
}

std::string refusal(std::string_view code, std::string_view text = "") {
  return fmt::format(R"({{"tppMessages":[{{"category":"ERROR","code":"{}","text":"{}"}}]}})", code, text);
}

class BerlinGroup : public testing::Test {
 protected:
  void SetUp() override {
    bank_.identifier = "LEANMB1";
    bank_.standard = "berlin_group";
    bank_.base_url = "https://bank.test/xs2a";
    bank_.product_by_currency = {{"AED", "cross-border-credit-transfers"}};
    make_connector();
    order_.request_key = "9dafc6f5-37e8-4f72-aa0b-5323c0935c5f";
    order_.end_to_end_id = "e2e-1";
    order_.debtor.iban = "AE340260001015528734001";
    order_.creditor = {.name = "Sunrise Trading", .iban = "AE070331234567890123456"};
    order_.reference = "INV-1";
  }

  /// No word of what the payer typed may be remembered, and no script may be left unplayed.
  void TearDown() override {
    EXPECT_TRUE(server_.is_over());
    for (const auto& json : {link_.json, payment_.json}) {
      EXPECT_THAT(json, AllOf(Not(HasSubstr(kPassword)), Not(HasSubstr(kCode))));
    }
  }

  void make_connector() {
    auto made = connectors::make_connector(bank_, server_, random_, clock_);
    ASSERT_TRUE(made);
    connector_ = *std::move(made);
  }

  std::string submit(const Answers& answers) { return describe(run(connector_->submit(answers, device_, link_))); }
  std::string log_in() { return submit(credentials()); }
  std::string add_beneficiary() { return describe(run(connector_->add_beneficiary(order_.creditor, device_, link_))); }
  std::string begin() { return describe(run(connector_->begin_payment(order_, device_, link_, payment_))); }
  std::string advance() { return describe(run(connector_->advance_payment(order_, device_, payment_))); }
  std::string pay(const Answers& answers) { return describe(run(connector_->submit_payment(order_, answers, device_, payment_))); }
  std::string poll() { return describe(run(connector_->poll_payment(payment_))); }

  static Answers credentials() { return {{"username", Secret{"payer-otp"}}, {"password", Secret{std::string{kPassword}}}}; }
  static Answers password() { return {{"password", Secret{std::string{kPassword}}}}; }
  static Answers code() { return {{"otp", Secret{std::string{kCode}}}}; }
  static Answers method(std::string_view id) { return {{"method", Secret{std::string{id}}}}; }

  void link_plainly() {
    server_.then_fixture(201, "consent_created");
    server_.then_fixture(201, "login_exempted");
    server_.then_fixture(200, "accounts");
    ASSERT_EQ(log_in(), "linked payer-otp with 2 accounts");
  }
  void create_payment() {
    link_plainly();
    server_.then_fixture(201, "payment_created");
    ASSERT_EQ(begin(), "continue");
  }
  void ask_for_payment_code() {
    create_payment();
    server_.then_fixture(201, "payment_code");
    ASSERT_EQ(advance(), "PAYMENT asks otp, irrevocable");
  }

  banking::Bank bank_;
  ScriptedBank server_;
  SeededRandom random_{1};
  ManualClock clock_{*parse_instant("2026-11-21T09:40:00Z")};
  banking::PayerDevice device_{.ip_address = "203.0.113.9", .user_agent = "Browser/1", .language = "ar"};
  banking::PaymentOrder order_{.amount = {100'000, *money::Currency::find("AED")}};
  ConnectorState link_;
  ConnectorState payment_;
  std::unique_ptr<banking::BankConnector> connector_;
};

// ---- Registry ----

TEST(registry, refuses_what_nobody_speaks) {
  ScriptedBank server;
  SeededRandom random{1};
  ManualClock clock{Instant{}};
  for (const auto& [standard, url] : {std::pair{"obie", "https://bank.test"}, {"berlin_group", "bank.test"}, {"berlin_group", "ftp://x"},
                                      {"berlin_group", "https://bank.test/?a=b"}}) {
    banking::Bank bank{.identifier = "X", .standard = standard, .base_url = url};
    const auto made = make_connector(bank, server, random, clock);
    ASSERT_FALSE(made) << url;
    EXPECT_EQ(made.error().code, ErrorCode::INVALID_PARAMETERS);
  }
}

// ---- Linking ----

TEST_F(BerlinGroup, asks_for_credentials_first_and_calls_nobody) {
  EXPECT_EQ(Describe{}(connector_->begin_link()), "LOGIN asks username+password");
  EXPECT_THAT(server_.requests, IsEmpty());
}

TEST_F(BerlinGroup, links_with_a_password_alone) {
  link_plainly();
  ASSERT_THAT(server_.requests, SizeIs(3));
  EXPECT_EQ(ScriptedBank::line(server_.requests[0]),
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
    EXPECT_EQ(submit({{"username", Secret{name}}, {"password", Secret{std::string{kPassword}}}}), "LOGIN asks username+password, wrong");
  }
  EXPECT_EQ(submit({{"username", Secret{"payer"}}}), "LOGIN asks username+password, wrong");
  EXPECT_THAT(server_.requests, IsEmpty());
}

TEST_F(BerlinGroup, starts_first_where_the_bank_wants_the_password_afterwards) {
  server_.then(201, R"({"consentStatus":"received","consentId":"c1","_links":{"startAuthorisation":{"href":"/xs2a/v1/start"}}})");
  server_.then(201, R"({"scaStatus":"psuIdentified","authorisationId":"a1","_links":{"updatePsuAuthentication":{"href":"/xs2a/v1/put"}}})");
  server_.then_fixture(200, "finalised");
  server_.then_fixture(200, "accounts");
  EXPECT_EQ(log_in(), "linked payer-otp with 2 accounts");
  EXPECT_EQ(ScriptedBank::line(server_.requests[1]), "POST https://bank.test/xs2a/v1/start {}");
  EXPECT_EQ(ScriptedBank::line(server_.requests[2]),
            R"(PUT https://bank.test/xs2a/v1/put {"psuData":{"password":"correct-horse-battery"}})");
}

TEST_F(BerlinGroup, does_not_send_a_password_to_a_bank_that_wants_a_redirect) {
  server_.then(201, R"({"consentStatus":"received","consentId":"c1","_links":{"scaRedirect":{"href":"https://bank.test/go"}}})");
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
        "startAuthorisationWithPsuAuthentication":{{"href":"{}"}}}}}})", c.href));
    server_.then(401, refusal("PSU_CREDENTIALS_INVALID"));
    EXPECT_EQ(log_in(), "LOGIN asks username+password, wrong");
    EXPECT_EQ(server_.requests.back().url, c.expected) << c.href;
  }
}

TEST_F(BerlinGroup, builds_paths_from_ids_that_cannot_leave_their_place) {
  server_.then(201, R"({"consentId":"../../admin?x=1#","consentStatus":"received"})");
  server_.then(401, refusal("PSU_CREDENTIALS_INVALID"));
  EXPECT_EQ(log_in(), "LOGIN asks username+password, wrong");
  EXPECT_EQ(server_.requests.back().url, "https://bank.test/xs2a/v1/consents/..%2F..%2Fadmin%3Fx%3D1%23/authorisations");
}

// ---- Beneficiaries ----

TEST_F(BerlinGroup, adds_a_beneficiary_with_a_code) {
  link_plainly();
  server_.then_fixture(201, "beneficiary_code");
  EXPECT_EQ(add_beneficiary(), "BENEFICIARY asks otp");
  EXPECT_EQ(server_.last(), "POST https://bank.test/xs2a/v1/beneficiaries "
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
      {200, R"({"beneficiaryId":"b","beneficiaryStatus":"coolOff","coolOffUntil":"2026-12-01T00:00:00Z"})", "added b until 2026-12-01T00:00:00.000000Z"},
      {200, R"({"beneficiaryId":"b","beneficiaryStatus":"coolOff"})", "added b until 2026-11-21T13:40:00.000000Z"},
      {200, R"({"beneficiaryId":"b","beneficiaryStatus":"coolOff","coolOffUntil":"soon"})", "added b until 2026-11-21T13:40:00.000000Z"},
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

// ---- Paying ----

TEST_F(BerlinGroup, pays_with_a_code) {
  ask_for_payment_code();
  server_.then_fixture(200, "finalised");
  server_.then_fixture(200, "status_accepted");
  EXPECT_EQ(pay(code()), "ACCEPTED ACSC 2611210000000042");

  const auto& requests = server_.requests;
  ASSERT_THAT(requests, SizeIs(7));
  EXPECT_THAT(ScriptedBank::line(requests[3]),
              HasSubstr("POST https://bank.test/xs2a/v1/payments/cross-border-credit-transfers {\"endToEndIdentification\":\"e2e-1\""));
  EXPECT_EQ(requests[3].headers.value_or("Consent-ID", ""), "c0nsent-1");
  EXPECT_EQ(requests[3].headers.value_or("TPP-Explicit-Authorisation-Preferred", ""), "true");
  EXPECT_EQ(ScriptedBank::line(requests[5]),
            "PUT https://bank.test/xs2a/v1/payments/cross-border-credit-transfers/pay-1/authorisations/auth-3 "
            R"({"scaAuthenticationData":"907351"})");
  EXPECT_EQ(ScriptedBank::line(requests[6]), "GET https://bank.test/xs2a/v1/payments/cross-border-credit-transfers/pay-1/status ");
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
  server_.then(200, R"({"scaStatus":"scaMethodSelected","psuMessage":"Open the app.","_links":{"scaStatus":{"href":"/x"}}})");
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
      {R"({"scaStatus":"finalised"})", R"({"transactionStatus":"ACSC","bankTransactionReference":42})", "ACCEPTED ACSC "},
      {R"({"scaStatus":"finalised"})", R"({"transactionStatus":"RJCT","reasonCode":"AM04"})", "REJECTED RJCT INSUFFICIENT_BALANCE"},
      {R"({"scaStatus":"finalised"})", R"({"transactionStatus":"RJCT","reasonCode":4})", "REJECTED RJCT UNSEEN_BANK_ERROR"},
      {R"({"scaStatus":"finalised"})", R"({"transactionStatus":"PATC"})", "approval: "},
      {R"({"scaStatus":"exempted"})", R"({"transactionStatus":"ACSP"})", "ACCEPTED ACSP "},
      {R"({"scaStatus":"started"})", R"({"transactionStatus":"RCVD"})", "PENDING RCVD "},
      {R"({"scaStatus":"hocus"})", R"({"transactionStatus":"ACCP"})", "PENDING ACCP "},
      {R"({"scaStatus":"failed"})", "", "refused MFA_ATTEMPTS_EXHAUSTED"},
      {R"({"scaStatus":"scaMethodSelected","_links":{"authoriseTransaction":{"href":"/x"}}})", "", "PAYMENT asks otp, irrevocable, wrong"},
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
      {200, R"({"scaStatus":"finalised"})", R"({"transactionStatus":"ACSC","bankTransactionReference":"42"})", "ACCEPTED ACSC 42"},
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
  EXPECT_EQ(server_.last(), "GET https://bank.test/xs2a/v1/payments/cross-border-credit-transfers/pay-1/authorisations/auth-3 ");
}

TEST_F(BerlinGroup, starts_anew_when_the_authorisation_is_over) {
  for (const auto* answer : {R"({"scaStatus":"failed"})", R"({"scaStatus":"psuAuthenticated"})", "garbage"}) {
    ask_for_payment_code();
    server_.then(200, answer);
    server_.then_fixture(201, "payment_choice");
    EXPECT_EQ(advance(), "PAYMENT asks method") << answer;
  }
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
      {"deep", response(200, std::string(100'000, '[')), "OUTCOME_UNKNOWN "},
      {"10 MB", response(200, R"({"scaStatus":"finalised","x":")" + std::string(10'000'000, 'x') + "\"}"), "OUTCOME_UNKNOWN "},
      {"wrong types", response(200, R"({"scaStatus":1,"authorisationId":2,"consentId":3,"paymentId":4,"transactionStatus":5,
          "accounts":6,"beneficiaryId":7,"beneficiaryStatus":8,"_links":9,"scaMethods":10,"challengeData":11})"), "OUTCOME_UNKNOWN "},
      {"nulls", response(200, R"({"scaStatus":null,"consentId":null,"paymentId":null,"accounts":null,"beneficiaryId":null})"), "OUTCOME_UNKNOWN "},
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
      {"start login", [&] { link_ = {}; server_.then_fixture(201, "consent_created"); }, [&] { return log_in(); }},
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
      {"read beneficiary", [&] { link_plainly(); }, [&] { return describe(run(connector_->read_beneficiary("b", link_))); }},
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
}  // namespace qantara::connectors
