// What memory holds of one endpoint's deliveries: a window of attempts in flight, what is ready to start, and what waits
// behind an earlier event of its aggregate. No I/O, no clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"

namespace qantara::webhooks {

/// One event on its way to one endpoint.
struct Parcel {
  std::int64_t event_seq = 0;
  EventId event;
  Uuid aggregate;
  std::string body;
  std::optional<std::int64_t> delivery;  ///< Its row; nothing for an event that comes straight from the log.
  int attempts = 0;                      ///< Made before this one.
  std::optional<Instant> first_attempt_at;
};

/// What needs a row.
struct Unstored {
  std::int64_t event_seq = 0;
  Uuid aggregate;
  std::optional<Instant> started_at;  ///< Of its first attempt, if that is under way (domain time).
};

struct LaneLimits {
  int window_at_first = 8;      ///< For an endpoint that nothing is known of.
  int window_max = 128;         ///< For one that answers quickly.
  int window_when_failing = 4;  ///< From its latest failure until it succeeds.
};

/// The window follows what the endpoint can take: each quick success in a full window widens it by one, so that it doubles
/// with every round trip; a slow answer narrows it by one, a failure halves it.
class Lane {
 public:
  /// `limits` outlive the lane.
  explicit Lane(const LaneLimits& limits);

  /// An event straight from the log, in the order of the log. It waits while an earlier one of its aggregate is held.
  void add(Parcel parcel, Instant real_now);
  /// One whose row was claimed: whatever goes before it has ended.
  void add_claimed(Parcel parcel, Instant real_now);

  bool may_start() const { return !ready_.empty() && in_flight_ < window(); }
  /// The next one, in flight from now on. Only if `may_start()`.
  Parcel start(Instant now, Instant real_now);

  enum class Answer { QUICK, SLOW, FAILURE };
  /// An attempt has ended. After a success the next of its line is ready; after a failure its line stands still, until it is
  /// settled with nothing behind it, or until `release()`.
  void end(std::int64_t event_seq, Answer answer);
  /// What became of it is recorded: the lane no longer knows it.
  void settle(std::int64_t event_seq);

  /// Something waits behind a failure: it must be released.
  bool stands_still() const;
  /// One from the log that the table may not know goes before whatever else comes of `aggregate`.
  bool has_line(const Uuid& aggregate) const { return lines_.contains(aggregate); }

  bool holds(std::int64_t event_seq) const { return held_.contains(event_seq); }
  bool has_row(std::int64_t event_seq) const;
  std::size_t held() const { return held_.size(); }
  std::size_t held_from_table() const;
  std::size_t waiting() const { return waiting_; }  ///< Held and not started.
  int in_flight() const { return in_flight_; }
  int window() const;
  bool is_failing() const { return is_failing_; }
  /// Since when the one that is ready longest has been held (real time).
  std::optional<Instant> ready_since() const;

  /// Since when the oldest that came from the log and has no row is in flight (real time).
  std::optional<Instant> in_flight_since() const;
  /// What came from the log, has no row and has been in flight since `started_by` (real time) or longer.
  std::vector<Unstored> in_flight_without_row(Instant started_by) const;
  /// All that came from the log, has no row and has not ended, in the order of the log.
  std::vector<Unstored> all_without_row() const;
  /// It has a row now.
  void note_row(std::int64_t event_seq);
  /// Forgets what has not started and is in the table: of all, or only what came from the log.
  enum class Released { ALL, FROM_THE_LOG };
  void release(Released which = Released::FROM_THE_LOG);

 private:
  enum class State { WAITING, IN_FLIGHT, ENDED };
  struct Held {
    Uuid aggregate;
    enum class Source { LOG, TABLE } source = Source::LOG;
    State state = State::WAITING;
    bool has_row = false;
    Instant since;                      // Real time.
    std::optional<Instant> started_at;  // Domain time.
  };
  static Unstored unstored(std::int64_t event_seq, const Held& held);
  /// Held, if it is in flight and has no row.
  const Held* find_started(std::int64_t event_seq) const;
  void drop_what_is_over();

  const LaneLimits& limits_;
  std::unordered_map<std::int64_t, Held> held_;
  std::deque<Parcel> ready_;
  std::deque<std::int64_t> started_;  ///< In this order. Begins with one that is in flight and has no row.
  struct Line {
    enum class Head { GOES_ON, HAS_FAILED } head = Head::GOES_ON;
    std::vector<Parcel> behind;
  };
  /// The aggregates with one from the log that is ready, in flight or failed, and what waits behind it.
  std::unordered_map<Uuid, Line> lines_;
  std::size_t failed_lines_ = 0;  ///< So many of them.
  std::size_t waiting_ = 0;
  int in_flight_ = 0;
  int window_;
  bool is_failing_ = false;
};

}  // namespace qantara::webhooks
