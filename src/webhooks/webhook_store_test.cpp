#include "webhooks/webhook_store.h"

#include <gtest/gtest.h>

#include "webhooks/test_support.h"

namespace qantara::webhooks {

Result<void> insert_application(db::Transaction& tx, ApplicationId id) {
  RETURN_IF_ERROR(
      tx.execute("INSERT INTO applications (id, name, mode, created_at) VALUES ($1, 'shop', 'sandbox', 0)", id));
  return {};
}

Result<void> make_live(db::Transaction& tx, ApplicationId id) {
  RETURN_IF_ERROR(tx.execute("UPDATE applications SET mode = 'live' WHERE id = $1", id));
  return {};
}

Result<std::optional<std::string>> select_fan_out_mark(db::Transaction& tx) {
  return tx.one("SELECT value FROM settings WHERE name = 'fanned_out'",
                [](db::Row& row) { return row.take<std::string>(); });
}

namespace {

using std::chrono::minutes;

class webhook_store : public testing::Test {
 protected:
  FanOut fan_out_next(int limit = 100) {
    return *stage.write([&](db::Transaction& tx) { return fan_out(tx, stage.clock.now(), limit); });
  }
  std::vector<Claim> claim(WebhookEndpointId endpoint, int limit = 100) {
    return *stage.write([&](db::Transaction& tx) {
      return claim_deliveries(tx, endpoint, stage.clock.now(), stage.clock.now() + minutes{1}, limit);
    });
  }
  std::vector<WebhookEndpointId> receivers() {
    const auto found = *stage.write([&](db::Transaction& tx) { return select_receivers(tx, stage.clock.now()); });
    std::vector<WebhookEndpointId> ids;
    for (const auto& receiver : found) ids.push_back(receiver.id);
    return ids;
  }
  void record(const Claim& claimed, DeliveryStatus status, std::optional<Instant> next = std::nullopt) {
    const Attempt attempt{.number = claimed.attempts + 1, .started_at = stage.clock.now()};
    ASSERT_TRUE(stage.write([&](db::Transaction& tx) {
      return record_attempt(tx, claimed.delivery, attempt, status, next, stage.clock.now());
    }));
  }

  Stage stage;
};

TEST_F(webhook_store, reads_and_writes_nothing_where_nobody_listens) {
  stage.publish(stage.make_aggregate());
  EXPECT_EQ(fan_out_next(1), FanOut::DONE);
  EXPECT_FALSE(*stage.write([&](db::Transaction& tx) { return select_fan_out_mark(tx); }));
}

TEST_F(webhook_store, fans_each_event_out_once_in_bounded_bites) {
  const auto endpoint = stage.create(kShop).endpoint.id;
  for (int i = 0; i < 5; ++i) stage.publish(stage.make_aggregate());
  EXPECT_EQ(fan_out_next(3), FanOut::MORE);
  EXPECT_EQ(stage.deliveries(endpoint).size(), 3U);
  EXPECT_EQ(fan_out_next(3), FanOut::DONE);
  EXPECT_EQ(fan_out_next(3), FanOut::DONE);
  EXPECT_EQ(stage.deliveries(endpoint).size(), 5U);
}

TEST_F(webhook_store, tells_an_endpoint_only_of_public_events_of_its_application_after_it_was_made) {
  stage.publish(stage.make_aggregate());
  const auto endpoint = stage.create(kShop).endpoint.id;
  stage.publish(stage.make_aggregate(), events::Type::PAYMENT_STARTED);
  stage.publish({.application = stage.make_application(), .aggregate = stage.make_aggregate()});
  stage.publish(stage.make_aggregate(), events::Type::PAYMENT_INTENT_CREATED);
  fan_out_next();
  const auto deliveries = stage.deliveries(endpoint);
  ASSERT_EQ(deliveries.size(), 1U);
  EXPECT_EQ(deliveries[0].event_type, "payment_intent.created");
}

TEST_F(webhook_store, tells_a_new_endpoint_nothing_of_what_was_not_fanned_out_yet) {
  const auto first = stage.create(kShop).endpoint.id;
  stage.publish(stage.make_aggregate());
  const auto second = stage.create("https://second.example/").endpoint.id;
  fan_out_next();
  EXPECT_EQ(stage.deliveries(first).size(), 1U);
  EXPECT_EQ(stage.deliveries(second).size(), 0U);
}

TEST_F(webhook_store, tells_an_endpoint_of_the_types_it_listens_to) {
  const auto some = stage.create(kShop, {"payment.created", "payment.updated"}).endpoint.id;
  const auto all = stage.create(kOther).endpoint.id;
  const auto payment = stage.make_aggregate();
  for (const auto type : {events::Type::PAYMENT_INTENT_CREATED, events::Type::PAYMENT_CREATED,
                          events::Type::PAYMENT_UPDATED, events::Type::BENEFICIARY_CREATED}) {
    stage.publish(payment, type);
  }
  fan_out_next();
  EXPECT_EQ(stage.deliveries(all).size(), 4U);
  const auto deliveries = stage.deliveries(some);
  ASSERT_EQ(deliveries.size(), 2U);
  EXPECT_EQ(deliveries[0].event_type, "payment.created");
  EXPECT_TRUE(deliveries[0].next_attempt_at);  // What is not for it does not hold the line.
  EXPECT_EQ(deliveries[1].event_type, "payment.updated");
  EXPECT_FALSE(deliveries[1].next_attempt_at);
}

TEST_F(webhook_store, failures_count_from_the_first_until_a_success_or_a_silence) {
  const auto id = stage.create(kShop).endpoint.id;
  const Instant start = stage.clock.now();
  const auto fail = [&] {
    return *stage.write([&](db::Transaction& tx) { return note_failure(tx, id, stage.clock.now(), minutes{60}); });
  };
  EXPECT_EQ(fail(), start);
  stage.clock.advance(minutes{60});
  EXPECT_EQ(fail(), start);
  EXPECT_EQ(stage.endpoint(id).failing_since, start);
  stage.clock.advance(minutes{61});
  EXPECT_EQ(fail(), stage.clock.now());

  ASSERT_TRUE(stage.write([&](db::Transaction& tx) { return clear_failures(tx, id); }));
  EXPECT_FALSE(stage.endpoint(id).failing_since);
  stage.clock.advance(minutes{1});
  EXPECT_EQ(fail(), stage.clock.now());

  ASSERT_TRUE(
      stage.write([&](db::Transaction& tx) { return stage.webhooks.pause_endpoint(tx, stage.application, id); }));
  EXPECT_FALSE(fail());
}

TEST_F(webhook_store, only_the_first_of_a_line_is_due) {
  const auto endpoint = stage.create(kShop).endpoint.id;
  const auto payment = stage.make_aggregate();
  stage.publish(payment);
  fan_out_next();
  stage.publish(payment);
  stage.publish(payment);
  stage.publish(stage.make_aggregate());
  fan_out_next();

  const auto first = claim(endpoint);
  ASSERT_EQ(first.size(), 2U);  // One of each aggregate.
  EXPECT_EQ(claim(endpoint).size(), 0U);
  record(first[0], DeliveryStatus::DELIVERED);
  const auto second = claim(endpoint);
  ASSERT_EQ(second.size(), 1U);
  EXPECT_EQ(second[0].delivery, first[0].delivery + 1);

  record(second[0], DeliveryStatus::PENDING, stage.clock.now() + minutes{1});
  EXPECT_EQ(claim(endpoint).size(), 0U);
  stage.clock.advance(minutes{1});
  EXPECT_EQ(claim(endpoint).front().delivery, second[0].delivery);
}

TEST_F(webhook_store, only_the_first_of_a_line_is_due_when_all_came_at_once) {
  const auto endpoint = stage.create(kShop).endpoint.id;
  const auto payment = stage.make_aggregate();
  for (int i = 0; i < 3; ++i) stage.publish(payment);
  fan_out_next();
  const auto first = claim(endpoint);
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].delivery, stage.deliveries(endpoint).front().id);
}

