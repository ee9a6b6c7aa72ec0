#include "gateway/retention_store.h"

#include <algorithm>

namespace qantara::gateway {

namespace {

std::int64_t take_number(db::Row& row) { return row.take<std::int64_t>(); }

Result<bool> is_awaited(db::Transaction& tx, std::int64_t seq) {
  ASSIGN_OR_RETURN(const auto found,
                   tx.one("SELECT 1 FROM events e JOIN webhook_endpoints p ON p.application_id = e.application_id "
                          "JOIN webhook_deliveries d ON d.endpoint_id = p.id AND d.event_seq = e.seq "
                          "WHERE e.seq = $1 AND d.status = 'PENDING' LIMIT 1",
                          take_number, seq));
  return found.has_value();
}

Result<std::int64_t> delete_deliveries(db::Transaction& tx, const std::vector<std::int64_t>& ids) {
  for (const std::int64_t id : ids) {
    RETURN_IF_ERROR(tx.post("DELETE FROM webhook_attempts WHERE delivery_id = $1", id));
    RETURN_IF_ERROR(tx.post("DELETE FROM webhook_deliveries WHERE id = $1", id));
  }
  return std::ssize(ids);
}

}  // namespace

Result<std::vector<std::int64_t>> select_old_events(db::Transaction& tx, std::int64_t after, Instant cutoff,
                                                    int limit) {
  struct Candidate {
    std::int64_t seq = 0;
    bool is_old = false;
  };
  // What lies behind the mark (webhooks/webhook_store.h) is still to be delivered, if anybody listens.
  ASSIGN_OR_RETURN(const auto listening_after,
                   tx.one("SELECT COALESCE(MIN(after_seq), 9223372036854775807) FROM webhook_endpoints "
                          "WHERE status <> 'DISABLED'",
                          take_number));
  ASSIGN_OR_RETURN(const auto mark,
                   tx.one("SELECT CAST(value AS BIGINT) FROM settings WHERE name = 'fanned_out'", take_number));
  const std::int64_t last = std::max(listening_after.value_or(0), mark.value_or(0));
  ASSIGN_OR_RETURN(
      const auto candidates,
      tx.all(
          "SELECT seq, CASE WHEN created_at < $2 THEN 1 ELSE 0 END FROM events WHERE seq > $1 AND seq < (SELECT "
          "MAX(seq) FROM events) "
          "AND seq <= $4 ORDER BY seq LIMIT $3",
          [](db::Row& row) { return Candidate{.seq = row.take<std::int64_t>(), .is_old = row.take<bool>()}; }, after,
          cutoff, limit, last));
  std::vector<std::int64_t> old;
  for (const auto& [seq, is_old] : candidates) {
    if (!is_old) break;
    old.push_back(seq);
  }
  return old;
}

Result<DeletedEvents> delete_events(db::Transaction& tx, std::span<const std::int64_t> seqs) {
  DeletedEvents deleted;
  for (const std::int64_t seq : seqs) {
    ASSIGN_OR_RETURN(const bool awaited, is_awaited(tx, seq));
    if (awaited) continue;
    ASSIGN_OR_RETURN(
        const auto deliveries,
        tx.all("SELECT d.id FROM events e JOIN webhook_endpoints p ON p.application_id = e.application_id "
               "JOIN webhook_deliveries d ON d.endpoint_id = p.id AND d.event_seq = e.seq WHERE e.seq = $1",
               take_number, seq));
    ASSIGN_OR_RETURN(const auto count, delete_deliveries(tx, deliveries));
    deleted.deliveries += count;
    // An intent that has ended, with its payment, has no more to tell. Everybody else may.
    RETURN_IF_ERROR(tx.post(
        "INSERT INTO event_sequences (aggregate_id, last) "
        "SELECT e.aggregate_id, e.sequence FROM events e WHERE e.seq = $1 AND e.sequence IS NOT NULL "
        "AND NOT EXISTS (SELECT 1 FROM events later WHERE later.aggregate_id = e.aggregate_id AND later.seq > e.seq "
        "  AND later.sequence IS NOT NULL) "
        "AND NOT EXISTS (SELECT 1 FROM payment_intents i WHERE i.id = e.aggregate_id AND i.status <> 'INTENT_CREATED' "
        "  AND NOT EXISTS (SELECT 1 FROM payments p WHERE p.intent_id = i.id AND p.next_check_at IS NOT NULL)) "
        "ON CONFLICT (aggregate_id) DO UPDATE SET last = excluded.last",
        seq));
    RETURN_IF_ERROR(tx.post("DELETE FROM events WHERE seq = $1", seq));
    ++deleted.events;
  }
  return deleted;
}

Result<std::int64_t> delete_dead_letters(db::Transaction& tx, Instant cutoff, int limit) {
  ASSIGN_OR_RETURN(const auto dead, tx.all("SELECT id FROM webhook_deliveries WHERE status = 'DEAD' AND died_at < $1 "
                                           "ORDER BY died_at LIMIT $2",
                                           take_number, cutoff, limit));
  return delete_deliveries(tx, dead);
}

Result<std::int64_t> delete_link_sessions(db::Transaction& tx, Instant cutoff, int limit) {
  return tx.execute(
      "DELETE FROM link_sessions WHERE id IN (SELECT s.id FROM link_sessions s WHERE s.expires_at < $1 "
      "AND NOT EXISTS (SELECT 1 FROM payments p WHERE p.intent_id = s.intent_id AND p.next_check_at IS NOT NULL) "
      "ORDER BY s.expires_at LIMIT $2)",
      cutoff, limit);
}

}  // namespace qantara::gateway
