#include "gateway/backup_store.h"

namespace qantara::gateway {

Result<Holdings> select_holdings(db::Transaction& tx) {
  const auto read = [](db::Row& row) {
    return Holdings{.applications = row.take<std::int64_t>(),
                    .intents = row.take<std::int64_t>(),
                    .payments = row.take<std::int64_t>(),
                    .payments_open = row.take<std::int64_t>(),
                    .events = row.take<std::int64_t>(),
                    .deliveries_waiting = row.take<std::int64_t>(),
                    .last_event_at = row.take<std::optional<Instant>>()};
  };
  ASSIGN_OR_RETURN(const auto found,
                   tx.one("SELECT (SELECT COUNT(*) FROM applications),"
                          " (SELECT COUNT(*) FROM payment_intents),"
                          " (SELECT COUNT(*) FROM payments),"
                          " (SELECT COUNT(*) FROM payments WHERE status NOT IN ('ACCEPTED_BY_BANK', 'FAILED')),"
                          " (SELECT COUNT(*) FROM events),"
                          " (SELECT COUNT(*) FROM webhook_deliveries WHERE status = 'PENDING'),"
                          " (SELECT created_at FROM events ORDER BY seq DESC LIMIT 1)",
                          read));
  return found.value_or(Holdings{});
}

}  // namespace qantara::gateway
