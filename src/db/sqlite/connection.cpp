#include "db/sqlite/connection.h"

#include <fmt/format.h>

#include <algorithm>
#include <concepts>
#include <utility>

#include "base/check.h"
#include "db/sqlite/page_cache.h"

namespace qantara::db::sqlite {
namespace {

// How long a connection waits for a lock of another one: a reader that ends, or an operator's tool that looks around.
constexpr int kBusyMillis = 250;

Trouble trouble_of(int code) {
  switch (code) {
    case SQLITE_IOERR_FSYNC:
    case SQLITE_IOERR_DIR_FSYNC:
      return Trouble::BROKEN;
    default:
      break;
  }
  switch (code & 0xff) {
    case SQLITE_FULL:
      return Trouble::FULL;
    case SQLITE_IOERR:
    case SQLITE_NOMEM:
    case SQLITE_CANTOPEN:
    case SQLITE_PROTOCOL:
    case SQLITE_PERM:
      return Trouble::FAILED;
    case SQLITE_READONLY:  // The plain one is a write on a connection for reading.
      return code == SQLITE_READONLY ? Trouble::NONE : Trouble::FAILED;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Trouble::BROKEN;
    default:
      return Trouble::NONE;
  }
}

class StatementRow final : public Row {
 public:
  explicit StatementRow(sqlite3_stmt* statement) : statement_(statement) {}
  void begin() { next_ = 0; }

 protected:
  bool is_null(int column) const override { return type(column) == SQLITE_NULL; }

  std::int64_t integer(int column) const override {
    CHECK(type(column) == SQLITE_INTEGER);
    return sqlite3_column_int64(statement_, column);
  }

  std::string_view text(int column) const override {
    const int found = type(column);
    CHECK(found == SQLITE_TEXT || found == SQLITE_BLOB);
    const void* data = sqlite3_column_blob(statement_, column);  // The database is UTF-8: no conversion.
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    return {static_cast<const char*>(data), size};
  }

 private:
  int type(int column) const {
    CHECK(column < sqlite3_data_count(statement_));
    return sqlite3_column_type(statement_, column);
  }

  sqlite3_stmt* statement_;
};

/// To be said before its first use; if somebody used it before, it stays as it was.
void configure_library() {
  // Without its own statistics of memory, SQLite takes no lock in each allocation.
  static const bool is_configured = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) == SQLITE_OK && use_parking_page_cache();
  (void)is_configured;
}

}  // namespace

Statement::Statement(Connection& connection, sqlite3_stmt* statement)
    : connection_(connection), statement_(statement), reads_only_(sqlite3_stmt_readonly(statement) != 0) {
  const int count = sqlite3_bind_parameter_count(statement);
  for (int number = 1; number <= count; ++number) {
    indexes_.push_back(sqlite3_bind_parameter_index(statement, fmt::format("${}", number).c_str()));
    CHECK(indexes_.back() != 0);  // Parameters are $1, $2, … without gaps.
  }
}

Statement::~Statement() { sqlite3_finalize(statement_); }

int Statement::bind(int index, const Value& value) {
  // The parameters outlive the run, so nothing is copied. A null pointer would bind NULL: empty is not null.
  const auto start = [](std::string_view data) { return data.empty() ? "" : data.data(); };
  const auto bind_one = [&](const auto& given) {
    using T = std::remove_cvref_t<decltype(given)>;
    if constexpr (std::same_as<T, Null>) {
      return sqlite3_bind_null(statement_, index);
    } else if constexpr (std::same_as<T, std::int64_t>) {
      return sqlite3_bind_int64(statement_, index, given);
    } else if constexpr (std::same_as<T, std::string_view>) {
      return sqlite3_bind_text64(statement_, index, start(given), given.size(), SQLITE_STATIC, SQLITE_UTF8);
    } else {
      return sqlite3_bind_blob64(statement_, index, start(given.data), given.data.size(), SQLITE_STATIC);
    }
  };
  return std::visit(bind_one, value);
}

Result<std::int64_t> Statement::run(std::span<const Value> parameters, RowSink* sink) {
  CHECK(!running_);  // A row callback ran the very statement whose rows it reads.
  CHECK(parameters.size() == indexes_.size());
  struct Running {
    Statement& statement;
    explicit Running(Statement& statement) : statement(statement) { statement.running_ = true; }
    ~Running() {
      sqlite3_reset(statement.statement_);
      statement.running_ = false;
    }
  } const running{*this};

  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const int bound = bind(indexes_[i], parameters[i]);
    if (bound != SQLITE_OK) return connection_.failure(bound, sqlite3_sql(statement_));
  }
  StatementRow row{statement_};
  for (;;) {
    const int stepped = sqlite3_step(statement_);
    if (stepped == SQLITE_DONE) return reads_only_ ? 0 : sqlite3_changes64(connection_.handle_);
    if (stepped != SQLITE_ROW) return connection_.failure(stepped, sqlite3_sql(statement_));
    row.begin();
    if (sink != nullptr) sink->row(row);
  }
}

