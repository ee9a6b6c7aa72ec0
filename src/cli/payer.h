// A payer who answers each step of the link API as a person would at the page (docs/reference/link-api.md).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/secret.h"
#include "json/json.h"

namespace qantara::cli {

/// What the payer does about an approval that waits in the bank's app.
enum class AppDecision { APPROVE, DENY, WAIT };

struct Payer {
  std::string user = "payer-otp";
  Secret password{"sandbox-pass"};
  Secret otp{"1111"};
  std::string method = "sms";  ///< Where the bank offers a choice: "sms" or "app".
  std::string bank;            ///< Identifier; empty: the first that is available.
  std::string account;         ///< Id, or the end of its id or masked number; empty: the first that is usable.
  AppDecision app_decision = AppDecision::APPROVE;
};

/// Answer the step with an action.
struct Act {
  std::string action;
  std::vector<std::pair<std::string, std::string>> fields;
  bool operator==(const Act&) const = default;
};
/// The step waits for someone else: ask again.
struct Wait {
  bool operator==(const Wait&) const = default;
};
/// The bank's app waits for the payer: decide there, then ask again.
struct DecideInApp {
  bool operator==(const DecideInApp&) const = default;
};
/// The flow has ended; the step holds its result.
struct End {
  bool operator==(const End&) const = default;
};
/// This payer has no answer.
struct Stuck {
  std::string why;
  std::string remedy;
  bool operator==(const Stuck&) const = default;
};
using Move = std::variant<Act, Wait, DecideInApp, End, Stuck>;

/// What the payer does at `step`, the object of that name in the API. A wrong answer is not given twice: where the bank has
/// refused one that was given in this flow (`has_submitted`), the payer is stuck, before the bank locks anything.
enum class Submitted { NO, YES };
Move next_move(const json::Value& step, const Payer& payer, Submitted submitted);

}  // namespace qantara::cli
