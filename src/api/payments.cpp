#include "api/body.h"
#include "api/handlers.h"
#include "api/responses.h"

namespace qantara::api {

namespace {

constexpr MemberRule kCreatePaymentIntent[] = {
    {"customer_id", MemberType::TEXT, Presence::REQUIRED},
    {"amount", MemberType::AMOUNT, Presence::REQUIRED},
    {"currency", MemberType::TEXT, Presence::REQUIRED},
    {"payment_destination_id"},
    {"description"},
    {"purpose_code", MemberType::ANY, Presence::IGNORED},
};

Result<payment_intents::NewPaymentIntent> read_intent(const http::Request& request) {
  ASSIGN_OR_RETURN(const auto body, read_body(request, kCreatePaymentIntent));
  ASSIGN_OR_RETURN(const auto customer, body_id<CustomerId>(body, "customer_id"));
  ASSIGN_OR_RETURN(const auto destination, optional_body_id<DestinationId>(body, "payment_destination_id"));
  return payment_intents::NewPaymentIntent{.customer = customer,
                                           .amount = amount_text(body, "amount"),
                                           .currency = required_text(body, "currency"),
                                           .destination = destination,
                                           .description = optional_text(body, "description")};
}

struct ShownIntent {
  payment_intents::PaymentIntent intent;
  destinations::Destination destination;
  std::optional<payments::Payment> payment;
};

std::string to_json(const payment_intents::PaymentIntent& intent, const destinations::Destination& destination,
                    const std::optional<payments::Payment>& payment) {
  json::Writer writer;
  write_intent(writer, intent, destination, payment);
  return std::move(writer).text();
}

}  // namespace

// POST /payments/v1/intents · 200 the intent · 400 MISSING_, INVALID_PARAMETERS, INVALID_AMOUNT, AMOUNT_* · 404 UNKNOWN_CUSTOMER,
// UNKNOWN_PAYMENT_DESTINATION
Task<Result<Write>> create_payment_intent(const http::Request& request, const Caller& caller,
                                          const Services& services) {
  CO_ASSIGN_OR_RETURN(const auto wanted, read_intent(request));
  co_return [&services, caller, wanted](db::Transaction& tx) -> Result<http::Response> {
    ASSIGN_OR_RETURN(const auto created, services.intents.create(tx, caller.application, wanted));
    return http::Response::json(200, to_json(created.intent, created.destination, std::nullopt));
  };
}

// GET /payments/v1/intents/{payment_intent_id} · 200 the intent · 404 UNKNOWN_PAYMENT_INTENT
Task<HandlerResult> get_payment_intent(const http::Request& request, const Caller& caller, const Services& services) {
  CO_ASSIGN_OR_RETURN(const auto id,
                      path_id<IntentId>(request, "payment_intent_id", ErrorCode::UNKNOWN_PAYMENT_INTENT));
  CO_ASSIGN_OR_RETURN(
      const auto shown, co_await services.database.read([&](db::Transaction& tx) -> Result<ShownIntent> {
        ASSIGN_OR_RETURN(auto intent, services.intents.get(tx, caller.application, id));
        ASSIGN_OR_RETURN(auto destination, services.destinations.get(tx, caller.application, intent.destination));
        ASSIGN_OR_RETURN(auto payment, services.payments.of_intent(tx, id));
        return ShownIntent{
            .intent = std::move(intent), .destination = std::move(destination), .payment = std::move(payment)};
      }));
  co_return http::Response::json(200, to_json(shown.intent, shown.destination, shown.payment));
}

// GET /payments/v1/{payment_id} · 200 the payment · 404 UNKNOWN_PAYMENT
Task<HandlerResult> get_payment(const http::Request& request, const Caller& caller, const Services& services) {
  CO_ASSIGN_OR_RETURN(const auto id, path_id<PaymentId>(request, "payment_id", ErrorCode::UNKNOWN_PAYMENT));
  CO_ASSIGN_OR_RETURN(const auto payment, co_await services.database.read([&](db::Transaction& tx) {
    return services.payments.get(tx, caller.application, id);
  }));
  json::Writer writer;
  write_payment(writer, payment);
  co_return http::Response::json(200, std::move(writer).text());
}

}  // namespace qantara::api
