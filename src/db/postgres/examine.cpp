#include "db/postgres/examine.h"

#include <memory>
#include <utility>

#include "db/postgres/connection.h"
#include "db/postgres/postgres_transaction.h"
#include "db/postgres/schema.h"
#include "db/schema_history.h"

namespace qantara::db::postgres {
namespace {

/// Statements that the engine runs for itself: no store may ask a server about itself.
class Questions {
 public:
  explicit Questions(Transaction& tx) : tx_(tx) {}

  Result<std::string> text(Sql sql) {
    ASSIGN_OR_RETURN(auto found, tx_.one(sql, [](Row& row) { return row.take<std::string>(); }));
    return std::move(found).value_or("");
  }
  Result<std::int64_t> number(Sql sql) {
    ASSIGN_OR_RETURN(const auto found, tx_.one(sql, [](Row& row) { return row.take<std::int64_t>(); }));
    return found.value_or(0);
  }

 private:
  Transaction& tx_;
};

Result<void> look_at_server(Transaction& tx, ServerExamination& found) {
  Questions ask{tx};
  ASSIGN_OR_RETURN(found.version, ask.text("SELECT split_part(current_setting('server_version'), ' ', 1)"));
  ASSIGN_OR_RETURN(
      found.where,
      ask.text("SELECT 'database ' || current_database() || coalesce(' on ' || host(inet_server_addr()) || "
               "', port ' || inet_server_port(), ' on a socket of this machine')"));
  ASSIGN_OR_RETURN(found.unsafe, tx.all("SELECT name || ' is off' FROM pg_settings WHERE setting = 'off' AND name IN "
                                        "('fsync', 'full_page_writes', 'synchronous_commit') ORDER BY name",
                                        [](Row& row) { return row.take<std::string>(); }));
  return {};
}

Result<void> look_at_schema(Transaction& tx, std::span<const Migration> migrations, ServerExamination& found) {
  Questions ask{tx};
  found.migrations_missing = static_cast<int>(migrations.size());
  ASSIGN_OR_RETURN(const auto tables,
                   ask.number("SELECT count(*) FROM pg_class WHERE oid = to_regclass('schema_migrations')"));
  if (tables == 0) return {};
  ASSIGN_OR_RETURN(const auto applied,
                   tx.all("SELECT number, name, checksum FROM schema_migrations ORDER BY number", [](Row& row) {
                     const int number = row.take<int>();
                     std::string name = row.take<std::string>();
                     return Applied{number, std::move(name), row.take<std::string>()};
                   }));
  RETURN_IF_ERROR(compare_history(applied, migrations));
  found.migrations = static_cast<int>(applied.size());
  found.migrations_missing -= found.migrations;
  ASSIGN_OR_RETURN(found.term, ask.number("SELECT term FROM leadership"));
  ASSIGN_OR_RETURN(const auto locks,
                   tx.one(
                       "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND "
                       "database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND "
                       "classid::bigint = $1 AND objid::bigint = $2",
                       [](Row& row) { return row.take<std::int64_t>(); }, kLeaderLock >> 32, kLeaderLock & 0xFFFFFFFF));
  if (locks.value_or(0) > 0) found.leader = ServerExamination::Leader::SOMEBODY;
  return {};
}

Result<void> look_with(Connection& connection, const Job& job) {
  connection.queue_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  SharedTransaction shared;
  PostgresTransaction transaction{connection, shared, nullptr};
  auto looked = transaction.attempt(job);
  auto settled = connection.settle();
  return looked ? std::move(settled) : std::move(looked);  // The connection ends, and the transaction with it.
}

Result<std::unique_ptr<Connection>> open_to_look(const std::string& url) {
  return Connection::open(
      {.url = url, .durability = Durability::MAY_BE_UNSAFE, .connect_within = kConnectAtStartWithin});
}

}  // namespace

Result<ServerExamination> examine_server(const std::string& url, std::span<const Migration> migrations) {
  ASSIGN_OR_RETURN(const auto connection, open_to_look(url));
  ServerExamination found;
  RETURN_IF_ERROR(look_with(*connection, [&](Transaction& tx) -> Result<void> {
    RETURN_IF_ERROR(look_at_server(tx, found));
    return look_at_schema(tx, migrations, found);
  }));
  ASSIGN_OR_RETURN(found.place, place_of(*connection));
  ASSIGN_OR_RETURN(found.standby_weakness, standby_weakness(*connection));
  return found;
}

Result<void> look_into_server(const std::string& url, const std::function<Result<void>(Transaction&)>& closure) {
  ASSIGN_OR_RETURN(const auto connection, open_to_look(url));
  return look_with(*connection, closure);
}

}  // namespace qantara::db::postgres
