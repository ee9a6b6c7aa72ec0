// A link session: one payer's way through the hosted flow. The server knows the step; a page only draws it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "banking/connector.h"
#include "base/clock.h"
#include "base/ids.h"

namespace qantara::link {

/// What the shop's page called. CONNECT and CREATE_PAYMENT_SOURCE walk the same way; so do UPDATE_PAYMENT_SOURCE and
/// CREATE_BENEFICIARY, and PAY and CHECKOUT.
enum class Method {
  CONNECT,
  CREATE_PAYMENT_SOURCE,
  UPDATE_PAYMENT_SOURCE,
  CREATE_BENEFICIARY,
  RECONNECT,
  PAY,
  CHECKOUT
};

/// Whether it is about an intent.
constexpr bool is_paying(Method method) { return method == Method::PAY || method == Method::CHECKOUT; }

/// Whether it adds a payee to a source that exists.
constexpr bool is_adding_payee(Method method) {
  return method == Method::UPDATE_PAYMENT_SOURCE || method == Method::CREATE_BENEFICIARY;
}

enum class StepKind {
  WELCOME,           ///< Who asks, for what.
  BANKS,             ///< Choose a bank.
  CREDENTIALS,       ///< What the bank asks for to sign in.
  CODE,              ///< A one-time code.
  METHOD,            ///< Choose how to confirm.
  ACCOUNTS,          ///< The accounts that were found.
  PAYEE,             ///< Add the payee?
  ACCOUNT,           ///< Choose the account to pay from.
  REVIEW,            ///< Check and pay.
  PAYMENT,           ///< Stored only: the payment itself says what comes next.
  APPROVAL,          ///< Approve in the bank's app.
  REDIRECT,          ///< Go to the bank's own page, and come back.
  WORKING,           ///< A call to the bank is in work.
  BANK_UNREACHABLE,  ///< No answer; try again?
  CONNECTED,
  COOL_OFF,
  ACCEPTED,
  PENDING,
  UNKNOWN,
  FAILED,
  END,  ///< The payer left, or the session has expired.
};

enum class Action {
  CONTINUE,
  SELECT,
  SUBMIT,
  BACK,
  CONFIRM,
  PAY,
  CHANGE_ACCOUNT,
  RETRY,  ///< "try_again": netdb.h has a macro of that name.
  CHECK_AGAIN,
  CANCEL
};

/// Why a session ended without an outcome.
enum class EndReason {
  LEFT,                   ///< The payer went away, or asked for another bank in a new session.
  TIMED_OUT,              ///< Nobody opened the page again in time.
  INTENT_EXPIRED,         ///< Nobody began to pay in time.
  CANCELLED_BY_MERCHANT,  ///< Nobody had begun to pay when the merchant took the request back.
};

/// What can be proved about the payer's money (the sentence that pages print).
enum class MoneyWord { NOT_MOVED, ACCEPTED, UNKNOWN };

std::string_view to_text(Method method);
std::string_view to_text(StepKind kind);
std::string_view to_text(Action action);     ///< Lower case: "try_again".
std::string_view to_text(EndReason reason);  ///< Lower case: "timed_out".
std::string_view to_text(MoneyWord money);
std::optional<Method> parse_method(std::string_view text);
std::optional<StepKind> parse_step_kind(std::string_view text);
std::optional<Action> parse_action(std::string_view text);
std::optional<EndReason> parse_end_reason(std::string_view text);

/// Nothing follows but what is opened anew. (What PAYMENT stands for may be an end too: the payment says so.)
constexpr bool is_end(StepKind kind) {
  return kind == StepKind::CONNECTED || kind == StepKind::COOL_OFF || kind == StepKind::FAILED || kind == StepKind::END;
}

/// By which way the payer came back from the bank's own pages. Only DONE lets a connection be completed: it proves that the
/// browser which is back has seen the visit through.
enum class CameBack { DONE, REFUSED };
std::string_view to_text(CameBack way);
std::optional<CameBack> parse_came_back(std::string_view text);

/// What the shop's page is told in the end, and nothing else. A hint; truth is the webhook.
struct LinkResult {
  enum class Status { SUCCESS, ERROR, CANCELLED } status;
  std::string message;
  std::string secondary_status;  ///< Empty if it does not apply.
};

/// Without an act of the payer's, the page times out. It can be opened again.
inline constexpr Duration kSessionLife = std::chrono::minutes{30};

/// The row.
struct LinkSession {
  LinkSessionId id;
  ApplicationId application;
  CustomerId customer;
  Method method = Method::CONNECT;
  std::optional<IntentId> intent;            ///< Of those that pay.
  std::optional<DestinationId> destination;  ///< Of all but RECONNECT.
  std::optional<PaymentSourceId> source;     ///< Of those that need one which exists.
  std::optional<AccountId> account;          ///< Chosen to pay from.
  bool account_settled = false;              ///< By the shop's page: the payer chooses no other.
  std::string destination_alias;  ///< How the shop's page wants the payee to be shown; empty: by its own name.
  std::string wanted_bank;        ///< What the shop's page asked for; empty if nothing.
  std::string bank_identifier;    ///< Empty until chosen.
  std::string language = "en";
  int window = 1;  ///< Of the window that opened it last; it alone may act.
  int step_number = 1;
  StepKind step_kind = StepKind::WELCOME;
  std::string step;  ///< What the connector asked for (banking/step_json.h), or how it ended (stored_step.h); JSON.
  banking::ConnectorState connector_state;  ///< Of linking.
  std::optional<banking::Linked> linked;    ///< What linking brought, until it is written to a source.
  /// A call to the bank is in work: whose, and until when by that gateway's real clock.
  std::optional<GatewayId> lease_holder;
  std::optional<Instant> lease_until;
  int code_tries = 0;
  std::optional<Uuid> visit;  ///< The latest to the bank's own pages; in the addresses that lead there and back.
  std::optional<CameBack> came_back;    ///< From it, if the payer is back and the bank was not asked since.
  std::optional<Instant> came_back_at;  ///< Domain time.
  std::string success_redirect_url;     ///< Where the browser goes on from there; both or none.
  std::string fail_redirect_url;
  Instant created_at;  ///< Real time, as is `expires_at`: a page's life is not the sandbox's.
  Instant expires_at;
  std::int64_t version = 1;
};

}  // namespace qantara::link
