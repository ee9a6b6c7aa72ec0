// The worker that asks banks about payments: approvals in the bank's app, orders that are pending, outcomes that are unknown.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <set>

#include "base/nursery.h"
#include "base/task.h"
#include "base/timers.h"
#include "db/database.h"
#include "payments/payment_authorisation.h"
#include "payments/payments.h"

namespace qantara::payments {

class PaymentWorker {
 public:
  PaymentWorker(Executor executor, db::Database& database, const Payments& payments,
                const PaymentAuthorisation& authorisation, const Clock& clock, Timers& timers)
      : executor_(std::move(executor)),
        database_(database),
        payments_(payments),
        authorisation_(authorisation),
        clock_(clock),
        bell_(timers.make_bell()) {}

  /// Runs until `stop`; calls in work are awaited.
  Task<void> run();
  void stop();
  /// Looks again at what is due: after a check was scheduled, or the clock was moved. From any thread.
  void wake() { bell_->ring(); }

 private:
  Task<Result<Instant>> run_once(Nursery& calls);
  Task<void> check(DuePayment due);

  Executor executor_;
  db::Database& database_;
  const Payments& payments_;
  const PaymentAuthorisation& authorisation_;
  const Clock& clock_;
  std::unique_ptr<Bell> bell_;
  std::set<PaymentId> in_work_;
  std::map<PaymentId, Instant> resting_;  ///< Checks that could not be recorded, until when they rest.
  std::atomic<bool> stopping_ = false;
};

}  // namespace qantara::payments
