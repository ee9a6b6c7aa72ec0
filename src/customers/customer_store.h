// The SQL of customers.
#pragma once

#include <optional>
#include <vector>

#include "base/crypto.h"
#include "base/paging.h"
#include "base/result.h"
#include "customers/customer.h"
#include "db/transaction.h"

namespace qantara::customers {

/// Whether it was inserted: false if the application has this app_user_id already.
Result<bool> insert_customer(db::Transaction& tx, const Vault& vault, const Customer& customer);
Result<void> update_government_identifiers(db::Transaction& tx, const Vault& vault, const Customer& customer);

Result<std::optional<Customer>> select_customer(db::Transaction& tx, const Vault& vault, ApplicationId application,
                                                CustomerId id);
Result<std::optional<Customer>> select_customer_named(db::Transaction& tx, const Vault& vault,
                                                      ApplicationId application, std::string_view app_user_id);
Result<std::vector<Customer>> select_customers(db::Transaction& tx, const Vault& vault, ApplicationId application,
                                               const Slice& slice);
Result<std::int64_t> count_customers(db::Transaction& tx, ApplicationId application);

}  // namespace qantara::customers
