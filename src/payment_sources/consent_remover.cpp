#include "payment_sources/consent_remover.h"

#include <algorithm>

#include "base/log.h"

namespace qantara::payment_sources {

namespace {

constexpr int kConsentsAtOnce = 100;
constexpr auto kTellAgain = std::chrono::minutes{1};  ///< After a bank that did not answer, the first time.
constexpr auto kTellAtLeast = std::chrono::hours{24};
constexpr auto kLookForConsents = std::chrono::minutes{5};  ///< The table is read at least this often, news or not.

}  // namespace

Task<void> ConsentRemover::run() {
  return loop_.run("consent remover", kTellAgain, [this] { return run_once(); });
}

Task<Result<Instant>> ConsentRemover::run_once() {
  const Instant now = clock_.now();
  CO_ASSIGN_OR_RETURN(auto due, co_await database_.read([&](db::Transaction& tx) {
    return sources_.consents_due(tx, now, kConsentsAtOnce);
  }));
  bool failed = false;
  for (auto& source : due) {
    const auto id = source.id;
    const auto ended = co_await end_consent(std::move(source));
    if (!ended) {
      // One row that cannot be read or written holds up no other.
      failed = true;
      log::error("consent remover: a consent could not be ended",
                 {{"payment_source_id", id.to_text()}, {"cause", ended.error().cause}});
    }
    if (loop_.is_stopping()) break;
  }
  if (failed) co_return clock_.now() + kTellAgain;
  CO_ASSIGN_OR_RETURN(const auto next,
                      co_await database_.read([&](db::Transaction& tx) { return sources_.next_consent_due(tx); }));
  co_return std::min(next.value_or(Instant::max()), clock_.now() + kLookForConsents);
}

Task<Result<void>> ConsentRemover::end_consent(RemovedSource source) {
  CO_ASSIGN_OR_RETURN(auto state, co_await database_.read(
                                      [&](db::Transaction& tx) { return sources_.connector_state(tx, source.id); }));
  const auto connector = banks_.connector(source.bank_identifier);
  const auto ended = co_await connector->end_link(state);
  // A bank that stays silent is told less and less often: each wait is as long as all before it.
  const Duration patience = std::clamp<Duration>(clock_.now() - source.removed_at, kTellAgain, kTellAtLeast);
  auto recorded = co_await database_.write([&](db::Transaction& tx) {
    if (ended) return sources_.consent_ended(tx, source.id);
    return sources_.postpone_consent_end(tx, source.id, clock_.now() + patience);
  });
  co_return recorded;
}

}  // namespace qantara::payment_sources
