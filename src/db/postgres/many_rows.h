// One statement instead of many that differ in their parameters only, inserts or questions: what it costs to begin a statement
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

/// The same question for many sets of parameters, each of which comes as an array. The last column of each row says which
/// set it answers, counted from 1; the rows of one set are as the question alone has them, and come together:
/// "SELECT answer.*, asked.n FROM unnest($1::bigint[]) WITH ORDINALITY AS asked (p1, n) CROSS JOIN LATERAL
/// (SELECT a FROM t WHERE b = asked.p1 OFFSET 0) AS answer" for "SELECT a FROM t WHERE b = $1". (OFFSET keeps the planner from
/// making one join of it, so each set is looked up as it is alone.)
/// Nothing for a statement without parameters, with one where no column may stand, or with an OFFSET.
std::optional<std::string> for_many_questions(std::string_view statement, std::span<const Value> parameters);

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
