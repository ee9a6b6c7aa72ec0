#include "gateway/pruner.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/log.h"
#include "gateway/retention_store.h"

namespace qantara::gateway {

namespace {

constexpr int kBite = 100;  // Events with all their rows: a few milliseconds of the writer.
constexpr auto kPruneEvery = std::chrono::hours{1};
constexpr auto kRestMin = std::chrono::milliseconds{5};

}  // namespace

Pruner::Pruner(db::Database& database, const Clock& clock, const Clock& real_clock, Timers& timers, Retention retention,
               std::function<void(const Pruned&)> on_pruned)
    : database_(database),
      clock_(clock),
      real_clock_(real_clock),
      retention_(retention),
      on_pruned_(on_pruned ? std::move(on_pruned) : [](const Pruned&) {}),
      bell_(timers.make_bell()),
      rest_(timers.make_bell()) {}

Task<void> Pruner::run() {
  while (!stopping_) {
    const auto pruned = co_await run_once();
    if (!pruned) log::warn("pruning waits for the storage", {{"cause", pruned.error().cause}});
    const Instant wake_at = clock_.now() + kPruneEvery;
    if (!stopping_) co_await bell_->wait_until(wake_at);
  }
}

void Pruner::stop() {
  stopping_ = true;
  bell_->ring();
  rest_->ring();
}

Task<Result<std::int64_t>> Pruner::take(const Bite& bite) {
  const Instant begun_at = real_clock_.now();
  auto taken = co_await database_.write([&](db::Transaction& tx) { return bite(tx); });
  const Duration took = real_clock_.now() - begun_at;
  const Instant rested_at = clock_.now() + std::max<Duration>(4 * took, kRestMin);
  if (!stopping_) co_await rest_->wait_until(rested_at);
  co_return taken;
}

Task<Result<void>> Pruner::run_once() {
  const Instant now = clock_.now();
  CO_RETURN_IF_ERROR(co_await prune_events(now));
  const Bite bite_letters = [cutoff = now - retention_.dead_letters](db::Transaction& tx) {
    return delete_dead_letters(tx, cutoff, kBite);
  };
  for (std::int64_t count = kBite; count == kBite && !stopping_;) {
    CO_ASSIGN_OR_RETURN(count, co_await take(bite_letters));
    if (count > 0) on_pruned_({.dead_letters = count});
  }
  // A session lives by the real clock, wherever the domain's was moved to.
  const Bite bite_sessions = [cutoff = real_clock_.now() - retention_.sessions](db::Transaction& tx) {
    return delete_link_sessions(tx, cutoff, kBite);
  };
  for (std::int64_t count = kBite; count == kBite && !stopping_;) {
    CO_ASSIGN_OR_RETURN(count, co_await take(bite_sessions));
    if (count > 0) on_pruned_({.sessions = count});
  }
  co_return Result<void>{};
}

Task<Result<void>> Pruner::prune_events(Instant now) {
  const Instant cutoff = now - retention_.events;
  for (std::int64_t after = 0; !stopping_;) {
    CO_ASSIGN_OR_RETURN(const auto old, co_await database_.read([&](db::Transaction& tx) {
      return select_old_events(tx, after, cutoff, kBite);
    }));
    if (old.empty()) break;
    DeletedEvents deleted;
    const Bite bite = [&deleted, &old](db::Transaction& tx) -> Result<std::int64_t> {
      ASSIGN_OR_RETURN(deleted, delete_events(tx, old));
      return deleted.events;
    };
    CO_RETURN_IF_ERROR(co_await take(bite));
    on_pruned_({.events = deleted.events, .deliveries = deleted.deliveries});
    after = old.back();
  }
  co_return Result<void>{};
}

}  // namespace qantara::gateway
