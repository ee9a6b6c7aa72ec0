#include "api/body.h"
#include "api/handlers.h"
#include "api/responses.h"
#include "base/text.h"

namespace qantara::api {

namespace {

constexpr MemberRule kCreateDestination[] = {
    {"name", MemberType::TEXT, Presence::REQUIRED},
    {"display_name", MemberType::TEXT, Presence::REQUIRED},
    {"bank_identifier"},
    {"swift_code"},
    {"address"},
    {"city"},
    {"country"},
    {"account_number"},
    {"iban"},
    {"customer_id"},
    {"routing_number"},
    {"sort_code"},
    {"ifsc"},
    {"transit_number"},
    {"transit_code"},  // The same in another version.
    {"branch_address"},
    {"postal_code"},
    {"emirate"},
    {"currency"},
    {"currency_iso_code"},  // The same in another version.
    {"bank_type"},
    {"government_identifier", MemberType::OBJECT},
};

/// A member that two versions spell differently. Errors: INVALID_PARAMETERS for two values.
Result<std::optional<std::string>> text_of_either(const json::Value& body, std::string_view name,
                                                  std::string_view other_name) {
  const auto text = optional_text(body, name);
  const auto other = optional_text(body, other_name);
  if (text && other && *text != *other) {
    return field_error(ErrorCode::INVALID_PARAMETERS, std::string{other_name},
                       std::string{other_name} + " is another name of " + std::string{name} + ": give one of them");
  }
  return text ? text : other;
}

Result<std::optional<destinations::BankType>> read_bank_type(const json::Value& body) {
  const auto text = optional_text(body, "bank_type").value_or("");
  if (trim(text).empty()) return std::optional<destinations::BankType>{};
  const auto type = destinations::parse_bank_type(text);
  if (!type) {
    return field_error(ErrorCode::INVALID_PARAMETERS, "bank_type", "bank_type must be RETAIL, SME or CORPORATE");
  }
  return type;
}

Result<destinations::NewDestination> read_destination(const http::Request& request) {
  ASSIGN_OR_RETURN(const auto body, read_body(request, kCreateDestination, {"iban", "account_number"}));
  destinations::NewDestination wanted;
  wanted.name = required_text(body, "name");
  wanted.display_name = required_text(body, "display_name");
  wanted.bank_identifier = optional_text(body, "bank_identifier");
  wanted.swift_code = optional_text(body, "swift_code");
  wanted.address = optional_text(body, "address");
  wanted.city = optional_text(body, "city");
  wanted.country = optional_text(body, "country");
  wanted.account_number = optional_text(body, "account_number");
  wanted.iban = optional_text(body, "iban");
  wanted.routing_number = optional_text(body, "routing_number");
  wanted.sort_code = optional_text(body, "sort_code");
  wanted.ifsc = optional_text(body, "ifsc");
  ASSIGN_OR_RETURN(wanted.transit_number, text_of_either(body, "transit_number", "transit_code"));
  wanted.branch_address = optional_text(body, "branch_address");
  wanted.postal_code = optional_text(body, "postal_code");
  wanted.emirate = optional_text(body, "emirate");
  ASSIGN_OR_RETURN(wanted.currency, text_of_either(body, "currency", "currency_iso_code"));
  ASSIGN_OR_RETURN(wanted.bank_type, read_bank_type(body));
  if (const auto* const owner = body.find("government_identifier"); owner && owner->is(json::Kind::OBJECT)) {
    ASSIGN_OR_RETURN(wanted.government_identifier, read_government_identifier(*owner, "government_identifier"));
  }
  ASSIGN_OR_RETURN(wanted.customer, optional_body_id<CustomerId>(body, "customer_id"));
  return wanted;
}

std::string to_json(const destinations::Destination& destination) {
  json::Writer writer;
  write_destination(writer, destination);
  return std::move(writer).text();
}

}  // namespace

// POST /payments/v1/destinations · 200 the destination · 400 MISSING_, INVALID_PARAMETERS, INVALID_NAME, INVALID_IBAN · 404 UNKNOWN_CUSTOMER
Task<Result<Write>> create_destination(const http::Request& request, const Caller& caller, const Services& services) {
  CO_ASSIGN_OR_RETURN(const auto wanted, read_destination(request));
  co_return [&services, caller, wanted](db::Transaction& tx) -> Result<http::Response> {
    ASSIGN_OR_RETURN(auto checked, services.destinations.check(wanted));
    if (wanted.customer) RETURN_IF_ERROR(services.customers.get(tx, caller.application, *wanted.customer));
    ASSIGN_OR_RETURN(const auto destination, services.destinations.create(tx, caller.application, std::move(checked)));
    return http::Response::json(200, to_json(destination));
  };
}

// GET /payments/v1/destinations · 200 an array
Task<HandlerResult> list_destinations(const http::Request&, const Caller& caller, const Services& services) {
  CO_ASSIGN_OR_RETURN(auto destinations, co_await services.database.read([&](db::Transaction& tx) {
    return services.destinations.list(tx, caller.application);
  }));
  std::erase_if(destinations, [&](const auto& one) { return !caller.may_see(one.customer); });
  co_return http::Response::json(200, to_json_array(destinations, write_destination));
}

// GET /payments/v1/destinations/{payment_destination_id} · 200 the destination · 404 UNKNOWN_PAYMENT_DESTINATION
Task<HandlerResult> get_destination(const http::Request& request, const Caller& caller, const Services& services) {
  const auto id = path_id<DestinationId>(request, "payment_destination_id");
  CO_ASSIGN_OR_RETURN(const auto destination,
                      co_await services.database.read([&](db::Transaction& tx) -> Result<destinations::Destination> {
                        ASSIGN_OR_RETURN(auto found, services.destinations.get(tx, caller.application, id));
                        if (!caller.may_see(found.customer))
                          return services.destinations.get(tx, caller.application, DestinationId{});
                        return found;
                      }));
  co_return http::Response::json(200, to_json(destination));
}

// GET /customers/v1/{customer_id}/destinations · 200 an array · 404 UNKNOWN_CUSTOMER
Task<HandlerResult> list_customer_destinations(const http::Request& request, const Caller& caller,
                                               const Services& services) {
  const auto customer = path_id<CustomerId>(request, "customer_id");
  CO_ASSIGN_OR_RETURN(
      const auto destinations,
      co_await services.database.read([&](db::Transaction& tx) -> Result<std::vector<destinations::Destination>> {
        RETURN_IF_ERROR(services.customers.get(tx, caller.application, customer));
        return services.destinations.list_of_customer(tx, caller.application, customer);
      }));
  co_return http::Response::json(200, to_json_array(destinations, write_destination));
}

}  // namespace qantara::api
