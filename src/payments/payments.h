// The use cases of payments: everything that changes a payment, inside a transaction. Calls to banks are elsewhere
// (payment_authorisation.h); this file is what is true after a crash.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "banking/banks.h"
#include "base/crypto.h"
#include "base/in_flight.h"
#include "base/random.h"
#include "base/result.h"
#include "db/transaction.h"
#include "destinations/destinations.h"
#include "events/events.h"
#include "payment_intents/payment_intents.h"
#include "payment_sources/payment_sources.h"
#include "payments/payment.h"

namespace qantara::payments {

/// Announced when a payment got a time to be asked for: the worker looks again.
inline constexpr db::Channel kCheckScheduled{2};

/// How long a call to a bank that nobody in this process makes any more holds a payment, in real time. Longer than any conversation
/// takes (five calls of at most 20 s). What is under way here is known in memory and asks no clock (Payments::hold).
inline constexpr Duration kLease = std::chrono::minutes{2};

/// Whether a lease that this gateway gave has time left. One further away than any is given was written before the clock was set
/// back.
inline bool is_running(Instant lease_until, Instant real_now) {
  return lease_until > real_now && lease_until <= real_now + kLease;
}

/// A claim that is older when its order is about to be sent is looked at once more: whoever slept so long may have been given up.
inline constexpr Duration kClaimFresh = std::chrono::seconds{5};

/// A payer's question after a pending payment is passed on to the bank at most so often.
inline constexpr Duration kAskAgainMin = std::chrono::seconds{3};

/// Codes that the gateway sends to the bank for one payment; a further one is refused whatever the bank says.
inline constexpr int kCodeTriesMax = 5;

/// An account of the customer's, as the payer may choose it for an intent.
struct PayingAccount {
  PaymentSourceId source;
  payment_sources::Account account;
  std::string bank_identifier;
  /// Why it cannot pay; nothing if it can. CURRENCY, NOT_LINKED (no beneficiary for the destination), COOL_OFF,
  /// BANK_UNAVAILABLE, LIMIT (the amount is outside what the bank lets through).
  std::optional<std::string> reason;
  std::optional<Instant> cool_off_expires_at;  ///< Of COOL_OFF.
};

/// What a claimed call to the bank works on.
struct Claim {
  Payment payment;
  banking::ConnectorState link_state;  ///< What linking left at the payment source.
  std::optional<Instant>
      answered_at;  ///< Domain time when the bank's answer came; nothing: it comes while it is recorded.
};

/// Whether an answer may be recorded already, by a commit whose own answer was lost. It is known by its time (`answered_at`).
enum class Try { FIRST, AGAIN };

/// Which call to the bank is about to be made.
enum class Call {
  HARMLESS,    ///< Cannot move money.
  SUBMISSION,  ///< The irrevocable one: SUBMITTING is committed first.
};

class Payments {
 public:
  /// `holder`: of the leases that are given here.
  Payments(GatewayId holder, const Clock& clock, const Clock& real_clock, Random& random, const Vault& vault,
           const events::Events& events, const payment_intents::PaymentIntents& intents,
           const destinations::Destinations& destinations, const payment_sources::PaymentSources& sources,
           const banking::Banks& banks)
      : holder_(holder),
        clock_(clock),
        real_clock_(real_clock),
        random_(random),
        vault_(vault),
        events_(events),
        intents_(intents),
        destinations_(destinations),
        sources_(sources),
        banks_(banks) {}

  /// The customer's accounts for this intent, usable ones first.
  Result<std::vector<PayingAccount>> paying_accounts(db::Transaction& tx,
                                                     const payment_intents::PaymentIntent& intent) const;

