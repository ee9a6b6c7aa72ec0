#include "customers/customer_store.h"

namespace qantara::customers {

Result<bool> insert_customer(db::Transaction& tx, const Customer& customer) {
  ASSIGN_OR_RETURN(
      const auto inserted,
      tx.execute("INSERT INTO customers (id, application_id, app_user_id, created_at) VALUES ($1, $2, $3, $4) "
                 "ON CONFLICT (application_id, app_user_id) DO NOTHING",
                 customer.id, customer.application, customer.app_user_id, customer.created_at));
  return inserted == 1;
}

Result<std::optional<Customer>> select_customer(db::Transaction& tx, ApplicationId application, CustomerId id) {
  return tx.one(
      "SELECT id, application_id, app_user_id, created_at FROM customers WHERE id = $1 AND application_id = $2",
      [](db::Row& row) {
        return Customer{.id = row.take<CustomerId>(),
                        .application = row.take<ApplicationId>(),
                        .app_user_id = row.take<std::string>(),
                        .created_at = row.take<Instant>()};
      },
      id, application);
}

}  // namespace qantara::customers
