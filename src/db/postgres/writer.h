// Group commit on PostgreSQL: a thread and its connection take whatever waits into one transaction, under a lock that all
// writers of all processes share, and answer after it is durable.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "db/job_queue.h"
#include "db/postgres/connection.h"
#include "db/postgres/listeners.h"
#include "db/postgres/postgres_transaction.h"

namespace qantara::db::postgres {

class Writer {
 public:
  /// `options`: batch_max and on_measured count. What is given by reference outlives the writer.
  Writer(Connection::Options connection, const PostgresOptions& options, JobQueue& queue, const Listeners& listeners)
      : connection_options_(std::move(connection)), options_(options), queue_(queue), listeners_(listeners) {}

  /// The writer's thread: until the queue is closed and empty.
  void run();

  bool writable() const { return writable_.load(std::memory_order_acquire); }

 private:
  static constexpr int kRoundsMax = 8;

  /// How what a failed closure wrote is undone: with all that share its transaction, which then run again, or alone, for which
  /// each needs a savepoint and one journey more.
  enum class Undo { ALONE, WITH_ALL };

  enum class Outcome {
    SETTLED,  ///< Everybody has a result.
    UNDONE,   ///< Nothing stays, through the fault of a closure: all may run again, with Undo::ALONE.
    AGAIN,    ///< Nothing stays, through the fault of another transaction.
    LOST,     ///< The server is gone; nothing stays.
    UNKNOWN,  ///< The server is gone, and nobody knows whether it has committed.
  };

  void settle(std::span<Waiting* const> batch);
  Result<void> begin(std::span<Waiting* const> batch, Undo undo);
  Result<void> gather(std::span<Waiting* const> batch, Connection::Ticket locked);
  Result<void> ask_what_is_wished(Connection::Ticket locked);
  Outcome attempt(std::span<Waiting* const> batch, Undo undo);
  /// What a closure left behind that could not go on; nothing if the transaction can be.
  std::optional<Outcome> run_closure(Waiting& waiting, Undo undo, SharedTransaction& shared, bool& has_written);
  Outcome commit(std::span<Waiting* const> batch, Undo undo, SharedTransaction& shared);
  Outcome roll_back(std::span<Waiting* const> batch, Undo undo);

  Result<void> connect();
  std::optional<bool> find_out(Deadline until);
  void refuse(std::span<Waiting* const> batch, const Error& why);
  void refuse_all_waiting();

  Connection::Options connection_options_;  // Of the first connection, and of all that follow.
  const PostgresOptions& options_;
  JobQueue& queue_;
  const Listeners& listeners_;

  std::unique_ptr<Connection> connection_;  // Null while the server is away.
  Deadline connected_last_try_{};
  std::string id_;  // In commit_marks.
  std::int64_t batch_ = 0;
  bool has_committed_ = false;  // So there is a mark.
  Gathering gathered_;
  int rounds_ = kRoundsMax;  // Of questions that follow from answers: as many as the last batches had.
  int careful_batches_ = 0;
  bool is_told_ = false;  // The log, that the server is away.
  std::atomic<bool> writable_ = false;
};

}  // namespace qantara::db::postgres