Result<std::unique_ptr<Connection>> Connection::open(const Options& options) {
  configure_library();
  std::unique_ptr<Connection> connection{new Connection};
  std::string vfs = options.vfs;
  // Only where each commit is flushed before anybody is told of it.
  if (options.access == Access::READ_WRITE && options.synchronous == "FULL") {
    connection->vfs_ = GatheringVfs::above(vfs);
    if (connection->vfs_) vfs = connection->vfs_->name();  // Else opening tells that there is none.
  }
  const int access =
      options.access == Access::READ_ONLY ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  const int opened =
      sqlite3_open_v2(options.file.c_str(), &connection->handle_, access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                      vfs.empty() ? nullptr : vfs.c_str());
  if (opened != SQLITE_OK) return connection->failure(opened, "open");
  RETURN_IF_ERROR(connection->configure(options));
  return connection;
}

Connection::~Connection() {
  statements_.clear();
  CHECK(sqlite3_close(handle_) == SQLITE_OK);
}

Result<void> Connection::configure(const Options& options) {
  sqlite3_busy_timeout(handle_, kBusyMillis);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  // Sealed or not, what customers tell us goes into no temporary file.
  RETURN_IF_ERROR(script("PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF; PRAGMA wal_autocheckpoint = 0"));
  if (options.access == Access::READ_ONLY) return script("PRAGMA cache_size = -8192");

  ASSIGN_OR_RETURN(const std::string journal, ask("PRAGMA journal_mode = WAL"));
  if (journal != "wal") {
    return caused_by(ErrorCode::STORAGE_FAILED, "The database file cannot be used", "no write-ahead log: " + journal);
  }
  RETURN_IF_ERROR(script("PRAGMA synchronous = " + options.synchronous +
                         "; PRAGMA foreign_keys = ON; PRAGMA cache_size = -32768"
                         "; PRAGMA journal_size_limit = 134217728"));
  // Takes the place of SQLite's own checkpoints, whose failures would go unseen.
  sqlite3_wal_hook(
      handle_,
      [](void* self, sqlite3*, const char*, int pages) {
        auto& connection = *static_cast<Connection*>(self);
        ++connection.commits_;
        connection.wal_pages_ = pages;
        return SQLITE_OK;
      },
      this);
  return {};
}

Result<std::string> Connection::ask(const char* pragma) {
  std::string answer;
  const auto first_column = [](void* out, int columns, char** values, char**) {
    if (columns > 0 && values[0] != nullptr) *static_cast<std::string*>(out) = values[0];
    return 0;
  };
  const int ran = sqlite3_exec(handle_, pragma, first_column, &answer, nullptr);
  if (ran != SQLITE_OK) return failure(ran, pragma);
  return answer;
}

Result<Statement*> Connection::prepare(Sql sql) {
  const std::string_view text = sql.text();
  if (const auto known = statements_.find(text.data()); known != statements_.end()) return &known->second;

  sqlite3_stmt* statement = nullptr;
  const char* rest = nullptr;
  const int prepared = sqlite3_prepare_v3(handle_, text.data(), static_cast<int>(text.size()),
                                          SQLITE_PREPARE_PERSISTENT, &statement, &rest);
  if (prepared != SQLITE_OK) return failure(prepared, text);
  CHECK(statement != nullptr);
  CHECK(std::string_view(rest).find_first_not_of("; \t\r\n") == std::string_view::npos);  // One statement at a time.
  const auto made = statements_.try_emplace(text.data(), *this, statement);
  return &made.first->second;
}

Result<void> Connection::command(Sql sql) {
  ASSIGN_OR_RETURN(Statement* const statement, prepare(sql));
  RETURN_IF_ERROR(statement->run({}, nullptr));
  return {};
}

Result<void> Connection::script(std::string_view statements) {
  const int ran = sqlite3_exec(handle_, std::string(statements).c_str(), nullptr, nullptr, nullptr);
  if (ran != SQLITE_OK) return failure(ran, statements);
  return {};
}

Result<bool> Connection::checkpoint(Checkpoint how) {
  int pages = 0;
  int moved = 0;
  const int ran = sqlite3_wal_checkpoint_v2(handle_, nullptr, static_cast<int>(how), &pages, &moved);
  if ((ran & 0xff) == SQLITE_BUSY) return false;
  if (ran != SQLITE_OK) return failure(ran, "checkpoint");
  return pages == moved;
}

void Connection::tidy_up_on_close() { sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr); }

Error Connection::failure(int code, std::string_view doing) {
  trouble_ = std::max(trouble_, trouble_of(code));
  const bool locked = (code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED;
  return caused_by(locked ? ErrorCode::VERSION_CONFLICT : ErrorCode::STORAGE_FAILED, "The database did not do its work",
                   fmt::format("sqlite {}: {}: {}", code, sqlite3_errmsg(handle_), doing));
}

}  // namespace qantara::db::sqlite
