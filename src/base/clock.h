// Time is an argument. Code that asks the machine for it cannot be replayed and cannot jump 24 hours.
#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace qantara {

/// A point on the UTC time line, to the microsecond.
using Instant = std::chrono::sys_time<std::chrono::microseconds>;
using Duration = std::chrono::microseconds;

/// What time it is. Two clocks run in a gateway: the *domain* clock (cool-off, expiry, retries, `timestamp`), which a
/// sandbox may shift, and the *real* one (signature timestamps, token lifetimes, TLS). No safety property rests on either.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
};

/// The machine's clock.
class SystemClock final : public Clock {
 public:
  Instant now() const override;
};

/// A clock that runs ahead of another by an offset which only grows: the sandbox's virtual time.
class ShiftedClock final : public Clock {
 public:
  explicit ShiftedClock(const Clock& base) : base_(base) {}
  Instant now() const override { return base_.now() + offset(); }
  Duration offset() const { return Duration{offset_.load(std::memory_order_relaxed)}; }
  void set_offset(Duration offset) { offset_.store(offset.count(), std::memory_order_relaxed); }

 private:
  const Clock& base_;
  std::atomic<Duration::rep> offset_{0};
};

/// A clock for tests: it moves when told.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Instant start) : micros_(start.time_since_epoch().count()) {}
  Instant now() const override { return Instant{Duration{micros_.load()}}; }
  void advance(Duration by) { micros_ += by.count(); }

 private:
  std::atomic<Duration::rep> micros_;
};

/// RFC 3339 in UTC with six fractional digits: "2021-03-24T12:50:47.521324Z".
std::string to_text(Instant instant);

/// Reads RFC 3339 in UTC ("Z"), with up to nine fractional digits (what is finer than a microsecond is cut off).
/// Nothing for any other text.
std::optional<Instant> parse_instant(std::string_view text);

/// Reads a length of time as people type it: "24h", "90s", "15m", "2d", "1h30m"; at most a century. Nothing for
/// any other text.
std::optional<Duration> parse_duration(std::string_view text);

}  // namespace qantara
