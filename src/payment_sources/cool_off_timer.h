// The timer of cool-offs: asks the bank how a beneficiary stands when its wait should be over.
#pragma once

#include "banking/banks.h"
#include "base/due_loop.h"
#include "base/task.h"
#include "db/database.h"
#include "payment_sources/payment_sources.h"

namespace qantara::payment_sources {

class CoolOffTimer {
 public:
  CoolOffTimer(db::Database& database, const PaymentSources& sources, const banking::Banks& banks, const Clock& clock,
               Timers& timers)
      : database_(database), sources_(sources), banks_(banks), clock_(clock), loop_(clock, timers) {}

  /// Runs until `stop`.
  Task<void> run();
  void stop() { loop_.stop(); }
  /// Looks again at what is due: after a cool-off began, or the clock was moved. From any thread.
  void wake() { loop_.wake(); }

  /// One round: everything that is due now. Result: when the next is due.
  Task<Result<Instant>> run_once();

 private:
  Task<Result<void>> check(Beneficiary beneficiary);

  db::Database& database_;
  const PaymentSources& sources_;
  const banking::Banks& banks_;
  const Clock& clock_;
  DueLoop loop_;
};

}  // namespace qantara::payment_sources
