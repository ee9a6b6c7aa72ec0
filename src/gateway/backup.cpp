#include "gateway/backup.h"

#include <system_error>

#include "base/crypto.h"
#include "db/database.h"
#include "db/database_file.h"
#include "migrations/gateway.h"

namespace qantara::gateway {

namespace {

namespace fs = std::filesystem;

bool is_there(const fs::path& path) {
  std::error_code failed;
  return fs::exists(path, failed);
}

Error refusal(std::string message) { return error(ErrorCode::INVALID_PARAMETERS, std::move(message)); }

fs::path database_in(const fs::path& data) { return data / "qantara.db"; }
fs::path key_in(const fs::path& data) { return data / "key"; }

/// The key that is there; none is made.
Result<Vault> open_key(const fs::path& key_file, Random& random) {
  if (!is_there(key_file)) return refusal("there is no key file " + key_file.string());
  return Vault::open(key_file, random);
}

Result<BackupFacts> look_at(const fs::path& file) {
  ASSIGN_OR_RETURN(const auto examined, db::examine_database(file, schema::migrations()));
  if (!examined.faults.empty())
    return caused_by(ErrorCode::INVALID_PARAMETERS, file.string() + " is damaged", examined.faults.front());
  ASSIGN_OR_RETURN(const auto holdings, db::read_file(file, select_holdings));
  std::error_code failed;
  return BackupFacts{.file = file,
                     .bytes = fs::file_size(file, failed),
                     .migrations = examined.migrations,
                     .migrations_missing = examined.migrations_missing,
                     .holdings = holdings,
                     .key = {}};
}

/// For its owner only, and never over one that is there.
Result<void> put_key(const fs::path& from, const fs::path& to) {
  if (is_there(to)) return refusal(to.string() + " is there already: leave --key out to use it");
  std::error_code failed;
  fs::copy_file(from, to, failed);
  if (!failed) fs::permissions(to, fs::perms::owner_read | fs::perms::owner_write, failed);
  if (!failed) return {};
  return caused_by(ErrorCode::STORAGE_FAILED, "the key cannot be copied to " + to.string(), failed.message());
}

Result<void> make_folder(const fs::path& data) {
  std::error_code failed;
  fs::create_directories(data, failed);
  if (!failed) fs::permissions(data, fs::perms::owner_all, failed);
  if (!failed) return {};
  return caused_by(ErrorCode::STORAGE_FAILED, "the data folder " + data.string() + " cannot be made", failed.message());
}

}  // namespace

Result<BackupFacts> back_up(const fs::path& data, const fs::path& to) {
  RETURN_IF_ERROR(db::copy_database(database_in(data), to));
  return look_at(to);
}

Result<BackupFacts> check_backup(const fs::path& file, const fs::path& key_file, Random& random) {
  ASSIGN_OR_RETURN(auto facts, look_at(file));
  if (key_file.empty()) return facts;
  ASSIGN_OR_RETURN(const auto vault, open_key(key_file, random));
  ASSIGN_OR_RETURN(facts.key, db::read_file(file, [&](db::Transaction& tx) { return key_fit(tx, vault); }));
  if (facts.key == KeyFit::IS_ANOTHER)
    return refusal(key_file.string() + " is not the key that " + file.string() + " was sealed with");
  return facts;
}

Result<BackupFacts> restore(const fs::path& file, const fs::path& key_file, const fs::path& data, Random& random) {
  const auto database = database_in(data);
  if (is_there(database)) return refusal(database.string() + " is there already: name another data folder");
  const auto key = key_file.empty() ? key_in(data) : key_file;
  if (!is_there(key)) {
    return refusal("the key is missing: name the key file that belongs to the backup with --key (a backup holds none)");
  }
  ASSIGN_OR_RETURN(auto facts, check_backup(file, key, random));
  RETURN_IF_ERROR(make_folder(data));
  if (!key_file.empty()) RETURN_IF_ERROR(put_key(key_file, key_in(data)));
  RETURN_IF_ERROR(db::copy_database(file, database));
  facts.file = database;
  return facts;
}

namespace {

Result<std::unique_ptr<db::Database>> open_existing(const fs::path& data, const std::string& database_url) {
  if (!database_url.empty()) {
    return db::open_postgres({.url = database_url, .durability = db::Durability::MAY_BE_UNSAFE},
                             schema::postgres_migrations());
  }
  const auto file = database_in(data);
  if (!is_there(file)) return refusal("there is no database " + file.string());
  return db::open_sqlite({.file = file}, schema::migrations());
}

}  // namespace

Task<Result<void>> change_standing(const fs::path& data, std::string database_url, Standing standing) {
  CO_ASSIGN_OR_RETURN(const auto database, open_existing(data, database_url));
  const auto place = database->place();
  auto changed = Result<void>{};
  if (place) {
    changed = co_await database->write(
        [&](db::Transaction& tx) { return standing == Standing::LIVE ? make_live(tx, *place) : make_copy(tx); });
  } else {
    changed = place.error();
  }
  database->close();
  co_return changed;
}

}  // namespace qantara::gateway
