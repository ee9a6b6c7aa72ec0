#include "db/postgres/postgres_transaction.h"

#include <utility>

namespace qantara::db::postgres {
namespace {

/// Portable statements that change rows begin with another word (db/transaction.h).
bool only_reads(Sql sql) { return sql.text().starts_with("SELECT") || sql.text().starts_with("WITH"); }

void append_raw(std::string& out, const void* data, std::size_t size) {
  out.append(static_cast<const char*>(data), size);
}

std::string_view text_of(const Value& value) {
  if (const auto* const text = std::get_if<std::string_view>(&value)) return *text;
  if (const auto* const bytes = std::get_if<Bytes>(&value)) return bytes->data;
  return {};
}

}  // namespace

std::string question(Sql sql, std::span<const Value> parameters) {
  const char* const statement = sql.text().data();
  std::string out;
  append_raw(out, &statement, sizeof statement);
  for (const Value& value : parameters) {
    const auto kind = static_cast<char>(value.index());
    out.push_back(kind);
    if (const auto* const number = std::get_if<std::int64_t>(&value)) {
      append_raw(out, number, sizeof *number);
    } else if (!std::holds_alternative<Null>(value)) {
      const auto text = text_of(value);
      const std::size_t size = text.size();
      append_raw(out, &size, sizeof size);
      out.append(text);
    }
  }
  return out;
}

Wish::Wish(Sql sql, std::span<const Value> given) : sql(sql), parameters(given.begin(), given.end()) {
  texts.reserve(parameters.size());  // Views into them stay valid.
  for (Value& value : parameters) {
    if (const auto* const text = std::get_if<std::string_view>(&value)) {
      value = std::string_view{texts.emplace_back(*text)};
    } else if (const auto* const bytes = std::get_if<Bytes>(&value)) {
      value = Bytes{texts.emplace_back(bytes->data)};
    }
  }
}

Gathering::Entry& Gathering::about(Sql sql, std::span<const Value> parameters) {
  auto asked = question(sql, parameters);
  const auto known = entries.find(asked);
  if (known != entries.end()) return known->second;
  return entries.emplace(std::move(asked), Entry{.wish = Wish{sql, parameters}, .rows = {}}).first->second;
}

Result<void> PostgresTransaction::attempt(const Job& job) {
  Result<void> result = run_job(job, *this);
  if (failure_) return *failure_;
  return result;
}

Result<void> PostgresTransaction::confirm(Term term) {
  if (!shared_.term) {
    struct Sink final : RowSink {
      std::optional<Term> term;
      void row(Row& row) override { term = Term{row.take<std::int64_t>()}; }
    } sink;
    RETURN_IF_ERROR(run("SELECT term FROM leadership", {}, &sink));
    shared_.term = sink.term.value_or(Term{0});
  }
  if (*shared_.term == term) return {};
  return error(ErrorCode::SERVICE_UNAVAILABLE, "Another gateway leads by now");
}

Result<std::int64_t> PostgresTransaction::run(Sql sql, std::span<const Value> parameters, RowSink* sink) {
  if (failure_) return *failure_;
  if (!only_reads(sql)) has_written_ = true;
  Gathering::Entry* entry = nullptr;
  if (gathered_ != nullptr && !has_written_) {
    entry = &gathered_->about(sql, parameters);
    ++entry->wanted;
    if (entry->rows.answer) return read_rows(entry->rows, sink);
    ++gathered_->missed;
  }
  const auto answer = connection_.wait(connection_.queue(sql, parameters));
  if (!answer) {
    failure_ = answer.error();
    return *failure_;
  }
  if (entry != nullptr) entry->rows = rows_of(*answer);
  return read_answer(*answer, sink);
}

Result<void> PostgresTransaction::run_later(Sql sql, std::span<const Value> parameters) {
  if (failure_) return *failure_;
  has_written_ = true;
  if (shared_.inserts == SharedTransaction::Inserts::GATHERED) {
    connection_.queue_insert(sql, parameters);
  } else {
    connection_.queue(sql, parameters);
  }
  return {};
}

bool Rehearsal::find_wishes(const Job& job) {
  is_over_ = is_missing_ = false;
  (void)run_job(job, *this);
  return is_missing_;
}

Result<std::int64_t> Rehearsal::run(Sql sql, std::span<const Value> parameters, RowSink* sink) {
  if (is_over_ || !only_reads(sql)) return interruption();
  const Gathering::Entry& entry = gathering_.about(sql, parameters);
  is_missing_ = is_missing_ || !entry.rows.answer;
  return entry.rows.answer ? read_rows(entry.rows, sink) : 0;
}

Error Rehearsal::interruption() {
  is_over_ = true;
  return error(ErrorCode::VERSION_CONFLICT, "what it reads is fetched first");
}

}  // namespace qantara::db::postgres
