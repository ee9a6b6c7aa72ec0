#include "base/timers.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <thread>

#include "base/nursery.h"

namespace qantara {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

Task<void> wait(Bell& bell, Instant deadline, int& waits) {
  co_await bell.wait_until(deadline);
  ++waits;
}

class bell : public testing::Test {
 protected:
  void start_waiting(Bell& on, Instant deadline) { waiters.start(wait(on, deadline, waits)); }
  void poll() {
    context.restart();
    context.poll();
  }

  boost::asio::io_context context{1};
  ManualClock clock{Instant{std::chrono::seconds{1'700'000'000}}};
  std::unique_ptr<Timers> timers = make_system_timers(context.get_executor(), clock);
  std::unique_ptr<Bell> it = timers->make_bell();
  Nursery waiters{context.get_executor()};
  int waits = 0;  // that have ended
};

TEST_F(bell, ends_the_wait_when_rung) {
  start_waiting(*it, clock.now() + hours{1});
  poll();
  EXPECT_EQ(waits, 0);
  it->ring();
  poll();
  EXPECT_EQ(waits, 1);
}

TEST_F(bell, keeps_a_ring_for_the_next_wait_and_only_for_that) {
  it->ring();
  it->ring();
  start_waiting(*it, Instant::max());
  poll();
  EXPECT_EQ(waits, 1);

  start_waiting(*it, Instant::max());
  poll();
  EXPECT_EQ(waits, 1);
  it->ring();
  poll();
  EXPECT_EQ(waits, 2);
}

TEST_F(bell, does_not_wait_for_what_is_past) {
  start_waiting(*it, clock.now());
  start_waiting(*it, clock.now() - hours{1});
  poll();
  EXPECT_EQ(waits, 2);
}

TEST_F(bell, ends_the_wait_at_its_deadline) {
  start_waiting(*it, clock.now() + milliseconds{5});
  context.run();
  EXPECT_EQ(waits, 1);
}

TEST_F(bell, is_heard_when_rung_from_another_thread) {
  const auto keep_running = boost::asio::make_work_guard(context);
  for (int i = 1; i <= 50; ++i) {
    start_waiting(*it, Instant::max());
    std::thread ringer{[&] { it->ring(); }};
    while (waits < i) context.run_one_for(milliseconds{100});
    ringer.join();
  }
  EXPECT_EQ(waits, 50);
}

TEST_F(bell, is_rung_with_all_others) {
  const auto other = timers->make_bell();
  {
    const auto gone = timers->make_bell();
  }
  start_waiting(*it, Instant::max());
  start_waiting(*other, Instant::max());
  poll();
  timers->ring_all();
  poll();
  EXPECT_EQ(waits, 2);
}

}  // namespace
}  // namespace qantara
