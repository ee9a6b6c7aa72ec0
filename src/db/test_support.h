// What the tests of both engines share: payments, each with its outbox row, and closures that wait for each other.
#pragma once

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <latch>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/task.h"
#include "db/database.h"

namespace qantara::db {

/// Starts `task` on `context`; its value is in `out` once the context has run.
template <class T>
void start(boost::asio::io_context& context, Task<T> task, std::optional<T>& out) {
  boost::asio::co_spawn(context, std::move(task), [&out](std::exception_ptr failure, T value) {
    if (failure) std::rethrow_exception(failure);
    out.emplace(std::move(value));
  });
}

/// Runs `task` to its end.
template <class T>
T finish(Task<T> task) {
  boost::asio::io_context context{1};
  std::optional<T> result;
  start(context, std::move(task), result);
  context.run();
  return std::move(result).value();
}

inline Result<void> insert_payment(Transaction& tx, int id) {
  RETURN_IF_ERROR(tx.execute("INSERT INTO payments (id, note) VALUES ($1, $2)", id, std::string(200, 'x')));
  RETURN_IF_ERROR(tx.execute("INSERT INTO outbox (payment_id) VALUES ($1)", id));
  return {};
}

inline Task<Result<void>> write_payment(Database& database, int id) {
  return database.write([id](Transaction& tx) { return insert_payment(tx, id); });
}

inline Result<std::vector<int>> payments(Database& database) {
  return finish(database.read([](Transaction& tx) {
    return tx.all("SELECT id FROM payments ORDER BY id", [](Row& row) { return row.take<int>(); });
  }));
}

using Outcomes = std::vector<std::optional<Result<void>>>;

/// A closure that holds the writer, or a reader, until the test lets it go.
class Brake {
 public:
  Result<void> hold(Transaction&) {
    if (!held_.exchange(true)) {
      reached_.count_down();
      released_.wait();
    }
    return {};
  }
  void wait_until_reached() { reached_.wait(); }
  void release() { released_.count_down(); }

 private:
  std::atomic<bool> held_{false};
  std::latch reached_{1};
  std::latch released_{1};
};

inline Task<Result<void>> write_braked(Database& database, Brake& brake) {
  return database.write([&brake](Transaction& tx) { return brake.hold(tx); });
}

/// Runs `tasks` at the same time; while the first batch is held up, the others gather in the queue.
template <class... Tasks>
Outcomes write_together(Database& database, Tasks... tasks) {
  boost::asio::io_context context{1};
  Brake brake;
  Outcomes outcomes(sizeof...(tasks));
  std::optional<Result<void>> braked;
  start(context, write_braked(database, brake), braked);
  context.poll();
  brake.wait_until_reached();
  std::size_t i = 0;
  (start(context, std::move(tasks), outcomes[i++]), ...);
  context.poll();
  brake.release();
  context.run();
  return outcomes;
}

}  // namespace qantara::db
