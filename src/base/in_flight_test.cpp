#include "base/in_flight.h"

#include <gtest/gtest.h>

namespace qantara {
namespace {

TEST(InFlight, holds_an_id_once_until_it_is_let_go) {
  InFlight<int> in_flight;
  {
    auto first = in_flight.take(1);
    ASSERT_TRUE(first);
    EXPECT_FALSE(in_flight.take(1));
    EXPECT_TRUE(in_flight.contains(1)) << "who was refused lets nothing go";
    const auto moved = std::move(first);
    first.reset();
    EXPECT_TRUE(in_flight.contains(1)) << "who has passed it on lets nothing go";
    EXPECT_TRUE(in_flight.take(2)) << "another id";
    EXPECT_EQ(in_flight.count(), 1U);
  }
  EXPECT_FALSE(in_flight.contains(1));
  EXPECT_TRUE(in_flight.take(1));
}

}  // namespace
}  // namespace qantara
