// A payment intent: what the merchant asks for.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/ids.h"
#include "money/money.h"

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
  Instant created_at;
  Instant expires_at;
};

struct NewPaymentIntent {
  CustomerId customer;
  std::string amount;  ///< Decimal text as the merchant wrote it.
  std::string currency;
  std::optional<DestinationId> destination;
  std::optional<std::string> description;
};

}  // namespace qantara::payment_intents
