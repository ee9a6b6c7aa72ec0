#include "link/link_view.h"

#include "base/text.h"
#include "iban/iban.h"
#include "json/json.h"

namespace qantara::link {

namespace {

struct FailureKind {
  std::string_view code;
  std::string_view kind;
};

// Failure codes (banks.md §2.5) by the words that a payer is told. Whatever is not here is `rejected`.
constexpr FailureKind kFailureKinds[] = {
    {"INSUFFICIENT_BALANCE", "insufficient_funds"},
    {"EXCEEDS_DAILY_LIMIT", "limit"},
    {"USER_CANCELLED", "denied"},
    {"SESSION_EXPIRED_ON_OTP", "approval_expired"},
    {"SESSION_EXPIRED", "approval_expired"},
    {"MFA_ATTEMPTS_EXHAUSTED", "code_exhausted"},
    {"EU_ACCOUNT_LOCKED", "login_exhausted"},
    {"INVALID_CREDENTIALS", "login_exhausted"},
    {"EU_FUNCTIONALITY_RESTRICTED", "account_unusable"},
    {"BENEFICIARY_NOT_FOUND", "payee_refused"},
    {"BANK_ISSUE", "bank_unreachable"},
    {"RECONNECT_REQUIRED", "signed_out"},
};

std::string_view to_text(LinkResult::Status status) {
  switch (status) {
    case LinkResult::Status::SUCCESS:
      return "SUCCESS";
    case LinkResult::Status::ERROR:
      return "ERROR";
    case LinkResult::Status::CANCELLED:
      return "CANCELLED";
  }
  return "ERROR";
}

/// A `.connect()` that asked for payments reports as what it made.
std::string_view reported_method(Method method) {
  return link::to_text(method == Method::CONNECT ? Method::CREATE_PAYMENT_SOURCE : method);
}

void write_bank(json::Writer& writer, const banking::Bank& bank) {
  writer.begin_object()
      .member("identifier", bank.identifier)
      .member("name", bank.name)
      .member("arabic_name", bank.arabic_name)
      .member("main_color", bank.main_color)
      .member("background_color", bank.background_color)
      .member("available", bank.active);
  if (!bank.active && bank.back_at) writer.member("back_at", qantara::to_text(*bank.back_at));
  if (!bank.app_url.empty()) writer.member("app_url", bank.app_url);
  writer.end_object();
}

void write_account(json::Writer& writer, const payments::PayingAccount& row) {
  const auto& number = row.account.iban.empty() ? row.account.account_number : row.account.iban;
  writer.begin_object()
      .member("id", row.account.id.to_text())
      .member("name", row.account.name)
      .member("number_masked", iban::mask_account(number))
      .member("currency", row.account.currency)
      .member("bank_identifier", row.bank_identifier)
      .member("usable", !row.reason.has_value());
  if (row.reason) writer.member("reason", *row.reason);
  if (row.cool_off_expires_at) writer.member("cool_off_until", qantara::to_text(*row.cool_off_expires_at));
  writer.end_object();
}

void write_found_account(json::Writer& writer, const banking::Account& account) {
  writer.begin_object()
      .member("name", account.name)
      .member("number_masked", iban::mask_account(account.iban.empty() ? account.account_number : account.iban))
      .member("currency", account.currency)
      .end_object();
}

/// The members of a stored object, all but those that are not the page's business.
void write_asked(json::Writer& writer, const std::string& asked) {
  if (asked.empty()) return;
  const auto object = json::parse(asked);
  CHECK(object.has_value());  // Written by step_json.cpp.
  for (const auto& [name, member] : object->members()) {
    if (name == "kind" || name == "irrevocable" || name == "silent" || name == "bank_url") continue;
    writer.name(name).value(member);
  }
}

}  // namespace

std::string_view failure_kind_of(std::string_view failure_code) {
  for (const auto& row : kFailureKinds) {
    if (row.code == failure_code) return row.kind;
  }
  return "rejected";
}

void end(LinkView& view, EndReason reason) {
  using Status = LinkResult::Status;
  view.kind = StepKind::END;
  view.reason = reason;
  view.ask_again_in_ms.reset();
  view.asked.clear();
  view.banks.clear();
  view.accounts.clear();
  view.found_accounts.clear();
  if (view.money != MoneyWord::NOT_MOVED) {
    // An order may have left: the flow is complete, whatever comes of it.
    view.result = LinkResult{.status = Status::SUCCESS,
                             .message = "The payment is with the customer's bank",
                             .secondary_status = "PENDING_WITH_BANK"};
    return;
  }
  view.can_start_again = reason == EndReason::LEFT || reason == EndReason::TIMED_OUT;
  switch (reason) {
    case EndReason::LEFT:
      view.result =
          LinkResult{.status = Status::CANCELLED, .message = "Customer left before finishing", .secondary_status = {}};
      break;
    case EndReason::TIMED_OUT:
      view.result =
          LinkResult{.status = Status::CANCELLED, .message = "The page has timed out", .secondary_status = {}};
      break;
    case EndReason::INTENT_EXPIRED:
      view.result = LinkResult{.status = Status::ERROR,
                               .message = "The payment intent has expired",
                               .secondary_status = "PAYMENT_INTENT_EXPIRED"};
      break;
    case EndReason::CANCELLED_BY_MERCHANT:
      view.result = LinkResult{.status = Status::ERROR,
                               .message = "The payment intent was cancelled",
                               .secondary_status = "PAYMENT_INTENT_EXPIRED"};
      break;
  }
}

EndReason end_of(const payment_intents::PaymentIntent& intent) {
  const bool is_cancelled = intent.status == payment_intents::IntentStatus::INTENT_CANCELLED;
  return is_cancelled ? EndReason::CANCELLED_BY_MERCHANT : EndReason::INTENT_EXPIRED;
}

std::vector<Action> actions_of(const LinkView& view) {
  using enum Action;
  switch (view.kind) {
    case StepKind::WELCOME:
    case StepKind::ACCOUNTS:
      return {CONTINUE, CANCEL};
    case StepKind::BANKS:
    case StepKind::ACCOUNT:
      return {SELECT, CANCEL};
    case StepKind::CREDENTIALS:
      if (is_adding_payee(view.method) || view.method == Method::RECONNECT || view.paying == Paying::YES)
        return {SUBMIT, CANCEL};
      return {SUBMIT, BACK, CANCEL};
    case StepKind::CODE:
    case StepKind::METHOD:
      return {SUBMIT, CANCEL};
    case StepKind::PAYEE:
      return {CONFIRM, CANCEL};
    case StepKind::REVIEW:
      return view.has_other_accounts ? std::vector{PAY, CHANGE_ACCOUNT, CANCEL} : std::vector{PAY, CANCEL};
    case StepKind::APPROVAL:
      return {CANCEL};
    case StepKind::REDIRECT:
      if (view.came_back && view.paying == Paying::NO) return {CHECK_AGAIN, CANCEL};
      return view.may_go_back ? std::vector{BACK, CANCEL} : std::vector{CANCEL};
    case StepKind::BANK_UNREACHABLE:
      return {RETRY, CANCEL};
    case StepKind::PENDING:
    case StepKind::UNKNOWN:
      return {CHECK_AGAIN};
    case StepKind::PAYMENT:
    case StepKind::WORKING:
    case StepKind::CONNECTED:
    case StepKind::COOL_OFF:
    case StepKind::ACCEPTED:
    case StepKind::FAILED:
    case StepKind::END:
      return {};
  }
  return {};
}

namespace {

// Members that say nothing are left out.

void write_surroundings(json::Writer& writer, const LinkView& view) {
  writer.name("merchant").begin_object().member("name", view.merchant).end_object();
  writer.name("operator").begin_object().member("name", view.run_by.name);
  if (!view.run_by.terms_url.empty()) writer.member("terms_url", view.run_by.terms_url);
  if (!view.run_by.privacy_url.empty()) writer.member("privacy_url", view.run_by.privacy_url);
  writer.end_object();
  writer.member("sandbox", view.sandbox).member("now", qantara::to_text(view.now));
  if (!view.test_code.empty()) writer.member("test_code", view.test_code);
  writer.member("expires_in_ms", std::int64_t{view.expires_in.count()});
  if (view.elsewhere) writer.member("elsewhere", true);
  if (view.can_start_again) writer.member("can_start_again", true);
}

/// Whom and what it is about.
void write_subject(json::Writer& writer, const LinkView& view) {
  if (view.bank) {
    writer.name("bank");
    write_bank(writer, *view.bank);
  }
  if (view.payee) {
    writer.name("payee")
        .begin_object()
        .member("name", view.payee->name)
        .member("display_name", view.payee->display_name)
        .member("iban", trim(view.payee->iban.value_or("")))
        .member("account_number", trim(view.payee->account_number.value_or("")))
        .end_object();
  }
  if (view.amount) {
    writer.name("amount")
        .begin_object()
        .member("amount", view.amount->to_text())
        .member("currency", view.amount->currency().code())
        .end_object();
  }
  if (!view.reference.empty()) writer.member("reference", view.reference);
}

void write_choices(json::Writer& writer, const LinkView& view) {
  if (!view.banks.empty()) {
    writer.name("banks").begin_array();
    for (const auto& bank : view.banks) write_bank(writer, bank);
    writer.end_array();
  }
  if (!view.accounts.empty() || !view.found_accounts.empty()) {
    writer.name("accounts").begin_array();
    for (const auto& account : view.accounts) write_account(writer, account);
    for (const auto& account : view.found_accounts) write_found_account(writer, account);
    writer.end_array();
  }
}

void write_outcome(json::Writer& writer, const LinkView& view) {
  if (!view.redirect_url.empty()) writer.member("url", view.redirect_url);
  if (view.came_back) writer.member("came_back", true);
  // No connector says yet that its bank asks nothing more.
  if (view.kind == StepKind::REVIEW) writer.member("confirms_at_bank", true);
  if (view.order_sent) writer.member("order_sent", true);
  if (view.ordered_at) writer.member("ordered_at", qantara::to_text(*view.ordered_at));
  if (view.asked_at) writer.member("asked_at", qantara::to_text(*view.asked_at));
  if (view.cool_off_until) writer.member("cool_off_until", qantara::to_text(*view.cool_off_until));
  if (!view.bank_reference.empty()) writer.member("bank_reference", view.bank_reference);
  if (!view.failure_kind.empty()) {
    writer.name("failure")
        .begin_object()
        .member("kind", view.failure_kind)
        .member("code", view.failure_code)
        .member("text", view.failure_text)
        .end_object();
  }
  if (view.reason) writer.member("reason", to_text(*view.reason));
  if (view.already) writer.member("already", true);
  if (view.ask_again_in_ms) writer.member("ask_again_in_ms", *view.ask_again_in_ms);
  if (!view.result) return;
  writer.name("result")
      .begin_object()
      .member("status", to_text(view.result->status))
      .member("method", reported_method(view.method))
      .member("message", view.result->message);
  if (!view.result->secondary_status.empty()) writer.member("secondary_status", view.result->secondary_status);
  writer.end_object();
}

void write_step(json::Writer& writer, const LinkView& view) {
  writer.begin_object();
  writer.member("number", view.number).member("kind", to_text(view.kind)).member("method", to_text(view.method));
  writer.member("money", to_text(view.money));
  writer.name("actions").begin_array();
  for (const auto action : actions_of(view)) writer.string(to_text(action));
  writer.end_array();
  write_surroundings(writer, view);
  write_subject(writer, view);
  write_asked(writer, view.asked);
  write_choices(writer, view);
  write_outcome(writer, view);
  writer.end_object();
}

}  // namespace

std::string step_json(const LinkView& view) {
  json::Writer writer;
  write_step(writer, view);
  return std::move(writer).text();
}

std::string to_json(const LinkView& view) {
  json::Writer writer;
  writer.begin_object().member("session_id", view.session.to_text()).name("step");
  write_step(writer, view);
  writer.end_object();
  return std::move(writer).text();
}

std::string to_json(const LinkView& view, std::string_view token) {
  json::Writer writer;
  writer.begin_object().member("session_id", view.session.to_text()).member("session_token", token);
  writer.member("window", view.window).name("step");
  write_step(writer, view);
  writer.end_object();
  return std::move(writer).text();
}

}  // namespace qantara::link
