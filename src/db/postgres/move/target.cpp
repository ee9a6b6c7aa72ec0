#include "db/postgres/move/target.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstring>
#include <string_view>

namespace qantara::db::postgres::move {
namespace {

constexpr int kText = 0;
constexpr int kBinary = 1;

/// A copy in binary begins so: signature, no flags, nothing more in its head (PostgreSQL 15, COPY, "Binary Format").
constexpr std::string_view kCopyHead{"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0", 19};
constexpr std::int16_t kCopyEnd = -1;
constexpr std::int32_t kCopyNull = -1;
constexpr std::size_t kSendAt = 64 * 1024;

template <std::integral T>
T big_endian(T value) {
  return std::endian::native == std::endian::big ? value : std::byteswap(value);
}

template <std::integral T>
void append_number(std::string& out, T value) {
  const auto bytes = std::bit_cast<std::array<char, sizeof(T)>>(big_endian(value));
  out.append(bytes.data(), bytes.size());
}

std::int64_t read_number(const char* data) {
  std::int64_t value = 0;
  std::memcpy(&value, data, sizeof value);
  return big_endian(value);
}

/// What the server says may hold the values of a row: of its words only those that never do.
Error target_failure(PGconn* connection, const PGresult* answer) {
  if (PQstatus(connection) != CONNECTION_OK) {
    return caused_by(ErrorCode::SERVICE_UNAVAILABLE, "The connection to PostgreSQL is lost",
                     PQerrorMessage(connection));
  }
  const auto field = [&](int code) {
    const char* const text = PQresultErrorField(answer, code);
    return std::string_view{text == nullptr ? "" : text};
  };
  return caused_by(
      ErrorCode::STORAGE_FAILED, "PostgreSQL did not do its work",
      fmt::format("{} {} {}", field(PG_DIAG_SQLSTATE), field(PG_DIAG_MESSAGE_PRIMARY), field(PG_DIAG_TABLE_NAME)));
}

std::string_view cell_text(const PGresult* answer, int row, int column) {
  return {PQgetvalue(answer, row, column), static_cast<std::size_t>(PQgetlength(answer, row, column))};
}

Cell cell_of(const PGresult* answer, int row, int column, Kind kind) {
  if (PQgetisnull(answer, row, column) != 0) return std::monostate{};
  if (kind == Kind::INTEGER) return read_number(PQgetvalue(answer, row, column));
  return cell_text(answer, row, column);
}

std::optional<Kind> kind_of_column(std::string_view type) {
  if (type == "int8") return Kind::INTEGER;
  if (type == "text") return Kind::TEXT;
  if (type == "bytea") return Kind::BYTES;
  return std::nullopt;
}

std::string from(const Table& table) {
  return " FROM " + quoted_name(table.name) + (table.filter.empty() ? "" : " WHERE " + table.filter);
}

std::string percent_encoded(std::string_view text) {
  std::string encoded;
  for (const char letter : text) {
    const bool is_plain = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                          (letter >= '0' && letter <= '9') || std::string_view{"-._~"}.contains(letter);
    encoded += is_plain ? std::string{letter} : fmt::format("%{:02X}", static_cast<unsigned char>(letter));
  }
  return encoded;
}

}  // namespace

TargetRows::TargetRows(PGconn* connection, const Table& table)
    : connection_(connection), table_(&table), row_(table.columns.size()) {}

TargetRows::TargetRows(TargetRows&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)),
      table_(other.table_),
      answer_(std::move(other.answer_)),
      row_(std::move(other.row_)) {}

TargetRows::~TargetRows() {
  if (connection_ == nullptr) return;
  std::array<char, 256> why{};
  if (auto* const cancel = PQgetCancel(connection_)) {
    PQcancel(cancel, why.data(), static_cast<int>(why.size()));
    PQfreeCancel(cancel);
  }
  while (Answer{PQgetResult(connection_)}) {
  }
}

Result<const Cells*> TargetRows::next() {
  if (connection_ == nullptr) return nullptr;
  answer_.reset(PQgetResult(connection_));
  const auto status = PQresultStatus(answer_.get());
  if (status == PGRES_SINGLE_TUPLE) {
    for (std::size_t i = 0; i < row_.size(); ++i) {
      row_[i] = cell_of(answer_.get(), 0, static_cast<int>(i), table_->columns[i].kind);
    }
    return &row_;
  }
  if (status != PGRES_TUPLES_OK) return target_failure(connection_, answer_.get());
  while (Answer{PQgetResult(connection_)}) {
  }
  connection_ = nullptr;
  return nullptr;
}

