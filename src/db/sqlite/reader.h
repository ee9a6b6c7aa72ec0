// A thread that answers reads, each from a snapshot at least as new as its call.
#pragma once

#include <memory>

#include "db/job_queue.h"
#include "db/sqlite/connection.h"

namespace qantara::db::sqlite {

class Reader {
 public:
  Reader(Connection::Options options, JobQueue& queue) : options_(std::move(options)), queue_(queue) {}

  /// The reader's thread: until the queue is closed and empty. The connection lives as long as the thread.
  void run();

 private:
  Result<void> answer(const Job& job);
  Result<void> begin();
  void end();

  const Connection::Options options_;
  JobQueue& queue_;
  std::unique_ptr<Connection> connection_;  // Opened when there is something to read, and again after a failure.
};

}  // namespace qantara::db::sqlite
