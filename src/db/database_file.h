// A database file as a thing that is copied and looked at, while the engine may be serving it or may not.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "base/result.h"
#include "db/database.h"
#include "db/transaction.h"

namespace qantara::db {

/// Copies the database in `from` as it stands at one moment to `to`, whoever writes meanwhile: no writer waits for it, but
/// the log of `from` is not cut short before it has ended. What was deleted is not in the copy. `to` (mode 0600) exists
/// once the copy is whole, examined and flushed to the disk; until then there is `to` with ".part" behind it, which the
/// next try replaces.
/// Errors: INVALID_PARAMETERS if `to` exists or `from` does not; STORAGE_FAILED.
Result<void> copy_database(const std::filesystem::path& from, const std::filesystem::path& to);

/// Names this very file: its inode and the instant of its birth. A copy is another place, and so is the file after it was
/// moved to another file system. Renaming changes nothing. A copy made below the file system, of a whole disk, is not seen.
/// Errors: STORAGE_FAILED.
Result<std::string> place_of(const std::filesystem::path& file);

struct Examination {
  std::vector<std::string> faults;  ///< Of pages, indexes and references, in SQLite's words; none: the file is whole.
  int migrations = 0;               ///< Applied to the file, all of them known.
  int migrations_missing = 0;       ///< Known, and applied when a gateway next opens it.
};

/// Reads the whole file. Errors: STORAGE_FAILED if it cannot be read as a database, or has migrations that are not in
/// `migrations`.
Result<Examination> examine_database(const std::filesystem::path& file, std::span<const Migration> migrations);

/// Runs `closure(Transaction&) -> Result<T>` on a snapshot of the file, which it cannot change. Blocks.
/// Errors besides the closure's own: STORAGE_FAILED.
Result<void> look_into(const std::filesystem::path& file, const std::function<Result<void>(Transaction&)>& closure);

template <class Closure>
auto read_file(const std::filesystem::path& file, Closure closure) -> std::invoke_result_t<Closure&, Transaction&> {
  std::optional<std::invoke_result_t<Closure&, Transaction&>> result;
  RETURN_IF_ERROR(look_into(file, [&](Transaction& transaction) -> Result<void> {
    result.emplace(closure(transaction));
    return {};
  }));
  return std::move(*result);
}

}  // namespace qantara::db
