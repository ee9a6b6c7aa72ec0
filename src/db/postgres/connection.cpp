#include "db/postgres/connection.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/log.h"
#include "db/postgres/many_rows.h"
#include "db/postgres/types.h"

namespace qantara::db::postgres {
namespace {

constexpr int kBinary = 1;
constexpr int kOldestVersion = 150000;
constexpr std::chrono::seconds kLongStatementMax{60};
constexpr std::chrono::milliseconds kProbeWithin{300};
// What tells a session from all others, also of other servers, by the number of its process.
constexpr const char* kSession =
    "SELECT pid || ' ' || extract(epoch FROM backend_start) FROM pg_stat_activity WHERE pid = ";
// For the writers' lock, which others hold for the time of a batch.
constexpr std::chrono::milliseconds kLockWithin{1500};

template <class Integer>
std::int64_t from_big_endian(const char* bytes) {
  Integer value = 0;
  std::memcpy(&value, bytes, sizeof value);
  return static_cast<std::int64_t>(std::byteswap(value));
}

class AnswerRow final : public Row {
 public:
  AnswerRow(const PGresult& result, int row) : result_(result), row_(row) {}

 protected:
  bool is_null(int column) const override { return PQgetisnull(&result_, row_, column) == 1; }

  std::int64_t integer(int column) const override {
    CHECK(!is_null(column));
    const char* const bytes = PQgetvalue(&result_, row_, column);
    switch (PQftype(&result_, column)) {
      case kInt8:
        return from_big_endian<std::int64_t>(bytes);
      case kInt4:
        return from_big_endian<std::int32_t>(bytes);
      case kInt2:
        return from_big_endian<std::int16_t>(bytes);
      default:
        CHECK(PQftype(&result_, column) == kBool);
        return *bytes;
    }
  }

  std::string_view text(int column) const override {
    CHECK(!is_null(column));
    return {PQgetvalue(&result_, row_, column), static_cast<std::size_t>(PQgetlength(&result_, row_, column))};
  }

