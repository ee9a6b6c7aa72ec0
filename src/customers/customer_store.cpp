#include "customers/customer_store.h"

#include "json/json.h"

namespace qantara::customers {

namespace {

std::string seal_context(CustomerId id) { return "customers.government_identifiers:" + id.to_text(); }

std::optional<std::string> sealed(const Vault& vault, const Customer& customer) {
  if (customer.government_identifiers.empty()) return std::nullopt;
  json::Writer writer;
  writer.begin_array();
  for (const auto& identifier : customer.government_identifiers) {
    writer.begin_object().member("type", to_text(identifier.type)).member("value", identifier.value).end_object();
  }
  writer.end_array();
  return vault.seal(std::move(writer).text(), seal_context(customer.id));
}

std::optional<db::Bytes> bytes_of(const std::optional<std::string>& text) {
  return text ? std::optional{db::Bytes{*text}} : std::nullopt;
}

struct SealedCustomer {
  Customer customer;
  std::optional<std::string> government_identifiers_sealed;
};

SealedCustomer read_customer(db::Row& row) {
  return {.customer = {.id = row.take<CustomerId>(),
                       .application = row.take<ApplicationId>(),
                       .app_user_id = row.take<std::string>(),
                       .government_identifiers = {},
                       .created_at = row.take<Instant>()},
          .government_identifiers_sealed = row.take<std::optional<std::string>>()};
}

Result<Customer> unseal(const Vault& vault, SealedCustomer read) {
  if (!read.government_identifiers_sealed) return std::move(read.customer);
  ASSIGN_OR_RETURN(const auto text, vault.unseal(*read.government_identifiers_sealed, seal_context(read.customer.id)));
  ASSIGN_OR_RETURN(const auto identifiers, json::parse(text));
  for (const auto& item : identifiers.items()) {
    const auto type = banking::parse_government_identifier_type(item.text("type").value_or(""));
    CHECK(type.has_value());  // Only known types are ever stored.
    read.customer.government_identifiers.push_back({.type = *type, .value = std::string{*item.text("value")}});
  }
  return std::move(read.customer);
}

Result<std::optional<Customer>> unseal(const Vault& vault, Result<std::optional<SealedCustomer>> read) {
  if (!read) return std::move(read).error();
  if (!*read) return std::optional<Customer>{};
  ASSIGN_OR_RETURN(auto customer, unseal(vault, **std::move(read)));
  return std::optional{std::move(customer)};
}

}  // namespace

Result<bool> insert_customer(db::Transaction& tx, const Vault& vault, const Customer& customer) {
  const auto identifiers = sealed(vault, customer);
  ASSIGN_OR_RETURN(
      const auto inserted,
      tx.execute("INSERT INTO customers (id, application_id, app_user_id, created_at, "
                 "government_identifiers_sealed) VALUES ($1, $2, $3, $4, $5) "
                 "ON CONFLICT (application_id, app_user_id) DO NOTHING",
                 customer.id, customer.application, customer.app_user_id, customer.created_at, bytes_of(identifiers)));
  return inserted == 1;
}

Result<void> update_government_identifiers(db::Transaction& tx, const Vault& vault, const Customer& customer) {
  const auto identifiers = sealed(vault, customer);
  return tx.post("UPDATE customers SET government_identifiers_sealed = $2 WHERE id = $1", customer.id,
                 bytes_of(identifiers));
}

Result<std::optional<Customer>> select_customer(db::Transaction& tx, const Vault& vault, ApplicationId application,
                                                CustomerId id) {
  return unseal(vault, tx.one("SELECT id, application_id, app_user_id, created_at, government_identifiers_sealed "
                              "FROM customers WHERE id = $1 AND application_id = $2",
                              read_customer, id, application));
}

Result<std::optional<Customer>> select_customer_named(db::Transaction& tx, const Vault& vault,
                                                      ApplicationId application, std::string_view app_user_id) {
  return unseal(vault, tx.one("SELECT id, application_id, app_user_id, created_at, government_identifiers_sealed "
                              "FROM customers WHERE application_id = $1 AND app_user_id = $2",
                              read_customer, application, app_user_id));
}

Result<std::vector<Customer>> select_customers(db::Transaction& tx, const Vault& vault, ApplicationId application,
                                               const Slice& slice) {
  ASSIGN_OR_RETURN(auto rows,
                   tx.all("SELECT id, application_id, app_user_id, created_at, government_identifiers_sealed "
                          "FROM customers WHERE application_id = $1 AND id > $2 ORDER BY id LIMIT $3 OFFSET $4",
                          read_customer, application, slice.after, slice.limit, slice.offset));
  std::vector<Customer> customers;
  for (auto& row : rows) {
    ASSIGN_OR_RETURN(auto customer, unseal(vault, std::move(row)));
    customers.push_back(std::move(customer));
  }
  return customers;
}

Result<std::int64_t> count_customers(db::Transaction& tx, ApplicationId application) {
  ASSIGN_OR_RETURN(const auto count, tx.one(
                                         "SELECT COUNT(*) FROM customers WHERE application_id = $1",
                                         [](db::Row& row) { return row.take<std::int64_t>(); }, application));
  return *count;
}

}  // namespace qantara::customers
