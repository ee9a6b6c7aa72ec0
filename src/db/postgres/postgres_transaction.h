// What a closure sees of a connection. Many closures share a transaction, and none of their statements but those whose answer
// it needs keeps one waiting.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "db/job_queue.h"
#include "db/postgres/connection.h"
#include "db/transaction.h"

namespace qantara::db::postgres {

/// A statement and what it is asked with, as one text to compare by.
std::string question(Sql sql, std::span<const Value> parameters);

/// The answers to what closures read before their turn, by question. Asked once, however many want to know.
using Gathered = std::unordered_map<std::string, Answer>;

/// What several closures of one transaction know of each other.
struct SharedTransaction {
  std::optional<Term> term;  ///< The one that leads, as the database says. It cannot change under the writers' lock.
  Channels announced;
};

class PostgresTransaction final : public Transaction {
 public:
  /// `gathered`: answers that do for what is read before the first write; may be null.
  PostgresTransaction(Connection& connection, SharedTransaction& shared, const Gathered* gathered)
      : connection_(connection), shared_(shared), gathered_(gathered) {}

  /// Runs `job`. If one of its statements failed, so does it, even if it went on.
  Result<void> attempt(const Job& job);

  bool has_written() const { return has_written_; }

  void announce(Channel channel) override { announced_.set(channel.number); }
  const Channels& announced() const { return announced_; }

  Result<void> confirm(Term term) override;

 protected:
  Result<std::int64_t> run(Sql sql, std::span<const Value> parameters, RowSink* sink) override;
  Result<void> run_later(Sql sql, std::span<const Value> parameters) override;

 private:
  Connection& connection_;
  SharedTransaction& shared_;
  const Gathered* gathered_;
  bool has_written_ = false;
  std::optional<Error> failure_;
  Channels announced_;
};

/// Runs a closure to find out what it reads before its first write. Nothing happens to the database.
class Rehearsal final : public Transaction {
 public:
  explicit Rehearsal(const Gathered& gathered) : gathered_(gathered) {}

  struct Wish {
    Sql sql;
    std::string question;
    std::vector<std::string> texts;
    std::vector<Value> parameters;  ///< Text and bytes lie in `texts`.
  };
  /// What it asked next that is not gathered yet; nothing if it would write now, or has ended.
  std::optional<Wish> next_wish(const Job& job);

  void announce(Channel) override {}
  Result<void> confirm(Term) override { return interruption(); }

 protected:
  Result<std::int64_t> run(Sql sql, std::span<const Value> parameters, RowSink* sink) override;
  Result<void> run_later(Sql, std::span<const Value>) override { return interruption(); }

 private:
  Error interruption();

  const Gathered& gathered_;
  bool is_over_ = false;
  std::optional<Wish> wish_;
};

}  // namespace qantara::db::postgres
