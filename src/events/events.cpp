#include "events/events.h"

#include <algorithm>

#include "events/event_store.h"
#include "json/json.h"

namespace qantara::events {

namespace {

using enum Visibility;

constexpr TypeRow kTypes[] = {
    {Type::PAYMENT_SOURCE_CREATED, PUBLIC, "payment_source.created",
     "A payment source was pre-authorized by your customer."},
    {Type::BENEFICIARY_CREATED, PUBLIC, "payment_source.beneficiary.created",
     "A beneficiary was added for a payment source."},
    {Type::BENEFICIARY_UPDATED, PUBLIC, "payment_source.beneficiary.updated",
     "A beneficiary was updated for a payment source."},
    {Type::PAYMENT_INTENT_CREATED, PUBLIC, "payment_intent.created", "Payment intent created"},
    {Type::PAYMENT_CREATED, PUBLIC, "payment.created", "A payment object has been created."},
    {Type::PAYMENT_UPDATED, PUBLIC, "payment.updated", "A payment object has been updated."},
    {Type::PAYMENT_SOURCE_REFRESHED, INTERNAL, "payment_source.refreshed", "The payer connected the same bank again."},
    {Type::BENEFICIARY_CHECKED, INTERNAL, "payment_source.beneficiary.checked",
     "The bank was asked how the beneficiary stands."},
    {Type::PAYMENT_STARTED, INTERNAL, "payment.started", "The payer confirmed the review."},
    {Type::PAYMENT_CHANGED, INTERNAL, "payment.changed", "The payment moved on."},
    {Type::PAYMENT_ANSWERED, INTERNAL, "payment.answered", "The payer's answer did not move the payment."},
    {Type::BANK_ASKED, INTERNAL, "payment.bank_asked", "The bank was asked how the payment stands."},
    {Type::BANK_CONTRADICTED, INTERNAL, "payment.bank_contradicted", "The bank said something else after the end."},
};

constexpr bool in_order() {
  for (std::size_t i = 0; i < std::size(kTypes); ++i) {
    if (static_cast<std::size_t>(kTypes[i].type) != i) return false;
  }
  return true;
}
static_assert(in_order(), "kTypes has one row per Type, in its order");

}  // namespace

const TypeRow& describe(Type type) { return kTypes[static_cast<std::size_t>(type)]; }

Result<void> Events::append(db::Transaction& tx, const Subject& subject, Type type, std::string_view payload) const {
  const TypeRow& row = describe(type);
  const EventId id = EventId::make(clock_, random_);
  const Instant now = clock_.now();
  if (row.visibility == INTERNAL) {
    return insert_event(tx, id, subject, row.name, std::nullopt, payload, now);
  }

  ASSIGN_OR_RETURN(const std::int64_t last, last_sequence(tx, subject.aggregate));
  json::Writer envelope;
  envelope.begin_object()
      .raw_member("payload", payload)
      .member("type", row.name)
      .member("message", row.message)
      .member("timestamp", qantara::to_text(now))
      .member("event_id", id.to_text())
      .member("sequence", last + 1)
      .end_object();
  RETURN_IF_ERROR(insert_event(tx, id, subject, row.name, last + 1, envelope.text(), now));
  tx.announce(kPublished);
  return {};
}

Result<std::vector<StoredEvent>> Events::of_aggregate(db::Transaction& tx, const Uuid& aggregate) const {
  return select_events_of(tx, aggregate);
}

}  // namespace qantara::events
