// How a beneficiary comes into use.
#pragma once

#include <string_view>

#include "base/transitions.h"

namespace qantara::payment_sources {

enum class BeneficiaryStatus { AWAITING_BENEFICIARY_COOL_OFF, ACTIVE };
enum class BeneficiaryEvent { cool_off_ended };

// clang-format off: a table is read by its columns.
// A beneficiary changes status only by a row of this table. Where it starts is the bank's word: cooling off, or usable.
inline constexpr auto kBeneficiaryTransitions = std::to_array<Transition<BeneficiaryStatus, BeneficiaryEvent>>({
    // from                                            on                                to
    {BeneficiaryStatus::AWAITING_BENEFICIARY_COOL_OFF, BeneficiaryEvent::cool_off_ended, BeneficiaryStatus::ACTIVE},
});
// clang-format on
static_assert(one_row_per_state_and_event(kBeneficiaryTransitions));
static_assert(never_left(kBeneficiaryTransitions, BeneficiaryStatus::ACTIVE));

constexpr std::string_view to_text(BeneficiaryStatus status) {
  switch (status) {
    case BeneficiaryStatus::AWAITING_BENEFICIARY_COOL_OFF:
      return "AWAITING_BENEFICIARY_COOL_OFF";
    case BeneficiaryStatus::ACTIVE:
      return "ACTIVE";
  }
  return "ACTIVE";
}

}  // namespace qantara::payment_sources
