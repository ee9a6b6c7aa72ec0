#include "customers/customers.h"

#include "base/text.h"
#include "customers/customer_store.h"

namespace qantara::customers {

namespace {

constexpr std::size_t kTextLengthMax = 255;

bool is_text(const std::string& text) { return !trim(text).empty() && utf8_length(text) <= kTextLengthMax; }

Result<void> check(const std::vector<GovernmentIdentifier>& identifiers) {
  for (std::size_t i = 0; i < identifiers.size(); ++i) {
    const auto field = "government_identifiers[" + std::to_string(i) + "]";
    RETURN_IF_ERROR(banking::check(identifiers[i], field));
    for (std::size_t j = 0; j < i; ++j) {
      if (identifiers[i].type == identifiers[j].type)
        return field_error(ErrorCode::INVALID_PARAMETERS, field + ".type",
                           "a customer has one identifier of each type");
    }
  }
  return {};
}

}  // namespace

Result<Customer> Customers::create(db::Transaction& tx, ApplicationId application, const NewCustomer& wanted) const {
  if (!is_text(wanted.app_user_id)) {
    return field_error(ErrorCode::INVALID_PARAMETERS, "app_user_id",
                       "app_user_id must have 1 to 255 characters and not be blank");
  }
  RETURN_IF_ERROR(check(wanted.government_identifiers));
  Customer customer{.id = CustomerId::make(clock_, random_),
                    .application = application,
                    .app_user_id = wanted.app_user_id,
                    .government_identifiers = wanted.government_identifiers,
                    .created_at = clock_.now()};
  ASSIGN_OR_RETURN(const bool inserted, insert_customer(tx, vault_, customer));
  if (!inserted) {
    return field_error(ErrorCode::CUSTOMER_ALREADY_EXISTS, "app_user_id",
                       "a customer with this app_user_id exists already");
  }
  return customer;
}

Result<Customer> Customers::set_government_identifiers(db::Transaction& tx, ApplicationId application, CustomerId id,
                                                       const std::vector<GovernmentIdentifier>& identifiers) const {
  RETURN_IF_ERROR(check(identifiers));
  ASSIGN_OR_RETURN(auto customer, get(tx, application, id));
  customer.government_identifiers = identifiers;
  RETURN_IF_ERROR(update_government_identifiers(tx, vault_, customer));
  return customer;
}

Result<Customer> Customers::get(db::Transaction& tx, ApplicationId application, CustomerId id) const {
  ASSIGN_OR_RETURN(auto customer, select_customer(tx, vault_, application, id));
  if (!customer) return field_error(ErrorCode::UNKNOWN_CUSTOMER, "customer_id", "there is no customer with this id");
  return *std::move(customer);
}

Result<Customer> Customers::get_named(db::Transaction& tx, ApplicationId application,
                                      std::string_view app_user_id) const {
  ASSIGN_OR_RETURN(auto customer, select_customer_named(tx, vault_, application, app_user_id));
  if (!customer) {
    return field_error(ErrorCode::UNKNOWN_CUSTOMER, "app_user_id", "there is no customer with this app_user_id");
  }
  return *std::move(customer);
}

Result<std::vector<Customer>> Customers::list(db::Transaction& tx, ApplicationId application,
                                              const Slice& slice) const {
  return select_customers(tx, vault_, application, slice);
}

Result<std::int64_t> Customers::count(db::Transaction& tx, ApplicationId application) const {
  return count_customers(tx, application);
}

}  // namespace qantara::customers
