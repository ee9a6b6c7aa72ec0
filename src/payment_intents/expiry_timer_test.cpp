#include "payment_intents/expiry_timer.h"

#include <gtest/gtest.h>

#include "db/test_database.h"
#include "migrations/gateway.h"

namespace qantara::payment_intents {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

class expiry_timer : public testing::Test {
 protected:
  expiry_timer() {
    application =
        database.write([&](db::Transaction& tx) { return applications.create(tx, {.name = "Shop"}); })->application.id;
    destinations::NewDestination payee;
    payee.name = "Falcon Trading LLC";
    payee.display_name = "Falcon";
    payee.iban = "AE260211000000230064016";
    EXPECT_TRUE(database.write([&](db::Transaction& tx) { return destinations.create(tx, application, payee); }));
    customer =
        database
            .write([&](db::Transaction& tx) { return customers.create(tx, application, {.app_user_id = "user-1"}); })
            ->id;
  }

  IntentId make_intent() {
    const NewPaymentIntent wanted{.customer = customer, .amount = "100.00", .currency = "AED"};
    return database.write([&](db::Transaction& tx) { return intents.create(tx, application, wanted); })->intent.id;
  }
  IntentStatus status(IntentId id) {
    return database.read([&](db::Transaction& tx) { return intents.get(tx, application, id); })->status;
  }
  Instant round() { return *database.run(it.run_once()); }

  ManualClock clock{Instant{std::chrono::seconds{1'700'000'000}}};
  SeededRandom random{1};
  const Vault vault{std::array<std::byte, 32>{}, random};
  db::TestDatabase database{gateway::schema::migrations(), gateway::schema::postgres_migrations()};
  std::unique_ptr<Timers> timers = make_system_timers(database.executor(), clock);
  const events::Events events{clock, random};
  const applications::Applications applications{clock, random};
  const customers::Customers customers{clock, random, vault};
  const destinations::Destinations destinations{clock, random, vault, applications};
  const PaymentIntents intents{clock, random, events, customers, destinations, Rules::defaults()};
  ExpiryTimer it{*database, intents, clock, *timers};
  ApplicationId application;
  CustomerId customer;
};

TEST_F(expiry_timer, ends_what_is_due_and_nothing_before) {
  const auto first = make_intent();
  clock.advance(hours{1});
  const auto second = make_intent();
  clock.advance(hours{23} - minutes{1});
  round();
  EXPECT_EQ(status(first), IntentStatus::INTENT_CREATED);
  clock.advance(minutes{1});
  round();
  EXPECT_EQ(status(first), IntentStatus::INTENT_EXPIRED);
  EXPECT_EQ(status(second), IntentStatus::INTENT_CREATED);
  const auto story = *database.read([&](db::Transaction& tx) { return events.of_aggregate(tx, first.uuid); });
  EXPECT_EQ(story.back().type, "payment_intent.expired");
}

TEST_F(expiry_timer, looks_again_when_the_next_is_due_and_at_least_every_five_minutes) {
  EXPECT_EQ(round(), clock.now() + minutes{5});
  make_intent();
  EXPECT_EQ(round(), clock.now() + minutes{5});
  clock.advance(hours{24} - minutes{2});
  EXPECT_EQ(round(), clock.now() + minutes{2});
  clock.advance(minutes{2});
  EXPECT_EQ(round(), clock.now() + minutes{5});
}

TEST_F(expiry_timer, ends_in_one_round_what_became_due_while_nobody_looked) {
  std::vector<IntentId> made;
  for (int i = 0; i < 250; ++i) made.push_back(make_intent());
  clock.advance(hours{48});
  round();
  for (const auto id : made) EXPECT_EQ(status(id), IntentStatus::INTENT_EXPIRED);
}

TEST_F(expiry_timer, leaves_alone_what_was_used_or_cancelled) {
  const auto used = make_intent();
  const auto cancelled = make_intent();
  ASSERT_TRUE(database.write([&](db::Transaction& tx) -> Result<void> {
    ASSIGN_OR_RETURN(const auto intent, intents.get(tx, application, used));
    RETURN_IF_ERROR(intents.use(tx, intent));
    RETURN_IF_ERROR(intents.cancel(tx, application, cancelled));
    return {};
  }));
  clock.advance(hours{24});
  round();
  EXPECT_EQ(status(used), IntentStatus::INTENT_USED);
  EXPECT_EQ(status(cancelled), IntentStatus::INTENT_CANCELLED);
}

}  // namespace
}  // namespace qantara::payment_intents
