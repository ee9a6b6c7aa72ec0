#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "db/transaction.h"

namespace qantara::gateway {

struct Waiting {
  std::int64_t deliveries = 0;             ///< To active endpoints, told for the first time.
  std::optional<Instant> oldest_event_at;  ///< Of the events that are waited for.
};
Result<Waiting> select_waiting(db::Transaction& tx);

struct StatusCount {
  std::string status;
  std::int64_t count = 0;
};
/// Payments that are neither accepted nor failed. The cost grows with those.
Result<std::vector<StatusCount>> select_open_payments(db::Transaction& tx);

Result<std::int64_t> select_last_event(db::Transaction& tx);

struct EventCount {
  std::string type;
  std::optional<std::string> status;  ///< That a payment's public event tells.
  std::int64_t count = 0;
};
/// Of the events with a `seq` above `after` and up to `until`. Several may be of the same type and status.
Result<std::vector<EventCount>> count_events(db::Transaction& tx, std::int64_t after, std::int64_t until);

}  // namespace qantara::gateway
