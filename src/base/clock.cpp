#include "base/clock.h"

#include <algorithm>
#include <charconv>

namespace qantara {

namespace {

/// Reads exactly `count` digits at `at`; -1 if they are not digits.
int digits(std::string_view text, std::size_t at, std::size_t count) {
  int value = 0;
  if (at + count > text.size()) return -1;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

}  // namespace

Instant SystemClock::now() const {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

std::string to_text(Instant instant) {
  constexpr Instant kFirst = std::chrono::sys_days{std::chrono::year{0} / 1 / 1};
  constexpr Instant kLast = std::chrono::sys_days{std::chrono::year{10'000} / 1 / 1} - Duration{1};
  instant = std::clamp(instant, kFirst, kLast);  // Four digits are what the text has for a year.
  const auto day = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{instant - day};
  // Digit by digit: each answer and each line of the log has several.
  std::string text = "0000-00-00T00:00:00.000000Z";
  const auto put = [&text](std::size_t end, std::int64_t value) {
    for (; value > 0; value /= 10) text[--end] = static_cast<char>('0' + value % 10);
  };
  put(4, static_cast<int>(date.year()));
  put(7, static_cast<unsigned>(date.month()));
  put(10, static_cast<unsigned>(date.day()));
  put(13, time.hours().count());
  put(16, time.minutes().count());
  put(19, time.seconds().count());
  put(26, time.subseconds().count());
  return text;
}

std::optional<Instant> parse_instant(std::string_view text) {
  // 2021-03-24T12:50:47Z or 2021-03-24T12:50:47.521324Z
  if (text.size() < 20 || text.size() > 30 || text.back() != 'Z') return std::nullopt;
  if (text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':') return std::nullopt;
  const int year = digits(text, 0, 4);
  const int month = digits(text, 5, 2);
  const int day = digits(text, 8, 2);
  const int hour = digits(text, 11, 2);
  const int minute = digits(text, 14, 2);
  const int second = digits(text, 17, 2);
  if (year < 0 || month < 0 || day < 0 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
      second > 59) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return std::nullopt;

  std::chrono::microseconds fraction{0};
  if (text.size() > 20) {
    if (text[19] != '.' || text.size() == 21) return std::nullopt;
    int scale = 100'000;
    for (std::size_t i = 20; i + 1 < text.size(); ++i) {
      if (text[i] < '0' || text[i] > '9') return std::nullopt;
      fraction += std::chrono::microseconds{(text[i] - '0') * scale};
      scale /= 10;
    }
  }
  return Instant{std::chrono::sys_days{date}} + std::chrono::hours{hour} + std::chrono::minutes{minute} +
         std::chrono::seconds{second} + fraction;
}

std::optional<Duration> parse_duration(std::string_view text) {
  struct Unit {
    std::string_view name;
    Duration length;
  };
  static constexpr Unit kUnits[] = {{"ms", std::chrono::milliseconds{1}},
                                    {"s", std::chrono::seconds{1}},
                                    {"m", std::chrono::minutes{1}},
                                    {"h", std::chrono::hours{1}},
                                    {"d", std::chrono::days{1}}};
  static constexpr Duration kMax = std::chrono::days{36'525};

  if (text.empty()) return std::nullopt;
  Duration total{0};
  while (!text.empty()) {
    std::int64_t count = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (status != std::errc{} || count < 0) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    const auto* const unit = std::ranges::find_if(kUnits, [&](const Unit& row) { return text.starts_with(row.name); });
    if (unit == std::end(kUnits) || count > (kMax - total) / unit->length) return std::nullopt;
    total += count * unit->length;
    text.remove_prefix(unit->name.size());
  }
  return total;
}

}  // namespace qantara
