// BankConnector: one abstraction over embedded, redirect and decoupled banks (banks.md §5).
//
// A connector is pure protocol code: no database, no clock, no threads. It never blocks on the payer: it returns the next
// thing needed and is called again with the answer, a callback or a timer. All it must remember between two calls is in
// `ConnectorState`, which the gateway seals and stores, so a crash between any two calls resumes.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/secret.h"
#include "base/task.h"
#include "money/money.h"

namespace qantara::banking {

/// What a connector remembers: versioned JSON, opaque to everybody else.
struct ConnectorState {
  std::string json;
};

/// Where the payer's browser comes back to from the bank's own pages: a URL for each way out, each good for one redirect. What
/// the browser brings back is never believed: the bank is asked.
struct ReturnUrls {
  std::string done;     ///< The payer went through with it.
  std::string refused;  ///< They did not.
};

/// What the connector knows of the payer's device; some banks want it (Berlin Group: PSU-IP-Address must be IPv4).
struct PayerDevice {
  std::string ip_address;
  std::string user_agent;
  std::string language;                   ///< "en" or "ar".
  std::optional<ReturnUrls> return_urls;  ///< Nothing: the payer cannot be sent to the bank's pages.
};

enum class FieldKind { TEXT, PASSWORD, OTP, CHOICE };

/// One thing to ask the payer for.
struct Field {
  std::string name;  ///< Key of the answer: "username", "password", "otp", "method".
  FieldKind kind;
  std::string label;   ///< The bank's own words, or empty for the page's usual ones.
  int max_length = 0;  ///< 0: not said.
  bool numeric = false;
  struct Option {
    std::string value;
    std::string label;   ///< "SMS to •••• 123"
    FieldKind leads_to;  ///< OTP, or CHOICE for an approval in the bank's app.
  };
  std::vector<Option> options;  ///< Of a CHOICE.
};

/// What the payer is doing when a field is asked for. LOGIN → AWAITING_LOGIN_MFA, PAYMENT → AWAITING_PAYMENT_MFA.
enum class Stage { LOGIN, BENEFICIARY, PAYMENT };

/// Whether answering can move money: the one irrevocable request of a protocol (banks.md §3, ⚡) is declared before it is made.
enum class Effect { HARMLESS, IRREVOCABLE };

struct NeedFields {
  Stage stage;
  std::vector<Field> fields;
  std::string message;               ///< The bank's words for the payer; may be empty.
  std::string target;                ///< Where a code was sent, masked: "•••• 123"; may be empty.
  std::optional<int> tries_left;     ///< As the bank says.
  Effect effect = Effect::HARMLESS;  ///< Of the `submit` that carries the answer.
  bool wrong_answer = false;         ///< The last answer was wrong and the same is asked again.
};
/// The payer approves in the bank's app (decoupled). Money may move at any time from now on.
struct NeedApproval {
  std::string message;
  std::optional<Instant> expires_at;  ///< By the bank's clock, if it said.
};
/// The payer goes to the bank's own page in their browser and comes back by `PayerDevice::return_urls`. Of a payment
/// (Stage::PAYMENT) money may move at any time once the payer has the link.
struct NeedRedirect {
  Stage stage;
  std::string url;                    ///< Of the bank's page: absolute, http or https.
  std::string message;                ///< The bank's words for the payer; may be empty.
  std::optional<Instant> expires_at;  ///< By the bank's clock, if it said.

