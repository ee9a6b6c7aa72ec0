// The SQLite file that a move reads: all of it as it stood when it was opened.
#pragma once

#include <sqlite3.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "db/postgres/move/rows.h"

namespace qantara::db::postgres::move {

struct StatementEnd {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using SourceStatement = std::unique_ptr<sqlite3_stmt, StatementEnd>;

/// Rows one by one, in the order of their keys.
class SourceRows {
 public:
  /// `table` must outlive it.
  SourceRows(SourceStatement statement, const Table& table);

  /// The next row, valid until the next call; null behind the last one. Errors: STORAGE_FAILED.
  Result<const Cells*> next();

 private:
  SourceStatement statement_;  // Null behind the last row.
  const Table* table_;
  Cells row_;
};

class Source {
 public:
  /// Errors: STORAGE_FAILED.
  static Result<Source> open(const std::filesystem::path& file);

  /// Everything but `schema_migrations`, by name. Errors: STORAGE_FAILED, also for a table whose columns or key are of a kind
  /// that cannot be moved.
  Result<std::vector<Table>> tables();

  Result<std::int64_t> count(const Table& table);

  /// Those behind `after`, or all. The source must outlive them.
  Result<SourceRows> rows(const Table& table, const std::optional<Key>& after);

 private:
  struct End {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };

  Result<SourceStatement> prepare(const std::string& sql);
  Result<std::vector<std::string>> names();
  Result<Table> describe_table(std::string name);

  std::unique_ptr<sqlite3, End> handle_;
};

}  // namespace qantara::db::postgres::move
