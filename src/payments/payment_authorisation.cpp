#include "payments/payment_authorisation.h"

namespace qantara::payments {

namespace {

bool is_continue(const banking::BankResult<banking::Step>& brought) {
  return brought && std::holds_alternative<banking::Continue>(*brought);
}

bool is_refused(const banking::BankResult<banking::Step>& brought) {
  return brought && std::holds_alternative<banking::Refused>(*brought);
}

/// The authorisation failed for good, and the bank was asked what that made of the payment: its word on the money counts, the
/// authorisation's reason says more than "rejected".
banking::BankResult<banking::Step> after_refusal(banking::Refused refused, banking::BankResult<banking::Step> asked) {
  if (!asked) return banking::Step{std::move(refused)};
  auto* const outcome = std::get_if<banking::Outcome>(&*asked);
  if (outcome == nullptr) return banking::Step{std::move(refused)};
  if (outcome->status == banking::BankStatus::REJECTED) {
    outcome->failure_code = std::move(refused.code);
    if (outcome->reason_text.empty()) outcome->reason_text = std::move(refused.text);
  }
  return asked;
}

}  // namespace

Task<Result<Payment>> PaymentAuthorisation::start(PaymentId id, banking::PayerDevice device) const {
  CO_ASSIGN_OR_RETURN(auto claim, co_await database_.write([&](db::Transaction& tx) { return payments_.claim(tx, id, Call::HARMLESS); }));
  auto& connector = banks_.connector(claim.payment.bank_identifier);
  const auto order = claim.payment.order();
  auto state = claim.payment.connector_state;

  if (state.json.empty()) {
    auto created = co_await connector.begin_payment(order, device, claim.link_state, state);
    if (!is_continue(created)) {
      auto recorded = co_await record(id, std::move(created), std::move(state));
      co_return recorded;
    }
    // What exists at the bank must be known here before anything can be authorised there.
    CO_RETURN_IF_ERROR(co_await database_.write(
        [&](db::Transaction& tx) { return payments_.record(tx, id, banking::Step{banking::Continue{}}, state); }));
  }
  auto started = co_await connector.advance_payment(order, device, state);
  auto recorded = co_await record(id, std::move(started), std::move(state));
  co_return recorded;
}

Task<Result<Payment>> PaymentAuthorisation::answer(PaymentId id, Call call, banking::Answers answers, banking::PayerDevice device) const {
  CO_ASSIGN_OR_RETURN(auto claim, co_await database_.write([&](db::Transaction& tx) { return payments_.claim(tx, id, call); }));
  auto& connector = banks_.connector(claim.payment.bank_identifier);
  const auto order = claim.payment.order();
  auto state = claim.payment.connector_state;

  auto brought = co_await connector.submit_payment(order, answers, device, state);
  if (is_refused(brought)) {
    auto asked = co_await connector.poll_payment(state);
    brought = after_refusal(std::get<banking::Refused>(*std::move(brought)), std::move(asked));
  }
  auto recorded = co_await record(id, std::move(brought), std::move(state));
  co_return recorded;
}

Task<Result<Payment>> PaymentAuthorisation::check(PaymentId id) const {
  CO_ASSIGN_OR_RETURN(auto claim, co_await database_.write([&](db::Transaction& tx) { return payments_.claim(tx, id, Call::HARMLESS); }));
  auto& connector = banks_.connector(claim.payment.bank_identifier);
  auto state = claim.payment.connector_state;
  auto brought = co_await connector.poll_payment(state);
  auto recorded = co_await record(id, std::move(brought), std::move(state));
  co_return recorded;
}

Task<Result<Payment>> PaymentAuthorisation::record(PaymentId id, banking::BankResult<banking::Step> brought,
                                                   banking::ConnectorState state) const {
  auto recorded = co_await database_.write([&](db::Transaction& tx) {
    return brought ? payments_.record(tx, id, *brought, state) : payments_.record_failure(tx, id, brought.error(), state);
  });
  co_return recorded;
}

}  // namespace qantara::payments
