#include "events/event_store.h"

#include "base/check.h"

namespace qantara::events {

namespace {

StoredEvent read_event(db::Row& row) {
  return {.seq = row.take<std::int64_t>(),
          .id = row.take<EventId>(),
          .type = row.take<std::string>(),
          .sequence = row.take<std::optional<std::int64_t>>(),
          .body = row.take<std::string>(),
          .created_at = row.take<Instant>()};
}

}  // namespace

Result<void> insert_event(db::Transaction& tx, EventId id, const Subject& subject, std::string_view type,
                          std::optional<std::int64_t> sequence, std::string_view body, Instant now) {
  // Without RETURNING, for which SQLite makes a table each time.
  return tx.post(
      "INSERT INTO events (id, application_id, aggregate_id, type, sequence, body, created_at) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7)",
      id, subject.application, subject.aggregate, type, sequence, body, now);
}

Result<std::int64_t> insert_event_for_seq(db::Transaction& tx, EventId id, const Subject& subject,
                                          std::string_view type, std::optional<std::int64_t> sequence,
                                          std::string_view body, Instant now) {
  ASSIGN_OR_RETURN(
      const auto seq,
      tx.one(
          "INSERT INTO events (id, application_id, aggregate_id, type, sequence, body, created_at) VALUES ($1, "
          "$2, $3, $4, $5, $6, $7) RETURNING seq",
          [](db::Row& row) { return row.take<std::int64_t>(); }, id, subject.application, subject.aggregate, type,
          sequence, body, now));
  CHECK(seq);
  return *seq;
}

Result<std::int64_t> last_sequence(db::Transaction& tx, const Uuid& aggregate) {
  // An earlier event may be there yet when a later one is gone: somebody is still to be told of it.
  ASSIGN_OR_RETURN(
      const auto last,
      tx.one(
          "SELECT COALESCE(MAX(last), 0) FROM (SELECT sequence AS last FROM events WHERE aggregate_id = $1 "
          "UNION ALL SELECT last FROM event_sequences WHERE aggregate_id = $1) AS known",
          [](db::Row& row) { return row.take<std::int64_t>(); }, aggregate));
  return last.value_or(0);
}

Result<std::vector<StoredEvent>> select_events_of(db::Transaction& tx, const Uuid& aggregate) {
  return tx.all("SELECT seq, id, type, sequence, body, created_at FROM events WHERE aggregate_id = $1 ORDER BY seq",
                read_event, aggregate);
}

Result<std::optional<StoredEvent>> select_event(db::Transaction& tx, ApplicationId application, EventId id) {
  return tx.one(
      "SELECT seq, id, type, sequence, body, created_at FROM events "
      "WHERE id = $1 AND application_id = $2 AND sequence IS NOT NULL",
      read_event, id, application);
}

// Who asks for one aggregate is served by its index, everybody else by the application's.

Result<std::vector<StoredEvent>> select_events_after(db::Transaction& tx, ApplicationId application,
                                                     const Filter& filter, std::int64_t seq, int limit) {
  if (filter.aggregate) {
    return tx.all(
        "SELECT seq, id, type, sequence, body, created_at FROM events "
        "WHERE aggregate_id = $7 AND application_id = $1 AND sequence IS NOT NULL AND seq > $2 "
        "AND ($4 IS NULL OR type = $4) AND ($5 IS NULL OR created_at >= $5) AND ($6 IS NULL OR created_at < $6) "
        "ORDER BY seq LIMIT $3",
        read_event, application, seq, limit, filter.type, filter.from, filter.to, filter.aggregate);
  }
  return tx.all(
      "SELECT seq, id, type, sequence, body, created_at FROM events "
      "WHERE application_id = $1 AND sequence IS NOT NULL AND seq > $2 "
      "AND ($4 IS NULL OR type = $4) AND ($5 IS NULL OR created_at >= $5) AND ($6 IS NULL OR created_at < $6) "
      "ORDER BY seq LIMIT $3",
      read_event, application, seq, limit, filter.type, filter.from, filter.to);
}

Result<std::vector<StoredEvent>> select_events_page(db::Transaction& tx, ApplicationId application,
                                                    const Filter& filter, std::int64_t offset, int limit) {
  if (filter.aggregate) {
    return tx.all(
        "SELECT seq, id, type, sequence, body, created_at FROM events "
        "WHERE aggregate_id = $7 AND application_id = $1 AND sequence IS NOT NULL "
        "AND ($4 IS NULL OR type = $4) AND ($5 IS NULL OR created_at >= $5) AND ($6 IS NULL OR created_at < $6) "
        "ORDER BY seq DESC LIMIT $3 OFFSET $2",
        read_event, application, offset, limit, filter.type, filter.from, filter.to, filter.aggregate);
  }
  return tx.all(
      "SELECT seq, id, type, sequence, body, created_at FROM events "
      "WHERE application_id = $1 AND sequence IS NOT NULL "
      "AND ($4 IS NULL OR type = $4) AND ($5 IS NULL OR created_at >= $5) AND ($6 IS NULL OR created_at < $6) "
      "ORDER BY seq DESC LIMIT $3 OFFSET $2",
      read_event, application, offset, limit, filter.type, filter.from, filter.to);
}

Result<std::int64_t> count_events(db::Transaction& tx, ApplicationId application, const Filter& filter) {
  ASSIGN_OR_RETURN(
      const auto count,
      tx.one(
          "SELECT COUNT(*) FROM events WHERE application_id = $1 AND sequence IS NOT NULL "
          "AND ($2 IS NULL OR type = $2) AND ($3 IS NULL OR created_at >= $3) AND ($4 IS NULL OR created_at < $4) "
          "AND ($5 IS NULL OR aggregate_id = $5)",
          [](db::Row& row) { return row.take<std::int64_t>(); }, application, filter.type, filter.from, filter.to,
          filter.aggregate));
  return count.value_or(0);
}

}  // namespace qantara::events
