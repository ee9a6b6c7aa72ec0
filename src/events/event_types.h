// Every kind of event, public and internal, with its words.
#pragma once

#include <string_view>

namespace qantara::events {

/// Public events are delivered to webhook endpoints and listed; internal ones feed `explain`.
enum class Visibility { PUBLIC, INTERNAL };

enum class Type {
  // Public: the published types.
  PAYMENT_SOURCE_CREATED,
  BENEFICIARY_CREATED,
  BENEFICIARY_UPDATED,
  PAYMENT_INTENT_CREATED,
  PAYMENT_CREATED,
  PAYMENT_UPDATED,
  // Internal: what happened between them.
  PAYMENT_SOURCE_REFRESHED,
  BENEFICIARY_CHECKED,
  PAYMENT_STARTED,
  PAYMENT_CHANGED,
  PAYMENT_ANSWERED,
  BANK_ASKED,
  BANK_CONTRADICTED,
};

struct TypeRow {
  Type type;
  Visibility visibility;
  std::string_view name;     ///< As in the envelope's `type`: "payment.created".
  std::string_view message;  ///< The envelope's `message`.
};

/// The row of a type. Names are unique.
const TypeRow& describe(Type type);

}  // namespace qantara::events
