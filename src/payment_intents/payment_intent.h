// A payment intent: what the merchant asks for.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/ids.h"
#include "money/money.h"
#include "payment_intents/intent_states.h"

namespace qantara::payment_intents {

struct PaymentIntent {
  IntentId id;
  ApplicationId application;
  CustomerId customer;
  DestinationId destination;
  money::Money amount;
  std::string description;  ///< The merchant's, or the id without hyphens: 1–32 characters.
  bool default_description =
      false;  ///< The merchant gave none: a bank that holds fewer characters gets the *last* ones.
  std::optional<std::string> purpose_code;  ///< Why the money moves, as the merchant says: three capital letters.
  IntentStatus status = IntentStatus::INTENT_CREATED;
  Instant created_at;
  Instant updated_at;
  Instant expires_at;  ///< Domain time. Whoever comes then is too late, whether the status says so already or not.
};

/// Which intents are listed; what is absent does not matter.
struct IntentFilter {
  std::optional<CustomerId> customer;
  /// An intent's own status, its payment's as it is told, or a finer one as in `status_detail`.
  std::optional<std::string> status;
  std::optional<Instant> from;  ///< Those created then or later,
  std::optional<Instant> to;    ///< and those before.
};

struct NewPaymentIntent {
  CustomerId customer;
  std::string amount;  ///< Decimal text as the merchant wrote it.
  std::string currency;
  std::optional<DestinationId> destination;
  std::optional<std::string> description;
  std::optional<std::string> purpose_code = {};
};

}  // namespace qantara::payment_intents
