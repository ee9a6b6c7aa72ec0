#include "api/body.h"
#include "api/handlers.h"
#include "api/query.h"
#include "api/responses.h"

namespace qantara::api {

namespace {

constexpr MemberRule kDeletePaymentSource[] = {{"reason", MemberType::TEXT, Presence::REQUIRED}};

/// Of the body, of the query, or the payer's where nobody says.
Result<payment_sources::RemovalReason> read_reason(const http::Request& request) {
  using enum payment_sources::RemovalReason;
  auto text = query_text(request, "reason").value_or(std::string{to_text(USER_REQUESTED)});
  if (!request.body.empty()) {
    ASSIGN_OR_RETURN(const auto body, read_body(request, kDeletePaymentSource));
    text = required_text(body, "reason");
  }
  for (const auto reason : {USER_REQUESTED, TPP_REQUESTED}) {
    if (text == to_text(reason)) return reason;
  }
  return field_error(ErrorCode::INVALID_PARAMETERS, "reason", "reason must be USER_REQUESTED or TPP_REQUESTED");
}

}  // namespace

// GET /customers/v1/{customer_id}/payment-sources · 200 an array · 404 UNKNOWN_CUSTOMER
Task<HandlerResult> list_payment_sources(const http::Request& request, const Caller& caller, const Services& services) {
  const auto customer = path_id<CustomerId>(request, "customer_id");
  CO_ASSIGN_OR_RETURN(
      const auto sources,
      co_await services.database.read([&](db::Transaction& tx) -> Result<std::vector<payment_sources::PaymentSource>> {
        RETURN_IF_ERROR(services.customers.get(tx, caller.application, customer));
        return services.sources.list(tx, caller.application, customer);
      }));
  co_return http::Response::json(200, to_json_array(sources, write_payment_source));
}

// GET /customers/v1/{customer_id}/payment-sources/{payment_source_id} · 200 the source · 404 UNKNOWN_PAYMENT_SOURCE
Task<HandlerResult> get_payment_source(const http::Request& request, const Caller& caller, const Services& services) {
  const auto customer = path_id<CustomerId>(request, "customer_id");
  const auto id = path_id<PaymentSourceId>(request, "payment_source_id");
  CO_ASSIGN_OR_RETURN(const auto source, co_await services.database.read([&](db::Transaction& tx) {
    return services.sources.get(tx, caller.application, customer, id);
  }));
  json::Writer writer;
  write_payment_source(writer, source);
  co_return http::Response::json(200, std::move(writer).text());
}

// DELETE /customers/v1/{customer_id}/payment-sources/{payment_source_id} · 200 {} · 400 MISSING_, INVALID_PARAMETERS · 404 UNKNOWN_PAYMENT_SOURCE
Task<HandlerResult> delete_payment_source(const http::Request& request, const Caller& caller,
                                          const Services& services) {
  CO_ASSIGN_OR_RETURN(const auto reason, read_reason(request));
  const auto customer = path_id<CustomerId>(request, "customer_id");
  const auto id = path_id<PaymentSourceId>(request, "payment_source_id");
  CO_RETURN_IF_ERROR(co_await services.database.write(
      [&](db::Transaction& tx) { return services.sources.remove(tx, caller.application, customer, id, reason); }));
  co_return http::Response::json(200, "{}");
}

}  // namespace qantara::api
