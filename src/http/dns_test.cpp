#include <gtest/gtest.h>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <future>

#include "http/client.h"
#include "http/test_sockets.h"

namespace qantara::http {
namespace {

/// Answers when it is let go, and counts who asked.
class SlowDns final : public Dns {
 public:
  explicit SlowDns(Executor executor) : gate_(std::move(executor), std::chrono::steady_clock::time_point::max()) {}

  Task<Result<std::vector<std::string>>> resolve(std::string host) override {
    ++asked;
    boost::system::error_code ignored;
    if (is_closed) co_await gate_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
    if (host == "missing.example") co_return error(ErrorCode::NOT_SENT, "no such name");
    co_return std::vector<std::string>{"192.0.2." + std::to_string(asked)};
  }
  Task<void> let_go() {
    is_closed = false;
    gate_.cancel();
    co_return;
  }

  int asked = 0;
  bool is_closed = false;

 private:
  boost::asio::steady_timer gate_;
};

class remembering_dns : public testing::Test {
 protected:
  using Found = Result<std::vector<std::string>>;
  std::vector<std::string> resolve(const std::string& host) {
    auto found = context_.run(dns_->resolve(host));
    return found ? *std::move(found) : std::vector<std::string>{};
  }
  void remember(DnsMemory memory) { dns_ = make_remembering_dns(context_.executor(), slow_, memory); }

  RunningContext context_;
  SlowDns slow_{context_.executor()};
  std::unique_ptr<Dns> dns_ = make_remembering_dns(context_.executor(), slow_);
};

TEST_F(remembering_dns, asks_once_for_what_was_found_and_for_what_was_not) {
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(resolve("shop.example"), std::vector<std::string>{"192.0.2.1"});
    EXPECT_EQ(resolve("missing.example"), std::vector<std::string>{});
  }
  EXPECT_EQ(slow_.asked, 2);
}

TEST_F(remembering_dns, asks_again_when_the_answer_has_aged) {
  remember({.found_for = std::chrono::milliseconds{0}, .missed_for = std::chrono::milliseconds{0}});
  EXPECT_EQ(resolve("shop.example"), std::vector<std::string>{"192.0.2.1"});
  EXPECT_EQ(resolve("shop.example"), std::vector<std::string>{"192.0.2.2"});
}

TEST_F(remembering_dns, whoever_asks_meanwhile_gets_the_same_answer) {
  slow_.is_closed = true;
  std::vector<std::future<Found>> waiting;
  for (int i = 0; i < 10; ++i) waiting.push_back(context_.start(dns_->resolve("shop.example")));
  context_.run(slow_.let_go());
  for (auto& one : waiting) EXPECT_EQ(*one.get(), std::vector<std::string>{"192.0.2.1"});
  EXPECT_EQ(slow_.asked, 1);
}

}  // namespace
}  // namespace qantara::http
