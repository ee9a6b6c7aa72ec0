#include "webhooks/webhook_store.h"

#include <algorithm>

#include "base/check.h"

namespace qantara::webhooks {

namespace {

EndpointStatus parse_endpoint_status(std::string_view text) {
  if (text == "ACTIVE") return EndpointStatus::ACTIVE;
  if (text == "PAUSED") return EndpointStatus::PAUSED;
  CHECK(text == "DISABLED");
  return EndpointStatus::DISABLED;
}

DeliveryStatus parse_delivery_status(std::string_view text) {
  if (text == "PENDING") return DeliveryStatus::PENDING;
  if (text == "DELIVERED") return DeliveryStatus::DELIVERED;
  CHECK(text == "DEAD");
  return DeliveryStatus::DEAD;
}

std::optional<DisabledReason> parse_disabled_reason(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  if (*text == "GONE") return DisabledReason::GONE;
  CHECK(*text == "FAILING");
  return DisabledReason::FAILING;
}

/// Without its types.
Endpoint read_endpoint(db::Row& row) {
  return {.id = row.take<WebhookEndpointId>(),
          .application = row.take<ApplicationId>(),
          .url = row.take<std::string>(),
          .description = row.take<std::optional<std::string>>(),
          .status = parse_endpoint_status(row.take<std::string_view>()),
          .disabled_reason = parse_disabled_reason(row.take<std::optional<std::string>>()),
          .failing_since = row.take<std::optional<Instant>>(),
          .created_at = row.take<Instant>()};
}

Result<std::vector<std::string>> select_types(db::Transaction& tx, WebhookEndpointId id) {
  return tx.all(
      "SELECT type FROM webhook_endpoint_types WHERE endpoint_id = $1 ORDER BY type",
      [](db::Row& row) { return row.take<std::string>(); }, id);
}

Result<void> insert_types(db::Transaction& tx, WebhookEndpointId id, const std::vector<std::string>& types) {
  for (const auto& type : types) {
    RETURN_IF_ERROR(tx.post(
        "INSERT INTO webhook_endpoint_types (endpoint_id, type) VALUES ($1, $2) ON CONFLICT DO NOTHING", id, type));
  }
  return {};
}

SealedSecrets read_secrets(db::Row& row) {
  return {.current = row.take<std::string>(),
          .previous = row.take<std::optional<std::string>>(),
          .previous_expires_at = row.take<std::optional<Instant>>()};
}

Receiver read_receiver(db::Row& row) {
  return {.id = row.take<WebhookEndpointId>(),
          .status = parse_endpoint_status(row.take<std::string_view>()),
          .url = row.take<std::string>(),
          .secrets = read_secrets(row)};
}

Delivery read_delivery(db::Row& row) {
  return {.id = row.take<std::int64_t>(),
          .endpoint = row.take<WebhookEndpointId>(),
          .event_seq = row.take<std::int64_t>(),
          .event = row.take<EventId>(),
          .event_type = row.take<std::string>(),
          .status = parse_delivery_status(row.take<std::string_view>()),
          .attempts = row.take<int>(),
          .first_attempt_at = row.take<std::optional<Instant>>(),
          .next_attempt_at = row.take<std::optional<Instant>>()};
}

std::optional<db::Bytes> bytes_of(const std::optional<std::string>& text) {
  return text ? std::optional{db::Bytes{*text}} : std::nullopt;
}

}  // namespace

Result<void> insert_endpoint(db::Transaction& tx, const Endpoint& endpoint, std::string_view secret_sealed) {
  RETURN_IF_ERROR(
      tx.post("INSERT INTO webhook_endpoints (id, application_id, url, description, secret_sealed, status, after_seq, "
              "created_at) SELECT $1, $2, $3, $4, $5, $6, COALESCE(MAX(seq), 0), $7 FROM events",
              endpoint.id, endpoint.application, endpoint.url, endpoint.description, db::Bytes{secret_sealed},
              to_text(endpoint.status), endpoint.created_at));
  return insert_types(tx, endpoint.id, endpoint.types);
}

Result<std::optional<Endpoint>> select_endpoint(db::Transaction& tx, WebhookEndpointId id) {
  ASSIGN_OR_RETURN(auto endpoint,
                   tx.one("SELECT id, application_id, url, description, status, disabled_reason, failing_since, "
                          "created_at FROM webhook_endpoints WHERE id = $1 AND deleted_at IS NULL",
                          read_endpoint, id));
  if (!endpoint) return std::optional<Endpoint>{};
  ASSIGN_OR_RETURN(endpoint->types, select_types(tx, id));
  return endpoint;
}

Result<bool> select_is_live(db::Transaction& tx, ApplicationId application) {
  ASSIGN_OR_RETURN(const auto mode, tx.one(
                                        "SELECT mode FROM applications WHERE id = $1",
                                        [](db::Row& row) { return row.take<std::string>(); }, application));
  return mode == "live";
}

Result<std::vector<Endpoint>> select_endpoints(db::Transaction& tx, ApplicationId application) {
  ASSIGN_OR_RETURN(auto endpoints,
                   tx.all("SELECT id, application_id, url, description, status, disabled_reason, failing_since, "
                          "created_at FROM webhook_endpoints WHERE application_id = $1 AND deleted_at IS NULL "
                          "ORDER BY id",
                          read_endpoint, application));
  for (auto& endpoint : endpoints) {
    ASSIGN_OR_RETURN(endpoint.types, select_types(tx, endpoint.id));
  }
  return endpoints;
}

Result<void> update_settings(db::Transaction& tx, const Endpoint& endpoint) {
  RETURN_IF_ERROR(
      tx.post("UPDATE webhook_endpoints SET failing_since = NULL, failed_at = NULL WHERE id = $1 AND url <> $2",
              endpoint.id, endpoint.url));
  RETURN_IF_ERROR(tx.post("UPDATE webhook_endpoints SET url = $2, description = $3 WHERE id = $1", endpoint.id,
                          endpoint.url, endpoint.description));
  RETURN_IF_ERROR(tx.post("DELETE FROM webhook_endpoint_types WHERE endpoint_id = $1", endpoint.id));
  return insert_types(tx, endpoint.id, endpoint.types);
}

Result<void> update_endpoint_status(db::Transaction& tx, WebhookEndpointId id, EndpointStatus status) {
  return tx.post("UPDATE webhook_endpoints SET status = $2 WHERE id = $1", id, to_text(status));
}

Result<std::optional<SealedSecrets>> select_secrets(db::Transaction& tx, WebhookEndpointId id) {
  return tx.one(
      "SELECT secret_sealed, previous_secret_sealed, previous_secret_expires_at FROM webhook_endpoints WHERE id = $1",
      read_secrets, id);
}

Result<void> update_secrets(db::Transaction& tx, WebhookEndpointId id, const SealedSecrets& secrets) {
  return tx.post(
      "UPDATE webhook_endpoints SET secret_sealed = $2, previous_secret_sealed = $3, "
      "previous_secret_expires_at = $4 WHERE id = $1",
      id, db::Bytes{secrets.current}, bytes_of(secrets.previous), secrets.previous_expires_at);
}

Result<void> disable_endpoint(db::Transaction& tx, WebhookEndpointId id, std::optional<DisabledReason> reason,
                              Instant now) {
  const auto words = reason ? std::optional{to_text(*reason)} : std::nullopt;
  RETURN_IF_ERROR(
      tx.post("UPDATE webhook_endpoints SET status = 'DISABLED', disabled_reason = $2 WHERE id = $1", id, words));
  return tx.post(
      "UPDATE webhook_deliveries SET status = 'DEAD', died_at = $2, next_attempt_at = NULL, lease_until = NULL "
      "WHERE endpoint_id = $1 AND status = 'PENDING'",
      id, now);
}

Result<void> enable_endpoint(db::Transaction& tx, WebhookEndpointId id) {
  return tx.post(
      "UPDATE webhook_endpoints SET status = 'ACTIVE', disabled_reason = NULL, failing_since = NULL, "
      "failed_at = NULL, after_seq = (SELECT COALESCE(MAX(seq), 0) FROM events) WHERE id = $1",
      id);
}

Result<void> delete_endpoint(db::Transaction& tx, WebhookEndpointId id, Instant now) {
  return tx.post("UPDATE webhook_endpoints SET deleted_at = $2 WHERE id = $1", id, now);
}

Result<void> clear_failures(db::Transaction& tx, WebhookEndpointId id) {
  return tx.post(
      "UPDATE webhook_endpoints SET failing_since = NULL, failed_at = NULL WHERE id = $1 AND failing_since IS NOT NULL",
      id);
}

Result<std::optional<Instant>> note_failure(db::Transaction& tx, WebhookEndpointId id, Instant now, Duration gap) {
  return tx.one(
      "UPDATE webhook_endpoints SET failing_since = CASE WHEN failed_at >= $3 THEN failing_since ELSE $2 END, "
      "failed_at = $2 WHERE id = $1 AND status = 'ACTIVE' RETURNING failing_since",
      [](db::Row& row) { return row.take<Instant>(); }, id, now, now - gap);
}

namespace {

struct NextEvents {
  std::int64_t from = 0;             ///< Behind this one,
  std::optional<std::int64_t> last;  ///< and up to this one; nothing if there are none.
  FanOut rest = FanOut::DONE;
};

/// The next (at most `limit`) events behind `after` and the mark. Nothing where no endpoint listens: then nothing is read.
Result<std::optional<NextEvents>> next_events(db::Transaction& tx, std::int64_t after, int limit) {
  // Events before the oldest listener are skipped.
  ASSIGN_OR_RETURN(const auto listening_after,
                   tx.one("SELECT MIN(after_seq) FROM webhook_endpoints WHERE status <> 'DISABLED'",
                          [](db::Row& row) { return row.take<std::optional<std::int64_t>>(); }));
  if (!listening_after || !*listening_after) return std::optional<NextEvents>{};
  ASSIGN_OR_RETURN(const auto mark, tx.one("SELECT CAST(value AS BIGINT) FROM settings WHERE name = 'fanned_out'",
                                           [](db::Row& row) { return row.take<std::int64_t>(); }));
  NextEvents next{.from = std::max({after, mark.value_or(0), **listening_after})};
  struct Range {
    std::optional<std::int64_t> last;
    std::int64_t count = 0;
  };
  ASSIGN_OR_RETURN(
      const auto range,
      tx.one(
          "SELECT MAX(seq), COUNT(*) FROM (SELECT seq FROM events WHERE seq > $1 ORDER BY seq LIMIT $2) AS next",
          [](db::Row& row) {
            return Range{.last = row.take<std::optional<std::int64_t>>(), .count = row.take<std::int64_t>()};
          },
          next.from, limit));
  if (!range) return std::optional{next};
  next.last = range->last;
  next.rest = range->count == limit ? FanOut::MORE : FanOut::DONE;
  return std::optional{next};
}

}  // namespace

Result<FanOut> fan_out(db::Transaction& tx, Instant now, int limit) {
  ASSIGN_OR_RETURN(const auto next, next_events(tx, 0, limit));
  if (!next || !next->last) return FanOut::DONE;
  RETURN_IF_ERROR(tx.post(
      "INSERT INTO webhook_deliveries (endpoint_id, event_seq, aggregate_id, status, next_attempt_at) "
      "SELECT p.id, e.seq, e.aggregate_id, 'PENDING', "
      "  CASE WHEN ROW_NUMBER() OVER (PARTITION BY p.id, e.aggregate_id ORDER BY e.seq) = 1 AND NOT EXISTS ("
      "    SELECT 1 FROM webhook_deliveries d "
      "    WHERE d.endpoint_id = p.id AND d.aggregate_id = e.aggregate_id AND d.again = 0 AND d.status = 'PENDING') "
      "  THEN $3 END "
      "FROM events e JOIN webhook_endpoints p ON p.application_id = e.application_id "
      "WHERE e.seq > $1 AND e.seq <= $2 AND e.sequence IS NOT NULL AND p.status <> 'DISABLED' AND p.after_seq < e.seq "
      "AND (NOT EXISTS (SELECT 1 FROM webhook_endpoint_types t WHERE t.endpoint_id = p.id) "
      "  OR EXISTS (SELECT 1 FROM webhook_endpoint_types t WHERE t.endpoint_id = p.id AND t.type = e.type)) "
      "AND NOT EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.endpoint_id = p.id AND d.event_seq = e.seq) "
      "ORDER BY e.seq",
      next->from, *next->last, now));
  RETURN_IF_ERROR(move_mark(tx, *next->last));
  return next->rest;
}

Result<FreshEvents> select_fresh(db::Transaction& tx, std::int64_t after, int limit) {
  FreshEvents fresh{.read_up_to = after};
  ASSIGN_OR_RETURN(const auto next, next_events(tx, after, limit));
  if (!next) {
    fresh.endpoints = FreshEvents::Endpoints::NONE;
    return fresh;
  }
  fresh.read_up_to = next->from;
  if (!next->last) return fresh;
  ASSIGN_OR_RETURN(
      fresh.deliveries,
      tx.all(
          "SELECT p.id, e.seq, e.id, e.aggregate_id, CASE WHEN p.status = 'ACTIVE' AND NOT EXISTS ("
          "    SELECT 1 FROM webhook_deliveries d "
          "    WHERE d.endpoint_id = p.id AND d.aggregate_id = e.aggregate_id AND d.again = 0 AND d.status = "
          "'PENDING') THEN 1 ELSE 0 END, "
          "  e.body "
          "FROM events e JOIN webhook_endpoints p ON p.application_id = e.application_id "
          "WHERE e.seq > $1 AND e.seq <= $2 AND e.sequence IS NOT NULL AND p.status <> 'DISABLED' AND p.after_seq < "
          "e.seq "
          "AND (NOT EXISTS (SELECT 1 FROM webhook_endpoint_types t WHERE t.endpoint_id = p.id) "
          "  OR EXISTS (SELECT 1 FROM webhook_endpoint_types t WHERE t.endpoint_id = p.id AND t.type = e.type)) "
          "AND NOT EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.endpoint_id = p.id AND d.event_seq = e.seq) "
          "ORDER BY e.seq",
          [](db::Row& row) {
            return Fresh{.endpoint = row.take<WebhookEndpointId>(),
                         .event_seq = row.take<std::int64_t>(),
                         .event = row.take<EventId>(),
                         .aggregate = row.take<Uuid>(),
                         .way = row.take<bool>() ? Fresh::Way::MAY_GO : Fresh::Way::MUST_WAIT,
                         .body = row.take<std::string>()};
          },
          next->from, *next->last));
  fresh.read_up_to = *next->last;
  fresh.rest = next->rest;
  return fresh;
}

Result<std::int64_t> count_listeners(db::Transaction& tx) {
  ASSIGN_OR_RETURN(const auto count, tx.one("SELECT COUNT(*) FROM webhook_endpoints WHERE status = 'ACTIVE'",
                                            [](db::Row& row) { return row.take<std::int64_t>(); }));
  return count.value_or(0);
}

Result<void> move_mark(db::Transaction& tx, std::int64_t seq) {
  return tx.post(
      "INSERT INTO settings (name, value) VALUES ('fanned_out', CAST($1 AS TEXT)) ON CONFLICT (name) DO "
      "UPDATE SET value = excluded.value WHERE CAST(settings.value AS BIGINT) < $1",
      seq);
}

Result<void> store_delivery(db::Transaction& tx, WebhookEndpointId endpoint, std::int64_t event_seq,
                            const Uuid& aggregate, std::optional<Instant> started_at, Instant now,
                            Instant lease_until) {
  const auto lease = started_at ? std::optional{lease_until} : std::nullopt;
  return tx.post(
      "INSERT INTO webhook_deliveries (endpoint_id, event_seq, aggregate_id, status, first_attempt_at, "
      "next_attempt_at, lease_until, died_at) "
      "SELECT p.id, $2, $3, CASE WHEN p.status = 'DISABLED' THEN 'DEAD' ELSE 'PENDING' END, $4, "
      "  CASE WHEN p.status = 'DISABLED' THEN NULL WHEN $5 IS NOT NULL THEN $5 WHEN NOT EXISTS ("
      "    SELECT 1 FROM webhook_deliveries d "
      "    WHERE d.endpoint_id = $1 AND d.aggregate_id = $3 AND d.again = 0 AND d.status = 'PENDING') THEN $6 END, "
      "  CASE WHEN p.status <> 'DISABLED' THEN $5 END, CASE WHEN p.status = 'DISABLED' THEN $6 END "
      "FROM webhook_endpoints p WHERE p.id = $1 "
      "ON CONFLICT (endpoint_id, event_seq) DO UPDATE SET first_attempt_at = excluded.first_attempt_at, "
      "  next_attempt_at = excluded.next_attempt_at, lease_until = excluded.lease_until "
      "  WHERE excluded.lease_until IS NOT NULL AND webhook_deliveries.status = 'PENDING' "
      "  AND webhook_deliveries.attempts = 0",
      endpoint, event_seq, aggregate, started_at, lease, now);
}

Result<std::optional<Receiver>> select_receiver(db::Transaction& tx, WebhookEndpointId id) {
  return tx.one(
      "SELECT id, status, url, secret_sealed, previous_secret_sealed, previous_secret_expires_at "
      "FROM webhook_endpoints WHERE id = $1 AND deleted_at IS NULL",
      read_receiver, id);
}

Result<std::vector<Receiver>> select_receivers(db::Transaction& tx, Instant now) {
  // Walks the index of due deliveries from endpoint to endpoint, whatever number of rows each has.
  return tx.all(
      "WITH RECURSIVE pending (endpoint_id) AS ("
      "  SELECT (SELECT endpoint_id FROM webhook_deliveries WHERE status = 'PENDING' AND next_attempt_at IS NOT NULL "
      "          ORDER BY endpoint_id LIMIT 1) "
      "  UNION ALL "
      "  SELECT (SELECT d.endpoint_id FROM webhook_deliveries d WHERE d.status = 'PENDING' AND d.next_attempt_at IS "
      "NOT NULL "
      "          AND d.endpoint_id > pending.endpoint_id ORDER BY d.endpoint_id LIMIT 1) "
      "  FROM pending WHERE pending.endpoint_id IS NOT NULL) "
      "SELECT e.id, e.status, e.url, e.secret_sealed, e.previous_secret_sealed, e.previous_secret_expires_at "
      "FROM pending JOIN webhook_endpoints e ON e.id = pending.endpoint_id "
      "WHERE e.status = 'ACTIVE' AND EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.endpoint_id = e.id "
      "  AND d.status = 'PENDING' AND d.next_attempt_at <= $1)",
      read_receiver, now);
}

Result<std::vector<Claim>> claim_deliveries(db::Transaction& tx, WebhookEndpointId endpoint, Instant now,
                                            Instant lease_until, int limit) {
  ASSIGN_OR_RETURN(auto claims,
                   tx.all(
                       "SELECT d.id, d.attempts, COALESCE(d.first_attempt_at, $2), e.seq, e.aggregate_id, e.id, e.body "
                       "FROM webhook_deliveries d JOIN events e ON e.seq = d.event_seq "
                       "WHERE d.endpoint_id = $1 AND d.status = 'PENDING' AND d.next_attempt_at <= $2 "
                       "ORDER BY d.next_attempt_at, d.id LIMIT $3",
                       [](db::Row& row) {
                         return Claim{.delivery = row.take<std::int64_t>(),
                                      .attempts = row.take<int>(),
                                      .first_attempt_at = row.take<Instant>(),
                                      .event_seq = row.take<std::int64_t>(),
                                      .aggregate = row.take<Uuid>(),
                                      .event = row.take<EventId>(),
                                      .body = row.take<std::string>()};
                       },
                       endpoint, now, limit));
  for (const Claim& claim : claims) {
    RETURN_IF_ERROR(tx.post(
        "UPDATE webhook_deliveries SET first_attempt_at = $2, next_attempt_at = $3, lease_until = $3 WHERE id = $1",
        claim.delivery, claim.first_attempt_at, lease_until));
  }
  return claims;
}

namespace {

Result<void> insert_attempt(db::Transaction& tx, std::int64_t delivery, const Attempt& attempt) {
  return tx.post(
      "INSERT INTO webhook_attempts (delivery_id, number, started_at, status, failure, elapsed, answer) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
      delivery, attempt.number, attempt.started_at, attempt.status, attempt.failure, attempt.elapsed.count(),
      db::Bytes{attempt.answer});
}

/// The first that waits in the line is due at `now`.
Result<void> move_line(db::Transaction& tx, WebhookEndpointId endpoint, const Uuid& aggregate, int again, Instant now) {
  return tx.post(
      "UPDATE webhook_deliveries SET next_attempt_at = $4 WHERE next_attempt_at IS NULL AND id = ("
      "  SELECT id FROM webhook_deliveries WHERE endpoint_id = $1 AND aggregate_id = $2 AND again = $3 "
      "  AND status = 'PENDING' ORDER BY event_seq LIMIT 1)",
      endpoint, aggregate, again, now);
}

}  // namespace

Result<void> record_attempt(db::Transaction& tx, std::int64_t delivery, const Attempt& attempt, DeliveryStatus status,
                            std::optional<Instant> next_attempt_at, Instant now) {
  RETURN_IF_ERROR(insert_attempt(tx, delivery, attempt));
  struct Line {
    WebhookEndpointId endpoint;
    Uuid aggregate;
    int again;
  };
  ASSIGN_OR_RETURN(
      const auto line,
      tx.one(
          "UPDATE webhook_deliveries SET status = $2, attempts = $3, next_attempt_at = $4, lease_until = NULL, "
          "died_at = $5 WHERE id = $1 AND status = 'PENDING' AND attempts = $3 - 1 RETURNING endpoint_id, "
          "aggregate_id, again",
          [](db::Row& row) {
            return Line{
                .endpoint = row.take<WebhookEndpointId>(), .aggregate = row.take<Uuid>(), .again = row.take<int>()};
          },
          delivery, to_text(status), attempt.number, next_attempt_at,
          status == DeliveryStatus::DEAD ? std::optional{now} : std::nullopt));
  if (!line || status == DeliveryStatus::PENDING) return {};
  return move_line(tx, line->endpoint, line->aggregate, line->again, now);
}

Result<void> record_first_attempt(db::Transaction& tx, WebhookEndpointId endpoint, std::int64_t event_seq,
                                  const Uuid& aggregate, const Attempt& attempt, DeliveryStatus status,
                                  std::optional<Instant> next_attempt_at, Instant now) {
  const auto take_id = [](db::Row& row) { return row.take<std::int64_t>(); };
  if (status != DeliveryStatus::DELIVERED) {
    RETURN_IF_ERROR(store_delivery(tx, endpoint, event_seq, aggregate, attempt.started_at, now, now));
  } else {
    // The usual case is one statement: the row is born with its end.
    ASSIGN_OR_RETURN(const auto born,
                     tx.one("INSERT INTO webhook_deliveries (endpoint_id, event_seq, aggregate_id, status, attempts, "
                            "first_attempt_at) VALUES ($1, $2, $3, 'DELIVERED', 1, $4) ON CONFLICT (endpoint_id, "
                            "event_seq) DO NOTHING RETURNING id",
                            take_id, endpoint, event_seq, aggregate, attempt.started_at));
    if (born) return insert_attempt(tx, *born, attempt);
  }
  ASSIGN_OR_RETURN(const auto row, tx.one("SELECT id FROM webhook_deliveries WHERE endpoint_id = $1 AND event_seq = $2",
                                          take_id, endpoint, event_seq));
  if (!row) return {};
  return record_attempt(tx, *row, attempt, status, next_attempt_at, now);
}

Result<std::int64_t> end_leases(db::Transaction& tx, Instant now) {
  return tx.execute(
      "UPDATE webhook_deliveries SET next_attempt_at = $1, lease_until = NULL WHERE status = 'PENDING' AND lease_until "
      "IS NOT NULL",
      now);
}

Result<void> end_leases_of(db::Transaction& tx, WebhookEndpointId endpoint, Instant now) {
  return tx.post(
      "UPDATE webhook_deliveries SET next_attempt_at = $2, lease_until = NULL "
      "WHERE endpoint_id = $1 AND status = 'PENDING' AND lease_until IS NOT NULL",
      endpoint, now);
}

Result<void> insert_delivery(db::Transaction& tx, WebhookEndpointId endpoint, std::int64_t event_seq,
                             const Uuid& aggregate, Instant now) {
  return tx.post(
      "INSERT INTO webhook_deliveries (endpoint_id, event_seq, aggregate_id, status, next_attempt_at, again) "
      "VALUES ($1, $2, $3, 'PENDING', $4, 1)",
      endpoint, event_seq, aggregate, now);
}

Result<void> send_again(db::Transaction& tx, std::int64_t delivery, Instant now) {
  ASSIGN_OR_RETURN(
      const auto hurried,
      tx.execute("UPDATE webhook_deliveries SET next_attempt_at = CASE WHEN lease_until IS NULL THEN $2 "
                 "ELSE next_attempt_at END WHERE id = $1 AND status = 'PENDING' AND next_attempt_at IS NOT NULL",
                 delivery, now));
  if (hurried > 0) return {};
  return tx.post(
      "UPDATE webhook_deliveries SET status = 'PENDING', again = 1, first_attempt_at = NULL, "
      "next_attempt_at = $2, lease_until = NULL WHERE id = $1",
      delivery, now);
}

Result<std::vector<Replay>> select_replays(db::Transaction& tx, const Endpoint& endpoint, std::int64_t after_seq,
                                           const ReplayWanted& wanted) {
  const auto read = [](db::Row& row) {
    Replay replay{.event_seq = row.take<std::int64_t>(),
                  .event = row.take<EventId>(),
                  .aggregate = row.take<Uuid>(),
                  .delivery = row.take<std::optional<std::int64_t>>()};
    const auto status = row.take<std::optional<std::string>>();
    if (status) replay.status = parse_delivery_status(*status);
    return replay;
  };
  if (wanted.which == ReplayWanted::Which::DEAD) {
    return tx.all(
        "SELECT e.seq, e.id, e.aggregate_id, d.id, d.status "
        "FROM webhook_deliveries d JOIN events e ON e.seq = d.event_seq "
        "WHERE d.endpoint_id = $1 AND d.status = 'DEAD' AND d.event_seq > $2 AND e.sequence IS NOT NULL "
        "AND ($3 IS NULL OR e.created_at >= $3) ORDER BY d.event_seq LIMIT $4",
        read, endpoint.id, after_seq, wanted.since, wanted.limit);
  }
  return tx.all(
      "SELECT e.seq, e.id, e.aggregate_id, d.id, d.status "
      "FROM events e LEFT JOIN webhook_deliveries d ON d.endpoint_id = $1 AND d.event_seq = e.seq "
      "WHERE e.application_id = $5 AND e.sequence IS NOT NULL AND e.seq > $2 "
      "AND ($3 IS NULL OR e.created_at >= $3) "
      "AND (NOT EXISTS (SELECT 1 FROM webhook_endpoint_types t WHERE t.endpoint_id = $1) "
      "  OR EXISTS (SELECT 1 FROM webhook_endpoint_types t WHERE t.endpoint_id = $1 AND t.type = e.type)) "
      "ORDER BY e.seq LIMIT $4",
      read, endpoint.id, after_seq, wanted.since, wanted.limit, endpoint.application);
}

Result<void> replay_delivery(db::Transaction& tx, WebhookEndpointId endpoint, const Replay& replay, Instant now) {
  return tx.post(
      "INSERT INTO webhook_deliveries (endpoint_id, event_seq, aggregate_id, status, next_attempt_at, again) "
      "SELECT $1, $2, $3, 'PENDING', CASE WHEN NOT EXISTS (SELECT 1 FROM webhook_deliveries d "
      "  WHERE d.endpoint_id = $1 AND d.aggregate_id = $3 AND d.again = 1 AND d.status = 'PENDING') THEN $4 END, 1 "
      "WHERE TRUE ON CONFLICT (endpoint_id, event_seq) DO UPDATE SET status = 'PENDING', again = 1, "
      "first_attempt_at = NULL, next_attempt_at = excluded.next_attempt_at, lease_until = NULL",
      endpoint, replay.event_seq, replay.aggregate, now);
}

Result<std::optional<std::int64_t>> select_event_seq(db::Transaction& tx, ApplicationId application, EventId id) {
  return tx.one(
      "SELECT seq FROM events WHERE id = $1 AND application_id = $2",
      [](db::Row& row) { return row.take<std::int64_t>(); }, id, application);
}

Result<std::optional<Delivery>> select_delivery(db::Transaction& tx, WebhookEndpointId endpoint, EventId event) {
  return tx.one(
      "SELECT d.id, d.endpoint_id, d.event_seq, e.id, e.type, d.status, d.attempts, d.first_attempt_at, "
      "d.next_attempt_at "
      "FROM events e JOIN webhook_deliveries d ON d.endpoint_id = $1 AND d.event_seq = e.seq WHERE e.id = $2",
      read_delivery, endpoint, event);
}

Result<std::vector<Delivery>> select_deliveries(db::Transaction& tx, WebhookEndpointId endpoint,
                                                std::int64_t before_seq, const DeliveryFilter& filter) {
  if (filter.status == DeliveryStatus::DEAD) {  // Rare, and has an index of its own.
    return tx.all(
        "SELECT d.id, d.endpoint_id, d.event_seq, e.id, e.type, d.status, d.attempts, d.first_attempt_at, "
        "d.next_attempt_at "
        "FROM webhook_deliveries d JOIN events e ON e.seq = d.event_seq "
        "WHERE d.endpoint_id = $1 AND d.event_seq < $2 AND d.status = 'DEAD' AND ($4 IS NULL OR e.type = $4) "
        "ORDER BY d.event_seq DESC LIMIT $3",
        read_delivery, endpoint, before_seq, filter.limit, filter.type);
  }
  const auto status = filter.status ? std::optional{to_text(*filter.status)} : std::nullopt;
  return tx.all(
      "SELECT d.id, d.endpoint_id, d.event_seq, e.id, e.type, d.status, d.attempts, d.first_attempt_at, "
      "d.next_attempt_at "
      "FROM webhook_deliveries d JOIN events e ON e.seq = d.event_seq "
      "WHERE d.endpoint_id = $1 AND d.event_seq < $2 AND ($4 IS NULL OR e.type = $4) "
      "AND ($5 IS NULL OR d.status = $5) ORDER BY d.event_seq DESC LIMIT $3",
      read_delivery, endpoint, before_seq, filter.limit, filter.type, status);
}

Result<std::vector<Delivery>> select_deliveries_of_aggregate(db::Transaction& tx, const Uuid& aggregate) {
  return tx.all(
      "SELECT d.id, d.endpoint_id, d.event_seq, e.id, e.type, d.status, d.attempts, d.first_attempt_at, "
      "d.next_attempt_at "
      "FROM events e JOIN webhook_endpoints p ON p.application_id = e.application_id "
      "JOIN webhook_deliveries d ON d.endpoint_id = p.id AND d.event_seq = e.seq "
      "WHERE e.aggregate_id = $1 ORDER BY e.seq, p.id",
      read_delivery, aggregate);
}

Result<std::vector<Attempt>> select_attempts(db::Transaction& tx, std::int64_t delivery) {
  return tx.all(
      "SELECT number, started_at, status, failure, elapsed, answer FROM webhook_attempts WHERE delivery_id = $1 ORDER "
      "BY number",
      [](db::Row& row) {
        return Attempt{.number = row.take<int>(),
                       .started_at = row.take<Instant>(),
                       .status = row.take<std::optional<int>>(),
                       .failure = row.take<std::optional<std::string>>(),
                       .elapsed = Duration{row.take<std::int64_t>()},
                       .answer = row.take<std::string>()};
      },
      delivery);
}

}  // namespace qantara::webhooks
