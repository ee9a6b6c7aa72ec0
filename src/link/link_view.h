// What a payer's page is shown: one step as data, in one shape for every kind (docs/reference/link-api.md).
#pragma once

#include <chrono>
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

/// Who runs the gateway, as the pages' footer says.
struct Operator {
  std::string name = "Qantara";
  std::string terms_url;    ///< http or https; empty: none.
  std::string privacy_url;  ///< The same.
};

struct LinkView {
  LinkSessionId session;
  int window = 1;          ///< Of the window that opened the session last.
  bool elsewhere = false;  ///< This is for an older window.
  bool already = false;    ///< It had ended before it was opened now.
  Method method = Method::CONNECT;
  Paying paying = Paying::NO;
  int number = 1;
  StepKind kind = StepKind::WELCOME;
  MoneyWord money = MoneyWord::NOT_MOVED;
  std::string merchant;
  Operator run_by;
  bool sandbox = true;
  Instant now;            ///< The clock that the step's times stand on: in the sandbox it may be ahead of the payer's.
  std::string test_code;  ///< Of CODE at a mock bank, in the sandbox.
  std::chrono::milliseconds expires_in{};
  bool can_start_again = false;  ///< Of ends: nothing moved, and the same call opened anew may come out otherwise.
  std::optional<banking::Bank> bank;
  std::optional<destinations::Destination> payee;
  std::optional<money::Money> amount;
  std::string reference;
  std::string asked;         ///< JSON object of banking/step_json.h: its members become the step's.
  std::string redirect_url;  ///< Of REDIRECT: the way to the bank's page.
  bool came_back = false;    ///< Of REDIRECT: the payer is back, and the bank was not asked since.
  bool may_go_back = false;  ///< Of REDIRECT: nothing was begun that could not be left for another bank.
  std::vector<banking::Bank> banks;
  std::vector<payments::PayingAccount> accounts;  ///< Of ACCOUNT and REVIEW (the chosen one alone).
  bool has_other_accounts = false;                ///< Of REVIEW.
  std::vector<banking::Account> found_accounts;   ///< Of ACCOUNTS.
  std::optional<Instant> cool_off_until;
  bool order_sent = false;  ///< The order may have left for the bank: leaving does not stop it.
  std::optional<Instant> ordered_at;
  std::optional<Instant> asked_at;  ///< Of PENDING and UNKNOWN: when the bank was last asked.
  std::string bank_reference;
  std::optional<EndReason> reason;  ///< Of END.
  std::string failure_kind;         ///< pages: "insufficient_funds", …
  std::string failure_code;
  std::string failure_text;
  std::optional<int> ask_again_in_ms;
  std::optional<LinkResult> result;
};

/// Makes an end of it. The result is CANCELLED (or ERROR) only while it is certain that no order left.
void end(LinkView& view, EndReason reason);

/// Why nobody can begin to pay an intent whose time is over.
EndReason end_of(const payment_intents::PaymentIntent& intent);

/// What the payer may do at the step.
std::vector<Action> actions_of(const LinkView& view);

/// The step alone.
std::string step_json(const LinkView& view);
/// `{"session_id", "step": {…}}`.
std::string to_json(const LinkView& view);
/// The answer to an opening: `{"session_id", "session_token", "window", "step": {…}}`.
std::string to_json(const LinkView& view, std::string_view token);

/// The kind of failure that pages have words for, from our failure code.
std::string_view failure_kind_of(std::string_view failure_code);

}  // namespace qantara::link
