#include "base/uuid.h"

#include <gtest/gtest.h>

#include <set>
#include <type_traits>

#include "base/ids.h"

namespace qantara {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kText = "9dafc6f5-37e8-4f72-aa0b-5323c0935c5f";

TEST(Uuid, reads_the_canonical_text_in_either_case_and_without_hyphens) {
  for (const std::string_view text : {kText, std::string_view{"9DAFC6F5-37E8-4F72-AA0B-5323C0935C5F"},
                                      std::string_view{"9dafc6f537e84f72aa0b5323c0935c5f"}}) {
    const auto uuid = Uuid::parse(text);
    ASSERT_TRUE(uuid) << text;
    EXPECT_EQ(uuid->to_text(), kText);
    EXPECT_EQ(uuid->to_plain_text(), "9dafc6f537e84f72aa0b5323c0935c5f");
  }
}

TEST(Uuid, reads_no_other_text) {
  for (const std::string_view text : {
           "",
           "9dafc6f5",
           "9dafc6f5-37e8-4f72-aa0b-5323c0935c5",
           "9dafc6f5-37e8-4f72-aa0b-5323c0935c5ff",
           "9dafc6f5-37e8-4f72-aa0b-5323c0935c5g",
           "9dafc6f537e8-4f72-aa0b-5323c0935c5f-",
           "{9dafc6f5-37e8-4f72-aa0b-5323c0935}",
           "9dafc6f5_37e8_4f72_aa0b_5323c0935c5f",
           "9dafc6f537e84f72aa0b5323c0935c5 ",
           "9dafc6f5-37e84-f72-aa0b-5323c0935c5f",
       }) {
    EXPECT_FALSE(Uuid::parse(text)) << text;
  }
}

TEST(Uuid, is_made_as_version_7_of_the_clock_and_randomness) {
  const ManualClock clock{Instant{milliseconds{0x017F22E279B0}}};  // RFC 9562, appendix A.6
  SeededRandom random{1};
  const auto uuid = Uuid::make(clock, random);
  EXPECT_EQ(uuid.to_text().substr(0, 15), "017f22e2-79b0-7");
  EXPECT_NE(std::string_view{"89ab"}.find(uuid.to_text()[19]), std::string_view::npos) << uuid.to_text();

  SeededRandom again{1};
  EXPECT_EQ(Uuid::make(clock, again), uuid);
}

TEST(Uuid, sorts_by_time) {
  ManualClock clock{Instant{std::chrono::seconds{1'700'000'000}}};
  SeededRandom random{1};
  auto last = Uuid::make(clock, random);
  for (int i = 0; i < 300; ++i) {
    clock.advance(milliseconds{1});
    const auto next = Uuid::make(clock, random);
    EXPECT_LT(last, next);
    EXPECT_LT(last.to_text(), next.to_text());
    last = next;
  }
}

TEST(Uuid, differs_within_a_millisecond) {
  const ManualClock clock{Instant{}};
  SeededRandom random{1};
  std::set<Uuid> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(Uuid::make(clock, random));
  EXPECT_EQ(seen.size(), 1000U);
}

TEST(Uuid, is_read_from_exactly_sixteen_bytes) {
  const auto uuid = *Uuid::parse(kText);
  EXPECT_EQ(Uuid::from_bytes(uuid.bytes()), uuid);
  EXPECT_FALSE(Uuid::from_bytes(uuid.bytes().first(15)));
  EXPECT_FALSE(Uuid::from_bytes({}));
}

TEST(Id, names_one_kind_of_thing) {
  static_assert(!std::is_convertible_v<CustomerId, IntentId>);
  static_assert(!std::is_convertible_v<Uuid, CustomerId>);
  const auto id = CustomerId::parse(kText);
  ASSERT_TRUE(id);
  EXPECT_EQ(id->to_text(), kText);
  EXPECT_FALSE(CustomerId::parse("customer"));
}

}  // namespace
}  // namespace qantara
