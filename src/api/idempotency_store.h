// The SQL of idempotency records.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "db/transaction.h"

namespace qantara::api {

/// A request's answer as it lies in the database.
struct IdempotencyRecord {
  std::string fingerprint;
  int status;
  std::string body_sealed;
};

/// The record of a key, if it is younger than `cutoff`.
Result<std::optional<IdempotencyRecord>> select_record(db::Transaction& tx, ApplicationId application,
                                                       std::string_view key, Instant cutoff);

/// Inserts, or replaces a record that is not younger than `cutoff`. False if there is a younger one.
Result<bool> insert_record(db::Transaction& tx, ApplicationId application, std::string_view key,
                           const IdempotencyRecord& record, Instant now, Instant cutoff);

/// Deletes the `limit` oldest records of any application that are not younger than `cutoff`.
Result<void> delete_old_records(db::Transaction& tx, Instant cutoff, int limit);

}  // namespace qantara::api