 private:
  const PGresult& result_;
  const int row_;
};

/// By the code of the failure (PostgreSQL's documentation, appendix A).
Trouble trouble_of(std::string_view code) {
  if (code == "40001" || code == "40P01" || code == "55P03") return Trouble::RETRY;
  const auto category = code.substr(0, 2);
  // The server goes down or comes up; a primary has become a standby; our session or transaction was ended.
  if (category == "08" || category == "57" || code == "25006" || code == "25P03" || code == "53300")
    return Trouble::LOST;
  if (category == "53" || category == "58" || category == "XX") return Trouble::SERVER;
  return Trouble::STATEMENT;
}

std::string trimmed(const char* message) {
  std::string text = message == nullptr ? "" : message;
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

void hear_notice(void* was_warned, const PGresult* notice) {
  const char* const severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
  if (severity == nullptr || std::string_view{severity} != "WARNING") return;
  *static_cast<bool*>(was_warned) = true;
  log::warn("database_warning", {{"cause", trimmed(PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY))}});
}

}  // namespace

std::int64_t read_rows(const Rows& rows, RowSink* sink) {
  if (sink == nullptr) return rows.count;
  for (int i = rows.first; i < rows.first + rows.count; ++i) {
    AnswerRow row{*rows.answer, i};
    sink->row(row);
  }
  return rows.count;
}

Rows rows_of(Answer answer) {
  const int count = PQntuples(answer.get());
  return {.answer = std::move(answer), .count = count};
}

std::vector<Rows> rows_of_each(const Answer& answer, std::size_t asked) {
  std::vector<Rows> each(asked, Rows{.answer = answer});
  const int rows = PQntuples(answer.get());
  const int last_column = PQnfields(answer.get()) - 1;
  for (int i = 0; i < rows; ++i) {
    const auto number = from_big_endian<std::int64_t>(PQgetvalue(answer.get(), i, last_column));
    Rows& its = each.at(static_cast<std::size_t>(number - 1));
    if (its.count++ == 0) its.first = i;
    CHECK(its.first + its.count == i + 1);
  }
  return each;
}

std::int64_t read_answer(const Answer& answer, RowSink* sink) {
  (void)read_rows(rows_of(answer), sink);
  const std::string_view count =
      PQcmdTuples(const_cast<PGresult*>(answer.get()));  // libpq does not say const where it could.
  std::int64_t changed = 0;
  std::from_chars(count.data(), count.data() + count.size(), changed);
  return changed;
}

std::string_view command_of(const PGresult& answer) { return PQcmdStatus(const_cast<PGresult*>(&answer)); }

Result<void> check_url(const std::string& url) {
  char* message = nullptr;
  PQconninfoOption* const options = PQconninfoParse(url.c_str(), &message);
  const bool is_known = url.starts_with("postgres://") || url.starts_with("postgresql://") || url.contains('=');
  // A password with an '@' or '/' that is not escaped ends up here in parts, which libpq would quote in what it complains of.
  const auto is_plain = [](const PQconninfoOption& option) {
    const std::string_view value = option.val == nullptr ? "" : option.val;
    if (std::string_view{option.keyword} == "host") return !value.contains('@');
    if (std::string_view{option.keyword} == "port") return value.find_first_not_of("0123456789,") == value.npos;
    return true;
  };
  bool fits = options != nullptr && is_known;
  for (const auto* option = options; fits && option->keyword != nullptr; ++option) fits = is_plain(*option);
  PQconninfoFree(options);
  PQfreemem(message);
  if (fits) return {};
  return field_error(
      ErrorCode::INVALID_PARAMETERS, "database",
      "the database must be named like postgres://user@host:5432/name; in a password, write @ as %40 and / as %2F");
}

Result<std::unique_ptr<Connection>> Connection::open(const Options& options) {
  RETURN_IF_ERROR(check_url(options.url));
  std::unique_ptr<Connection> connection{new Connection};
  connection->options_ = options;
  RETURN_IF_ERROR(connection->connect(options));
  RETURN_IF_ERROR(connection->configure(options));
  return connection;
}

Connection::~Connection() { PQfinish(handle_); }

Result<void> Connection::connect(const Options& options) {
  const auto refused = [&](std::string cause) {
    return caused_by(ErrorCode::SERVICE_UNAVAILABLE, "PostgreSQL cannot be reached", std::move(cause));
  };
  // What the URL says itself counts; the rest stands before it.
  const std::array keywords = {
      "application_name", "tcp_user_timeout", "keepalives_idle", "keepalives_interval",
      "keepalives_count", "client_encoding",  "dbname",          static_cast<const char*>(nullptr)};
  const std::array values = {
      "qantara", "2000", "5", "2", "3", "UTF8", options.url.c_str(), static_cast<const char*>(nullptr)};
  handle_ = PQconnectStartParams(keywords.data(), values.data(), 1);
  if (handle_ == nullptr) return refused("out of memory");
  const auto deadline = uptime() + options.connect_within;
  auto state = PGRES_POLLING_WRITING;
  while (PQstatus(handle_) != CONNECTION_BAD) {
    if (state == PGRES_POLLING_OK) break;
    if (state == PGRES_POLLING_FAILED) return refused(trimmed(PQerrorMessage(handle_)));
    if (uptime() >= deadline || !wait_for_socket(state == PGRES_POLLING_WRITING, deadline))
      return refused("it does not answer");
    state = PQconnectPoll(handle_);
  }
  if (PQstatus(handle_) != CONNECTION_OK) return refused(trimmed(PQerrorMessage(handle_)));
  PQsetNoticeReceiver(handle_, hear_notice, &was_warned_);
  if (PQsetnonblocking(handle_, 1) != 0) return refused(trimmed(PQerrorMessage(handle_)));
  return {};
}

Result<void> Connection::configure(const Options& options) {
  if (PQserverVersion(handle_) < kOldestVersion) {
    return error(ErrorCode::STORAGE_FAILED, fmt::format("PostgreSQL 15 or newer is needed; this server is {}",
                                                        PQparameterStatus(handle_, "server_version")));
  }
  // A node that is paused in a transaction must not keep the others from writing for long.
  auto settings = fmt::format(
      "SET idle_in_transaction_session_timeout = 2000; SET lock_timeout = {}; SET idle_session_timeout = {}; "
      "SET default_transaction_isolation = 'read committed'; SET jit = off; SET tcp_keepalives_idle = 5; "
      "SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3; SET tcp_user_timeout = 10000",
      std::max(options.silence_max, kLockWithin).count(), options.ended_when_idle_for.count());
  RETURN_IF_ERROR(script(settings));
  ASSIGN_OR_RETURN(const auto standby, ask("SELECT pg_is_in_recovery()::text"));
  if (standby != "false")
    return error(ErrorCode::SERVICE_UNAVAILABLE, "this PostgreSQL is a standby, which only reads");
  ASSIGN_OR_RETURN(const auto encoding, ask("SHOW server_encoding"));
  if (encoding != "UTF8") {
    return error(ErrorCode::STORAGE_FAILED, "the database's encoding is " + encoding +
                                                ": create it with ENCODING 'UTF8' (and TEMPLATE template0)");
  }
  if (options.durability == Durability::FULL) {
    for (const char* const setting : {"fsync", "full_page_writes", "synchronous_commit"}) {
      ASSIGN_OR_RETURN(const auto value, ask(std::string{"SHOW "} + setting));
      if (value != "off") continue;
      return error(ErrorCode::STORAGE_FAILED,
                   std::string{setting} +
                       " is off on this PostgreSQL, so it may lose what it has acknowledged: switch it on, or "
                       "say --unsafe-durability if nothing in it matters");
    }
  }
  ASSIGN_OR_RETURN(session_, ask(std::string{kSession} + "pg_backend_pid()"));
  if (PQenterPipelineMode(handle_) != 1) {
    return caused_by(ErrorCode::STORAGE_FAILED, "PostgreSQL cannot be used", trimmed(PQerrorMessage(handle_)));
  }
  return {};
}

Result<std::string> Connection::ask(const std::string& query) {
  const auto deadline = uptime() + std::max(options_.silence_max, options_.connect_within);
  if (PQsendQuery(handle_, query.c_str()) != 1) lose(trimmed(PQerrorMessage(handle_)));
  std::string value;
  std::optional<std::string> wrong;
  while (!is_lost()) {
    const int left = PQflush(handle_);
    if (left < 0 || PQconsumeInput(handle_) != 1) {
      lose(trimmed(PQerrorMessage(handle_)));
    } else if (left > 0 || PQisBusy(handle_) == 1) {
      if (!wait_for_socket(left > 0, deadline)) lose("it does not answer");
    } else {
      const Answer result{PQgetResult(handle_), ResultDeleter{}};
      if (!result) break;
      const auto status = PQresultStatus(result.get());
      if (status == PGRES_TUPLES_OK && PQntuples(result.get()) == 1) value = PQgetvalue(result.get(), 0, 0);
      if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) wrong = trimmed(PQresultErrorMessage(result.get()));
    }
  }
  if (is_lost()) return *failure_;
  if (wrong) return caused_by(ErrorCode::STORAGE_FAILED, "PostgreSQL refused a statement", *wrong);
  return value;
}

