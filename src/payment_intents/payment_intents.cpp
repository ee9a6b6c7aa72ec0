#include "payment_intents/payment_intents.h"

#include <algorithm>

#include "base/text.h"
#include "json/json.h"
#include "payment_intents/payment_intent_store.h"

namespace qantara::payment_intents {

namespace {

constexpr std::size_t kDescriptionLengthMax = 32;

banking::Limits limits_of(std::string_view code, std::int64_t minimum_major, std::int64_t maximum_major,
                          std::int64_t minor_per_major) {
  const auto currency = money::Currency::find(code);
  CHECK(currency.has_value());
  return {.minimum = {minimum_major * minor_per_major, *currency},
          .maximum = {maximum_major * minor_per_major, *currency}};
}

std::string payload_of(const PaymentIntent& intent) {
  json::Writer writer;
  writer.begin_object()
      .member("intent_id", intent.id.to_text())
      .member("customer_id", intent.customer.to_text())
      .raw_member("amount", intent.amount.to_text())
      .member("currency", intent.amount.currency().code())
      .member("status", to_text(intent.status))
      .name("reason")
      .null()
      .name("metadata")
      .null()
      .end_object();
  return std::move(writer).text();
}

/// Of a transition that others are told of.
std::optional<events::Type> event_of(IntentStatus status) {
  switch (status) {
    case IntentStatus::INTENT_EXPIRED:
      return events::Type::PAYMENT_INTENT_EXPIRED;
    case IntentStatus::INTENT_CANCELLED:
      return events::Type::PAYMENT_INTENT_CANCELLED;
    case IntentStatus::INTENT_CREATED:  // Told where it is made.
    case IntentStatus::INTENT_USED:     // The payment tells.
      return std::nullopt;
  }
  return std::nullopt;
}

Error no_longer(IntentStatus status) {
  switch (status) {
    case IntentStatus::INTENT_USED:
      return error(ErrorCode::PAYMENT_INTENT_ALREADY_USED, "a payment was started for this payment intent");
    case IntentStatus::INTENT_CANCELLED:
      return error(ErrorCode::PAYMENT_INTENT_EXPIRED, "the payment intent was cancelled: create a new one");
    case IntentStatus::INTENT_CREATED:
    case IntentStatus::INTENT_EXPIRED:
      break;
  }
  return error(ErrorCode::PAYMENT_INTENT_EXPIRED, "the payment intent has expired: create a new one");
}

/// The published list grows, so its form alone is held: FIS, TCS, MWP, OAT, IFS, RNT, LNC, PIN, GDS and others.
bool is_purpose_code(std::string_view text) {
  return text.size() == 3 && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

}  // namespace

Rules Rules::defaults() {
  Rules rules;
  rules.limits = {limits_of("AED", 10, 100'000, 100), limits_of("USD", 50, 27'000, 100),
                  limits_of("BHD", 18, 10'000, 1000)};
  return rules;
}

Result<void> check_limits(const money::Money& amount, const banking::Limits& limits) {
  const bool under = money::compare(amount, limits.minimum) < 0;
  const bool over = money::compare(amount, limits.maximum) > 0;
  if (!under && !over) return {};
  Error refused = field_error(under ? ErrorCode::AMOUNT_UNDER_MIN_VALUE : ErrorCode::AMOUNT_OVER_MAX_VALUE, "amount",
                              "amount must be from " + limits.minimum.to_text() + " to " + limits.maximum.to_text() +
                                  " " + std::string{amount.currency().code()});
  refused.details = {{.name = "minimum", .json = limits.minimum.to_text()},
                     {.name = "maximum", .json = limits.maximum.to_text()}};
  return refused;
}

Result<IntentWithDestination> PaymentIntents::create(db::Transaction& tx, ApplicationId application,
                                                     const NewPaymentIntent& wanted) const {
  const auto currency = money::Currency::find(wanted.currency);
  const auto limits = std::ranges::find_if(
      rules_.limits, [&](const auto& row) { return currency && row.minimum.currency() == *currency; });
  if (limits == rules_.limits.end()) {
    std::string known;
    for (const auto& row : rules_.limits)
      known += (known.empty() ? "" : ", ") + std::string{row.minimum.currency().code()};
    return field_error(ErrorCode::INVALID_PARAMETERS, "currency", "currency must be one of " + known);
  }
  const auto description = wanted.description ? trim(*wanted.description) : std::string_view{};
  if (utf8_length(description) > kDescriptionLengthMax || !is_printable(description)) {
    return field_error(ErrorCode::INVALID_PARAMETERS, "description",
                       "description must have at most 32 printable characters");
  }
  if (wanted.purpose_code && !is_purpose_code(*wanted.purpose_code)) {
    return field_error(ErrorCode::INVALID_PARAMETERS, "purpose_code",
                       "purpose_code must be three capital letters, such as GDS");
  }
  ASSIGN_OR_RETURN(const auto amount, money::Money::parse(wanted.amount, *currency));

  RETURN_IF_ERROR(customers_.get(tx, application, wanted.customer));
  ASSIGN_OR_RETURN(auto destination, destinations_.get_or_default(tx, application, wanted.destination));
  RETURN_IF_ERROR(check_limits(amount, *limits));

  const auto id = IntentId::make(clock_, random_);
  const Instant now = clock_.now();
  PaymentIntent intent{.id = id,
                       .application = application,
                       .customer = wanted.customer,
                       .destination = destination.id,
                       .amount = amount,
                       .description = description.empty() ? id.to_plain_text() : std::string{description},
                       .default_description = description.empty(),
                       .purpose_code = wanted.purpose_code,
                       .created_at = now,
                       .updated_at = now,
                       .expires_at = now + rules_.life};
  RETURN_IF_ERROR(insert_intent(tx, intent));
  RETURN_IF_ERROR(events_.append_first(tx, {.application = application, .aggregate = id.uuid},
                                       events::Type::PAYMENT_INTENT_CREATED, payload_of(intent)));
  return IntentWithDestination{.intent = std::move(intent), .destination = std::move(destination)};
}

Result<PaymentIntent> PaymentIntents::get(db::Transaction& tx, ApplicationId application, IntentId id) const {
  ASSIGN_OR_RETURN(auto intent, select_intent(tx, application, id));
  if (!intent) {
    return field_error(ErrorCode::UNKNOWN_PAYMENT_INTENT, "payment_intent_id",
                       "there is no payment intent with this id");
  }
  return *std::move(intent);
}

Result<std::vector<PaymentIntent>> PaymentIntents::list(db::Transaction& tx, ApplicationId application,
                                                        const IntentFilter& filter, const Slice& slice) const {
  return select_intents(tx, application, filter, slice);
}

Result<std::int64_t> PaymentIntents::count(db::Transaction& tx, ApplicationId application,
                                           const IntentFilter& filter) const {
  return count_intents(tx, application, filter);
}

Result<void> PaymentIntents::move(db::Transaction& tx, PaymentIntent& intent, IntentEvent on) const {
  const auto from = intent.status;
  const auto to = next_state(kIntentTransitions, from, on);
  if (!to) return no_longer(from);
  intent.status = *to;
  intent.updated_at = clock_.now();
  ASSIGN_OR_RETURN(const bool moved, update_intent(tx, intent, from));
  if (!moved) return error(ErrorCode::VERSION_CONFLICT, "the payment intent was changed meanwhile");
  if (const auto type = event_of(*to)) {
    RETURN_IF_ERROR(events_.append(tx, {.application = intent.application, .aggregate = intent.id.uuid}, *type,
                                   payload_of(intent)));
  }
  return {};
}

Result<PaymentIntent> PaymentIntents::cancel(db::Transaction& tx, ApplicationId application, IntentId id) const {
  ASSIGN_OR_RETURN(auto intent, get(tx, application, id));
  if (intent.status == IntentStatus::INTENT_CANCELLED) return intent;
  if (intent.status == IntentStatus::INTENT_CREATED && intent.expires_at <= clock_.now())
    return no_longer(IntentStatus::INTENT_EXPIRED);
  intent.expires_at = std::min(intent.expires_at, clock_.now());
  RETURN_IF_ERROR(move(tx, intent, IntentEvent::cancelled));
  return intent;
}

Result<void> PaymentIntents::use(db::Transaction& tx, const PaymentIntent& intent) const {
  if (intent.status == IntentStatus::INTENT_CREATED && intent.expires_at <= clock_.now())
    return no_longer(IntentStatus::INTENT_EXPIRED);
  PaymentIntent used = intent;
  return move(tx, used, IntentEvent::payment_started);
}

Result<int> PaymentIntents::expire_due(db::Transaction& tx, int limit) const {
  ASSIGN_OR_RETURN(auto due, select_due_intents(tx, clock_.now(), limit));
  for (auto& intent : due) RETURN_IF_ERROR(move(tx, intent, IntentEvent::time_ran_out));
  return static_cast<int>(due.size());
}

Result<std::optional<Instant>> PaymentIntents::next_due(db::Transaction& tx) const { return select_next_due(tx); }

Result<std::optional<PaymentIntent>> PaymentIntents::find(db::Transaction& tx, IntentId id) const {
  return select_any_intent(tx, id);
}

Result<std::vector<IntentId>> PaymentIntents::newest(db::Transaction& tx, int limit) const {
  return select_newest_intents(tx, limit);
}

}  // namespace qantara::payment_intents
