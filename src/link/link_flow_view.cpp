// Showing: from a session, and the payment it is for, to the step that a page draws.
#include <algorithm>

#include "json/json.h"
#include "link/link_flow.h"

namespace qantara::link {

namespace {

constexpr int kAskAgainMs = 500;
constexpr int kAskApprovalMs = 2000;

/// Which step asks for what was stored of the connector's question.
StepKind kind_of(const json::Value& asked) {
  const auto* const fields = asked.find("fields");
  if (fields == nullptr || !fields->is(json::Kind::ARRAY)) return StepKind::CREDENTIALS;
  for (const auto& field : fields->items()) {
    if (field.text("kind") == "OTP") return StepKind::CODE;
    if (field.text("kind") == "CHOICE") return StepKind::METHOD;
  }
  return StepKind::CREDENTIALS;
}

}  // namespace

Result<LinkView> LinkFlow::render(db::Transaction& tx, const LinkSession& session) const {
  using Status = LinkResult::Status;
  LinkView view{
      .session = session.id, .method = session.method, .number = session.step_number, .kind = session.step_kind};
  ASSIGN_OR_RETURN(const auto application, parts_.applications.find(tx, session.application));
  if (application) view.merchant = application->name;
  if (const auto* const bank = parts_.banks.find(session.bank_identifier)) view.bank = *bank;
  if (session.destination) {
    ASSIGN_OR_RETURN(view.payee, parts_.destinations.get(tx, session.application, *session.destination));
  }
  std::optional<payment_intents::PaymentIntent> intent;
  if (session.intent) {
    ASSIGN_OR_RETURN(intent, parts_.intents.get(tx, session.application, *session.intent));
    view.amount = intent->amount;
    view.reference = intent->description;
  }

  if (session.step_kind == StepKind::PAYMENT) {
    RETURN_IF_ERROR(render_payment(tx, session, view));
    return view;
  }
  if (session.expires_at <= parts_.real_clock.now()) {
    view.kind = StepKind::END;
    view.result = LinkResult{.status = Status::CANCELLED, .message = "The page has timed out", .secondary_status = {}};
    return view;
  }
  if (session.lease_until && *session.lease_until > parts_.real_clock.now()) {
    view.kind = StepKind::WORKING;
    view.ask_again_in_ms = kAskAgainMs;
    return view;
  }

  switch (session.step_kind) {
    case StepKind::BANKS:
      for (const auto* const bank : parts_.banks.all()) view.banks.push_back(*bank);
      break;
    case StepKind::CREDENTIALS:
    case StepKind::CODE:
    case StepKind::METHOD:
      view.asked = session.step;
      break;
    case StepKind::ACCOUNTS:
      if (session.linked) view.found_accounts = session.linked->accounts;
      break;
    case StepKind::ACCOUNT:
    case StepKind::REVIEW: {
      ASSIGN_OR_RETURN(view.accounts, parts_.payments.paying_accounts(tx, *intent));
      if (session.step_kind == StepKind::REVIEW) {
        std::erase_if(view.accounts, [&](const auto& row) { return row.account.id != session.account; });
        if (!view.accounts.empty()) {
          if (const auto* const bank = parts_.banks.find(view.accounts.front().bank_identifier)) {
            view.bank = *bank;
            view.reference =
                payments::cut_reference(intent->description, intent->default_description, bank->reference_length);
          }
        }
      }
      break;
    }
    case StepKind::CONNECTED:
      view.result = LinkResult{.status = Status::SUCCESS,
                               .message = session.method == Method::UPDATE_PAYMENT_SOURCE
                                              ? "Customer updated Payment Source successfully"
                                              : "Customer created Payment Source successfully",
                               .secondary_status = {}};
      break;
    case StepKind::COOL_OFF: {
      ASSIGN_OR_RETURN(const auto stored, json::parse(session.step));
      view.cool_off_until = parse_instant(stored.text("cool_off_until").value_or(""));
      if (session.method == Method::PAY) {
        view.result = LinkResult{.status = Status::ERROR,
                                 .message = "The bank lets the customer pay after a cool-off",
                                 .secondary_status = "PENDING_BENEFICIARY_COOL_OFF"};
      } else {
        view.result = LinkResult{.status = Status::SUCCESS,
                                 .message = "Customer created Payment Source successfully",
                                 .secondary_status = {}};
      }
      break;
    }
    case StepKind::FAILED: {
      ASSIGN_OR_RETURN(const auto stored, json::parse(session.step));
      view.failure_code = stored.text("code").value_or("");
      view.failure_text = stored.text("text").value_or("");
      view.failure_kind = failure_kind_of(view.failure_code);
      view.result =
          LinkResult{.status = Status::ERROR, .message = view.failure_text, .secondary_status = view.failure_code};
      break;
    }
    case StepKind::END:
      view.result =
          LinkResult{.status = Status::CANCELLED, .message = "Customer left before finishing", .secondary_status = {}};
      break;
    default:
      break;
  }
  return view;
}

Result<void> LinkFlow::render_payment(db::Transaction& tx, const LinkSession& session, LinkView& view) const {
  using Status = LinkResult::Status;
  using payments::PaymentStatus;
  ASSIGN_OR_RETURN(const auto found, parts_.payments.of_intent(tx, *session.intent));
  CHECK(found.has_value());
  const auto& payment = *found;
  view.paying = Paying::YES;
  view.number = session.step_number + payment.steps;
  view.reference = payment.reference_sent;
  view.bank_reference = payment.bank_transaction_reference.value_or("");
  if (const auto* const bank = parts_.banks.find(payment.bank_identifier)) view.bank = *bank;

  const bool leased = payments::is_leased(payment, parts_.real_clock.now());
  switch (payment.status) {
    case PaymentStatus::SUBMITTING:
      view.kind = StepKind::WORKING;
      view.money = MoneyWord::UNKNOWN;
      view.ask_again_in_ms = kAskAgainMs;
      return {};
    case PaymentStatus::ACCEPTED_BY_BANK:
      view.kind = StepKind::ACCEPTED;
      view.money = MoneyWord::ACCEPTED;
      view.result = LinkResult{.status = Status::SUCCESS,
                               .message = "The bank accepted the payment",
                               .secondary_status = "ACCEPTED_BY_BANK"};
      return {};
    case PaymentStatus::PENDING_WITH_BANK: {
      const bool accepted = payment.status_detail == "NO_REFERENCE";
      view.kind = payment.status_detail == "OUTCOME_UNKNOWN" ? StepKind::UNKNOWN : StepKind::PENDING;
      view.money = accepted ? MoneyWord::ACCEPTED : MoneyWord::UNKNOWN;
      view.ask_again_in_ms = kAskApprovalMs;
      view.result = LinkResult{.status = Status::SUCCESS,
                               .message = "The payment is with the customer's bank",
                               .secondary_status = "PENDING_WITH_BANK"};
      return {};
    }
    case PaymentStatus::FAILED:
      view.kind = StepKind::FAILED;
      view.failure_code = payment.status_detail.value_or("UNSEEN_BANK_ERROR");
      view.failure_text = payment.failure_text.value_or("");
      view.failure_kind = failure_kind_of(view.failure_code);
      view.result = LinkResult{
          .status = Status::ERROR, .message = "The payment did not go through", .secondary_status = view.failure_code};
      return {};
    case PaymentStatus::AWAITING_LOGIN_MFA:
    case PaymentStatus::AWAITING_PAYMENT_MFA:
    case PaymentStatus::AWAITING_APP_AUTH:
      break;
  }

  // An approval may have been given at any moment.
  // So it may while a call is in work, and when it died with its process.
  const bool has_open_call = leased || (payment.lease_until && !payment.connector_state.json.empty());
  const bool may_be_approved =
      payment.status == PaymentStatus::AWAITING_APP_AUTH || payment.is_silent() || has_open_call;
  view.money = may_be_approved ? MoneyWord::UNKNOWN : MoneyWord::NOT_MOVED;
  if (leased && payment.status != PaymentStatus::AWAITING_APP_AUTH) {
    view.kind = StepKind::WORKING;
    view.ask_again_in_ms = kAskAgainMs;
    return {};
  }
  // No step: the call that should have brought one died with its process.
  view.kind = StepKind::BANK_UNREACHABLE;
  if (!payment.step) return {};
  ASSIGN_OR_RETURN(const auto asked, json::parse(*payment.step));
  const auto kind = asked.text("kind");
  if (kind == "FIELDS") {
    view.kind = kind_of(asked);
    view.asked = *payment.step;
  } else if (kind == "APPROVAL") {
    view.kind = StepKind::APPROVAL;
    view.asked = *payment.step;
    view.ask_again_in_ms = kAskApprovalMs;
  }
  return {};
}

}  // namespace qantara::link
