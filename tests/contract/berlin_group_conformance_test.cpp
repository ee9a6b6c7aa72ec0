// The berlin_group connector and the sandbox bank, whole flows. Every flow runs twice: straight, and, where the environment
// names one (QANTARA_PRISM, QANTARA_BANK_SPECS), through a validator of the official file that judges both sides.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "base/uuid.h"
#include "connectors/berlin_group/test_describe.h"
#include "world.h"

namespace qantara::contract {
namespace {

using banking::Answers;
using connectors::berlin_group::describe;
using std::chrono::hours;
using std::chrono::minutes;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

constexpr std::string_view kPaid = "ACCEPTED ACSC [0-9]{16}";
constexpr auto* kSunrise = "AE070331234567890123456";

/// One for each route, made when first needed; a validator takes seconds to start.
std::map<Route, std::unique_ptr<World>>& worlds() {
  static std::map<Route, std::unique_ptr<World>> made;
  return made;
}
class Worlds : public testing::Environment {
  void TearDown() override { worlds().clear(); }
};
const auto* const kWorlds = testing::AddGlobalTestEnvironment(new Worlds);

World& world_of(Route route) {
  auto& world = worlds()[route];
  if (!world) world = std::make_unique<World>(route);
  return *world;
}

/// A payer with a bank login, on one route.
class Flow {
 public:
  explicit Flow(World& world, std::string_view prefix = "") : world_(world), connector_(world.connect(prefix)) {
    order_.request_key = new_key();
    order_.end_to_end_id = Uuid::make(clock_, random_).to_plain_text();
    order_.creditor = {.name = "Sunrise Trading", .iban = kSunrise, .country = "ARE"};
    order_.reference = "INV-2041";
  }

  std::string log_in(std::string_view user, std::string_view password = "sandbox-pass") {
    auto step = world_.run(connector_->submit(
        {{"username", Secret{std::string{user}}}, {"password", Secret{std::string{password}}}}, device_, link_));
    if (step && std::holds_alternative<banking::Linked>(*step)) take(std::get<banking::Linked>(*step));
    return describe(step);
  }
  std::string submit_code(std::string_view code = "1111") {
    auto step = world_.run(connector_->submit({{"otp", Secret{std::string{code}}}}, device_, link_));
    if (step && std::holds_alternative<banking::Linked>(*step)) take(std::get<banking::Linked>(*step));
    return describe(step);
  }
  std::string add_payee() { return describe(world_.run(connector_->add_beneficiary(order_.creditor, device_, link_))); }
  std::string read_payee(const std::string& id) {
    return describe(world_.run(connector_->read_beneficiary(id, link_)));
  }
  std::string begin() { return describe(world_.run(connector_->begin_payment(order_, device_, link_, payment_))); }
  std::string advance() { return describe(world_.run(connector_->advance_payment(order_, device_, payment_))); }
  std::string poll() { return describe(world_.run(connector_->poll_payment(payment_))); }
  std::string pay(std::string_view field, std::string_view value) {
    order_.request_key = new_key();
    const Answers answers{{std::string{field}, Secret{std::string{value}}}};
    return describe(world_.run(connector_->submit_payment(order_, answers, device_, payment_)));
  }

  void link(std::string_view user) { ASSERT_THAT(log_in(user), StartsWith("linked")); }
  void link_with_payee(std::string_view user) {
    link(user);
    const std::string asked = add_payee();
    if (asked.starts_with("added")) return;  // An earlier test has.
    ASSERT_EQ(asked, "BENEFICIARY asks otp");
    ASSERT_THAT(submit_code(), StartsWith("added"));
  }
  void order_and_ask(std::string_view user) {
    link_with_payee(user);
    ASSERT_EQ(begin(), "continue");
    ASSERT_EQ(advance(), "PAYMENT asks otp, irrevocable");
  }

  /// How often the bank has executed this order.
  int executions() {
    const auto ledger = world_.admin(http::Method::GET, "ledger");
    int count = 0;
    for (const auto& transfer : ledger.find("transfers")->items()) {
      if (transfer.text("endToEndIdentification") == order_.end_to_end_id) ++count;
    }
    return count;
  }
  /// The last waiting approval, decided in the bank's app.
  void decide_in_app(std::string_view decision) {
    const auto waiting = world_.admin(http::Method::GET, "approvals");
    const auto& list = waiting.is(json::Kind::ARRAY) ? waiting : *waiting.find("approvals");
    for (const auto& approval : list.items()) {
      if (approval.text("endToEndIdentification") != order_.end_to_end_id) continue;
      world_.admin(http::Method::POST, "approvals/" + std::string{*approval.text("authorisationId")},
                   fmt::format(R"({{"decision":"{}"}})", decision));
      return;
    }
    ADD_FAILURE() << "nothing waits for the app";
  }
  void scenario(std::string_view json) { world_.admin(http::Method::POST, "scenarios", std::string{json}); }

