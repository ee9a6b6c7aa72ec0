#include "db/sqlite/schema.h"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "db/schema_history.h"

namespace qantara::db::sqlite {
namespace {

Result<std::vector<Applied>> applied_migrations(Connection& connection) {
  struct Sink final : RowSink {
    std::vector<Applied> found;
    void row(Row& row) override {
      const int number = row.take<int>();
      std::string name = row.take<std::string>();
      found.push_back({number, std::move(name), row.take<std::string>()});
    }
  } sink;
  // In a damaged file they may be of any type, or missing.
  ASSIGN_OR_RETURN(
      Statement* const select,
      connection.prepare("SELECT number, CAST(COALESCE(name, '') AS TEXT), CAST(COALESCE(checksum, '') AS TEXT)"
                         " FROM schema_migrations ORDER BY number"));
  RETURN_IF_ERROR(select->run({}, &sink));
  return std::move(sink.found);
}

Result<void> apply_in_transaction(Connection& connection, const Migration& migration) {
  RETURN_IF_ERROR(connection.script(migration.sql));
  ASSIGN_OR_RETURN(Statement* const record,
                   connection.prepare("INSERT INTO schema_migrations (number, name, checksum) VALUES ($1, $2, $3)"));
  const std::string sum = checksum(migration);
  const Value values[] = {to_value(migration.number), to_value(migration.name), to_value(sum)};
  RETURN_IF_ERROR(record->run(values, nullptr));
  return connection.command("COMMIT");
}

Result<void> apply(Connection& connection, const Migration& migration) {
  RETURN_IF_ERROR(connection.command("BEGIN IMMEDIATE"));
  const Result<void> applied = apply_in_transaction(connection, migration);
  if (applied) return {};
  if (connection.in_transaction()) RETURN_IF_ERROR(connection.command("ROLLBACK"));
  return caused_by(ErrorCode::STORAGE_FAILED, fmt::format("Migration {} ({}) failed", migration.number, migration.name),
                   applied.error().cause);
}

}  // namespace

Result<void> migrate(Connection& connection, std::span<const Migration> migrations) {
  RETURN_IF_ERROR(
      connection.command("CREATE TABLE IF NOT EXISTS schema_migrations ("
                         "number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL) STRICT"));
  ASSIGN_OR_RETURN(const std::vector<Applied> applied, applied_migrations(connection));
  RETURN_IF_ERROR(compare_history(applied, migrations));
  for (const Migration& migration : migrations.subspan(applied.size())) RETURN_IF_ERROR(apply(connection, migration));
  return {};
}

Result<int> count_known_migrations(Connection& connection, std::span<const Migration> migrations) {
  ASSIGN_OR_RETURN(const std::vector<Applied> applied, applied_migrations(connection));
  RETURN_IF_ERROR(compare_history(applied, migrations));
  return static_cast<int>(applied.size());
}

}  // namespace qantara::db::sqlite