  /// Of the payer's visit to the page.
  Effect effect() const { return stage == Stage::PAYMENT ? Effect::IRREVOCABLE : Effect::HARMLESS; }
};
/// State was gained that must be durable before going on: store it, then call `advance`.
struct Continue {};

/// A payer's account as the bank gave it.
struct Account {
  std::string resource_id;  ///< The bank's id of the account.
  std::string iban;         ///< Empty if the bank gave none.
  std::string account_number;
  std::string name;
  std::string owner_name;
  std::string currency;  ///< ISO 4217 code.
};
/// Linking is complete.
struct Linked {
  std::string bank_user;  ///< Whom the bank knows: a stable key of this login at this bank.
  std::vector<Account> accounts;
};
/// The payee is on the payer's list. `cool_off_until` absent: usable at once.
struct BeneficiaryAdded {
  std::string bank_beneficiary_id;
  std::optional<Instant> cool_off_until;
};

enum class BankStatus { ACCEPTED, PENDING, REJECTED };
/// What the bank has said of a payment, in our words and in its own.
struct Outcome {
  BankStatus status;
  std::string bank_status;   ///< Verbatim: "ACSC".
  std::string reference;     ///< The bank's transaction reference; empty if none.
  std::string failure_code;  ///< Of REJECTED: INSUFFICIENT_BALANCE, … (banks.md §2.5).
  std::string reason_code;   ///< Verbatim ISO reason: "AM04".
  std::string reason_text;
};
/// Nothing has changed at the bank; its words as they stand. Ask again later.
struct StillWaiting {
  std::string bank_status;
  std::string sca_status;
};
/// Linking, a beneficiary or a login ended for good; nothing moved. `code`: EU_ACCOUNT_LOCKED, MFA_ATTEMPTS_EXHAUSTED, …
struct Refused {
  std::string code;
  std::string text;
};

using Step = std::variant<NeedFields, NeedApproval, NeedRedirect, Continue, Linked, BeneficiaryAdded, Outcome,
                          StillWaiting, Refused>;

/// A call that brought no step.
struct CallError {
  enum class Kind {
    NOT_SENT,         ///< No byte left.
    REFUSED,          ///< The bank refused before any effect (4xx with its words).
    OUTCOME_UNKNOWN,  ///< Time-out, reset, 5xx, garbage after the first byte left.
    THROTTLED,        ///< 429; `retry_after` may be set.
    MISCONFIGURED,    ///< Certificate, token or scope refused: the operator's business.
    SESSION_ENDED,    ///< The consent or resource is gone or has lapsed at the bank.
  } kind;
  std::string code;     ///< The bank's code, if any.
  std::string message;  ///< For logs and `explain`; no secret.
  std::optional<std::chrono::seconds> retry_after;
};

template <class T>
using BankResult = std::expected<T, CallError>;

/// What the payer typed, by field name. Held in memory for the one call.
using Answers = std::vector<std::pair<std::string, Secret>>;

struct Creditor {
  std::string name;
  std::string iban;  ///< Empty where the destination has only an account number.
  std::string account_number;
  std::string bic;
  std::string country;  ///< alpha-3
};

struct PaymentOrder {
  std::string end_to_end_id;  ///< ≤ 35 characters, ours, stable for the payment.
  std::string request_key;    ///< A stable UUID text for the irrevocable call, stored before it is made.
  money::Money amount;
  Account debtor;
  Creditor creditor;
  std::string reference;  ///< What goes to both statements, cut already to what the bank holds.
};

/// What a bank can and cannot do: data, not methods that fail.
struct Capabilities {
  bool embedded = false;
  bool decoupled = false;
  bool redirect = false;
  bool beneficiaries = false;
  std::size_t reference_length = 32;
};

/// One configured bank. Calls are coroutines; every argument outlives the call. A state is changed only when the call
/// succeeded, or when the failed call had an effect that must be remembered.
class BankConnector {
 public:
  virtual ~BankConnector() = default;
  virtual Capabilities capabilities() const = 0;

  /// Whether the bank is there at all: a question that changes nothing. Any answer of its own will do, also a refusal. One
  /// that is closed fails, with `retry_after` if it said for how long.
  virtual Task<BankResult<void>> knock() { co_return BankResult<void>{}; }

  /// Linking: what to ask first; no fields where the bank asks on its own pages: `submit` without answers begins then. Makes no call.
  virtual NeedFields begin_link() const = 0;
  /// Goes on with linking or with adding a beneficiary: the payer's answers to the last NeedFields; none after a NeedRedirect
  /// from which the payer came back.
  virtual Task<BankResult<Step>> submit(const Answers& answers, const PayerDevice& device, ConnectorState& state) = 0;
  /// Adds the payee to the payer's list: NeedFields, NeedRedirect, BeneficiaryAdded or Refused. A payee already there is BeneficiaryAdded.
  virtual Task<BankResult<Step>> add_beneficiary(const Creditor& creditor, const PayerDevice& device,
                                                 ConnectorState& state) = 0;
  /// How the beneficiary stands at the bank now.
  virtual Task<BankResult<BeneficiaryAdded>> read_beneficiary(const std::string& bank_beneficiary_id,
                                                              ConnectorState& state) = 0;

  /// Ends what linking has begun: the bank forgets the payer's consent. A bank that has none, or none any more, has forgotten it.
  virtual Task<BankResult<void>> end_link(ConnectorState& state) = 0;

  /// Paying. `link` is the state that linking left; the payment gets a state of its own. Creates the order at the bank,
  /// which cannot move money, and answers Continue (then `advance_payment`), Outcome or Refused.
  virtual Task<BankResult<Step>> begin_payment(const PaymentOrder& order, const PayerDevice& device,
                                               const ConnectorState& link, ConnectorState& payment) = 0;
  /// Starts, or starts anew, the payer's authorisation of an order that exists at the bank. NeedFields, NeedApproval or
  /// NeedRedirect: the caller commits it before the payer is given the link.
  virtual Task<BankResult<Step>> advance_payment(const PaymentOrder& order, const PayerDevice& device,
                                                 ConnectorState& payment) = 0;
  /// The payer's answers. With Effect::IRREVOCABLE this is the ⚡ request: the caller has committed SUBMITTING before.
  /// An Outcome, the next NeedFields or NeedApproval, or Refused (the authorisation failed for good; ask `poll_payment`).
  virtual Task<BankResult<Step>> submit_payment(const PaymentOrder& order, const Answers& answers,
                                                const PayerDevice& device, ConnectorState& payment) = 0;
  /// Asks the bank how the payment stands: Outcome or StillWaiting. Harmless at any time; also resolves unknown outcomes.
  virtual Task<BankResult<Step>> poll_payment(ConnectorState& payment) = 0;
};

}  // namespace qantara::banking
