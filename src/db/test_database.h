// For tests: a real database of their own, and the loop that its users run on.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/crypto.h"
#include "base/nursery.h"
#include "base/task.h"
#include "base/text.h"
#include "db/database.h"
#include "db/postgres/test_server.h"

namespace qantara::db {

class TestDatabase {
 public:
  /// Whether the environment names a PostgreSQL server (tests/postgres/).
  static bool has_server() { return postgres::test_server() != nullptr; }

  /// On that server if there are migrations for it; else on SQLite, in a directory of its own.
  explicit TestDatabase(std::span<const Migration> migrations, std::span<const Migration> postgres_migrations = {}) {
    if (has_server() && !postgres_migrations.empty()) {
      on_server_.emplace(copy_of(migrated(postgres_migrations)));
      database_ = opened(open_on_server(*on_server_, postgres_migrations));
      return;
    }
    std::string path = (disk() / "qantara-test-XXXXXX").string();
    if (::mkdtemp(path.data()) == nullptr) std::abort();
    directory_ = path;
    database_ = opened(open_sqlite({.file = directory_ / "qantara.db"}, migrations));
  }
  ~TestDatabase() {
    database_->close();
    if (!directory_.empty()) std::filesystem::remove_all(directory_);
  }
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;

  bool is_on_server() const { return on_server_.has_value(); }

  Database& operator*() const { return *database_; }
  Executor executor() { return context_.get_executor(); }

  /// Starts `task`; it goes on while anything below runs. An exception that leaves it leaves that.
  void start(Task<void> task) { tasks_.start(std::move(task)); }

  /// Whether every task has ended.
  bool is_idle() const { return tasks_.count() == 0; }

  /// Lets everybody work until `done()`. False if that does not come to pass.
  template <class Done>
  bool until(Done done) {
    for (int i = 0; i < 5000; ++i) {
      if (done()) return true;
      context_.restart();
      context_.run_one_for(std::chrono::milliseconds{2});
    }
    return false;
  }

  /// Runs `task` to its end, and everybody else meanwhile.
  template <class T>
  T run(Task<T> task) {
    const auto result = std::make_shared<std::optional<T>>();
    tasks_.start(keep(std::move(task), result));
    EXPECT_TRUE(until([&] { return result->has_value(); })) << "it waits for something that does not come";
    return std::move(*result).value();
  }
  template <class Closure>
  auto write(Closure closure) {
    return run(database_->write(std::move(closure)));
  }
  template <class Closure>
  auto read(Closure closure) {
    return run(database_->read(std::move(closure)));
  }

  /// The term in which it leads, which on a server begins a moment after the first write. Listeners are there before.
  Term leading() {
    constexpr int kWrites = 5000;
    for (int i = 0; i < kWrites && !database_->leadership(); ++i) {
      EXPECT_TRUE(write([](Transaction&) { return Result<void>{}; }));
    }
    EXPECT_TRUE(database_->leadership());
    return database_->leadership().value_or(Term{0});
  }

  /// Whether any file of the database, or any row of the server's, holds `text` as it is.
  bool holds_in_the_clear(std::string_view text) const {
    if (on_server_) return has_row_with(*on_server_, std::string{text});
    for (const auto& file : std::filesystem::directory_iterator{directory_}) {
      std::ifstream stream{file.path(), std::ios::binary};
      const std::string bytes{std::istreambuf_iterator<char>{stream}, {}};
      if (bytes.contains(text)) return true;
    }
    return false;
  }

 private:
  /// In memory, where the machine offers that: what survives a power cut is the engines' own tests' business.
  static std::filesystem::path disk() {
    const std::filesystem::path memory = "/dev/shm";
    return ::access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
  }
  static std::unique_ptr<Database> opened(Result<std::unique_ptr<Database>> database) {
    if (!database) {
      ADD_FAILURE() << database.error().message << ": " << database.error().cause;
      std::abort();
    }
    return *std::move(database);
  }

  static Result<std::unique_ptr<Database>> open_on_server(const postgres::TemporaryDatabase& where,
                                                          std::span<const Migration> migrations) {
    return open_postgres({.url = where.url(), .durability = Durability::MAY_BE_UNSAFE}, migrations);
  }
  /// The name of a database that has had `migrations`, and that nobody uses: copying it takes a fraction of the time.
  static std::string migrated(std::span<const Migration> migrations) {
    std::string all;
    for (const Migration& migration : migrations) all += migration.sql;
    const std::string name = "migrated_" + to_hex(sha256(all)).substr(0, 16);
    static std::string last;  // Most often there is one in a process.
    if (name == last) return name;
    const std::string found = "SELECT count(*) FROM pg_database WHERE datname = '" + name + "'";
    if (postgres::run_on_server(postgres::test_server(), found) == "0") {
      const postgres::TemporaryDatabase fresh;
      opened(open_on_server(fresh, migrations))->close();
      // Another process may have been first.
      const std::string rename = "ALTER DATABASE " + fresh.run("SELECT current_database()") + " RENAME TO " + name;
      postgres::run_on_server(
          postgres::test_server(),
          "DO $$ BEGIN " + rename + "; EXCEPTION WHEN duplicate_database OR unique_violation THEN NULL; END $$");
    }
    last = name;
    return name;
  }
  static std::string copy_of(const std::string& name) { return "TEMPLATE " + name + " STRATEGY = FILE_COPY"; }

  static bool has_row_with(const postgres::TemporaryDatabase& where, const std::string& text) {
    const std::string searches = where.run(
        "SELECT string_agg(format('SELECT 1 WHERE EXISTS (SELECT 1 FROM %I AS r WHERE strpos(r::text, %L) > 0 OR "
        "strpos(r::text, %L) > 0)', tablename, '" +
        text + "', '" + to_hex(as_bytes(text)) + "'), ' UNION ALL ') FROM pg_tables WHERE schemaname = 'public'");
    return where.run("SELECT count(*) FROM (" + searches + ") AS found") != "0";
  }

  template <class T>
  static Task<void> keep(Task<T> task, std::shared_ptr<std::optional<T>> result) {
    T value = co_await std::move(task);
    result->emplace(std::move(value));
  }

  std::filesystem::path directory_;
  std::optional<postgres::TemporaryDatabase> on_server_;  // Outlives its connections.
  boost::asio::io_context context_{1};
  std::unique_ptr<Database> database_;
  Nursery tasks_{context_.get_executor()};
};

}  // namespace qantara::db
