#include "gateway/retention_store.h"

#include <gtest/gtest.h>

#include <map>

#include "db/test_database.h"
#include "events/events.h"
#include "gateway/pruner.h"
#include "migrations/gateway.h"
#include "webhooks/webhook_store.h"

namespace qantara::gateway {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;
using webhooks::DeliveryStatus;

/// A database with an application that two endpoints listen to, and a clock that is moved by hand.
class retention : public testing::Test {
 protected:
  template <class Closure>
  auto write(Closure closure) {
    auto result = database.write(std::move(closure));
    EXPECT_TRUE(result) << result.error().message << ": " << result.error().cause;
    return result;
  }
  /// For what has nothing to tell.
  template <class Closure>
  void apply(Closure closure) {
    (void)write(std::move(closure));
  }

  retention() {
    application = ApplicationId::make(clock, random);
    endpoint = WebhookEndpointId::make(clock, random);
    apply([&](db::Transaction& tx) -> Result<void> {
      RETURN_IF_ERROR(tx.execute(
          "INSERT INTO applications (id, name, mode, created_at) VALUES ($1, 'shop', 'sandbox', 0)", application));
      return webhooks::insert_endpoint(
          tx, {.id = endpoint, .application = application, .url = "https://shop.example/", .created_at = clock.now()},
          "secret");
    });
  }
  std::int64_t count(db::Sql sql) {
    return **write(
        [&](db::Transaction& tx) { return tx.one(sql, [](db::Row& row) { return row.take<std::int64_t>(); }); });
  }

  void publish_others(int count) {
    apply([&](db::Transaction& tx) -> Result<void> {
      for (int i = 0; i < count; ++i) {
        RETURN_IF_ERROR(events.append(tx, {.application = application, .aggregate = Uuid::make(clock, random)},
                                      events::Type::PAYMENT_CREATED, "{}"));
      }
      return {};
    });
  }
  void publish(const Uuid& aggregate) {
    apply([&](db::Transaction& tx) {
      return events.append(tx, {.application = application, .aggregate = aggregate}, events::Type::PAYMENT_CREATED,
                           "{}");
    });
  }
  void fan_out() {
    apply([&](db::Transaction& tx) { return webhooks::fan_out(tx, clock.now(), 1000); });
  }
  /// Ends every delivery that is due.
  void end_deliveries(DeliveryStatus status) {
    apply([&](db::Transaction& tx) -> Result<void> {
      ASSIGN_OR_RETURN(const auto claims,
                       webhooks::claim_deliveries(tx, endpoint, clock.now(), clock.now() + 1min, 1000));
      for (const auto& claim : claims) {
        const webhooks::Attempt attempt{.number = claim.attempts + 1, .started_at = clock.now()};
        RETURN_IF_ERROR(webhooks::record_attempt(tx, claim.delivery, attempt, status, std::nullopt, clock.now()));
      }
      return {};
    });
  }
  Pruned prune(Retention kept = {}) {
    Pruned sum;
    Pruner pruner{*database, clock, real_clock, *timers, kept, [&](const Pruned& pruned) {
                    sum.events += pruned.events;
                    sum.deliveries += pruned.deliveries;
                    sum.dead_letters += pruned.dead_letters;
                    sum.sessions += pruned.sessions;
                  }};
    EXPECT_TRUE(database.run(pruner.run_once()));
    return sum;
  }
  std::int64_t last_sequence(const Uuid& aggregate) {
    const auto story = write([&](db::Transaction& tx) { return events.of_aggregate(tx, aggregate); });
    return story->empty() ? 0 : story->back().sequence.value_or(0);
  }

