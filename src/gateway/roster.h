// Which gateways share a database, and which of them have died. No clocks are compared: a gateway lives while the number of
// its beats grows before the eyes of the one that leads.
//
// Nothing but patience rests on it. Whoever is given up too early finds what it brings set aside (payments/payments.h), and is
// on the roster again with its next beat; nothing is ever submitted because somebody was given up.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/task.h"
#include "base/timers.h"
#include "db/database.h"

namespace qantara::gateway {

/// Real time between two beats, and between two looks at everybody's.
inline constexpr Duration kBeatEvery = std::chrono::seconds{2};

/// So many looks in a row without a new beat, each with an answer of the database: it is gone. Longer than the pause after which
/// leadership ends by itself, and long enough for a gateway to find a database again that was away.
inline constexpr int kBeatsMissed = 6;

/// Every gateway's part: it says that it lives.
class Heart {
 public:
  /// In the transaction of each beat.
  using Tidy = std::function<Result<void>(db::Transaction&)>;
  /// `real_timers` were made with `real_clock`: a domain clock that is moved brings no beats.
  Heart(db::Database& database, GatewayId me, const Clock& real_clock, Timers& real_timers, Tidy tidy);

  /// Beats until `stop`. The first is the caller's, before anything is leased.
  Task<void> run();
  void stop();
  Task<Result<void>> beat();
  /// Off the roster, with nothing in work any more.
  Task<void> leave();

 private:
  db::Database& database_;
  const GatewayId me_;
  const Clock& real_clock_;
  const Instant started_at_;
  const Tidy tidy_;
  const std::unique_ptr<Bell> bell_;
  std::atomic<bool> stopping_ = false;
};

/// The leader's part: it sees who has died, and ends what they held.
class Undertaker {
 public:
  /// `bury` ends the leases of one that is gone, in the transaction that strikes it off.
  using Bury = std::function<Result<void>(db::Transaction&, GatewayId)>;
  Undertaker(db::Database& database, const Clock& real_clock, Timers& real_timers, Bury bury);

  /// Looks until `stop`.
  Task<void> run();
  void stop();

  /// One look.
  Task<Result<void>> look();

 private:
  struct Seen {
    std::int64_t beats = 0;
    int missed = 0;
  };

  db::Database& database_;
  const Clock& real_clock_;
  const Bury bury_;
  const std::unique_ptr<Bell> bell_;
  std::map<GatewayId, Seen> seen_;
  std::atomic<bool> stopping_ = false;
};

}  // namespace qantara::gateway
