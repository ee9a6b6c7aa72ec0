#include "events/event_types.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace qantara::events {

namespace {

using enum Visibility;

constexpr MemberRow kPaymentSource[] = {
    {"id", "UUID", "the payment source"},
    {"customer_id", "UUID", "whose it is"},
    {"status", "string", "of its first beneficiary: `AWAITING_BENEFICIARY_COOL_OFF` or `ACTIVE`"},
    {"bank_identifier", "string", "the bank, as in `GET /banks/v1`"},
    {"bank_name", "string", "the bank's name"},
    {"end_user_id", "null", "sent for clients that read it"},
};

constexpr MemberRow kDeletedSource[] = {
    {"id", "UUID", "the payment source"},
    {"customer_id", "UUID", "whose it was"},
    {"bank_identifier", "string", "the bank, as in `GET /banks/v1`"},
    {"reason", "string", "`USER_REQUESTED` or `TPP_REQUESTED`"},
};

constexpr MemberRow kBeneficiary[] = {
    {"id", "UUID", "the beneficiary"},
    {"customer_id", "UUID", "whose payment source it is"},
    {"payment_source_id", "UUID", "the source that may pay"},
    {"payment_destination_id", "UUID", "the destination that may be paid"},
    {"status", "string", "`AWAITING_BENEFICIARY_COOL_OFF` or `ACTIVE`"},
    {"payment_source_bank_identifier", "string", "the source's bank, as in `GET /banks/v1`"},
};

constexpr MemberRow kIntent[] = {
    {"intent_id", "UUID", "the payment intent"},
    {"customer_id", "UUID", "who is to pay"},
    {"amount", "number", "with the currency's decimals"},
    {"currency", "string", "ISO 4217"},
    {"status", "string", "`INTENT_CREATED`, `INTENT_EXPIRED` or `INTENT_CANCELLED`"},
    {"reason", "null", "sent for clients that read it"},
    {"metadata", "null", "sent for clients that read it"},
};

constexpr MemberRow kPayment[] = {
    {"id", "UUID", "the payment"},
    {"customer_id", "UUID", "who pays"},
    {"intent_id", "UUID", "what it was asked for with"},
    {"payment_destination_id", "UUID", "who is paid"},
    {"status", "string", "`ACCEPTED_BY_BANK`, `PENDING_WITH_BANK` or `FAILED`"},
    {"amount", "number", "with the currency's decimals"},
    {"currency", "string", "ISO 4217"},
    {"bank_transaction_reference", "string or null", "the bank's, once it has accepted"},
    {"status_additional_info", "string or null", "the finer status, for example `OUTCOME_UNKNOWN`"},
};

constexpr MemberRow kBankAvailability[] = {
    {"identifier", "string", "the bank, as in `GET /banks/v1`"},
    {"availability", "object",
     "`active` (here: the operator's switch is on, and the bank answers) and `enabled` (your own switch), each with "
     "`payments` and `data`; the bank can be used when both are true"},
};

constexpr MemberRow kDisabledEndpoint[] = {
    {"id", "UUID", "the webhook endpoint"},
    {"url", "string", "where it lies"},
    {"status", "string", "`DISABLED`"},
    {"reason", "string", "`GONE`: it answered 410. `FAILING`: for five days no attempt succeeded"},
    {"failing_since", "time or null", "since when no attempt has succeeded"},
};

constexpr MemberRow kTestedEndpoint[] = {
    {"id", "UUID", "the webhook endpoint"},
};

constexpr TypeRow internal(Type type, std::string_view name, std::string_view message) {
  return {type, INTERNAL, name, message, {}, {}};
}

constexpr TypeRow kTypes[] = {
    {Type::PAYMENT_SOURCE_CREATED, PUBLIC, "payment_source.created",
     "A payment source was pre-authorized by your customer.", "A customer has connected a bank.", kPaymentSource},
    {Type::BENEFICIARY_CREATED, PUBLIC, "payment_source.beneficiary.created",
     "A beneficiary was added for a payment source.", "A destination was added to a payment source.", kBeneficiary},
    {Type::BENEFICIARY_UPDATED, PUBLIC, "payment_source.beneficiary.updated",
     "A beneficiary was updated for a payment source.", "The bank's cool-off has ended.", kBeneficiary},
    {Type::PAYMENT_INTENT_CREATED, PUBLIC, "payment_intent.created", "Payment intent created",
     "A payment intent was created.", kIntent},
    {Type::PAYMENT_INTENT_EXPIRED, PUBLIC, "payment_intent.expired", "Payment intent expired",
     "Nobody has started to pay a payment intent in time.", kIntent},
    {Type::PAYMENT_CREATED, PUBLIC, "payment.created", "A payment object has been created.",
     "An initiation has completed: the bank has accepted it, has it, or it failed. Once for each payment.", kPayment},
    {Type::PAYMENT_UPDATED, PUBLIC, "payment.updated", "A payment object has been updated.",
     "A payment that was pending with the bank was accepted or failed after all.", kPayment},
    {Type::PAYMENT_SOURCE_DELETED, PUBLIC, "payment_source.deleted", "A payment source was deleted.",
     "A payment source was removed with its beneficiaries; its bank forgets the payer's consent.", kDeletedSource},
    {Type::PAYMENT_INTENT_CANCELLED, PUBLIC, "payment_intent.cancelled", "Payment intent cancelled",
     "The merchant has taken a payment intent back before anybody started to pay it.", kIntent},
    {Type::BANK_AVAILABILITY_UPDATED, PUBLIC, "bank.availability.updated", "The bank status has been updated.",
     "A bank can be used again, or cannot any more: it fell silent or closes for maintenance, or somebody has switched "
     "it.",
     kBankAvailability},
    {Type::WEBHOOK_ENDPOINT_DISABLED, PUBLIC, "webhook_endpoint.disabled", "A webhook endpoint has been disabled.",
     "The gateway has given an endpoint up. The application's other endpoints hear of it.", kDisabledEndpoint},
    {Type::WEBHOOK_ENDPOINT_TESTED, DIRECTED, "webhook_endpoint.tested", "A test of this webhook endpoint.",
     "Somebody has asked for a test. It goes to that endpoint only, whatever types it listens to, and is not listed.",
     kTestedEndpoint},
    internal(Type::PAYMENT_SOURCE_REFRESHED, "payment_source.refreshed", "The payer connected the same bank again."),
    internal(Type::CONSENT_LAPSED, "payment_source.consent_lapsed",
             "The bank does not honour the payer's consent any more."),
    internal(Type::BENEFICIARY_CHECKED, "payment_source.beneficiary.checked",
             "The bank was asked how the beneficiary stands."),
    internal(Type::PAYMENT_STARTED, "payment.started", "The payer confirmed the review."),
    internal(Type::PAYMENT_CHANGED, "payment.changed", "The payment moved on."),
    internal(Type::BANK_ASKED, "payment.bank_asked", "The bank was asked how the payment stands."),
    internal(Type::BANK_CONTRADICTED, "payment.bank_contradicted", "The bank said something else after the end."),
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

std::span<const TypeRow> types() { return kTypes; }

std::optional<Type> parse_public_type(std::string_view name) {
  const auto* const row = std::ranges::find(kTypes, name, &TypeRow::name);
  if (row == std::end(kTypes) || row->visibility != PUBLIC) return std::nullopt;
  return row->type;
}

}  // namespace qantara::events
