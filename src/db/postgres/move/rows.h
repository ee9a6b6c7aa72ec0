// What a move reads on one side and finds on the other: tables, and their rows in the order of their keys.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace qantara::db::postgres::move {

enum class Kind { INTEGER, TEXT, BYTES };

struct Column {
  std::string name;
  Kind kind;
};

struct Table {
  std::string name;
  std::vector<Column> columns;
  std::vector<std::size_t> key;  ///< Which of `columns` are the primary key, in its order.
  std::string filter;            ///< A condition that its rows are to meet; empty: all of them.
};

/// Null, a number, or the bytes of a text or of bytes. The view lasts until the next row.
using Cell = std::variant<std::monostate, std::int64_t, std::string_view>;

/// One row: a cell for each column of its table.
using Cells = std::vector<Cell>;

/// The key of a row, to be kept.
using Key = std::vector<std::variant<std::int64_t, std::string>>;

/// A name as it stands in SQL.
inline std::string quoted_name(std::string_view name) { return "\"" + std::string{name} + "\""; }

/// The columns that `indexes` name, separated by commas, each with `suffix` behind it.
std::string column_list(const Table& table, const std::vector<std::size_t>& indexes, std::string_view suffix = {});
/// All of them.
std::string column_list(const Table& table);

/// The key of a row for people: ids as they are written elsewhere, and nothing of a column that holds a digest or what is
/// sealed.
std::string describe_key(const Table& table, const Cells& row);

/// Where the keys of two rows of `table` stand to each other; byte by byte, as both databases order them.
std::strong_ordering compare_keys(const Table& table, const Cells& a, const Cells& b);

}  // namespace qantara::db::postgres::move
