// Group commit: the one thread that writes takes whatever waits into one transaction, and answers after it is durable.
// Its connection is the only one that ever writes or checkpoints: with two, SQLite before 3.51.3 can corrupt the file
// (the WAL-reset bug).
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "db/job_queue.h"
#include "db/sqlite/connection.h"
#include "db/sqlite/engine.h"
#include "db/sqlite/sqlite_transaction.h"

namespace qantara::db::sqlite {

class Writer {
 public:
  /// `connection`: opened with `connection_options`, which serve again when it must be replaced.
  /// `options`: batch_max, on_broken and on_measured count.
  Writer(std::unique_ptr<Connection> connection, Connection::Options connection_options, JobQueue& queue,
         const SqliteOptions& options, const Tuning& tuning);

  /// Before `run`.
  void listen(Channel channel, std::function<void()> listener);

  /// The writer's thread: until the queue is closed and empty.
  void run();

  /// After `run` and the last reader: moves the log into the file and removes it.
  void finish();

  bool writable() const { return writable_.load(std::memory_order_acquire); }
  Statistics statistics() const;

 private:
  void settle(std::span<Waiting* const> batch);

  /// Runs `batch` in one transaction and commits it. Everyone has a result afterwards. If the transaction was undone
  /// through the fault of one closure, or for want of space, it returns who was at fault (or `batch.size()`): the others
  /// may run again.
  std::optional<std::size_t> attempt(std::span<Waiting* const> batch);

  /// Nothing if the closure failed and what it wrote can only be undone with the whole transaction.
  std::optional<Result<void>> run_closure(const Job& job, Undo undo, Channels& announced);
  Result<void> connect();

  /// After a failure of the storage: nothing stays of the transaction, and `writable()` turns false.
  void give_up(const Error& why);

  void ring(const Channels& announced);
  std::optional<std::chrono::milliseconds> patience() const;
  void use_idle_time();
  void probe();
  void checkpoint(Connection::Checkpoint how);
  void checkpoint_if_long();
  bool has_time_to_spare() const;

  std::unique_ptr<Connection> connection_;  // Null after a failure, until the next attempt.
  const Connection::Options connection_options_;
  JobQueue& queue_;
  const std::size_t batch_max_;
  const Tuning tuning_;
  const std::function<void()> on_broken_;
  const std::function<void(std::size_t, std::chrono::microseconds)> on_measured_;
  std::array<std::vector<std::function<void()>>, Channels{}.size()> listeners_;

  bool broken_ = false;
  int careful_batches_ = 0;       // That many more give each closure a savepoint of its own.
  int pages_in_log_ = 0;          // After the last commit.
  int pages_to_move_ = 0;         // The same, and zero once a checkpoint has tried.
  int next_checkpoint_at_;        // In pages; moves on with each checkpoint, and back when the log begins anew.
  int next_spare_checkpoint_at_;  // The same, for when there is time to spare.
  std::chrono::nanoseconds checkpoint_at_;  // The last one, on a clock that is never set.
  std::chrono::nanoseconds waited_{};       // For closures, since then.
  std::chrono::nanoseconds move_took_{};    // The last one.
  std::atomic<bool> writable_{true};
  std::atomic<std::uint64_t> closures_{0};
  std::atomic<std::uint64_t> commits_{0};
  std::atomic<std::uint64_t> checkpoints_{0};
};

}  // namespace qantara::db::sqlite
