#include "gateway/metrics_store.h"

#include "json/json.h"

namespace qantara::gateway {

namespace {

/// The status that a payment's public event tells.
std::optional<std::string> told_status(const std::optional<std::string>& body) {
  if (!body) return std::nullopt;
  const auto event = json::parse(*body);
  const auto* const payload = event ? event->find("payload") : nullptr;
  const auto status = payload != nullptr ? payload->text("status") : std::nullopt;
  return status ? std::optional<std::string>{*status} : std::nullopt;
}

}  // namespace

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
  ASSIGN_OR_RETURN(const auto first_pending_at,
                   tx.one(
                       "SELECT created_at FROM events WHERE seq = $1", [](db::Row& row) { return row.take<Instant>(); },
                       pending ? pending->first : std::nullopt));
  // What goes straight from the log waits without a row, behind the mark (webhooks/webhook_store.h).
  ASSIGN_OR_RETURN(
      auto waiting,
      tx.one("SELECT COUNT(*), MIN(e.created_at) FROM events e JOIN webhook_endpoints p ON p.application_id = "
             "e.application_id "
             "WHERE e.seq > COALESCE((SELECT CAST(value AS BIGINT) FROM settings WHERE name = 'fanned_out'), 0) "
             "AND e.sequence IS NOT NULL AND p.status = 'ACTIVE' AND p.after_seq < e.seq "
             "AND (NOT EXISTS (SELECT 1 FROM webhook_endpoint_types t WHERE t.endpoint_id = p.id) "
             "  OR EXISTS (SELECT 1 FROM webhook_endpoint_types t WHERE t.endpoint_id = p.id AND t.type = e.type)) "
             "AND NOT EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.endpoint_id = p.id AND d.event_seq = e.seq)",
             [](db::Row& row) {
               return Waiting{.deliveries = row.take<std::int64_t>(),
                              .oldest_event_at = row.take<std::optional<Instant>>()};
             }));
  Waiting sum = waiting.value_or(Waiting{});
  if (pending) sum.deliveries += pending->count;
  const bool is_older = first_pending_at && (!sum.oldest_event_at || *first_pending_at < *sum.oldest_event_at);
  if (is_older) sum.oldest_event_at = first_pending_at;
  return sum;
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
  // The engines' ways into JSON differ.
  return tx.all(
      "SELECT type, CASE WHEN type IN ('payment.created', 'payment.updated') THEN body END AS told, COUNT(*) "
      "FROM events WHERE seq > $1 AND seq <= $2 GROUP BY 1, 2",
      [](db::Row& row) {
        return EventCount{.type = row.take<std::string>(),
                          .status = told_status(row.take<std::optional<std::string>>()),
                          .count = row.take<std::int64_t>()};
      },
      after, until);
}

}  // namespace qantara::gateway
