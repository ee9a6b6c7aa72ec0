#include "api/idempotency_store.h"

namespace qantara::api {

Result<std::optional<IdempotencyRecord>> select_record(db::Transaction& tx, ApplicationId application,
                                                       std::string_view key, Instant cutoff) {
  return tx.one(
      "SELECT fingerprint, status, body_sealed FROM idempotency_records "
      "WHERE application_id = $1 AND key = $2 AND created_at > $3",
      [](db::Row& row) {
        return IdempotencyRecord{
            .fingerprint = row.take<std::string>(), .status = row.take<int>(), .body_sealed = row.take<std::string>()};
      },
      application, key, cutoff);
}

Result<bool> insert_record(db::Transaction& tx, ApplicationId application, std::string_view key,
                           const IdempotencyRecord& record, Instant now, Instant cutoff) {
  ASSIGN_OR_RETURN(
      const auto written,
      tx.execute("INSERT INTO idempotency_records (application_id, key, fingerprint, status, body_sealed, created_at) "
                 "VALUES ($1, $2, $3, $4, $5, $6) "
                 "ON CONFLICT (application_id, key) DO UPDATE SET fingerprint = excluded.fingerprint, "
                 "status = excluded.status, body_sealed = excluded.body_sealed, created_at = excluded.created_at "
                 "WHERE idempotency_records.created_at <= $7",
                 application, key, db::Bytes{record.fingerprint}, record.status, db::Bytes{record.body_sealed}, now,
                 cutoff));
  return written == 1;
}

Result<void> delete_old_records(db::Transaction& tx, Instant cutoff, int limit) {
  RETURN_IF_ERROR(
      tx.execute("DELETE FROM idempotency_records WHERE (application_id, key) IN "
                 "(SELECT application_id, key FROM idempotency_records WHERE created_at <= $1 "
                 "ORDER BY created_at LIMIT $2)",
                 cutoff, limit));
  return {};
}

}  // namespace qantara::api
