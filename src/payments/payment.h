// A payment: the one attempt of an intent at a bank.
//
// Invariants. An intent has at most one payment, ever (a database constraint). The order that leaves is fixed when the row is
// made: amount, payee, account, reference and end-to-end id never change. Once `status` is ACCEPTED_BY_BANK or
// FAILED nothing of the row changes again. SUBMITTING is committed before the irrevocable request's first byte leaves.
#pragma once

#include <optional>
#include <string>

#include "banking/connector.h"
#include "base/clock.h"
#include "base/ids.h"
#include "money/money.h"
#include "payments/payment_states.h"

namespace qantara::payments {

/// Both ends of the transfer as the bank gets them.
struct Parties {
  banking::Account debtor;
  banking::Creditor creditor;
};

/// Which payments are listed; what is absent does not matter.
struct PaymentFilter {
  std::optional<CustomerId> customer;
  std::optional<std::string> status;  ///< As it is told, or a finer one as in `status_detail`.
  std::optional<Instant> from;        ///< Those created then or later,
  std::optional<Instant> to;          ///< and those before.
};

struct Payment {
  PaymentId id;
  ApplicationId application;
  CustomerId customer;
  IntentId intent;
  DestinationId destination;
  PaymentSourceId source;
  AccountId account;
  std::string bank_identifier;
  money::Money amount;
  std::string description;
  std::string reference_sent;  ///< What the bank was given: the description, cut to what the bank holds.
  std::string end_to_end_id;   ///< The payment's id without hyphens.
  std::string request_key;     ///< Request id of the irrevocable call: stored before it, new for each code.
  Parties parties;

  PaymentStatus status = PaymentStatus::AWAITING_LOGIN_MFA;
  PaymentStatus waiting_status = PaymentStatus::AWAITING_LOGIN_MFA;  ///< What SUBMITTING shows as.
  std::optional<std::string> status_detail;  ///< OUTCOME_UNKNOWN, NO_REFERENCE, or why it failed.
  std::optional<std::string> failure_text;   ///< The bank's words for a failure.
  std::optional<std::string> bank_status;    ///< Verbatim.
  std::optional<std::string> bank_reason_code;
  std::optional<std::string> bank_transaction_reference;
  std::optional<std::string> step;  ///< What the bank asks the payer for, as JSON (banking/step_json.h); no secret.
  int steps = 0;                    ///< Counts what was asked, so that an answer to an old question is known as such.
  banking::ConnectorState connector_state;

  Instant created_at;
  std::optional<Instant> initiated_at;  ///< When the irrevocable call was started.
  /// A call to the bank is in work: whose, and until when by that gateway's real clock. Past: it never came back.
  std::optional<GatewayId> lease_holder;
  std::optional<Instant> lease_until;
  std::optional<Instant> next_check_at;  ///< Domain time: when to ask the bank again.
  int checks = 0;                        ///< How often it was asked since the last change.
  std::optional<Instant> asked_at;     ///< Domain time: when a call about it came back last, with or without an answer.
  std::optional<Instant> quiet_until;  ///< Domain time: the bank wants no question before.
  int code_tries = 0;                  ///< Codes sent to the bank.
  std::int64_t version = 1;

  /// The status as everybody outside sees it.
  PaymentStatus public_status() const { return status == PaymentStatus::SUBMITTING ? waiting_status : status; }

  /// The order is at the bank, and a call that may have asked the payer in the bank's app brought no answer, or died with its
  /// process: nobody can say that no money moved.
  bool is_silent() const;

  banking::PaymentOrder order() const {
    return {.end_to_end_id = end_to_end_id,
            .request_key = request_key,
            .amount = amount,
            .debtor = parties.debtor,
            .creditor = parties.creditor,
            .reference = reference_sent};
  }
};

/// A payment that was due when it was looked for, and which state of it was.
struct DuePayment {
  PaymentId id;
  std::int64_t version;

  friend bool operator==(const DuePayment&, const DuePayment&) = default;
};

}  // namespace qantara::payments