Result<void> Connection::script(const std::string& statements) {
  RETURN_IF_ERROR(settle());
  const bool pipelined = PQpipelineStatus(handle_) != PQ_PIPELINE_OFF;
  if (pipelined) CHECK(PQexitPipelineMode(handle_) == 1);
  const auto done = ask(statements);
  if (pipelined && !is_lost()) CHECK(PQenterPipelineMode(handle_) == 1);
  RETURN_IF_ERROR(done);
  return {};
}

Connection::Ticket Connection::queue(Sql sql, std::span<const Value> parameters) {
  send_inserts();
  return queue_at_once(sql, parameters);
}

void Connection::queue_insert(Sql sql, std::span<const Value> parameters) {
  auto waiting = std::ranges::find(inserts_, sql.text().data(),
                                   [](const RowInserts& rows) { return rows.statement.text().data(); });
  if (waiting == inserts_.end()) {
    const auto [known, is_new] = for_many_.try_emplace(sql.text().data());
    if (is_new) known->second = for_many_rows(sql.text(), parameters);
    if (!known->second) {
      queue(sql, parameters);
      return;
    }
    waiting = inserts_.insert(inserts_.end(), RowInserts{.statement = sql});
    for (const Value& value : parameters) waiting->columns.emplace_back(type_of(value));
  }
  for (std::size_t i = 0; i < parameters.size(); ++i) waiting->columns[i].add(parameters[i]);
  ++waiting->rows;
}

std::optional<Connection::Ticket> Connection::queue_questions(Sql sql, std::span<const std::span<const Value>> sets) {
  const auto first = sets.front();
  const auto [known, is_new] = for_many_.try_emplace(sql.text().data());
  if (is_new) known->second = for_many_questions(sql.text(), first);
  if (!known->second) return std::nullopt;
  std::vector<ArrayColumn> columns;
  for (const Value& value : first) columns.emplace_back(type_of(value));
  for (const auto& parameters : sets) {
    for (std::size_t i = 0; i < parameters.size(); ++i) columns[i].add(parameters[i]);
  }
  send_inserts();
  return submit_arrays(*known->second, columns);
}