  /// Makes the payment of an intent; where it has one already, that one comes back (a second window joins the first).
  /// The caller goes on with PaymentAuthorisation::start.
  /// Errors: UNKNOWN_PAYMENT_INTENT, PAYMENT_INTENT_EXPIRED, INVALID_PARAMETERS (account_id: not the customer's, or another
  /// currency), BENEFICIARY_NOT_FOUND, PENDING_BENEFICIARY_COOL_OFF (with `beneficiary_cool_off_expiry`),
  /// AMOUNT_UNDER_MIN_VALUE and AMOUNT_OVER_MAX_VALUE (the bank's own limits).
  Result<Payment> start(db::Transaction& tx, ApplicationId application, IntentId intent, AccountId account) const;

  /// Errors: UNKNOWN_PAYMENT, the same for another application's.
  Result<Payment> get(db::Transaction& tx, ApplicationId application, PaymentId id) const;
  Result<std::optional<Payment>> of_intent(db::Transaction& tx, IntentId intent) const;

  /// In the order of creation.
  Result<std::vector<Payment>> list(db::Transaction& tx, ApplicationId application, const PaymentFilter& filter,
                                    const Slice& slice) const;
  Result<std::int64_t> count(db::Transaction& tx, ApplicationId application, const PaymentFilter& filter) const;

  /// By id alone: for operators, who see every application.
  Result<std::optional<Payment>> find(db::Transaction& tx, PaymentId id) const;
  /// Ids of the newest payments, newest first.
  Result<std::vector<PaymentId>> newest(db::Transaction& tx, int limit) const;

  /// Whether a call to the bank is in work for the payment: here, whatever any clock says, or by its row. One of another
  /// gateway's lasts until it is given back or `recover`ed.
  bool is_leased(const Payment& payment) const;

  /// Keeps the payment for one conversation of this process with its bank, from before the claim until all is recorded.
  /// Nothing while another one is under way here.
  std::optional<InFlight<PaymentId>::Hold> hold(PaymentId id) const { return in_flight_.take(id); }

  /// Reserves the payment, which the caller holds, for one call to its bank. SUBMISSION moves it to SUBMITTING and counts the
  /// code, durably, before the call is made.
  /// `step`: of what the payer does, `Payment::steps` as the payer was shown it; an answer never meets another question.
  /// `request_key`: of a SUBMISSION, a new one (`make_request_key`).
  /// Errors: STEP_OUTDATED if another call is in work or the payment is past it; RATE_LIMIT_EXCEEDED for a sixth code.
  Result<Claim> claim(db::Transaction& tx, PaymentId id, Call call, std::optional<int> step,
                      std::string_view request_key) const;
  /// The same for a question after a payment that was due. Errors: STEP_OUTDATED also if it has changed since: then somebody
  /// has asked already, or it is due anew.
  Result<Claim> claim_due(db::Transaction& tx, DuePayment due) const;

  /// A further code is a further request: a bank that knows requests by their id must not answer with the old refusal.
  std::string make_request_key() const;

  /// Nothing has left, and nothing will, for a SUBMISSION that may or may not have been claimed with this key.
  Result<Payment> withdraw(db::Transaction& tx, PaymentId id, std::string_view request_key) const;

  /// Whether a claim was made just now, by the real clock. Of one that was not, its holder does not know whether it still stands.
  bool is_fresh(const Claim& claim) const;
  /// Errors: STEP_OUTDATED if the payment went on without whoever has made the claim.
  Result<void> check_claim(db::Transaction& tx, const Claim& claim) const;
  /// Whether the payment's lease, as the row tells, was given to this gateway and still stands.
  bool has_own_lease(const Payment& payment) const;

