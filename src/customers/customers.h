// The use cases of customers.
#pragma once

#include <string_view>
#include <vector>

#include "base/crypto.h"
#include "base/paging.h"
#include "base/random.h"
#include "base/result.h"
#include "customers/customer.h"
#include "db/transaction.h"

namespace qantara::customers {

class Customers {
 public:
  Customers(const Clock& clock, Random& random, const Vault& vault) : clock_(clock), random_(random), vault_(vault) {}

  /// Errors: INVALID_PARAMETERS for a blank or over-long `app_user_id` or identifier, or two of one type;
  /// CUSTOMER_ALREADY_EXISTS if the application has one with this `app_user_id`.
  Result<Customer> create(db::Transaction& tx, ApplicationId application, const NewCustomer& wanted) const;

  /// Puts `identifiers` in the place of those that are there.
  /// Errors: INVALID_PARAMETERS as for `create`, UNKNOWN_CUSTOMER.
  Result<Customer> set_government_identifiers(db::Transaction& tx, ApplicationId application, CustomerId id,
                                              const std::vector<GovernmentIdentifier>& identifiers) const;

  /// Errors: UNKNOWN_CUSTOMER, the same for another application's customer.
  Result<Customer> get(db::Transaction& tx, ApplicationId application, CustomerId id) const;
  /// By the merchant's own name for it. Errors: UNKNOWN_CUSTOMER.
  Result<Customer> get_named(db::Transaction& tx, ApplicationId application, std::string_view app_user_id) const;

  /// In the order of creation.
  Result<std::vector<Customer>> list(db::Transaction& tx, ApplicationId application, const Slice& slice) const;
  Result<std::int64_t> count(db::Transaction& tx, ApplicationId application) const;

 private:
  const Clock& clock_;
  Random& random_;
  const Vault& vault_;
};

}  // namespace qantara::customers
