// A background loop over what falls due: a round, then sleep until the next is due or there is news.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string_view>

#include "base/result.h"
#include "base/task.h"
#include "base/timers.h"

namespace qantara {

class DueLoop {
 public:
  DueLoop(const Clock& clock, Timers& timers) : clock_(clock), bell_(timers.make_bell()) {}

  /// Rounds until `stop`. Each does everything that is due, and says when to look again; after one whose database did not
  /// answer, which the log is told of under `name`, the next comes after `try_again`. `name` outlives the loop.
  Task<void> run(std::string_view name, Duration try_again, std::function<Task<Result<Instant>>()> round);

  void stop();
  /// From any thread.
  void wake() { bell_->ring(); }
  /// A round of many parts looks between them.
  bool is_stopping() const { return stopping_; }

 private:
  const Clock& clock_;
  std::unique_ptr<Bell> bell_;
  std::atomic<bool> stopping_ = false;
};

}  // namespace qantara
