// The timer of intents: ends those that nobody has come to pay in time.
#pragma once

#include <atomic>
#include <memory>

#include "base/task.h"
#include "base/timers.h"
#include "db/database.h"
#include "payment_intents/payment_intents.h"

namespace qantara::payment_intents {

class ExpiryTimer {
 public:
  ExpiryTimer(db::Database& database, const PaymentIntents& intents, const Clock& clock, Timers& timers)
      : database_(database), intents_(intents), clock_(clock), bell_(timers.make_bell()) {}

  /// Runs until `stop`. Nothing wakes it but time, and the clock that was moved: an intent lives longer than it sleeps.
  Task<void> run();
  void stop();

  /// One round: everything that is due now. Result: when to look again.
  Task<Result<Instant>> run_once();

 private:
  db::Database& database_;
  const PaymentIntents& intents_;
  const Clock& clock_;
  std::unique_ptr<Bell> bell_;
  std::atomic<bool> stopping_ = false;
};

}  // namespace qantara::payment_intents
