// Tells banks that a payment source is gone, until they have heard it.
#pragma once

#include "banking/banks.h"
#include "base/due_loop.h"
#include "base/task.h"
#include "db/database.h"
#include "payment_sources/payment_sources.h"

namespace qantara::payment_sources {

class ConsentRemover {
 public:
  ConsentRemover(db::Database& database, const PaymentSources& sources, const banking::Banks& banks, const Clock& clock,
                 Timers& timers)
      : database_(database), sources_(sources), banks_(banks), clock_(clock), loop_(clock, timers) {}

  /// Runs until `stop`.
  Task<void> run();
  void stop() { loop_.stop(); }
  /// Looks again at what is due: after a source was removed. From any thread.
  void wake() { loop_.wake(); }

  /// One round: everything that is due now. Result: when the next is due.
  Task<Result<Instant>> run_once();

 private:
  Task<Result<void>> end_consent(RemovedSource source);

  db::Database& database_;
  const PaymentSources& sources_;
  const banking::Banks& banks_;
  const Clock& clock_;
  DueLoop loop_;
};

}  // namespace qantara::payment_sources