Connection::Ticket Connection::submit_arrays(const std::string& text, std::span<ArrayColumn> columns) {
  std::vector<Oid> types;
  std::vector<std::string> arrays;
  std::vector<const char*> values;
  std::vector<int> lengths;
  for (ArrayColumn& column : columns) {
    types.push_back(array_oid_of(column.type()));
    arrays.push_back(column.take());
  }
  for (const std::string& array : arrays) {
    values.push_back(array.data());
    lengths.push_back(static_cast<int>(array.size()));
  }
  return submit(text.data(), types, values, lengths);
}

/// Statement by statement, in the order in which each first came; the rows of one in the order in which they came.
void Connection::send_inserts() {
  for (RowInserts& rows : std::exchange(inserts_, {})) {
    submit_arrays(*for_many_.at(rows.statement.text().data()), rows.columns);
  }
}

Connection::Ticket Connection::queue_at_once(Sql sql, std::span<const Value> parameters) {
  constexpr std::size_t kParametersMax = 32;
  const auto count = parameters.size();
  CHECK(count <= kParametersMax);
  std::array<Oid, kParametersMax> types;
  std::array<const char*, kParametersMax> values;
  std::array<int, kParametersMax> lengths;
  std::array<std::int64_t, kParametersMax> integers;
  for (std::size_t i = 0; i < count; ++i) {
    types[i] = oid_of(type_of(parameters[i]));
    const auto bytes = [&](std::string_view data) {
      values[i] = data.empty() ? "" : data.data();  // A null pointer would be NULL: empty is not null.
      lengths[i] = static_cast<int>(data.size());
    };
    if (const auto* const number = std::get_if<std::int64_t>(&parameters[i])) {
      integers[i] = std::byteswap(*number);
      bytes({reinterpret_cast<const char*>(&integers[i]), sizeof integers[i]});
    } else if (const auto* const text = std::get_if<std::string_view>(&parameters[i])) {
      bytes(*text);
    } else if (const auto* const raw = std::get_if<Bytes>(&parameters[i])) {
      bytes(raw->data);
    } else {
      values[i] = nullptr;
      lengths[i] = 0;
    }
  }
  return submit(sql.text().data(), std::span{types}.first(count), std::span{values}.first(count),
                std::span{lengths}.first(count));
}

/// `text` stays where it is as long as the connection: by its address the prepared statement is found again.
Connection::Ticket Connection::submit(const char* text, std::span<const Oid> types, std::span<const char* const> values,
                                      std::span<const int> lengths) {
  const Ticket ticket = next_ticket_++;
  if (is_lost()) return ticket;
  has_sent_ = true;
  const auto count = static_cast<int>(types.size());
  Prepared& prepared = statements_[text];
  if (prepared.preparation == Preparation::NONE) {
    if (prepared.name.empty()) prepared.name = fmt::format("q{}", statements_.size());
    send(PQsendPrepare(handle_, prepared.name.c_str(), text, count, types.data()));
    expected_.push_back({.kind = Kind::PREPARE, .ticket = ticket, .statement = text});
    prepared.preparation = Preparation::ASKED;
  }
  const std::vector<int> formats(types.size(), kBinary);
  send(PQsendQueryPrepared(handle_, prepared.name.c_str(), count, values.data(), lengths.data(), formats.data(),
                           kBinary));
  expected_.push_back(
      {.kind = Kind::STATEMENT, .ticket = ticket, .statement = nullptr, .kept = keep_ == Answers::KEEP});
  return ticket;
}

void Connection::send(int sent) {
  if (sent != 1) lose(trimmed(PQerrorMessage(handle_)));
}

Result<Answer> Connection::wait(Ticket ticket, Patience patience) {
  wanted_ = ticket;
  if (answered_ < ticket && !is_lost()) send(PQsendFlushRequest(handle_));
  while (answered_ < ticket && !failure_) receive_one(patience);
  wanted_ = 0;
  RETURN_IF_ERROR(failure());
  return take(ticket);
}

Answer Connection::take(Ticket ticket) {
  const auto found = answers_.extract(ticket);
  return found ? std::move(found.mapped()) : nullptr;
}

