// How a payment moves: every status, every event, and the one table that joins them.
#pragma once

#include <optional>
#include <string_view>

#include "base/transitions.h"

namespace qantara::payments {

/// The published statuses, and SUBMITTING, which is ours: outside it shows as the waiting status it came from.
enum class PaymentStatus {
  AWAITING_LOGIN_MFA,
  AWAITING_PAYMENT_MFA,
  AWAITING_APP_AUTH,
  SUBMITTING,
  PENDING_WITH_BANK,
  ACCEPTED_BY_BANK,
  FAILED,
};

/// What moves a payment. `bank_*` are facts that the bank has stated; a timer is none.
enum class PaymentEvent {
  login_needed,        ///< The bank asks the payer to sign in.
  code_needed,         ///< The bank asks for a code or a choice of method.
  approval_needed,     ///< The payer approves at the bank.
  submission_started,  ///< The irrevocable request is about to be sent.
  bank_accepted,       ///< With the bank's reference.
  bank_pending,        ///< The bank has it; no execution or no reference yet.
  bank_rejected,
  outcome_unknown,  ///< The irrevocable request got no trustworthy answer.
};

using PaymentTransition = Transition<PaymentStatus, PaymentEvent>;

// clang-format off: a table is read by its columns.
// A payment changes status only by a row of this table (payments.cpp, `move`), together with its event.
inline constexpr auto kPaymentTransitions = [] {
  using S = PaymentStatus;
  using E = PaymentEvent;
  return std::to_array<PaymentTransition>({
      // from                   on                      to
      {S::AWAITING_LOGIN_MFA,   E::login_needed,        S::AWAITING_LOGIN_MFA},
      {S::AWAITING_LOGIN_MFA,   E::code_needed,         S::AWAITING_PAYMENT_MFA},
      {S::AWAITING_LOGIN_MFA,   E::approval_needed,     S::AWAITING_APP_AUTH},
      {S::AWAITING_LOGIN_MFA,   E::bank_accepted,       S::ACCEPTED_BY_BANK},
      {S::AWAITING_LOGIN_MFA,   E::bank_pending,        S::PENDING_WITH_BANK},
      {S::AWAITING_LOGIN_MFA,   E::bank_rejected,       S::FAILED},

      {S::AWAITING_PAYMENT_MFA, E::login_needed,        S::AWAITING_LOGIN_MFA},
      {S::AWAITING_PAYMENT_MFA, E::code_needed,         S::AWAITING_PAYMENT_MFA},
      {S::AWAITING_PAYMENT_MFA, E::approval_needed,     S::AWAITING_APP_AUTH},
      {S::AWAITING_PAYMENT_MFA, E::submission_started,  S::SUBMITTING},
      {S::AWAITING_PAYMENT_MFA, E::bank_accepted,       S::ACCEPTED_BY_BANK},
      {S::AWAITING_PAYMENT_MFA, E::bank_pending,        S::PENDING_WITH_BANK},
      {S::AWAITING_PAYMENT_MFA, E::bank_rejected,       S::FAILED},

      {S::AWAITING_APP_AUTH,    E::login_needed,        S::AWAITING_LOGIN_MFA},
      {S::AWAITING_APP_AUTH,    E::code_needed,         S::AWAITING_PAYMENT_MFA},
      {S::AWAITING_APP_AUTH,    E::approval_needed,     S::AWAITING_APP_AUTH},
      {S::AWAITING_APP_AUTH,    E::bank_accepted,       S::ACCEPTED_BY_BANK},
      {S::AWAITING_APP_AUTH,    E::bank_pending,        S::PENDING_WITH_BANK},
      {S::AWAITING_APP_AUTH,    E::bank_rejected,       S::FAILED},

      // The code was wrong, or the bank asks for something else: an explicit answer, so nothing moved.
      {S::SUBMITTING,           E::login_needed,        S::AWAITING_LOGIN_MFA},
      {S::SUBMITTING,           E::code_needed,         S::AWAITING_PAYMENT_MFA},
      {S::SUBMITTING,           E::approval_needed,     S::AWAITING_APP_AUTH},
      {S::SUBMITTING,           E::bank_accepted,       S::ACCEPTED_BY_BANK},
      {S::SUBMITTING,           E::bank_pending,        S::PENDING_WITH_BANK},
      {S::SUBMITTING,           E::bank_rejected,       S::FAILED},
      {S::SUBMITTING,           E::outcome_unknown,     S::PENDING_WITH_BANK},

      // The payer's part is over: only a bank's fact ends it, and it never goes back to waiting.
      {S::PENDING_WITH_BANK,    E::bank_accepted,       S::ACCEPTED_BY_BANK},
      {S::PENDING_WITH_BANK,    E::bank_pending,        S::PENDING_WITH_BANK},
      {S::PENDING_WITH_BANK,    E::bank_rejected,       S::FAILED},
  });
}();
// clang-format on
static_assert(one_row_per_state_and_event(kPaymentTransitions));
static_assert(never_left(kPaymentTransitions, PaymentStatus::ACCEPTED_BY_BANK, PaymentStatus::FAILED));

std::string_view to_text(PaymentStatus status);
std::string_view to_text(PaymentEvent event);
std::optional<PaymentStatus> parse_payment_status(std::string_view text);

/// The payer still has something to do.
constexpr bool is_waiting(PaymentStatus status) {
  return status == PaymentStatus::AWAITING_LOGIN_MFA || status == PaymentStatus::AWAITING_PAYMENT_MFA ||
         status == PaymentStatus::AWAITING_APP_AUTH;
}
/// Never changes again.
constexpr bool is_final(PaymentStatus status) {
  return status == PaymentStatus::ACCEPTED_BY_BANK || status == PaymentStatus::FAILED;
}
/// The initiation has completed, as the seeds mean it: `payment.created` is sent.
constexpr bool is_completed(PaymentStatus status) {
  return is_final(status) || status == PaymentStatus::PENDING_WITH_BANK;
}

}  // namespace qantara::payments
