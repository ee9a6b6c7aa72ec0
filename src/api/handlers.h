// Every handler: parse, one use case, render. Who may call which stands in the tables of routes.cpp.
// Those of POST requests give a `Write`: a closure that outlives the handler's own variables, so it holds what it needs by value.
#pragma once

#include "api/idempotency.h"
#include "api/services.h"
#include "base/result.h"
#include "base/task.h"
#include "http/message.h"

namespace qantara::api {

using HandlerResult = Result<http::Response>;

// customers.cpp
Task<Result<Write>> create_customer(const http::Request& request, const Caller& caller, const Services& services);
Task<HandlerResult> list_customers(const http::Request& request, const Caller& caller, const Services& services);
Task<HandlerResult> get_customer(const http::Request& request, const Caller& caller, const Services& services);
Task<HandlerResult> get_customer_named(const http::Request& request, const Caller& caller, const Services& services);
Task<HandlerResult> update_customer(const http::Request& request, const Caller& caller, const Services& services);

// destinations.cpp
Task<Result<Write>> create_destination(const http::Request& request, const Caller& caller, const Services& services);
Task<HandlerResult> list_destinations(const http::Request& request, const Caller& caller, const Services& services);
Task<HandlerResult> get_destination(const http::Request& request, const Caller& caller, const Services& services);
Task<HandlerResult> list_customer_destinations(const http::Request& request, const Caller& caller,
                                               const Services& services);

// banks.cpp
Task<HandlerResult> list_banks(const http::Request& request, const Caller& caller, const Services& services);
Task<HandlerResult> get_bank_logo(const http::Request& request, const Services& services);

// payment_sources.cpp
Task<HandlerResult> list_payment_sources(const http::Request& request, const Caller& caller, const Services& services);
Task<HandlerResult> delete_payment_source(const http::Request& request, const Caller& caller, const Services& services);
Task<HandlerResult> get_payment_source(const http::Request& request, const Caller& caller, const Services& services);

// payments.cpp
Task<Result<Write>> create_payment_intent(const http::Request& request, const Caller& caller, const Services& services);
Task<HandlerResult> list_payment_intents(const http::Request& request, const Caller& caller, const Services& services);
Task<Result<Write>> cancel_payment_intent(const http::Request& request, const Caller& caller, const Services& services);
Task<HandlerResult> get_payment_intent(const http::Request& request, const Caller& caller, const Services& services);
Task<HandlerResult> list_payments(const http::Request& request, const Caller& caller, const Services& services);
Task<HandlerResult> get_payment(const http::Request& request, const Caller& caller, const Services& services);

// events.cpp
Task<HandlerResult> list_events(const http::Request& request, const Caller& caller, const Services& services);
Task<HandlerResult> get_event(const http::Request& request, const Caller& caller, const Services& services);

// webhooks.cpp
Task<Result<Write>> create_webhook_endpoint(const http::Request& request, const Caller& caller,
                                            const Services& services);
Task<HandlerResult> list_webhook_endpoints(const http::Request& request, const Caller& caller,
                                           const Services& services);
Task<HandlerResult> get_webhook_endpoint(const http::Request& request, const Caller& caller, const Services& services);
Task<HandlerResult> update_webhook_endpoint(const http::Request& request, const Caller& caller,
                                            const Services& services);
Task<HandlerResult> delete_webhook_endpoint(const http::Request& request, const Caller& caller,
                                            const Services& services);
Task<Result<Write>> pause_webhook_endpoint(const http::Request& request, const Caller& caller,
                                           const Services& services);
Task<Result<Write>> resume_webhook_endpoint(const http::Request& request, const Caller& caller,
                                            const Services& services);
Task<Result<Write>> rotate_webhook_secret(const http::Request& request, const Caller& caller, const Services& services);
Task<Result<Write>> test_webhook_endpoint(const http::Request& request, const Caller& caller, const Services& services);
Task<Result<Write>> replay_webhook_events(const http::Request& request, const Caller& caller, const Services& services);
Task<HandlerResult> list_webhook_deliveries(const http::Request& request, const Caller& caller,
                                            const Services& services);
Task<HandlerResult> get_webhook_delivery(const http::Request& request, const Caller& caller, const Services& services);
Task<HandlerResult> list_webhook_attempts(const http::Request& request, const Caller& caller, const Services& services);
Task<Result<Write>> resend_webhook_delivery(const http::Request& request, const Caller& caller,
                                            const Services& services);

// redirects.cpp
Task<HandlerResult> depart_to_bank(const http::Request& request, const Services& services);
Task<HandlerResult> return_from_bank(const http::Request& request, const Services& services);
Task<HandlerResult> open_returned_session(const http::Request& request, const Services& services);

// link.cpp
Task<HandlerResult> open_link_session(const http::Request& request, const Services& services);
Task<HandlerResult> get_link_session(const http::Request& request, const Services& services);
Task<HandlerResult> answer_link_step(const http::Request& request, const Services& services);
Task<HandlerResult> leave_link_session(const http::Request& request, const Services& services);

// oauth.cpp
Task<HandlerResult> issue_access_token(const http::Request& request, const Services& services);
Task<HandlerResult> get_jwks(const http::Request& request, const Services& services);
Task<HandlerResult> get_oauth_metadata(const http::Request& request, const Services& services);

// pages.cpp
Task<HandlerResult> get_link_page(const http::Request& request, const Services& services);
Task<HandlerResult> get_link_asset(const http::Request& request, const Services& services);
Task<HandlerResult> get_sdk(const http::Request& request, const Services& services);
Task<HandlerResult> get_web_view_page(const http::Request& request, const Services& services);

// docs.cpp
Task<HandlerResult> get_openapi(const http::Request& request, const Services& services);
Task<HandlerResult> get_docs_page(const http::Request& request, const Services& services);
Task<HandlerResult> get_docs_asset(const http::Request& request, const Services& services);

// health.cpp
Task<HandlerResult> get_health(const http::Request& request, const Services& services);
Task<HandlerResult> get_readiness(const http::Request& request, const Services& services);

}  // namespace qantara::api
