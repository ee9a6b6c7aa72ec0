#include "bank_registry/bank_watch.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/log.h"

namespace qantara::bank_registry {

namespace {

using banking::CallError;
using banking::Health;
using std::chrono::seconds;

/// Waits between two knocks; the last one repeats. A bank that was down is back in use this long after it answers.
constexpr auto kKnockWaits =
    std::to_array<Duration>({seconds{1}, seconds{2}, seconds{3}, seconds{5}, seconds{10}, seconds{15}});
constexpr Duration kBackMax = std::chrono::hours{24 * 7};  ///< What a bank may say of when it will be back.

/// Whether nobody was there: anything else is an answer, even a refusal.
bool is_silence(const CallError& failure) {
  return failure.kind == CallError::Kind::NOT_SENT || failure.kind == CallError::Kind::OUTCOME_UNKNOWN;
}

}  // namespace

void BankWatch::heard(std::string_view identifier, const CallError* failure) {
  const Instant now = clock_.now();
  {
    const std::scoped_lock lock{mutex_};
    const auto known = suspicions_.find(identifier);
    const bool is_silent = failure != nullptr && is_silence(*failure);
    if (known == suspicions_.end() && !is_silent) return;
    auto& suspicion = known == suspicions_.end() ? suspicions_[std::string{identifier}] : known->second;
    if (is_silent) {
      note_failure(suspicion, now);
      if (suspicion.failures > 1) return;
      suspicion.knock_at = now + kKnockWaits.front();
    } else {
      suspicion.has_recovered = true;
    }
  }
  bell_->ring();
}

void BankWatch::suspect(std::string_view identifier) {
  const std::scoped_lock lock{mutex_};
  suspicions_[std::string{identifier}] = {.since = clock_.now(), .knock_at = clock_.now()};
}

Task<void> BankWatch::run() {
  while (true) {
    const Instant next = co_await run_once();
    {
      const std::scoped_lock lock{mutex_};
      if (stopping_) co_return;
    }
    co_await bell_->wait_until(next);
  }
}

void BankWatch::stop() {
  {
    const std::scoped_lock lock{mutex_};
    stopping_ = true;
  }
  bell_->ring();
}

Task<Instant> BankWatch::run_once() {
  std::vector<std::string> recovered;
  std::vector<std::string> due;
  {
    const std::scoped_lock lock{mutex_};
    for (const auto& [identifier, suspicion] : suspicions_) {
      if (suspicion.has_recovered) {
        recovered.push_back(identifier);
      } else if (suspicion.knock_at <= clock_.now()) {
        due.push_back(identifier);
      }
    }
  }
  for (auto& identifier : recovered) co_await recover(std::move(identifier));
  for (auto& identifier : due) co_await knock(std::move(identifier));

  Instant next = Instant::max();
  const std::scoped_lock lock{mutex_};
  for (const auto& [identifier, suspicion] : suspicions_)
    next = suspicion.has_recovered ? Instant{} : std::min(next, suspicion.knock_at);
  co_return next;
}

void BankWatch::note_failure(Suspicion& suspicion, Instant now) const {
  suspicion.has_recovered = false;
  if (suspicion.failures++ == 0) suspicion.since = now;
}

Task<void> BankWatch::knock(std::string identifier) {
  if (!banks_.find(identifier)) {  // Removed meanwhile.
    const std::scoped_lock lock{mutex_};
    suspicions_.erase(identifier);
    co_return;
  }
  const auto connector = banks_.connector(identifier);
  const auto answer = co_await connector->knock();
  const Instant now = clock_.now();
  const bool is_there = answer || !is_silence(answer.error());
  if (is_there) {
    co_await recover(std::move(identifier));
    co_return;
  }
  std::optional<Health> found;
  std::optional<Instant> back_at;
  {
    const std::scoped_lock lock{mutex_};
    auto& suspicion = suspicions_[identifier];
    note_failure(suspicion, now);
    const auto waits = static_cast<std::size_t>(suspicion.knocks++);
    suspicion.knock_at = now + kKnockWaits[std::min(waits, kKnockWaits.size() - 1)];
    if (suspicion.failures >= kFailuresMin && now - suspicion.since >= kFailingMin) found = Health::UNREACHABLE;
  }
  if (answer.error().retry_after) {
    found = Health::MAINTENANCE;
    back_at = now + std::min<Duration>(*answer.error().retry_after, kBackMax);
    const auto bank = banks_.find(identifier);
    if (bank && bank->back_at && *bank->back_at > now) found.reset();  // Its first word stands until that time.
  }
  if (found) co_await tell(std::move(identifier), *found, back_at);
}

Task<void> BankWatch::recover(std::string identifier) {
  {
    const std::scoped_lock lock{mutex_};
    suspicions_.erase(identifier);
  }
  co_await tell(std::move(identifier), Health::WELL, std::nullopt);
}

Task<void> BankWatch::tell(std::string identifier, Health health, std::optional<Instant> back_at) {
  const auto bank = banks_.find(identifier);
  const bool is_news = bank && (bank->active != (health == Health::WELL));
  if (is_news) log::info("bank", {{"bank", identifier}, {"health", banking::to_text(health)}});
  const auto told = co_await registry_.set_health(term_, identifier, health, back_at);
  if (told) co_return;
  log::error("how a bank is could not be stored", {{"bank", identifier}, {"cause", told.error().cause}});
  suspect(identifier);  // To be said again.
}

}  // namespace qantara::bank_registry
