// Beneficiaries: the payees on a payer's list, with the waiting time before the first payment. The interface is an extension
// of this bank (docs/reference/sandbox-bank.md); XS2A has none.
#pragma once

#include <optional>

#include "sandbox_bank/authorisations.h"

namespace qantara::sandbox_bank {

struct Beneficiary {
  BeneficiaryId id;
  std::string username;
  std::string creditor_name;
  std::string creditor_account;  ///< IBAN or BBAN.
  BeneficiaryStatus status;
  std::optional<Instant> cool_off_until;
  Instant created_at;

  bool cools_at(Instant now) const { return cool_off_until && *cool_off_until > now; }
};

Result<http::Response> create_beneficiary(db::Transaction& tx, const Call& call);
Result<http::Response> authorise_beneficiary(db::Transaction& tx, const Call& call);
Result<http::Response> beneficiary_sca_status(db::Transaction& tx, const Call& call);
Result<http::Response> get_beneficiary(db::Transaction& tx, const Call& call);

/// The beneficiary's authorisation ended with `event`.
Result<void> beneficiary_authorised(db::Transaction& tx, BeneficiaryId id, ScaEvent event, Instant at,
                                    std::uint64_t dice);

/// Whether `username` may pay to this account now: it is on the list and does not wait any more.
Result<bool> may_pay(db::Transaction& tx, std::string_view username, std::string_view creditor_account, Instant now);

/// {"iban":…} or {"bban":…} → the account in electronic form; nothing for anything else.
std::optional<std::string> read_account_reference(const json::Value* reference);

}  // namespace qantara::sandbox_bank
