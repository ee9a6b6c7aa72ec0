#include "base/event_loop.h"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <csignal>
#include <future>
#include <memory>

#include "base/clock.h"
#include "base/timers.h"

namespace qantara {
namespace {

Task<int> return_number(int number) { co_return number; }

Task<int> wait_for_ring(Bell* bell) {
  co_await bell->wait_until(Instant::max());
  co_return 7;
}

TEST(EventLoop, runs_until_the_main_task_has_ended_and_returns_its_result) {
  EventLoop loop;
  EXPECT_EQ(loop.run(return_number(3)), 3);
  EXPECT_EQ(loop.run(return_number(4)), 4);
}

TEST(EventLoop, leaves_other_work_standing_when_the_main_task_ends) {
  EventLoop loop;
  bool has_run = false;
  const auto main = [](const Executor& executor, bool* flag) -> Task<int> {
    boost::asio::post(executor, [executor, flag] { boost::asio::post(executor, [flag] { *flag = true; }); });
    co_return 0;
  };
  EXPECT_EQ(loop.run(main(loop.executor(), &has_run)), 0);
  EXPECT_FALSE(has_run);
}

TEST(EventLoop, hands_the_first_signal_to_whoever_stops_the_program) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    EventLoop loop;
    const SystemClock clock;
    const auto timers = make_system_timers(loop.executor(), clock);
    const auto bell = timers->make_bell();
    loop.on_signal([&] { bell->ring(); });
    boost::asio::post(loop.executor(), [signal] { std::raise(signal); });
    EXPECT_EQ(loop.run(wait_for_ring(bell.get())), 7) << signal;
  }
}

TEST(EventLoop, tells_of_each_hangup_where_it_is_asked_to_and_goes_on) {
  EventLoop loop;
  const SystemClock clock;
  const auto timers = make_system_timers(loop.executor(), clock);
  const auto bell = timers->make_bell();
  int hangups = 0;
  loop.on_hangup([&] { std::raise(++hangups < 3 ? SIGHUP : SIGTERM); });
  loop.on_signal([&] { bell->ring(); });
  boost::asio::post(loop.executor(), [] { std::raise(SIGHUP); });
  EXPECT_EQ(loop.run(wait_for_ring(bell.get())), 7);
  EXPECT_EQ(hangups, 3);
}

TEST(EventLoopDeathTest, lets_the_second_signal_end_the_process) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  EXPECT_EXIT(
      {
        EventLoop loop;
        loop.on_signal([] { std::raise(SIGTERM); });
        boost::asio::post(loop.executor(), [] { std::raise(SIGTERM); });
        const SystemClock clock;
        const auto timers = make_system_timers(loop.executor(), clock);
        const auto bell = timers->make_bell();
        (void)loop.run(wait_for_ring(bell.get()));
      },
      testing::KilledBySignal(SIGTERM), "");
}

TEST(LoopThread, runs_work_on_a_thread_of_its_own_and_ends_with_it) {
  std::promise<std::thread::id> ran;
  LoopThread thread;
  boost::asio::post(thread.executor(), [&] { ran.set_value(std::this_thread::get_id()); });
  EXPECT_TRUE(ran.get_future().get() != std::this_thread::get_id());
}

}  // namespace
}  // namespace qantara
