// A bank's connector with somebody counting and listening beside it.
#pragma once

#include <array>
#include <functional>
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

/// Hears what became of a call: null for an answer.
using HearCall = std::function<void(const banking::CallError* failure)>;

/// Passes every call on, counts what comes back (unless `figures` is null) and has `heard` hear of it. `figures` and `clock` (the
/// real one) outlive it.
std::shared_ptr<banking::BankConnector> measured(std::shared_ptr<banking::BankConnector> connector,
                                                 BankFigures* figures, const Clock& clock, HearCall heard);

}  // namespace qantara::gateway
