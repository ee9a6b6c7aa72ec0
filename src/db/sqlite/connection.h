// One SQLite connection and its prepared statements, for one thread at a time. All of the engine's SQLite calls are here.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "db/sqlite/gathered_log.h"
#include "db/transaction.h"

namespace qantara::db::sqlite {

/// What a failure says about the storage beyond the statement that met it. Later is worse.
enum class Trouble {
  NONE,    ///< Nothing: a constraint, a lock, a mistake in the SQL.
  FULL,    ///< No space. It goes away when there is room.
  FAILED,  ///< A file could not be read or written. A new connection may find it well again.
  BROKEN,  ///< A flush failed or the file is damaged: nobody knows what lies on the disk. Only a restart helps.
};

class Connection;

/// A prepared statement. Lives as long as its connection.
class Statement {
 public:
  Statement(Connection& connection, sqlite3_stmt* statement);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  /// Whether it leaves the database as it is.
  bool reads_only() const { return reads_only_; }

  /// Runs to the end and gives each row to `sink`, which may be null. Result: changed rows.
  /// Errors: VERSION_CONFLICT when another connection is in the way; STORAGE_FAILED for everything else.
  Result<std::int64_t> run(std::span<const Value> parameters, RowSink* sink);

 private:
  int bind(int index, const Value& value);

  Connection& connection_;
  sqlite3_stmt* statement_;
  std::vector<int> indexes_;  ///< Where SQLite put $1, $2, …: it numbers them in order of appearance.
  bool reads_only_;
  bool running_ = false;
};

class Connection {
 public:
  enum class Access { READ_WRITE, READ_ONLY };

  struct Options {
    std::string file;
    std::string vfs;  ///< Empty: the machine's.
    Access access = Access::READ_WRITE;
    std::string synchronous = "FULL";  ///< Anything less loses acknowledged writes with the power.
  };

  /// Opens the file in WAL mode, creating it where `access` allows. A connection never checkpoints of its own accord.
  /// Errors: STORAGE_FAILED, also when the file system cannot do what durability needs.
  static Result<std::unique_ptr<Connection>> open(const Options& options);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// The prepared statement of `sql`: made once, found again by the address of the literal. Errors: STORAGE_FAILED.
  Result<Statement*> prepare(Sql sql);

  /// Runs one statement without parameters. Errors as for `Statement::run`.
  Result<void> command(Sql sql);

  /// Runs statements separated by semicolons. Errors: STORAGE_FAILED; those before the failed one have been run.
  Result<void> script(std::string_view statements);

  /// False also after SQLite has rolled back by itself, as it may when the disk is full.
  bool in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

  /// The worst failure since `clear_trouble`.
  Trouble trouble() const { return trouble_; }
  void clear_trouble() { trouble_ = Trouble::NONE; }

  /// Commits that wrote something, and the length of the log after the last one, in pages.
  std::uint64_t commits() const { return commits_; }
  int wal_pages() const { return wal_pages_; }

  enum class Checkpoint {
    PASSIVE = SQLITE_CHECKPOINT_PASSIVE,    ///< As far as possible without waiting for readers.
    RESTART = SQLITE_CHECKPOINT_RESTART,    ///< Waits a moment for readers, so that the log begins anew.
    TRUNCATE = SQLITE_CHECKPOINT_TRUNCATE,  ///< The same, and the log is empty afterwards.
  };

  /// Moves committed pages from the log into the file. Result: whether all of them are there now; readers may be in the
  /// way. Errors: STORAGE_FAILED.
  Result<bool> checkpoint(Checkpoint how);

  /// The last connection to close checkpoints and removes the log. Not wanted before all is known to be well.
  void tidy_up_on_close();

 private:
  friend class Statement;
  Connection() = default;

  Result<void> configure(const Options& options);
  Result<std::string> ask(const char* pragma);

  /// The error for a result code other than success, noting what it says about the storage.
  Error failure(int code, std::string_view doing);

  std::unique_ptr<GatheringVfs> vfs_;  // Of a connection that writes.
  sqlite3* handle_ = nullptr;
  std::unordered_map<const char*, Statement> statements_;
  Trouble trouble_ = Trouble::NONE;
  std::uint64_t commits_ = 0;
  int wal_pages_ = 0;
};

}  // namespace qantara::db::sqlite
