#include "db/job_queue.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <thread>

namespace qantara::db {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kMany = 256;

class JobQueueTest : public testing::Test {
 protected:
  ~JobQueueTest() override {
    queue_.close();
    while (queue_.take(batch_, kMany)) taken_.insert(taken_.end(), batch_.begin(), batch_.end());
    resume(taken_);
    context_.run();
  }

  void submit(int jobs) {
    for (int i = 0; i < jobs; ++i) {
      asio::co_spawn(context_, queue_.submit(job_), [](const std::exception_ptr&, const Result<void>&) {});
    }
    context_.poll();
  }
  std::size_t take(std::size_t batch_max = kMany, TakePatience patience = {}) {
    EXPECT_TRUE(queue_.take(batch_, batch_max, patience));
    taken_.insert(taken_.end(), batch_.begin(), batch_.end());
    return batch_.size();
  }

  const Job job_ = [](Transaction&) -> Result<void> { return {}; };
  JobQueue queue_{1000, 1};
  asio::io_context context_;
  std::vector<Waiting*> batch_;  // The last one.
  std::vector<Waiting*> taken_;
};

TEST_F(JobQueueTest, a_few_go_together) {
  submit(8);
  EXPECT_EQ(take(), 8U);
}

TEST_F(JobQueueTest, what_is_more_than_the_last_time_goes_in_even_parts) {
  submit(64);
  EXPECT_EQ(take(), 32U);
  EXPECT_EQ(take(), 32U);
  submit(36);
  EXPECT_EQ(take(), 34U);
}

TEST_F(JobQueueTest, a_batch_is_never_larger_than_asked) {
  submit(64);
  EXPECT_EQ(take(4), 4U);
}

TEST_F(JobQueueTest, waits_no_longer_for_more_than_until_as_many_came_as_were_answered) {
  submit(2);
  ASSERT_EQ(take(), 2U);
  submit(1);
  std::size_t taken = 0;
  std::thread engine{[&] { taken = take(3, {.for_more = std::chrono::hours{1}}); }};
  submit(2);
  engine.join();
  EXPECT_EQ(taken, 3U);
}

TEST_F(JobQueueTest, does_not_wait_for_more_when_the_time_is_over) {
  submit(1);
  ASSERT_EQ(take(), 1U);
  submit(1);
  EXPECT_EQ(take(kMany, {.for_more = std::chrono::nanoseconds{1}}), 1U);
}

}  // namespace
}  // namespace qantara::db
