// For tests: what a connector answered, told as one line.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>
#include <variant>
#include <vector>

#include "banking/connector.h"

namespace qantara::connectors::berlin_group {

inline std::string_view to_text(banking::Stage stage) {
  return stage == banking::Stage::LOGIN ? "LOGIN" : stage == banking::Stage::BENEFICIARY ? "BENEFICIARY" : "PAYMENT";
}

inline std::string_view to_text(banking::CallError::Kind kind) {
  switch (kind) {
    case banking::CallError::Kind::NOT_SENT:
      return "NOT_SENT";
    case banking::CallError::Kind::REFUSED:
      return "REFUSED";
    case banking::CallError::Kind::OUTCOME_UNKNOWN:
      return "OUTCOME_UNKNOWN";
    case banking::CallError::Kind::THROTTLED:
      return "THROTTLED";
    case banking::CallError::Kind::MISCONFIGURED:
      return "MISCONFIGURED";
    case banking::CallError::Kind::SESSION_ENDED:
      return "SESSION_ENDED";
  }
  return "?";
}

struct Describe {
  std::string operator()(const banking::NeedFields& need) const {
    std::vector<std::string> names;
    for (const auto& field : need.fields) names.push_back(field.name);
    return fmt::format("{} asks {}{}{}{}", to_text(need.stage), fmt::join(names, "+"),
                       need.effect == banking::Effect::IRREVOCABLE ? ", irrevocable" : "",
                       need.wrong_answer ? ", wrong" : "",
                       need.tries_left ? fmt::format(", {} left", *need.tries_left) : "");
  }
  std::string operator()(const banking::NeedApproval& need) const { return "approval: " + need.message; }
  std::string operator()(const banking::NeedRedirect& need) const {
    return fmt::format("{} redirects to {}{}", to_text(need.stage), need.url,
                       need.effect() == banking::Effect::IRREVOCABLE ? ", irrevocable" : "");
  }
  std::string operator()(const banking::Continue&) const { return "continue"; }
  std::string operator()(const banking::Linked& linked) const {
    return fmt::format("linked {} with {} accounts", linked.bank_user, linked.accounts.size());
  }
  std::string operator()(const banking::BeneficiaryAdded& added) const {
    return fmt::format("added {} {}", added.bank_beneficiary_id,
                       added.cool_off_until ? "until " + qantara::to_text(*added.cool_off_until) : "usable");
  }
  std::string operator()(const banking::Outcome& outcome) const {
    const auto* ours = outcome.status == banking::BankStatus::ACCEPTED  ? "ACCEPTED"
                       : outcome.status == banking::BankStatus::PENDING ? "PENDING"
                                                                        : "REJECTED";
    return fmt::format("{} {} {}{}", ours, outcome.bank_status, outcome.reference, outcome.failure_code);
  }
  std::string operator()(const banking::StillWaiting& waiting) const {
    return fmt::format("waiting {} {}", waiting.bank_status, waiting.sca_status);
  }
  std::string operator()(const banking::Refused& refused) const { return "refused " + refused.code; }
};

inline std::string describe(const banking::BankResult<banking::Step>& result) {
  if (result) return std::visit(Describe{}, *result);
  return fmt::format("{} {}", to_text(result.error().kind), result.error().code);
}
inline std::string describe(const banking::BankResult<banking::BeneficiaryAdded>& result) {
  return result ? Describe{}(*result) : describe(banking::BankResult<banking::Step>{std::unexpected(result.error())});
}
inline std::string describe(const banking::BankResult<void>& result) {
  return result ? "done" : describe(banking::BankResult<banking::Step>{std::unexpected(result.error())});
}

}  // namespace qantara::connectors::berlin_group
