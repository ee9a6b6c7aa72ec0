// A thread that answers reads, each from a snapshot at least as new as its call.
#pragma once

#include <memory>
#include <utility>

#include "db/job_queue.h"
#include "db/postgres/connection.h"

namespace qantara::db::postgres {

class Reader {
 public:
  Reader(Connection::Options options, JobQueue& queue) : options_(std::move(options)), queue_(queue) {}

  /// The reader's thread: until the queue is closed and empty.
  void run();

 private:
  Result<void> answer(const Job& job);
  Result<void> connect();
  void end();

  Connection::Options options_;  // Of the first connection, and of all that follow.
  JobQueue& queue_;
  std::unique_ptr<Connection> connection_;  // Opened when there is something to read, and again after a failure.
  Deadline connected_last_try_{};
  bool in_transaction_ = false;
};

}  // namespace qantara::db::postgres
