#include "webhooks/dispatcher.h"

#include <gtest/gtest.h>

#include <array>

#include "json/json.h"
#include "webhooks/retry_schedule.h"
#include "webhooks/signing.h"
#include "webhooks/test_support.h"

namespace qantara::webhooks {
namespace {

using namespace std::chrono_literals;
using std::chrono::hours;

http::ClientResult answer(int status, std::string_view retry_after) {
  http::ClientResponse response{.status = status};
  response.headers.add("Retry-After", retry_after);
  return response;
}

http::ClientResult time_out() {
  return std::unexpected{
      http::ClientFailure{.reason = http::ClientFailure::Reason::TIMED_OUT, .message = "no answer in time"}};
}

/// Each test once with everything sent straight from the log as long as that goes, and once with a row for everything.
class dispatcher : public testing::TestWithParam<Duration> {
 protected:
  dispatcher() { stage.row_after = GetParam(); }
  /// Waits until `count` attempts at `url` were made.
  bool attempted(std::string_view url, std::size_t count) {
    return stage.until([&] { return stage.receivers.to(url).size() >= count; });
  }
  /// Waits until the endpoint's deliveries read like this.
  bool told(WebhookEndpointId endpoint, std::vector<DeliveryStatus> expected) {
    return stage.until([&] {
      std::vector<DeliveryStatus> found;
      for (const Delivery& delivery : stage.deliveries(endpoint)) found.push_back(delivery.status);
      return found == expected;
    });
  }
  /// Waits until `count` attempts of the endpoint's only delivery are recorded.
  Delivery after_attempts(WebhookEndpointId endpoint, int count) {
    EXPECT_TRUE(stage.until([&] {
      const auto deliveries = stage.deliveries(endpoint);
      return deliveries.size() == 1 && deliveries[0].attempts == count;
    }));
    return stage.deliveries(endpoint).front();
  }
  /// Waits until there are `count` deliveries and an attempt at the last of them is recorded.
  bool last_is_attempted(WebhookEndpointId endpoint, std::size_t count) {
    return stage.until([&] {
      const auto deliveries = stage.deliveries(endpoint);
      return deliveries.size() == count && deliveries.back().attempts > 0;
    });
  }

