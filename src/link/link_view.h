// What a payer's page is shown: one step as data, in one shape for every kind (docs/reference/link-api.md).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "banking/bank.h"
#include "destinations/destination.h"
#include "link/link_session.h"
#include "money/money.h"
#include "payments/payments.h"

namespace qantara::link {

/// Whether a payment has been made of the intent: from then on there is no way back to the banks.
enum class Paying { NO, YES };

struct LinkView {
  LinkSessionId session;
  Method method = Method::CONNECT;
  Paying paying = Paying::NO;
  int number = 1;
  StepKind kind = StepKind::WELCOME;
  MoneyWord money = MoneyWord::NOT_MOVED;
  std::string merchant;
  std::optional<banking::Bank> bank;
  std::optional<destinations::Destination> payee;
  std::optional<money::Money> amount;
  std::string reference;
  std::string asked;  ///< JSON object of banking/step_json.h: its members become the step's.
  std::vector<banking::Bank> banks;
  std::vector<payments::PayingAccount> accounts;  ///< Of ACCOUNT and REVIEW (the chosen one alone).
  std::vector<banking::Account> found_accounts;   ///< Of ACCOUNTS.
  std::optional<Instant> cool_off_until;
  std::string bank_reference;
  std::string failure_kind;  ///< pages: "insufficient_funds", …
  std::string failure_code;
  std::string failure_text;
  std::optional<int> ask_again_in_ms;
  std::optional<LinkResult> result;
};

/// What the payer may do at a step of this kind.
std::vector<Action> actions_of(StepKind kind, Method method, Paying paying);

/// `{"session_id", "step": {…}}`; with `token`, also `"session_token"`.
std::string to_json(const LinkView& view, std::string_view token = {});

/// The kind of failure that pages have words for, from our failure code.
std::string_view failure_kind_of(std::string_view failure_code);

}  // namespace qantara::link
