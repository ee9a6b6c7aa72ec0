// What a closure sees of a connection: its own corner of a transaction that it may share with others.
#pragma once

#include <bitset>
#include <optional>
#include <span>

#include "base/result.h"
#include "db/sqlite/connection.h"
#include "db/sqlite/job_queue.h"
#include "db/transaction.h"

namespace qantara::db::sqlite {

/// By `Channel::number`.
using Channels = std::bitset<256>;

class SqliteTransaction final : public Transaction {
 public:
  explicit SqliteTransaction(Connection& connection) : connection_(connection) {}

  /// Runs `job`; if it returns an error, throws, or one of its statements failed, what it wrote is undone and the error
  /// returned. A failed statement dooms the closure even if it went on: engines differ in what would be left of it.
  Result<void> attempt(const Job& job);

  void announce(Channel channel) override { announced_.set(channel.number); }
  const Channels& announced() const { return announced_; }

 protected:
  Result<std::int64_t> run(Sql sql, std::span<const Value> parameters, RowSink* sink) override;

 private:
  Result<std::int64_t> run_in_savepoint(Sql sql, std::span<const Value> parameters, RowSink* sink);

  Connection& connection_;
  bool has_savepoint_ = false;  // Set before the first write: readers do not pay for it.
  std::optional<Error> failure_;
  Channels announced_;
};

}  // namespace qantara::db::sqlite