  banking::PaymentOrder& order() { return order_; }

 private:
  void take(const banking::Linked& linked) {
    ASSERT_FALSE(linked.accounts.empty());
    order_.debtor = linked.accounts[0];
  }
  std::string new_key() { return Uuid::make(clock_, random_).to_text(); }

  World& world_;
  SystemClock clock_;
  SystemRandom random_;
  std::unique_ptr<banking::BankConnector> connector_;
  banking::PayerDevice device_{.ip_address = "2001:db8::7", .user_agent = "Browser/1", .language = "en"};
  banking::PaymentOrder order_{.amount = {100'000, *money::Currency::find("AED")}};
  banking::ConnectorState link_;
  banking::ConnectorState payment_;
};

class Conformance : public testing::TestWithParam<Route> {
 protected:
  void SetUp() override {
    if (GetParam() == Route::VALIDATED && !Validator::is_there()) {
      GTEST_SKIP() << "QANTARA_PRISM and QANTARA_BANK_SPECS name no validator and no official files";
    }
    world().admin(http::Method::DELETE, "scenarios");
    for (const auto* user : {"payer-otp", "payer-plain", "payer-lock"}) {
      world().admin(http::Method::POST, fmt::format("users/{}/unlock", user), "{}");
    }
  }
  World& world() { return world_of(GetParam()); }
};

INSTANTIATE_TEST_SUITE_P(straight, Conformance, testing::Values(Route::DIRECT));
INSTANTIATE_TEST_SUITE_P(validated, Conformance, testing::Values(Route::VALIDATED));

TEST_P(Conformance, a_new_payer_links_adds_a_payee_and_pays) {
  Flow flow{world()};
  flow.order().creditor.iban = "SA0380000000608010167519";  // No other test's payee.
  EXPECT_EQ(flow.log_in("payer-plain"), "linked payer-plain with 2 accounts");
  EXPECT_EQ(flow.order().debtor.iban, "AE240260001015528740001");
  EXPECT_EQ(flow.order().debtor.account_number, "1015528740001");
  EXPECT_EQ(flow.order().debtor.owner_name, "Omar Nasser");
  EXPECT_EQ(flow.add_payee(), "BENEFICIARY asks otp");
  EXPECT_EQ(flow.submit_code("0000"), "BENEFICIARY asks otp, wrong, 2 left");
  EXPECT_THAT(flow.submit_code(), MatchesRegex("added [0-9a-f]+ usable"));
  EXPECT_THAT(flow.add_payee(), MatchesRegex("added [0-9a-f]+ usable"));
  EXPECT_EQ(flow.begin(), "continue");
  EXPECT_EQ(flow.poll(), "waiting RCVD ");
  EXPECT_EQ(flow.advance(), "PAYMENT asks otp, irrevocable");
  EXPECT_EQ(flow.advance(), "PAYMENT asks otp, irrevocable");
  EXPECT_EQ(flow.poll(), "waiting RCVD scaMethodSelected");
  EXPECT_EQ(flow.pay("otp", "0000"), "PAYMENT asks otp, irrevocable, wrong, 2 left");
  EXPECT_THAT(flow.pay("otp", "1111"), MatchesRegex(std::string{kPaid}));
  EXPECT_THAT(flow.pay("otp", "1111"), MatchesRegex(std::string{kPaid})) << "the same code again";
  EXPECT_THAT(flow.poll(), MatchesRegex(std::string{kPaid}));
  EXPECT_EQ(flow.executions(), 1);
}

TEST_P(Conformance, a_payer_with_login_codes_waits_for_the_payee_and_types_the_password_again) {
  Flow flow{world()};
  EXPECT_EQ(flow.log_in("payer-otp", "wrong"), "LOGIN asks username+password, wrong, 2 left");
  EXPECT_EQ(flow.log_in("payer-otp"), "LOGIN asks otp");
  EXPECT_EQ(flow.submit_code("0000"), "LOGIN asks otp, wrong, 2 left");
  EXPECT_EQ(flow.submit_code(), "linked payer-otp with 2 accounts");
  EXPECT_EQ(flow.add_payee(), "BENEFICIARY asks otp");
  const std::string added = flow.submit_code();
  ASSERT_THAT(added, MatchesRegex("added [0-9a-f]+ until 20.*Z"));
  const std::string payee = added.substr(6, added.find(' ', 6) - 6);

  world().let_pass(hours{24});
  EXPECT_EQ(flow.read_payee(payee), "added " + payee + " usable");
  EXPECT_EQ(flow.begin(), "continue");
  EXPECT_EQ(flow.advance(), "LOGIN asks password");
  EXPECT_EQ(flow.pay("password", "wrong"), "LOGIN asks password, wrong, 2 left");
  EXPECT_EQ(flow.pay("password", "sandbox-pass"), "PAYMENT asks otp, irrevocable");
  EXPECT_THAT(flow.pay("otp", "1111"), MatchesRegex(std::string{kPaid}));
  EXPECT_EQ(flow.executions(), 1);
}

TEST_P(Conformance, a_session_that_ended_in_between_costs_only_the_password) {
  Flow flow{world()};
  flow.link_with_payee("payer-plain");
  EXPECT_EQ(flow.begin(), "continue");
  world().admin(http::Method::POST, "users/payer-plain/end-sessions", "{}");
  EXPECT_EQ(flow.advance(), "LOGIN asks password");
  EXPECT_EQ(flow.pay("password", "sandbox-pass"), "PAYMENT asks otp, irrevocable");
  EXPECT_EQ(flow.add_payee(), "SESSION_ENDED CONSENT_EXPIRED");
}

TEST_P(Conformance, a_payer_chooses_code_or_app) {
  Flow by_code{world()};
  by_code.link_with_payee("payer-choice");
  EXPECT_EQ(by_code.begin(), "continue");
  EXPECT_EQ(by_code.advance(), "PAYMENT asks method");
  EXPECT_EQ(by_code.pay("method", "sms"), "PAYMENT asks otp, irrevocable");
  EXPECT_THAT(by_code.pay("otp", "1111"), MatchesRegex(std::string{kPaid}));

  Flow by_app{world()};
  by_app.link_with_payee("payer-choice");
  EXPECT_EQ(by_app.begin(), "continue");
  EXPECT_EQ(by_app.advance(), "PAYMENT asks method");
  EXPECT_THAT(by_app.pay("method", "app"), StartsWith("approval: Approve"));
  EXPECT_THAT(by_app.poll(), StartsWith("waiting RCVD "));
  by_app.decide_in_app("approve");
  EXPECT_THAT(by_app.poll(), MatchesRegex(std::string{kPaid}));
  EXPECT_EQ(by_app.executions(), 1);
}

TEST_P(Conformance, a_payer_approves_denies_or_ignores_in_the_app) {
  for (const std::string_view decision : {"approve", "deny", "ignore"}) {
    Flow flow{world()};
    flow.link_with_payee("payer-app");
    EXPECT_EQ(flow.begin(), "continue");
    EXPECT_THAT(flow.advance(), StartsWith("approval: Approve"));
    EXPECT_THAT(flow.advance(), StartsWith("approval: Approve")) << "not asked for twice";
    EXPECT_EQ(flow.poll(), "waiting RCVD started");
    if (decision == "ignore") {
      world().let_pass(minutes{6});
      EXPECT_EQ(flow.poll(), "REJECTED RJCT SESSION_EXPIRED_ON_OTP");
      continue;
    }
    flow.decide_in_app(decision);
    if (decision == "approve") {
      EXPECT_THAT(flow.advance(), MatchesRegex(std::string{kPaid}));
      EXPECT_THAT(flow.poll(), MatchesRegex(std::string{kPaid}));
    } else {
      EXPECT_EQ(flow.poll(), "REJECTED RJCT USER_CANCELLED");
    }
  }
}

TEST_P(Conformance, a_payment_fails_with_the_banks_reason) {
  Flow poor{world()};
  poor.order_and_ask("payer-poor");
  EXPECT_EQ(poor.pay("otp", "1111"), "REJECTED RJCT INSUFFICIENT_BALANCE");
  EXPECT_EQ(poor.executions(), 0);

  Flow stranger{world()};
  stranger.order().creditor.iban = "BH67BMAG00001299123456";
  stranger.link("payer-plain");
  EXPECT_EQ(stranger.begin(), "continue");
  EXPECT_EQ(stranger.advance(), "PAYMENT asks otp, irrevocable");
  EXPECT_EQ(stranger.pay("otp", "1111"), "REJECTED RJCT BENEFICIARY_NOT_FOUND");
}

TEST_P(Conformance, three_wrong_codes_end_a_payment) {
  Flow flow{world()};
  flow.order_and_ask("payer-plain");
  EXPECT_THAT(flow.pay("otp", "0000"), HasSubstr("wrong"));
  EXPECT_THAT(flow.pay("otp", "0001"), HasSubstr("wrong"));
  EXPECT_EQ(flow.pay("otp", "0002"), "refused MFA_ATTEMPTS_EXHAUSTED");
  EXPECT_EQ(flow.poll(), "REJECTED RJCT MFA_ATTEMPTS_EXHAUSTED");
  EXPECT_EQ(flow.pay("otp", "1111"), "refused MFA_ATTEMPTS_EXHAUSTED");
  EXPECT_EQ(flow.advance(), "REJECTED RJCT MFA_ATTEMPTS_EXHAUSTED");
  EXPECT_EQ(flow.executions(), 0);
}

TEST_P(Conformance, a_code_that_comes_too_late_ends_a_payment) {
  Flow flow{world()};
  flow.order_and_ask("payer-plain");
  world().let_pass(minutes{16});
  EXPECT_EQ(flow.pay("otp", "1111"), "refused MFA_ATTEMPTS_EXHAUSTED");
  EXPECT_EQ(flow.poll(), "REJECTED RJCT SESSION_EXPIRED_ON_OTP");
  EXPECT_EQ(flow.executions(), 0);
}

TEST_P(Conformance, three_wrong_passwords_lock_a_user) {
  Flow flow{world()};
  EXPECT_THAT(flow.log_in("payer-lock", "a"), HasSubstr("wrong"));
  EXPECT_THAT(flow.log_in("payer-lock", "b"), HasSubstr("wrong"));
  flow.log_in("payer-lock", "c");
  EXPECT_EQ(flow.log_in("payer-lock"), "refused EU_ACCOUNT_LOCKED");
  EXPECT_THAT(flow.log_in("nobody-we-know"), HasSubstr("wrong"));
}

TEST_P(Conformance, dinars_have_three_decimals) {
  Flow flow{world()};
  flow.link_with_payee("payer-plain");
  flow.order().amount = {10'123, *money::Currency::find("BHD")};
  flow.order().debtor.iban = "AE400260001015528740101";
  EXPECT_EQ(flow.begin(), "continue");
  EXPECT_EQ(flow.advance(), "PAYMENT asks otp, irrevocable");
  EXPECT_THAT(flow.pay("otp", "1111"), MatchesRegex(std::string{kPaid}));
}

TEST_P(Conformance, an_order_the_bank_cannot_understand_is_refused) {
  Flow flow{world()};
  flow.link("payer-plain");
  flow.order().creditor = {.name = "Sunrise Trading", .iban = "AE070331234567890123457"};  // Check digits.
  EXPECT_EQ(flow.begin(), "REFUSED FORMAT_ERROR");
}

/// The guard of the others: without it a validator that lets everything pass would go unnoticed.
TEST_P(Conformance, a_bad_request_does_not_get_past_the_validator) {
  if (GetParam() != Route::VALIDATED) GTEST_SKIP() << "of the validated route only";
  http::ClientRequest request{.method = http::Method::POST, .url = world().url() + "/v1/consents", .body = "{}"};
  request.headers.set("Content-Type", "application/json");
  request.headers.set("X-Request-ID", "no uuid");
  const auto response = world().send_unwatched(std::move(request));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 422) << response->body;
}

// ---- Trouble, straight only: the file does not foresee it ----

class Trouble : public testing::Test {
 protected:
  void SetUp() override { world().admin(http::Method::DELETE, "scenarios"); }
  World& world() { return world_of(Route::DIRECT); }
};

struct TroubleCase {
  std::string_view scenario;
  std::string_view expected;
  std::string_view then;  ///< What poll says.
  int executions;
};

TEST_F(Trouble, an_outcome_nobody_told_is_found_by_asking) {
  constexpr auto kCases = std::to_array<TroubleCase>({
      {R"({"call":"authorise_payment","effect":"answer_lost"})", "OUTCOME_UNKNOWN ", kPaid, 1},
      {R"({"call":"authorise_payment","effect":"answer_cut"})", "OUTCOME_UNKNOWN ", kPaid, 1},
      {R"({"call":"authorise_payment","effect":"status_503_after_effect"})", "OUTCOME_UNKNOWN .*", kPaid, 1},
      {R"({"call":"authorise_payment","effect":"request_lost"})", "OUTCOME_UNKNOWN ", "waiting RCVD scaMethodSelected",
       0},
      {R"({"call":"authorise_payment","effect":"status_503"})", "OUTCOME_UNKNOWN .*", "waiting RCVD scaMethodSelected",
       0},
      {R"({"call":"payment_status","effect":"answer_lost"})", "PENDING  ", kPaid, 1},
      {R"({"call":"payment_status","effect":"status_503"})", "PENDING  ", kPaid, 1},
      {R"({"call":"payment_status","effect":"unknown_status_word"})", "PENDING [^ ]+ .*", kPaid, 1},
      {R"({"call":"authorise_payment","effect":"accepted_without_reference"})", "ACCEPTED ACSC ", "ACCEPTED ACSC ", 1},
      {R"({"call":"authorise_payment","effect":"held","for":"2h"})", "PENDING PDNG ", "PENDING PDNG ", 0},
      {R"({"call":"authorise_payment","effect":"rejected","reason":"AM02"})", "REJECTED RJCT EXCEEDS_DAILY_LIMIT",
       "REJECTED RJCT EXCEEDS_DAILY_LIMIT", 0},
  });
  for (const TroubleCase& c : kCases) {
    SCOPED_TRACE(c.scenario);
    Flow flow{world()};
    flow.order_and_ask("payer-plain");
    flow.scenario(c.scenario);
    EXPECT_THAT(flow.pay("otp", "1111"), MatchesRegex(std::string{c.expected}));
    EXPECT_THAT(flow.poll(), MatchesRegex(std::string{c.then}));
    EXPECT_EQ(flow.executions(), c.executions);
  }
}

TEST_F(Trouble, a_lost_answer_to_anything_before_the_code_costs_only_another_try) {
  Flow flow{world()};
  EXPECT_EQ(flow.log_in("payer-otp"), "LOGIN asks otp");
  flow.scenario(R"({"call":"authorise_consent","effect":"answer_lost"})");
  flow.scenario(R"({"call":"create_beneficiary","effect":"answer_cut"})");
  flow.scenario(R"({"call":"create_payment","effect":"answer_lost"})");
  flow.scenario(R"({"call":"start_payment_authorisation","effect":"answer_lost"})");
  EXPECT_EQ(flow.submit_code(), "OUTCOME_UNKNOWN ");
  EXPECT_EQ(flow.submit_code(), "linked payer-otp with 2 accounts");
  flow.link("payer-plain");
  EXPECT_EQ(flow.add_payee(), "OUTCOME_UNKNOWN ");
  flow.link_with_payee("payer-plain");
  EXPECT_EQ(flow.begin(), "OUTCOME_UNKNOWN ");
  EXPECT_EQ(flow.begin(), "continue");
  EXPECT_EQ(flow.advance(), "OUTCOME_UNKNOWN ");
  EXPECT_EQ(flow.advance(), "PAYMENT asks otp, irrevocable");
  EXPECT_THAT(flow.pay("otp", "1111"), MatchesRegex(std::string{kPaid}));
  EXPECT_EQ(flow.executions(), 1);
}

TEST_F(Trouble, a_choice_whose_answer_was_lost_is_made_again) {
  Flow flow{world()};
  flow.link_with_payee("payer-choice");
  EXPECT_EQ(flow.begin(), "continue");
  EXPECT_EQ(flow.advance(), "PAYMENT asks method");
  flow.scenario(R"({"call":"choose_method","effect":"answer_lost"})");
  EXPECT_EQ(flow.pay("method", "sms"), "OUTCOME_UNKNOWN ");
  EXPECT_EQ(flow.pay("method", "sms"), "PAYMENT asks otp, irrevocable");
  EXPECT_THAT(flow.pay("otp", "1111"), MatchesRegex(std::string{kPaid}));
  EXPECT_EQ(flow.executions(), 1);
}

TEST_F(Trouble, banks_of_other_tempers_are_reached_by_their_prefix) {
  Flow closed{world(), "/maintenance"};
  EXPECT_THAT(closed.log_in("payer-plain"), StartsWith("OUTCOME_UNKNOWN"));
  Flow elsewhere{world(), "/sau"};
  elsewhere.link("payer-plain");
  Flow by_app{world(), "/app"};
  by_app.link_with_payee("payer-plain");
  EXPECT_EQ(by_app.begin(), "continue");
  EXPECT_THAT(by_app.advance(), StartsWith("approval: "));
}

}  // namespace
}  // namespace qantara::contract
