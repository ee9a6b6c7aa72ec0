#include "payment_intents/payment_intent_store.h"

#include "payment_intents/money_columns.h"

namespace qantara::payment_intents {

namespace {

PaymentIntent read_intent(db::Row& row) {
  PaymentIntent intent{.id = row.take<IntentId>(),
                       .application = row.take<ApplicationId>(),
                       .customer = row.take<CustomerId>(),
                       .destination = row.take<DestinationId>(),
                       .amount = take_money(row),
                       .description = {}};
  const auto description = row.take<std::optional<std::string>>();
  intent.default_description = !description;
  intent.description = description.value_or(intent.id.to_plain_text());
  intent.created_at = row.take<Instant>();
  intent.expires_at = row.take<Instant>();
  const auto status = parse_intent_status(row.take<std::string_view>());
  CHECK(status.has_value());  // The column's check lets no other in.
  intent.status = *status;
  intent.updated_at = row.take<Instant>();
  intent.purpose_code = row.take<std::optional<std::string>>();
  return intent;
}

}  // namespace

Result<void> insert_intent(db::Transaction& tx, const PaymentIntent& intent) {
  return tx.post(
      "INSERT INTO payment_intents (id, application_id, customer_id, destination_id, amount, currency, "
      "description, created_at, expires_at, status, updated_at, purpose_code) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
      intent.id, intent.application, intent.customer, intent.destination, intent.amount.minor(),
      intent.amount.currency().code(),
      intent.default_description ? std::optional<std::string_view>{}
                                 : std::optional<std::string_view>{intent.description},
      intent.created_at, intent.expires_at, to_text(intent.status), intent.updated_at, intent.purpose_code);
}

Result<std::optional<PaymentIntent>> select_intent(db::Transaction& tx, ApplicationId application, IntentId id) {
  return tx.one(
      "SELECT id, application_id, customer_id, destination_id, amount, currency, description, created_at, expires_at, "
      "status, updated_at, purpose_code FROM payment_intents WHERE id = $1 AND application_id = $2",
      read_intent, id, application);
}

Result<std::optional<PaymentIntent>> select_any_intent(db::Transaction& tx, IntentId id) {
  return tx.one(
      "SELECT id, application_id, customer_id, destination_id, amount, currency, description, created_at, expires_at, "
      "status, updated_at, purpose_code FROM payment_intents WHERE id = $1",
      read_intent, id);
}

Result<std::vector<IntentId>> select_newest_intents(db::Transaction& tx, int limit) {
  return tx.all(
      "SELECT id FROM payment_intents ORDER BY id DESC LIMIT $1", [](db::Row& row) { return row.take<IntentId>(); },
      limit);
}

Result<std::vector<PaymentIntent>> select_intents(db::Transaction& tx, ApplicationId application,
                                                  const IntentFilter& filter, const Slice& slice) {
  // The payment's status is told as Payment::public_status has it. Two texts, so that each has its index.
  if (filter.customer) {
    return tx.all(
        "SELECT i.id, i.application_id, i.customer_id, i.destination_id, i.amount, i.currency, i.description, "
        "i.created_at, i.expires_at, i.status, i.updated_at, i.purpose_code "
        "FROM payment_intents i LEFT JOIN payments p ON p.intent_id = i.id "
        "WHERE i.customer_id = $1 AND i.application_id = $2 AND i.id > $3 "
        "AND ($4 IS NULL OR i.status = $4 OR p.status_detail = $4 "
        "OR (CASE p.status WHEN 'SUBMITTING' THEN p.waiting_status ELSE p.status END) = $4) "
        "AND ($5 IS NULL OR i.created_at >= $5) AND ($6 IS NULL OR i.created_at < $6) "
        "ORDER BY i.id LIMIT $7 OFFSET $8",
        read_intent, *filter.customer, application, slice.after, filter.status, filter.from, filter.to, slice.limit,
        slice.offset);
  }
  return tx.all(
      "SELECT i.id, i.application_id, i.customer_id, i.destination_id, i.amount, i.currency, i.description, "
      "i.created_at, i.expires_at, i.status, i.updated_at, i.purpose_code "
      "FROM payment_intents i LEFT JOIN payments p ON p.intent_id = i.id "
      "WHERE i.application_id = $1 AND i.id > $2 "
      "AND ($3 IS NULL OR i.status = $3 OR p.status_detail = $3 "
      "OR (CASE p.status WHEN 'SUBMITTING' THEN p.waiting_status ELSE p.status END) = $3) "
      "AND ($4 IS NULL OR i.created_at >= $4) AND ($5 IS NULL OR i.created_at < $5) "
      "ORDER BY i.id LIMIT $6 OFFSET $7",
      read_intent, application, slice.after, filter.status, filter.from, filter.to, slice.limit, slice.offset);
}

Result<std::int64_t> count_intents(db::Transaction& tx, ApplicationId application, const IntentFilter& filter) {
  ASSIGN_OR_RETURN(const auto count,
                   tx.one(
                       "SELECT COUNT(*) FROM payment_intents i LEFT JOIN payments p ON p.intent_id = i.id "
                       "WHERE i.application_id = $1 AND ($2 IS NULL OR i.customer_id = $2) "
                       "AND ($3 IS NULL OR i.status = $3 OR p.status_detail = $3 "
                       "OR (CASE p.status WHEN 'SUBMITTING' THEN p.waiting_status ELSE p.status END) = $3) "
                       "AND ($4 IS NULL OR i.created_at >= $4) AND ($5 IS NULL OR i.created_at < $5)",
                       [](db::Row& row) { return row.take<std::int64_t>(); }, application, filter.customer,
                       filter.status, filter.from, filter.to));
  return *count;
}

Result<bool> update_intent(db::Transaction& tx, const PaymentIntent& intent, IntentStatus from) {
  ASSIGN_OR_RETURN(
      const auto changed,
      tx.execute(
          "UPDATE payment_intents SET status = $3, updated_at = $4, expires_at = $5 WHERE id = $1 AND status = $2",
          intent.id, to_text(from), to_text(intent.status), intent.updated_at, intent.expires_at));
  return changed == 1;
}

Result<std::vector<PaymentIntent>> select_due_intents(db::Transaction& tx, Instant now, int limit) {
  return tx.all(
      "SELECT id, application_id, customer_id, destination_id, amount, currency, description, created_at, expires_at, "
      "status, updated_at, purpose_code FROM payment_intents WHERE status = 'INTENT_CREATED' AND expires_at <= $1 "
      "ORDER BY expires_at LIMIT $2",
      read_intent, now, limit);
}

Result<std::optional<Instant>> select_next_due(db::Transaction& tx) {
  return tx.one("SELECT expires_at FROM payment_intents WHERE status = 'INTENT_CREATED' ORDER BY expires_at LIMIT 1",
                [](db::Row& row) { return row.take<Instant>(); });
}

}  // namespace qantara::payment_intents
