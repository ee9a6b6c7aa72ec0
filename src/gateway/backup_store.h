#pragma once

#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "base/result.h"
#include "db/transaction.h"

namespace qantara::gateway {

/// What a database holds, so that a person can see whether it is the one they meant.
struct Holdings {
  std::int64_t applications = 0;
  std::int64_t intents = 0;
  std::int64_t payments = 0;
  std::int64_t payments_open = 0;  ///< Neither accepted nor failed.
  std::int64_t events = 0;
  std::int64_t deliveries_waiting = 0;
  std::optional<Instant> last_event_at;
};
Result<Holdings> select_holdings(db::Transaction& tx);

}  // namespace qantara::gateway
