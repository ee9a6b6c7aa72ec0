#include <algorithm>

#include "api/body.h"
#include "api/handlers.h"
#include "api/lists.h"
#include "api/responses.h"

namespace qantara::api {

namespace {

constexpr MemberRule kCreatePaymentIntent[] = {
    {"customer_id", MemberType::TEXT, Presence::REQUIRED},
    {"amount", MemberType::AMOUNT, Presence::REQUIRED},
    {"currency", MemberType::TEXT, Presence::REQUIRED},
    {"payment_destination_id"},
    {"description"},
    {"purpose_code"},
};

Result<payment_intents::NewPaymentIntent> read_intent(const http::Request& request) {
  ASSIGN_OR_RETURN(const auto body, read_body(request, kCreatePaymentIntent));
  ASSIGN_OR_RETURN(const auto customer, body_id<CustomerId>(body, "customer_id"));
  ASSIGN_OR_RETURN(const auto destination, optional_body_id<DestinationId>(body, "payment_destination_id"));
  return payment_intents::NewPaymentIntent{.customer = customer,
                                           .amount = amount_text(body, "amount"),
                                           .currency = required_text(body, "currency"),
                                           .destination = destination,
                                           .description = optional_text(body, "description"),
                                           .purpose_code = optional_text(body, "purpose_code")};
}

struct ShownIntent {
  payment_intents::PaymentIntent intent;
  destinations::Destination destination;
  std::optional<payments::Payment> payment;
};

Result<ShownIntent> complete(db::Transaction& tx, const Services& services, payment_intents::PaymentIntent intent) {
  ASSIGN_OR_RETURN(auto destination, services.destinations.get(tx, intent.application, intent.destination));
  ASSIGN_OR_RETURN(auto payment, services.payments.of_intent(tx, intent.id));
  return ShownIntent{.intent = std::move(intent), .destination = std::move(destination), .payment = std::move(payment)};
}

void write_shown(json::Writer& writer, const ShownIntent& shown) {
  write_intent(writer, shown.intent, shown.destination, shown.payment);
}

/// What `status` may be besides an intent's own and a payment's: what other generations of this API call them, finer states, and
/// states of what this gateway does not do, which match nothing.
constexpr std::string_view kFinerStatuses[] = {
    "REJECTED_BY_BANK",
    "OUTCOME_UNKNOWN",
    "NO_REFERENCE",
    "CREDENTIALS_UPDATE_REQUIRED",
    "AWAITING_END_USER_AUTHORIZATION",
    "AWAITING_PAYMENT_SECURITY_QUESTIONS",
    "INVALID_CREDENTIALS",
    "INVALID_LOGIN_MFA",
    "INVALID_PAYMENT_MFA",
    "BENEFICIARY_NOT_FOUND",
    "MFA_ATTEMPTS_EXHAUSTED",
    "SECURITY_QUESTION_ANSWER_ATTEMPTS_EXHAUSTED",
    "AWAITING_AUTHORIZATION",
    "AWAITING_AUTHORIZATION_LOGIN_MFA",
    "INVALID_AUTHORIZATION_LOGIN_MFA",
    "AWAITING_AUTHORIZATION_LOGIN_SECURITY_QUESTION",
    "AWAITING_AUTHORIZATION_LOGIN_SECURITY_QUESTION_ANSWER",
    "INVALID_AUTHORIZATION_LOGIN_SECURITY_QUESTION_ANSWER",
    "AUTHORIZATION_LOGIN_SECURITY_QUESTION_ANSWER_ATTEMPTS_EXHAUSTED",
    "AUTHORIZATION_FAILED",
    "AWAITING_AUTHORIZATION_PAYMENT_MFA",
    "INVALID_AUTHORIZATION_PAYMENT_MFA",
    "PARTIAL_ACCEPTED_BY_BANK",
    "AUTHORIZATION_MFA_ATTEMPTS_EXHAUSTED",
};

enum class Statuses { OF_INTENTS_AND_PAYMENTS, OF_PAYMENTS };

Result<std::optional<std::string>> query_status(const http::Request& request, Statuses statuses) {
  auto text = query_text(request, "status");
  if (!text) return text;
  if (text == "AWAITING_LOGIN_MFA_TOKEN" || text == "AWAITING_PAYMENT_MFA_TOKEN")
    text->erase(text->size() - std::string_view{"_TOKEN"}.size());
  const auto of_payment = payments::parse_payment_status(*text);
  const bool is_known = (of_payment && *of_payment != payments::PaymentStatus::SUBMITTING) ||
                        std::ranges::find(kFinerStatuses, *text) != std::end(kFinerStatuses) ||
                        (statuses == Statuses::OF_INTENTS_AND_PAYMENTS && payment_intents::parse_intent_status(*text));
  if (!is_known) {
    return field_error(ErrorCode::INVALID_PARAMETERS, "status",
                       "status must be one that intents or payments can have, such as ACCEPTED_BY_BANK");
  }
  return text;
}

template <class Filter>
Result<Filter> read_filter(const http::Request& request, const Caller& caller, Statuses statuses) {
  Filter filter;
  ASSIGN_OR_RETURN(filter.customer, query_id<CustomerId>(request, "customer_id"));
  if (!filter.customer) filter.customer = caller.customer;
  if (!caller.may_see(filter.customer)) filter.customer = CustomerId{};  // Whom nobody is: nothing is found.
  ASSIGN_OR_RETURN(filter.status, query_status(request, statuses));
  ASSIGN_OR_RETURN(filter.from, query_instant(request, "from"));
  ASSIGN_OR_RETURN(filter.to, query_instant(request, "to"));
  return filter;
}

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
  const auto create = [&services, caller, wanted](db::Transaction& tx) -> Result<http::Response> {
    ASSIGN_OR_RETURN(const auto created, services.intents.create(tx, caller.application, wanted));
    return http::Response::json(200, to_json(created.intent, created.destination, std::nullopt));
  };
  // Customers stay and destinations never change, so older news of them are as good.
  co_return Write{create, db::Reads::AHEAD};
}

// GET /payments/v1/intents/{payment_intent_id} · 200 the intent · 404 UNKNOWN_PAYMENT_INTENT
Task<HandlerResult> get_payment_intent(const http::Request& request, const Caller& caller, const Services& services) {
  const auto id = path_id<IntentId>(request, "payment_intent_id");
  CO_ASSIGN_OR_RETURN(const auto shown,
                      co_await services.database.read([&](db::Transaction& tx) -> Result<ShownIntent> {
                        ASSIGN_OR_RETURN(auto intent, services.intents.get(tx, caller.application, id));
                        if (!caller.may_see(intent.customer)) {
                          ASSIGN_OR_RETURN(intent, services.intents.get(tx, caller.application, IntentId{}));
                        }
                        return complete(tx, services, std::move(intent));
                      }));
  co_return http::Response::json(200, to_json(shown.intent, shown.destination, shown.payment));
}

// GET /payments/v1/intents · 200 a page, in the order of creation; or with `after`, what comes behind it · 400 INVALID_PARAMETERS
Task<HandlerResult> list_payment_intents(const http::Request& request, const Caller& caller, const Services& services) {
  CO_ASSIGN_OR_RETURN(const auto wanted, query_list(request));
  CO_ASSIGN_OR_RETURN(const auto filter,
                      read_filter<payment_intents::IntentFilter>(request, caller, Statuses::OF_INTENTS_AND_PAYMENTS));
  CO_ASSIGN_OR_RETURN(
      const auto list, co_await services.database.read([&](db::Transaction& tx) -> Result<Listed<ShownIntent>> {
        Listed<ShownIntent> found;
        ASSIGN_OR_RETURN(auto intents, services.intents.list(tx, caller.application, filter, wanted.slice()));
        for (auto& intent : intents) {
          ASSIGN_OR_RETURN(auto shown, complete(tx, services, std::move(intent)));
          found.items.push_back(std::move(shown));
        }
        if (wanted.counts()) {
          ASSIGN_OR_RETURN(found.total, services.intents.count(tx, caller.application, filter));
        }
        return found;
      }));
  const auto id_of = [](const ShownIntent& shown) { return shown.intent.id.uuid; };
  co_return http::Response::json(200, to_json(list, wanted, write_shown, id_of));
}

// POST /payments/v1/intents/{payment_intent_id}/cancel · 200 the intent · 404 UNKNOWN_PAYMENT_INTENT · 409 PAYMENT_INTENT_ALREADY_USED, PAYMENT_INTENT_EXPIRED
Task<Result<Write>> cancel_payment_intent(const http::Request& request, const Caller& caller,
                                          const Services& services) {
  const auto id = path_id<IntentId>(request, "payment_intent_id");
  co_return [&services, caller, id](db::Transaction& tx) -> Result<http::Response> {
    ASSIGN_OR_RETURN(auto intent, services.intents.cancel(tx, caller.application, id));
    ASSIGN_OR_RETURN(const auto shown, complete(tx, services, std::move(intent)));
    return http::Response::json(200, to_json(shown.intent, shown.destination, shown.payment));
  };
}

// GET /payments/v1 · 200 a page, in the order of creation; or with `after`, what comes behind it · 400 INVALID_PARAMETERS
Task<HandlerResult> list_payments(const http::Request& request, const Caller& caller, const Services& services) {
  CO_ASSIGN_OR_RETURN(const auto wanted, query_list(request));
  CO_ASSIGN_OR_RETURN(const auto filter, read_filter<payments::PaymentFilter>(request, caller, Statuses::OF_PAYMENTS));
  CO_ASSIGN_OR_RETURN(
      const auto list, co_await services.database.read([&](db::Transaction& tx) -> Result<Listed<payments::Payment>> {
        Listed<payments::Payment> found;
        ASSIGN_OR_RETURN(found.items, services.payments.list(tx, caller.application, filter, wanted.slice()));
        if (wanted.counts()) {
          ASSIGN_OR_RETURN(found.total, services.payments.count(tx, caller.application, filter));
        }
        return found;
      }));
  const auto id_of = [](const payments::Payment& payment) { return payment.id.uuid; };
  co_return http::Response::json(200, to_json(list, wanted, write_payment, id_of));
}

// GET /payments/v1/{payment_id} · 200 the payment · 404 UNKNOWN_PAYMENT
Task<HandlerResult> get_payment(const http::Request& request, const Caller& caller, const Services& services) {
  const auto id = path_id<PaymentId>(request, "payment_id");
  CO_ASSIGN_OR_RETURN(const auto payment,
                      co_await services.database.read([&](db::Transaction& tx) -> Result<payments::Payment> {
                        ASSIGN_OR_RETURN(auto found, services.payments.get(tx, caller.application, id));
                        if (!caller.may_see(found.customer))
                          return services.payments.get(tx, caller.application, PaymentId{});
                        return found;
                      }));
  json::Writer writer;
  write_payment(writer, payment);
  co_return http::Response::json(200, std::move(writer).text());
}

}  // namespace qantara::api
