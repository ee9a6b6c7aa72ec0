// A payment source: a payer's relationship with one bank, its accounts, and the payees that the bank lets it pay.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "payment_sources/beneficiary_states.h"

namespace qantara::payment_sources {

struct Account {
  AccountId id;
  Uuid account_id;  ///< The published API's second, deprecated id of an account.
  std::string bank_resource_id;
  std::string name;
  std::string owner_name;
  std::string account_number;
  std::string iban;
  std::string currency;
};

/// The link from a source to a destination.
struct Beneficiary {
  BeneficiaryId id;
  ApplicationId application;
  CustomerId customer;
  PaymentSourceId source;
  DestinationId destination;
  BeneficiaryStatus status = BeneficiaryStatus::AWAITING_BENEFICIARY_COOL_OFF;
  std::optional<Instant> cool_off_expires_at;  ///< Kept after it ended; nothing if there never was a cool-off.
  std::string bank_beneficiary_id;
  std::int64_t version = 1;
};

struct PaymentSource {
  PaymentSourceId id;
  ApplicationId application;
  CustomerId customer;
  std::string bank_identifier;
  std::vector<Beneficiary> beneficiaries;  ///< Oldest first.
  std::vector<Account> accounts;           ///< In the bank's order.
  Instant created_at;
  /// Set while the bank does not honour the payer's consent any more: the payer reconnects the source by it.
  std::optional<Uuid> reconnect_id;
};

/// Who wanted a source removed.
enum class RemovalReason { USER_REQUESTED, TPP_REQUESTED };

constexpr std::string_view to_text(RemovalReason reason) {
  return reason == RemovalReason::USER_REQUESTED ? "USER_REQUESTED" : "TPP_REQUESTED";
}

constexpr std::optional<RemovalReason> parse_removal_reason(std::string_view text) {
  for (const auto reason : {RemovalReason::USER_REQUESTED, RemovalReason::TPP_REQUESTED}) {
    if (text == to_text(reason)) return reason;
  }
  return std::nullopt;
}

/// A source that is gone. Its bank is asked to forget the payer's consent until it has.
struct RemovedSource {
  PaymentSourceId id;
  std::string bank_identifier;
  Instant removed_at;
  RemovalReason reason;
  std::optional<Instant> consent_due_at;  ///< When the bank is asked next; nothing: it has forgotten.
};

}  // namespace qantara::payment_sources
