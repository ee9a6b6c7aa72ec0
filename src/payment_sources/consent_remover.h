// Tells banks that a payment source is gone, until they have heard it.
#pragma once

#include <atomic>
#include <memory>

#include "banking/banks.h"
#include "base/task.h"
#include "base/timers.h"
#include "db/database.h"
#include "payment_sources/payment_sources.h"

namespace qantara::payment_sources {

class ConsentRemover {
 public:
  ConsentRemover(db::Database& database, const PaymentSources& sources, const banking::Banks& banks, const Clock& clock,
                 Timers& timers)
      : database_(database), sources_(sources), banks_(banks), clock_(clock), bell_(timers.make_bell()) {}

  /// Runs until `stop`.
  Task<void> run();
  void stop();
  /// Looks again at what is due: after a source was removed. From any thread.
  void wake() { bell_->ring(); }

  /// One round: everything that is due now. Result: when the next is due.
  Task<Result<Instant>> run_once();

 private:
  Task<Result<void>> end_consent(RemovedSource source);

  db::Database& database_;
  const PaymentSources& sources_;
  const banking::Banks& banks_;
  const Clock& clock_;
  std::unique_ptr<Bell> bell_;
  std::atomic<bool> stopping_ = false;
};

}  // namespace qantara::payment_sources
