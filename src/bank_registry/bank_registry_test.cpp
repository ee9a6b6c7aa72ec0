// What an operator does to banks, what a silent bank does to itself, and who is told.
#include "bank_registry/bank_registry.h"

#include <gtest/gtest.h>

#include "bank_registry/bank_watch.h"
#include "banking/bank_settings.h"
#include "base/random.h"
#include "db/test_database.h"
#include "migrations/gateway.h"

namespace qantara::bank_registry {
namespace {

using banking::CallError;
using banking::Health;
using std::chrono::seconds;

/// A bank that answers knocks as it is told.
class Knocked final : public banking::BankConnector {
 public:
  std::optional<CallError> trouble;
  int knocks = 0;

  Task<banking::BankResult<void>> knock() override {
    ++knocks;
    if (trouble) co_return std::unexpected{*trouble};
    co_return banking::BankResult<void>{};
  }
  banking::Capabilities capabilities() const override { return {}; }
  banking::NeedFields begin_link() const override { return {.stage = banking::Stage::LOGIN}; }
  Task<banking::BankResult<banking::Step>> submit(const banking::Answers&, const banking::PayerDevice&,
                                                  banking::ConnectorState&) override {
    return nothing();
  }
  Task<banking::BankResult<banking::Step>> add_beneficiary(const banking::Creditor&, const banking::PayerDevice&,
                                                           banking::ConnectorState&) override {
    return nothing();
  }
  Task<banking::BankResult<banking::BeneficiaryAdded>> read_beneficiary(const std::string&,
                                                                        banking::ConnectorState&) override {
    co_return std::unexpected{CallError{}};
  }
  Task<banking::BankResult<void>> end_link(banking::ConnectorState&) override { co_return banking::BankResult<void>{}; }
  Task<banking::BankResult<banking::Step>> begin_payment(const banking::PaymentOrder&, const banking::PayerDevice&,
                                                         const banking::ConnectorState&,
                                                         banking::ConnectorState&) override {
    return nothing();
  }
  Task<banking::BankResult<banking::Step>> advance_payment(const banking::PaymentOrder&, const banking::PayerDevice&,
                                                           banking::ConnectorState&) override {
    return nothing();
  }
  Task<banking::BankResult<banking::Step>> submit_payment(const banking::PaymentOrder&, const banking::Answers&,
                                                          const banking::PayerDevice&,
                                                          banking::ConnectorState&) override {
    return nothing();
  }
  Task<banking::BankResult<banking::Step>> poll_payment(banking::ConnectorState&) override { return nothing(); }

 private:
  static Task<banking::BankResult<banking::Step>> nothing() { co_return std::unexpected{CallError{}}; }
};

class bank_registry : public testing::Test {
 protected:
  bank_registry() {
    shop =
        database.write([&](db::Transaction& tx) { return applications.create(tx, {.name = "shop"}); })->application.id;
  }

  Result<RegisteredBank> add(std::string_view more = "") {
    return database.run(registry.add(
        *json::parse(R"({"identifier":"HOME_UAE","name":"Home Bank","country":"ARE","standard":"berlin_group",)"
                     R"("base_url":"https://home.example","products":{"AED":"instant"})" +
                     std::string{more} + "}")));
  }

  /// "HOME_UAE active enabled 1": each availability event of the shop, with its sequence.
  std::vector<std::string> told() {
    const auto page =
        *database.read([&](db::Transaction& tx) { return events.list_after(tx, shop, {}, std::nullopt, 100); });
    std::vector<std::string> lines;
    for (const auto& event : page) {
      const auto body = *json::parse(event.body);
      const auto& payload = *body.find("payload");
      const auto& availability = *payload.find("availability");
      const auto says = [&](std::string_view name) { return availability.find(name)->find("payments")->boolean(); };
      lines.push_back(std::string{*payload.text("identifier")} + (says("active") ? " active" : " inactive") +
                      (says("enabled") ? " enabled " : " disabled ") + std::to_string(*event.sequence));
    }
    return lines;
  }

  /// One round of the watch. Result: when the next is due.
  Instant round() {
    const Instant next = database.run(watch.run_once());
    EXPECT_TRUE(database.until([&] { return database.is_idle(); }));
    return next;
  }

  void fail(int times) {
    const CallError silence{.kind = CallError::Kind::NOT_SENT};
    for (int i = 0; i < times; ++i) watch.heard("HOME_UAE", &silence);
  }

