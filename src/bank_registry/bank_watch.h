// Keeps an ear on every bank: one that stays silent or says that it is closed goes out of use, and comes back when it answers.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "bank_registry/bank_registry.h"
#include "banking/banks.h"
#include "banking/connector.h"
#include "base/clock.h"
#include "base/task.h"
#include "base/timers.h"

namespace qantara::bank_registry {

/// Calls raise a suspicion, knocks confirm it: a bank goes out of use after `kFailuresMin` failures in a row, calls and knocks
/// together, over at least `kFailingMin`. Any answer clears it. A bank that says when it will be back is believed at once, on a knock.
/// So a payer's own trouble with a bank takes it away from nobody else.
class BankWatch {
 public:
  static constexpr int kFailuresMin = 3;
  static constexpr Duration kFailingMin = std::chrono::seconds{5};

  /// `term`: the one in which this process leads, and may say how banks are.
  BankWatch(db::Term term, BankRegistry& registry, const banking::Banks& banks, const Clock& clock, Timers& timers)
      : term_(term), registry_(registry), banks_(banks), clock_(clock), bell_(timers.make_bell()) {}

  /// What became of a call to the bank: null for an answer. Any thread.
  void heard(std::string_view identifier, const banking::CallError* failure);

  /// Goes on knocking at a bank that was out of use when the gateway stopped.
  void suspect(std::string_view identifier);

  /// Runs until `stop`.
  Task<void> run();
  void stop();

  /// One round: knocks where it is due. Result: when the next knock is due.
  Task<Instant> run_once();

 private:
  struct Suspicion {
    int failures = 0;
    Instant since;
    int knocks = 0;
    Instant knock_at;
    bool has_recovered = false;  ///< It answered; that has yet to be said.
  };

  void note_failure(Suspicion& suspicion, Instant now) const;
  Task<void> knock(std::string identifier);
  Task<void> recover(std::string identifier);
  Task<void> tell(std::string identifier, banking::Health health, std::optional<Instant> back_at);

  const db::Term term_;
  BankRegistry& registry_;
  const banking::Banks& banks_;
  const Clock& clock_;
  std::unique_ptr<Bell> bell_;
  std::mutex mutex_;
  std::map<std::string, Suspicion, std::less<>>
      suspicions_;         ///< Guarded by mutex_. The banks that are not known to be well.
  bool stopping_ = false;  ///< Guarded by mutex_.
};

}  // namespace qantara::bank_registry
