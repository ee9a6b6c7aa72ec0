// Webhooks pass from one who leads to the next: nothing is lost, and what the old one still brings counts for nothing.
#include <gtest/gtest.h>

#include "webhooks/test_support.h"

namespace qantara::webhooks {
namespace {

using std::chrono::milliseconds;

class hand_over : public testing::TestWithParam<Duration> {
 protected:
  hand_over() { stage.row_after = GetParam(); }
  bool attempted(std::size_t count) {
    return stage.until([&] { return stage.receivers.to(kShop).size() >= count; });
  }

  Stage stage;
};

INSTANTIATE_TEST_SUITE_P(from_the_log, hand_over, testing::Values(Duration{milliseconds{200}}));
INSTANTIATE_TEST_SUITE_P(from_the_table, hand_over, testing::Values(Duration::zero()));

TEST_P(hand_over, what_is_under_way_when_a_term_ends_is_recorded_by_nobody_and_sent_by_the_next) {
  const auto endpoint = stage.create(kShop).endpoint.id;
  const auto aggregate = stage.make_aggregate();
  stage.start_dispatcher();
  stage.receivers.hold(kShop);
  const auto first = stage.publish(aggregate);
  const auto second = stage.publish(aggregate);
  ASSERT_TRUE(attempted(1));

  stage.database->fail_writes();  // As every write of a term that has ended.
  stage.dispatcher->stop();
  stage.receivers.let_go(kShop);
  stage.stop_dispatcher();
  for (const auto& delivery : stage.deliveries(endpoint)) EXPECT_EQ(delivery.attempts, 0) << "the answer came too late";

  stage.database->heal();
  stage.start_dispatcher();
  ASSERT_TRUE(stage.delivered(endpoint, 2));
  EXPECT_EQ(stage.receivers.bodies(kShop), (std::vector{first, first, second})) << "again, and in order";
}

TEST_P(hand_over, what_others_commit_between_two_terms_is_told_by_the_next) {
  const auto endpoint = stage.create(kShop).endpoint.id;
  stage.start_dispatcher();
  const auto aggregate = stage.make_aggregate();
  std::vector<std::string> told{stage.publish(aggregate)};
  ASSERT_TRUE(stage.delivered(endpoint, 1));
  stage.stop_dispatcher();
  for (int i = 0; i < 3; ++i) told.push_back(stage.publish(aggregate));
  stage.start_dispatcher();
  ASSERT_TRUE(stage.delivered(endpoint, 4));
  EXPECT_EQ(stage.receivers.bodies(kShop), told);
}

}  // namespace
}  // namespace qantara::webhooks
