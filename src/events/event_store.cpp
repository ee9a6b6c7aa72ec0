#include "events/event_store.h"

namespace qantara::events {

Result<void> insert_event(db::Transaction& tx, EventId id, const Subject& subject, std::string_view type,
                          std::optional<std::int64_t> sequence, std::string_view body, Instant now) {
  RETURN_IF_ERROR(
      tx.execute("INSERT INTO events (id, application_id, aggregate_id, type, sequence, body, created_at) VALUES ($1, "
                 "$2, $3, $4, $5, $6, $7)",
                 id, subject.application, subject.aggregate, type, sequence, body, now));
  return {};
}

Result<std::int64_t> last_sequence(db::Transaction& tx, const Uuid& aggregate) {
  ASSIGN_OR_RETURN(const auto last, tx.one(
                                        "SELECT COALESCE(MAX(sequence), 0) FROM events WHERE aggregate_id = $1",
                                        [](db::Row& row) { return row.take<std::int64_t>(); }, aggregate));
  return last.value_or(0);
}

Result<std::vector<StoredEvent>> select_events_of(db::Transaction& tx, const Uuid& aggregate) {
  return tx.all(
      "SELECT seq, id, type, sequence, body, created_at FROM events WHERE aggregate_id = $1 ORDER BY seq",
      [](db::Row& row) {
        return StoredEvent{.seq = row.take<std::int64_t>(),
                           .id = row.take<EventId>(),
                           .type = row.take<std::string>(),
                           .sequence = row.take<std::optional<std::int64_t>>(),
                           .body = row.take<std::string>(),
                           .created_at = row.take<Instant>()};
      },
      aggregate);
}

}  // namespace qantara::events
