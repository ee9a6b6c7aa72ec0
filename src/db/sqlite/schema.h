// The schema grows by migrations, and remembers which it has.
#pragma once

#include <span>

#include "base/result.h"
#include "db/database.h"
#include "db/sqlite/connection.h"

namespace qantara::db::sqlite {

/// Applies what is missing of `migrations`, each in one transaction with its record in `schema_migrations`.
/// Errors: STORAGE_FAILED, saying why: the file has migrations that we do not know (a newer version wrote it), one of
/// them has another text than ours, or one failed (it left nothing; those before it stay).
Result<void> migrate(Connection& connection, std::span<const Migration> migrations);

/// How many of `migrations` the file has; it is only read. Errors: STORAGE_FAILED as above.
Result<int> count_known_migrations(Connection& connection, std::span<const Migration> migrations);

}  // namespace qantara::db::sqlite
