// The conversation with a bank about one payment: claim, call, record. The only place that calls a bank to pay.
//
// Between two calls nothing is held but rows. A crash before a call leaves a lease that runs out; a crash after the irrevocable
// one leaves SUBMITTING, which becomes an unknown outcome. Nothing here sends an order twice.
#pragma once

#include "banking/banks.h"
#include "base/result.h"
#include "base/task.h"
#include "db/database.h"
#include "payments/payments.h"

namespace qantara::payments {

class PaymentAuthorisation {
 public:
  PaymentAuthorisation(db::Database& database, const Payments& payments, const banking::Banks& banks)
      : database_(database), payments_(payments), banks_(banks) {}

  /// Creates the order at the bank where it does not exist there yet, and starts (or takes up again) the payer's
  /// authorisation. `step`: `Payment::steps` as the payer saw it. Result: the payment as it stands after it.
  /// Errors: STEP_OUTDATED if another call is in work or the payment has moved on. A bank that fails is no error: the payment says so.
  Task<Result<Payment>> start(PaymentId id, int step, banking::PayerDevice device) const;

  /// Sends the payer's answers. `call` says whether that is the irrevocable request, as the step asked for declares.
  /// Errors: STEP_OUTDATED; RATE_LIMIT_EXCEEDED for a sixth code.
  Task<Result<Payment>> answer(PaymentId id, int step, Call call, banking::Answers answers,
                               banking::PayerDevice device) const;

  /// Asks the bank how the payment stands. Harmless at any time.
  Task<Result<Payment>> check(PaymentId id) const;

 private:
  Task<Result<Payment>> record(const Claim& claim, banking::BankResult<banking::Step> brought,
                               banking::ConnectorState state) const;

  db::Database& database_;
  const Payments& payments_;
  const banking::Banks& banks_;
};

}  // namespace qantara::payments
