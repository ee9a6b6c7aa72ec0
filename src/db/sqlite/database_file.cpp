#include "db/database_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

#include "db/sqlite/connection.h"
#include "db/sqlite/schema.h"
#include "db/sqlite/sqlite_transaction.h"

namespace qantara::db {
namespace {

using sqlite::Connection;

Error system_failure(const std::string& what) {
  return caused_by(ErrorCode::STORAGE_FAILED, what, std::generic_category().message(errno));
}

Result<void> require_file(const std::filesystem::path& file) {
  std::error_code failed;
  if (std::filesystem::is_regular_file(file, failed)) return {};
  return error(ErrorCode::INVALID_PARAMETERS, "there is no database " + file.string());
}

Result<std::unique_ptr<Connection>> open_to_read(const std::filesystem::path& file) {
  RETURN_IF_ERROR(require_file(file));
  return Connection::open({.file = file.string(), .access = Connection::Access::READ_ONLY});
}

Result<void> flush(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return system_failure("Cannot open " + path.string());
  const bool flushed = ::fsync(descriptor) == 0;
  const int why = errno;
  ::close(descriptor);
  errno = why;
  if (!flushed) return system_failure("Cannot flush " + path.string());
  return {};
}

/// Never over a file that is there.
Result<void> rename_anew(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return {};
  // A file system that cannot promise it: `to` was not there a moment ago.
  const bool cannot_promise = errno == EINVAL || errno == ENOSYS;
  if (cannot_promise && ::rename(from.c_str(), to.c_str()) == 0) return {};
  return system_failure("Cannot rename " + from.string() + " to " + to.string());
}

/// SQLite takes an empty file for a database yet to be written, and leaves its mode as it is.
Result<void> make_private_file(const std::filesystem::path& file) {
  std::error_code failed;
  std::filesystem::remove(file, failed);
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) return system_failure("Cannot make " + file.string());
  ::close(descriptor);
  return {};
}

struct Texts final : RowSink {
  std::vector<std::string> found;
  void row(Row& row) override { found.push_back(row.take<std::string>()); }
};

Result<std::vector<std::string>> find_faults(Connection& connection) {
  Texts pages;
  ASSIGN_OR_RETURN(auto* const check, connection.prepare("PRAGMA integrity_check(20)"));
  RETURN_IF_ERROR(check->run({}, &pages));
  if (pages.found == std::vector<std::string>{"ok"}) pages.found.clear();
  Texts references;
  ASSIGN_OR_RETURN(auto* const references_check,
                   connection.prepare("SELECT 'a row of ' || \"table\" || ' refers to no row of ' || parent"
                                      " FROM pragma_foreign_key_check LIMIT 20"));
  RETURN_IF_ERROR(references_check->run({}, &references));
  pages.found.insert(pages.found.end(), references.found.begin(), references.found.end());
  return std::move(pages.found);
}

Result<void> write_copy(const std::filesystem::path& from, const std::filesystem::path& part) {
  ASSIGN_OR_RETURN(const auto connection, open_to_read(from));
  RETURN_IF_ERROR(make_private_file(part));
  ASSIGN_OR_RETURN(auto* const copy, connection->prepare("VACUUM INTO $1"));
  const std::string name = part.string();
  const Value values[] = {to_value(name)};
  RETURN_IF_ERROR(copy->run(values, nullptr));
  return {};
}

}  // namespace

Result<std::string> place_of(const std::filesystem::path& file) {
  struct ::statx found{};
  if (::statx(AT_FDCWD, file.c_str(), 0, STATX_INO | STATX_BTIME, &found) != 0) {
    return system_failure("Cannot look at " + file.string());
  }
  // File systems that know of no birth leave the inode.
  const auto birth = (found.stx_mask & STATX_BTIME) != 0
                         ? fmt::format("{}.{:09}", found.stx_btime.tv_sec, found.stx_btime.tv_nsec)
                         : std::string{"unknown"};
  return fmt::format("inode {} born {}", found.stx_ino, birth);
}

Result<void> copy_database(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::error_code failed;
  if (std::filesystem::exists(to, failed)) {
    return error(ErrorCode::INVALID_PARAMETERS, to.string() + " is there already: name another file");
  }
  auto part = to;
  part += ".part";
  RETURN_IF_ERROR(write_copy(from, part));
  {
    ASSIGN_OR_RETURN(const auto connection, open_to_read(part));
    ASSIGN_OR_RETURN(const auto faults, find_faults(*connection));
    if (!faults.empty()) return caused_by(ErrorCode::STORAGE_FAILED, from.string() + " is damaged", faults.front());
  }
  // After the connections: closing a descriptor of the file drops the locks that SQLite has on it.
  RETURN_IF_ERROR(flush(part));
  RETURN_IF_ERROR(rename_anew(part, to));
  return flush(to.has_parent_path() ? to.parent_path() : std::filesystem::path{"."});
}

Result<Examination> examine_database(const std::filesystem::path& file, std::span<const Migration> migrations) {
  ASSIGN_OR_RETURN(const auto connection, open_to_read(file));
  Examination found;
  ASSIGN_OR_RETURN(found.migrations, sqlite::count_known_migrations(*connection, migrations));
  found.migrations_missing = static_cast<int>(migrations.size()) - found.migrations;
  ASSIGN_OR_RETURN(found.faults, find_faults(*connection));
  return found;
}

Result<void> look_into(const std::filesystem::path& file, const std::function<Result<void>(Transaction&)>& closure) {
  ASSIGN_OR_RETURN(const auto connection, open_to_read(file));
  RETURN_IF_ERROR(connection->command("BEGIN"));
  sqlite::SqliteTransaction transaction{*connection};
  return transaction.attempt(closure);
}

}  // namespace qantara::db
