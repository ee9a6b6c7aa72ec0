#include "payment_sources/cool_off_timer.h"

#include <algorithm>

#include "base/log.h"

namespace qantara::payment_sources {

namespace {

constexpr int kBatch = 100;
constexpr auto kAskAgain = std::chrono::minutes{1};  ///< After a bank that did not answer, the first time.
constexpr auto kAskAtLeast = std::chrono::hours{24};
constexpr auto kLookAgain = std::chrono::minutes{5};  ///< The table is read at least this often, news or not.

}  // namespace

Task<void> CoolOffTimer::run() {
  return loop_.run("cool-off timer", kAskAgain, [this] { return run_once(); });
}

Task<Result<Instant>> CoolOffTimer::run_once() {
  const Instant now = clock_.now();
  CO_ASSIGN_OR_RETURN(auto due, co_await database_.read(
                                    [&](db::Transaction& tx) { return sources_.due_beneficiaries(tx, now, kBatch); }));
  bool failed = false;
  for (auto& beneficiary : due) {
    const auto id = beneficiary.id;
    const auto checked = co_await check(std::move(beneficiary));
    if (!checked) {
      // One row that cannot be read or written holds up no other.
      failed = true;
      log::error("cool-off timer: a beneficiary could not be checked",
                 {{"beneficiary_id", id.to_text()}, {"cause", checked.error().cause}});
    }
    if (loop_.is_stopping()) break;
  }
  if (failed) co_return clock_.now() + kAskAgain;
  CO_ASSIGN_OR_RETURN(const auto next,
                      co_await database_.read([&](db::Transaction& tx) { return sources_.next_due(tx); }));
  co_return std::min(next.value_or(Instant::max()), clock_.now() + kLookAgain);
}

Task<Result<void>> CoolOffTimer::check(Beneficiary beneficiary) {
  const auto id = beneficiary.id;
  CO_ASSIGN_OR_RETURN(const auto source, co_await database_.read([&](db::Transaction& tx) {
    return sources_.find(tx, beneficiary.source);
  }));
  if (!source) co_return Result<void>{};
  CO_ASSIGN_OR_RETURN(auto state, co_await database_.read(
                                      [&](db::Transaction& tx) { return sources_.connector_state(tx, source->id); }));

  const bool can_ask = banks_.find(source->bank_identifier) != nullptr && !beneficiary.bank_beneficiary_id.empty();
  banking::BankResult<banking::BeneficiaryAdded> answer =
      banking::BeneficiaryAdded{.bank_beneficiary_id = beneficiary.bank_beneficiary_id, .cool_off_until = {}};
  if (can_ask) {
    const auto connector = banks_.connector(source->bank_identifier);
    if (connector->capabilities().beneficiaries)
      answer = co_await connector->read_beneficiary(beneficiary.bank_beneficiary_id, state);
  }
  // A bank that stays silent is asked less and less often: each wait is as long as all before it.
  const Duration waited = clock_.now() - beneficiary.cool_off_expires_at.value_or(clock_.now());
  const Duration patience = std::clamp<Duration>(waited, kAskAgain, kAskAtLeast);
  auto recorded = co_await database_.write([&](db::Transaction& tx) -> Result<void> {
    if (answer) return sources_.cool_off_answered(tx, id, *answer);
    if (answer.error().kind == banking::CallError::Kind::SESSION_ENDED)
      RETURN_IF_ERROR(sources_.consent_lapsed(tx, beneficiary.source));
    return sources_.postpone_check(tx, id, clock_.now() + patience, answer.error().message);
  });
  co_return recorded;
}

}  // namespace qantara::payment_sources
