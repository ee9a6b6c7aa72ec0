#include "payment_intents/expiry_timer.h"

#include <algorithm>

#include "base/log.h"

namespace qantara::payment_intents {

namespace {

constexpr int kBatch = 100;  ///< Intents in one transaction: what else is to be written waits for no more than these.
constexpr auto kTryAgain = std::chrono::minutes{1};   ///< After a database that did not answer.
constexpr auto kLookAgain = std::chrono::minutes{5};  ///< The table is read at least this often.

}  // namespace

Task<void> ExpiryTimer::run() {
  return loop_.run("intent timer", kTryAgain, [this] { return run_once(); });
}

Task<Result<Instant>> ExpiryTimer::run_once() {
  while (true) {
    CO_ASSIGN_OR_RETURN(const auto next,
                        co_await database_.read([&](db::Transaction& tx) { return intents_.next_due(tx); }));
    const Instant now = clock_.now();
    if (!next || *next > now || loop_.is_stopping())
      co_return std::min(next.value_or(Instant::max()), now + kLookAgain);
    CO_RETURN_IF_ERROR(co_await database_.write([&](db::Transaction& tx) { return intents_.expire_due(tx, kBatch); }));
  }
}

}  // namespace qantara::payment_intents
