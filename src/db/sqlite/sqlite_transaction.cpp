#include "db/sqlite/sqlite_transaction.h"

#include <utility>

namespace qantara::db::sqlite {
Result<void> SqliteTransaction::attempt(const Job& job) {
  Result<void> result = run_job(job, *this);
  if (failure_) result = *failure_;
  must_be_undone_ = !result && has_written_ && undo_ == Undo::WITH_ALL;
  if (!has_savepoint_) return result;
  if (!result && connection_.in_transaction()) RETURN_IF_ERROR(connection_.command("ROLLBACK TO closure"));
  if (connection_.in_transaction()) RETURN_IF_ERROR(connection_.command("RELEASE closure"));
  return result;
}

Result<std::int64_t> SqliteTransaction::run(Sql sql, std::span<const Value> parameters, RowSink* sink) {
  if (failure_) return *failure_;
  Result<std::int64_t> ran = run_noting_writes(sql, parameters, sink);
  if (!ran) failure_ = ran.error();
  return ran;
}

Result<std::int64_t> SqliteTransaction::run_noting_writes(Sql sql, std::span<const Value> parameters, RowSink* sink) {
  ASSIGN_OR_RETURN(Statement* const statement, connection_.prepare(sql));
  if (statement->reads_only()) return statement->run(parameters, sink);
  if (undo_ == Undo::ALONE && !has_savepoint_) {
    RETURN_IF_ERROR(connection_.command("SAVEPOINT closure"));
    has_savepoint_ = true;
  }
  Result<std::int64_t> ran = statement->run(parameters, sink);
  has_written_ = has_written_ || !ran || *ran > 0;
  return ran;
}

}  // namespace qantara::db::sqlite
