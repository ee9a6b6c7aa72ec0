#include "base/clock.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace qantara {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::year;

constexpr Instant kInstant =
    sys_days{year{2021} / 3 / 24} + hours{12} + minutes{50} + seconds{47} + microseconds{521324};

TEST(clock, writes_rfc_3339_with_six_fractional_digits) {
  const struct {
    Instant instant;
    std::string_view text;
  } rows[] = {
      {kInstant, "2021-03-24T12:50:47.521324Z"},
      {Instant{}, "1970-01-01T00:00:00.000000Z"},
      {Instant{microseconds{7}}, "1970-01-01T00:00:00.000007Z"},
      {Instant{microseconds{-1}}, "1969-12-31T23:59:59.999999Z"},
      {sys_days{year{2024} / 2 / 29}, "2024-02-29T00:00:00.000000Z"},
  };
  for (const auto& row : rows) EXPECT_EQ(to_text(row.instant), row.text);
}

TEST(clock, reads_rfc_3339_in_utc) {
  const auto whole = kInstant - microseconds{521324};
  const struct {
    std::string_view text;
    Instant instant;
  } rows[] = {
      {"2021-03-24T12:50:47.521324Z", kInstant},
      {"2021-03-24T12:50:47.521324999Z", kInstant},  // What is finer than a microsecond is cut off.
      {"2021-03-24T12:50:47Z", whole},
      {"2021-03-24T12:50:47.5Z", whole + milliseconds{500}},
      {"2024-02-29T23:59:59Z", sys_days{year{2024} / 3 / 1} - seconds{1}},
      {"0000-01-01T00:00:00Z", sys_days{year{0} / 1 / 1}},
  };
  for (const auto& row : rows) EXPECT_EQ(parse_instant(row.text), row.instant) << row.text;
}

TEST(clock, reads_no_other_text_as_an_instant) {
  for (const std::string_view text : {
           "",
           "Z",
           "now",
           "2021-03-24",
           "2021-03-24T12:50:47",
           "2021-03-24 12:50:47Z",
           "2021-03-24T12:50:47.Z",
           "2021-03-24T12:50:47.5218345210Z",  // ten digits
           "2021-03-24T12:50:47,5Z",
           "2021-03-24T12:50:47.5x4Z",
           "2021-03-24T12:50:47+00:00",
           "2021-03-24T12:50:47z",
           "2021-13-24T12:50:47Z",
           "2021-00-24T12:50:47Z",
           "2021-02-29T12:50:47Z",
           "2021-04-31T12:50:47Z",
           "2021-03-24T24:00:00Z",
           "2021-03-24T12:60:47Z",
           "2021-03-24T23:59:60Z",
           "-021-03-24T12:50:47Z",
           "2021-3-24T12:50:47.00Z",
           "2021-03-24T12:50:47Z ",
           " 2021-03-24T12:50:47Z",
       }) {
    EXPECT_FALSE(parse_instant(text)) << text;
  }
}

RC_GTEST_PROP(clock, reads_what_it_writes, ()) {
  // The years 0 to 9999, which is what the text can hold.
  const auto first = Instant{sys_days{year{0} / 1 / 1}}.time_since_epoch().count();
  const auto last = Instant{sys_days{year{10000} / 1 / 1}}.time_since_epoch().count();
  const Instant instant{microseconds{*rc::gen::inRange(first, last)}};
  RC_ASSERT(parse_instant(to_text(instant)) == instant);
}

TEST(clock, reads_lengths_of_time_as_people_type_them) {
  const struct {
    std::string_view text;
    std::optional<Duration> duration;
  } rows[] = {
      {"24h", hours{24}},
      {"90s", seconds{90}},
      {"15m", minutes{15}},
      {"2d", days{2}},
      {"0s", seconds{0}},
      {"1h30m", minutes{90}},
      {"250ms", milliseconds{250}},
      {"1d1h1m1s1ms", days{1} + hours{1} + minutes{1} + seconds{1} + milliseconds{1}},
      {"", std::nullopt},
      {"24", std::nullopt},
      {"h", std::nullopt},
      {"-1h", std::nullopt},
      {"1.5h", std::nullopt},
      {"1 h", std::nullopt},
      {"1H", std::nullopt},
      {"1h30", std::nullopt},
      {"1w", std::nullopt},
      {"+1h", std::nullopt},
      {"36525d", days{36'525}},
      {"36525d1ms", std::nullopt},
      {"1000000000d", std::nullopt},
      {"99999999999999999999h", std::nullopt},
  };
  for (const auto& row : rows) EXPECT_EQ(parse_duration(row.text), row.duration) << row.text;
}

TEST(clock, shifts_ahead_of_another_clock) {
  ManualClock real{kInstant};
  ShiftedClock shifted{real};
  EXPECT_EQ(shifted.now(), kInstant);
  shifted.set_offset(hours{24});
  real.advance(seconds{1});
  EXPECT_EQ(shifted.now(), kInstant + hours{24} + seconds{1});
  EXPECT_EQ(shifted.offset(), hours{24});
}

}  // namespace
}  // namespace qantara
