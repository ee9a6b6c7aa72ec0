// The schema on PostgreSQL: the migrations, and the few tables that the engine itself needs.
#pragma once

#include <cstdint>
#include <span>

#include "base/result.h"
#include "db/database.h"
#include "db/postgres/connection.h"

namespace qantara::db::postgres {

// Advisory locks, which PostgreSQL keeps per database. The numbers spell "qantara" and count.
inline constexpr std::int64_t kWritersLock = 0x71616e7461726101;
inline constexpr std::int64_t kLeaderLock = 0x71616e7461726102;
inline constexpr std::int64_t kSchemaLock = 0x71616e7461726103;

/// Applies what is missing of `migrations`, each in one transaction with its record. Several processes may start at once: they
/// come one after the other. Errors: as open_postgres.
Result<void> migrate(const Connection::Options& options, std::span<const Migration> migrations);

/// Names the database: the cluster's system identifier, which its standbys have too, and the number of the database in it.
Result<std::string> place_of(Connection& connection);

/// Why a standby that is to have every commit before it is acknowledged may not have it; empty if there is none, or it has.
Result<std::string> standby_weakness(Connection& connection);

}  // namespace qantara::db::postgres
