#include "base/nursery.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <stdexcept>
#include <string>

#include "base/clock.h"
#include "base/timers.h"

namespace qantara {
namespace {

struct Stage {
  boost::asio::io_context context;
  SystemClock clock;
  std::unique_ptr<Timers> timers = make_system_timers(context.get_executor(), clock);
  std::unique_ptr<Bell> curtain = timers->make_bell();
  std::string story;
};

Task<void> say(Stage& stage, std::string word) {
  stage.story += word;
  co_return;
}

Task<void> say_after_the_bell(Stage& stage, std::string word) {
  co_await stage.curtain->wait_until(Instant::max());
  stage.story += word;
}

Task<void> fail(Stage& stage) {
  stage.story += "x";
  throw std::runtime_error{"a bug"};
  co_return;
}

Task<void> start_another(Stage& stage, Nursery& nursery) {
  co_await stage.curtain->wait_until(Instant::max());
  nursery.start(say(stage, "second"));
}

Task<void> finish(Stage& stage, Nursery& nursery) {
  co_await nursery.finish();
  stage.story += ".";
}

TEST(nursery, waits_for_every_task) {
  Stage stage;
  Nursery nursery{stage.context.get_executor()};
  Nursery waiter{stage.context.get_executor()};
  nursery.start(say_after_the_bell(stage, "late"));
  nursery.start(say(stage, "early "));
  waiter.start(finish(stage, nursery));
  stage.context.poll();
  EXPECT_EQ(stage.story, "early ");
  EXPECT_EQ(nursery.count(), 1U);

  stage.curtain->ring();
  stage.context.run();
  EXPECT_EQ(stage.story, "early late.");
  EXPECT_EQ(nursery.count(), 0U);
}

TEST(nursery, finishes_at_once_when_empty) {
  Stage stage;
  Nursery nursery{stage.context.get_executor()};
  Nursery waiter{stage.context.get_executor()};
  waiter.start(finish(stage, nursery));
  stage.context.run();
  EXPECT_EQ(stage.story, ".");
}

TEST(nursery, waits_for_tasks_that_tasks_start) {
  Stage stage;
  Nursery nursery{stage.context.get_executor()};
  Nursery waiter{stage.context.get_executor()};
  nursery.start(start_another(stage, nursery));
  waiter.start(finish(stage, nursery));
  stage.context.poll();
  stage.curtain->ring();
  stage.context.run();
  EXPECT_EQ(stage.story, "second.");
}

TEST(nursery, throws_an_exception_at_who_runs_the_executor) {
  Stage stage;
  Nursery nursery{stage.context.get_executor()};
  nursery.start(fail(stage));
  EXPECT_THROW(stage.context.run(), std::runtime_error);
  EXPECT_EQ(nursery.count(), 0U);
}

}  // namespace
}  // namespace qantara