TEST_F(webhook_store, what_was_claimed_comes_back_when_the_lease_ends) {
  const auto endpoint = stage.create(kShop).endpoint.id;
  stage.publish(stage.make_aggregate());
  fan_out_next();
  const auto claimed = claim(endpoint);
  ASSERT_EQ(claimed.size(), 1U);

  stage.clock.advance(minutes{1} - Duration{1});
  EXPECT_TRUE(receivers().empty());
  EXPECT_TRUE(claim(endpoint).empty());
  stage.clock.advance(Duration{1});
  EXPECT_EQ(receivers(), std::vector{endpoint});
  const auto again = claim(endpoint);
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].event, claimed[0].event);
  EXPECT_EQ(again[0].body, claimed[0].body);
  EXPECT_EQ(again[0].first_attempt_at, claimed[0].first_attempt_at);
}

TEST_F(webhook_store, ending_the_leases_makes_due_what_was_claimed_and_nothing_else) {
  const auto endpoint = stage.create(kShop).endpoint.id;
  for (int i = 0; i < 3; ++i) stage.publish(stage.make_aggregate());
  fan_out_next();
  const auto claimed = claim(endpoint);
  ASSERT_EQ(claimed.size(), 3U);
  record(claimed[0], DeliveryStatus::PENDING, stage.clock.now() + minutes{5});
  record(claimed[1], DeliveryStatus::DELIVERED);

  EXPECT_EQ(*stage.write([&](db::Transaction& tx) { return end_leases(tx, stage.clock.now()); }), 1);
  const auto again = claim(endpoint);
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].delivery, claimed[2].delivery);
}

TEST_F(webhook_store, a_late_result_does_not_change_what_somebody_else_has_recorded) {
  const auto endpoint = stage.create(kShop).endpoint.id;
  stage.publish(stage.make_aggregate());
  fan_out_next();
  const auto claimed = claim(endpoint).front();
  record(claimed, DeliveryStatus::DELIVERED);
  record(claimed, DeliveryStatus::PENDING, stage.clock.now() + minutes{1});
  const auto delivery = stage.deliveries(endpoint).front();
  EXPECT_EQ(delivery.status, DeliveryStatus::DELIVERED);
  EXPECT_EQ(delivery.attempts, 1);
  EXPECT_EQ(stage.attempts(delivery.id).size(), 1U);
}

TEST_F(webhook_store, finds_every_active_endpoint_with_work_and_no_other) {
  std::vector<WebhookEndpointId> busy;
  for (const auto* url : {"https://a.example/", "https://b.example/", "https://c.example/"}) {
    busy.push_back(stage.create(url).endpoint.id);
  }
  for (int i = 0; i < 4; ++i) stage.publish(stage.make_aggregate());
  fan_out_next();
  stage.create("https://idle.example/");
  ASSERT_TRUE(
      stage.write([&](db::Transaction& tx) { return stage.webhooks.pause_endpoint(tx, stage.application, busy[1]); }));
  std::ranges::sort(busy);
  auto expected = busy;
  EXPECT_TRUE(std::ranges::is_sorted(busy));
  std::erase_if(expected, [&](WebhookEndpointId id) { return stage.endpoint(id).status == EndpointStatus::PAUSED; });
  EXPECT_EQ(receivers(), expected);
}

}  // namespace
}  // namespace qantara::webhooks
