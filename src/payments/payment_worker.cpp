#include "payments/payment_worker.h"

#include <algorithm>

#include "base/log.h"

namespace qantara::payments {

namespace {

constexpr std::size_t kCallsMax = 64;  ///< Calls to banks at once.
constexpr Duration kWhileFull = std::chrono::milliseconds{50};
constexpr Duration kRest = std::chrono::minutes{1};
constexpr auto kAfterFailure = std::chrono::seconds{5};
constexpr auto kLookAgain =
    std::chrono::minutes{1};  ///< The table is read at least this often: for leases that ran out.

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
  std::erase_if(resting_, [&](const auto& rest) { return rest.second <= now; });
  const auto room = kCallsMax - in_work_.size();
  if (room == 0) co_return now + kWhileFull;
  const auto limit = static_cast<int>(room + resting_.size());
  CO_ASSIGN_OR_RETURN(const auto due,
                      co_await database_.read([&](db::Transaction& tx) { return payments_.due(tx, now, limit); }));
  for (const auto& one : due) {
    if (!resting_.contains(one.id) && in_work_.insert(one.id).second) calls.start(check(one));
  }
  // What was just started is still due until its lease is committed, and what rests is due all the while.
  if (!due.empty()) co_return clock_.now() + (due.size() > resting_.size() ? kWhileFull : kRest);
  CO_ASSIGN_OR_RETURN(const auto next,
                      co_await database_.read([&](db::Transaction& tx) { return payments_.next_due(tx); }));
  // What is under way here may be due by its row, and is not started.
  co_return std::clamp(next.value_or(Instant::max()), clock_.now() + kWhileFull, clock_.now() + kLookAgain);
}

// A slow bank holds up its own payments only: rounds go on while calls are in work.
Task<void> PaymentWorker::check(DuePayment due) {
  const auto id = due.id;
  const auto checked = co_await authorisation_.check(due);
  if (!checked && checked.error().code != ErrorCode::STEP_OUTDATED) {
    resting_[id] = clock_.now() + kRest;  // A row that cannot be read or written is not tried in a circle.
    log::error("payment worker: a check could not be recorded",
               {{"payment_id", id.to_text()}, {"cause", checked.error().cause}});
  }
  in_work_.erase(id);
}

}  // namespace qantara::payments
