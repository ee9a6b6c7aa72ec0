// Backups: a copy of the database taken while the gateway serves, looked at, and put somewhere else.
//
// The key file is never part of one: whoever has both has every sealed secret. Keep it apart.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "base/task.h"
#include "gateway/backup_store.h"
#include "gateway/home.h"

namespace qantara::gateway {

/// What was found in a database file. It is whole: one that is not brings an error instead.
struct BackupFacts {
  std::filesystem::path file;
  std::uintmax_t bytes = 0;
  int migrations = 0;
  int migrations_missing = 0;  ///< Applied when a gateway first opens it.
  Holdings holdings;
  std::optional<KeyFit> key;  ///< Nothing where no key was at hand.
};

/// Copies the database of the data folder to `to`, whether a gateway serves it or not. Errors: those of db::copy_database.
Result<BackupFacts> back_up(const std::filesystem::path& data, const std::filesystem::path& to);

/// Reads all of `file`. `key_file`: the key it should have been sealed with; empty: not looked at.
/// Errors: INVALID_PARAMETERS if one of them is missing, the key is another one, or the file is damaged or of a newer
/// version; STORAGE_FAILED.
Result<BackupFacts> check_backup(const std::filesystem::path& file, const std::filesystem::path& key_file,
                                 Random& random);

/// Checks `file` and makes a data folder of it and the key. `key_file` empty: the folder has its key already. A folder with
/// a database is left alone. A crash leaves no database there, or the whole one. What was restored is a copy that neither
/// delivers nor submits, until `change_standing`.
Result<BackupFacts> restore(const std::filesystem::path& file, const std::filesystem::path& key_file,
                            const std::filesystem::path& data, Random& random);

/// Makes the database of the data folder the live one, or a copy; the one that `database_url` names, where it is not empty. Gateways
/// that share a server's database look when they start. Errors: INVALID_PARAMETERS if there is none; SERVICE_UNAVAILABLE while a
/// gateway has the file; those of db::open_postgres.
Task<Result<void>> change_standing(const std::filesystem::path& data, std::string database_url, Standing standing);

}  // namespace qantara::gateway