  Stage stage;
};

INSTANTIATE_TEST_SUITE_P(from_the_log, dispatcher, testing::Values(Duration{200ms}));
INSTANTIATE_TEST_SUITE_P(from_the_table, dispatcher, testing::Values(Duration::zero()));

TEST_P(dispatcher, delivers_the_envelope_as_it_was_committed_and_signed) {
  const auto created = stage.create(kShop);
  stage.start_dispatcher();
  http::ClientResponse thanks{.status = 202};
  thanks.body = "thanks";
  stage.receivers.answer(kShop, thanks);
  const std::string envelope = stage.publish(stage.make_aggregate());
  ASSERT_TRUE(told(created.endpoint.id, {DeliveryStatus::DELIVERED}));

  ASSERT_EQ(stage.receivers.requests.size(), 1U);
  const http::ClientRequest& request = stage.receivers.requests[0];
  const Delivery delivery = stage.deliveries(created.endpoint.id).front();
  const std::string id = delivery.event.to_text();
  EXPECT_EQ(request.method, http::Method::POST);
  EXPECT_EQ(request.body, envelope);
  EXPECT_EQ(request.headers.value_or("content-type", ""), "application/json; charset=utf-8");
  EXPECT_EQ(request.headers.value_or("webhook-id", ""), id);
  EXPECT_EQ(request.headers.value_or("webhook-timestamp", ""),
            "1600000000");  // The real clock's, whatever the domain's says.
  EXPECT_EQ(request.headers.value_or("webhook-signature", ""),
            standard_signature(created.secret, id, 1'600'000'000, envelope));
  EXPECT_EQ(request.headers.value_or("lean-signature", ""), lean_signature(created.secret, envelope));
  EXPECT_EQ(request.deadline, 10s);
  EXPECT_EQ(request.response_limit, 1024U);
  EXPECT_EQ(request.excess, http::ClientRequest::Excess::CUT);
  EXPECT_EQ(request.addresses.allowed_networks, stage.addresses.allowed_networks);

  EXPECT_EQ(delivery.event_type, "payment.created");
  const auto attempts = stage.attempts(delivery.id);
  ASSERT_EQ(attempts.size(), 1U);
  EXPECT_EQ(attempts[0].number, 1);
  EXPECT_EQ(attempts[0].status, 202);
  EXPECT_EQ(attempts[0].answer, "thanks");
  EXPECT_EQ(attempts[0].started_at, stage.clock.now());
  EXPECT_FALSE(attempts[0].failure);
}

TEST_P(dispatcher, only_2xx_is_success) {
  const auto id = stage.create(kShop).endpoint.id;
  stage.start_dispatcher();
  std::vector<DeliveryStatus> expected;
  for (const int status : {200, 201, 204, 299}) {
    stage.receivers.answer(kShop, status);
    stage.publish(stage.make_aggregate());
    expected.push_back(DeliveryStatus::DELIVERED);
    ASSERT_TRUE(told(id, expected)) << status;
  }
  for (const int status : {100, 199, 300, 301, 400, 404, 429, 500, 503}) {
    stage.receivers.answer(kShop, status);
    stage.publish(stage.make_aggregate());
    expected.push_back(DeliveryStatus::PENDING);
    ASSERT_TRUE(told(id, expected)) << status;
    EXPECT_TRUE(stage.until([&] { return stage.deliveries(id).back().attempts == 1; })) << status;
  }
}

TEST_P(dispatcher, tries_by_the_schedule_for_72_hours_and_then_gives_up) {
  const auto id = stage.create(kShop).endpoint.id;
  stage.receivers.always(kShop, 500);
  stage.start_dispatcher();
  const std::string envelope = stage.publish(stage.make_aggregate());
  const Instant first = stage.clock.now();

  Delivery delivery = after_attempts(id, 1);
  std::vector<Duration> offsets;
  while (delivery.status == DeliveryStatus::PENDING) {
    ASSERT_TRUE(delivery.next_attempt_at);
    ASSERT_LT(offsets.size(), 100U);
    offsets.push_back(*delivery.next_attempt_at - first);
    // Not a microsecond too early: a whole round passes without an attempt.
    stage.advance(*delivery.next_attempt_at - stage.clock.now() - Duration{1});
    stage.create("https://nobody.example/");
    ASSERT_EQ(stage.receivers.to(kShop).size(), static_cast<std::size_t>(delivery.attempts));
    stage.advance(Duration{1});
    delivery = after_attempts(id, delivery.attempts + 1);
  }
  EXPECT_EQ(delivery.status, DeliveryStatus::DEAD);
  ASSERT_GE(offsets.size(), 22U);
  ASSERT_LE(offsets.size(), 26U);
  EXPECT_TRUE(std::ranges::equal(kFirstRetries, std::span{offsets}.first(6)));
  for (std::size_t i = 6; i < offsets.size(); ++i) {
    EXPECT_GE(offsets[i] - offsets[i - 1], kLaterRetryEvery - kLaterRetrySpread);
    EXPECT_LE(offsets[i] - offsets[i - 1], kLaterRetryEvery + kLaterRetrySpread);
  }
  EXPECT_LE(offsets.back(), hours{72});
  EXPECT_GE(offsets.back(), hours{67});
  EXPECT_EQ(stage.attempts(delivery.id).size(), offsets.size() + 1);

  // The same id and bytes each time.
  for (const auto* request : stage.receivers.to(kShop)) {
    EXPECT_EQ(request->body, envelope);
    EXPECT_EQ(request->headers.value_or("webhook-id", ""), delivery.event.to_text());
  }
}

TEST_P(dispatcher, first_sightings_of_one_aggregate_are_in_order_and_a_stuck_one_delays_no_other) {
  const auto id = stage.create(kShop).endpoint.id;
  stage.start_dispatcher();
  const auto stuck = stage.make_aggregate();
  stage.receivers.answer(kShop, 500);
  const auto first = stage.publish(stuck);
  ASSERT_TRUE(attempted(kShop, 1));
  const auto second = stage.publish(stuck);
  const auto third = stage.publish(stuck);
  const auto other = stage.publish(stage.make_aggregate());
  const auto another = stage.publish(stage.make_aggregate());
  ASSERT_TRUE(stage.delivered(id, 2));
  EXPECT_EQ(stage.receivers.bodies(kShop), (std::vector{first, other, another}));

  stage.advance(1min);
  ASSERT_TRUE(stage.delivered(id, 5));
  EXPECT_EQ(stage.receivers.bodies(kShop), (std::vector{first, other, another, first, second, third}));
}

TEST_P(dispatcher, the_next_in_line_follows_one_that_is_given_up) {
  const auto id = stage.create(kShop).endpoint.id;
  stage.start_dispatcher();
  const auto payment = stage.make_aggregate();
  stage.receivers.answer(kShop, 500);
  stage.receivers.answer(kShop, 500);
  const auto first = stage.publish(payment);
  after_attempts(id, 1);
  const auto second = stage.publish(payment);
  ASSERT_TRUE(told(id, {DeliveryStatus::PENDING, DeliveryStatus::PENDING}));
  stage.advance(80h);  // Nobody was there for three days.
  ASSERT_TRUE(told(id, {DeliveryStatus::DEAD, DeliveryStatus::DELIVERED}));
  EXPECT_EQ(stage.receivers.bodies(kShop), (std::vector{first, first, second}));
}

TEST_P(dispatcher, the_next_of_an_aggregate_is_told_after_a_failure_that_was_made_good) {
  const auto id = stage.create(kShop).endpoint.id;
  stage.start_dispatcher();
  const auto payment = stage.make_aggregate();
  stage.receivers.answer(kShop, 500);
  stage.publish(payment);
  after_attempts(id, 1);
  stage.advance(1min);
  ASSERT_TRUE(stage.delivered(id, 1));
  stage.publish(payment);
  EXPECT_TRUE(stage.delivered(id, 2));
}

TEST_P(dispatcher, what_waits_behind_a_failure_is_told_though_another_succeeds_in_the_same_moment) {
  const auto id = stage.create(kShop).endpoint.id;
  stage.start_dispatcher();
  const auto payment = stage.make_aggregate();
  stage.receivers.hold(kShop);
  const auto first = stage.publish(payment);
  const auto other = stage.publish(stage.make_aggregate());
  ASSERT_TRUE(attempted(kShop, 2));
  const auto second = stage.publish(payment);
  stage.receivers.answer(kShop, 500);
  stage.receivers.let_go(kShop);
  ASSERT_TRUE(told(id, {DeliveryStatus::PENDING, DeliveryStatus::DELIVERED, DeliveryStatus::PENDING}));
  stage.advance(1min);
  ASSERT_TRUE(stage.delivered(id, 3));
  EXPECT_EQ(stage.receivers.bodies(kShop), (std::vector{first, other, first, second}));
}

TEST_P(dispatcher, what_gets_a_row_waits_for_what_is_in_flight_without_one) {
  const auto id = stage.create(kShop).endpoint.id;
  const auto other = stage.create(kOther).endpoint.id;
  stage.start_dispatcher();
  const auto payment = stage.make_aggregate();
  stage.receivers.hold(kShop);
  const auto first = stage.publish(payment);
  ASSERT_TRUE(attempted(kShop, 1));
  stage.receivers.hold_no_more(kShop);
  stage.receivers.answer(kShop, 500);
  const auto failing = stage.publish(stage.make_aggregate());
  ASSERT_TRUE(attempted(kShop, 2));
  const auto second = stage.publish(payment);
  stage.publish(stage.make_aggregate(), events::Type::PAYMENT_STARTED);
  ASSERT_TRUE(stage.delivered(other, 3));
  EXPECT_TRUE(stage.until([&] { return stage.deliveries(id).size() == 3; }));
  EXPECT_EQ(stage.receivers.bodies(kShop), (std::vector{first, failing}));
  stage.receivers.let_go(kShop);
  ASSERT_TRUE(stage.delivered(id, 2));
  EXPECT_EQ(stage.receivers.bodies(kShop), (std::vector{first, failing, second}));
}

TEST_P(dispatcher, what_gets_a_row_waits_for_what_waits_without_one) {
  const auto id = stage.create(kShop).endpoint.id;
  stage.start_dispatcher();
  const auto payment = stage.make_aggregate();
  stage.receivers.hold(kShop);
  const auto first = stage.publish(payment);
  ASSERT_TRUE(attempted(kShop, 1));
  const auto second = stage.publish(payment);
  ASSERT_TRUE(stage.until([&] {
    stage.real_clock.advance(1s);
    stage.dispatcher->wake();
    return !stage.deliveries(id).empty();
  }));
  const auto third = stage.publish(payment);
  ASSERT_TRUE(stage.until([&] { return stage.deliveries(id).size() >= 2; }));
  stage.receivers.answer(kShop, 200);
  stage.receivers.answer(kShop, 500);
  stage.receivers.let_go(kShop);
  ASSERT_TRUE(stage.until([&] { return stage.deliveries(id).at(1).attempts == 1; }));
  ASSERT_TRUE(told(id, {DeliveryStatus::DELIVERED, DeliveryStatus::PENDING, DeliveryStatus::PENDING}));
  stage.advance(1min);
  ASSERT_TRUE(stage.delivered(id, 3));
  EXPECT_EQ(stage.receivers.bodies(kShop), (std::vector{first, second, second, third}));
}

TEST_P(dispatcher, a_slow_endpoint_does_not_delay_another) {
  const auto slow = stage.create(kShop).endpoint.id;
  const auto quick = stage.create(kOther).endpoint.id;
  stage.receivers.hold(kShop);
  stage.start_dispatcher({.in_flight = 16, .lane = {.window_max = 8}});
  for (int i = 0; i < 40; ++i) stage.publish(stage.make_aggregate());
  EXPECT_TRUE(stage.delivered(quick, 40));
  EXPECT_EQ(stage.receivers.to(kShop).size(), 8U);
  stage.receivers.let_go(kShop);
  EXPECT_TRUE(stage.delivered(slow, 40));
}

TEST_P(dispatcher, a_slow_endpoint_does_not_keep_a_new_one_from_its_events) {
  const auto slow = stage.create(kShop, {"payment.created"}).endpoint.id;
  const auto other = stage.create(kOther, {"payment.updated"}).endpoint.id;
  for (int i = 0; i < 40; ++i) stage.publish(stage.make_aggregate());
  stage.publish(stage.make_aggregate(), events::Type::PAYMENT_UPDATED);
  stage.receivers.hold(kShop);
  stage.start_dispatcher({.lane = {.window_max = 2}, .waiting_per_endpoint = 8, .events_per_read = 4});
  ASSERT_TRUE(attempted(kShop, 2));
  ASSERT_TRUE(stage.until([&] {
    stage.real_clock.advance(1s);
    stage.dispatcher->wake();
    return stage.receivers.to(kOther).size() == 1;
  }));
  EXPECT_EQ(stage.receivers.to(kShop).size(), 2U);
  stage.receivers.let_go(kShop);
  EXPECT_TRUE(stage.delivered(slow, 40));
  EXPECT_TRUE(stage.delivered(other, 1));
}

TEST_P(dispatcher, what_is_due_in_the_table_gets_its_turn_however_much_comes_from_the_log) {
  if (GetParam() == Duration::zero()) GTEST_SKIP() << "nothing comes from the log";
  const auto id = stage.create(kShop).endpoint.id;
  stage.receivers.hold(kShop);
  stage.start_dispatcher({.lane = {.window_at_first = 2, .window_max = 2}});
  for (int i = 0; i < 10; ++i) stage.publish(stage.make_aggregate());
  ASSERT_TRUE(attempted(kShop, 2));
  ASSERT_TRUE(stage.write([&](db::Transaction& tx) { return stage.webhooks.send_test(tx, stage.application, id); }));
  stage.dispatcher->wake();
  EXPECT_TRUE(stage.until([&] { return stage.deliveries(id).front().next_attempt_at > stage.clock.now(); }))
      << "it is not claimed";
  stage.receivers.let_go(kShop);
  EXPECT_TRUE(stage.delivered(id, 11));
}

TEST_P(dispatcher, a_failing_endpoint_gets_a_narrow_lane_until_it_answers) {
  const auto id = stage.create(kShop).endpoint.id;
  stage.start_dispatcher({.lane = {.window_max = 8, .window_when_failing = 2}});
  stage.receivers.answer(kShop, time_out());
  stage.publish(stage.make_aggregate());
  const Delivery failed = after_attempts(id, 1);
  EXPECT_EQ(stage.attempts(failed.id).front().failure, "TIMED_OUT: no answer in time");

  stage.receivers.hold(kShop);
  for (int i = 0; i < 20; ++i) stage.publish(stage.make_aggregate());
  ASSERT_TRUE(attempted(kShop, 1 + 2));
  const auto other = stage.create(kOther).endpoint.id;
  stage.publish(stage.make_aggregate());
  ASSERT_TRUE(stage.delivered(other, 1));  // Whole rounds later …
  EXPECT_EQ(stage.receivers.to(kShop).size(), 1U + 2U);
  stage.receivers.let_go(kShop);
  EXPECT_TRUE(stage.delivered(id, 21));
}

TEST_P(dispatcher, sends_again_with_the_same_bytes_after_a_crash_between_sending_and_recording) {
  const auto id = stage.create(kShop).endpoint.id;
  stage.receivers.hold(kShop);
  stage.start_dispatcher();
  const auto envelope = stage.publish(stage.make_aggregate());
  ASSERT_TRUE(attempted(kShop, 1));
  stage.database->fail_writes();
  stage.receivers.let_go(kShop);
  stage.stop_dispatcher();
  for (const Delivery& delivery : stage.deliveries(id)) EXPECT_EQ(delivery.attempts, 0);

  stage.database->heal();
  stage.start_dispatcher();  // The lease has not run out, but nobody holds it any more.
  ASSERT_TRUE(stage.delivered(id, 1));
  EXPECT_EQ(stage.receivers.bodies(kShop), (std::vector{envelope, envelope}));
  EXPECT_EQ(stage.receivers.requests[0].headers.value_or("webhook-id", "a"),
            stage.receivers.requests[1].headers.value_or("webhook-id", "b"));
}

TEST_P(dispatcher, records_late_and_sends_once_when_the_storage_comes_back) {
  const auto id = stage.create(kShop).endpoint.id;
  stage.receivers.hold(kShop);
  stage.start_dispatcher();
  stage.publish(stage.make_aggregate());
  ASSERT_TRUE(attempted(kShop, 1));
  stage.database->fail_writes();
  stage.receivers.let_go(kShop);
  ASSERT_TRUE(stage.until([&] { return stage.database->refused() > 0; }));
  stage.database->heal();
  stage.dispatcher->wake();
  ASSERT_TRUE(stage.delivered(id, 1));
  EXPECT_EQ(stage.receivers.requests.size(), 1U);
}

TEST_P(dispatcher, never_has_two_attempts_of_one_delivery_in_flight_though_the_clock_jumps) {
  const auto id = stage.create(kShop).endpoint.id;
  const auto other = stage.create(kOther).endpoint.id;
  stage.receivers.hold(kShop);
  stage.start_dispatcher();
  const auto payment = stage.make_aggregate();
  stage.publish(payment);
  ASSERT_TRUE(attempted(kShop, 1));
  for (std::size_t day = 1; day <= 3; ++day) {
    stage.advance(24h);
    stage.publish(stage.make_aggregate(), events::Type::PAYMENT_STARTED);
    stage.publish(payment);
    ASSERT_TRUE(stage.delivered(other, 1 + day));
  }
  EXPECT_EQ(stage.receivers.to(kShop).size(), 1U);
  stage.receivers.let_go(kShop);
  ASSERT_TRUE(stage.delivered(id, 4));
  EXPECT_EQ(stage.receivers.to(kShop).size(), 4U);
}

TEST_P(dispatcher, a_410_disables_the_endpoint) {
  const auto gone = stage.create(kShop).endpoint.id;
  const auto other = stage.create(kOther).endpoint.id;
  stage.receivers.answer(kShop, 410);
  stage.start_dispatcher();
  const auto payment = stage.make_aggregate();
  stage.receivers.hold(kShop);
  stage.publish(payment);
  ASSERT_TRUE(attempted(kShop, 1));
  stage.publish(payment);
  ASSERT_TRUE(stage.delivered(other, 2));
  stage.receivers.let_go(kShop);
  ASSERT_TRUE(told(gone, {DeliveryStatus::DEAD, DeliveryStatus::DEAD}));
  EXPECT_EQ(stage.endpoint(gone).status, EndpointStatus::DISABLED);

  stage.publish(payment);
  ASSERT_TRUE(stage.delivered(other, 4)) << "of the payment, and that the endpoint is disabled";
  EXPECT_EQ(stage.deliveries(gone).size(), 2U);
  EXPECT_EQ(stage.receivers.to(kShop).size(), 1U);
}

TEST_P(dispatcher, an_endpoint_that_fails_for_five_days_is_disabled_and_the_others_hear_of_it) {
  const auto failing = stage.create(kShop, {"payment.created"}).endpoint.id;
  const auto other = stage.create(kOther).endpoint.id;
  stage.receivers.always(kShop, 500);
  stage.start_dispatcher();
  const Instant start = stage.clock.now();
  for (std::size_t day = 0; day < 5; ++day) {
    stage.publish(stage.make_aggregate());
    ASSERT_TRUE(stage.delivered(other, day + 1));
    ASSERT_TRUE(last_is_attempted(failing, day + 1));
    EXPECT_EQ(stage.endpoint(failing).status, EndpointStatus::ACTIVE);
    EXPECT_EQ(stage.endpoint(failing).failing_since, start);
    stage.advance(24h);
  }
  ASSERT_TRUE(stage.until([&] { return stage.endpoint(failing).status == EndpointStatus::DISABLED; }));
  EXPECT_EQ(stage.endpoint(failing).disabled_reason, DisabledReason::FAILING);
  for (const Delivery& delivery : stage.deliveries(failing)) EXPECT_EQ(delivery.status, DeliveryStatus::DEAD);

  ASSERT_TRUE(stage.delivered(other, 6));
  const auto told = json::parse(stage.receivers.bodies(kOther).back());
  ASSERT_TRUE(told);
  EXPECT_EQ(told->text("type"), "webhook_endpoint.disabled");
  const auto* const payload = told->find("payload");
  EXPECT_EQ(payload->text("id"), failing.to_text());
  EXPECT_EQ(payload->text("url"), kShop);
  EXPECT_EQ(payload->text("reason"), "FAILING");
  EXPECT_EQ(payload->text("failing_since"), qantara::to_text(start));
}

TEST_P(dispatcher, an_endpoint_that_answers_now_and_then_is_not_disabled) {
  const auto id = stage.create(kShop).endpoint.id;
  stage.receivers.always(kShop, 500);
  stage.start_dispatcher();
  for (std::size_t day = 0; day < 12; ++day) {
    if (day % 4 == 3) stage.receivers.answer(kShop, 200);
    const auto before = stage.receivers.to(kShop).size();
    stage.publish(stage.make_aggregate());
    ASSERT_TRUE(attempted(kShop, before + 1));
    ASSERT_TRUE(last_is_attempted(id, day + 1));
    stage.advance(24h);
  }
  EXPECT_EQ(stage.endpoint(id).status, EndpointStatus::ACTIVE);
}

TEST_P(dispatcher, a_test_goes_to_one_endpoint_whatever_it_listens_to) {
  const auto id = stage.create(kShop, {"payment.updated"}).endpoint.id;
  const auto other = stage.create(kOther).endpoint.id;
  stage.start_dispatcher();
  const auto sent =
      stage.write([&](db::Transaction& tx) { return stage.webhooks.send_test(tx, stage.application, id); });
  ASSERT_TRUE(sent);
  stage.dispatcher->wake();
  ASSERT_TRUE(stage.delivered(id, 1));
  stage.publish(stage.make_aggregate());
  ASSERT_TRUE(stage.delivered(other, 1));
  ASSERT_EQ(stage.receivers.to(kShop).size(), 1U);
  const auto* const request = stage.receivers.to(kShop).front();
  EXPECT_EQ(request->headers.value_or("webhook-id", ""), sent->event.to_text());
  EXPECT_EQ(json::parse(request->body)->text("type"), "webhook_endpoint.tested");
}

TEST_P(dispatcher, what_is_sent_again_has_the_same_bytes_and_holds_up_nothing_new) {
  const auto id = stage.create(kShop).endpoint.id;
  stage.start_dispatcher();
  const auto payment = stage.make_aggregate();
  const auto first = stage.publish(payment);
  ASSERT_TRUE(stage.delivered(id, 1));

  stage.receivers.answer(kShop, 500);  // The repeat fails, and waits for its own retry.
  const EventId event = stage.deliveries(id).front().event;
  ASSERT_TRUE(
      stage.write([&](db::Transaction& tx) { return stage.webhooks.resend(tx, stage.application, id, event); }));
  stage.dispatcher->wake();
  ASSERT_TRUE(stage.until([&] { return stage.deliveries(id).front().attempts == 2; }));
  const auto second = stage.publish(payment);
  ASSERT_TRUE(told(id, {DeliveryStatus::PENDING, DeliveryStatus::DELIVERED}));
  EXPECT_EQ(stage.deliveries(id).front().next_attempt_at, stage.clock.now() + 1min);
  stage.advance(1min);
  ASSERT_TRUE(stage.delivered(id, 2));
  EXPECT_EQ(stage.receivers.bodies(kShop), (std::vector{first, first, second, first}));
  EXPECT_EQ(stage.attempts(stage.deliveries(id).front().id).size(), 3U);
}

TEST_P(dispatcher, a_replay_tells_again_in_order_and_what_was_never_told_too) {
  const auto payment = stage.make_aggregate();
  std::vector<std::string> envelopes{stage.publish(payment)};
  const auto id = stage.create(kShop).endpoint.id;
  stage.start_dispatcher();
  for (int i = 0; i < 2; ++i) envelopes.push_back(stage.publish(payment));
  ASSERT_TRUE(stage.delivered(id, 2));

  const auto replayed =
      stage.write([&](db::Transaction& tx) { return stage.webhooks.replay(tx, stage.application, id, {}); });
  ASSERT_TRUE(replayed);
  EXPECT_EQ(replayed->count, 3);
  EXPECT_EQ(replayed->rest, Replayed::Rest::NONE);
  stage.dispatcher->wake();
  ASSERT_TRUE(stage.delivered(id, 3));
  EXPECT_EQ(stage.receivers.bodies(kShop),
            (std::vector{envelopes[1], envelopes[2], envelopes[0], envelopes[1], envelopes[2]}));
}

TEST_P(dispatcher, honours_retry_after) {
  const auto id = stage.create(kShop).endpoint.id;
  stage.receivers.answer(kShop, answer(503, "3600"));
  stage.start_dispatcher();
  stage.publish(stage.make_aggregate());
  EXPECT_EQ(after_attempts(id, 1).next_attempt_at, stage.clock.now() + 1h);
}

TEST_P(dispatcher, a_paused_endpoint_holds_what_happens_and_gets_it_in_order_afterwards) {
  const auto id = stage.create(kShop).endpoint.id;
  const auto other = stage.create(kOther).endpoint.id;
  stage.start_dispatcher();
  ASSERT_TRUE(
      stage.write([&](db::Transaction& tx) { return stage.webhooks.pause_endpoint(tx, stage.application, id); }));
  const auto payment = stage.make_aggregate();
  const auto first = stage.publish(payment);
  const auto second = stage.publish(payment);
  ASSERT_TRUE(stage.delivered(other, 2));
  EXPECT_TRUE(stage.receivers.to(kShop).empty());

  ASSERT_TRUE(
      stage.write([&](db::Transaction& tx) { return stage.webhooks.resume_endpoint(tx, stage.application, id); }));
  stage.dispatcher->wake();
  ASSERT_TRUE(stage.delivered(id, 2));
  EXPECT_EQ(stage.receivers.bodies(kShop), (std::vector{first, second}));
}

TEST_P(dispatcher, finds_work_without_being_woken) {
  const auto id = stage.create(kShop).endpoint.id;
  stage.start_dispatcher({.poll = 1ms});
  stage.publish_quietly(stage.make_aggregate());
  stage.clock.advance(1s);  // The bell's own deadline passes, and nobody rings it.
  EXPECT_TRUE(stage.delivered(id, 1));
}

TEST_P(dispatcher, lets_attempts_in_flight_end_when_stopped) {
  const auto id = stage.create(kShop).endpoint.id;
  stage.receivers.hold(kShop);
  stage.start_dispatcher();
  stage.publish(stage.make_aggregate());
  ASSERT_TRUE(attempted(kShop, 1));
  stage.dispatcher->stop();
  stage.publish(stage.make_aggregate());
  for (const Delivery& delivery : stage.deliveries(id)) EXPECT_EQ(delivery.attempts, 0);
  stage.receivers.let_go(kShop);
  stage.stop_dispatcher();
  const auto deliveries = stage.deliveries(id);
  ASSERT_EQ(deliveries.size(), 1U);  // What came after stop() waits for the next start.
  EXPECT_EQ(deliveries[0].status, DeliveryStatus::DELIVERED);
}

TEST_P(dispatcher, room_is_taken_again_as_soon_as_it_is_free) {
  const auto id = stage.create(kShop).endpoint.id;
  for (int i = 0; i < 20; ++i) stage.publish(stage.make_aggregate());
  stage.start_dispatcher({.in_flight = 4});
  EXPECT_TRUE(stage.delivered(id, 20));
}

TEST_P(dispatcher, leaves_no_attempt_behind_when_stopped_though_nothing_can_be_recorded) {
  stage.create(kShop);
  stage.receivers.hold(kShop);
  stage.start_dispatcher();
  stage.publish(stage.make_aggregate());
  ASSERT_TRUE(attempted(kShop, 1));
  stage.database->fail_writes();
  stage.dispatcher->stop();
  stage.publish_quietly(stage.make_aggregate());  // Time for the dispatcher to end, if it does not wait.
  EXPECT_TRUE(stage.is_dispatching());
  stage.receivers.let_go(kShop);
  EXPECT_TRUE(stage.until([&] { return !stage.is_dispatching(); }));
}

TEST_P(dispatcher, shares_its_room_evenly) {
  std::vector<std::string> urls;
  for (int i = 0; i < 4; ++i) {
    urls.push_back("https://shop" + std::to_string(i) + ".example/");
    stage.create(urls.back());
    stage.receivers.hold(urls.back());
  }
  for (int i = 0; i < 10; ++i) stage.publish(stage.make_aggregate());
  stage.start_dispatcher({.in_flight = 8, .lane = {.window_max = 8}});
  ASSERT_TRUE(stage.until([&] { return stage.receivers.requests.size() == 8; }));
  for (const auto& url : urls) EXPECT_EQ(stage.receivers.to(url).size(), 2U) << url;
  for (const auto& url : urls) stage.receivers.let_go(url);
}

}  // namespace
}  // namespace qantara::webhooks
