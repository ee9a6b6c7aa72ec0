// A bank's connector with somebody counting beside it.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "banking/connector.h"
#include "base/clock.h"
#include "metrics/metrics.h"

namespace qantara::gateway {

/// What became of the calls to one bank. Any thread.
class BankFigures {
 public:
  static constexpr auto kCalls =
      std::to_array<std::string_view>({"submit", "add_beneficiary", "read_beneficiary", "begin_payment",
                                       "advance_payment", "submit_payment", "poll_payment"});
  static constexpr auto kOutcomes = std::to_array<std::string_view>(
      {"answered", "not_sent", "refused", "outcome_unknown", "throttled", "misconfigured", "session_ended"});

  BankFigures(std::string bank, std::span<const std::int64_t> bounds);

  struct Call {
    explicit Call(std::span<const std::int64_t> bounds) : duration(bounds) {}
    std::array<metrics::Counter, kOutcomes.size()> outcomes;
    metrics::Histogram duration;
  };

  const std::string& bank() const { return bank_; }
  Call& call(std::size_t index) { return *calls_[index]; }

 private:
  std::string bank_;
  std::array<std::unique_ptr<Call>, kCalls.size()> calls_;
};

/// Passes every call on, and counts what comes back. `figures` and `clock` (the real one) outlive it.
std::unique_ptr<banking::BankConnector> measured(std::unique_ptr<banking::BankConnector> connector,
                                                 BankFigures& figures, const Clock& clock);

}  // namespace qantara::gateway
