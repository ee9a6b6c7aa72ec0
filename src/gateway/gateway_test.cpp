// The whole program in one process: gateway, sandbox bank and a payer, over real HTTP.
#include "gateway/gateway.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

#include "base/event_loop.h"
#include "base/timers.h"
#include "cli/context.h"
#include "gateway/demo.h"
#include "gateway/dev_application.h"
#include "gateway/server_options.h"
#include "http/client.h"
#include "http/server.h"
#include "sandbox_bank/sandbox_bank.h"

namespace qantara::gateway {
namespace {

/// A data folder that goes with the test.
class GatewayTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto name = "qantara-gateway-test-" + Uuid::make(clock_, random_).to_plain_text();
    data_ = std::filesystem::temp_directory_path() / name;
    std::filesystem::create_directories(data_);
  }
  void TearDown() override { std::filesystem::remove_all(data_); }

  GatewayOptions options(std::string bank_url = {}) const {
    return {.port = 0, .data = data_, .webhook_networks = {"127.0.0.0/8"}, .sandbox_bank_url = std::move(bank_url)};
  }

  static Task<http::Response> take_all(http::Request&) { co_return http::Response::text(200, ""); }
  static http::Response refuse_all(http::Refusal, int status, const std::string&, std::string_view) {
    return http::Response::text(status, "");
  }

  /// The scripted payment on a gateway and a bank of its own. Result: its exit code.
  static Task<int> play(EventLoop& loop, GatewayTest& test, std::ostream& told) {
    auto bank = sandbox_bank::SandboxBank::start(loop.executor(), test.clock_, test.random_,
                                                 {.file = test.data_ / "sandbox-bank.db"});
    if (!bank) co_return -1;
    auto started = co_await Gateway::start(loop.executor(), test.clock_, test.random_, test.options((*bank)->url()));
    if (!started) co_return -2;
    const auto gateway = *std::move(started);
    const auto known = read_dev_application(test.data_);
    if (!known) co_return -3;
    const auto receiver = http::listen(loop.executor(), test.random_, {.handler = take_all, .refuse = refuse_all});
    if (!receiver) co_return -3;
    const auto shop_url = "http://127.0.0.1:" + std::to_string((*receiver)->port()) + "/webhooks";
    const auto application = co_await open_dev_application(gateway->services(), test.data_, *known, "", shop_url);
    if (!application) co_return -4;

    const auto timers = make_system_timers(loop.executor(), test.clock_);
    const auto dns = http::make_system_dns(loop.executor());
    const auto client = http::make_client(loop.executor(), *dns, {});
    cli::Terminal out{told, {}, cli::system_utc_offset()};
    cli::Context context{.executor = loop.executor(),
                         .client = *client,
                         .timers = *timers,
                         .clock = test.clock_,
                         .random = test.random_,
                         .out = out,
                         .err = out,
                         .on_signal = [](const std::function<void()>&) {}};
    DemoWorld world{
        .url = gateway->url(), .bank_url = (*bank)->url(), .data = test.data_, .app_token = application->app_token};
    const int code = co_await run_demo(context, std::move(world));
    co_await gateway->stop();
    co_await (*receiver)->stop(std::chrono::seconds{1});
    co_await (*bank)->stop();
    co_return code;
  }

  /// Starts and stops once. Result: what was wrong, or nothing.
  static Task<int> start_once(EventLoop& loop, GatewayTest& test, std::string& wrong) {
    auto started = co_await Gateway::start(loop.executor(), test.clock_, test.random_, test.options());
    if (!started) {
      wrong = started.error().message;
      co_return 1;
    }
    co_await (*started)->stop();
    co_return 0;
  }

  static Task<int> start_twice(EventLoop& loop, GatewayTest& test, std::string& wrong) {
    auto first = co_await Gateway::start(loop.executor(), test.clock_, test.random_, test.options());
    if (!first) co_return -1;
    const int code = co_await start_once(loop, test, wrong);
    co_await (*first)->stop();
    co_return code;
  }

  std::string start_and_stop() {
    EventLoop loop;
    std::string wrong;
    loop.run(start_once(loop, *this, wrong));
    return wrong;
  }

  SystemClock clock_;
  SystemRandom random_;
  std::filesystem::path data_;
};

TEST_F(GatewayTest, makes_the_scripted_payment_and_makes_it_again_on_the_same_folder) {
  for (int run = 1; run <= 2; ++run) {
    EventLoop loop;
    std::ostringstream told;
    EXPECT_EQ(loop.run(play(loop, *this, told)), 0) << told.str();
  }
}

TEST_F(GatewayTest, keeps_others_out_of_its_data_folder) {
  ASSERT_EQ(start_and_stop(), "");
  const auto mode = std::filesystem::status(data_).permissions();
  EXPECT_EQ(mode & std::filesystem::perms::all, std::filesystem::perms::owner_all);
  for (const auto* const name : {"key", "qantara.db"}) {
    EXPECT_EQ(std::filesystem::status(data_ / name).permissions() &
                  (std::filesystem::perms::group_all | std::filesystem::perms::others_all),
              std::filesystem::perms::none)
        << name;
  }
}

TEST_F(GatewayTest, refuses_a_folder_that_another_gateway_has) {
  EventLoop loop;
  std::string wrong;
  EXPECT_EQ(loop.run(start_twice(loop, *this, wrong)), 1);
  EXPECT_NE(wrong.find("another gateway runs on the data folder " + data_.string()), std::string::npos) << wrong;
}

TEST_F(GatewayTest, makes_no_new_key_beside_an_old_database) {
  ASSERT_EQ(start_and_stop(), "");
  std::filesystem::remove(data_ / "key");
  EXPECT_NE(start_and_stop().find("key file"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(data_ / "key"));
}

TEST_F(GatewayTest, does_not_start_on_a_copy_and_does_on_what_was_only_renamed) {
  ASSERT_EQ(start_and_stop(), "");
  const auto original = data_;
  data_ += "-copy";
  std::filesystem::copy(original, data_, std::filesystem::copy_options::recursive);
  EXPECT_NE(start_and_stop().find("copy of another"), std::string::npos);
  std::filesystem::remove_all(data_);
  std::filesystem::rename(original, data_);
  EXPECT_EQ(start_and_stop(), "");
}

TEST_F(GatewayTest, refuses_a_key_that_is_not_the_databases) {
  ASSERT_EQ(start_and_stop(), "");
  std::filesystem::remove(data_ / "key");
  ASSERT_TRUE(Vault::open(data_ / "key", random_));
  EXPECT_NE(start_and_stop().find("is not the one"), std::string::npos);
}

TEST(Listen, reads_an_address_and_a_port_and_nothing_else) {
  const auto plain = parse_listen("127.0.0.1:7070");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->address, "127.0.0.1");
  EXPECT_EQ(plain->port, 7070);
  const auto bracketed = parse_listen("[::1]:0");
  ASSERT_TRUE(bracketed);
  EXPECT_EQ(bracketed->address, "::1");
  for (const auto* const wrong :
       {"", "7070", ":7070", "127.0.0.1", "127.0.0.1:", "127.0.0.1:70707", "127.0.0.1:x", "127.0.0.1:-1"}) {
    EXPECT_FALSE(parse_listen(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace qantara::gateway
