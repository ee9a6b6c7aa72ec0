// The SQL of customers.
#pragma once

#include <optional>

#include "base/result.h"
#include "customers/customer.h"
#include "db/transaction.h"

namespace qantara::customers {

/// Whether it was inserted: false if the application has this app_user_id already.
Result<bool> insert_customer(db::Transaction& tx, const Customer& customer);
Result<std::optional<Customer>> select_customer(db::Transaction& tx, ApplicationId application, CustomerId id);

}  // namespace qantara::customers
