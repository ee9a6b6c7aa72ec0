// An installation moves from its file into PostgreSQL. Of the two one is the live one at most (home.h): first the file says
// that it is not any more, so that nobody changes it; the other one says so when all has arrived and was compared. Whatever
// ends a move in between leaves neither, and the next call goes on.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "base/task.h"
#include "db/postgres/move/move.h"

namespace qantara::gateway {

struct MoveOptions {
  std::filesystem::path data;  ///< The folder of the file. The key in it stays where it is.
  std::string to;              ///< As db::PostgresOptions::url.
  std::function<Result<void>(const db::postgres::move::Progress&)> on_progress;
};

struct MoveFacts {
  enum class Outcome { MOVED, WAS_MOVED_BEFORE };

  Outcome outcome;
  std::string target;                 ///< For people: without a password.
  db::postgres::move::Totals totals;  ///< What was compared; nothing where it was moved before.
};

/// Errors: INVALID_PARAMETERS if there is no database in the folder, it is damaged or not the live one, holds what PostgreSQL
/// cannot, or the target holds anything else than what an earlier call for this very file has brought; SERVICE_UNAVAILABLE
/// while a gateway runs on the folder, and if PostgreSQL does not answer; STORAGE_FAILED, also for rows that differ in the end.
Task<Result<MoveFacts>> move_to_postgres(const Clock& clock, Random& random, MoveOptions options);

}  // namespace qantara::gateway
