// Waiting is an argument: background loops sleep on a Bell, which time or news can ring.
#pragma once

#include <memory>

#include "base/clock.h"
#include "base/task.h"

namespace qantara {

/// What one background loop sleeps on. `ring()` may come from any thread; a ring while nobody waits is kept for the
/// next wait, so news is never missed. One waiter at a time.
class Bell {
 public:
  virtual ~Bell() = default;

  /// Returns at `deadline` of the clock the bell was made with, or earlier when rung.
  virtual Task<void> wait_until(Instant deadline) = 0;
  virtual void ring() = 0;
};

class Timers {
 public:
  virtual ~Timers() = default;
  virtual std::unique_ptr<Bell> make_bell() = 0;

  /// Rings every bell: after the clock was shifted or a shutdown has begun, each loop looks again at what is due.
  virtual void ring_all() = 0;
};

/// Timers of the machine on `executor`, with deadlines read off `clock`. Bells must not outlive it.
std::unique_ptr<Timers> make_system_timers(Executor executor, const Clock& clock);

}  // namespace qantara
