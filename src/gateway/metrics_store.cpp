#include "gateway/metrics_store.h"

namespace qantara::gateway {

Result<Waiting> select_waiting(db::Transaction& tx) {
  struct Pending {
    std::int64_t count = 0;
    std::optional<std::int64_t> first;
  };
  ASSIGN_OR_RETURN(const auto pending,
                   tx.one("SELECT COUNT(*), MIN(d.event_seq) FROM webhook_deliveries AS d JOIN webhook_endpoints AS e "
                          "ON e.id = d.endpoint_id WHERE d.status = 'PENDING' AND d.again = 0 AND e.status = 'ACTIVE'",
                          [](db::Row& row) {
                            return Pending{.count = row.take<std::int64_t>(),
                                           .first = row.take<std::optional<std::int64_t>>()};
                          }));
  // What has no deliveries yet waits too.
  ASSIGN_OR_RETURN(
      const auto oldest,
      tx.one(
          "SELECT MIN(created_at) FROM events WHERE seq = $1 OR seq = (SELECT MIN(seq) FROM events "
          "WHERE sequence IS NOT NULL AND seq > "
          "(SELECT CAST(value AS INTEGER) FROM settings WHERE name = 'fanned_out'))",
          [](db::Row& row) { return row.take<std::optional<Instant>>(); }, pending ? pending->first : std::nullopt));
  return Waiting{.deliveries = pending ? pending->count : 0, .oldest_event_at = oldest.value_or(std::nullopt)};
}

Result<std::vector<StatusCount>> select_open_payments(db::Transaction& tx) {
  // Whoever is open is checked some time (payments/check_schedule.h), and this index holds those alone.
  return tx.all(
      "SELECT status, COUNT(*) FROM payments WHERE next_check_at IS NOT NULL GROUP BY status",
      [](db::Row& row) { return StatusCount{.status = row.take<std::string>(), .count = row.take<std::int64_t>()}; });
}

Result<std::int64_t> select_last_event(db::Transaction& tx) {
  ASSIGN_OR_RETURN(const auto last, tx.one("SELECT COALESCE(MAX(seq), 0) FROM events",
                                           [](db::Row& row) { return row.take<std::int64_t>(); }));
  return last.value_or(0);
}

Result<std::vector<EventCount>> count_events(db::Transaction& tx, std::int64_t after, std::int64_t until) {
  return tx.all(
      "SELECT type, CASE WHEN type IN ('payment.created', 'payment.updated') "
      "THEN body -> 'payload' ->> 'status' END AS status, COUNT(*) "
      "FROM events WHERE seq > $1 AND seq <= $2 GROUP BY 1, 2",
      [](db::Row& row) {
        return EventCount{.type = row.take<std::string>(),
                          .status = row.take<std::optional<std::string>>(),
                          .count = row.take<std::int64_t>()};
      },
      after, until);
}

}  // namespace qantara::gateway
