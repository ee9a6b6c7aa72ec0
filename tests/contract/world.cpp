#include "world.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "connectors/registry.h"

namespace qantara::contract {

/// The way to the bank: what the official file knows goes through the validator, if there is one.
class World::Way final : public http::Client {
 public:
  enum class Violations { FAIL_THE_TEST, ARE_WANTED };

  Way(http::Client& client, std::string bank_url, const Validator* validator)
      : client_(client), bank_url_(std::move(bank_url)), validator_(validator) {}

  Task<http::ClientResult> send(http::ClientRequest request) override {
    auto result = co_await send_through(std::move(request), Violations::FAIL_THE_TEST);
    co_return result;
  }

  Task<http::ClientResult> send_through(http::ClientRequest request, Violations violations) {
    EXPECT_TRUE(request.url.starts_with(bank_url_)) << request.url;
    const std::string path = request.url.substr(bank_url_.size());
    const bool is_extension = path.starts_with("/v1/beneficiaries");
    if (validator_ != nullptr && !is_extension) request.url = validator_->url() + path;
    const std::string said = fmt::format("{} {} {}", http::to_text(request.method), path, request.body);
    auto result = co_await client_.send(std::move(request));
    if (result && violations == Violations::FAIL_THE_TEST) {
      EXPECT_FALSE(is_violation(*result)) << said << "\n" << result->status << " " << result->body;
      EXPECT_EQ(result->headers.value_or("sl-violations", ""), "") << said;
      EXPECT_NE(result->headers.find("X-Request-ID"), nullptr) << said;
    }
    co_return result;
  }

  static bool is_violation(const http::ClientResponse& response) {
    return response.body.contains("stoplight.io/prism/errors");
  }

 private:
  http::Client& client_;
  std::string bank_url_;
  const Validator* validator_;
};

World::World(Route route) {
  std::string folder = std::filesystem::temp_directory_path() / "qantara-contract-XXXXXX";
  CHECK(::mkdtemp(folder.data()) != nullptr);
  folder_ = folder;
  dns_ = http::make_system_dns(loop_.executor());
  client_ = http::make_client(loop_.executor(), *dns_, {});
  auto bank = sandbox_bank::SandboxBank::start(loop_.executor(), clock_, random_, {.file = folder_ / "bank.db"});
  CHECK(bank);
  bank_ = *std::move(bank);
  if (route == Route::VALIDATED) {
    validator_ = Validator::start(bank_->url());
    CHECK(validator_ != nullptr);
  }
  way_ = std::make_unique<Way>(*client_, bank_->url(), validator_.get());
}

World::~World() {
  boost::asio::co_spawn(loop_.executor(), bank_->stop(), boost::asio::use_future).get();
  validator_.reset();
  way_.reset();
  client_.reset();
  bank_.reset();
  std::filesystem::remove_all(folder_);
}

std::unique_ptr<banking::BankConnector> World::connect(std::string_view prefix) {
  const banking::Bank bank{
      .identifier = "LEANMB1",
      .standard = "berlin_group",
      .base_url = bank_->url() + std::string{prefix},
      .product_by_currency = {{"AED", "cross-border-credit-transfers"}, {"BHD", "cross-border-credit-transfers"}},
  };
  auto connector = connectors::make_connector(bank, *way_, random_, bank_->clock());
  CHECK(connector);
  return *std::move(connector);
}

json::Value World::admin(http::Method method, std::string_view path, std::string body) {
  http::ClientRequest request{
      .method = method, .url = fmt::format("{}/_admin/{}", bank_->url(), path), .body = std::move(body)};
  request.headers.set("Content-Type", "application/json");
  const auto response = run(client_->send(std::move(request)));
  EXPECT_TRUE(response && response->status / 100 == 2) << path << (response ? response->body : "");
  auto parsed = json::parse(response && !response->body.empty() ? response->body : "null");
  EXPECT_TRUE(parsed);
  return *std::move(parsed);
}

http::ClientResult World::send_unwatched(http::ClientRequest request) {
  return run(way_->send_through(std::move(request), Way::Violations::ARE_WANTED));
}

void World::let_pass(Duration bank_time) {
  const auto now = admin(http::Method::GET, "clock");
  const auto offset = now.find("offset_micros")->integer().value_or(0) + bank_time.count();
  admin(http::Method::PUT, "clock", fmt::format(R"({{"offset_micros":{}}})", offset));
}

}  // namespace qantara::contract
