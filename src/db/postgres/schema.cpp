#include "db/postgres/schema.h"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "db/schema_history.h"

namespace qantara::db::postgres {
namespace {

// A migration of a large table takes its time, and whoever starts beside it waits.
constexpr std::chrono::minutes kMigrationMax{30};

// `commit_marks`: the last batch that each writing connection has committed; it tells after an answer to a COMMIT was lost.
// `commit_news`: how many commits have announced a channel; the other gateways watch it.
// `leadership`: the term that has begun last; exactly one row.
constexpr const char* kTables =
    "CREATE TABLE IF NOT EXISTS schema_migrations ("
    "  number BIGINT PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL);"
    "CREATE TABLE IF NOT EXISTS commit_marks ("
    "  writer BYTEA PRIMARY KEY, batch BIGINT NOT NULL, begun_at TIMESTAMPTZ NOT NULL DEFAULT now()) WITH (fillfactor "
    "= 50);"
    "CREATE TABLE IF NOT EXISTS commit_news ("
    "  channel BIGINT PRIMARY KEY, commits BIGINT NOT NULL) WITH (fillfactor = 50);"
    "CREATE TABLE IF NOT EXISTS leadership (id BIGINT PRIMARY KEY CHECK (id = 1), term BIGINT NOT NULL);"
    "INSERT INTO leadership (id, term) VALUES (1, 0) ON CONFLICT DO NOTHING;"
    // Whoever wrote them has long known its answer, or is gone.
    "DELETE FROM commit_marks WHERE begun_at < now() - interval '7 days'";

struct AppliedSink final : RowSink {
  std::vector<Applied> found;
  void row(Row& row) override {
    const int number = row.take<int>();
    std::string name = row.take<std::string>();
    found.push_back({number, std::move(name), row.take<std::string>()});
  }
};

Result<void> apply_in_transaction(Connection& connection, const Migration& migration) {
  RETURN_IF_ERROR(connection.script(fmt::format("BEGIN; SELECT pg_advisory_xact_lock({})", kWritersLock)));
  RETURN_IF_ERROR(connection.script(std::string{migration.sql}));
  connection.queue_with("INSERT INTO schema_migrations (number, name, checksum) VALUES ($1, $2, $3)", migration.number,
                        migration.name, checksum(migration));
  RETURN_IF_ERROR(connection.settle());
  return connection.script("COMMIT");
}

Result<void> apply(Connection& connection, const Migration& migration) {
  const auto applied = apply_in_transaction(connection, migration);
  if (applied) return {};
  if (!connection.is_lost()) (void)connection.script("ROLLBACK");
  return caused_by(ErrorCode::STORAGE_FAILED, fmt::format("Migration {} ({}) failed", migration.number, migration.name),
                   applied.error().cause);
}

/// The text that the one row has; empty without a row.
Result<std::string> ask_for_text(Connection& connection, Sql question) {
  ASSIGN_OR_RETURN(const auto answer, connection.wait(connection.queue_with(question)));
  struct Sink final : RowSink {
    std::string text;
    void row(Row& row) override { text = row.take<std::string>(); }
  } sink;
  read_answer(answer, &sink);
  return std::move(sink.text);
}

}  // namespace

Result<void> migrate(const Connection::Options& options, std::span<const Migration> migrations) {
  auto patient = options;
  patient.silence_max = kMigrationMax;
  ASSIGN_OR_RETURN(const auto connection, Connection::open(patient));
  // Until the connection ends.
  RETURN_IF_ERROR(connection->script(fmt::format("SELECT pg_advisory_lock({})", kSchemaLock)));
  RETURN_IF_ERROR(connection->script(kTables));
  ASSIGN_OR_RETURN(
      const auto answer,
      connection->wait(connection->queue_with("SELECT number, name, checksum FROM schema_migrations ORDER BY number")));
  AppliedSink applied;
  read_answer(answer, &applied);
  RETURN_IF_ERROR(compare_history(applied.found, migrations));
  for (const Migration& migration : migrations.subspan(applied.found.size())) {
    RETURN_IF_ERROR(apply(*connection, migration));
  }
  return {};
}

Result<std::string> place_of(Connection& connection) {
  ASSIGN_OR_RETURN(
      const auto place,
      ask_for_text(
          connection,
          "SELECT 'system ' || system_identifier || ' database ' || (SELECT oid FROM pg_database WHERE datname = "
          "current_database()) FROM pg_control_system()"));
  return "PostgreSQL " + place;
}

Result<std::string> standby_weakness(Connection& connection) {
  return ask_for_text(connection,
                      "SELECT 'synchronous_commit is local, so a commit does not wait for the standby that "
                      "synchronous_standby_names asks for' WHERE current_setting('synchronous_commit') = 'local' AND "
                      "current_setting('synchronous_standby_names') <> ''");
}

}  // namespace qantara::db::postgres
