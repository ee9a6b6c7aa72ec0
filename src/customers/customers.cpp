#include "customers/customers.h"

#include "base/text.h"
#include "customers/customer_store.h"

namespace qantara::customers {

namespace {
constexpr std::size_t kAppUserIdLengthMax = 255;
}

Result<Customer> Customers::create(db::Transaction& tx, ApplicationId application,
                                   const std::string& app_user_id) const {
  if (trim(app_user_id).empty() || utf8_length(app_user_id) > kAppUserIdLengthMax) {
    return field_error(ErrorCode::INVALID_PARAMETERS, "app_user_id",
                       "app_user_id must have 1 to 255 characters and not be blank");
  }
  Customer customer{.id = CustomerId::make(clock_, random_),
                    .application = application,
                    .app_user_id = app_user_id,
                    .created_at = clock_.now()};
  ASSIGN_OR_RETURN(const bool inserted, insert_customer(tx, customer));
  if (!inserted) {
    return field_error(ErrorCode::CUSTOMER_ALREADY_EXISTS, "app_user_id",
                       "a customer with this app_user_id exists already");
  }
  return customer;
}

Result<Customer> Customers::get(db::Transaction& tx, ApplicationId application, CustomerId id) const {
  ASSIGN_OR_RETURN(auto customer, select_customer(tx, application, id));
  if (!customer) return field_error(ErrorCode::UNKNOWN_CUSTOMER, "customer_id", "there is no customer with this id");
  return *std::move(customer);
}

}  // namespace qantara::customers
