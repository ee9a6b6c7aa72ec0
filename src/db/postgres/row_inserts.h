// Inserts of one row each that nobody waits for, gathered into one statement with many rows: what it costs to begin a statement
// is then paid once.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "db/transaction.h"

namespace qantara::db::postgres {

/// The same insert for many rows, each of whose columns comes as an array:
/// "INSERT INTO t (a, b) SELECT * FROM unnest($1::bigint[], $2::text[])" for "INSERT INTO t (a, b) VALUES ($1, $2)".
/// Nothing for any other statement: one that has more to it, or takes its parameters in another order.
std::optional<std::string> for_many_rows(std::string_view statement, std::span<const Value> parameters);

/// Values of one type as PostgreSQL wants an array in binary.
class ArrayColumn {
 public:
  explicit ArrayColumn(Type type) : type_(type) {}

  void add(const Value& value);
  Type type() const { return type_; }
  /// The array's bytes. The column is empty then.
  std::string take();

 private:
  Type type_;
  int count_ = 0;
  std::string elements_;
};

/// Rows of one statement that wait to be sent.
struct RowInserts {
  Sql statement;
  std::vector<ArrayColumn> columns;
  int rows = 0;
};

}  // namespace qantara::db::postgres
