// Every status of the sandbox bank, and the tables by which it changes. Enumerators are spelled as on the wire.
#pragma once

#include <string_view>

#include "base/transitions.h"

namespace qantara::sandbox_bank {

/// How an authorisation stands (scaStatus, XS2A 1.3.11; those that this bank uses).
enum class ScaStatus { received, psuAuthenticated, scaMethodSelected, started, finalised, failed, exempted };
enum class ScaEvent { method_chosen, confirmed, refused, codes_exhausted, timed_out, superseded };

using SS = ScaStatus;
using SE = ScaEvent;
// clang-format off
inline constexpr auto kScaTransitions = std::to_array<Transition<ScaStatus, ScaEvent>>({
    // from                  on                   to
    {SS::received,           SE::confirmed,       SS::finalised},
    {SS::received,           SE::refused,         SS::failed},
    {SS::received,           SE::timed_out,       SS::failed},
    {SS::received,           SE::superseded,      SS::failed},
    {SS::psuAuthenticated,   SE::method_chosen,   SS::scaMethodSelected},
    {SS::psuAuthenticated,   SE::timed_out,       SS::failed},
    {SS::psuAuthenticated,   SE::superseded,      SS::failed},
    {SS::scaMethodSelected,  SE::method_chosen,   SS::scaMethodSelected},
    {SS::scaMethodSelected,  SE::confirmed,       SS::finalised},
    {SS::scaMethodSelected,  SE::refused,         SS::failed},
    {SS::scaMethodSelected,  SE::codes_exhausted, SS::failed},
    {SS::scaMethodSelected,  SE::timed_out,       SS::failed},
    {SS::scaMethodSelected,  SE::superseded,      SS::failed},
    {SS::started,            SE::confirmed,       SS::finalised},
    {SS::started,            SE::refused,         SS::failed},
    {SS::started,            SE::timed_out,       SS::failed},
    {SS::started,            SE::superseded,      SS::failed},
});
// clang-format on
static_assert(one_row_per_state_and_event(kScaTransitions));
static_assert(never_left(kScaTransitions, SS::finalised, SS::failed, SS::exempted));

/// How a payment stands (transactionStatus, ISO 20022; those that this bank uses).
enum class PaymentStatus { RCVD, PDNG, ACSC, RJCT, CANC };
enum class PaymentEvent { booked, held, rejected, cancelled };

using PS = PaymentStatus;
using PE = PaymentEvent;
// clang-format off
inline constexpr auto kPaymentTransitions = std::to_array<Transition<PaymentStatus, PaymentEvent>>({
    // from     on              to
    {PS::RCVD,  PE::booked,     PS::ACSC},
    {PS::RCVD,  PE::held,       PS::PDNG},
    {PS::RCVD,  PE::rejected,   PS::RJCT},
    {PS::RCVD,  PE::cancelled,  PS::CANC},
    {PS::PDNG,  PE::booked,     PS::ACSC},
    {PS::PDNG,  PE::rejected,   PS::RJCT},
});
// clang-format on
static_assert(one_row_per_state_and_event(kPaymentTransitions));
static_assert(never_left(kPaymentTransitions, PS::ACSC, PS::RJCT, PS::CANC));

/// How a consent stands (consentStatus, XS2A 1.3.11). `expired` is never stored: it is `valid` after the session's end.
enum class ConsentStatus { received, valid, rejected, expired, terminatedByTpp };
enum class ConsentEvent { authorised, refused, deleted };

using CS = ConsentStatus;
using CE = ConsentEvent;
// clang-format off
inline constexpr auto kConsentTransitions = std::to_array<Transition<ConsentStatus, ConsentEvent>>({
    // from         on               to
    {CS::received,  CE::authorised,  CS::valid},
    {CS::received,  CE::refused,     CS::rejected},
    {CS::received,  CE::deleted,     CS::terminatedByTpp},
    {CS::valid,     CE::deleted,     CS::terminatedByTpp},
});
// clang-format on
static_assert(one_row_per_state_and_event(kConsentTransitions));
static_assert(never_left(kConsentTransitions, CS::rejected, CS::terminatedByTpp));

/// How a payee on a payer's list stands. On the wire `listed` is "coolOff" until its end and "active" from then on.
enum class BeneficiaryStatus { pendingAuthorisation, listed, rejected, removed };
enum class BeneficiaryEvent { authorised, refused, replaced };

using BS = BeneficiaryStatus;
using BE = BeneficiaryEvent;
// clang-format off
inline constexpr auto kBeneficiaryTransitions = std::to_array<Transition<BeneficiaryStatus, BeneficiaryEvent>>({
    // from                     on               to
    {BS::pendingAuthorisation,  BE::authorised,  BS::listed},
    {BS::pendingAuthorisation,  BE::refused,     BS::rejected},
    {BS::pendingAuthorisation,  BE::replaced,    BS::removed},
});
// clang-format on
static_assert(one_row_per_state_and_event(kBeneficiaryTransitions));
static_assert(never_left(kBeneficiaryTransitions, BS::listed, BS::rejected, BS::removed));

/// What an authorisation is for.
enum class Subject { consent, beneficiary, payment };

/// How a payer confirms: with a code from a message, in the bank's app, or on the bank's own pages.
enum class Method { sms, app, page };

/// What happens by itself when its time has come: to an authorisation the first three, to a payment the others.
enum class DueEvent { time_out, approve, deny, expire, execute, reject };

std::string_view to_text(ScaStatus status);
std::string_view to_text(PaymentStatus status);
std::string_view to_text(ConsentStatus status);
std::string_view to_text(BeneficiaryStatus status);
std::string_view to_text(Subject subject);
std::string_view to_text(Method method);
std::string_view to_text(DueEvent event);

/// The enumerator spelled `text`; nothing if there is none.
template <class Enum>
std::optional<Enum> parse(std::string_view text);

}  // namespace qantara::sandbox_bank
