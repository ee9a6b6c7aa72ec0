#include "api/body.h"
#include "api/handlers.h"
#include "api/lists.h"
#include "api/responses.h"

namespace qantara::api {

namespace {

using customers::GovernmentIdentifier;

constexpr MemberRule kCreateCustomer[] = {
    {"app_user_id", MemberType::TEXT, Presence::REQUIRED},
    {"government_identifiers", MemberType::OBJECTS},
};
constexpr MemberRule kChangeCustomer[] = {{"government_identifiers", MemberType::OBJECTS, Presence::REQUIRED}};

Result<std::vector<GovernmentIdentifier>> read_identifiers(const json::Value& body) {
  std::vector<GovernmentIdentifier> identifiers;
  const auto* const items = body.find("government_identifiers");
  if (items == nullptr || !items->is(json::Kind::ARRAY)) return identifiers;
  for (const auto& item : items->items()) {
    const auto path = "government_identifiers[" + std::to_string(identifiers.size()) + "]";
    ASSIGN_OR_RETURN(auto identifier, read_government_identifier(item, path));
    identifiers.push_back(std::move(identifier));
  }
  return identifiers;
}

http::Response shown(const customers::Customer& customer) {
  json::Writer writer;
  write_customer(writer, customer);
  return http::Response::json(200, std::move(writer).text());
}

/// A segment of a path that may hold any character: the router leaves a slash in it encoded.
std::string decoded_segment(std::string_view segment) {
  std::string text{segment};
  for (std::size_t at = 0; (at = text.find("%2F", at)) != std::string::npos; ++at) text.replace(at, 3, "/");
  return text;
}

}  // namespace

// POST /customers/v1, POST /payments/v1/customer · 200 the customer · 400 MISSING_, INVALID_PARAMETERS · 409 CUSTOMER_ALREADY_EXISTS
Task<Result<Write>> create_customer(const http::Request& request, const Caller& caller, const Services& services) {
  CO_ASSIGN_OR_RETURN(const auto body, read_body(request, kCreateCustomer));
  CO_ASSIGN_OR_RETURN(auto identifiers, read_identifiers(body));
  const customers::NewCustomer wanted{.app_user_id = required_text(body, "app_user_id"),
                                      .government_identifiers = std::move(identifiers)};
  co_return [&services, caller, wanted](db::Transaction& tx) -> Result<http::Response> {
    ASSIGN_OR_RETURN(const auto customer, services.customers.create(tx, caller.application, wanted));
    return shown(customer);
  };
}

// GET /customers/v1 · 200 a page, in the order of creation; or with `after`, what comes behind it · 400 INVALID_PARAMETERS
Task<HandlerResult> list_customers(const http::Request& request, const Caller& caller, const Services& services) {
  CO_ASSIGN_OR_RETURN(const auto wanted, query_list(request));
  CO_ASSIGN_OR_RETURN(
      const auto list, co_await services.database.read([&](db::Transaction& tx) -> Result<Listed<customers::Customer>> {
        Listed<customers::Customer> found;
        if (caller.customer) {
          ASSIGN_OR_RETURN(const auto own, services.customers.get(tx, caller.application, *caller.customer));
          if (wanted.shows_the_only(own.id.uuid)) found.items.push_back(own);
          found.total = 1;
          return found;
        }
        ASSIGN_OR_RETURN(found.items, services.customers.list(tx, caller.application, wanted.slice()));
        if (wanted.counts()) {
          ASSIGN_OR_RETURN(found.total, services.customers.count(tx, caller.application));
        }
        return found;
      }));
  const auto id_of = [](const customers::Customer& customer) { return customer.id.uuid; };
  co_return http::Response::json(200, to_json(list, wanted, write_customer, id_of));
}

// GET /customers/v1/{customer_id} · 200 the customer · 404 UNKNOWN_CUSTOMER
Task<HandlerResult> get_customer(const http::Request& request, const Caller& caller, const Services& services) {
  const auto id = path_id<CustomerId>(request, "customer_id");
  CO_ASSIGN_OR_RETURN(const auto customer, co_await services.database.read([&](db::Transaction& tx) {
    return services.customers.get(tx, caller.application, id);
  }));
  co_return shown(customer);
}

// GET /customers/v1/app-user-id/{app_user_id} · 200 the customer · 404 UNKNOWN_CUSTOMER
Task<HandlerResult> get_customer_named(const http::Request& request, const Caller& caller, const Services& services) {
  const auto app_user_id = decoded_segment(request.path_parameter("app_user_id"));
  CO_ASSIGN_OR_RETURN(const auto customer,
                      co_await services.database.read([&](db::Transaction& tx) -> Result<customers::Customer> {
                        ASSIGN_OR_RETURN(auto found, services.customers.get_named(tx, caller.application, app_user_id));
                        if (!caller.may_see(found.id))
                          return services.customers.get_named(tx, ApplicationId{}, app_user_id);
                        return found;
                      }));
  co_return shown(customer);
}

// PUT /customers/v1/{customer_id} · 200 the customer · 400 MISSING_, INVALID_PARAMETERS · 404 UNKNOWN_CUSTOMER
Task<HandlerResult> update_customer(const http::Request& request, const Caller& caller, const Services& services) {
  CO_ASSIGN_OR_RETURN(const auto body, read_body(request, kChangeCustomer));
  CO_ASSIGN_OR_RETURN(const auto identifiers, read_identifiers(body));
  const auto id = path_id<CustomerId>(request, "customer_id");
  CO_ASSIGN_OR_RETURN(const auto customer, co_await services.database.write([&](db::Transaction& tx) {
    return services.customers.set_government_identifiers(tx, caller.application, id, identifiers);
  }));
  co_return shown(customer);
}

}  // namespace qantara::api
