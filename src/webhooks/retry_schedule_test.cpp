#include "webhooks/retry_schedule.h"

#include <gtest/gtest.h>

#include <string>

namespace qantara::webhooks {
namespace {

using namespace std::chrono_literals;

constexpr Instant kFirst{std::chrono::seconds{1'700'000'000}};

struct Row {
  Duration failed_at;  ///< After the first attempt, as all here.
  Duration asked_to_wait;
  Duration next_from;  ///< The earliest and
  Duration next_to;    ///< the latest time of the next attempt. Both zero: give up.
};

TEST(retry_schedule, next_attempt) {
  const Row rows[] = {
      // The published retries count from the first attempt, not from the failure.
      {10s, 0s, 1min, 1min},
      {1min + 10s, 0s, 2min, 2min},
      {2min, 0s, 5min, 5min},
      {5min + 1s, 0s, 10min, 10min},
      {10min + 1s, 0s, 60min, 60min},
      {60min + 1s, 0s, 180min, 180min},
      // Then each 4 h, give or take 10 %.
      {180min, 0s, 180min + 216min, 180min + 264min},
      {40h, 0s, 40h + 216min, 40h + 264min},
      // Slots that passed while nobody could try are not caught up.
      {30min, 0s, 60min, 60min},
      {20h, 0s, 20h + 216min, 20h + 264min},
      // To 72 h.
      {67h + 30min, 0s, 67h + 30min + 216min, 67h + 30min + 264min},
      {68h + 25min, 0s, 0s, 0s},
      {72h, 0s, 0s, 0s},
      {1000h, 0s, 0s, 0s},
      // Retry-After moves the next attempt back, never forward, by at most a day.
      {10s, 30s, 1min, 1min},
      {10s, 3min, 3min + 10s, 3min + 10s},
      {10s, 1000h, 24h + 10s, 24h + 10s},
      {47h, 24h, 71h, 71h},
      {49h, 24h, 0s, 0s},
  };
  SeededRandom random{3};
  for (const Row& row : rows) {
    SCOPED_TRACE("failed at " + std::to_string(row.failed_at.count() / 1'000'000) + " s");
    for (int i = 0; i < 50; ++i) {
      const auto next = next_attempt(kFirst, kFirst + row.failed_at, row.asked_to_wait, random);
      ASSERT_EQ(next.has_value(), row.next_to > 0s);
      if (!next) continue;
      EXPECT_GE(*next, kFirst + row.next_from);
      EXPECT_LE(*next, kFirst + row.next_to);
    }
  }
}

TEST(retry_schedule, later_retries_are_spread) {
  SeededRandom random{3};
  Instant earliest = Instant::max();
  Instant latest = Instant::min();
  for (int i = 0; i < 200; ++i) {
    const Instant next = next_attempt(kFirst, kFirst + 5h, 0s, random).value_or(kFirst);
    earliest = std::min(earliest, next);
    latest = std::max(latest, next);
  }
  EXPECT_LT(earliest, kFirst + 5h + 220min);
  EXPECT_GT(latest, kFirst + 5h + 260min);
}

TEST(retry_schedule, reads_retry_after) {
  const Instant now = *parse_instant("2026-02-28T23:59:00Z");
  const struct {
    std::string_view text;
    std::optional<Duration> expected;
  } rows[] = {
      {"0", 0s},
      {"120", 2min},
      {" 120 ", 2min},
      {"86400", 24h},
      {"86401", 24h},
      {"99999999999999999999999999", 24h},
      {"Sun, 01 Mar 2026 00:00:00 GMT", 1min},
      {"Sat, 28 Feb 2026 23:58:00 GMT", 0s},
      {"Sun, 01 Nov 2026 00:00:00 GMT", 24h},
      {"", std::nullopt},
      {"-1", std::nullopt},
      {"+1", std::nullopt},
      {"1.5", std::nullopt},
      {"soon", std::nullopt},
      {"Sun, 01 Mar 2026 00:00:00 CET", std::nullopt},
      {"Sun, 01 arM 2026 00:00:00 GMT", std::nullopt},
      {"Sun, 41 Mar 2026 00:00:00 GMT", std::nullopt},
      {"Sunday, 01-Mar-26 00:00:00 GMT", std::nullopt},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(std::string{row.text});
    EXPECT_EQ(parse_retry_after(row.text, now), row.expected);
  }
}

}  // namespace
}  // namespace qantara::webhooks
