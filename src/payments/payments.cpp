#include "payments/payments.h"

#include <algorithm>

#include "banking/bank_store.h"
#include "banking/step_json.h"
#include "base/log.h"
#include "base/text.h"
#include "json/json.h"
#include "payments/check_schedule.h"
#include "payments/payment_store.h"

namespace qantara::payments {

namespace {

using payment_sources::Beneficiary;
using payment_sources::BeneficiaryStatus;

constexpr auto kRetryAfterMax = std::chrono::hours{1};  ///< A bank may ask for patience, not for silence.

template <class... Kinds>
struct Overloaded : Kinds... {
  using Kinds::operator()...;
};

const Beneficiary* beneficiary_for(const payment_sources::PaymentSource& source, DestinationId destination) {
  const auto found = std::ranges::find(source.beneficiaries, destination, &Beneficiary::destination);
  return found == source.beneficiaries.end() ? nullptr : &*found;
}

Result<void> check_bank_limits(const banking::Bank& bank, money::Money amount) {
  for (const auto& limits : bank.limits) {
    if (limits.minimum.currency() == amount.currency()) RETURN_IF_ERROR(payment_intents::check_limits(amount, limits));
  }
  return {};
}

std::vector<Duration> poll_schedule_of(const banking::Banks& banks, std::string_view identifier) {
  const auto bank = banks.find(identifier);
  return bank ? bank->poll_schedule : std::vector<Duration>{};
}

/// The public payload of `payment.created` and `payment.updated`.
std::string payment_payload(const Payment& payment) {
  json::Writer writer;
  writer.begin_object()
      .member("id", payment.id.to_text())
      .member("customer_id", payment.customer.to_text())
      .member("intent_id", payment.intent.to_text())
      .member("payment_destination_id", payment.destination.to_text())
      .member("status", to_text(payment.public_status()))
      .raw_member("amount", payment.amount.to_text())
      .member("currency", payment.amount.currency().code())
      .member("bank_transaction_reference", payment.bank_transaction_reference)
      .member("status_additional_info", payment.status_detail)
      .end_object();
  return std::move(writer).text();
}

std::string change_payload(const Payment& payment, PaymentStatus from, PaymentEvent on, std::string_view note) {
  json::Writer writer;
  writer.begin_object()
      .member("payment_id", payment.id.to_text())
      .member("from", to_text(from))
      .member("on", to_text(on))
      .member("to", to_text(payment.status))
      .member("status_detail", payment.status_detail)
      .member("bank_status", payment.bank_status)
      .member("bank_reason_code", payment.bank_reason_code)
      .member("bank_transaction_reference", payment.bank_transaction_reference)
      .member("note", note)
      .end_object();
  return std::move(writer).text();
}

std::string_view to_text(banking::CallError::Kind kind) {
  using enum banking::CallError::Kind;
  switch (kind) {
    case NOT_SENT:
      return "NOT_SENT";
    case REFUSED:
      return "REFUSED";
    case OUTCOME_UNKNOWN:
      return "OUTCOME_UNKNOWN";
    case THROTTLED:
      return "THROTTLED";
    case MISCONFIGURED:
      return "MISCONFIGURED";
    case SESSION_ENDED:
      return "SESSION_ENDED";
  }
  return "OUTCOME_UNKNOWN";
}

std::string failure_payload(const Payment& payment, const banking::CallError& failure) {
  json::Writer writer;
  writer.begin_object()
      .member("payment_id", payment.id.to_text())
      .member("failure", to_text(failure.kind))
      .member("code", failure.code)
      .member("note", failure.message)
      .end_object();
  return std::move(writer).text();
}

/// The answer of `claim` was recorded by an earlier try, whose commit took place though nobody heard of it.
bool is_recorded(const Payment& payment, const Claim& claim, Try which) {
  const bool has_changed = payment.version != claim.payment.version;
  // A clock that stands still tells nothing.
  const bool tells = claim.answered_at && claim.answered_at != claim.payment.asked_at;
  return which == Try::AGAIN && has_changed && tells && payment.asked_at == claim.answered_at;
}

/// The page's way on when the bank could not be reached before anything was sent, and when it fell silent after (Payment::is_silent).
constexpr std::string_view kBankUnreachable = R"({"kind":"BANK_UNREACHABLE"})";
constexpr std::string_view kBankSilent = R"({"kind":"BANK_UNREACHABLE","silent":true})";

}  // namespace

bool Payment::is_silent() const {
  return is_waiting(status) && (step ? *step == kBankSilent : !connector_state.json.empty());
}

banking::Creditor creditor_of(const destinations::Destination& destination) {
  const auto text = [](const std::optional<std::string>& value) { return std::string{trim(value.value_or(""))}; };
  return {.name = destination.name,
          .iban = text(destination.iban),
          .account_number = text(destination.account_number),
          .bic = text(destination.swift_code),
          .country = text(destination.country)};
}

std::string cut_reference(std::string_view description, bool is_default, std::size_t length) {
  const auto excess = utf8_length(description) > length ? utf8_length(description) - length : 0;
  if (excess == 0) return std::string{description};
  if (is_default) return std::string{description.substr(excess)};  // Hexadecimal digits: one byte each.
  std::size_t end = description.size();
  for (std::size_t dropped = 0; dropped < excess; ++dropped) {
    do {
      --end;
    } while (end > 0 && (static_cast<unsigned char>(description[end]) & 0xC0U) == 0x80U);
  }
  return std::string{description.substr(0, end)};
}

namespace {

constexpr bool is_ascii_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// Without the characters that are not in `allowed`; letters that are in the other case are written so. Beyond ASCII nothing is
/// allowed but by an empty set.
std::string cleaned(std::string_view text, std::string_view allowed) {
  if (allowed.empty()) return std::string{text};
  std::string kept;
  for (const char c : text) {
    const char other_case = static_cast<char>(c ^ 0x20);
    if (banking::allows(allowed, c)) {
      kept += c;
    } else if (is_ascii_letter(c) && banking::allows(allowed, other_case)) {
      kept += other_case;
    }
  }
  return std::string{trim(kept)};
}

}  // namespace

std::string reference_for(const payment_intents::PaymentIntent& intent, const banking::Bank& bank) {
  const auto own = cleaned(intent.description, bank.reference_characters);
  if (!own.empty()) return cut_reference(own, intent.default_description, bank.reference_length);
  return cut_reference(cleaned(intent.id.to_plain_text(), bank.reference_characters), true, bank.reference_length);
}

Result<std::vector<PayingAccount>> Payments::paying_accounts(db::Transaction& tx,
                                                             const payment_intents::PaymentIntent& intent) const {
  ASSIGN_OR_RETURN(const auto sources, sources_.list(tx, intent.application, intent.customer));
  ASSIGN_OR_RETURN(const auto switched_off, banking::select_switched_off(tx, intent.application));
  std::vector<PayingAccount> accounts;
  std::vector<PayingAccount> unusable;
  for (const auto& source : sources) {
    const auto* const beneficiary = beneficiary_for(source, intent.destination);
    const auto bank = banks_.find(source.bank_identifier);
    const bool is_usable =
        bank && bank->active && std::ranges::find(switched_off, source.bank_identifier) == switched_off.end();
    for (const auto& account : source.accounts) {
      PayingAccount row{.source = source.id,
                        .account = account,
                        .bank_identifier = source.bank_identifier,
                        .reason = {},
                        .cool_off_expires_at = {}};
      if (account.currency != intent.amount.currency().code()) {
        row.reason = "CURRENCY";
      } else if (beneficiary == nullptr) {
        row.reason = "NOT_LINKED";
      } else if (beneficiary->status != BeneficiaryStatus::ACTIVE) {
        row.reason = "COOL_OFF";
        row.cool_off_expires_at = beneficiary->cool_off_expires_at;
      } else if (!is_usable) {
        row.reason = "BANK_UNAVAILABLE";
      } else if (!check_bank_limits(*bank, intent.amount)) {
        row.reason = "LIMIT";
      }
      (row.reason ? unusable : accounts).push_back(std::move(row));
    }
  }
  std::ranges::move(unusable, std::back_inserter(accounts));
  return accounts;
}

Result<Payment> Payments::start(db::Transaction& tx, ApplicationId application, IntentId intent_id,
                                AccountId account_id) const {
  ASSIGN_OR_RETURN(const auto intent, intents_.get(tx, application, intent_id));
  ASSIGN_OR_RETURN(auto existing, of_intent(tx, intent_id));
  if (existing) return *std::move(existing);
  RETURN_IF_ERROR(intents_.use(tx, intent));

  ASSIGN_OR_RETURN(const auto accounts, paying_accounts(tx, intent));
  const auto chosen = std::ranges::find_if(accounts, [&](const auto& row) { return row.account.id == account_id; });
  if (chosen == accounts.end())
    return field_error(ErrorCode::INVALID_PARAMETERS, "account_id", "account_id must be an account of this customer");
  if (chosen->reason == "CURRENCY") {
    return field_error(ErrorCode::INVALID_PARAMETERS, "account_id",
                       "account_id must be an account in " + std::string{intent.amount.currency().code()});
  }
  if (chosen->reason == "NOT_LINKED") {
    return error(ErrorCode::BENEFICIARY_NOT_FOUND, "the payment source is not linked to this payment destination");
  }
  if (chosen->reason == "COOL_OFF") {
    Error cooling = error(ErrorCode::PENDING_BENEFICIARY_COOL_OFF,
                          "the bank lets the customer pay this destination after its cool-off");
    if (chosen->cool_off_expires_at) {
      cooling.details.push_back({.name = "beneficiary_cool_off_expiry",
                                 .json = json::quoted(qantara::to_text(*chosen->cool_off_expires_at))});
    }
    return cooling;
  }
  const auto bank = banks_.find(chosen->bank_identifier);
  if (bank == nullptr || chosen->reason == "BANK_UNAVAILABLE")
    return error(ErrorCode::SERVICE_UNAVAILABLE, "the bank is not available now");
  RETURN_IF_ERROR(check_bank_limits(*bank, intent.amount));

  ASSIGN_OR_RETURN(const auto destination, destinations_.get(tx, application, intent.destination));
  const auto id = PaymentId::make(clock_, random_);
  Payment payment{.id = id,
                  .application = application,
                  .customer = intent.customer,
                  .intent = intent.id,
                  .destination = intent.destination,
                  .source = chosen->source,
                  .account = account_id,
                  .bank_identifier = chosen->bank_identifier,
                  .amount = intent.amount,
                  .description = intent.description,
                  .reference_sent = reference_for(intent, *bank),
                  .end_to_end_id = id.to_plain_text(),
                  .request_key = Uuid::make(clock_, random_).to_text(),
                  .parties = {.debtor = {.resource_id = chosen->account.bank_resource_id,
                                         .iban = chosen->account.iban,
                                         .account_number = chosen->account.account_number,
                                         .name = chosen->account.name,
                                         .owner_name = chosen->account.owner_name,
                                         .currency = chosen->account.currency},
                              .creditor = creditor_of(destination)},
                  .created_at = clock_.now()};
  ASSIGN_OR_RETURN(const bool inserted, insert_payment(tx, vault_, payment));
  if (!inserted) return error(ErrorCode::VERSION_CONFLICT, "the intent is being paid in another window");

  json::Writer payload;
  payload.begin_object()
      .member("payment_id", id.to_text())
      .raw_member("amount", payment.amount.to_text())
      .member("currency", payment.amount.currency().code())
      .member("payee", payment.parties.creditor.name)
      .member("reference", payment.reference_sent)
      .member("bank", payment.bank_identifier)
      .end_object();
  RETURN_IF_ERROR(tell(tx, payment, events::Type::PAYMENT_STARTED, payload.text()));
  return payment;
}

Result<Payment> Payments::get(db::Transaction& tx, ApplicationId application, PaymentId id) const {
  ASSIGN_OR_RETURN(auto payment, select_payment(tx, vault_, id));
  if (!payment || payment->application != application)
    return error(ErrorCode::UNKNOWN_PAYMENT, "there is no payment with this id");
  return *std::move(payment);
}

Result<std::optional<Payment>> Payments::of_intent(db::Transaction& tx, IntentId intent) const {
  return select_payment_of_intent(tx, vault_, intent);
}

Result<std::optional<Payment>> Payments::find(db::Transaction& tx, PaymentId id) const {
  return select_payment(tx, vault_, id);
}

Result<std::vector<Payment>> Payments::list(db::Transaction& tx, ApplicationId application, const PaymentFilter& filter,
                                            const Slice& slice) const {
  ASSIGN_OR_RETURN(const auto ids, select_payments(tx, application, filter, slice));
  std::vector<Payment> payments;
  for (const auto id : ids) {
    ASSIGN_OR_RETURN(auto payment, load(tx, id));
    payments.push_back(std::move(payment));
  }
  return payments;
}

Result<std::int64_t> Payments::count(db::Transaction& tx, ApplicationId application,
                                     const PaymentFilter& filter) const {
  return count_payments(tx, application, filter);
}

Result<std::vector<PaymentId>> Payments::newest(db::Transaction& tx, int limit) const {
  return select_newest_payments(tx, limit);
}

bool Payments::is_leased(const Payment& payment) const { return in_flight_.contains(payment.id) || has_lease(payment); }

bool Payments::has_lease(const Payment& payment) const {
  if (!payment.lease_until) return false;
  if (payment.lease_holder && *payment.lease_holder != holder_) return true;
  return is_running(*payment.lease_until, real_clock_.now());
}

Result<Claim> Payments::claim(db::Transaction& tx, PaymentId id, Call call, std::optional<int> step,
                              std::string_view request_key) const {
  ASSIGN_OR_RETURN(auto payment, load(tx, id));
  if (step && *step != payment.steps) return error(ErrorCode::STEP_OUTDATED, "the payment has moved on");
  return claim(tx, std::move(payment), call, request_key);
}

Result<Claim> Payments::claim_due(db::Transaction& tx, DuePayment due) const {
  ASSIGN_OR_RETURN(auto payment, load(tx, due.id));
  if (payment.version != due.version) return error(ErrorCode::STEP_OUTDATED, "the payment has moved on");
  return claim(tx, std::move(payment), Call::HARMLESS, {});
}

Result<Claim> Payments::claim(db::Transaction& tx, Payment payment, Call call, std::string_view request_key) const {
  if (has_lease(payment)) return error(ErrorCode::STEP_OUTDATED, "a call to the bank is in work for this payment");
  if (is_final(payment.status)) return error(ErrorCode::STEP_OUTDATED, "the payment has ended");
  if (payment.status == PaymentStatus::SUBMITTING) RETURN_IF_ERROR(lose_track(tx, payment));
  if (!payment.connector_state.json.empty()) {
    // A lease that was not given back: whoever was calling is gone, and the bank may have asked the payer in its app meanwhile.
    if (payment.lease_until && !payment.initiated_at) payment.initiated_at = clock_.now();
    // Due as soon as the lease ends, should the answer not find its way into the database.
    payment.next_check_at = clock_.now();
  }
  payment.lease_holder = holder_;
  payment.lease_until = real_clock_.now() + kLease;

  if (call == Call::SUBMISSION) {
    if (payment.code_tries >= kCodeTriesMax) {
      return error(ErrorCode::RATE_LIMIT_EXCEEDED, "too many codes were tried for this payment");
    }
    if (!next_state(kPaymentTransitions, payment.status, PaymentEvent::submission_started)) {
      return error(ErrorCode::STEP_OUTDATED, "the payment does not wait for a code");
    }
    ++payment.code_tries;
    payment.request_key = request_key;
    payment.waiting_status = payment.status;
    if (!payment.initiated_at) payment.initiated_at = clock_.now();
    RETURN_IF_ERROR(move(tx, payment, PaymentEvent::submission_started, "the order is about to be sent"));
  } else {
    RETURN_IF_ERROR(update_payment(tx, vault_, payment));
  }
  ASSIGN_OR_RETURN(auto link_state, sources_.connector_state(tx, payment.source));
  return Claim{.payment = std::move(payment), .link_state = std::move(link_state)};
}

std::string Payments::make_request_key() const { return Uuid::make(clock_, random_).to_text(); }

Result<Payment> Payments::withdraw(db::Transaction& tx, PaymentId id, std::string_view request_key) const {
  ASSIGN_OR_RETURN(auto payment, load(tx, id));
  if (payment.status != PaymentStatus::SUBMITTING || payment.request_key != request_key) return payment;
  const banking::CallError failure{.kind = banking::CallError::Kind::NOT_SENT,
                                   .code = "DATABASE_AWAY",
                                   .message = "the database did not say that the payment was claimed",
                                   .retry_after = {}};
  const auto state = payment.connector_state;
  return record_failure(tx, {.payment = std::move(payment), .link_state = {}, .answered_at = {}}, failure, state);
}

bool Payments::is_fresh(const Claim& claim) const {
  const Instant made_at = claim.payment.lease_until.value_or(Instant::min()) - kLease;
  const Instant real_now = real_clock_.now();
  return made_at <= real_now && real_now < made_at + kClaimFresh;
}

Result<void> Payments::check_claim(db::Transaction& tx, const Claim& claim) const {
  ASSIGN_OR_RETURN(const auto payment, load(tx, claim.payment.id));
  if (payment.version == claim.payment.version) return {};
  return error(ErrorCode::STEP_OUTDATED, "the payment has moved on");
}

bool Payments::has_own_lease(const Payment& payment) const {
  return payment.lease_until && payment.lease_holder == holder_;
}

Result<Payment> Payments::record(db::Transaction& tx, const Claim& claim, const banking::Step& step,
                                 const banking::ConnectorState& state, Try which) const {
  const auto id = claim.payment.id;
  ASSIGN_OR_RETURN(auto payment, load(tx, id));
  if (is_recorded(payment, claim, which)) return payment;
  if (is_final(payment.status)) {
    // A late answer to a question asked before the end. Kept as evidence; it changes nothing.
    if (const auto* const outcome = std::get_if<banking::Outcome>(&step)) {
      const bool agrees =
          (outcome->status == banking::BankStatus::REJECTED) == (payment.status == PaymentStatus::FAILED);
      if (!agrees) {
        json::Writer payload;
        payload.begin_object()
            .member("payment_id", id.to_text())
            .member("bank_status", outcome->bank_status)
            .end_object();
        RETURN_IF_ERROR(tell(tx, payment, events::Type::BANK_CONTRADICTED, payload.text()));
      }
    }
    return payment;
  }
  if (payment.version != claim.payment.version)
    return set_aside(tx, std::move(payment), "an answer that came after the lease");

  payment.connector_state = state;
  payment.lease_until.reset();
  payment.asked_at = claim.answered_at.value_or(clock_.now());
  payment.quiet_until.reset();
  const auto recorded = std::visit(
      Overloaded{[&](const banking::NeedFields& need) -> Result<void> {
                   payment.step = banking::to_json(need);
                   const bool login = need.stage == banking::Stage::LOGIN;
                   return move(tx, payment, login ? PaymentEvent::login_needed : PaymentEvent::code_needed,
                               need.wrong_answer ? "the bank refused the answer" : "");
                 },
                 [&](const banking::NeedApproval& need) -> Result<void> {
                   payment.step = banking::to_json(need);
                   // The payer's act at the bank is the irrevocable one.
                   if (!payment.initiated_at) payment.initiated_at = clock_.now();
                   return move(tx, payment, PaymentEvent::approval_needed, "");
                 },
                 [&](const banking::NeedRedirect& need) -> Result<void> {
                   payment.step = banking::to_json(need);
                   // As with an approval in the app: once the payer has the link, the act is theirs.
                   if (!payment.initiated_at) payment.initiated_at = clock_.now();
                   return move(tx, payment, PaymentEvent::approval_needed, "on the bank's own page");
                 },
                 [&](const banking::Outcome& outcome) -> Result<void> { return apply(tx, payment, outcome); },
                 [&](const banking::Refused& refused) -> Result<void> {
                   payment.status_detail = refused.code;
                   payment.failure_text = refused.text;
                   return move(tx, payment, PaymentEvent::bank_rejected, refused.text);
                 },
                 [&](const banking::StillWaiting& waiting) -> Result<void> {
                   payment.bank_status = waiting.bank_status;
                   ++payment.checks;
                   schedule_check(tx, payment);
                   RETURN_IF_ERROR(update_payment(tx, vault_, payment));
                   json::Writer payload;
                   payload.begin_object()
                       .member("payment_id", id.to_text())
                       .member("bank_status", waiting.bank_status)
                       .member("sca_status", waiting.sca_status)
                       .end_object();
                   return tell(tx, payment, events::Type::BANK_ASKED, payload.text());
                 },
                 // Continue: the order exists at the bank; the caller goes on under the same lease.
                 [&](const auto&) -> Result<void> {
                   payment.lease_until = real_clock_.now() + kLease;
                   schedule_check(tx, payment);  // Due only if the caller dies: a lease keeps others away.
                   return update_payment(tx, vault_, payment);
                 }},
      step);
  RETURN_IF_ERROR(recorded);
  return payment;
}

Result<Payment> Payments::record_failure(db::Transaction& tx, const Claim& claim, const banking::CallError& failure,
                                         const banking::ConnectorState& state, Try which) const {
  using enum banking::CallError::Kind;
  ASSIGN_OR_RETURN(auto payment, load(tx, claim.payment.id));
  if (is_final(payment.status) || is_recorded(payment, claim, which)) return payment;
  if (payment.version != claim.payment.version) return set_aside(tx, std::move(payment), failure.message);
  payment.connector_state = state;
  payment.lease_until.reset();
  payment.asked_at = claim.answered_at.value_or(clock_.now());

  if (payment.status == PaymentStatus::SUBMITTING) {
    const bool nothing_left = failure.kind == NOT_SENT || failure.kind == REFUSED || failure.kind == THROTTLED;
    if (nothing_left) {
      // No byte left, or the bank refused in so many words: the payer may answer again. A code that did not get there is no try.
      if (failure.kind != REFUSED) --payment.code_tries;
      RETURN_IF_ERROR(move(tx, payment, PaymentEvent::code_needed, failure.message));
      return payment;
    }
    payment.status_detail = "OUTCOME_UNKNOWN";
    payment.step.reset();
    RETURN_IF_ERROR(move(tx, payment, PaymentEvent::outcome_unknown, failure.message));
    return payment;
  }

  const bool is_order_there = !payment.connector_state.json.empty();
  if (is_waiting(payment.status) && payment.status != PaymentStatus::AWAITING_APP_AUTH) {
    // An order that the bank would not even take has failed. Once it is there, only the bank's word on the order itself ends it:
    // an authorisation that seems refused may have been given in the bank's app.
    const bool has_lapsed = failure.kind == SESSION_ENDED;
    if (!is_order_there && (failure.kind == REFUSED || failure.kind == MISCONFIGURED || has_lapsed)) {
      if (has_lapsed) RETURN_IF_ERROR(sources_.consent_lapsed(tx, payment.source));
      payment.status_detail = has_lapsed ? "RECONNECT_REQUIRED" : "BANK_ISSUE";
      payment.failure_text = failure.message;
      RETURN_IF_ERROR(move(tx, payment, PaymentEvent::bank_rejected, failure.message));
      return payment;
    }
    const bool nothing_left = failure.kind == NOT_SENT || failure.kind == THROTTLED;
    if (is_order_there && !nothing_left) {
      payment.step = kBankSilent;
      if (!payment.initiated_at) payment.initiated_at = clock_.now();  // The payer may have been asked at the bank.
    } else if (!payment.step) {
      payment.step = kBankUnreachable;
    }
    ++payment.steps;
  }
  RETURN_IF_ERROR(ask_later(tx, payment, failure));
  return payment;
}

Result<Payment> Payments::record_no_answer(db::Transaction& tx, const Claim& claim, const banking::CallError& failure,
                                           Try which) const {
  ASSIGN_OR_RETURN(auto payment, load(tx, claim.payment.id));
  if (is_final(payment.status) || is_recorded(payment, claim, which)) return payment;
  if (payment.version != claim.payment.version) return set_aside(tx, std::move(payment), failure.message);
  payment.lease_until.reset();
  payment.asked_at = claim.answered_at.value_or(clock_.now());
  RETURN_IF_ERROR(ask_later(tx, payment, failure));
  return payment;
}

// The lease ran out while the call was under way, and the payment went on without it. Whatever the bank said then may be about
// another order or another moment: it is told, and the bank is asked anew.
Result<Payment> Payments::set_aside(db::Transaction& tx, Payment payment, std::string_view what) const {
  json::Writer payload;
  payload.begin_object()
      .member("payment_id", payment.id.to_text())
      .member("failure", "LATE_ANSWER")
      .member("note", what)
      .end_object();
  RETURN_IF_ERROR(tell(tx, payment, events::Type::BANK_ASKED, payload.text()));
  if (!payment.connector_state.json.empty() && !has_lease(payment)) {
    payment.next_check_at = clock_.now();
    RETURN_IF_ERROR(update_payment(tx, vault_, payment));
    tx.announce(kCheckScheduled);
  }
  return payment;
}

Result<void> Payments::hasten_check(db::Transaction& tx, PaymentId id) const {
  ASSIGN_OR_RETURN(auto payment, load(tx, id));
  const Instant now = clock_.now();
  const bool may_have_moved =
      payment.status == PaymentStatus::PENDING_WITH_BANK || payment.status == PaymentStatus::AWAITING_APP_AUTH;
  const bool is_open = may_have_moved && !payment.connector_state.json.empty();
  const bool is_in_work = is_leased(payment) || payment.next_check_at <= now;
  const bool is_too_soon = now < payment.asked_at.value_or(Instant::min()) + kAskAgainMin || payment.quiet_until > now;
  if (!is_open || is_in_work || is_too_soon) return {};
  payment.next_check_at = now;
  payment.checks = std::max(payment.checks - 1, 0);  // An extra question: the usual ones stay as frequent as they were.
  RETURN_IF_ERROR(update_payment(tx, vault_, payment));
  tx.announce(kCheckScheduled);
  return {};
}

Result<int> Payments::recover(db::Transaction& tx) const {
  ASSIGN_OR_RETURN(const auto submitting, select_submitting(tx));
  RETURN_IF_ERROR(end_payment_leases(tx));
  return lose_track(tx, submitting);
}

Result<int> Payments::recover(db::Transaction& tx, GatewayId gone) const {
  ASSIGN_OR_RETURN(const auto submitting, select_submitting_of(tx, gone));
  RETURN_IF_ERROR(end_payment_leases_of(tx, gone));
  tx.announce(kCheckScheduled);
  return lose_track(tx, submitting);
}

Result<void> Payments::end_idle_leases(db::Transaction& tx) const {
  ASSIGN_OR_RETURN(const auto lapsed, select_lapsed(tx, holder_, real_clock_.now(), kLease));
  for (const auto id : lapsed) {
    if (in_flight_.contains(id)) continue;
    RETURN_IF_ERROR(end_payment_lease(tx, id));
    tx.announce(kCheckScheduled);
  }
  return {};
}

Result<int> Payments::lose_track(db::Transaction& tx, std::span<const PaymentId> submitting) const {
  for (const auto id : submitting) {
    ASSIGN_OR_RETURN(auto payment, load(tx, id));
    RETURN_IF_ERROR(lose_track(tx, payment));
  }
  return static_cast<int>(submitting.size());
}

Result<std::vector<DuePayment>> Payments::due(db::Transaction& tx, Instant now, int limit) const {
  // After a jump of the clock the rows of all that is under way here may look as if nobody worked on them.
  const int limit_with_own = limit + static_cast<int>(in_flight_.count());
  ASSIGN_OR_RETURN(auto due, select_due_payments(tx, holder_, now, real_clock_.now(), kLease, limit_with_own));
  std::erase_if(due, [&](const DuePayment& one) { return in_flight_.contains(one.id); });
  if (std::ssize(due) > limit) due.erase(due.begin() + limit, due.end());
  return due;
}

Result<std::optional<Instant>> Payments::next_due(db::Transaction& tx) const {
  return select_next_due(tx, holder_, real_clock_.now(), kLease);
}

Result<Payment> Payments::load(db::Transaction& tx, PaymentId id) const {
  ASSIGN_OR_RETURN(auto payment, select_payment(tx, vault_, id));
  if (!payment) return error(ErrorCode::UNKNOWN_PAYMENT, "there is no payment with this id");
  return *std::move(payment);
}

// Whoever was submitting is gone, and with it what the bank answered.
Result<void> Payments::lose_track(db::Transaction& tx, Payment& payment) const {
  payment.lease_until.reset();
  payment.status_detail = "OUTCOME_UNKNOWN";
  payment.step.reset();
  return move(tx, payment, PaymentEvent::outcome_unknown,
              "the gateway stopped between sending the order and storing the answer");
}

// The one place where a payment changes its status.
Result<void> Payments::move(db::Transaction& tx, Payment& payment, PaymentEvent on, std::string_view note) const {
  const auto from = payment.status;
  const auto to = next_state(kPaymentTransitions, from, on);
  if (!to) {
    return error(ErrorCode::ILLEGAL_TRANSITION, "a payment in " + std::string{payments::to_text(from)} +
                                                    " has no row for " + std::string{payments::to_text(on)});
  }
  payment.status = *to;
  ++payment.steps;
  if (is_waiting(*to)) payment.waiting_status = *to;
  if (is_final(*to)) {
    payment.step.reset();
    payment.next_check_at.reset();
  } else if (*to != PaymentStatus::SUBMITTING) {
    payment.checks = 0;
    schedule_check(tx, payment);
  }
  RETURN_IF_ERROR(update_payment(tx, vault_, payment));
  RETURN_IF_ERROR(tell(tx, payment, events::Type::PAYMENT_CHANGED, change_payload(payment, from, on, note)));

  if (!is_completed(*to)) return {};
  if (!is_completed(from)) return tell(tx, payment, events::Type::PAYMENT_CREATED, payment_payload(payment));
  if (from != *to) return tell(tx, payment, events::Type::PAYMENT_UPDATED, payment_payload(payment));
  return {};
}

Result<void> Payments::apply(db::Transaction& tx, Payment& payment, const banking::Outcome& outcome) const {
  payment.bank_status = outcome.bank_status;
  payment.step.reset();
  switch (outcome.status) {
    case banking::BankStatus::ACCEPTED:
      if (outcome.reference.empty()) {
        const bool known =
            payment.status == PaymentStatus::PENDING_WITH_BANK && payment.status_detail == "NO_REFERENCE";
        payment.status_detail = "NO_REFERENCE";
        if (known) break;
        return move(tx, payment, PaymentEvent::bank_pending, "accepted without a reference");
      }
      payment.status_detail.reset();
      payment.bank_transaction_reference = outcome.reference;
      return move(tx, payment, PaymentEvent::bank_accepted, "");
    case banking::BankStatus::PENDING: {
      const bool known = payment.status == PaymentStatus::PENDING_WITH_BANK && !payment.status_detail;
      payment.status_detail.reset();
      if (known) break;
      return move(tx, payment, PaymentEvent::bank_pending, "");
    }
    case banking::BankStatus::REJECTED:
      payment.status_detail = outcome.failure_code;
      payment.failure_text = outcome.reason_text;
      payment.bank_reason_code = outcome.reason_code;
      return move(tx, payment, PaymentEvent::bank_rejected, outcome.reason_text);
  }
  // The bank says again what it said before.
  ++payment.checks;
  schedule_check(tx, payment);
  RETURN_IF_ERROR(update_payment(tx, vault_, payment));
  json::Writer payload;
  payload.begin_object()
      .member("payment_id", payment.id.to_text())
      .member("bank_status", outcome.bank_status)
      .end_object();
  return tell(tx, payment, events::Type::BANK_ASKED, payload.text());
}

Result<void> Payments::tell(db::Transaction& tx, const Payment& payment, events::Type type,
                            std::string_view payload) const {
  return events_.append(tx, {.application = payment.application, .aggregate = payment.intent.uuid}, type, payload);
}

Result<void> Payments::ask_later(db::Transaction& tx, Payment& payment, const banking::CallError& failure) const {
  ++payment.checks;
  schedule_check(tx, payment);
  if (failure.retry_after && payment.next_check_at) {
    payment.quiet_until = clock_.now() + std::min<Duration>(*failure.retry_after, kRetryAfterMax);
    payment.next_check_at = std::max(*payment.next_check_at, *payment.quiet_until);
  }
  RETURN_IF_ERROR(update_payment(tx, vault_, payment));
  return tell(tx, payment, events::Type::BANK_ASKED, failure_payload(payment, failure));
}

void Payments::schedule_check(db::Transaction& tx, Payment& payment) const {
  if (payment.connector_state.json.empty()) return;  // Nothing exists at the bank yet.
  const auto status = payment.is_silent() ? PaymentStatus::AWAITING_APP_AUTH : payment.status;
  payment.next_check_at =
      clock_.now() + next_check_delay(status, payment.checks, poll_schedule_of(banks_, payment.bank_identifier));
  tx.announce(kCheckScheduled);
}

}  // namespace qantara::payments