  db::TestDatabase database{schema::migrations(), schema::postgres_migrations()};
  ManualClock clock{Instant{std::chrono::seconds{1'700'000'000}}};
  ManualClock real_clock{Instant{std::chrono::seconds{1'600'000'000}}};
  SeededRandom random{3};
  std::unique_ptr<Timers> timers = make_system_timers(database.executor(), clock);
  events::Events events{clock, random};
  ApplicationId application;
  WebhookEndpointId endpoint;
};

TEST_F(retention, events_go_with_their_deliveries_and_attempts_when_they_are_old_enough) {
  publish_others(250);
  fan_out();
  end_deliveries(DeliveryStatus::DELIVERED);
  clock.advance(days{60});
  publish_others(10);
  fan_out();
  end_deliveries(DeliveryStatus::DELIVERED);
  EXPECT_EQ(prune().events, 0);
  clock.advance(days{30});
  EXPECT_EQ(prune().events, 0) << "90 days to the microsecond is not older than 90 days";
  clock.advance(1s);
  const Pruned pruned = prune();
  EXPECT_EQ(pruned.events, 250);
  EXPECT_EQ(pruned.deliveries, 250);
  EXPECT_EQ(count("SELECT COUNT(*) FROM events"), 10);
  EXPECT_EQ(count("SELECT COUNT(*) FROM webhook_deliveries"), 10);
  EXPECT_EQ(count("SELECT COUNT(*) FROM webhook_attempts"), 10);
  EXPECT_EQ(prune().events, 0);
  EXPECT_EQ(prune({.events = days{20}}).events, 9) << "never the newest: the next one is numbered behind it";
}

TEST_F(retention, what_an_endpoint_is_still_to_be_told_of_stays) {
  publish(Uuid::make(clock, random));
  fan_out();  // Told, and not ended.
  publish(Uuid::make(clock, random));
  publish(Uuid::make(clock, random));  // Behind the mark.
  clock.advance(days{1000});
  publish(Uuid::make(clock, random));
  EXPECT_EQ(prune().events, 0);
  fan_out();
  end_deliveries(DeliveryStatus::DELIVERED);
  EXPECT_EQ(prune().events, 3);
}

TEST_F(retention, where_nobody_listens_events_go_all_the_same) {
  apply([&](db::Transaction& tx) {
    return webhooks::disable_endpoint(tx, endpoint, webhooks::DisabledReason::GONE, clock.now());
  });
  publish_others(3);
  clock.advance(days{91});
  publish(Uuid::make(clock, random));
  EXPECT_EQ(prune().events, 3);
}

TEST_F(retention, the_numbering_of_an_aggregate_goes_on_behind_what_is_gone) {
  const Uuid source = Uuid::make(clock, random);
  for (int i = 0; i < 3; ++i) publish(source);
  fan_out();
  for (int i = 0; i < 3; ++i) end_deliveries(DeliveryStatus::DELIVERED);
  clock.advance(days{91});
  publish(Uuid::make(clock, random));
  EXPECT_EQ(prune().events, 3);
  publish(source);
  EXPECT_EQ(last_sequence(source), 4);
}

TEST_F(retention, the_numbering_goes_on_behind_what_is_gone_though_something_older_is_still_to_be_told) {
  const Uuid source = Uuid::make(clock, random);
  publish(source);
  fan_out();
  apply([&](db::Transaction& tx) {  // From now on the endpoint is told of something else.
    return tx.execute("INSERT INTO webhook_endpoint_types (endpoint_id, type) VALUES ($1, 'payment.updated')",
                      endpoint);
  });
  publish(source);
  clock.advance(days{91});
  publish(Uuid::make(clock, random));
  fan_out();
  EXPECT_EQ(prune().events, 1);
  publish(source);
  EXPECT_EQ(last_sequence(source), 3);
}

TEST_F(retention, an_intent_that_has_ended_leaves_nothing_behind) {
  const Uuid intent = Uuid::make(clock, random);
  const Uuid open_intent = Uuid::make(clock, random);
  publish(intent);
  publish(open_intent);
  apply([&](db::Transaction& tx) -> Result<void> {
    RETURN_IF_ERROR(
        tx.execute("INSERT INTO customers (id, application_id, app_user_id, created_at) VALUES ($1, $1, 'a', 0) "
                   "ON CONFLICT DO NOTHING",
                   application));
    RETURN_IF_ERROR(
        tx.execute("INSERT INTO destinations (id, application_id, name, display_name, account_sealed, created_at) "
                   "VALUES ($1, $1, 'n', 'n', $1, 0)",
                   application));
    for (const auto& [id, status] :
         std::map<Uuid, std::string>{{intent, "INTENT_EXPIRED"}, {open_intent, "INTENT_CREATED"}}) {
      RETURN_IF_ERROR(tx.execute(
          "INSERT INTO payment_intents (id, application_id, customer_id, destination_id, amount, currency, created_at, "
          "expires_at, status) VALUES ($1, $2, $2, $2, 1, 'AED', 0, 0, $3)",
          id, application, status));
    }
    return {};
  });
  fan_out();
  end_deliveries(DeliveryStatus::DELIVERED);
  clock.advance(days{91});
  publish(Uuid::make(clock, random));
  EXPECT_EQ(prune().events, 2);
  EXPECT_EQ(count("SELECT COUNT(*) FROM event_sequences"), 1);
  publish(open_intent);
  EXPECT_EQ(last_sequence(open_intent), 2);
}

TEST_F(retention, dead_letters_stay_thirty_days_after_they_were_given_up) {
  publish(Uuid::make(clock, random));
  fan_out();
  clock.advance(days{40});  // Paused for long, then given up.
  end_deliveries(DeliveryStatus::DEAD);
  clock.advance(days{30});
  EXPECT_EQ(prune().dead_letters, 0);
  clock.advance(1s);
  EXPECT_EQ(prune().dead_letters, 1);
  EXPECT_EQ(count("SELECT COUNT(*) FROM webhook_attempts"), 0);
  EXPECT_EQ(count("SELECT COUNT(*) FROM events"), 1) << "the event has a time of its own";
}

TEST_F(retention, a_session_goes_by_the_clock_that_it_lives_by) {
  apply([&](db::Transaction& tx) -> Result<void> {
    RETURN_IF_ERROR(tx.execute(
        "INSERT INTO customers (id, application_id, app_user_id, created_at) VALUES ($1, $1, 'a', 0)", application));
    RETURN_IF_ERROR(tx.execute(
        "INSERT INTO link_sessions (id, application_id, customer_id, method, language, step_number, step_kind, step, "
        "created_at, expires_at) VALUES ($1, $1, $1, 'CONNECT', 'en', 1, 'BANKS', '{}', 0, $2)",
        application, real_clock.now() + 15min));
    return {};
  });
  clock.advance(days{400});
  EXPECT_EQ(prune().sessions, 0) << "the payer is there";
  real_clock.advance(days{30} + 15min);
  EXPECT_EQ(prune().sessions, 0);
  real_clock.advance(1s);
  EXPECT_EQ(prune().sessions, 1);
}

TEST_F(retention, the_file_does_not_grow_while_as_much_goes_as_comes) {
  if (database.is_on_server()) GTEST_SKIP() << "there the server's own vacuum sees to it";
  const auto pages = [&] { return count("SELECT page_count FROM pragma_page_count()"); };
  std::int64_t after_a_while = 0;
  for (int day = 0; day < 40; ++day) {
    publish_others(50);
    fan_out();
    end_deliveries(DeliveryStatus::DELIVERED);
    clock.advance(days{1});
    prune({.events = days{5}});
    if (day == 10) after_a_while = pages();
  }
  EXPECT_LE(pages(), after_a_while + after_a_while / 5);
}

}  // namespace
}  // namespace qantara::gateway
