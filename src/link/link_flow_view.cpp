// Showing: from a session, and the payment it is for, to the step that a page draws.
#include <algorithm>

#include "banking/bank_store.h"
#include "json/json.h"
#include "link/link_flow.h"
#include "link/stored_step.h"

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

/// What the shop's page is told of a connection that was made.
std::string_view done_message(Method method) {
  if (method == Method::UPDATE_PAYMENT_SOURCE) return "Customer updated Payment Source successfully";
  if (method == Method::CREATE_BENEFICIARY) return "Customer created Beneficiary successfully";
  if (method == Method::RECONNECT) return "Customer reconnected Payment Source successfully";
  return "Customer created Payment Source successfully";
}

bool asks_elsewhere(const banking::Bank& bank) {
  return std::ranges::all_of(bank.sca_ways, [](auto way) { return way == banking::ScaWay::REDIRECT; });
}

}  // namespace

Result<LinkView> LinkFlow::render(db::Transaction& tx, const LinkSession& session) const {
  const Instant now = parts_.real_clock.now();
  LinkView view{.session = session.id,
                .window = session.window,
                .method = session.method,
                .number = session.step_number,
                .kind = session.step_kind,
                .run_by = parts_.run_by};
  ASSIGN_OR_RETURN(const auto application, parts_.applications.find(tx, session.application));
  if (application) {
    view.merchant = application->name;
    view.sandbox = application->mode == applications::Mode::SANDBOX;
  }
  view.now = parts_.clock.now();
  view.expires_in =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::max(session.expires_at - now, Duration::zero()));
  if (const auto bank = parts_.banks.find(session.bank_identifier)) view.bank = *bank;
  if (session.destination) {
    ASSIGN_OR_RETURN(view.payee, parts_.destinations.get(tx, session.application, *session.destination));
    if (!session.destination_alias.empty()) view.payee->display_name = session.destination_alias;
  }
  std::optional<payment_intents::PaymentIntent> intent;
  if (session.intent) {
    ASSIGN_OR_RETURN(intent, parts_.intents.get(tx, session.application, *session.intent));
    view.amount = intent->amount;
    view.reference = intent->description;
  }

  if (session.step_kind == StepKind::PAYMENT) {
    RETURN_IF_ERROR(render_payment(tx, session, view));
  } else if (is_leased(session)) {
    view.kind = StepKind::WORKING;
    view.ask_again_in_ms = kAskAgainMs;
  } else {
    RETURN_IF_ERROR(render_step(tx, session, intent, view));
  }

  const bool is_waiting = !view.result && view.kind != StepKind::WORKING;
  const bool is_intent_over =
      intent && session.step_kind != StepKind::PAYMENT && intent->expires_at <= parts_.clock.now();
  if (is_waiting && is_intent_over) {
    end(view, end_of(*intent));
  } else if (is_waiting && session.expires_at <= now) {
    end(view, EndReason::TIMED_OUT);
  }
  if (view.kind == StepKind::CODE && view.sandbox && view.bank && view.bank->mock)
    view.test_code = view.bank->test_code;
  return view;
}

