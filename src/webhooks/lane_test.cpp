#include "webhooks/lane.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>
#include <vector>

#include "webhooks/watermark.h"

namespace qantara::webhooks {
namespace {

using namespace std::chrono_literals;
using Answer = Lane::Answer;

const Instant kNow{std::chrono::seconds{1'700'000'000}};

Uuid aggregate(std::uint8_t number) {
  std::array<std::byte, Uuid::kSize> bytes{};
  bytes[0] = std::byte{number};
  return *Uuid::from_bytes(bytes);
}

Parcel of_log(std::int64_t seq, std::uint8_t of) { return {.event_seq = seq, .aggregate = aggregate(of)}; }
Parcel of_table(std::int64_t seq, std::uint8_t of) {
  return {.event_seq = seq, .aggregate = aggregate(of), .delivery = 100 + seq};
}

class lane : public testing::Test {
 protected:
  std::vector<std::int64_t> start_all() {
    std::vector<std::int64_t> started;
    while (it.may_start()) started.push_back(it.start(kNow, kNow).event_seq);
    return started;
  }
  std::vector<std::int64_t> without_row() const {
    std::vector<std::int64_t> seqs;
    for (const auto& one : it.all_without_row()) seqs.push_back(one.event_seq);
    return seqs;
  }
  /// Sends and answers one event of its own.
  void exchange(std::int64_t seq, Answer answer) {
    it.add(of_log(seq, static_cast<std::uint8_t>(seq % 250)), kNow);
    it.start(kNow, kNow);
    it.end(seq, answer);
    it.settle(seq);
    it.release();
  }

  using Seqs = std::vector<std::int64_t>;
  const LaneLimits limits{.window_at_first = 4, .window_max = 10, .window_when_failing = 2};
  Lane it{limits};
};

TEST_F(lane, events_of_one_aggregate_go_one_behind_the_other_and_others_beside_them) {
  for (std::int64_t seq = 1; seq <= 3; ++seq) it.add(of_log(seq, 1), kNow);
  it.add(of_log(4, 2), kNow);
  EXPECT_EQ(start_all(), (Seqs{1, 4}));
  it.end(1, Answer::QUICK);
  EXPECT_EQ(start_all(), Seqs{2});
  it.end(4, Answer::QUICK);
  EXPECT_EQ(start_all(), Seqs{});
  it.end(2, Answer::SLOW);
  EXPECT_EQ(start_all(), Seqs{3});
}

TEST_F(lane, a_failure_that_is_recorded_holds_up_nothing_that_comes_later) {
  it.add(of_log(1, 1), kNow);
  start_all();
  it.end(1, Answer::FAILURE);
  EXPECT_FALSE(it.stands_still());
  EXPECT_TRUE(it.has_line(aggregate(1))) << "the table does not know it yet";
  it.settle(1);
  EXPECT_FALSE(it.has_line(aggregate(1)));
  it.add(of_log(2, 1), kNow);
  EXPECT_EQ(start_all(), Seqs{2});
}

TEST_F(lane, what_waits_behind_a_failure_is_not_forgotten_for_another_success) {
  it.add(of_log(1, 1), kNow);
  it.add(of_log(2, 1), kNow);
  it.add(of_log(3, 2), kNow);
  start_all();
  it.end(1, Answer::FAILURE);
  it.end(3, Answer::QUICK);
  EXPECT_FALSE(it.is_failing());
  EXPECT_TRUE(it.stands_still());
  it.settle(1);
  EXPECT_TRUE(it.stands_still());
  it.release();
  EXPECT_FALSE(it.stands_still());
}

TEST_F(lane, behind_a_failure_nothing_starts_and_all_of_it_can_be_given_to_the_table) {
  for (std::int64_t seq = 1; seq <= 3; ++seq) it.add(of_log(seq, 1), kNow);
  it.add(of_log(4, 2), kNow);
  EXPECT_EQ(start_all(), (Seqs{1, 4}));
  it.end(1, Answer::FAILURE);
  EXPECT_EQ(start_all(), Seqs{});
  EXPECT_EQ(without_row(), (Seqs{2, 3, 4}));
  it.note_row(4);
  it.release();
  EXPECT_EQ(it.waiting(), 0U);
  EXPECT_TRUE(it.holds(4)) << "in flight";
  EXPECT_FALSE(it.holds(2));
  it.add(of_log(5, 2), kNow);
  EXPECT_EQ(start_all(), Seqs{}) << "behind the one in flight";
  it.end(4, Answer::QUICK);
  EXPECT_EQ(start_all(), Seqs{5});
}

TEST_F(lane, what_was_claimed_waits_for_nothing_and_stays_when_the_log_is_given_back) {
  it.add(of_log(1, 1), kNow);
  it.add_claimed(of_table(2, 1), kNow);
  it.add(of_log(3, 1), kNow);
  EXPECT_TRUE(it.has_row(2));
  EXPECT_EQ(without_row(), (Seqs{1, 3}));
  it.release();
  EXPECT_EQ(start_all(), Seqs{2});
  it.end(2, Answer::QUICK);
  it.settle(2);
  EXPECT_EQ(it.held(), 0U);
  it.add_claimed(of_table(4, 1), kNow);
  it.release(Lane::Released::ALL);
  EXPECT_EQ(it.held(), 0U);
  EXPECT_EQ(start_all(), Seqs{});
}

TEST_F(lane, long_attempts_without_a_row_are_found_once) {
  it.add(of_log(1, 1), kNow);
  it.add(of_log(2, 2), kNow);
  EXPECT_FALSE(it.in_flight_since());
  it.start(kNow, kNow);
  it.start(kNow, kNow + 50ms);
  EXPECT_EQ(it.in_flight_since(), kNow);
  EXPECT_EQ(it.in_flight_without_row(kNow - 1ms).size(), 0U);
  ASSERT_EQ(it.in_flight_without_row(kNow).size(), 1U);
  EXPECT_EQ(it.in_flight_without_row(kNow).front().started_at, kNow);
  it.note_row(1);
  EXPECT_EQ(it.in_flight_without_row(kNow).size(), 0U);
  EXPECT_EQ(it.in_flight_since(), kNow + 50ms);
}

TEST_F(lane, whatever_ends_first_the_oldest_that_is_left_counts) {
  for (std::int64_t seq = 1; seq <= 4; ++seq) {
    it.add(of_log(seq, static_cast<std::uint8_t>(seq)), kNow);
    it.start(kNow, kNow + seq * 1ms);
  }
  it.end(2, Answer::QUICK);
  it.note_row(3);
  EXPECT_EQ(it.in_flight_since(), kNow + 1ms);
  const auto found = it.in_flight_without_row(kNow + 4ms);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found.front().event_seq, 1);
  EXPECT_EQ(found.back().event_seq, 4);
  it.end(1, Answer::FAILURE);
  EXPECT_EQ(it.in_flight_since(), kNow + 4ms);
  it.end(4, Answer::QUICK);
  EXPECT_FALSE(it.in_flight_since());
}

TEST_F(lane, the_window_doubles_with_every_full_round_trip_up_to_its_end) {
  for (std::int64_t seq = 1; seq <= 60; ++seq) it.add(of_log(seq, static_cast<std::uint8_t>(seq)), kNow);
  Seqs in_flight = start_all();
  for (const int expected : {8, 10, 10}) {
    for (const auto seq : std::exchange(in_flight, {})) {
      it.end(seq, Answer::QUICK);
      it.settle(seq);
      std::ranges::copy(start_all(), std::back_inserter(in_flight));
    }
    EXPECT_EQ(it.window(), expected);
    EXPECT_EQ(it.in_flight(), expected);
  }
}

TEST_F(lane, the_window_stays_where_it_is_not_used) {
  for (std::int64_t seq = 1; seq <= 20; ++seq) exchange(seq, Answer::QUICK);
  EXPECT_EQ(it.window(), 4);
}

TEST_F(lane, slow_answers_narrow_the_window_and_failures_halve_it) {
  exchange(1, Answer::SLOW);
  EXPECT_EQ(it.window(), 3);
  for (std::int64_t seq = 2; seq <= 9; ++seq) exchange(seq, Answer::SLOW);
  EXPECT_EQ(it.window(), 2);
  exchange(10, Answer::FAILURE);
  EXPECT_TRUE(it.is_failing());
  EXPECT_EQ(it.window(), 1);
  exchange(11, Answer::FAILURE);
  EXPECT_EQ(it.window(), 1);
  exchange(12, Answer::QUICK);
  EXPECT_FALSE(it.is_failing());
}

TEST(watermark, stands_before_the_first_event_that_is_open) {
  Watermark mark;
  mark.read_up_to(5);
  EXPECT_EQ(mark.mark(), 5);
  mark.open(7);
  mark.open(7);
  mark.open(9);
  mark.read_up_to(10);
  EXPECT_EQ(mark.mark(), 6);
  mark.settling(9);
  mark.settling(7);
  EXPECT_EQ(mark.mark(), 6) << "7 goes to two endpoints";
  mark.keep();
  mark.settling(7);
  EXPECT_EQ(mark.mark(), 10);
  mark.drop();
  EXPECT_EQ(mark.mark(), 6) << "it was not durable";
  mark.settling(7);
  mark.keep();
  EXPECT_EQ(mark.mark(), 10);
}

}  // namespace
}  // namespace qantara::webhooks
