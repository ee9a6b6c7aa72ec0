#include "db/postgres/move/rows.h"

#include <numeric>

#include "base/text.h"
#include "base/uuid.h"

namespace qantara::db::postgres::move {
namespace {

bool is_secret(std::string_view column) { return column.ends_with("_hash") || column.ends_with("_sealed"); }

std::string describe(const Column& column, const Cell& cell) {
  if (is_secret(column.name)) return "****";
  if (const auto* const number = std::get_if<std::int64_t>(&cell)) return std::to_string(*number);
  const auto* const bytes = std::get_if<std::string_view>(&cell);
  if (bytes == nullptr) return "null";
  if (column.kind == Kind::TEXT) return std::string{*bytes};
  const auto uuid = Uuid::from_bytes(as_bytes(*bytes));
  return uuid ? uuid->to_text() : to_hex(as_bytes(*bytes));
}

}  // namespace

std::string column_list(const Table& table, const std::vector<std::size_t>& indexes, std::string_view suffix) {
  std::string list;
  for (const std::size_t index : indexes) {
    if (!list.empty()) list += ", ";
    list.append(quoted_name(table.columns[index].name)).append(suffix);
  }
  return list;
}

std::string column_list(const Table& table) {
  std::vector<std::size_t> all(table.columns.size());
  std::iota(all.begin(), all.end(), 0);
  return column_list(table, all);
}

std::string describe_key(const Table& table, const Cells& row) {
  std::string text;
  for (const std::size_t index : table.key) {
    if (!text.empty()) text += ' ';
    text += describe(table.columns[index], row[index]);
  }
  return text;
}

std::strong_ordering compare_keys(const Table& table, const Cells& a, const Cells& b) {
  for (const std::size_t index : table.key) {
    if (const auto order = a[index] <=> b[index]; order != 0) return order;
  }
  return std::strong_ordering::equal;
}

}  // namespace qantara::db::postgres::move