  ManualClock clock{Instant{seconds{1'700'000'000}}};
  SeededRandom random{1};
  db::TestDatabase database{gateway::schema::migrations(), gateway::schema::postgres_migrations()};
  std::unique_ptr<Timers> timers = make_system_timers(database.executor(), clock);
  events::Events events{clock, random};
  applications::Applications applications{clock, random};
  banking::Banks banks;
  std::shared_ptr<Knocked> connector = std::make_shared<Knocked>();
  BankRegistry registry{*database,
                        clock,
                        events,
                        applications,
                        banks,
                        [this](const banking::Bank&) -> Result<std::shared_ptr<banking::BankConnector>> {
                          return std::shared_ptr<banking::BankConnector>{connector};
                        }};
  BankWatch watch{database.leading(), registry, banks, clock, *timers};
  ApplicationId shop;
};

TEST_F(bank_registry, has_an_added_bank_at_once_and_after_a_restart) {
  ASSERT_TRUE(add());
  EXPECT_TRUE(banks.find("HOME_UAE")->active);
  EXPECT_EQ(told(), std::vector<std::string>{"HOME_UAE active enabled 1"});
  EXPECT_EQ(add().error().fields.front().field, "identifier") << "taken";

  banking::Banks after_restart;
  BankRegistry again{
      *database,     clock,
      events,        applications,
      after_restart, [&](const banking::Bank&) {
                       return Result<std::shared_ptr<banking::BankConnector>>{connector}; }};
  ASSERT_TRUE(database.run(again.open({{.identifier = "FIRST"}})));
  ASSERT_EQ(after_restart.all().size(), 2U);
  EXPECT_EQ(after_restart.all().back()->product_by_currency.at("AED"), "instant");
}

TEST_F(bank_registry, takes_over_what_another_gateway_has_changed) {
  banking::Banks theirs;
  int connectors_made = 0;
  BankRegistry other{*database, clock, events, applications, theirs, [&](const banking::Bank&) {
                       ++connectors_made;
                       return Result<std::shared_ptr<banking::BankConnector>>{connector};
                     }};
  ASSERT_TRUE(database.run(other.open({{.identifier = "FIRST"}})));
  ASSERT_TRUE(add());
  EXPECT_EQ(theirs.find("HOME_UAE"), nullptr);
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(database.run(other.refresh()));
  ASSERT_TRUE(theirs.find("HOME_UAE"));
  EXPECT_EQ(connectors_made, 2) << "of what is as it was, none is made anew";

  ASSERT_TRUE(database.run(registry.set_switch("HOME_UAE", Switch::OFF)));
  ASSERT_TRUE(database.run(other.refresh()));
  EXPECT_FALSE(theirs.find("HOME_UAE")->active);

  ASSERT_TRUE(database.run(registry.remove("HOME_UAE")));
  ASSERT_TRUE(add(R"(,"reference_length":12)"));
  ASSERT_TRUE(database.run(other.refresh()));
  EXPECT_EQ(theirs.find("HOME_UAE")->reference_length, 12U) << "it was added again, otherwise";
  EXPECT_TRUE(theirs.find("HOME_UAE")->active);

  ASSERT_TRUE(database.run(registry.remove("HOME_UAE")));
  ASSERT_TRUE(database.run(other.refresh()));
  EXPECT_EQ(theirs.all().size(), 1U);
}

TEST_F(bank_registry, keeps_a_bank_alive_for_whoever_still_works_with_it) {
  ASSERT_TRUE(add());
  const auto held = banks.connector("HOME_UAE");
  ASSERT_TRUE(database.run(registry.remove("HOME_UAE")));
  EXPECT_EQ(banks.find("HOME_UAE"), nullptr);
  EXPECT_TRUE(database.run(held->knock()));
  EXPECT_FALSE(database.run(banks.connector("HOME_UAE")->knock())) << "nobody is there any more";
  EXPECT_EQ(told().back(), "HOME_UAE inactive enabled 2");
  ASSERT_TRUE(add());
  EXPECT_TRUE(banks.find("HOME_UAE")->active);
}

TEST_F(bank_registry, leaves_configured_banks_where_they_are) {
  ASSERT_TRUE(database.run(registry.open({{.identifier = "HOME_UAE"}})));
  EXPECT_FALSE(database.run(registry.remove("HOME_UAE")));
  EXPECT_FALSE(add());
  EXPECT_EQ(database.run(registry.remove("OTHER")).error().code, ErrorCode::UNKNOWN_BANK);
}

TEST_F(bank_registry, tells_of_a_switch_once) {
  ASSERT_TRUE(add());
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(database.run(registry.set_switch("HOME_UAE", Switch::OFF)));
  EXPECT_FALSE(banks.find("HOME_UAE")->active);
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(database.run(registry.set_application_switch(shop, "HOME_UAE", Switch::OFF)));
  ASSERT_TRUE(database.run(registry.set_switch("HOME_UAE", Switch::ON)));
  ASSERT_TRUE(database.run(registry.set_application_switch(shop, "HOME_UAE", Switch::ON)));
  EXPECT_EQ(told(), (std::vector<std::string>{"HOME_UAE active enabled 1", "HOME_UAE inactive enabled 2",
                                              "HOME_UAE inactive disabled 3", "HOME_UAE active disabled 4",
                                              "HOME_UAE active enabled 5"}));
}

TEST_F(bank_registry, takes_a_bank_out_of_use_that_stays_silent_and_back_when_it_answers) {
  ASSERT_TRUE(add());
  connector->trouble = CallError{.kind = CallError::Kind::NOT_SENT};
  fail(1);
  round();
  EXPECT_EQ(connector->knocks, 0) << "a knock comes a second later";
  for (int i = 0; i < 4; ++i) {
    clock.advance(seconds{2});
    round();
  }
  EXPECT_FALSE(banks.find("HOME_UAE")->active);
  EXPECT_EQ(told().back(), "HOME_UAE inactive enabled 2");

  connector->trouble.reset();
  clock.advance(seconds{15});
  round();
  EXPECT_TRUE(banks.find("HOME_UAE")->active);
  EXPECT_EQ(told().back(), "HOME_UAE active enabled 3");
  const auto knocks = connector->knocks;
  clock.advance(seconds{60});
  EXPECT_EQ(round(), Instant::max());
  EXPECT_EQ(connector->knocks, knocks) << "a bank that is well is left alone";
}

TEST_F(bank_registry, does_not_believe_a_burst_of_failures_while_the_bank_answers_a_knock) {
  ASSERT_TRUE(add());
  fail(50);
  clock.advance(seconds{10});
  round();
  EXPECT_TRUE(banks.find("HOME_UAE")->active);
  EXPECT_EQ(told().size(), 1U);
}

TEST_F(bank_registry, believes_a_bank_that_says_when_it_will_be_back) {
  ASSERT_TRUE(add());
  connector->trouble = CallError{.kind = CallError::Kind::OUTCOME_UNKNOWN, .retry_after = seconds{600}};
  fail(1);
  clock.advance(seconds{1});
  const auto back_at = clock.now() + seconds{600};
  round();
  EXPECT_FALSE(banks.find("HOME_UAE")->active);
  EXPECT_EQ(banks.find("HOME_UAE")->back_at, back_at);
  clock.advance(seconds{30});
  round();
  EXPECT_EQ(banks.find("HOME_UAE")->back_at, back_at) << "its first word stands";
  const CallError refusal{.kind = CallError::Kind::REFUSED};
  watch.heard("HOME_UAE", &refusal);
  round();
  EXPECT_TRUE(banks.find("HOME_UAE")->active) << "a refusal is an answer";
  EXPECT_FALSE(banks.find("HOME_UAE")->back_at);
}

TEST_F(bank_registry, does_not_switch_on_what_the_operator_has_switched_off) {
  ASSERT_TRUE(add());
  ASSERT_TRUE(database.run(registry.set_switch("HOME_UAE", Switch::OFF)));
  watch.suspect("HOME_UAE");
  round();
  EXPECT_EQ(connector->knocks, 1);
  EXPECT_FALSE(banks.find("HOME_UAE")->active);
}

TEST_F(bank_registry, tells_of_a_bank_where_no_money_moves_in_sandboxes_only) {
  const auto live = database.write(
      [&](db::Transaction& tx) { return applications.create(tx, {.name = "live", .mode = applications::Mode::LIVE}); });
  ASSERT_TRUE(live) << live.error().message;
  ASSERT_TRUE(add(R"(,"mock":true)"));
  EXPECT_EQ(told().size(), 1U);
  shop = live->application.id;
  EXPECT_EQ(told().size(), 0U);
  const auto switched = database.run(registry.set_application_switch(shop, "HOME_UAE", Switch::OFF));
  EXPECT_EQ(switched.error().code, ErrorCode::UNKNOWN_BANK) << "as if there were none";
}

}  // namespace
}  // namespace qantara::bank_registry
