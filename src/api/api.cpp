#include "api/api.h"

#include <algorithm>
#include <chrono>
#include <string>

#include "api/access.h"
#include "api/responses.h"
#include "base/log.h"

namespace qantara::api {

namespace {

/// What paths here take; which of them takes what is told where the method is one of these.
std::string methods_spoken() {
  std::string spoken;
  for (const auto method : {http::Method::GET, http::Method::HEAD, http::Method::POST, http::Method::PUT,
                            http::Method::PATCH, http::Method::DELETE}) {
    const bool is_taken = std::ranges::any_of(routes(), [&](const auto& row) { return row.method == method; });
    if (is_taken || method == http::Method::HEAD)
      spoken.append(spoken.empty() ? "" : ", ").append(http::to_text(method));
  }
  return spoken;
}

Error no_such_route() { return error(ErrorCode::INVALID_URL, "there is no such path"); }

Error no_such_method(std::string_view allow) {
  return error(ErrorCode::INVALID_HTTP_METHOD, "this path takes " + std::string{allow});
}

ErrorCode code_of(http::Refusal refusal) {
  switch (refusal) {
    case http::Refusal::BODY_TOO_LARGE:
      return ErrorCode::PAYLOAD_TOO_LARGE;
    case http::Refusal::UNKNOWN_METHOD:
      return ErrorCode::INVALID_HTTP_METHOD;
    case http::Refusal::MALFORMED:
    case http::Refusal::HEAD_TOO_LARGE:
    case http::Refusal::TIMED_OUT:
    case http::Refusal::VERSION:
    case http::Refusal::EXPECTATION:
      return ErrorCode::INVALID_PARAMETERS;
  }
  return ErrorCode::INVALID_PARAMETERS;
}

/// For a customer's token other customers are ids that nothing has: the answer is the very one of an unknown id.
void hide_other_customers(const Caller& caller, http::Request& request) {
  if (!caller.customer) return;
  for (auto& [name, value] : request.path_parameters) {
    if (name == "customer_id" && CustomerId::parse(value) != caller.customer) value = CustomerId{}.to_text();
  }
}

/// As the log has it: tokens of the way to the bank and back, and what a shop calls its payers, are not in it.
std::string_view logged(std::string_view path) {
  for (const std::string_view folder :
       {"/link/redirect/", "/link/return/", "/link/v1/returns/", "/customers/v1/app-user-id/"}) {
    if (path.starts_with(folder)) return folder;
  }
  return path;
}

/// One line for each request: no header, no body, no query.
void log_request(const http::Request& request, const http::Response& response, Duration elapsed) {
  log::info("request", {{"request_id", request.request_id},
                        {"method", http::to_text(request.method)},
                        {"path", logged(request.path)},
                        {"status", response.status},
                        {"elapsed_us", static_cast<long long>(elapsed.count())}});
}

}  // namespace

Api::Api(Services services, const Vault& vault, std::optional<Rate> application_rate, Duration idempotency_life)
    : services_(services), idempotency_(services.database, services.clock, vault, idempotency_life) {
  if (application_rate) application_rate_.emplace(*application_rate);
  for (const auto& row : routes()) {
    router_.add(row.method, row.pattern, [this, &row](http::Request& request) { return respond(row, request); });
  }
}

Task<http::Response> Api::handle(http::Request& request) {
  const Instant start = services_.real_clock.now();
  auto found = router_.find(request.method, request.path);
  http::Response response;
  if (auto* const match = std::get_if<http::Router::Match>(&found)) {
    request.path_parameters = std::move(match->path_parameters);
    response = co_await (*match->handler)(request);
  } else if (const auto* const other = std::get_if<http::Router::NoSuchMethod>(&found)) {
    Error refusal = no_such_method(other->allow);
    response = co_await respond_unrouted(request, std::move(refusal));
    response.headers.set("Allow", other->allow);
  } else {
    Error refusal = no_such_route();
    response = co_await respond_unrouted(request, std::move(refusal));
  }
  add_common_headers(response, request.request_id);
  log_request(request, response, services_.real_clock.now() - start);
  co_return response;
}

http::Response Api::refuse(http::Refusal refusal, int status, std::string_view request_id,
                           std::string_view message) const {
  auto response = error_response(error(code_of(refusal), std::string{message}), request_id, services_.clock.now());
  response.status = status;
  if (refusal == http::Refusal::UNKNOWN_METHOD) response.headers.set("Allow", methods_spoken());
  add_common_headers(response, request_id);
  return response;
}

Task<HandlerResult> Api::run(WriteHandler handler, const http::Request& request, const Caller& caller) {
  const std::function<Task<Result<Write>>()> plan = [&] { return handler(request, caller, services_); };
  auto result = co_await idempotency_.run(request, caller.application, plan);
  co_return result;
}

/// Behind the credential: an application's token is no secret, and nobody else may use up its turns.
Result<void> Api::take_turn(const Caller& caller) {
  if (!application_rate_) return {};
  const auto wait = application_rate_->take(caller.application.to_text(), services_.real_clock.now());
  if (!wait) return {};
  auto refused = error(ErrorCode::RATE_LIMIT_EXCEEDED, "this application asks more often than it may");
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(*wait).count();
  refused.details.push_back({.name = "retry_after_seconds", .json = std::to_string(seconds)});
  return refused;
}

Task<HandlerResult> Api::authenticate_and_run(const RouteRow& row, http::Request& request) {
  CO_ASSIGN_OR_RETURN(const auto caller, co_await services_.access.authenticate(request));
  CO_RETURN_IF_ERROR(take_turn(caller));
  if (!caller.scopes.contains(*row.scope)) {
    co_return error(ErrorCode::INSUFFICIENT_ACCESS_LEVEL,
                    "this call wants a credential with the scope " + std::string{to_text(*row.scope)});
  }
  hide_other_customers(caller, request);
  HandlerResult result{http::Response{}};
  if (const auto* const write = std::get_if<WriteHandler>(&row.handler)) {
    result = co_await run(*write, request, caller);
  } else {
    result = co_await std::get<ApplicationHandler>(row.handler)(request, caller, services_);
  }
  co_return result;
}

Task<http::Response> Api::respond(const RouteRow& row, http::Request& request) {
  HandlerResult result{http::Response{}};
  const auto* const for_everybody = std::get_if<PublicHandler>(&row.handler);
  if (for_everybody != nullptr) {
    result = co_await (*for_everybody)(request, services_);
  } else {
    result = co_await authenticate_and_run(row, request);
  }
  auto response = result ? *std::move(result) : refused(result.error(), request);
  if (for_everybody != nullptr) add_browser_headers(response);
  co_return response;
}

http::Response Api::refused(const Error& refusal, const http::Request& request) const {
  if (http_status(refusal.code) >= 500) {
    log::error("request failed",
               {{"request_id", request.request_id}, {"code", to_text(refusal.code)}, {"cause", refusal.cause}});
  }
  auto response = error_response(refusal, request.request_id, services_.clock.now());
  if (response.status == 401) response.headers.add("WWW-Authenticate", "Bearer");
  return response;
}

Task<http::Response> Api::respond_unrouted(const http::Request& request, Error refusal) {
  const auto caller = co_await services_.access.authenticate(request);
  co_return refused(caller ? refusal : caller.error(), request);
}

}  // namespace qantara::api
