// Every kind of event, public and internal, with its words.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace qantara::events {

/// Public events are delivered to webhook endpoints and listed. A directed one goes to the one endpoint that asked for it,
/// and nowhere else. Internal ones feed `explain`.
enum class Visibility { PUBLIC, DIRECTED, INTERNAL };

enum class Type {
  // Public: the published types.
  PAYMENT_SOURCE_CREATED,
  BENEFICIARY_CREATED,
  BENEFICIARY_UPDATED,
  PAYMENT_INTENT_CREATED,
  PAYMENT_INTENT_EXPIRED,
  PAYMENT_CREATED,
  PAYMENT_UPDATED,
  // Our own: sources that are removed, intents that merchants take back, and what becomes of webhook endpoints.
  PAYMENT_SOURCE_DELETED,
  PAYMENT_INTENT_CANCELLED,
  BANK_AVAILABILITY_UPDATED,
  WEBHOOK_ENDPOINT_DISABLED,
  WEBHOOK_ENDPOINT_TESTED,
  // Internal: what happened between them.
  PAYMENT_SOURCE_REFRESHED,
  CONSENT_LAPSED,
  BENEFICIARY_CHECKED,
  PAYMENT_STARTED,
  PAYMENT_CHANGED,
  BANK_ASKED,
  BANK_CONTRADICTED,
};

/// A member of a payload.
struct MemberRow {
  std::string_view name;
  std::string_view type;  ///< "UUID", "string", "number", "time", "null"; also "string or null".
  std::string_view meaning;
};

struct TypeRow {
  Type type;
  Visibility visibility;
  std::string_view name;     ///< As in the envelope's `type`: "payment.created".
  std::string_view message;  ///< The envelope's `message`.
  std::string_view when;     ///< For the reference: when it happens. Of internal ones empty.
  std::span<const MemberRow> payload;
};

/// The row of a type. Names are unique.
const TypeRow& describe(Type type);

/// All rows, in the order of Type.
std::span<const TypeRow> types();

/// The public type of this name; nothing for any other text.
std::optional<Type> parse_public_type(std::string_view name);

}  // namespace qantara::events
