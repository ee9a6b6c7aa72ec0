#include "payment_sources/payment_sources.h"

#include <gtest/gtest.h>

#include "banking/banks.h"
#include "banking/scripted_bank.h"
#include "customers/customers.h"
#include "db/test_database.h"
#include "destinations/destinations.h"
#include "json/json.h"
#include "migrations/gateway.h"
#include "payment_sources/consent_remover.h"
#include "payment_sources/cool_off_timer.h"

namespace qantara::payment_sources {
namespace {

using banking::BeneficiaryAdded;
using banking::CallError;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr auto kBank = "TESTBANK";
constexpr auto kUser = "payer-otp at the bank";
constexpr auto kIban = "AE070331234567890123456";
constexpr auto kDollars = "AE460090000000123456789";
constexpr auto kToken = R"({"consent":"c0ffee-token"})";

class payment_sources : public testing::Test {
 protected:
  payment_sources() {
    auto connector = std::make_unique<banking::ScriptedBank>(*timers);
    bank = connector.get();
    banks.put({.identifier = kBank, .name = "Test Bank"}, std::move(connector));
    application =
        database.write([&](db::Transaction& tx) { return applications.create(tx, {.name = "Shop"}); })->application.id;
    customer =
        database
            .write([&](db::Transaction& tx) { return customers.create(tx, application, {.app_user_id = "user-1"}); })
            ->id;
    destination = make_destination();
  }

  DestinationId make_destination() {
    destinations::NewDestination wanted;
    wanted.name = "Falcon Trading LLC";
    wanted.display_name = "Falcon";
    wanted.iban = "AE260211000000230064016";
    return database.write([&](db::Transaction& tx) { return destinations.create(tx, application, wanted); })->id;
  }

  Connection connection(std::optional<Instant> cool_off_until = std::nullopt) {
    return {.application = application,
            .customer = customer,
            .bank_identifier = kBank,
            .bank_name = "Test Bank",
            .linked = {.bank_user = kUser,
                       .accounts = {{.resource_id = "r1",
                                     .iban = kIban,
                                     .name = "Current",
                                     .owner_name = "Sara Ali",
                                     .currency = "AED"},
                                    {.resource_id = "r2",
                                     .iban = kDollars,
                                     .name = "Dollars",
                                     .owner_name = "Sara Ali",
                                     .currency = "USD"}}},
            .state = {kToken},
            .destination = destination,
            .beneficiary = {.bank_beneficiary_id = "b1", .cool_off_until = cool_off_until}};
  }
  PaymentSource connect(const Connection& what) {
    auto connected = database.write([&](db::Transaction& tx) { return it.connect(tx, what); });
    EXPECT_TRUE(connected) << connected.error().message << connected.error().cause;
    return *std::move(connected);
  }
  PaymentSource get(PaymentSourceId id) {
    return *database.read([&](db::Transaction& tx) { return it.get(tx, application, customer, id); });
  }
  Beneficiary beneficiary_of(PaymentSourceId id) { return get(id).beneficiaries.at(0); }
  std::vector<std::string> story_of(PaymentSourceId id) {
    std::vector<std::string> types;
    for (const auto& event : *database.read([&](db::Transaction& tx) { return events.of_aggregate(tx, id.uuid); }))
      types.push_back(event.type);
    return types;
  }
  std::string last_payload_of(PaymentSourceId id) {
    const auto stored = *database.read([&](db::Transaction& tx) { return events.of_aggregate(tx, id.uuid); });
    return stored.back().body;
  }
  std::optional<Instant> next_due() {
    return *database.read([&](db::Transaction& tx) { return it.next_due(tx); });
  }
  Instant run_timer() { return *database.run(timer.run_once()); }

