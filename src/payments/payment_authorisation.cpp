#include "payments/payment_authorisation.h"

namespace qantara::payments {

namespace {

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
  CO_ASSIGN_OR_RETURN(auto claim, co_await database_.write([&](db::Transaction& tx) {
    return payments_.claim(tx, id, Call::HARMLESS, step);
  }));
  const auto connector = banks_.connector(claim.payment.bank_identifier);
  const auto order = claim.payment.order();
  const auto begun = begun_of(claim.payment);
  auto state = claim.payment.connector_state;

  if (state.json.empty()) {
    auto created = co_await connector->begin_payment(order, device, claim.link_state, state);
    if (!is_continue(created)) {
      auto recorded = co_await record(claim, std::move(created), std::move(state));
      co_return recorded;
    }
    // What exists at the bank must be known here before anything can be authorised there.
    CO_ASSIGN_OR_RETURN(claim.payment, co_await database_.write([&](db::Transaction& tx) {
      return payments_.record(tx, claim, banking::Step{banking::Continue{}}, state);
    }));
    if (claim.payment.connector_state.json != state.json) co_return claim.payment;  // Somebody else went on meanwhile.
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
  CO_ASSIGN_OR_RETURN(
      auto claim, co_await database_.write([&](db::Transaction& tx) { return payments_.claim(tx, id, call, step); }));
  const auto connector = banks_.connector(claim.payment.bank_identifier);
  const auto order = claim.payment.order();
  const auto begun = begun_of(claim.payment);
  auto state = claim.payment.connector_state;

  // Whoever slept between the commit and this line may have been given up, and the bank asked meanwhile. That this is looked at
  // narrows the window and does not close it; what is sent in it nobody else has sent, or will (docs/decisions/0011).
  if (!payments_.is_fresh(claim)) {
    CO_RETURN_IF_ERROR(co_await database_.read([&](db::Transaction& tx) { return payments_.check_claim(tx, claim); }));
  }
  auto brought = co_await connector->submit_payment(order, answers, device, state);
  if (is_refusal(brought)) {
    auto asked = co_await connector->poll_payment(state);
    brought = weigh(std::move(brought), std::move(asked), begun);
  }
  auto recorded = co_await record(claim, std::move(brought), std::move(state));
  co_return recorded;
}

Task<Result<Payment>> PaymentAuthorisation::check(PaymentId id) const {
  CO_ASSIGN_OR_RETURN(auto claim, co_await database_.write([&](db::Transaction& tx) {
    return payments_.claim(tx, id, Call::HARMLESS, std::nullopt);
  }));
  const auto connector = banks_.connector(claim.payment.bank_identifier);
  auto state = claim.payment.connector_state;
  auto brought = co_await connector->poll_payment(state);
  auto recorded = co_await database_.write([&](db::Transaction& tx) {
    return brought ? payments_.record(tx, claim, *brought, state)
                   : payments_.record_no_answer(tx, claim, brought.error());
  });
  co_return recorded;
}

Task<Result<Payment>> PaymentAuthorisation::record(const Claim& claim, banking::BankResult<banking::Step> brought,
                                                   banking::ConnectorState state) const {
  auto recorded = co_await database_.write([&](db::Transaction& tx) {
    return brought ? payments_.record(tx, claim, *brought, state)
                   : payments_.record_failure(tx, claim, brought.error(), state);
  });
  co_return recorded;
}

}  // namespace qantara::payments
