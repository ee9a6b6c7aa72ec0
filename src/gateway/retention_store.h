// The SQL of what is old enough to be deleted. Everything here is one small bite, so that nobody waits for it long.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "db/transaction.h"

namespace qantara::gateway {

/// Events behind `after` that were committed before `cutoff`, in their order, at most `limit`. None that has no deliveries
/// yet, and never the newest: the next one is numbered behind it.
Result<std::vector<std::int64_t>> select_old_events(db::Transaction& tx, std::int64_t after, Instant cutoff, int limit);

struct DeletedEvents {
  std::int64_t events = 0;
  std::int64_t deliveries = 0;  ///< Of these events, with their attempts.
};
/// Deletes those of the events that no endpoint is still to be told of. An aggregate that may have more to tell keeps its
/// last sequence.
Result<DeletedEvents> delete_events(db::Transaction& tx, std::span<const std::int64_t> seqs);

/// Deletes deliveries that were given up before `cutoff`, with their attempts. Result: how many; fewer than `limit` if
/// these were all.
Result<std::int64_t> delete_dead_letters(db::Transaction& tx, Instant cutoff, int limit);

/// Deletes link sessions that expired before `cutoff`, unless a payment of theirs is under way. Result: as above.
Result<std::int64_t> delete_link_sessions(db::Transaction& tx, Instant cutoff, int limit);

}  // namespace qantara::gateway
