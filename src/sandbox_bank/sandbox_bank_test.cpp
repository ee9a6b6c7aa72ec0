#include "sandbox_bank/sandbox_bank.h"

#include <gtest/gtest.h>

#include "http/client.h"
#include "sandbox_bank/test_bank.h"

namespace qantara::sandbox_bank {
namespace {

/// The bank behind its server, and a client before it.
class Served : public testing::Test {
 protected:
  void start() {
    auto started = SandboxBank::start(context_.get_executor(), clock_, random_, {.file = directory_.file()});
    ASSERT_TRUE(started) << started.error().message;
    bank_ = *std::move(started);
  }
  void SetUp() override { start(); }
  void TearDown() override {
    if (bank_) run(bank_->stop());
  }

  /// Runs `task` to its end, and the server meanwhile.
  template <class T>
  T run(Task<T> task) {
    auto done = boost::asio::co_spawn(context_, std::move(task), boost::asio::use_future);
    while (done.wait_for(std::chrono::seconds{0}) != std::future_status::ready) {
      context_.restart();
      context_.run_one();
    }
    return done.get();
  }

  http::ClientResult send(http::Method method, std::string_view path, std::string body = "") {
    http::ClientRequest request{.method = method, .url = bank_->url() + std::string{path}, .body = std::move(body)};
    request.headers.add("X-Request-ID", kRequestId);
    request.headers.add("PSU-IP-Address", "192.0.2.7");
    request.headers.add("PSU-ID", "payer-plain");
    if (!request.body.empty()) request.headers.add("Content-Type", "application/json");
    return run(client_->send(std::move(request)));
  }
  http::ClientResult create_consent(std::string_view house = "") {
    return send(http::Method::POST, std::string{house} + "/v1/consents",
                R"({"access":{"allPsd2":"allAccounts"},"recurringIndicator":true,"validUntil":"2031-12-31",)"
                R"("frequencyPerDay":4,"combinedServiceIndicator":true})");
  }
  void order_trouble(std::string scenario) {
    const auto ordered = send(http::Method::POST, "/_admin/scenarios", std::move(scenario));
    ASSERT_TRUE(ordered);
    ASSERT_EQ(ordered->status, 201) << ordered->body;
  }

  TemporaryDirectory directory_;
  boost::asio::io_context context_{1};
  SystemClock clock_;
  SystemRandom random_;
  std::unique_ptr<http::Dns> dns_ = http::make_system_dns(context_.get_executor());
  std::unique_ptr<http::Client> client_ = http::make_client(context_.get_executor(), *dns_, {});
  std::unique_ptr<SandboxBank> bank_;
};

TEST_F(Served, answers_at_its_address) {
  const auto healthy = send(http::Method::GET, "/healthz");
  ASSERT_TRUE(healthy);
  EXPECT_EQ(healthy->status, 200);
  const auto consent = create_consent();
  ASSERT_TRUE(consent);
  EXPECT_EQ(consent->status, 201);
  EXPECT_TRUE(consent->headers.value_or("Location", "").starts_with(bank_->url() + "/v1/consents/"));
  EXPECT_EQ(consent->headers.value_or("X-Request-ID", ""), kRequestId);
}

TEST_F(Served, loses_and_cuts_answers_on_order) {
  order_trouble(R"({"call":"create_consent","effect":"answer_lost"})");
  EXPECT_FALSE(create_consent());
  order_trouble(R"({"call":"create_consent","effect":"answer_cut"})");
  EXPECT_FALSE(create_consent());
  EXPECT_TRUE(create_consent());
}

TEST_F(Served, answers_late_on_order_and_at_the_slow_house) {
  order_trouble(R"({"call":"create_consent","effect":"answer_late","delay_ms":200})");
  const auto late = create_consent();
  ASSERT_TRUE(late);
  EXPECT_EQ(late->status, 201);
  EXPECT_GE(late->elapsed, std::chrono::milliseconds{200});
  const auto slow = create_consent("/slow");
  ASSERT_TRUE(slow);
  EXPECT_GE(slow->elapsed, std::chrono::milliseconds{1500});
}

TEST_F(Served, keeps_its_clock_and_its_books_over_a_restart) {
  ASSERT_EQ(send(http::Method::PUT, "/_admin/clock", R"({"offset_micros":86400000000})")->status, 200);
  run(bank_->stop());
  bank_.reset();
  start();
  EXPECT_GE(bank_->clock().now(), clock_.now() + std::chrono::hours{23});
  const auto ledger = send(http::Method::GET, "/_admin/ledger");
  ASSERT_TRUE(ledger);
  const auto body = json::parse(ledger->body);
  ASSERT_TRUE(body);
  EXPECT_EQ(body->find("sums")->text("AED"), "0.00");
  EXPECT_EQ(body->find("entries")->items().size(), 18U);  // Nine opening balances, once.
}

TEST_F(Served, does_not_share_its_file) {
  const auto second = SandboxBank::start(context_.get_executor(), clock_, random_, {.file = directory_.file()});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::SERVICE_UNAVAILABLE);
}

}  // namespace
}  // namespace qantara::sandbox_bank