  ManualClock clock{Instant{seconds{1'700'000'000}}};
  SeededRandom random{1};
  const Vault vault{std::array<std::byte, 32>{}, random};
  db::TestDatabase database{gateway::schema::migrations(), gateway::schema::postgres_migrations()};
  std::unique_ptr<Timers> timers = make_system_timers(database.executor(), clock);
  banking::Banks banks;
  banking::ScriptedBank* bank = nullptr;
  const events::Events events{clock, random};
  const applications::Applications applications{clock, random};
  const customers::Customers customers{clock, random, vault};
  const destinations::Destinations destinations{clock, random, vault, applications};
  const PaymentSources it{clock, random, vault, events};
  CoolOffTimer timer{*database, it, banks, clock, *timers};
  ApplicationId application;
  CustomerId customer;
  DestinationId destination;
};

TEST_F(payment_sources, are_connected_with_their_accounts_and_payee) {
  const auto made = connect(connection());
  const auto source = get(made.id);
  EXPECT_EQ(source.bank_identifier, kBank);
  EXPECT_EQ(source.created_at, clock.now());
  ASSERT_EQ(source.accounts.size(), 2U);
  EXPECT_EQ(source.accounts[0].iban, kIban);
  EXPECT_EQ(source.accounts[0].bank_resource_id, "r1");
  EXPECT_EQ(source.accounts[0].owner_name, "Sara Ali");
  EXPECT_EQ(source.accounts[1].currency, "USD");
  ASSERT_EQ(source.beneficiaries.size(), 1U);
  EXPECT_EQ(source.beneficiaries[0].destination, destination);
  EXPECT_EQ(source.beneficiaries[0].status, BeneficiaryStatus::ACTIVE);
  EXPECT_EQ(source.beneficiaries[0].cool_off_expires_at, std::nullopt);
  EXPECT_EQ(story_of(made.id),
            (std::vector<std::string>{"payment_source.created", "payment_source.beneficiary.created"}));
  EXPECT_EQ(database.read([&](db::Transaction& tx) { return it.connector_state(tx, made.id); })->json, kToken);
  EXPECT_FALSE(next_due());
}

TEST_F(payment_sources, tell_of_their_payee_with_the_status_it_begins_in) {
  const auto source = connect(connection(clock.now() + hours{24}));
  const auto stored = *database.read([&](db::Transaction& tx) { return events.of_aggregate(tx, source.id.uuid); });
  const auto payload = [&](std::size_t i) { return *json::parse(stored.at(i).body)->find("payload"); };
  EXPECT_EQ(payload(0).text("status"), "AWAITING_BENEFICIARY_COOL_OFF");
  EXPECT_EQ(payload(0).text("bank_name"), "Test Bank");
  EXPECT_EQ(payload(1).text("status"), "AWAITING_BENEFICIARY_COOL_OFF");
  EXPECT_EQ(payload(1).text("payment_source_id"), source.id.to_text());
  EXPECT_EQ(payload(1).text("payment_destination_id"), destination.to_text());
}

TEST_F(payment_sources, are_refreshed_when_the_same_user_connects_again) {
  const auto first = connect(connection());
  auto again = connection();
  again.state = {R"({"consent":"a new one"})"};
  again.linked.accounts[0].name = "Renamed";
  again.linked.accounts.push_back({.resource_id = "r3", .account_number = "123456", .currency = "AED"});
  const auto second = connect(again);

  EXPECT_EQ(second.id, first.id);
  ASSERT_EQ(second.accounts.size(), 3U);
  EXPECT_EQ(second.accounts[0].id, first.accounts[0].id) << "an account stays the one it was";
  EXPECT_EQ(second.accounts[0].name, "Renamed");
  EXPECT_EQ(second.accounts[2].account_number, "123456");
  EXPECT_EQ(second.beneficiaries.size(), 1U);
  EXPECT_EQ(database.read([&](db::Transaction& tx) { return it.connector_state(tx, first.id); })->json,
            again.state.json);
  EXPECT_EQ(story_of(first.id),
            (std::vector<std::string>{"payment_source.created", "payment_source.beneficiary.created",
                                      "payment_source.refreshed"}));
}

TEST_F(payment_sources, leave_a_payee_that_is_linked_already_as_it_is) {
  const auto until = clock.now() + hours{24};
  const auto first = connect(connection(until));
  const auto second = connect(connection());  // "usable at once": about a payee that the bank knows from before.
  ASSERT_EQ(second.beneficiaries.size(), 1U);
  EXPECT_EQ(second.beneficiaries[0].id, first.beneficiaries[0].id);
  EXPECT_EQ(second.beneficiaries[0].status, BeneficiaryStatus::AWAITING_BENEFICIARY_COOL_OFF);
  EXPECT_EQ(second.beneficiaries[0].cool_off_expires_at, until);
}

TEST_F(payment_sources, get_a_further_payee_when_the_same_user_connects_for_another_destination) {
  const auto first = connect(connection());
  auto again = connection();
  again.destination = make_destination();
  const auto second = connect(again);
  EXPECT_EQ(second.id, first.id);
  ASSERT_EQ(second.beneficiaries.size(), 2U);
  EXPECT_EQ(second.beneficiaries[1].destination, again.destination);
  EXPECT_EQ(story_of(first.id).back(), "payment_source.beneficiary.created");
}

TEST_F(payment_sources, are_apart_for_each_user_of_the_bank_and_each_customer) {
  const auto first = connect(connection());
  auto of_another_user = connection();
  of_another_user.linked.bank_user = "payer-app at the bank";
  EXPECT_NE(connect(of_another_user).id, first.id);

  auto of_another_customer = connection();
  of_another_customer.customer =
      database.write([&](db::Transaction& tx) { return customers.create(tx, application, {.app_user_id = "user-2"}); })
          ->id;
  const auto other = connect(of_another_customer);
  EXPECT_NE(other.id, first.id);
  EXPECT_NE(other.accounts[0].id, first.accounts[0].id);

  EXPECT_EQ(database.read([&](db::Transaction& tx) { return it.list(tx, application, customer); })->size(), 2U);
  for (const auto& [app, who] :
       {std::pair{application, of_another_customer.customer}, std::pair{ApplicationId{}, customer}}) {
    const auto refused = database.read([&](db::Transaction& tx) { return it.get(tx, app, who, first.id); });
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::UNKNOWN_PAYMENT_SOURCE);
  }
  EXPECT_TRUE(*database.read([&](db::Transaction& tx) { return it.is_bank_user(tx, first.id, kUser); }));
  EXPECT_FALSE(
      *database.read([&](db::Transaction& tx) { return it.is_bank_user(tx, first.id, "payer-app at the bank"); }));
}

TEST_F(payment_sources, take_a_payee_once) {
  const auto source = connect(connection());
  const auto add = [&](DestinationId to) {
    return database.write([&](db::Transaction& tx) {
      return it.add_beneficiary(tx, source, to, {.bank_beneficiary_id = "b2"}, {R"({"new":1})"});
    });
  };
  const auto refused = add(destination);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::BENEFICIARY_ALREADY_EXISTS);
  EXPECT_EQ(database.read([&](db::Transaction& tx) { return it.connector_state(tx, source.id); })->json, kToken)
      << "nothing of it stays";

  const auto other = make_destination();
  ASSERT_TRUE(add(other));
  EXPECT_EQ(get(source.id).beneficiaries.size(), 2U);
  EXPECT_EQ(story_of(source.id).back(), "payment_source.beneficiary.created");
}

TEST_F(payment_sources, hide_accounts_users_and_tokens_in_the_database) {
  connect(connection());
  for (const std::string_view secret : {kIban, kDollars, kUser, "c0ffee-token", "Sara Ali", "Current"}) {
    EXPECT_FALSE(database.holds_in_the_clear(secret)) << secret;
  }
  EXPECT_TRUE(database.holds_in_the_clear(kBank));  // The search does find what is there.
}

// Cool-off

TEST_F(payment_sources, ask_the_bank_when_the_cool_off_should_be_over) {
  const auto until = clock.now() + hours{24};
  const auto source = connect(connection(until));
  EXPECT_EQ(beneficiary_of(source.id).status, BeneficiaryStatus::AWAITING_BENEFICIARY_COOL_OFF);
  EXPECT_EQ(next_due(), until);

  clock.advance(hours{24} - seconds{1});
  run_timer();
  EXPECT_TRUE(bank->calls().empty()) << "too early";

  clock.advance(seconds{1});
  bank->will(BeneficiaryAdded{.bank_beneficiary_id = "b1"});
  run_timer();
  EXPECT_EQ(bank->calls(), (std::vector<std::string>{"read_beneficiary b1"}));
  EXPECT_EQ(bank->heard[0].state, kToken);
  EXPECT_EQ(beneficiary_of(source.id).status, BeneficiaryStatus::ACTIVE);
  EXPECT_EQ(beneficiary_of(source.id).cool_off_expires_at, until) << "kept";
  EXPECT_EQ(story_of(source.id).back(), "payment_source.beneficiary.updated");
  EXPECT_EQ(json::parse(last_payload_of(source.id))->find("payload")->text("status"), "ACTIVE");
  EXPECT_FALSE(next_due());
}

TEST_F(payment_sources, wait_longer_when_the_bank_says_so) {
  const auto source = connect(connection(clock.now() + hours{1}));
  clock.advance(hours{1});
  const auto later = clock.now() + hours{3};
  bank->will(BeneficiaryAdded{.bank_beneficiary_id = "b1", .cool_off_until = later});
  run_timer();
  EXPECT_EQ(beneficiary_of(source.id).status, BeneficiaryStatus::AWAITING_BENEFICIARY_COOL_OFF);
  EXPECT_EQ(beneficiary_of(source.id).cool_off_expires_at, later);
  EXPECT_EQ(next_due(), later);
  EXPECT_EQ(story_of(source.id).back(), "payment_source.beneficiary.checked");
}

TEST_F(payment_sources, believe_the_bank_and_not_the_clock) {
  const auto until = clock.now() + hours{1};
  const auto source = connect(connection(until));
  clock.advance(hours{2});
  // By our clock that is over; the bank says that it is not.
  bank->will(BeneficiaryAdded{.bank_beneficiary_id = "b1", .cool_off_until = until});
  run_timer();
  EXPECT_EQ(beneficiary_of(source.id).status, BeneficiaryStatus::AWAITING_BENEFICIARY_COOL_OFF);
  ASSERT_TRUE(next_due());
  EXPECT_GT(*next_due(), clock.now()) << "the bank is not asked in a circle";
  EXPECT_LE(*next_due(), clock.now() + minutes{1});
}

TEST_F(payment_sources, stay_as_they_are_while_the_bank_does_not_answer) {
  const auto source = connect(connection(clock.now() + hours{1}));
  for (const auto kind : {CallError::Kind::NOT_SENT, CallError::Kind::REFUSED, CallError::Kind::OUTCOME_UNKNOWN,
                          CallError::Kind::THROTTLED, CallError::Kind::MISCONFIGURED, CallError::Kind::SESSION_ENDED}) {
    clock.advance(*next_due() - clock.now());
    bank->will(kind);
    run_timer();
    EXPECT_EQ(beneficiary_of(source.id).status, BeneficiaryStatus::AWAITING_BENEFICIARY_COOL_OFF);
    EXPECT_EQ(story_of(source.id).back(), "payment_source.beneficiary.checked");
    EXPECT_GE(*next_due(), clock.now() + minutes{1});
  }
  clock.advance(*next_due() - clock.now());
  bank->will(BeneficiaryAdded{.bank_beneficiary_id = "b1"});
  run_timer();
  EXPECT_EQ(beneficiary_of(source.id).status, BeneficiaryStatus::ACTIVE);
}

TEST_F(payment_sources, wait_to_be_reconnected_when_the_bank_ends_the_consent) {
  const auto reconnect_id_of = [&](PaymentSourceId id) {
    return (*database.read([&](db::Transaction& tx) { return it.find(tx, id); }))->reconnect_id;
  };
  const auto source = connect(connection(clock.now() + hours{1}));
  EXPECT_FALSE(reconnect_id_of(source.id));
  clock.advance(hours{1});
  bank->will(CallError::Kind::SESSION_ENDED);
  run_timer();
  const auto id = reconnect_id_of(source.id);
  ASSERT_TRUE(id);
  clock.advance(hours{1});
  bank->will(CallError::Kind::SESSION_ENDED);
  run_timer();
  EXPECT_EQ(reconnect_id_of(source.id), id) << "the payer is asked under the first one";

  // A bank that honours the consent after all needs nobody.
  clock.advance(hours{2});
  bank->will(BeneficiaryAdded{.bank_beneficiary_id = "b1"});
  run_timer();
  EXPECT_FALSE(reconnect_id_of(source.id));
}

TEST_F(payment_sources, are_reconnected_by_signing_in_again) {
  const auto wanted = connection(clock.now() + hours{1});
  const auto source = connect(wanted);
  clock.advance(hours{1});
  bank->will(CallError::Kind::SESSION_ENDED);
  run_timer();
  const auto reconnect_id = (*database.read([&](db::Transaction& tx) { return it.find(tx, source.id); }))->reconnect_id;
  ASSERT_TRUE(reconnect_id);
  const auto found = [&](ApplicationId of) {
    return database.read([&](db::Transaction& tx) { return it.of_reconnect_id(tx, of, *reconnect_id); });
  };
  EXPECT_EQ(found(source.application)->id, source.id);
  EXPECT_EQ(found(ApplicationId{}).error().code, ErrorCode::UNKNOWN_PAYMENT_SOURCE) << "another application's";

  ASSERT_TRUE(database.write(
      [&](db::Transaction& tx) { return it.reconnect(tx, source.id, wanted.linked, {R"({"consent":"new"})"}); }));
  EXPECT_EQ(found(source.application).error().code, ErrorCode::UNKNOWN_PAYMENT_SOURCE) << "once";
  EXPECT_EQ(database.read([&](db::Transaction& tx) { return it.connector_state(tx, source.id); })->json,
            R"({"consent":"new"})");
  bank->will(BeneficiaryAdded{.bank_beneficiary_id = "b1"});
  run_timer();
  EXPECT_EQ(beneficiary_of(source.id).status, BeneficiaryStatus::ACTIVE) << "the bank is asked at once";
}

TEST_F(payment_sources, are_never_left_active_for_anything_else) {
  const auto source = connect(connection());
  const auto id = beneficiary_of(source.id).id;
  ASSERT_TRUE(database.write([&](db::Transaction& tx) {
    return it.cool_off_answered(tx, id, {.bank_beneficiary_id = "b1", .cool_off_until = clock.now() + hours{1}});
  }));
  ASSERT_TRUE(
      database.write([&](db::Transaction& tx) { return it.postpone_check(tx, id, clock.now() + hours{1}, "late"); }));
  ASSERT_TRUE(
      database.write([&](db::Transaction& tx) { return it.cool_off_answered(tx, id, {.bank_beneficiary_id = "b1"}); }));
  EXPECT_EQ(beneficiary_of(source.id).status, BeneficiaryStatus::ACTIVE);
  EXPECT_FALSE(next_due());
  EXPECT_EQ(story_of(source.id).size(), 2U) << "and nothing is told of it";
}

TEST_F(payment_sources, need_no_answer_of_a_bank_that_keeps_no_list) {
  bank->can.beneficiaries = false;
  auto unlisted = connection(clock.now() + hours{1});
  unlisted.beneficiary.bank_beneficiary_id.clear();
  const auto source = connect(unlisted);
  clock.advance(hours{1});
  run_timer();
  EXPECT_TRUE(bank->calls().empty());
  EXPECT_EQ(beneficiary_of(source.id).status, BeneficiaryStatus::ACTIVE);
}

TEST_F(payment_sources, are_looked_at_when_the_timer_is_woken) {
  const auto source = connect(connection(clock.now() + hours{24}));
  database.start(timer.run());
  bank->will(BeneficiaryAdded{.bank_beneficiary_id = "b1"});
  clock.advance(hours{24});
  timer.wake();
  EXPECT_TRUE(database.until([&] { return beneficiary_of(source.id).status == BeneficiaryStatus::ACTIVE; }));
  timer.stop();
  EXPECT_TRUE(database.until([&] { return database.is_idle(); }));
}

TEST_F(payment_sources, are_removed_and_their_bank_is_told_until_it_has_heard) {
  const auto source = *database.write([&](db::Transaction& tx) { return it.connect(tx, connection()); });
  const auto remove = [&] {
    return database.write([&](db::Transaction& tx) {
      return it.remove(tx, application, customer, source.id, RemovalReason::USER_REQUESTED);
    });
  };
  ASSERT_TRUE(remove());
  EXPECT_EQ(remove().error().code, ErrorCode::UNKNOWN_PAYMENT_SOURCE);
  EXPECT_TRUE(database.read([&](db::Transaction& tx) { return it.list(tx, application, customer); })->empty());
  EXPECT_FALSE(*database.read([&](db::Transaction& tx) { return it.find(tx, source.id); }));
  const auto story = *database.read([&](db::Transaction& tx) { return events.of_aggregate(tx, source.id.uuid); });
  EXPECT_EQ(story.back().type, "payment_source.deleted");
  const auto another = make_destination();
  EXPECT_FALSE(database.write([&](db::Transaction& tx) { return it.add_beneficiary(tx, source, another, {}, {}); }));

  ConsentRemover remover{*database, it, banks, clock, *timers};
  bank->will(banking::CallError::Kind::NOT_SENT);
  EXPECT_EQ(*database.run(remover.run_once()), clock.now() + minutes{1});
  clock.advance(minutes{1});
  bank->will(banking::StillWaiting{});
  ASSERT_TRUE(database.run(remover.run_once()));
  EXPECT_EQ(bank->calls(), (std::vector<std::string>{"end_link", "end_link"}));
  EXPECT_EQ(bank->heard.back().state, kToken);
  clock.advance(hours{48});
  ASSERT_TRUE(database.run(remover.run_once()));
  EXPECT_EQ(bank->heard.size(), 2U) << "the consent has ended";

  const auto again = database.write([&](db::Transaction& tx) { return it.connect(tx, connection()); });
  ASSERT_TRUE(again);
  EXPECT_NE(again->id, source.id);
}

}  // namespace
}  // namespace qantara::payment_sources
