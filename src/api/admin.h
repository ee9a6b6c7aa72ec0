// The operator's interface: HTTP over a Unix socket in the data folder, for whoever may open that socket.
#pragma once

#include <functional>
#include <string>

#include "api/services.h"
#include "bank_registry/bank_registry.h"
#include "base/task.h"
#include "connectors/bank_check.h"
#include "http/router.h"
#include "http/server.h"

namespace qantara::api {

/// What only the running gateway knows or can do.
struct AdminHooks {
  std::string version;
  std::string url;               ///< Of the public API.
  std::string sandbox_bank_url;  ///< Empty if there is none.
  /// Moves the domain clock, the sandbox bank's first. Result: how far it runs ahead of the real one now.
  std::function<Task<Result<Duration>>(Duration by)> advance_clock;
  std::function<Duration()> clock_offset;
  bank_registry::BankRegistry& registry;
  /// Asks the bank what works, without moving money.
  std::function<Task<std::vector<connectors::Check>>(banking::Bank bank)> test_bank;
};

class Admin {
 public:
  Admin(Services services, AdminHooks hooks);
  Admin(const Admin&) = delete;
  Admin& operator=(const Admin&) = delete;

  Task<http::Response> handle(http::Request& request);

 private:
  using Handler = Task<Result<http::Response>> (Admin::*)(const http::Request&);

  Task<http::Response> respond(Handler handler, const http::Request& request);
  Task<Result<http::Response>> get_info(const http::Request& request);
  Task<Result<http::Response>> create_application(const http::Request& request);
  Task<Result<http::Response>> list_applications(const http::Request& request);
  Task<Result<http::Response>> list_origins(const http::Request& request);
  Task<Result<http::Response>> add_origin(const http::Request& request);
  Task<Result<http::Response>> remove_origin(const http::Request& request);
  // admin_access.cpp
  Task<Result<http::Response>> list_redirect_urls(const http::Request& request);
  Task<Result<http::Response>> add_redirect_url(const http::Request& request);
  Task<Result<http::Response>> remove_redirect_url(const http::Request& request);
  Task<Result<http::Response>> rotate_client_secret(const http::Request& request);
  Task<Result<http::Response>> list_certificates(const http::Request& request);
  Task<Result<http::Response>> add_certificate(const http::Request& request);
  Task<Result<http::Response>> remove_certificate(const http::Request& request);
  Task<Result<http::Response>> list_keys(const http::Request& request);
  Task<Result<http::Response>> create_key(const http::Request& request);
  Task<Result<http::Response>> revoke_key(const http::Request& request);
  Task<Result<http::Response>> list_signing_keys(const http::Request& request);
  Task<Result<http::Response>> rotate_signing_key(const http::Request& request);
  Task<Result<http::Response>> make_default_destination(const http::Request& request);
  Task<Result<http::Response>> create_webhook_endpoint(const http::Request& request);
  Task<Result<http::Response>> list_webhook_endpoints(const http::Request& request);
  Task<Result<http::Response>> list_deliveries(const http::Request& request);
  Task<Result<http::Response>> remove_webhook_endpoint(const http::Request& request);
  Task<Result<http::Response>> list_banks(const http::Request& request);
  Task<Result<http::Response>> add_bank(const http::Request& request);
  Task<Result<http::Response>> remove_bank(const http::Request& request);
  Task<Result<http::Response>> enable_bank(const http::Request& request);
  Task<Result<http::Response>> disable_bank(const http::Request& request);
  Task<Result<http::Response>> test_bank(const http::Request& request);
  Task<Result<http::Response>> switch_bank_for_application(const http::Request& request);
  Task<Result<http::Response>> get_clock(const http::Request& request);
  Task<Result<http::Response>> advance_clock(const http::Request& request);
  Task<Result<http::Response>> get_story(const http::Request& request);

  std::string clock_json() const;

  Services services_;
  AdminHooks hooks_;
  http::Router router_;
};

/// The application in the query's app_token. Errors: INVALID_PARAMETERS (field "app_token").
Result<ApplicationId> query_application(const http::Request& request);

/// A new application with its credentials and, if wanted, its first webhook endpoint, in one transaction.
struct ApplicationCredentials {
  applications::CreatedApplication created;
  std::optional<webhooks::CreatedEndpoint> endpoint;
};
Result<ApplicationCredentials> create_application(db::Transaction& tx, const Services& services,
                                                  const applications::NewApplication& wanted,
                                                  const std::optional<std::string>& webhook_url);

}  // namespace qantara::api
