#include "db/postgres/move/source.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

namespace qantara::db::postgres::move {
namespace {

Error source_failure(sqlite3* handle, std::string_view doing) {
  return caused_by(ErrorCode::STORAGE_FAILED, "The SQLite file cannot be read",
                   fmt::format("sqlite {}: {}: {}", sqlite3_extended_errcode(handle), sqlite3_errmsg(handle), doing));
}

std::string text_of(sqlite3_stmt* statement, int column) {
  const auto* const text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
  return text == nullptr ? std::string{} : std::string{text};
}

std::optional<Kind> kind_of(std::string_view type) {
  if (type == "INTEGER") return Kind::INTEGER;
  if (type == "TEXT") return Kind::TEXT;
  if (type == "BLOB") return Kind::BYTES;
  return std::nullopt;
}

int type_of(Kind kind) {
  switch (kind) {
    case Kind::INTEGER:
      return SQLITE_INTEGER;
    case Kind::TEXT:
      return SQLITE_TEXT;
    case Kind::BYTES:
      return SQLITE_BLOB;
  }
  return SQLITE_NULL;
}

int bind(sqlite3_stmt* statement, int index, const std::variant<std::int64_t, std::string>& value, Kind kind) {
  if (const auto* const number = std::get_if<std::int64_t>(&value)) {
    return sqlite3_bind_int64(statement, index, *number);
  }
  const auto& bytes = std::get<std::string>(value);
  return kind == Kind::TEXT
             ? sqlite3_bind_text64(statement, index, bytes.data(), bytes.size(), SQLITE_TRANSIENT, SQLITE_UTF8)
             : sqlite3_bind_blob64(statement, index, bytes.data(), bytes.size(), SQLITE_TRANSIENT);
}

}  // namespace

SourceRows::SourceRows(SourceStatement statement, const Table& table)
    : statement_(std::move(statement)), table_(&table), row_(table.columns.size()) {}

Result<const Cells*> SourceRows::next() {
  auto* const statement = statement_.get();
  if (statement == nullptr) return nullptr;
  const int stepped = sqlite3_step(statement);
  if (stepped == SQLITE_DONE) {
    statement_.reset();  // Another step would begin anew.
    return nullptr;
  }
  if (stepped != SQLITE_ROW) return source_failure(sqlite3_db_handle(statement), sqlite3_sql(statement));
  for (std::size_t i = 0; i < row_.size(); ++i) {
    const int column = static_cast<int>(i);
    const int type = sqlite3_column_type(statement, column);
    if (type == SQLITE_NULL) {
      row_[i] = std::monostate{};
    } else if (type != type_of(table_->columns[i].kind)) {
      return error(ErrorCode::STORAGE_FAILED,
                   fmt::format("The SQLite file is damaged: {} of a row of {} is not of its type",
                               table_->columns[i].name, table_->name));
    } else if (type == SQLITE_INTEGER) {
      row_[i] = std::int64_t{sqlite3_column_int64(statement, column)};
    } else {
      const auto* const data = static_cast<const char*>(sqlite3_column_blob(statement, column));
      row_[i] = std::string_view{data, static_cast<std::size_t>(sqlite3_column_bytes(statement, column))};
    }
  }
  return &row_;
}

Result<Source> Source::open(const std::filesystem::path& file) {
  Source source;
  sqlite3* handle = nullptr;
  const int opened = sqlite3_open_v2(file.c_str(), &handle,
                                     SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  source.handle_.reset(handle);
  if (opened != SQLITE_OK) return source_failure(handle, "open");
  // One snapshot from the first read to the end.
  const int begun =
      sqlite3_exec(handle, "PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF; BEGIN", nullptr, nullptr, nullptr);
  if (begun != SQLITE_OK) return source_failure(handle, "begin");
  return source;
}

Result<SourceStatement> Source::prepare(const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  const int prepared = sqlite3_prepare_v2(handle_.get(), sql.c_str(), -1, &statement, nullptr);
  SourceStatement owned{statement};
  if (prepared != SQLITE_OK) return source_failure(handle_.get(), sql);
  return owned;
}

Result<std::vector<std::string>> Source::names() {
  ASSIGN_OR_RETURN(const auto statement, prepare("SELECT name FROM sqlite_schema WHERE type = 'table'"
                                                 " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
                                                 " AND name <> 'schema_migrations' ORDER BY name"));
  std::vector<std::string> names;
  while (sqlite3_step(statement.get()) == SQLITE_ROW) names.push_back(text_of(statement.get(), 0));
  if (sqlite3_errcode(handle_.get()) != SQLITE_DONE) return source_failure(handle_.get(), "names");
  return names;
}

Result<Table> Source::describe_table(std::string name) {
  ASSIGN_OR_RETURN(const auto statement, prepare("SELECT name, type, pk FROM pragma_table_info(?1) ORDER BY cid"));
  sqlite3_bind_text(statement.get(), 1, name.c_str(), -1, SQLITE_TRANSIENT);
  Table table{.name = std::move(name), .columns = {}, .key = {}, .filter = {}};
  std::vector<std::pair<int, std::size_t>> key;  // The place in the key, and which column.
  while (sqlite3_step(statement.get()) == SQLITE_ROW) {
    auto column = text_of(statement.get(), 0);
    const auto kind = kind_of(text_of(statement.get(), 1));
    if (!kind) {
      return error(ErrorCode::STORAGE_FAILED,
                   fmt::format("{} of {} in the SQLite file is of a type that is not moved", column, table.name));
    }
    if (const int place = sqlite3_column_int(statement.get(), 2); place > 0)
      key.emplace_back(place, table.columns.size());
    table.columns.push_back({.name = std::move(column), .kind = *kind});
  }
  if (sqlite3_errcode(handle_.get()) != SQLITE_DONE) return source_failure(handle_.get(), "columns");
  if (key.empty()) return error(ErrorCode::STORAGE_FAILED, table.name + " in the SQLite file has no primary key");
  std::ranges::sort(key);
  for (const auto& [place, column] : key) table.key.push_back(column);
  return table;
}

Result<std::vector<Table>> Source::tables() {
  ASSIGN_OR_RETURN(auto all, names());
  std::vector<Table> tables;
  for (auto& name : all) {
    ASSIGN_OR_RETURN(auto table, describe_table(std::move(name)));
    tables.push_back(std::move(table));
  }
  return tables;
}

Result<std::int64_t> Source::count(const Table& table) {
  auto sql = "SELECT COUNT(*) FROM " + quoted_name(table.name);
  if (!table.filter.empty()) sql += " WHERE " + table.filter;
  ASSIGN_OR_RETURN(const auto statement, prepare(sql));
  if (sqlite3_step(statement.get()) != SQLITE_ROW) return source_failure(handle_.get(), sql);
  return std::int64_t{sqlite3_column_int64(statement.get(), 0)};
}

Result<SourceRows> Source::rows(const Table& table, const std::optional<Key>& after) {
  const auto key = column_list(table, table.key);
  auto sql = "SELECT " + column_list(table) + " FROM " + quoted_name(table.name) + " WHERE " +
             (table.filter.empty() ? "TRUE" : table.filter);
  if (after) {
    sql += " AND (" + key + ") > (";
    for (std::size_t i = 0; i < after->size(); ++i) sql += fmt::format("{}?{}", i == 0 ? "" : ", ", i + 1);
    sql += ")";
  }
  sql += " ORDER BY " + key;
  ASSIGN_OR_RETURN(auto statement, prepare(sql));
  for (std::size_t i = 0; after && i < after->size(); ++i) {
    const auto kind = table.columns[table.key[i]].kind;
    if (bind(statement.get(), static_cast<int>(i + 1), (*after)[i], kind) != SQLITE_OK) {
      return source_failure(handle_.get(), sql);
    }
  }
  return SourceRows{std::move(statement), table};
}

}  // namespace qantara::db::postgres::move
