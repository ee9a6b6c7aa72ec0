// The PostgreSQL database that a move fills, through one connection of its own.
#pragma once

#include <libpq-fe.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "db/postgres/move/rows.h"

namespace qantara::db::postgres::move {

struct ConnectionEnd {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
struct AnswerEnd {
  void operator()(PGresult* answer) const { PQclear(answer); }
};
using Answer = std::unique_ptr<PGresult, AnswerEnd>;

/// Rows one by one, in the order of their keys, as an ordinary query gives them. While it lives its connection does nothing
/// else.
class TargetRows {
 public:
  /// `table` must outlive it, and so must the connection.
  TargetRows(PGconn* connection, const Table& table);
  TargetRows(TargetRows&& other) noexcept;
  TargetRows& operator=(TargetRows&&) = delete;
  ~TargetRows();

  /// The next row, valid until the next call; null behind the last one. Errors: those of a lost connection.
  Result<const Cells*> next();

 private:
  PGconn* connection_;  ///< Null behind the last row.
  const Table* table_;
  Answer answer_;
  Cells row_;
};

class Target {
 public:
  /// Errors: SERVICE_UNAVAILABLE if nobody answers or we are refused; STORAGE_FAILED if it is not UTF-8.
  static Result<Target> connect(const std::string& url);

  /// "postgres://gateway@db.internal:5432/qantara": for people, and without the password.
  std::string name() const;

  /// The columns of a table, in any order; none if there is no such table. Errors: STORAGE_FAILED for a type of column that
  /// SQLite does not have.
  Result<std::vector<Column>> columns(const std::string& table);

  /// Which table refers to which.
  Result<std::vector<std::pair<std::string, std::string>>> references();

  Result<std::int64_t> count(const Table& table);
  Result<bool> has_rows(const Table& table);

  /// The last key in the order of keys; nothing if there are no rows.
  Result<std::optional<Key>> last_key(const Table& table);

  /// All rows of one `COPY` are there, or none: between `begin_copy` and the return of `end_copy` nobody sees them.
  Result<void> begin_copy(const Table& table);
  Result<void> copy(const Cells& row);
  Result<void> end_copy();
  /// What was sent with `copy` and may be waiting still, since `begin_copy`: bytes.
  std::size_t copied_bytes() const { return copied_bytes_; }

  Result<TargetRows> rows(const Table& table);

  /// Deletes the rows of all these tables at once.
  Result<void> empty(const std::vector<Table>& tables);

  /// The next number of each identity column of these tables is the one behind its largest.
  Result<void> set_sequences(const std::vector<Table>& tables);

 private:
  Result<Answer> run(const std::string& sql, const std::vector<std::string>& parameters = {});
  Result<void> send();

  std::unique_ptr<PGconn, ConnectionEnd> connection_;
  std::string buffer_;  ///< Of a copy.
  std::size_t copied_bytes_ = 0;
};

}  // namespace qantara::db::postgres::move
