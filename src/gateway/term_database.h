// The database as whoever leads in one term sees it: what is written there counts only while that term lasts.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "db/database.h"

namespace qantara::gateway {

/// Loops that work on this cannot forget to ask whether they still lead. Errors of each write, besides its own:
/// SERVICE_UNAVAILABLE after the term has ended (`db::Transaction::confirm`).
class TermDatabase final : public db::Database {
 public:
  /// `database` outlives it.
  TermDatabase(db::Database& database, db::Term term) : database_(database), term_(term) {}

  void on_commit(db::Channel channel, std::function<void()> listener) override {
    database_.on_commit(channel, std::move(listener));
  }
  bool hears_others() const override { return database_.hears_others(); }
  std::optional<db::Term> leadership() const override { return database_.leadership(); }
  void on_leadership(std::function<void()> listener) override { database_.on_leadership(std::move(listener)); }
  Result<std::string> place() const override { return database_.place(); }
  bool writable() const override { return database_.writable(); }
  void close() override {}  // It is others' too.

 private:
  Task<Result<void>> run_write(const Job& job, db::Reads) override {
    // In its turn whatever was wished: who leads is known for sure only then.
    auto written = co_await database_.write([&](db::Transaction& tx) -> Result<void> {
      RETURN_IF_ERROR(tx.confirm(term_));
      return job(tx);
    });
    co_return written;
  }
  Task<Result<void>> run_read(const Job& job) override {
    auto found = co_await database_.read([&](db::Transaction& tx) { return job(tx); });
    co_return found;
  }

  db::Database& database_;
  const db::Term term_;
};

}  // namespace qantara::gateway
