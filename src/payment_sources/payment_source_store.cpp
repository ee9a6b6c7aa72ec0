#include "payment_sources/payment_source_store.h"

#include "json/json.h"

namespace qantara::payment_sources {

namespace {

std::string details_context(PaymentSourceId source, std::string_view account_index) {
  return "payment_source_accounts.details:" + source.to_text() + ":" + std::string{account_index};
}

PaymentSource read_source(db::Row& row) {
  return {.id = row.take<PaymentSourceId>(),
          .application = row.take<ApplicationId>(),
          .customer = row.take<CustomerId>(),
          .bank_identifier = row.take<std::string>(),
          .beneficiaries = {},
          .accounts = {},
          .created_at = row.take<Instant>(),
          .reconnect_id = row.take<std::optional<Uuid>>()};
}

Beneficiary read_beneficiary(db::Row& row) {
  return {.id = row.take<BeneficiaryId>(),
          .application = row.take<ApplicationId>(),
          .customer = row.take<CustomerId>(),
          .source = row.take<PaymentSourceId>(),
          .destination = row.take<DestinationId>(),
          .status = row.take<std::string_view>() == to_text(BeneficiaryStatus::ACTIVE)
                        ? BeneficiaryStatus::ACTIVE
                        : BeneficiaryStatus::AWAITING_BENEFICIARY_COOL_OFF,
          .cool_off_expires_at = row.take<std::optional<Instant>>(),
          .bank_beneficiary_id = row.take<std::string>(),
          .version = row.take<std::int64_t>()};
}

std::string details_json(const Account& account) {
  json::Writer writer;
  writer.begin_object()
      .member("resource_id", account.bank_resource_id)
      .member("name", account.name)
      .member("owner_name", account.owner_name)
      .member("account_number", account.account_number)
      .member("iban", account.iban)
      .end_object();
  return std::move(writer).text();
}

struct SealedAccount {
  Account account;
  std::string account_index;
  std::string details_sealed;
};

RemovedSource read_removed(db::Row& row) {
  RemovedSource removed{.id = row.take<PaymentSourceId>(),
                        .bank_identifier = row.take<std::string>(),
                        .removed_at = row.take<Instant>(),
                        .reason = {},
                        .consent_due_at = {}};
  const auto reason = parse_removal_reason(row.take<std::string_view>());
  CHECK(reason.has_value());  // The column's check lets no other in.
  removed.reason = *reason;
  removed.consent_due_at = row.take<std::optional<Instant>>();
  return removed;
}

}  // namespace

Result<std::optional<PaymentSource>> select_source(db::Transaction& tx, PaymentSourceId id) {
  return tx.one(
      "SELECT id, application_id, customer_id, bank_identifier, created_at, reconnect_id FROM payment_sources "
      "WHERE id = $1 AND removed_at IS NULL",
      read_source, id);
}

Result<std::optional<PaymentSource>> select_source_of_bank_user(db::Transaction& tx, CustomerId customer,
                                                                std::string_view bank_identifier,
                                                                std::string_view bank_user_index) {
  return tx.one(
      "SELECT id, application_id, customer_id, bank_identifier, created_at, reconnect_id FROM payment_sources "
      "WHERE customer_id = $1 AND bank_identifier = $2 AND bank_user_index = $3",
      read_source, customer, bank_identifier, db::Bytes{bank_user_index});
}

Result<std::vector<PaymentSource>> select_sources(db::Transaction& tx, ApplicationId application, CustomerId customer) {
  return tx.all(
      "SELECT id, application_id, customer_id, bank_identifier, created_at, reconnect_id FROM payment_sources "
      "WHERE customer_id = $1 AND application_id = $2 AND removed_at IS NULL ORDER BY id",
      read_source, customer, application);
}

Result<std::vector<PaymentSourceId>> select_newest_sources(db::Transaction& tx, int limit) {
  return tx.all(
      "SELECT id FROM payment_sources ORDER BY id DESC LIMIT $1",
      [](db::Row& row) { return row.take<PaymentSourceId>(); }, limit);
}

Result<void> insert_source(db::Transaction& tx, const PaymentSource& source, std::string_view bank_user_index,
                           std::string_view state_sealed) {
  return tx.post(
      "INSERT INTO payment_sources (id, application_id, customer_id, bank_identifier, bank_user_index, "
      "connector_state_sealed, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $7)",
      source.id, source.application, source.customer, source.bank_identifier, db::Bytes{bank_user_index},
      db::Bytes{state_sealed}, source.created_at);
}

Result<void> update_source_state(db::Transaction& tx, PaymentSourceId id, std::string_view state_sealed, Instant now) {
  return tx.post(
      "UPDATE payment_sources SET connector_state_sealed = $2, updated_at = $3, reconnect_id = NULL "
      "WHERE id = $1",
      id, db::Bytes{state_sealed}, now);
}

Result<void> update_reconnect_id(db::Transaction& tx, PaymentSourceId id, std::optional<Uuid> reconnect_id) {
  return tx.post("UPDATE payment_sources SET reconnect_id = $2 WHERE id = $1 AND reconnect_id IS DISTINCT FROM $2", id,
                 reconnect_id);
}

Result<std::optional<PaymentSource>> select_source_to_reconnect(db::Transaction& tx, Uuid reconnect_id) {
  return tx.one(
      "SELECT id, application_id, customer_id, bank_identifier, created_at, reconnect_id FROM payment_sources "
      "WHERE reconnect_id = $1 AND removed_at IS NULL",
      read_source, reconnect_id);
}

Result<void> hasten_checks(db::Transaction& tx, PaymentSourceId source, Instant due_at) {
  return tx.post(
      "UPDATE beneficiaries SET next_check_at = $2, version = version + 1 "
      "WHERE payment_source_id = $1 AND next_check_at > $2",
      source, due_at);
}

Result<std::optional<std::string>> select_source_state(db::Transaction& tx, PaymentSourceId id) {
  return tx.one(
      "SELECT connector_state_sealed FROM payment_sources WHERE id = $1",
      [](db::Row& row) { return row.take<std::string>(); }, id);
}

Result<std::vector<Account>> select_accounts(db::Transaction& tx, const Vault& vault, PaymentSourceId source) {
  ASSIGN_OR_RETURN(auto rows,
                   tx.all(
                       "SELECT id, account_id, account_index, currency, details_sealed FROM payment_source_accounts "
                       "WHERE payment_source_id = $1 ORDER BY position",
                       [](db::Row& row) {
                         SealedAccount read;
                         read.account.id = row.take<AccountId>();
                         read.account.account_id = row.take<Uuid>();
                         read.account_index = row.take<std::string>();
                         read.account.currency = row.take<std::string>();
                         read.details_sealed = row.take<std::string>();
                         return read;
                       },
                       source));
  std::vector<Account> accounts;
  for (auto& row : rows) {
    ASSIGN_OR_RETURN(const auto text, vault.unseal(row.details_sealed, details_context(source, row.account_index)));
    ASSIGN_OR_RETURN(const auto details, json::parse(text));
    row.account.bank_resource_id = details.text("resource_id").value_or("");
    row.account.name = details.text("name").value_or("");
    row.account.owner_name = details.text("owner_name").value_or("");
    row.account.account_number = details.text("account_number").value_or("");
    row.account.iban = details.text("iban").value_or("");
    accounts.push_back(std::move(row.account));
  }
  return accounts;
}

Result<void> upsert_account(db::Transaction& tx, const Vault& vault, PaymentSourceId source, int position,
                            std::string_view account_index, const Account& account) {
  const std::string sealed = vault.seal(details_json(account), details_context(source, account_index));
  return tx.post(
      "INSERT INTO payment_source_accounts (id, payment_source_id, account_id, position, account_index, currency, "
      "details_sealed) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (payment_source_id, account_index) "
      "DO UPDATE SET position = excluded.position, currency = excluded.currency, details_sealed = "
      "excluded.details_sealed",
      account.id, source, account.account_id, position, db::Bytes{account_index}, account.currency, db::Bytes{sealed});
}

Result<std::vector<Beneficiary>> select_beneficiaries(db::Transaction& tx, PaymentSourceId source) {
  return tx.all(
      "SELECT id, application_id, customer_id, payment_source_id, payment_destination_id, status, cool_off_expires_at, "
      "bank_beneficiary_id, version FROM beneficiaries WHERE payment_source_id = $1 ORDER BY id",
      read_beneficiary, source);
}

Result<std::optional<Beneficiary>> select_beneficiary(db::Transaction& tx, BeneficiaryId id) {
  return tx.one(
      "SELECT id, application_id, customer_id, payment_source_id, payment_destination_id, status, cool_off_expires_at, "
      "bank_beneficiary_id, version FROM beneficiaries WHERE id = $1",
      read_beneficiary, id);
}

Result<std::vector<Beneficiary>> select_due_beneficiaries(db::Transaction& tx, Instant now, int limit) {
  return tx.all(
      "SELECT id, application_id, customer_id, payment_source_id, payment_destination_id, status, cool_off_expires_at, "
      "bank_beneficiary_id, version FROM beneficiaries WHERE next_check_at IS NOT NULL AND next_check_at <= $1 "
      "ORDER BY next_check_at LIMIT $2",
      read_beneficiary, now, limit);
}

Result<std::optional<Instant>> select_next_due(db::Transaction& tx) {
  return tx.one(
      "SELECT next_check_at FROM beneficiaries WHERE next_check_at IS NOT NULL ORDER BY next_check_at LIMIT 1",
      [](db::Row& row) { return row.take<Instant>(); });
}

Result<bool> insert_beneficiary(db::Transaction& tx, const Beneficiary& beneficiary, Instant now) {
  const auto next_check_at =
      beneficiary.status == BeneficiaryStatus::ACTIVE ? std::optional<Instant>{} : beneficiary.cool_off_expires_at;
  ASSIGN_OR_RETURN(const auto inserted,
                   tx.execute("INSERT INTO beneficiaries (id, application_id, customer_id, payment_source_id, "
                              "payment_destination_id, status, "
                              "cool_off_expires_at, next_check_at, bank_beneficiary_id, created_at) VALUES ($1, $2, "
                              "$3, $4, $5, $6, $7, $8, $9, $10) "
                              "ON CONFLICT (payment_source_id, payment_destination_id) DO NOTHING",
                              beneficiary.id, beneficiary.application, beneficiary.customer, beneficiary.source,
                              beneficiary.destination, to_text(beneficiary.status), beneficiary.cool_off_expires_at,
                              next_check_at, beneficiary.bank_beneficiary_id, now));
  return inserted == 1;
}

Result<void> update_beneficiary(db::Transaction& tx, const Beneficiary& beneficiary,
                                std::optional<Instant> next_check_at) {
  ASSIGN_OR_RETURN(
      const auto updated,
      tx.execute(
          "UPDATE beneficiaries SET status = $3, cool_off_expires_at = $4, next_check_at = $5, version = version + 1 "
          "WHERE id = $1 AND version = $2",
          beneficiary.id, beneficiary.version, to_text(beneficiary.status), beneficiary.cool_off_expires_at,
          next_check_at));
  if (updated != 1) return error(ErrorCode::VERSION_CONFLICT, "the beneficiary was changed meanwhile");
  return {};
}

Result<void> remove_source(db::Transaction& tx, PaymentSourceId id, RemovalReason reason, Instant now) {
  RETURN_IF_ERROR(tx.post("DELETE FROM beneficiaries WHERE payment_source_id = $1", id));
  // Its place under the bank's user is free again: whoever connects anew gets a new source.
  return tx.post(
      "UPDATE payment_sources SET removed_at = $2, removal_reason = $3, consent_due_at = $2, updated_at = $2, "
      "bank_user_index = id WHERE id = $1",
      id, now, to_text(reason));
}

Result<std::vector<RemovedSource>> select_consents_due(db::Transaction& tx, Instant now, int limit) {
  return tx.all(
      "SELECT id, bank_identifier, removed_at, removal_reason, consent_due_at FROM payment_sources "
      "WHERE consent_due_at <= $1 ORDER BY consent_due_at LIMIT $2",
      read_removed, now, limit);
}

Result<std::optional<RemovedSource>> select_removed_source(db::Transaction& tx, PaymentSourceId id) {
  return tx.one(
      "SELECT id, bank_identifier, removed_at, removal_reason, consent_due_at FROM payment_sources "
      "WHERE id = $1 AND removed_at IS NOT NULL",
      read_removed, id);
}

Result<std::optional<Instant>> select_next_consent_due(db::Transaction& tx) {
  return tx.one(
      "SELECT consent_due_at FROM payment_sources WHERE consent_due_at IS NOT NULL ORDER BY consent_due_at LIMIT 1",
      [](db::Row& row) { return row.take<Instant>(); });
}

Result<void> postpone_consent(db::Transaction& tx, PaymentSourceId id, Instant due_at) {
  return tx.post("UPDATE payment_sources SET consent_due_at = $2 WHERE id = $1 AND consent_due_at IS NOT NULL", id,
                 due_at);
}

Result<void> forget_consent(db::Transaction& tx, PaymentSourceId id) {
  return tx.post("UPDATE payment_sources SET consent_due_at = NULL, connector_state_sealed = $2 WHERE id = $1", id,
                 db::Bytes{""});
}

}  // namespace qantara::payment_sources
