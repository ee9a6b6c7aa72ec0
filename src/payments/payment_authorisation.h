// The conversation with a bank about one payment: claim, call, record. The only place that calls a bank to pay.
//
// Between two calls nothing is held but rows. A crash before a call leaves a lease that runs out; a crash after the irrevocable
// one leaves SUBMITTING, which becomes an unknown outcome. Nothing here sends an order twice. While the database is away nothing is
// begun, and what a bank has said is kept until it can be written down.
#pragma once

#include <atomic>
#include <functional>
#include <memory>

#include "banking/banks.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/task.h"
#include "base/timers.h"
#include "db/database.h"
#include "payments/payments.h"

namespace qantara::payments {

/// How long it is tried to write down what a bank has said: the pauses between the tries, each at most 2 s. A try takes no longer
/// than such a pause while the database is away (db/database.h), so all of it takes about as long as the lease, which nobody
/// takes away while it is held in memory.
inline constexpr Duration kInsistFor = kLease / 2;

/// How long it is tried to take back an order that nobody sent: as long as a failover takes. A payer waits for it, and the worst
/// that comes of giving up is an outcome that the bank is asked for.
inline constexpr Duration kWithdrawFor = std::chrono::seconds{10};

class PaymentAuthorisation {
 public:
  /// `real_timers`: by `real_clock`; what waits for the database waits on them.
  PaymentAuthorisation(db::Database& database, const Payments& payments, const banking::Banks& banks,
                       const Clock& clock, const Clock& real_clock, Timers& real_timers)
      : database_(database),
        payments_(payments),
        banks_(banks),
        clock_(clock),
        real_clock_(real_clock),
        real_timers_(real_timers) {}

  /// Creates the order at the bank where it does not exist there yet, and starts (or takes up again) the payer's
  /// authorisation. `step`: `Payment::steps` as the payer saw it. Result: the payment as it stands after it.
  /// Errors: STEP_OUTDATED if another call is in work or the payment has moved on; the database's. A bank that fails is no error: the
  /// payment says so.
  Task<Result<Payment>> start(PaymentId id, int step, banking::PayerDevice device) const;

  /// Sends the payer's answers. `call` says whether that is the irrevocable request, as the step asked for declares.
  /// Where the database is lost before anything has left, nothing leaves, and the payer may answer again.
  /// Errors: STEP_OUTDATED; RATE_LIMIT_EXCEEDED for a sixth code; the database's.
  Task<Result<Payment>> answer(PaymentId id, int step, Call call, banking::Answers answers,
                               banking::PayerDevice device) const;

  /// Asks the bank how the payment stands. Harmless at any time. Errors: STEP_OUTDATED, so that one moment at which a payment is
  /// due makes one question, however many see it; the database's.
  Task<Result<Payment>> check(DuePayment due) const;

  /// Writes down what a call to a bank left behind, and tries again while the database is away: nobody could find it out anew, or
  /// only by asking a bank that may have none to ask. For `at_most`, by a number of pauses: no clock ends it, which may
  /// jump. `recording` may have taken place before, and then changes nothing. Errors: its own; the database's.
  template <class T>
  Task<Result<T>> insist(std::function<Result<T>(db::Transaction&, Try)> recording,
                         Duration at_most = kInsistFor) const {
    Patience patience{.at_most = at_most};
    for (auto which = Try::FIRST;; which = Try::AGAIN) {
      auto recorded = co_await database_.write([&](db::Transaction& tx) { return recording(tx, which); });
      if (recorded) co_return recorded;
      const bool is_worth_it = co_await wait_before_next(patience, recorded.error());
      if (!is_worth_it) co_return recorded;
    }
  }

  /// What waits for the database tries once more, and no longer from now on: the gateway stops.
  void stop();

 private:
  struct Patience {
    Duration at_most{};
    std::unique_ptr<Bell> bell;  ///< Null before the first wait.
    Duration waited{};
    Duration pause{};
  };
  using Recording = std::function<Result<Payment>(db::Transaction&, Try)>;

  /// False, at once, where another try would not help or comes too late.
  Task<bool> wait_before_next(Patience& patience, Error failed) const;
  Task<Result<Payment>> record(Claim claim, banking::BankResult<banking::Step> brought,
                               banking::ConnectorState state) const;

  db::Database& database_;
  const Payments& payments_;
  const banking::Banks& banks_;
  const Clock& clock_;
  const Clock& real_clock_;
  Timers& real_timers_;
  std::atomic<bool> stopping_ = false;
};

}  // namespace qantara::payments
