// The loop that a program's coroutines run on.
#pragma once

#include <functional>
#include <memory>

#include "base/task.h"

namespace qantara {

/// One thread's worth of coroutines, timers and sockets. What lives on `executor()` must go before the loop goes.
class EventLoop {
 public:
  EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;
  ~EventLoop();

  Executor executor() const;

  /// Runs on the calling thread until `main` has ended; what else is still under way then stands still.
  /// Result: what `main` returned. An exception that leaves `main` leaves `run` too.
  int run(Task<int> main);

  /// SIGINT, SIGTERM or SIGHUP calls `stop`, once, on the loop. The next such signal ends the process at once: whoever
  /// presses Ctrl-C twice means it. To be called once.
  void on_signal(std::function<void()> stop);

  /// SIGHUP calls `reload`, each time, on the loop, and stops nothing. To be called once, before `on_signal`.
  void on_hangup(std::function<void()> reload);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// A loop on a thread of its own, which runs until this goes. Signals are not for it: they reach the main thread.
class LoopThread {
 public:
  LoopThread();
  LoopThread(const LoopThread&) = delete;
  LoopThread& operator=(const LoopThread&) = delete;
  /// Ends the loop as it stands and joins the thread: whoever has work there awaits its end first.
  ~LoopThread();

  Executor executor() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace qantara
