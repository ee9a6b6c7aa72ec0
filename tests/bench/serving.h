// What the servers of a benchmark have in common: they say where they listen, and serve until they are told to stop.
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <utility>

#include "base/clock.h"
#include "base/event_loop.h"
#include "base/random.h"
#include "base/timers.h"
#include "http/server.h"

namespace qantara::bench {

/// Result: the exit code. What the handler refers to outlives the task.
inline Task<int> serve_until_signal(EventLoop& loop, const Clock& clock, Random& random, http::ServerOptions options) {
  auto server = http::listen(loop.executor(), random, std::move(options));
  if (!server) throw std::runtime_error(server.error().message);
  fmt::print("{{\"url\":\"http://127.0.0.1:{}\"}}\n", (*server)->port());
  std::fflush(stdout);
  const auto timers = make_system_timers(loop.executor(), clock);
  const auto bell = timers->make_bell();
  loop.on_signal([&bell] { bell->ring(); });
  co_await bell->wait_until(Instant::max());
  co_await (*server)->stop(std::chrono::seconds{1});
  co_return 0;
}

}  // namespace qantara::bench
