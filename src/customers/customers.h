// The use cases of customers.
#pragma once

#include "base/random.h"
#include "base/result.h"
#include "customers/customer.h"
#include "db/transaction.h"

namespace qantara::customers {

class Customers {
 public:
  Customers(const Clock& clock, Random& random) : clock_(clock), random_(random) {}

  /// Errors: INVALID_PARAMETERS for a blank or over-long `app_user_id`; CUSTOMER_ALREADY_EXISTS if the application has one
  /// with this `app_user_id`.
  Result<Customer> create(db::Transaction& tx, ApplicationId application, const std::string& app_user_id) const;

  /// Errors: UNKNOWN_CUSTOMER, the same for another application's customer.
  Result<Customer> get(db::Transaction& tx, ApplicationId application, CustomerId id) const;

 private:
  const Clock& clock_;
  Random& random_;
};

}  // namespace qantara::customers
