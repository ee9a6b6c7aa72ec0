#include "api/idempotency_store.h"

namespace qantara::api {

Result<std::optional<StoredAnswer>> select_answer(db::Transaction& tx, ApplicationId application,
                                                  std::string_view key) {
  return tx.one(
      "SELECT seq, fingerprint, status, body_sealed, created_at FROM idempotency_answers "
      "WHERE application_id = $1 AND key = $2",
      [](db::Row& row) {
        return StoredAnswer{.seq = row.take<std::int64_t>(),
                            .fingerprint = row.take<std::string>(),
                            .status = row.take<int>(),
                            .body_sealed = row.take<std::string>(),
                            .created_at = row.take<Instant>()};
      },
      application, key);
}

Result<std::optional<Instant>> select_oldest_answer(db::Transaction& tx) {
  return tx.one("SELECT created_at FROM idempotency_answers ORDER BY seq LIMIT 1",
                [](db::Row& row) { return row.take<Instant>(); });
}

Result<void> insert_answer(db::Transaction& tx, ApplicationId application, std::string_view key,
                           const StoredAnswer& answer) {
  return tx.post(
      "INSERT INTO idempotency_answers (application_id, key, fingerprint, status, body_sealed, created_at) "
      "VALUES ($1, $2, $3, $4, $5, $6)",
      application, key, db::Bytes{answer.fingerprint}, answer.status, db::Bytes{answer.body_sealed}, answer.created_at);
}

Result<void> delete_answer(db::Transaction& tx, std::int64_t seq) {
  return tx.post("DELETE FROM idempotency_answers WHERE seq = $1", seq);
}

Result<void> delete_old_answers(db::Transaction& tx, Instant cutoff, int limit) {
  return tx.post(
      "DELETE FROM idempotency_answers WHERE seq IN "
      "(SELECT seq FROM idempotency_answers WHERE created_at <= $1 ORDER BY seq LIMIT $2)",
      cutoff, limit);
}

}  // namespace qantara::api
