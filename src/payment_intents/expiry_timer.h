// The timer of intents: ends those that nobody has come to pay in time.
#pragma once

#include "base/due_loop.h"
#include "base/task.h"
#include "db/database.h"
#include "payment_intents/payment_intents.h"

namespace qantara::payment_intents {

class ExpiryTimer {
 public:
  ExpiryTimer(db::Database& database, const PaymentIntents& intents, const Clock& clock, Timers& timers)
      : database_(database), intents_(intents), clock_(clock), loop_(clock, timers) {}

  /// Runs until `stop`. Nothing wakes it but time, and the clock that was moved: an intent lives longer than it sleeps.
  Task<void> run();
  void stop() { loop_.stop(); }

  /// One round: everything that is due now. Result: when to look again.
  Task<Result<Instant>> run_once();

 private:
  db::Database& database_;
  const PaymentIntents& intents_;
  const Clock& clock_;
  DueLoop loop_;
};

}  // namespace qantara::payment_intents
