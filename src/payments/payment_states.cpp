#include "payments/payment_states.h"

namespace qantara::payments {

std::string_view to_text(PaymentStatus status) {
  switch (status) {
    case PaymentStatus::AWAITING_LOGIN_MFA:
      return "AWAITING_LOGIN_MFA";
    case PaymentStatus::AWAITING_PAYMENT_MFA:
      return "AWAITING_PAYMENT_MFA";
    case PaymentStatus::AWAITING_APP_AUTH:
      return "AWAITING_APP_AUTH";
    case PaymentStatus::SUBMITTING:
      return "SUBMITTING";
    case PaymentStatus::PENDING_WITH_BANK:
      return "PENDING_WITH_BANK";
    case PaymentStatus::ACCEPTED_BY_BANK:
      return "ACCEPTED_BY_BANK";
    case PaymentStatus::FAILED:
      return "FAILED";
  }
  return "FAILED";
}

std::string_view to_text(PaymentEvent event) {
  switch (event) {
    case PaymentEvent::login_needed:
      return "login_needed";
    case PaymentEvent::code_needed:
      return "code_needed";
    case PaymentEvent::approval_needed:
      return "approval_needed";
    case PaymentEvent::submission_started:
      return "submission_started";
    case PaymentEvent::bank_accepted:
      return "bank_accepted";
    case PaymentEvent::bank_pending:
      return "bank_pending";
    case PaymentEvent::bank_rejected:
      return "bank_rejected";
    case PaymentEvent::outcome_unknown:
      return "outcome_unknown";
  }
  return "outcome_unknown";
}

std::optional<PaymentStatus> parse_payment_status(std::string_view text) {
  for (const auto status : {PaymentStatus::AWAITING_LOGIN_MFA, PaymentStatus::AWAITING_PAYMENT_MFA,
                            PaymentStatus::AWAITING_APP_AUTH, PaymentStatus::SUBMITTING,
                            PaymentStatus::PENDING_WITH_BANK, PaymentStatus::ACCEPTED_BY_BANK, PaymentStatus::FAILED}) {
    if (to_text(status) == text) return status;
  }
  return std::nullopt;
}

}  // namespace qantara::payments
