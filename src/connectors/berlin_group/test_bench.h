// A bench for the tests of this folder: a connector between a scripted bank and a payer, every result told as one line.
#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <deque>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>

#include "base/uuid.h"
#include "connectors/berlin_group/connector.h"
#include "connectors/berlin_group/test_describe.h"
#include "connectors/registry.h"
#include "json/json.h"

namespace qantara::connectors::berlin_group {

using banking::Answers;
using banking::BankResult;
using banking::CallError;
using banking::ConnectorState;
using banking::Step;

inline constexpr std::string_view kPassword = "correct-horse-battery";
inline constexpr std::string_view kCode = "907351";

inline std::string fixture(std::string_view name) {
  std::ifstream in{fmt::format("{}/{}.json", QANTARA_FIXTURES, name)};
  EXPECT_TRUE(in) << name;
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

template <class T>
T run(Task<T> task) {
  boost::asio::io_context context;
  auto result = boost::asio::co_spawn(context, std::move(task), boost::asio::use_future);
  context.run();
  return result.get();
}

/// Answers in the order of its script and keeps the requests. A request beyond the script fails the test.
class ScriptedBank final : public http::Client {
 public:
  void then(http::ClientResult answer) { script_.push_back(std::move(answer)); }
  void then(int status, std::string body) { then(response(status, std::move(body))); }
  void then_fixture(int status, std::string_view name) { then(status, fixture(name)); }

  static http::ClientResponse response(int status, std::string body) {
    return {.status = status, .headers = {}, .body = std::move(body), .elapsed = {}};
  }

  Task<http::ClientResult> send(http::ClientRequest request) override {
    requests.push_back(request);
    if (script_.empty()) {
      ADD_FAILURE() << "not in the script: " << last();
      co_return std::unexpected(http::ClientFailure{
          .reached = http::Reached::NOT_SENT, .reason = http::ClientFailure::Reason::CONNECT, .message = "no script"});
    }
    auto answer = std::move(script_.front());
    script_.pop_front();
    if (answer && answer->headers.find("X-Request-ID") == nullptr) {
      answer->headers.set("X-Request-ID", *request.headers.find("X-Request-ID"));
    }
    co_return answer;
  }

  bool is_over() const { return script_.empty(); }
  /// "PUT https://bank.test/xs2a/v1/… {body}" of the last request.
  std::string last() const { return line(requests.back()); }
  static std::string line(const http::ClientRequest& request) {
    return fmt::format("{} {} {}", http::to_text(request.method), request.url, request.body);
  }

  std::vector<http::ClientRequest> requests;

 private:
  std::deque<http::ClientResult> script_;
};

inline http::ClientResult failed(http::Reached reached, http::ClientFailure::Reason reason) {
  return std::unexpected(http::ClientFailure{.reached = reached, .reason = reason, .message = "scripted"});
}

inline std::string refusal(std::string_view code, std::string_view text = "") {
  return fmt::format(R"({{"tppMessages":[{{"category":"ERROR","code":"{}","text":"{}"}}]}})", code, text);
}

class BerlinGroup : public testing::Test {
 protected:
  void SetUp() override {
    bank_.identifier = "LEANMB1";
    bank_.standard = "berlin_group";
    bank_.base_url = "https://bank.test/xs2a";
    bank_.product_by_currency = {{"AED", "cross-border-credit-transfers"}};
    make_connector();
    order_.request_key = "9dafc6f5-37e8-4f72-aa0b-5323c0935c5f";
    order_.end_to_end_id = "e2e-1";
    order_.debtor.iban = "AE340260001015528734001";
    order_.creditor = {.name = "Sunrise Trading", .iban = "AE070331234567890123456"};
    order_.reference = "INV-1";
  }

  /// No word of what the payer typed may be remembered, and no script may be left unplayed.
  void TearDown() override {
    EXPECT_TRUE(server_.is_over());
    for (const auto& json : {link_.json, payment_.json}) {
      EXPECT_THAT(json, testing::Not(testing::AnyOf(testing::HasSubstr(kPassword), testing::HasSubstr(kCode))));
    }
  }

  void make_connector() {
    auto made = connectors::make_connector(bank_, server_, random_, clock_);
    ASSERT_TRUE(made);
    connector_ = *std::move(made);
  }

  std::string submit(const Answers& answers) { return describe(run(connector_->submit(answers, device_, link_))); }
  std::string log_in() { return submit(credentials()); }
  std::string add_beneficiary() { return describe(run(connector_->add_beneficiary(order_.creditor, device_, link_))); }
  std::string begin() { return describe(run(connector_->begin_payment(order_, device_, link_, payment_))); }
  std::string advance() { return describe(run(connector_->advance_payment(order_, device_, payment_))); }
  std::string pay(const Answers& answers) {
    return describe(run(connector_->submit_payment(order_, answers, device_, payment_)));
  }
  std::string end_link() { return describe(run(connector_->end_link(link_))); }
  std::string poll() { return describe(run(connector_->poll_payment(payment_))); }

  static Answers credentials() {
    return {{"username", Secret{"payer-otp"}}, {"password", Secret{std::string{kPassword}}}};
  }
  static Answers password() { return {{"password", Secret{std::string{kPassword}}}}; }
  static Answers code() { return {{"otp", Secret{std::string{kCode}}}}; }
  static Answers method(std::string_view id) { return {{"method", Secret{std::string{id}}}}; }

  void link_plainly() {
    server_.then_fixture(201, "consent_created");
    server_.then_fixture(201, "login_exempted");
    server_.then_fixture(200, "accounts");
    ASSERT_EQ(log_in(), "linked payer-otp with 2 accounts");
  }
  void create_payment() {
    link_plainly();
    server_.then_fixture(201, "payment_created");
    ASSERT_EQ(begin(), "continue");
  }
  void ask_for_payment_code() {
    create_payment();
    server_.then_fixture(201, "payment_code");
    ASSERT_EQ(advance(), "PAYMENT asks otp, irrevocable");
  }

  banking::Bank bank_;
  ScriptedBank server_;
  SeededRandom random_{1};
  ManualClock clock_{*parse_instant("2026-11-21T09:40:00Z")};
  banking::PayerDevice device_{.ip_address = "203.0.113.9", .user_agent = "Browser/1", .language = "ar"};
  banking::PaymentOrder order_{.amount = {100'000, *money::Currency::find("AED")}};
  ConnectorState link_;
  ConnectorState payment_;
  std::unique_ptr<banking::BankConnector> connector_;
};

}  // namespace qantara::connectors::berlin_group