Result<Target> Target::connect(const std::string& url) {
  Target target;
  const std::array keywords{"dbname", "client_encoding", "application_name", static_cast<const char*>(nullptr)};
  const std::array values{url.c_str(), "UTF8", "qantara migrate", static_cast<const char*>(nullptr)};
  constexpr int kExpandUrl = 1;
  target.connection_.reset(PQconnectdbParams(keywords.data(), values.data(), kExpandUrl));
  auto* const connection = target.connection_.get();
  if (PQstatus(connection) != CONNECTION_OK) {
    return caused_by(ErrorCode::SERVICE_UNAVAILABLE, "PostgreSQL cannot be reached", PQerrorMessage(connection));
  }
  PQsetNoticeProcessor(connection, [](void*, const char*) {}, nullptr);
  const char* const encoding = PQparameterStatus(connection, "server_encoding");
  if (encoding == nullptr || std::string_view{encoding} != "UTF8") {
    return error(ErrorCode::STORAGE_FAILED, "The PostgreSQL database is not UTF-8: create it with ENCODING 'UTF8'");
  }
  // A whole table is read in one statement, however long that takes.
  RETURN_IF_ERROR(target.run("SET statement_timeout = 0"));
  return target;
}

std::string Target::name() const {
  auto* const connection = connection_.get();
  const std::string_view host = PQhost(connection);
  const auto user = percent_encoded(PQuser(connection));
  const auto database = percent_encoded(PQdb(connection));
  const bool is_socket = host.starts_with('/');
  return is_socket ? fmt::format("postgres://{}@/{}?host={}&port={}", user, database, host, PQport(connection))
                   : fmt::format("postgres://{}@{}:{}/{}", user, host, PQport(connection), database);
}

Result<Answer> Target::run(const std::string& sql, const std::vector<std::string>& parameters) {
  std::vector<const char*> values;
  for (const auto& parameter : parameters) values.push_back(parameter.c_str());
  Answer answer{PQexecParams(connection_.get(), sql.c_str(), static_cast<int>(values.size()), nullptr, values.data(),
                             nullptr, nullptr, kText)};
  const auto status = PQresultStatus(answer.get());
  if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) return answer;
  return target_failure(connection_.get(), answer.get());
}

Result<std::vector<Column>> Target::columns(const std::string& table) {
  ASSIGN_OR_RETURN(const auto answer, run("SELECT a.attname, t.typname FROM pg_attribute a"
                                          " JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid"
                                          " WHERE c.relnamespace = current_schema()::regnamespace AND c.relname = $1"
                                          " AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped",
                                          {table}));
  std::vector<Column> columns;
  for (int row = 0; row < PQntuples(answer.get()); ++row) {
    std::string name{cell_text(answer.get(), row, 0)};
    const auto kind = kind_of_column(cell_text(answer.get(), row, 1));
    if (!kind) {
      return error(ErrorCode::STORAGE_FAILED,
                   fmt::format("{} of {} in PostgreSQL is of a type that SQLite does not have", name, table));
    }
    columns.push_back({.name = std::move(name), .kind = *kind});
  }
  return columns;
}

Result<std::vector<std::pair<std::string, std::string>>> Target::references() {
  ASSIGN_OR_RETURN(const auto answer,
                   run("SELECT from_table.relname, to_table.relname FROM pg_constraint r"
                       " JOIN pg_class from_table ON from_table.oid = r.conrelid"
                       " JOIN pg_class to_table ON to_table.oid = r.confrelid"
                       " WHERE r.contype = 'f' AND r.connamespace = current_schema()::regnamespace"));
  std::vector<std::pair<std::string, std::string>> references;
  for (int row = 0; row < PQntuples(answer.get()); ++row) {
    references.emplace_back(cell_text(answer.get(), row, 0), cell_text(answer.get(), row, 1));
  }
  return references;
}

Result<std::int64_t> Target::count(const Table& table) {
  ASSIGN_OR_RETURN(const auto answer, run("SELECT COUNT(*)" + from(table)));
  return std::stoll(std::string{cell_text(answer.get(), 0, 0)});
}

Result<bool> Target::has_rows(const Table& table) {
  ASSIGN_OR_RETURN(const auto answer, run("SELECT 1" + from(table) + " LIMIT 1"));
  return PQntuples(answer.get()) > 0;
}

