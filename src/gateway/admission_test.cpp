#include "gateway/admission.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <vector>

namespace qantara::gateway {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;
using enum Admission::Decision;

constexpr Instant kStart{std::chrono::sys_days{std::chrono::year{2026} / 11 / 21}};

TEST(Admission, tells_payments_in_flight_from_writes_reads_and_lists) {
  using enum http::Method;
  constexpr auto kId = "/0193523e-7a10-7000-8000-000000000001";
  struct Case {
    http::Method method;
    std::string path;
    Priority priority;
  };
  const Case cases[] = {
      {GET, "/healthz", Priority::HEALTH},
      {GET, "/readyz", Priority::HEALTH},
      {GET, "/readyz/", Priority::HEALTH},
      {POST, std::string{"/link/v1/sessions"} + kId + "/steps/3", Priority::IN_FLIGHT},
      {GET, std::string{"/link/v1/sessions"} + kId, Priority::IN_FLIGHT},
      {GET, "/link/return/abc", Priority::IN_FLIGHT},
      {GET, "/link", Priority::IN_FLIGHT},
      {POST, "/link/v1/sessions", Priority::WRITE},
      {POST, "/link/v1/sessions/", Priority::WRITE},
      {POST, "/payments/v1/intents", Priority::WRITE},
      {DELETE, std::string{"/customers/v1"} + kId, Priority::WRITE},
      {POST, "/webhooks/v1/endpoints", Priority::SETTINGS},
      {GET, std::string{"/payments/v1/intents"} + kId, Priority::READ},
      {HEAD, std::string{"/payments/v1"} + kId, Priority::READ},
      {GET, std::string{"/payments/v1"} + kId + "/", Priority::READ},
      {GET, "/payments/v1/intents", Priority::LIST},
      {GET, "/payments/v1", Priority::LIST},
      {GET, "/", Priority::LIST},
  };
  for (const auto& [method, path, priority] : cases) {
    EXPECT_EQ(priority_of({.method = method, .path = path}), priority) << path;
  }
}

TEST(Admission, refuses_lists_first_then_reads_then_writes_and_never_health) {
  Admission admission{{.lowest = 10, .first = 100}};
  const auto fill_to = [&](std::size_t count) {
    while (admission.in_work() < count) ASSERT_EQ(admission.enter(Priority::WRITE, kStart), COME_IN);
  };
  const auto decide = [&](Priority priority) {
    const auto decision = admission.enter(priority, kStart);
    if (decision == COME_IN) admission.leave(priority, kStart);
    return decision;
  };
  fill_to(59);
  EXPECT_EQ(decide(Priority::LIST), COME_IN);
  fill_to(60);
  EXPECT_EQ(decide(Priority::LIST), TRY_LATER);
  EXPECT_EQ(decide(Priority::READ), COME_IN);
  fill_to(80);
  EXPECT_EQ(decide(Priority::READ), TRY_LATER);
  fill_to(100);
  EXPECT_EQ(decide(Priority::WRITE), TRY_LATER);
  EXPECT_EQ(decide(Priority::IN_FLIGHT), COME_IN);
  EXPECT_EQ(decide(Priority::HEALTH), COME_IN);
  EXPECT_EQ(admission.refused(Priority::LIST), 1);
  EXPECT_EQ(admission.refused(Priority::READ), 1);
  EXPECT_EQ(admission.refused(Priority::WRITE), 1);
}

/// As many writes as fit, and one that does not.
void fill(Admission& admission, Instant now) {
  while (admission.enter(Priority::WRITE, now) == COME_IN) {
  }
}

TEST(Admission, flows_that_wait_for_their_banks_take_no_room_from_the_rest_and_give_none) {
  Admission admission{{.lowest = 5, .first = 10, .in_flight = 50}};
  for (int i = 0; i < 50; ++i) EXPECT_EQ(admission.enter(Priority::IN_FLIGHT, kStart), COME_IN);
  EXPECT_EQ(admission.enter(Priority::IN_FLIGHT, kStart), TRY_LATER);
  fill(admission, kStart);
  EXPECT_EQ(admission.in_work(), 10U);
  for (int i = 0; i < 50; ++i) admission.leave(Priority::IN_FLIGHT, kStart + milliseconds{50});
  admission.enter(Priority::IN_FLIGHT, kStart + milliseconds{100});
  EXPECT_LT(admission.limit(), 10U) << "that flows end does not say that writes do";
}

TEST(Admission, a_queue_that_is_too_long_already_lowers_the_limit_before_it_is_reached) {
  Admission admission{{.first = 8'000}};
  for (int i = 0; i < 4'000; ++i) EXPECT_EQ(admission.enter(Priority::WRITE, kStart), COME_IN);
  for (int i = 0; i < 100; ++i) admission.leave(Priority::WRITE, kStart + milliseconds{100});
  EXPECT_LE(admission.limit(), 4'200U);
}

/// A gateway that answers so many requests a second, one after the other, and clients that do not care.
class Flood {
 public:
  struct Outcome {
    std::int64_t answered = 0;
    std::int64_t refused = 0;
    Duration slowest{};  ///< But for one in a hundred.
  };

  /// `arrivals` and `capacity` a second, for `length`.
  Outcome run(int arrivals, int capacity, Duration length) {
    Outcome outcome;
    std::vector<Duration> waits;
    const Instant end = now_ + length;
    const Duration between = Duration{seconds{1}} / arrivals;
    for (; now_ < end; now_ += between) {
      finish_until(now_, outcome, waits);
      if (admission_.enter(Priority::WRITE, now_) == TRY_LATER) {
        ++outcome.refused;
        continue;
      }
      free_at_ = std::max(free_at_, now_) + Duration{seconds{1}} / capacity;
      queue_.push_back({now_, free_at_});
    }
    std::ranges::sort(waits);
    if (!waits.empty()) outcome.slowest = waits[waits.size() * 99 / 100];
    return outcome;
  }

  const Admission& admission() const { return admission_; }

 private:
  struct Queued {
    Instant entered_at;
    Instant done_at;
  };

  void finish_until(Instant now, Outcome& outcome, std::vector<Duration>& waits) {
    for (; !queue_.empty() && queue_.front().done_at <= now; queue_.pop_front()) {
      const auto& [entered_at, done_at] = queue_.front();
      admission_.leave(Priority::WRITE, done_at);
      ++outcome.answered;
      waits.push_back(done_at - entered_at);
    }
  }

  Admission admission_;
  std::deque<Queued> queue_;
  Instant now_ = kStart;
  Instant free_at_ = kStart;
};

TEST(Admission, at_three_times_the_capacity_what_is_let_in_is_answered_in_time_and_nothing_is_wasted) {
  for (const int capacity : {300, 2'000, 20'000}) {
    Flood flood;
    const auto calm = flood.run(capacity / 2, capacity, seconds{5});
    EXPECT_EQ(calm.refused, 0) << capacity;
    flood.run(3 * capacity, capacity, seconds{5});  // Until it has found its measure.
    const auto storm = flood.run(3 * capacity, capacity, seconds{20});
    EXPECT_GE(storm.answered, std::int64_t{20} * capacity * 95 / 100) << capacity;
    EXPECT_LE(storm.slowest, milliseconds{700}) << capacity;
    flood.run(capacity / 2, capacity, seconds{2});
    const auto after = flood.run(capacity / 2, capacity, seconds{5});
    EXPECT_EQ(after.refused, 0) << capacity;
    EXPECT_LE(after.slowest, milliseconds{10}) << capacity;
  }
}

TEST(Admission, lets_in_fewer_while_nothing_ends_and_more_again_when_it_does) {
  Admission admission{{.lowest = 8, .first = 64}};
  Instant now = kStart;
  fill(admission, now);
  for (int i = 0; i < 50; ++i) admission.enter(Priority::WRITE, now += milliseconds{100});
  EXPECT_EQ(admission.limit(), 8U);
  while (admission.in_work() > 0) admission.leave(Priority::WRITE, now);
  for (int i = 0; i < 30; ++i) {
    const Instant entered_at = now += milliseconds{100};
    std::size_t entered = 0;
    while (admission.enter(Priority::WRITE, entered_at) == COME_IN) ++entered;
    for (; entered > 0; --entered) admission.leave(Priority::WRITE, entered_at + milliseconds{2});
  }
  EXPECT_GT(admission.limit(), 1'000U);
}

TEST(Admission, a_clock_that_is_set_changes_nothing) {
  for (const Duration jump : {Duration{std::chrono::hours{1}}, Duration{-std::chrono::hours{2}}}) {
    Admission admission{{.lowest = 5, .first = 10}};
    fill(admission, kStart);
    admission.leave(Priority::WRITE, kStart + jump);
    EXPECT_EQ(admission.limit(), 10U);
    EXPECT_EQ(admission.enter(Priority::WRITE, kStart + jump + microseconds{100}), COME_IN);
  }
}

}  // namespace
}  // namespace qantara::gateway
