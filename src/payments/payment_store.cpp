#include "payments/payment_store.h"

#include "json/json.h"
#include "payment_intents/money_columns.h"

namespace qantara::payments {

namespace {

std::string parties_context(PaymentId id) { return "payments.parties:" + id.to_text(); }
std::string state_context(PaymentId id) { return "payments.connector_state:" + id.to_text(); }

std::string parties_json(const Parties& parties) {
  json::Writer writer;
  writer.begin_object()
      .member("debtor_resource_id", parties.debtor.resource_id)
      .member("debtor_iban", parties.debtor.iban)
      .member("debtor_account_number", parties.debtor.account_number)
      .member("debtor_name", parties.debtor.owner_name)
      .member("debtor_account_name", parties.debtor.name)
      .member("debtor_currency", parties.debtor.currency)
      .member("creditor_name", parties.creditor.name)
      .member("creditor_iban", parties.creditor.iban)
      .member("creditor_account_number", parties.creditor.account_number)
      .member("creditor_bic", parties.creditor.bic)
      .member("creditor_country", parties.creditor.country)
      .end_object();
  return std::move(writer).text();
}

Parties read_parties(const json::Value& object) {
  const auto text = [&](std::string_view name) { return std::string{object.text(name).value_or("")}; };
  return {.debtor = {.resource_id = text("debtor_resource_id"),
                     .iban = text("debtor_iban"),
                     .account_number = text("debtor_account_number"),
                     .name = text("debtor_account_name"),
                     .owner_name = text("debtor_name"),
                     .currency = text("debtor_currency")},
          .creditor = {.name = text("creditor_name"),
                       .iban = text("creditor_iban"),
                       .account_number = text("creditor_account_number"),
                       .bic = text("creditor_bic"),
                       .country = text("creditor_country")}};
}

PaymentStatus take_status(db::Row& row) {
  const auto status = parse_payment_status(row.take<std::string_view>());
  CHECK(status.has_value());
  return *status;
}

struct SealedPayment {
  Payment payment;
  std::string parties_sealed;
  std::optional<std::string> connector_state_sealed;
};

// The columns of both SELECTs below, in this order.
SealedPayment read_payment(db::Row& row) {
  SealedPayment read{.payment = {.id = row.take<PaymentId>(),
                                 .application = row.take<ApplicationId>(),
                                 .customer = row.take<CustomerId>(),
                                 .intent = row.take<IntentId>(),
                                 .destination = row.take<DestinationId>(),
                                 .source = row.take<PaymentSourceId>(),
                                 .account = row.take<AccountId>(),
                                 .bank_identifier = row.take<std::string>(),
                                 .amount = payment_intents::take_money(row),
                                 .description = row.take<std::string>(),
                                 .reference_sent = row.take<std::string>(),
                                 .end_to_end_id = row.take<std::string>(),
                                 .request_key = row.take<std::string>()}};
  Payment& payment = read.payment;
  payment.status = take_status(row);
  payment.waiting_status = take_status(row);
  payment.status_detail = row.take<std::optional<std::string>>();
  payment.failure_text = row.take<std::optional<std::string>>();
  payment.bank_status = row.take<std::optional<std::string>>();
  payment.bank_reason_code = row.take<std::optional<std::string>>();
  payment.bank_transaction_reference = row.take<std::optional<std::string>>();
  payment.step = row.take<std::optional<std::string>>();
  payment.steps = row.take<int>();
  read.parties_sealed = row.take<std::string>();
  read.connector_state_sealed = row.take<std::optional<std::string>>();
  payment.created_at = row.take<Instant>();
  payment.initiated_at = row.take<std::optional<Instant>>();
  payment.lease_until = row.take<std::optional<Instant>>();
  payment.next_check_at = row.take<std::optional<Instant>>();
  payment.checks = row.take<int>();
  payment.code_tries = row.take<int>();
  payment.asked_at = row.take<std::optional<Instant>>();
  payment.quiet_until = row.take<std::optional<Instant>>();
  payment.version = row.take<std::int64_t>();
  payment.lease_holder = row.take<std::optional<GatewayId>>();
  return read;
}

Result<std::optional<Payment>> unseal(const Vault& vault, std::optional<SealedPayment> read) {
  if (!read) return std::optional<Payment>{};
  Payment& payment = read->payment;
  ASSIGN_OR_RETURN(const auto parties_text, vault.unseal(read->parties_sealed, parties_context(payment.id)));
  ASSIGN_OR_RETURN(const auto parties, json::parse(parties_text));
  payment.parties = read_parties(parties);
  if (read->connector_state_sealed) {
    ASSIGN_OR_RETURN(payment.connector_state.json,
                     vault.unseal(*read->connector_state_sealed, state_context(payment.id)));
  }
  return std::optional{std::move(payment)};
}

}  // namespace

Result<bool> insert_payment(db::Transaction& tx, const Vault& vault, const Payment& payment) {
  const std::string parties = vault.seal(parties_json(payment.parties), parties_context(payment.id));
  ASSIGN_OR_RETURN(
      const auto inserted,
      tx.execute(
          "INSERT INTO payments (id, application_id, customer_id, intent_id, payment_source_id, account_id, "
          "bank_identifier, amount, "
          "currency, description, reference_sent, end_to_end_id, request_key, status, waiting_status, parties_sealed, "
          "created_at, "
          "lease_until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) "
          "ON CONFLICT (intent_id) DO NOTHING",
          payment.id, payment.application, payment.customer, payment.intent, payment.source, payment.account,
          payment.bank_identifier, payment.amount.minor(), payment.amount.currency().code(), payment.description,
          payment.reference_sent, payment.end_to_end_id, payment.request_key, to_text(payment.status),
          to_text(payment.waiting_status), db::Bytes{parties}, payment.created_at, payment.lease_until));
  return inserted == 1;
}

Result<void> update_payment(db::Transaction& tx, const Vault& vault, Payment& payment) {
  std::optional<std::string> state;
  if (!payment.connector_state.json.empty())
    state = vault.seal(payment.connector_state.json, state_context(payment.id));
  const auto state_bytes = state ? std::optional{db::Bytes{*state}} : std::nullopt;
  ASSIGN_OR_RETURN(
      const auto updated,
      tx.execute("UPDATE payments SET status = $3, waiting_status = $4, status_detail = $5, failure_text "
                 "= $6, bank_status = $7, "
                 "bank_reason_code = $8, bank_transaction_reference = $9, step = $10, "
                 "connector_state_sealed = $11, initiated_at = $12, "
                 "lease_until = $13, next_check_at = $14, checks = $15, code_tries = $16, steps = $17, "
                 "request_key = $18, asked_at = $19, quiet_until = $20, lease_holder = $21, version = version + 1 "
                 "WHERE id = $1 AND version = $2",
                 payment.id, payment.version, to_text(payment.status), to_text(payment.waiting_status),
                 payment.status_detail, payment.failure_text, payment.bank_status, payment.bank_reason_code,
                 payment.bank_transaction_reference, payment.step, state_bytes, payment.initiated_at,
                 payment.lease_until, payment.next_check_at, payment.checks, payment.code_tries, payment.steps,
                 payment.request_key, payment.asked_at, payment.quiet_until,
                 payment.lease_until ? payment.lease_holder : std::nullopt));
  if (updated != 1) return error(ErrorCode::VERSION_CONFLICT, "the payment was changed meanwhile");
  ++payment.version;
  return {};
}

Result<std::optional<Payment>> select_payment(db::Transaction& tx, const Vault& vault, PaymentId id) {
  ASSIGN_OR_RETURN(auto read, tx.one("SELECT p.id, p.application_id, p.customer_id, p.intent_id, i.destination_id, "
                                     "p.payment_source_id, p.account_id, "
                                     "p.bank_identifier, p.amount, p.currency, p.description, p.reference_sent, "
                                     "p.end_to_end_id, p.request_key, p.status, "
                                     "p.waiting_status, p.status_detail, p.failure_text, p.bank_status, "
                                     "p.bank_reason_code, p.bank_transaction_reference, "
                                     "p.step, p.steps, p.parties_sealed, p.connector_state_sealed, p.created_at, "
                                     "p.initiated_at, p.lease_until, p.next_check_at, "
                                     "p.checks, p.code_tries, p.asked_at, p.quiet_until, p.version, p.lease_holder "
                                     "FROM payments p JOIN payment_intents i ON i.id "
                                     "= p.intent_id WHERE p.id = $1",
                                     read_payment, id));
  return unseal(vault, std::move(read));
}

Result<std::optional<Payment>> select_payment_of_intent(db::Transaction& tx, const Vault& vault, IntentId intent) {
  ASSIGN_OR_RETURN(const auto id, tx.one(
                                      "SELECT id FROM payments WHERE intent_id = $1",
                                      [](db::Row& row) { return row.take<PaymentId>(); }, intent));
  if (!id) return std::optional<Payment>{};
  return select_payment(tx, vault, *id);
}

Result<std::vector<PaymentId>> select_payments(db::Transaction& tx, ApplicationId application,
                                               const PaymentFilter& filter, const Slice& slice) {
  return tx.all(
      "SELECT id FROM payments WHERE application_id = $1 AND id > $2 AND ($3 IS NULL OR customer_id = $3) "
      "AND ($4 IS NULL OR status_detail = $4 "
      "OR (CASE status WHEN 'SUBMITTING' THEN waiting_status ELSE status END) = $4) "
      "AND ($5 IS NULL OR created_at >= $5) AND ($6 IS NULL OR created_at < $6) ORDER BY id LIMIT $7 OFFSET $8",
      [](db::Row& row) { return row.take<PaymentId>(); }, application, slice.after, filter.customer, filter.status,
      filter.from, filter.to, slice.limit, slice.offset);
}

Result<std::int64_t> count_payments(db::Transaction& tx, ApplicationId application, const PaymentFilter& filter) {
  ASSIGN_OR_RETURN(const auto count,
                   tx.one(
                       "SELECT COUNT(*) FROM payments WHERE application_id = $1 AND ($2 IS NULL OR customer_id = $2) "
                       "AND ($3 IS NULL OR status_detail = $3 "
                       "OR (CASE status WHEN 'SUBMITTING' THEN waiting_status ELSE status END) = $3) "
                       "AND ($4 IS NULL OR created_at >= $4) AND ($5 IS NULL OR created_at < $5)",
                       [](db::Row& row) { return row.take<std::int64_t>(); }, application, filter.customer,
                       filter.status, filter.from, filter.to));
  return *count;
}

Result<std::vector<PaymentId>> select_newest_payments(db::Transaction& tx, int limit) {
  return tx.all(
      "SELECT id FROM payments ORDER BY id DESC LIMIT $1", [](db::Row& row) { return row.take<PaymentId>(); }, limit);
}

Result<std::vector<DuePayment>> select_due_payments(db::Transaction& tx, GatewayId holder, Instant now,
                                                    Instant real_now, Duration lease, int limit) {
  return tx.all(
      "SELECT id, version FROM payments WHERE next_check_at IS NOT NULL AND next_check_at <= $1 AND (lease_until IS "
      "NULL OR "
      "((lease_holder IS NULL OR lease_holder = $2) AND (lease_until <= $3 OR lease_until > $4))) "
      "ORDER BY next_check_at LIMIT $5",
      [](db::Row& row) { return DuePayment{.id = row.take<PaymentId>(), .version = row.take<std::int64_t>()}; }, now,
      holder, real_now, real_now + lease, limit);
}

Result<std::optional<Instant>> select_next_due(db::Transaction& tx, GatewayId holder, Instant real_now,
                                               Duration lease) {
  return tx.one(
      "SELECT next_check_at FROM payments WHERE next_check_at IS NOT NULL AND (lease_until IS NULL OR "
      "((lease_holder IS NULL OR lease_holder = $1) AND (lease_until <= $2 OR lease_until > $3))) "
      "ORDER BY next_check_at LIMIT 1",
      [](db::Row& row) { return row.take<Instant>(); }, holder, real_now, real_now + lease);
}

Result<std::vector<PaymentId>> select_submitting(db::Transaction& tx) {
  return tx.all("SELECT id FROM payments WHERE status = 'SUBMITTING' ORDER BY id",
                [](db::Row& row) { return row.take<PaymentId>(); });
}

Result<std::vector<PaymentId>> select_submitting_of(db::Transaction& tx, GatewayId holder) {
  return tx.all(
      "SELECT id FROM payments WHERE lease_holder = $1 AND status = 'SUBMITTING' ORDER BY id",
      [](db::Row& row) { return row.take<PaymentId>(); }, holder);
}

Result<std::vector<PaymentId>> select_lapsed(db::Transaction& tx, GatewayId holder, Instant real_now, Duration lease) {
  return tx.all(
      "SELECT id FROM payments WHERE lease_holder = $1 AND status <> 'SUBMITTING' "
      "AND (lease_until <= $2 OR lease_until > $3) ORDER BY id",
      [](db::Row& row) { return row.take<PaymentId>(); }, holder, real_now, real_now + lease);
}

Result<void> end_payment_lease(db::Transaction& tx, PaymentId id) {
  return tx.post("UPDATE payments SET lease_until = 0, lease_holder = NULL, version = version + 1 WHERE id = $1", id);
}

Result<void> end_payment_leases(db::Transaction& tx) {
  return tx.post(
      "UPDATE payments SET lease_until = 0, lease_holder = NULL, version = version + 1 WHERE lease_until <> 0");
}

Result<void> end_payment_leases_of(db::Transaction& tx, GatewayId holder) {
  return tx.post(
      "UPDATE payments SET lease_until = 0, lease_holder = NULL, version = version + 1 WHERE lease_holder = $1",
      holder);
}

}  // namespace qantara::payments