  /// Writes down what a claimed call to the bank brought, ends the lease, and tells of it. An answer that comes after its lease
  /// was lost to somebody else changes nothing: it is told, and the bank is asked anew. One that is recorded already (`which`)
  /// changes nothing and is not told again.
  Result<Payment> record(db::Transaction& tx, const Claim& claim, const banking::Step& step,
                         const banking::ConnectorState& state, Try which = Try::FIRST) const;
  /// The same for a call of the payer's that brought no step. In SUBMITTING only an explicit refusal leads back to waiting;
  /// everything else is an unknown outcome. Once the order is at the bank, no failed call fails the payment.
  Result<Payment> record_failure(db::Transaction& tx, const Claim& claim, const banking::CallError& failure,
                                 const banking::ConnectorState& state, Try which = Try::FIRST) const;
  /// A question to the bank without an answer: it is asked again later, and nothing else changes.
  Result<Payment> record_no_answer(db::Transaction& tx, const Claim& claim, const banking::CallError& failure,
                                   Try which = Try::FIRST) const;

  /// The payer wants news of a pending payment, or is back from the bank's pages: the next question to its bank is due now. It is not where one is in work, was asked
  /// less than kAskAgainMin ago, or the bank asked for patience. The schedule goes on as if nobody had asked.
  Result<void> hasten_check(db::Transaction& tx, PaymentId id) const;

  /// After a restart nobody knows what became of what was being submitted, and no call is in work. Result: how many payments were.
  Result<int> recover(db::Transaction& tx) const;
  /// The same for the calls of one gateway, which is gone. Should it only have been asleep, what its banks answer is set aside.
  Result<int> recover(db::Transaction& tx, GatewayId gone) const;
  /// Gives back what this gateway holds and nobody in it works on: a lease whose commit or whose end it did not hear of, and for
  /// which other gateways would wait as long as it lives.
  Result<void> end_idle_leases(db::Transaction& tx) const;

  /// Payments that no call is in work for, to ask the bank about; those due first.
  Result<std::vector<DuePayment>> due(db::Transaction& tx, Instant now, int limit) const;
  /// When the next one is. What is under way here may count, if its row does not say so: then it is past.
  Result<std::optional<Instant>> next_due(db::Transaction& tx) const;

 private:
  Result<Payment> load(db::Transaction& tx, PaymentId id) const;
  bool has_lease(const Payment& payment) const;
  Result<Claim> claim(db::Transaction& tx, Payment payment, Call call, std::string_view request_key) const;
  Result<void> move(db::Transaction& tx, Payment& payment, PaymentEvent on, std::string_view note) const;
  Result<Payment> set_aside(db::Transaction& tx, Payment payment, std::string_view what) const;
  Result<void> lose_track(db::Transaction& tx, Payment& payment) const;
  Result<void> apply(db::Transaction& tx, Payment& payment, const banking::Outcome& outcome) const;
  Result<void> tell(db::Transaction& tx, const Payment& payment, events::Type type, std::string_view payload) const;
  Result<void> ask_later(db::Transaction& tx, Payment& payment, const banking::CallError& failure) const;
  void schedule_check(db::Transaction& tx, Payment& payment) const;
  Result<int> lose_track(db::Transaction& tx, std::span<const PaymentId> submitting) const;

  const GatewayId holder_;
  const Clock& clock_;
  const Clock& real_clock_;
  Random& random_;
  const Vault& vault_;
  const events::Events& events_;
  const payment_intents::PaymentIntents& intents_;
  const destinations::Destinations& destinations_;
  const payment_sources::PaymentSources& sources_;
  const banking::Banks& banks_;
  mutable InFlight<PaymentId> in_flight_;
};

/// The payee as every bank is told of it, whether it is added to a list or paid.
banking::Creditor creditor_of(const destinations::Destination& destination);

/// What a bank keeps of a description: the first `length` characters of the merchant's own; the *last* of the default, since ids
/// made close together begin alike.
std::string cut_reference(std::string_view description, bool is_default, std::size_t length);

/// What the bank is sent of the intent's description: the characters it takes, in the case it takes them, as many as it keeps.
/// Where nothing of the merchant's own words is left, the default takes their place.
std::string reference_for(const payment_intents::PaymentIntent& intent, const banking::Bank& bank);

}  // namespace qantara::payments
