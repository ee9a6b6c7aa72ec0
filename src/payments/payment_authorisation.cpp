#include "payments/payment_authorisation.h"

#include <algorithm>

#include "base/log.h"

namespace qantara::payments {

namespace {

constexpr Duration kPauseFirst = std::chrono::milliseconds{100};
constexpr Duration kPauseMax = std::chrono::seconds{2};

Error in_work() { return error(ErrorCode::STEP_OUTDATED, "a call to the bank is in work for this payment"); }

/// The same write may succeed later. Nothing was written, or (STORAGE_FAILED) nobody knows whether it was.
bool is_database_away(const Error& failed) {
  return failed.code == ErrorCode::SERVICE_UNAVAILABLE || failed.code == ErrorCode::STORAGE_FAILED;
}

bool is_continue(const banking::BankResult<banking::Step>& brought) {
  return brought && std::holds_alternative<banking::Continue>(*brought);
}

/// Whether this would end the payment: an authorisation that failed for good, or an explicit no.
bool is_refusal(const banking::BankResult<banking::Step>& brought) {
  using enum banking::CallError::Kind;
  if (brought) return std::holds_alternative<banking::Refused>(*brought);
  return brought.error().kind == REFUSED || brought.error().kind == MISCONFIGURED ||
         brought.error().kind == SESSION_ENDED;
}

banking::BankResult<banking::Step> not_sent(const Error& why) {
  return std::unexpected{
      banking::CallError{.kind = banking::CallError::Kind::NOT_SENT,
                         .code = "DATABASE_AWAY",
                         .message = "nothing was sent, as the claim could not be looked at: " + why.message,
                         .retry_after = {}}};
}

/// Whether the payer was, or may have been, asked to authorise the order. Until then the bank has only asked who they are.
enum class Begun { NO, YES };

Begun begun_of(const Payment& payment) {
  const bool is_login = payment.status == PaymentStatus::AWAITING_LOGIN_MFA && !payment.is_silent();
  return is_login && !payment.initiated_at ? Begun::NO : Begun::YES;
}

/// The bank refused something about an order that it has, and was asked how the order stands: only that ends a payment. Of a
/// rejection the refusal's own reason says more. Where the order still stands, a failed authorisation is no fact about the
/// money: another one may be under way in the bank's app, unless none was ever begun (`begun`).
banking::BankResult<banking::Step> weigh(banking::BankResult<banking::Step> refusal,
                                         banking::BankResult<banking::Step> asked, Begun begun) {
  const auto* const refused = refusal ? std::get_if<banking::Refused>(&*refusal) : nullptr;
  auto* const outcome = asked ? std::get_if<banking::Outcome>(&*asked) : nullptr;
  if (outcome != nullptr) {
    if (refused != nullptr && outcome->status == banking::BankStatus::REJECTED) {
      outcome->failure_code = refused->code;
      if (outcome->reason_text.empty()) outcome->reason_text = refused->text;
    }
    return asked;
  }
  const bool is_still_there = asked && std::holds_alternative<banking::StillWaiting>(*asked);
  if (refused == nullptr || (begun == Begun::NO && is_still_there)) return refusal;
  return std::unexpected{
      banking::CallError{.kind = banking::CallError::Kind::OUTCOME_UNKNOWN,
                         .code = refused->code,
                         .message = "the authorisation failed, and the bank still has the order: " + refused->text,
                         .retry_after = {}}};
}

}  // namespace

Task<Result<Payment>> PaymentAuthorisation::start(PaymentId id, int step, banking::PayerDevice device) const {
  const auto held = payments_.hold(id);
  if (!held) co_return in_work();
  CO_ASSIGN_OR_RETURN(auto claim, co_await database_.write([&](db::Transaction& tx) {
    return payments_.claim(tx, id, Call::HARMLESS, step, {});
  }));
  const auto connector = banks_.connector(claim.payment.bank_identifier);
  const auto order = claim.payment.order();
  const auto begun = begun_of(claim.payment);
  auto state = claim.payment.connector_state;

  if (state.json.empty()) {
    auto created = co_await connector->begin_payment(order, device, claim.link_state, state);
    const bool goes_on = is_continue(created);
    // What exists at the bank must be known here before anything can be authorised there.
    CO_ASSIGN_OR_RETURN(claim.payment, co_await record(claim, std::move(created), state));
    // Or somebody else went on meanwhile.
    const bool is_ours = claim.payment.connector_state.json == state.json && payments_.has_own_lease(claim.payment);
    if (!goes_on || !is_ours) co_return claim.payment;
  }
  auto started = co_await connector->advance_payment(order, device, state);
  if (is_refusal(started)) {
    auto asked = co_await connector->poll_payment(state);
    started = weigh(std::move(started), std::move(asked), begun);
  }
  auto recorded = co_await record(claim, std::move(started), std::move(state));
  co_return recorded;
}

Task<Result<Payment>> PaymentAuthorisation::answer(PaymentId id, int step, Call call, banking::Answers answers,
                                                   banking::PayerDevice device) const {
  const auto held = payments_.hold(id);
  if (!held) co_return in_work();
  const auto request_key = payments_.make_request_key();
  auto claimed =
      co_await database_.write([&](db::Transaction& tx) { return payments_.claim(tx, id, call, step, request_key); });
  if (!claimed && claimed.error().code == ErrorCode::STORAGE_FAILED && call == Call::SUBMISSION) {
    // Perhaps it is SUBMITTING now. Nothing has left, which nobody else can know.
    auto withdrawn = co_await insist(
        Recording{[&](db::Transaction& tx, Try) { return payments_.withdraw(tx, id, request_key); }}, kWithdrawFor);
    co_return withdrawn;
  }
  CO_ASSIGN_OR_RETURN(auto claim, std::move(claimed));
  const auto connector = banks_.connector(claim.payment.bank_identifier);
  const auto order = claim.payment.order();
  const auto begun = begun_of(claim.payment);
  auto state = claim.payment.connector_state;

  // Whoever slept between the commit and this line may have been given up, and the bank asked meanwhile. That this is looked at
  // narrows the window and does not close it; what is sent in it nobody else has sent, or will (docs/decisions/0011).
  if (!payments_.is_fresh(claim)) {
    const auto checked = co_await database_.read([&](db::Transaction& tx) { return payments_.check_claim(tx, claim); });
    if (!checked && checked.error().code == ErrorCode::STEP_OUTDATED) co_return checked.error();
    if (!checked) {
      // Whether it may be sent is not known, so it is not.
      auto recorded = co_await record(std::move(claim), not_sent(checked.error()), std::move(state));
      co_return recorded;
    }
  }
  auto brought = co_await connector->submit_payment(order, answers, device, state);
  if (is_refusal(brought)) {
    auto asked = co_await connector->poll_payment(state);
    brought = weigh(std::move(brought), std::move(asked), begun);
  }
  auto recorded = co_await record(claim, std::move(brought), std::move(state));
  co_return recorded;
}

Task<Result<Payment>> PaymentAuthorisation::check(DuePayment due) const {
  const auto held = payments_.hold(due.id);
  if (!held) co_return in_work();
  CO_ASSIGN_OR_RETURN(auto claim,
                      co_await database_.write([&](db::Transaction& tx) { return payments_.claim_due(tx, due); }));
  const auto connector = banks_.connector(claim.payment.bank_identifier);
  auto state = claim.payment.connector_state;
  auto brought = co_await connector->poll_payment(state);
  claim.answered_at = clock_.now();
  auto recorded = co_await insist(Recording{[&](db::Transaction& tx, Try which) {
    return brought ? payments_.record(tx, claim, *brought, state, which)
                   : payments_.record_no_answer(tx, claim, brought.error(), which);
  }});
  co_return recorded;
}

void PaymentAuthorisation::stop() {
  stopping_ = true;
  real_timers_.ring_all();
}

Task<Result<Payment>> PaymentAuthorisation::record(Claim claim, banking::BankResult<banking::Step> brought,
                                                   banking::ConnectorState state) const {
  claim.answered_at = clock_.now();
  auto recorded = co_await insist(Recording{[&](db::Transaction& tx, Try which) {
    return brought ? payments_.record(tx, claim, *brought, state, which)
                   : payments_.record_failure(tx, claim, brought.error(), state, which);
  }});
  co_return recorded;
}

Task<bool> PaymentAuthorisation::wait_before_next(Patience& patience, Error failed) const {
  if (!is_database_away(failed)) co_return false;
  patience.pause = patience.bell ? std::min(2 * patience.pause, kPauseMax) : kPauseFirst;
  if (stopping_ || patience.waited + patience.pause > patience.at_most) {
    log::error("what became of a call to a bank could not be written down", {{"cause", failed.cause}});
    co_return false;
  }
  if (!patience.bell) {
    log::warn("what became of a call to a bank waits for the database", {{"cause", failed.cause}});
    patience.bell = real_timers_.make_bell();
  }
  const Instant until = real_clock_.now() + patience.pause;
  co_await patience.bell->wait_until(until);
  patience.waited += patience.pause;
  co_return true;
}

}  // namespace qantara::payments
