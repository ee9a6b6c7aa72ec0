// Nursery: starts tasks that run beside each other, and waits until all have ended. The only place that starts any.
#pragma once

#include <cstddef>
#include <memory>

#include "base/task.h"

namespace qantara {

/// Where concurrent tasks live. Whoever owns a nursery awaits `finish()` before it goes, so no work is ever left behind:
/// a nursery that is destroyed with tasks in it is a bug of ours. To be used on its executor's thread only.
class Nursery {
 public:
  explicit Nursery(Executor executor);
  Nursery(const Nursery&) = delete;
  Nursery& operator=(const Nursery&) = delete;
  ~Nursery();

  /// Starts `task`; its first steps may run before this returns. An exception that leaves it is thrown at whoever runs
  /// the executor, and so ends the process.
  void start(Task<void> task);

  /// Returns when no task is left, those included that are started meanwhile. Stops nothing by itself.
  Task<void> finish();

  std::size_t count() const;  ///< Tasks that have not ended.

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace qantara
