// How an intent comes to its end.
#pragma once

#include <optional>
#include <string_view>

#include "base/transitions.h"

namespace qantara::payment_intents {

enum class IntentStatus {
  INTENT_CREATED,
  INTENT_USED,  ///< A payment was started: what becomes of it is the payment's status.
  INTENT_EXPIRED,
  INTENT_CANCELLED,
};
enum class IntentEvent { payment_started, time_ran_out, cancelled };

// clang-format off: a table is read by its columns.
// An intent changes status only by a row of this table: it is used once, or not at all.
inline constexpr auto kIntentTransitions = std::to_array<Transition<IntentStatus, IntentEvent>>({
    // from                       on                            to
    {IntentStatus::INTENT_CREATED, IntentEvent::payment_started, IntentStatus::INTENT_USED},
    {IntentStatus::INTENT_CREATED, IntentEvent::time_ran_out,    IntentStatus::INTENT_EXPIRED},
    {IntentStatus::INTENT_CREATED, IntentEvent::cancelled,       IntentStatus::INTENT_CANCELLED},
});
// clang-format on
static_assert(one_row_per_state_and_event(kIntentTransitions));
static_assert(never_left(kIntentTransitions, IntentStatus::INTENT_USED, IntentStatus::INTENT_EXPIRED,
                         IntentStatus::INTENT_CANCELLED));

constexpr std::string_view to_text(IntentStatus status) {
  switch (status) {
    case IntentStatus::INTENT_CREATED:
      return "INTENT_CREATED";
    case IntentStatus::INTENT_USED:
      return "INTENT_USED";
    case IntentStatus::INTENT_EXPIRED:
      return "INTENT_EXPIRED";
    case IntentStatus::INTENT_CANCELLED:
      return "INTENT_CANCELLED";
  }
  return "INTENT_CREATED";
}

constexpr std::optional<IntentStatus> parse_intent_status(std::string_view text) {
  using enum IntentStatus;
  for (const auto status : {INTENT_CREATED, INTENT_USED, INTENT_EXPIRED, INTENT_CANCELLED}) {
    if (text == to_text(status)) return status;
  }
  return std::nullopt;
}

}  // namespace qantara::payment_intents
