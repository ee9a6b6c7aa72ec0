// What a process hears of the others on its database: their commits, and who leads. Leadership is an advisory lock that a
// connection of its own holds, so it ends with the process, with its connection, and after some seconds in which the process
// is not running; no clock of the machines is asked.
#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "db/postgres/connection.h"
#include "db/postgres/listeners.h"

namespace qantara::db::postgres {

class Keeper {
 public:
  Keeper(Connection::Options options, const Listeners& listeners);

  /// Before `run`.
  void on_leadership(std::function<void()> listener) { on_leadership_.push_back(std::move(listener)); }

  /// The keeper's thread: until `stop`. Leadership is given back at the end.
  void run();
  void stop();

  std::optional<Term> leadership() const;
  /// As Database::hears_others.
  bool hears_others() const;
  bool connected() const { return connected_.load(std::memory_order_acquire); }

 private:
  Result<void> connect();
  Result<void> listen_to_news();
  Result<void> stand_for_leader();
  void set_term(std::int64_t term);
  bool wait(std::chrono::milliseconds duration);

  Connection::Options options_;  // Of the first connection, and of all that follow.
  const Listeners& listeners_;
  std::vector<std::function<void()>> on_leadership_;
  std::unique_ptr<Connection> connection_;
  std::array<std::int64_t, 256> heard_{};  ///< Commits by channel.
  Deadline stood_at_{};
  std::atomic<Deadline> heard_at_{};    ///< Listeners know of every commit before this moment.
  std::atomic<std::int64_t> term_ = 0;  ///< 0: another one's, or nobody's.
  std::atomic<bool> connected_ = false;
  std::mutex mutex_;
  std::condition_variable news_;
  bool stopping_ = false;
};

}  // namespace qantara::db::postgres
