// The SQL of beneficiaries.
#pragma once

#include <optional>
#include <string_view>

#include "sandbox_bank/beneficiaries.h"

namespace qantara::sandbox_bank {

Result<void> insert_beneficiary(db::Transaction& tx, const Beneficiary& beneficiary);
Result<void> update_beneficiary(db::Transaction& tx, const Beneficiary& beneficiary);  ///< Its status and cool-off.
Result<std::optional<Beneficiary>> find_beneficiary(db::Transaction& tx, BeneficiaryId id);

/// The one that is on the list, or about to be.
Result<std::optional<Beneficiary>> find_payee(db::Transaction& tx, std::string_view username,
                                              std::string_view creditor_account);

}  // namespace qantara::sandbox_bank