Result<void> Connection::settle(Patience patience) {
  send_inserts();
  // Until it hears of the end, the server keeps open what an answer was taken of, and passes over what follows a failure.
  if (!is_lost() && std::exchange(has_sent_, false)) {
    send(PQpipelineSync(handle_));
    expected_.push_back({.kind = Kind::SYNC, .ticket = next_ticket_ - 1, .statement = nullptr});
    constexpr std::size_t kLast = 2;  // A statement, and the end of the batch.
    while (!expected_.empty() && !is_lost()) {
      receive_one(expected_.size() > kLast ? Patience::WHILE_ALIVE : patience);
    }
  }
  const auto failed = failure();
  settled_trouble_ = trouble_;
  if (!failed) settled_failure_ = failed.error();
  if (!is_lost()) {
    failure_.reset();
    trouble_ = Trouble::NONE;
  }
  return failed;
}

Result<void> Connection::failure() const {
  if (failure_) return *failure_;
  return {};
}

void Connection::receive_one(Patience patience) {
  const auto begun_at = uptime();
  auto deadline = begun_at + options_.silence_max;
  while (!is_lost()) {
    const int left = PQflush(handle_);
    if (left < 0) {
      lose(trimmed(PQerrorMessage(handle_)));
      break;
    }
    if (PQisBusy(handle_) == 0) {
      const Answer result{PQgetResult(handle_), ResultDeleter{}};
      if (!result) continue;  // Between the answers to two statements.
      CHECK(!expected_.empty());
      const Expected expected = expected_.front();
      expected_.pop_front();
      note(*result, expected);
      if (expected.kind == Kind::STATEMENT) {
        answered_ = expected.ticket;
        const auto status = PQresultStatus(result.get());
        const bool succeeded = status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
        if (succeeded && (expected.kept || expected.ticket == wanted_)) answers_[expected.ticket] = result;
      }
      return;
    }
    if (!wait_for_socket(left > 0, deadline)) {
      const bool may_wait = patience == Patience::WHILE_ALIVE && uptime() - begun_at < kLongStatementMax;
      if (!may_wait || !server_works_for_us()) {
        lose("it does not answer");
        break;
      }
      deadline = uptime() + options_.silence_max;
    }
    if (PQconsumeInput(handle_) != 1) lose(trimmed(PQerrorMessage(handle_)));
  }
}

void Connection::note(const PGresult& result, const Expected& expected) {
  const auto status = PQresultStatus(&result);
  const bool was_passed_over = status == PGRES_PIPELINE_ABORTED && !failure_;
  const bool failed = status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE || was_passed_over;
  if (expected.kind == Kind::PREPARE) {
    statements_[expected.statement].preparation = status == PGRES_COMMAND_OK ? Preparation::DONE : Preparation::NONE;
  }
  if (!failed) return;
  const char* const code = PQresultErrorField(&result, PG_DIAG_SQLSTATE);
  const char* const message = PQresultErrorField(&result, PG_DIAG_MESSAGE_PRIMARY);
  const std::string cause = fmt::format("{} {}", code == nullptr ? "" : code,
                                        message == nullptr ? trimmed(PQresultErrorMessage(&result)) : message);
  const Trouble trouble = code == nullptr ? Trouble::LOST : trouble_of(code);
  if (trouble == Trouble::LOST) {
    lose(cause);
    return;
  }
  if (failure_) return;
  trouble_ = trouble;
  failure_ = trouble == Trouble::RETRY
                 ? caused_by(ErrorCode::VERSION_CONFLICT, "Somebody else changed it at the same time", cause)
                 : caused_by(ErrorCode::STORAGE_FAILED, "The database could not do it", cause);
}

void Connection::lose(std::string cause) {
  if (is_lost()) return;
  trouble_ = Trouble::LOST;
  failure_ = caused_by(ErrorCode::SERVICE_UNAVAILABLE, "The database does not answer; try again", std::move(cause));
  expected_.clear();
  inserts_.clear();
}

bool Connection::wait_for_socket(bool also_to_write, Deadline deadline) const {
  pollfd socket{
      .fd = PQsocket(handle_), .events = static_cast<short>(POLLIN | (also_to_write ? POLLOUT : 0)), .revents = 0};
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - uptime());
  return ::poll(&socket, 1, std::max(0, static_cast<int>(left.count()))) != 0;
}

/// Asked over another connection. Where a proxy leads that to another server, ours is not known there.
bool Connection::server_works_for_us() const {
  Options probing = options_;
  probing.connect_within = probing.silence_max = kProbeWithin;
  const auto probe = open(probing);
  if (!probe || PQexitPipelineMode((*probe)->handle_) != 1) return false;
  // (A pooler makes up what libpq is told of the process.)
  const auto known = (*probe)->ask(kSession + session_.substr(0, session_.find(' ')));
  return known && *known == session_;
}

}  // namespace qantara::db::postgres
