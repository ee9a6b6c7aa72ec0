#include "base/random.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <deque>
#include <set>
#include <vector>

namespace qantara {
namespace {

std::vector<std::byte> bytes_of(Random& random, std::size_t count) {
  std::vector<std::byte> bytes(count);
  random.fill(bytes);
  return bytes;
}

TEST(SeededRandom, replays_from_its_seed) {
  SeededRandom first{7};
  SeededRandom second{7};
  SeededRandom other{8};
  const auto bytes = bytes_of(first, 1000);
  EXPECT_EQ(bytes, bytes_of(second, 1000));
  EXPECT_NE(bytes, bytes_of(other, 1000));
  EXPECT_NE(bytes, bytes_of(first, 1000)) << "it goes on, not round";
}

TEST(SeededRandom, gives_the_same_bytes_in_whatever_pieces) {
  SeededRandom whole{7};
  SeededRandom pieces{7};
  const auto expected = bytes_of(whole, 10);
  auto found = bytes_of(pieces, 3);
  std::ranges::copy(bytes_of(pieces, 7), std::back_inserter(found));
  EXPECT_EQ(found, expected);
}

TEST(SystemRandom, never_gives_the_same_bytes_twice) {
  SystemRandom random;
  std::set<std::vector<std::byte>> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(bytes_of(random, 16));  // Past the end of a block several times.
  EXPECT_EQ(seen.size(), 1000U);
  EXPECT_EQ(bytes_of(random, 10'000).size(), 10'000U);
}

RC_GTEST_PROP(Random, stays_below_the_bound, (std::uint64_t seed)) {
  SeededRandom random{seed};
  const auto bound = *rc::gen::inRange<std::uint64_t>(1, UINT64_MAX);
  for (int i = 0; i < 10; ++i) RC_ASSERT(random.below(bound) < bound);
}

TEST(Random, reaches_every_value_below_the_bound) {
  SeededRandom random{1};
  std::vector<int> seen(6);
  for (int i = 0; i < 6000; ++i) ++seen[random.below(6)];
  for (const int count : seen) EXPECT_NEAR(count, 1000, 150);
  EXPECT_EQ(random.below(1), 0U);
}

/// Gives the numbers that it was told to.
class Scripted final : public Random {
 public:
  explicit Scripted(std::deque<std::uint64_t> numbers) : numbers_(std::move(numbers)) {}
  void fill(std::span<std::byte> out) override {
    ASSERT_EQ(out.size(), 8U);
    ASSERT_FALSE(numbers_.empty());
    std::ranges::copy(std::as_bytes(std::span{&numbers_.front(), 1}), out.begin());
    numbers_.pop_front();
  }
  bool is_empty() const { return numbers_.empty(); }

 private:
  std::deque<std::uint64_t> numbers_;
};

TEST(Random, draws_again_where_small_values_would_be_favoured) {
  // 2⁶⁴ − 1 is divisible by 3 and 5 but not by 10: what is left above the last whole run is not used.
  Scripted random{{UINT64_MAX, UINT64_MAX - 3, 27}};
  EXPECT_EQ(random.below(10), 7U);
  EXPECT_TRUE(random.is_empty());
}

TEST(RandomDeathTest, has_no_value_below_zero) {
  SeededRandom random{1};
  EXPECT_DEATH(random.below(0), "CHECK failed: bound > 0");
}

}  // namespace
}  // namespace qantara
