// What a verb works with: where it writes, how it reaches the gateway, and what would otherwise be the machine's.
#pragma once

#include <functional>

#include "base/clock.h"
#include "base/random.h"
#include "base/task.h"
#include "base/timers.h"
#include "cli/terminal.h"
#include "http/client.h"

namespace qantara::cli {

/// What a verb returns to the shell.
enum ExitCode : int { kDone = 0, kRefused = 1, kUsage = 2, kNoGateway = 3 };

/// Whether the answer is for people or for programs (`--json`).
enum class Output { TEXT, JSON };

struct Context {
  Executor executor;
  http::Client& client;
  Timers& timers;
  const Clock& clock;  ///< The machine's: waiting for a gateway is not the sandbox's affair.
  Random& random;
  Terminal& out;  ///< The answer, and nothing else.
  Terminal& err;  ///< Progress, hints, refusals.
  Output output = Output::TEXT;
  /// Calls its argument when Ctrl-C is pressed (EventLoop::on_signal).
  std::function<void(std::function<void()>)> on_signal;
};

}  // namespace qantara::cli
