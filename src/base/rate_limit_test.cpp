#include "base/rate_limit.h"

#include <gtest/gtest.h>

namespace qantara {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class rate_limit : public testing::Test {
 protected:
  /// How many of `times` may happen.
  int take(std::string_view key, int times) {
    int taken = 0;
    for (int i = 0; i < times; ++i) taken += limit.take(key, clock.now()) ? 0 : 1;
    return taken;
  }
  ManualClock clock{Instant{seconds{1'700'000'000}}};
  RateLimit limit{{.per_second = 10, .burst = 5}};
};

TEST_F(rate_limit, lets_a_burst_through_and_then_so_many_a_second) {
  EXPECT_EQ(take("a", 100), 5);
  clock.advance(milliseconds{99});
  EXPECT_EQ(take("a", 100), 0);
  clock.advance(milliseconds{1});
  EXPECT_EQ(take("a", 100), 1);
  clock.advance(milliseconds{250});
  EXPECT_EQ(take("a", 100), 2);
  clock.advance(seconds{3600});
  EXPECT_EQ(take("a", 100), 5) << "a bucket holds no more than it holds";
}

TEST_F(rate_limit, says_how_long_to_wait) {
  take("a", 5);
  EXPECT_EQ(limit.take("a", clock.now()), milliseconds{100});
  clock.advance(milliseconds{40});
  EXPECT_EQ(limit.take("a", clock.now()), milliseconds{60});
  clock.advance(milliseconds{60});
  EXPECT_FALSE(limit.take("a", clock.now()));
}

TEST_F(rate_limit, counts_each_key_by_itself) {
  EXPECT_EQ(take("a", 100), 5);
  EXPECT_EQ(take("b", 100), 5);
}

TEST_F(rate_limit, locks_nobody_out_when_the_clock_is_set_back) {
  take("a", 5);
  clock.advance(-seconds{3600});
  EXPECT_EQ(take("a", 1), 0);
  clock.advance(seconds{1});
  EXPECT_EQ(take("a", 100), 5);
}

TEST_F(rate_limit, forgets_who_has_been_quiet) {
  for (int i = 0; i < 100'000; ++i) {
    ASSERT_FALSE(limit.take(std::to_string(i), clock.now()));
    clock.advance(milliseconds{1});
  }
  EXPECT_LE(limit.keys(), 2048U);
}

}  // namespace
}  // namespace qantara