Result<std::optional<Key>> Target::last_key(const Table& table) {
  const auto sql = "SELECT " + column_list(table, table.key) + from(table) + " ORDER BY " +
                   column_list(table, table.key, " DESC") + " LIMIT 1";
  const Answer answer{PQexecParams(connection_.get(), sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr, kBinary)};
  if (PQresultStatus(answer.get()) != PGRES_TUPLES_OK) return target_failure(connection_.get(), answer.get());
  if (PQntuples(answer.get()) == 0) return std::nullopt;
  Key key;
  for (std::size_t i = 0; i < table.key.size(); ++i) {
    const Cell cell = cell_of(answer.get(), 0, static_cast<int>(i), table.columns[table.key[i]].kind);
    if (const auto* const number = std::get_if<std::int64_t>(&cell)) {
      key.emplace_back(*number);
    } else {
      key.emplace_back(std::string{std::get<std::string_view>(cell)});
    }
  }
  return key;
}

Result<void> Target::begin_copy(const Table& table) {
  const auto sql = "COPY " + quoted_name(table.name) + " (" + column_list(table) + ") FROM STDIN (FORMAT BINARY)";
  const Answer answer{PQexec(connection_.get(), sql.c_str())};
  if (PQresultStatus(answer.get()) != PGRES_COPY_IN) return target_failure(connection_.get(), answer.get());
  buffer_ = kCopyHead;
  copied_bytes_ = 0;
  return {};
}

Result<void> Target::copy(const Cells& row) {
  append_number(buffer_, static_cast<std::int16_t>(row.size()));
  for (const Cell& cell : row) {
    if (const auto* const number = std::get_if<std::int64_t>(&cell)) {
      append_number(buffer_, static_cast<std::int32_t>(sizeof *number));
      append_number(buffer_, *number);
    } else if (const auto* const bytes = std::get_if<std::string_view>(&cell)) {
      append_number(buffer_, static_cast<std::int32_t>(bytes->size()));
      buffer_ += *bytes;
    } else {
      append_number(buffer_, kCopyNull);
    }
  }
  return buffer_.size() < kSendAt ? Result<void>{} : send();
}

Result<void> Target::send() {
  copied_bytes_ += buffer_.size();
  const int sent = PQputCopyData(connection_.get(), buffer_.data(), static_cast<int>(buffer_.size()));
  buffer_.clear();
  if (sent == 1) return {};
  return target_failure(connection_.get(), nullptr);
}

Result<void> Target::end_copy() {
  append_number(buffer_, kCopyEnd);
  RETURN_IF_ERROR(send());
  if (PQputCopyEnd(connection_.get(), nullptr) != 1) return target_failure(connection_.get(), nullptr);
  const Answer answer{PQgetResult(connection_.get())};
  if (PQresultStatus(answer.get()) != PGRES_COMMAND_OK) return target_failure(connection_.get(), answer.get());
  while (Answer{PQgetResult(connection_.get())}) {
  }
  return {};
}

Result<TargetRows> Target::rows(const Table& table) {
  const auto sql = "SELECT " + column_list(table) + from(table) + " ORDER BY " + column_list(table, table.key);
  auto* const connection = connection_.get();
  const bool asked = PQsendQueryParams(connection, sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr, kBinary) == 1 &&
                     PQsetSingleRowMode(connection) == 1;
  if (!asked) return target_failure(connection, nullptr);
  return TargetRows{connection, table};
}

Result<void> Target::empty(const std::vector<Table>& tables) {
  std::string whole;
  std::string filtered;
  for (const auto& table : tables) {
    if (table.filter.empty()) {
      whole += (whole.empty() ? "TRUNCATE " : ", ") + quoted_name(table.name);
    } else {
      filtered += "; DELETE" + from(table);
    }
  }
  // One string, one transaction.
  const Answer answer{PQexec(connection_.get(), (whole + filtered).c_str())};
  if (PQresultStatus(answer.get()) != PGRES_COMMAND_OK) return target_failure(connection_.get(), answer.get());
  return {};
}

Result<void> Target::set_sequences(const std::vector<Table>& tables) {
  ASSIGN_OR_RETURN(const auto answer,
                   run("SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
                       " WHERE c.relnamespace = current_schema()::regnamespace AND a.attidentity <> ''"));
  for (int row = 0; row < PQntuples(answer.get()); ++row) {
    const std::string table{cell_text(answer.get(), row, 0)};
    const std::string column{cell_text(answer.get(), row, 1)};
    if (std::ranges::find(tables, table, &Table::name) == tables.end()) continue;
    RETURN_IF_ERROR(run(fmt::format("SELECT setval(pg_get_serial_sequence($1, $2),"
                                    " (SELECT COALESCE(MAX({}), 0) + 1 FROM {}), false)",
                                    quoted_name(column), quoted_name(table)),
                        {quoted_name(table), column}));
  }
  return {};
}

}  // namespace qantara::db::postgres::move
