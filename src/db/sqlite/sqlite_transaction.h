// What a closure sees of a connection: its own corner of a transaction that it may share with others.
#pragma once

#include <optional>
#include <span>

#include "base/result.h"
#include "db/job_queue.h"
#include "db/sqlite/connection.h"
#include "db/transaction.h"

namespace qantara::db::sqlite {

/// How what a failed closure wrote is undone. A savepoint of its own makes SQLite copy each page that it changes: half
/// of what a write costs. So closures that share a transaction do without, and the whole of it is undone if one fails.
enum class Undo { ALONE, WITH_ALL };

/// Whoever has the file leads, and does so until the end.
inline constexpr Term kOnlyTerm{1};

class SqliteTransaction final : public Transaction {
 public:
  explicit SqliteTransaction(Connection& connection, Undo undo = Undo::ALONE) : connection_(connection), undo_(undo) {}

  /// Runs `job`; if it returns an error, throws, or one of its statements failed, the error is returned, and what it wrote
  /// is undone, or `must_be_undone()`. A failed statement dooms the closure even if it went on: engines differ in what
  /// would be left of it.
  Result<void> attempt(const Job& job);

  /// Whether the closure has failed, and what it wrote is still there. With Undo::WITH_ALL only.
  bool must_be_undone() const { return must_be_undone_; }

  void announce(Channel channel) override { announced_.set(channel.number); }
  const Channels& announced() const { return announced_; }

  Result<void> confirm(Term) override { return {}; }

 protected:
  Result<std::int64_t> run(Sql sql, std::span<const Value> parameters, RowSink* sink) override;

 private:
  Result<std::int64_t> run_noting_writes(Sql sql, std::span<const Value> parameters, RowSink* sink);

  Connection& connection_;
  const Undo undo_;
  bool has_written_ = false;    // A statement changed rows, or failed in trying.
  bool has_savepoint_ = false;  // Set before the first write: readers do not pay for it.
  bool must_be_undone_ = false;
  std::optional<Error> failure_;
  Channels announced_;
};

}  // namespace qantara::db::sqlite
