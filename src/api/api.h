// The API as one handler for the HTTP server: credential, route, idempotency, use case, envelope, in that order for every request.
#pragma once

#include <optional>
#include <string_view>

#include "api/routes.h"
#include "api/services.h"
#include "base/rate_limit.h"
#include "http/router.h"
#include "http/server.h"

namespace qantara::api {

class Api {
 public:
  /// `application_rate`: how often each application may ask; nothing: as often as it likes. `vault` outlives it.
  /// `idempotency_life`: as for Idempotency.
  Api(Services services, const Vault& vault, std::optional<Rate> application_rate = std::nullopt,
      Duration idempotency_life = kIdempotencyLife);
  Api(const Api&) = delete;
  Api& operator=(const Api&) = delete;

  /// Answers one request, whatever it is. Never fails.
  Task<http::Response> handle(http::Request& request);

  /// The envelope for what the server refuses before any handler sees it.
  http::Response refuse(http::Refusal refusal, int status, std::string_view request_id, std::string_view message) const;

 private:
  Task<HandlerResult> run(WriteHandler handler, const http::Request& request, const Caller& caller);
  Result<void> take_turn(const Caller& caller);
  Task<HandlerResult> authenticate_and_run(const RouteRow& row, http::Request& request);
  Task<http::Response> respond(const RouteRow& row, http::Request& request);
  http::Response refused(const Error& refusal, const http::Request& request) const;
  Task<http::Response> respond_unrouted(const http::Request& request, Error refusal);

  Services services_;
  Idempotency idempotency_;
  std::optional<RateLimit> application_rate_;
  http::Router router_;
};

}  // namespace qantara::api
