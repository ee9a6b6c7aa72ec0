#include "payment_intents/payment_intent_store.h"

namespace qantara::payment_intents {

namespace {

money::Money take_money(db::Row& row) {
  const auto minor = row.take<std::int64_t>();
  const auto currency = money::Currency::find(row.take<std::string_view>());
  CHECK(currency.has_value());  // Only known currencies are ever stored.
  return {minor, *currency};
}

PaymentIntent read_intent(db::Row& row) {
  PaymentIntent intent{.id = row.take<IntentId>(),
                       .application = row.take<ApplicationId>(),
                       .customer = row.take<CustomerId>(),
                       .destination = row.take<DestinationId>(),
                       .amount = take_money(row),
                       .description = {},
                       .created_at = {},
                       .expires_at = {}};
  const auto description = row.take<std::optional<std::string>>();
  intent.default_description = !description;
  intent.description = description.value_or(intent.id.to_plain_text());
  intent.created_at = row.take<Instant>();
  intent.expires_at = row.take<Instant>();
  return intent;
}

}  // namespace

Result<void> insert_intent(db::Transaction& tx, const PaymentIntent& intent) {
  RETURN_IF_ERROR(
      tx.execute("INSERT INTO payment_intents (id, application_id, customer_id, destination_id, amount, currency, "
                 "description, created_at, expires_at) "
                 "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                 intent.id, intent.application, intent.customer, intent.destination, intent.amount.minor(),
                 intent.amount.currency().code(),
                 intent.default_description ? std::optional<std::string_view>{}
                                            : std::optional<std::string_view>{intent.description},
                 intent.created_at, intent.expires_at));
  return {};
}

Result<std::optional<PaymentIntent>> select_intent(db::Transaction& tx, ApplicationId application, IntentId id) {
  return tx.one(
      "SELECT id, application_id, customer_id, destination_id, amount, currency, description, created_at, expires_at "
      "FROM payment_intents WHERE id = $1 AND application_id = $2",
      read_intent, id, application);
}

Result<std::optional<PaymentIntent>> select_any_intent(db::Transaction& tx, IntentId id) {
  return tx.one(
      "SELECT id, application_id, customer_id, destination_id, amount, currency, description, created_at, expires_at "
      "FROM payment_intents WHERE id = $1",
      read_intent, id);
}

Result<std::vector<IntentId>> select_newest_intents(db::Transaction& tx, int limit) {
  return tx.all(
      "SELECT id FROM payment_intents ORDER BY id DESC LIMIT $1", [](db::Row& row) { return row.take<IntentId>(); },
      limit);
}

}  // namespace qantara::payment_intents
