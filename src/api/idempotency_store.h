// The SQL of the answers to requests with an Idempotency-Key.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "db/transaction.h"

namespace qantara::api {

/// A request's answer as it lies in the database.
struct StoredAnswer {
  std::int64_t seq = 0;  ///< Given by the database.
  std::string fingerprint;
  int status;
  std::string body_sealed;
  Instant created_at;
};

/// What was answered to a key, however long ago.
Result<std::optional<StoredAnswer>> select_answer(db::Transaction& tx, ApplicationId application, std::string_view key);

/// When the first one was given that is still kept.
Result<std::optional<Instant>> select_oldest_answer(db::Transaction& tx);

/// Errors: STORAGE_FAILED if the key has an answer; the effect must be undone with it.
Result<void> insert_answer(db::Transaction& tx, ApplicationId application, std::string_view key,
                           const StoredAnswer& answer);

Result<void> delete_answer(db::Transaction& tx, std::int64_t seq);

/// Deletes the `limit` oldest answers of any application that are not younger than `cutoff`.
Result<void> delete_old_answers(db::Transaction& tx, Instant cutoff, int limit);

}  // namespace qantara::api
