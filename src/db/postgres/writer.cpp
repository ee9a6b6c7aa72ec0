#include "db/postgres/writer.h"

#include <poll.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "base/check.h"
#include "base/log.h"
#include "db/postgres/schema.h"

namespace qantara::db::postgres {
namespace {

constexpr int kRerunsMax = 8;
constexpr int kAttemptsMax = 16;

// After a closure that failed with something written: where one fails, more may, and each costs its batch a second run.
constexpr int kCarefulBatches = 32;

// Nobody waits longer for an answer while the server is away (promise P19).
constexpr std::chrono::milliseconds kAnswerWithin{1800};
constexpr std::chrono::milliseconds kBetweenTries{50};

Error unavailable(const Error& why) {
  return caused_by(ErrorCode::SERVICE_UNAVAILABLE, "The database does not answer; try again", why.cause);
}

/// For a failure of the transaction as a whole, which says nothing about the closures in it.
Error storage_failed(const Error& why) {
  return caused_by(ErrorCode::STORAGE_FAILED, "The database could not write; try again later", why.cause);
}

Error unknown() {
  return caused_by(ErrorCode::STORAGE_FAILED, "The database could not write; try again later",
                   "the answer to the commit was lost: it may have taken place");
}

}  // namespace

void Writer::run() {
  std::vector<Waiting*> batch;
  (void)connect();
  for (;;) {
    const auto patience = connection_ ? std::nullopt : std::optional{kTryEvery};
    if (!queue_.take(batch, options_.batch_max, {.for_one = patience})) break;
    if (!connection_ && uptime() - connected_last_try_ >= kTryEvery) (void)connect();
    if (batch.empty()) continue;
    if (connection_) {
      settle(batch);
    } else {
      refuse(batch, error(ErrorCode::SERVICE_UNAVAILABLE, "The database does not answer; try again"));
    }
    resume(batch);
    if (!connection_) refuse_all_waiting();
  }
  if (connection_) {
    connection_->queue_with("DELETE FROM commit_marks WHERE writer = $1", Bytes{id_});
    (void)connection_->settle();
  }
  connection_.reset();
}

void Writer::settle(std::span<Waiting* const> batch) {
  const auto until = uptime() + kAnswerWithin;
  auto undo = careful_batches_ > 0 ? Undo::ALONE : Undo::WITH_ALL;
  if (careful_batches_ > 0) --careful_batches_;
  Error why = error(ErrorCode::SERVICE_UNAVAILABLE, "The database is busy; try again");
  for (int i = 0; i < kAttemptsMax; ++i) {
    if (!connection_) {
      if (const auto connected = connect(); !connected) {
        why = unavailable(connected.error());
        break;
      }
    }
    const Outcome outcome = connection_->is_lost() ? Outcome::LOST : attempt(batch, undo);
    if (outcome == Outcome::SETTLED) return;
    if (outcome == Outcome::UNDONE) {
      careful_batches_ = kCarefulBatches;
      undo = Undo::ALONE;
    }
    if (outcome == Outcome::UNDONE) continue;
    if (outcome == Outcome::AGAIN) {
      if (uptime() < until) continue;
      break;
    }

    const auto lost = connection_->settle();
    log::warn("database_lost", {{"cause", lost ? std::string_view{} : std::string_view{lost.error().cause}}});
    connection_.reset();
    writable_.store(false, std::memory_order_release);
    if (outcome == Outcome::UNKNOWN) {
      const auto committed = find_out(until);
      has_committed_ = has_committed_ || committed == true;
      if (committed == true) return;
      if (!committed) return refuse(batch, unknown());
    }
    if (uptime() + connection_options_.connect_within >= until) {
      why = unavailable(why);
      break;
    }
  }
  refuse(batch, why);
}

/// Asks what the closures of the batch will, right behind the lock: one journey for all, and one more for each round of
/// questions that follow from answers. `locked`: what has to be waited for in any case. Errors: those of the connection.
Result<void> Writer::gather(std::span<Waiting* const> batch, Connection::Ticket locked) {
  // What several wanted to know the last time is wanted again, and asked before anybody has to say so.
  constexpr int kOften = 4;
  std::erase_if(gathered_.entries, [](const auto& entry) { return entry.second.wanted < kOften; });
  for (auto& [question, entry] : gathered_.entries) {
    entry.rows = {};
    entry.wanted = 0;
  }
  if (std::exchange(gathered_.missed, 0) > 1) rounds_ = kRoundsMax;
  std::vector<Waiting*> asking;
  std::ranges::copy_if(batch, std::back_inserter(asking),
                       [](const Waiting* waiting) { return waiting->reads == Reads::AHEAD; });
  if (asking.empty()) gathered_.entries.clear();
  for (int round = 0; round == 0 || round < rounds_; ++round) {
    std::erase_if(asking, [&](const Waiting* waiting) { return !Rehearsal{gathered_}.find_wishes(*waiting->job); });
    if (round > 0 && asking.empty()) {
      rounds_ = round;
      break;
    }
    RETURN_IF_ERROR(ask_what_is_wished(locked));
  }
  return {};
}

/// Asks each question that has no answer yet: those of one statement together.
Result<void> Writer::ask_what_is_wished(Connection::Ticket locked) {
  std::unordered_map<const char*, std::vector<Gathering::Entry*>> by_statement;
  for (auto& [question, entry] : gathered_.entries) {
    if (!entry.rows.answer) by_statement[entry.wish.sql.text().data()].push_back(&entry);
  }
  struct Asked {
    std::span<Gathering::Entry* const> entries;
    Connection::Ticket ticket;
  };
  std::vector<Asked> asked;
  connection_->keep_answers(Connection::Answers::KEEP);
  for (const auto& [statement, entries] : by_statement) {
    std::vector<std::span<const Value>> sets;
    for (const auto* entry : entries) sets.emplace_back(entry->wish.parameters);
    const Sql sql = entries.front()->wish.sql;
    if (const auto ticket = sets.size() > 1 ? connection_->queue_questions(sql, sets) : std::nullopt) {
      asked.push_back({entries, *ticket});
      continue;
    }
    for (const auto& entry : entries) asked.push_back({{&entry, 1}, connection_->queue(sql, entry->wish.parameters)});
  }
  connection_->keep_answers(Connection::Answers::DROP);
  ASSIGN_OR_RETURN(const auto last, connection_->wait(asked.empty() ? locked : asked.back().ticket));
  for (const auto& [entries, ticket] : asked) {
    const auto answer = ticket == asked.back().ticket ? last : connection_->take(ticket);
    if (entries.size() == 1) {
      entries.front()->rows = rows_of(answer);
      continue;
    }
    auto each = rows_of_each(answer, entries.size());
    for (std::size_t i = 0; i < entries.size(); ++i) entries[i]->rows = std::move(each[i]);
  }
  return {};
}

Result<void> Writer::begin(std::span<Waiting* const> batch, Undo undo) {
  connection_->queue_with("BEGIN");
  // Waited for, so that nothing is on its way that could be committed by a server that we gave up: whoever finds out what
  // became of a batch waits until this lock is free.
  const auto locked = connection_->queue_with("SELECT pg_advisory_xact_lock($1)", kWritersLock);
  if (undo == Undo::WITH_ALL) return gather(batch, locked);
  RETURN_IF_ERROR(connection_->wait(locked));
  return {};
}

Writer::Outcome Writer::attempt(std::span<Waiting* const> batch, Undo undo) {
  if (!begin(batch, undo)) {
    if (connection_->is_lost()) return Outcome::LOST;
    (void)connection_->settle();
    connection_->forget_answers();
    return roll_back(batch, undo);
  }
  SharedTransaction shared;
  if (undo == Undo::ALONE) shared.inserts = SharedTransaction::Inserts::ONE_BY_ONE;
  bool has_written = false;
  for (Waiting* const waiting : batch) {
    if (const auto ended = run_closure(*waiting, undo, shared, has_written)) return *ended;
  }
  if (has_written) return commit(batch, undo, shared);
  connection_->queue_with("ROLLBACK");
  if (connection_->settle()) return Outcome::SETTLED;
  return connection_->is_lost() ? Outcome::LOST : roll_back(batch, undo);
}

std::optional<Writer::Outcome> Writer::run_closure(Waiting& waiting, Undo undo, SharedTransaction& shared,
                                                   bool& has_written) {
  const bool may_be_older = waiting.reads == Reads::AHEAD && undo == Undo::WITH_ALL;
  for (int rerun = 0;; ++rerun) {
    if (undo == Undo::ALONE) connection_->queue_with("SAVEPOINT closure");
    PostgresTransaction transaction{*connection_, shared, may_be_older && rerun == 0 ? &gathered_ : nullptr};
    waiting.result = transaction.attempt(*waiting.job);
    Trouble trouble = connection_->trouble();
    if (undo == Undo::ALONE) {
      const auto settled = connection_->settle();
      trouble = std::max(trouble, connection_->settled_trouble());
      if (!settled && waiting.result) waiting.result = settled.error();
    }
    if (trouble == Trouble::LOST) return Outcome::LOST;
    const bool is_clean = trouble == Trouble::NONE;
    if (!waiting.result && undo == Undo::WITH_ALL && (!is_clean || transaction.has_written())) {
      if (trouble >= Trouble::SERVER) return std::nullopt;  // The commit finds it, for all.
      // What others posted may fail only now, and would take a ROLLBACK behind it along.
      (void)connection_->settle();
      connection_->queue_with("ROLLBACK");
      if (!connection_->settle() && connection_->is_lost()) return Outcome::LOST;
      return trouble == Trouble::RETRY ? Outcome::AGAIN : Outcome::UNDONE;
    }
    if (undo == Undo::ALONE) {
      if (!waiting.result) connection_->queue_with("ROLLBACK TO SAVEPOINT closure");
      connection_->queue_with("RELEASE SAVEPOINT closure");
    }
    if (waiting.result) {
      has_written = has_written || transaction.has_written() || transaction.announced().any();
      shared.announced |= transaction.announced();
      return std::nullopt;
    }
    if (waiting.result.error().code != ErrorCode::VERSION_CONFLICT || rerun == kRerunsMax) return std::nullopt;
  }
}

Writer::Outcome Writer::commit(std::span<Waiting* const> batch, Undo undo, SharedTransaction& shared) {
  ++batch_;
  connection_->queue_with(
      "INSERT INTO commit_marks (writer, batch) VALUES ($1, $2) ON CONFLICT (writer) DO UPDATE SET batch = "
      "excluded.batch, begun_at = now()",
      Bytes{id_}, batch_);
  for (std::size_t number = 0; number < shared.announced.size(); ++number) {
    if (!shared.announced.test(number)) continue;
    connection_->queue_with(
        "INSERT INTO commit_news (channel, commits) VALUES ($1, 1) ON CONFLICT (channel) DO UPDATE SET commits = "
        "commit_news.commits + 1",
        static_cast<std::int64_t>(number));
  }
  const auto begun_at = uptime();
  (void)connection_->was_warned();
  connection_->keep_answers(Connection::Answers::KEEP);
  const auto commit = connection_->queue_with("COMMIT");
  connection_->keep_answers(Connection::Answers::DROP);
  const auto committed = connection_->settle(Patience::SHORT);
  if (!committed) {
    if (connection_->is_lost()) return Outcome::UNKNOWN;
    return roll_back(batch, undo);
  }
  // An operator may end the wait for a standby: the server tells of the commit all the same, and warns.
  if (connection_->was_warned()) return Outcome::UNKNOWN;
  const Answer answer = connection_->take(commit);
  CHECK(answer && command_of(*answer) == "COMMIT");  // A transaction that has failed answers ROLLBACK.
  has_committed_ = true;
  writable_.store(true, std::memory_order_release);
  if (options_.on_measured) {
    options_.on_measured(batch.size(), std::chrono::duration_cast<std::chrono::microseconds>(uptime() - begun_at));
  }
  listeners_.ring(shared.announced);
  return Outcome::SETTLED;
}

/// After a failure that `settle` has just told of: nothing of the transaction stays.
Writer::Outcome Writer::roll_back(std::span<Waiting* const> batch, Undo undo) {
  const Trouble trouble = connection_->settled_trouble();
  const Error why = connection_->settled_failure();
  connection_->queue_with("ROLLBACK");
  if (!connection_->settle() && connection_->is_lost()) return Outcome::LOST;
  if (trouble == Trouble::RETRY) return Outcome::AGAIN;
  if (trouble == Trouble::STATEMENT && undo == Undo::WITH_ALL) return Outcome::UNDONE;
  log::error("storage_failed", {{"cause", why.cause}});
  refuse(batch, storage_failed(why));
  return Outcome::SETTLED;
}

Result<void> Writer::connect() {
  connected_last_try_ = uptime();
  auto opened = Connection::open(connection_options_);
  if (!opened) {
    if (std::exchange(is_told_, true)) return opened.error();
    log::error("database_away", {{"cause", opened.error().message + ": " + opened.error().cause}});
    return opened.error();
  }
  auto connection = *std::move(opened);
  if (id_.empty()) {
    ASSIGN_OR_RETURN(const auto answer,
                     connection->wait(connection->queue_with("SELECT uuid_send(gen_random_uuid())")));
    struct Sink final : RowSink {
      std::string id;
      void row(Row& row) override { id = row.take<std::string>(); }
    } sink;
    read_answer(answer, &sink);
    id_ = std::move(sink.id);
  }
  if (std::exchange(is_told_, false)) log::info("database_back");
  connection_ = std::move(connection);
  connection_options_.connect_within = kConnectWithin;
  writable_.store(true, std::memory_order_release);
  return {};
}

/// Whether the last batch was committed, which the database knows once whoever was committing it holds the lock no longer.
/// Nothing if it cannot be asked until then.
std::optional<bool> Writer::find_out(Deadline until) {
  while (uptime() + connection_options_.connect_within < until) {
    if (!connect()) {
      ::poll(nullptr, 0, static_cast<int>(kBetweenTries.count()));
      continue;
    }
    connection_->queue_with("BEGIN");
    connection_->queue_with("SELECT pg_advisory_xact_lock($1)", kWritersLock);
    // Written, so that it is told only when a standby has it, as everything before it: the commit in question may be
    // visible on a server that was restarted before any standby had it.
    connection_->keep_answers(Connection::Answers::KEEP);
    const auto mark =
        connection_->queue_with("UPDATE commit_marks SET batch = batch WHERE writer = $1 RETURNING batch", Bytes{id_});
    connection_->queue_with("COMMIT");
    connection_->keep_answers(Connection::Answers::DROP);
    const auto settled = connection_->settle(Patience::SHORT);
    const auto answer = connection_->take(mark);
    connection_->forget_answers();
    const bool was_warned = connection_->was_warned();
    if (!settled || was_warned) {
      if (!connection_->is_lost()) connection_->queue_with("ROLLBACK");
      (void)connection_->settle();
      if (connection_->is_lost()) connection_.reset();
      continue;
    }
    struct Sink final : RowSink {
      std::int64_t batch = 0;
      void row(Row& row) override { batch = row.take<std::int64_t>(); }
    } sink;
    if (read_answer(answer, &sink) == 0 && has_committed_) return std::nullopt;  // Nobody but we may remove it.
    return sink.batch == batch_;
  }
  return std::nullopt;
}

void Writer::refuse(std::span<Waiting* const> batch, const Error& why) {
  for (Waiting* const waiting : batch) waiting->result = why;
}

void Writer::refuse_all_waiting() {
  std::vector<Waiting*> batch;
  while (queue_.take(batch, options_.batch_max, {.for_one = std::chrono::milliseconds{0}}) && !batch.empty()) {
    refuse(batch, error(ErrorCode::SERVICE_UNAVAILABLE, "The database does not answer; try again"));
    resume(batch);
  }
}

}  // namespace qantara::db::postgres
