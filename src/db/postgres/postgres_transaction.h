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

/// A statement that is still to be asked. Not to be copied: text and bytes of its parameters lie in `texts`.
struct Wish {
  Wish(Sql sql, std::span<const Value> parameters);
  Wish(Wish&&) = default;
  Wish& operator=(Wish&&) = default;

  Sql sql;
  std::vector<std::string> texts;
  std::vector<Value> parameters;
};

/// What closures read before their turn. Each thing is asked once, however many want to know.
struct Gathering {
  struct Entry {
    Wish wish;
    Rows rows;       ///< Without an answer until there is one.
    int wanted = 0;  ///< How many closures asked for it in their turn.
  };
  /// The entry of a question, which may be new.
  Entry& about(Sql sql, std::span<const Value> parameters);

  std::unordered_map<std::string, Entry> entries;  ///< By question.
  int missed = 0;                                  ///< Questions that a closure had to ask in its turn.
};

/// What several closures of one transaction know of each other.
struct SharedTransaction {
  /// Rows that nobody waits for: as one statement for many, or each as its closure has them, where one is to blame.
  enum class Inserts { GATHERED, ONE_BY_ONE } inserts = Inserts::GATHERED;
  std::optional<Term> term;  ///< The one that leads, as the database says. It cannot change under the writers' lock.
  Channels announced;
};

class PostgresTransaction final : public Transaction {
 public:
  /// `gathered`: answers that do for what is read before the first write, and others may learn from; may be null.
  PostgresTransaction(Connection& connection, SharedTransaction& shared, Gathering* gathered)
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
  Gathering* gathered_;
  bool has_written_ = false;
  std::optional<Error> failure_;
  Channels announced_;
};

/// Runs a closure to find out what it reads before its first write. Nothing happens to the database. What is not known yet
/// counts as empty, which is what most closures that go on to write find; so one run finds many questions, and those that
/// follow from another answer are found by the next.
class Rehearsal final : public Transaction {
 public:
  explicit Rehearsal(Gathering& gathering) : gathering_(gathering) {}

  /// Adds what `job` asks to what is gathered. Result: whether an answer is missing.
  bool find_wishes(const Job& job);

  void announce(Channel) override {}
  Result<void> confirm(Term) override { return interruption(); }

 protected:
  Result<std::int64_t> run(Sql sql, std::span<const Value> parameters, RowSink* sink) override;
  Result<void> run_later(Sql, std::span<const Value>) override { return interruption(); }

 private:
  Error interruption();

  Gathering& gathering_;
  bool is_over_ = false;
  bool is_missing_ = false;
};

}  // namespace qantara::db::postgres
