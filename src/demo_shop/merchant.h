// The merchant's backend: what it asks of the gateway, over HTTP and with the application's token, as any merchant would.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/task.h"
#include "base/timers.h"
#include "db/database.h"
#include "demo_shop/wallet.h"
#include "http/client.h"

namespace qantara::demo_shop {

/// What a merchant is told by whoever runs the gateway.
struct Integration {
  std::string gateway_url;  ///< "http://127.0.0.1:7070"
  std::string app_token;
  Secret webhook_secret;  ///< Of the endpoint at DemoShop::webhook_url().
  // What no merchant has, but the shop's sandbox panel does.
  std::string sandbox_bank_url;
  std::filesystem::path operator_socket;
};

class Merchant {
 public:
  /// All of it outlives the merchant. `clock` is the machine's.
  struct Parts {
    db::Database& database;
    http::Client& client;
    const Clock& clock;
    Random& random;
    Timers& timers;
  };

  Merchant(Parts parts, Integration integration);

  const Integration& integration() const { return integration_; }

  /// The customer of the page, known to the gateway and with an account to pay to.
  /// Errors: SERVICE_UNAVAILABLE if the gateway refuses or does not answer; those of the database.
  Task<Result<Customer>> enrolled_customer();

  /// A top-up of `amount` ("50.00") with its intent.
  /// Errors: INVALID_AMOUNT; the gateway's AMOUNT_UNDER_MIN_VALUE and AMOUNT_OVER_MAX_VALUE with `minimum` and `maximum`;
  /// else as above.
  Task<Result<TopUp>> create_top_up(std::string amount);

  Task<Result<void>> start_over();
  Task<Result<View>> look(std::int64_t after);

  /// Takes a delivery. Result: its verdict, once that is durable. Errors: STORAGE_FAILED and the like: the gateway tries again.
  Task<Result<Verdict>> receive(const http::Request& request);

  /// The sandbox's clock, as the operator's interface shows it: `{"now","offset_seconds"}`.
  /// Errors: SERVICE_UNAVAILABLE.
  Task<Result<json::Value>> sandbox_clock();
  /// `by`: "24h".
  Task<Result<void>> advance_sandbox_clock(std::string by);

  /// Asks the API for what webhooks do not tell of payment sources, whenever one has come, until `stop()`.
  Task<void> look_up_sources();
  void stop();

 private:
  Task<Result<json::Value>> call(http::Method method, std::string path, std::string body = {});
  Task<Result<json::Value>> operate(http::Method method, std::string path, std::string body = {});
  Task<Result<void>> look_up(const Source& source);

  Parts parts_;
  Integration integration_;
  std::unique_ptr<Bell> news_;
  bool is_stopping_ = false;
};

}  // namespace qantara::demo_shop
