// Payments: an order, the payer's authorisation, and one booking at most.
#pragma once

#include <optional>

#include "sandbox_bank/authorisations.h"

namespace qantara::sandbox_bank {

/// An order that nobody starts to authorise is rejected after this time.
inline constexpr Duration kOrderLife = std::chrono::hours{1};

struct Payment {
  PaymentId id;
  std::string username;
  std::optional<ConsentId> consent_id;  ///< The session it was ordered in.
  std::string product;
  std::string end_to_end_id;
  std::string currency;
  std::int64_t amount;  ///< Minor units.
  std::string debtor_account;
  std::string creditor_name;
  std::string creditor_account;
  std::string remittance;
  std::string asked_by;  ///< The third party's brand, as it names itself; may be empty.
  PaymentStatus status;
  std::optional<std::string> reason_code;
  std::optional<std::string> reason_text;
  std::optional<std::string> bank_reference;
  std::optional<Instant> reference_from;  ///< Not told before this time.
  std::optional<Instant> due_at;
  std::optional<DueEvent> due_event;
  Instant created_at;
};

Result<http::Response> create_payment(db::Transaction& tx, const Call& call);
Result<http::Response> start_payment_authorisation(db::Transaction& tx, const Call& call);
Result<http::Response> authorise_payment(db::Transaction& tx,
                                         const Call& call);  ///< The code, or the choice of a method.
Result<http::Response> payment_sca_status(db::Transaction& tx, const Call& call);
Result<http::Response> get_payment(db::Transaction& tx, const Call& call);
Result<http::Response> get_payment_status(db::Transaction& tx, const Call& call);
Result<http::Response> cancel_payment(db::Transaction& tx, const Call& call);

/// The payment's authorisation ended with `event`: executes the payment, or rejects it.
Result<void> payment_authorised(db::Transaction& tx, PaymentId id, ScaEvent event, Instant at, std::uint64_t dice);

/// The payment's `due_event` happens now: a held payment is executed or rejected, a forgotten order expires.
Result<void> payment_due(db::Transaction& tx, PaymentId id);

/// What the payer decides in the bank's app. False if nothing waits there for this payer any more.
enum class Decision { approve, deny };
Result<bool> decide(db::Transaction& tx, AuthorisationId id, Decision decision, Instant now, std::uint64_t dice);

}  // namespace qantara::sandbox_bank
