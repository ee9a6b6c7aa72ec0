// The pruner: deletes what was kept long enough, in small bites between which everybody else writes.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>

#include "api/idempotency.h"
#include "base/clock.h"
#include "base/task.h"
#include "base/timers.h"
#include "db/database.h"

namespace qantara::gateway {

/// How long is kept what nobody needs any more.
struct Retention {
  Duration events = std::chrono::days{90};        ///< With their deliveries and attempts.
  Duration dead_letters = std::chrono::days{30};  ///< Counted from when they were given up.
  Duration sessions = std::chrono::days{30};      ///< Of payers' flows, counted from their expiry.
  /// Answers to requests with an Idempotency-Key. Each new one takes old ones with it: the pruner leaves them alone.
  Duration idempotency = api::kIdempotencyLife;
};

/// Rows that were deleted.
struct Pruned {
  std::int64_t events = 0;
  std::int64_t deliveries = 0;
  std::int64_t dead_letters = 0;
  std::int64_t sessions = 0;
};

class Pruner {
 public:
  /// `clock` is the domain's, and `timers` were made with it. `on_pruned` hears of every bite.
  Pruner(db::Database& database, const Clock& clock, const Clock& real_clock, Timers& timers, Retention retention,
         std::function<void(const Pruned&)> on_pruned = {});

  /// Looks once an hour, and when the clock is moved. Runs until `stop`.
  Task<void> run();
  void stop();

  /// Everything that is old enough now. Between two bites it rests four times as long as the last one took: a fifth of the
  /// writer's time at most.
  Task<Result<void>> run_once();

 private:
  Task<Result<void>> prune_events(Instant now);
  using Bite = std::function<Result<std::int64_t>(db::Transaction&)>;
  /// Writes, and rests.
  Task<Result<std::int64_t>> take(const Bite& bite);

  db::Database& database_;
  const Clock& clock_;
  const Clock& real_clock_;
  const Retention retention_;
  const std::function<void(const Pruned&)> on_pruned_;
  std::unique_ptr<Bell> bell_;
  std::unique_ptr<Bell> rest_;
  std::atomic<bool> stopping_ = false;
};

}  // namespace qantara::gateway
