#include "payments/payment_worker.h"

#include <algorithm>

#include "base/log.h"

namespace qantara::payments {

namespace {

constexpr std::size_t kCallsMax = 64;  ///< Calls to banks at once.
constexpr auto kWhileFull = std::chrono::milliseconds{50};
constexpr auto kAfterFailure = std::chrono::seconds{5};
constexpr auto kLookAgain = std::chrono::minutes{1};  ///< The table is read at least this often: for leases that ran out.

}  // namespace

Task<void> PaymentWorker::run() {
  Nursery calls{executor_};
  while (!stopping_) {
    auto next = co_await run_once(calls);
    Instant wake_at = clock_.now() + kAfterFailure;
    if (next) {
      wake_at = *next;
    } else {
      log::error("payment worker: the database did not answer", {{"cause", next.error().cause}});
    }
    if (!stopping_) co_await bell_->wait_until(wake_at);
  }
  co_await calls.finish();
}

void PaymentWorker::stop() {
  stopping_ = true;
  bell_->ring();
}

Task<Result<Instant>> PaymentWorker::run_once(Nursery& calls) {
  const Instant now = clock_.now();
  const auto room = static_cast<int>(kCallsMax - in_work_.size());
  if (room == 0) co_return now + kWhileFull;
  CO_ASSIGN_OR_RETURN(const auto due, co_await database_.read([&](db::Transaction& tx) { return payments_.due(tx, now, room); }));
  for (const auto id : due) {
    if (in_work_.insert(id).second) calls.start(check(id));
  }
  // What was just started is still due until its lease is committed.
  if (!due.empty()) co_return clock_.now() + kWhileFull;
  CO_ASSIGN_OR_RETURN(const auto next, co_await database_.read([&](db::Transaction& tx) { return payments_.next_due(tx); }));
  co_return std::min(next.value_or(Instant::max()), clock_.now() + kLookAgain);
}

// A slow bank holds up its own payments only: rounds go on while calls are in work.
Task<void> PaymentWorker::check(PaymentId id) {
  const auto checked = co_await authorisation_.check(id);
  if (!checked && checked.error().code != ErrorCode::STEP_OUTDATED) {
    log::error("payment worker: a check could not be recorded", {{"payment_id", id.to_text()}, {"cause", checked.error().cause}});
  }
  in_work_.erase(id);
}

}  // namespace qantara::payments