Result<void> LinkFlow::render_step(db::Transaction& tx, const LinkSession& session,
                                   const std::optional<payment_intents::PaymentIntent>& intent, LinkView& view) const {
  using Status = LinkResult::Status;
  switch (session.step_kind) {
    case StepKind::BANKS: {
      ASSIGN_OR_RETURN(const auto switched_off, banking::select_switched_off(tx, session.application));
      for (const auto& bank : parts_.banks.all()) {
        const bool is_on = std::ranges::find(switched_off, bank->identifier) == switched_off.end();
        // One that asks on its own pages alone needs to know where the shop's are; in the sandbox the hosted page stands in.
        const bool has_way_back = !asks_elsewhere(*bank) || view.sandbox || !session.success_redirect_url.empty();
        if (is_on && has_way_back && (view.sandbox || !bank->mock)) view.banks.push_back(*bank);
      }
      return {};
    }
    case StepKind::CREDENTIALS:
    case StepKind::CODE:
    case StepKind::METHOD:
      view.asked = session.step;
      return {};
    case StepKind::REDIRECT:
      view.asked = session.step;
      view.came_back = session.came_back.has_value();
      view.may_go_back = session.step.contains(R"("stage":"LOGIN")") && !session.source;
      if (!view.came_back) view.redirect_url = way_to_bank(session);
      return {};
    case StepKind::ACCOUNTS:
      if (session.linked) view.found_accounts = session.linked->accounts;
      return {};
    case StepKind::ACCOUNT:
    case StepKind::REVIEW:
      return render_accounts(tx, session, *intent, view);
    case StepKind::CONNECTED:
      view.result = LinkResult{
          .status = Status::SUCCESS, .message = std::string{done_message(session.method)}, .secondary_status = {}};
      return {};
    case StepKind::COOL_OFF: {
      ASSIGN_OR_RETURN(view.cool_off_until, read_cool_off(session.step));
      if (is_paying(session.method)) {
        view.result = LinkResult{.status = Status::ERROR,
                                 .message = "The bank lets the customer pay after a cool-off",
                                 .secondary_status = "PENDING_BENEFICIARY_COOL_OFF"};
      } else {
        view.result = LinkResult{
            .status = Status::SUCCESS, .message = std::string{done_message(session.method)}, .secondary_status = {}};
      }
      return {};
    }
    case StepKind::FAILED: {
      ASSIGN_OR_RETURN(const auto failure, read_failure(session.step));
      view.failure_code = failure.code;
      view.failure_text = failure.text;
      view.failure_kind = failure_kind_of(failure.code);
      // The link that is there already will still be there, and another way in is needed where the bank has ended the consent.
      view.can_start_again = failure.code != "BENEFICIARY_ALREADY_EXISTS" && failure.code != "RECONNECT_REQUIRED";
      view.result = LinkResult{.status = Status::ERROR, .message = failure.text, .secondary_status = failure.code};
      return {};
    }
    case StepKind::END: {
      ASSIGN_OR_RETURN(const auto reason, read_end(session.step));
      end(view, reason);
      return {};
    }
    default:
      return {};
  }
}

Result<void> LinkFlow::render_accounts(db::Transaction& tx, const LinkSession& session,
                                       const payment_intents::PaymentIntent& intent, LinkView& view) const {
  ASSIGN_OR_RETURN(view.accounts, parts_.payments.paying_accounts(tx, intent));
  if (session.account_settled)
    std::erase_if(view.accounts, [&](const auto& row) { return row.account.id != session.account; });
  if (session.step_kind != StepKind::REVIEW) return {};
  view.has_other_accounts = view.accounts.size() > 1;
  std::erase_if(view.accounts, [&](const auto& row) { return row.account.id != session.account; });
  if (view.accounts.empty()) return {};
  if (const auto bank = parts_.banks.find(view.accounts.front().bank_identifier)) {
    view.bank = *bank;
    view.reference = payments::reference_for(intent, *bank);
  }
  return {};
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
  if (const auto bank = parts_.banks.find(payment.bank_identifier)) view.bank = *bank;

  view.order_sent = payment.status == PaymentStatus::SUBMITTING || payment.status == PaymentStatus::PENDING_WITH_BANK ||
                    payment.status == PaymentStatus::ACCEPTED_BY_BANK;
  if (view.order_sent) view.ordered_at = payment.initiated_at;

  const bool leased = parts_.payments.is_leased(payment);
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
      view.asked_at = payment.asked_at;
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
  } else if (kind == "REDIRECT") {
    view.kind = StepKind::REDIRECT;
    view.asked = *payment.step;
    view.came_back = session.came_back_at && payment.asked_at < *session.came_back_at;
    if (!view.came_back) view.redirect_url = way_to_bank(session);
    view.ask_again_in_ms = view.came_back ? kAskAgainMs : kAskApprovalMs;
  }
  return {};
}

}  // namespace qantara::link
