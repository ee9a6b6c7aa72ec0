// Closures on their way from coroutines to a thread of the engine, and results on their way back.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "base/task.h"
#include "db/transaction.h"

namespace qantara::db {

using Job = std::function<Result<void>(Transaction&)>;

/// What `job` returns; for an exception of a library's, INTERNAL_SERVER_ERROR.
Result<void> run_job(const Job& job, Transaction& transaction);

/// A closure that waits for its result. Lives in the frame of the suspended coroutine, so queueing allocates nothing.
struct Waiting {
  const Job* job;
  Executor executor;  ///< The caller's; it counts this as work, so that its threads do not go home meanwhile.
  Result<void> result;
  std::move_only_function<void()> resume;
  Reads reads = Reads::IN_TURN;
  Waiting* next = nullptr;
};

/// Resumes each coroutine on its own executor, in order. Nothing in `done` is valid afterwards.
void resume(std::span<Waiting*> done);

/// How long the engine's thread waits in JobQueue::take.
struct TakePatience {
  /// For a job; then the batch is empty.
  std::optional<std::chrono::milliseconds> for_one = std::nullopt;
  /// Where jobs wait already, for more of them: until as many have come as the last batch answered. For one taker.
  std::chrono::nanoseconds for_more{};
};

/// First in, first out; filled from any thread, emptied by the engine's.
class JobQueue {
 public:
  /// `limit`: closures that may wait at a time. `takers`: threads that call `take`.
  JobQueue(std::size_t limit, std::size_t takers) : limit_(limit), takers_(takers) {}

  /// Queues `job` and returns with its result once it was passed to `resume`. Cancellation has no effect.
  /// Errors: SERVICE_UNAVAILABLE when the queue is full or closed.
  Task<Result<void>> submit(const Job& job, Reads reads = Reads::IN_TURN);

  /// Waits for jobs and puts up to `batch_max` of them into `batch`, in order, leaving their share to the other takers.
  /// `batch` holds the last one when it comes in: batches grow step by step. Result: false once the queue is closed and empty.
  bool take(std::vector<Waiting*>& batch, std::size_t batch_max, TakePatience patience = {});

  /// Refuses every job from now on. What waits already can still be taken.
  void close();

 private:
  /// False, and nothing done, when the queue is full or closed.
  bool push(Waiting& waiting);

  const std::size_t limit_;
  const std::size_t takers_;
  std::mutex mutex_;
  std::condition_variable news_;
  Waiting* first_ = nullptr;
  Waiting* last_ = nullptr;
  std::size_t size_ = 0;
  std::size_t sleepers_ = 0;
  std::size_t wanted_ = 1;  ///< By sleepers: so many jobs wake one.
  bool closed_ = false;
};

}  // namespace qantara::db
