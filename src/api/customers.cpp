#include "api/body.h"
#include "api/handlers.h"
#include "api/responses.h"

namespace qantara::api {

namespace {

constexpr MemberRule kCreateCustomer[] = {
    {"app_user_id", MemberType::TEXT, Presence::REQUIRED},
    {"government_identifiers", MemberType::ANY, Presence::IGNORED},
};

}  // namespace

// POST /customers/v1, POST /payments/v1/customer · 200 the customer · 400 MISSING_, INVALID_PARAMETERS · 409 CUSTOMER_ALREADY_EXISTS
Task<Result<Write>> create_customer(const http::Request& request, const Caller& caller, const Services& services) {
  CO_ASSIGN_OR_RETURN(const auto body, read_body(request, kCreateCustomer));
  co_return [&services, caller,
             app_user_id = required_text(body, "app_user_id")](db::Transaction& tx) -> Result<http::Response> {
    ASSIGN_OR_RETURN(const auto customer, services.customers.create(tx, caller.application, app_user_id));
    json::Writer writer;
    write_customer(writer, customer);
    return http::Response::json(200, std::move(writer).text());
  };
}

}  // namespace qantara::api
