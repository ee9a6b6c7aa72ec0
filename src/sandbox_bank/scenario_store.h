// The SQL of scenarios.
#pragma once

#include "sandbox_bank/scenarios.h"

namespace qantara::sandbox_bank {

/// Result: its seq.
Result<std::int64_t> insert_scenario(db::Transaction& tx, const Scenario& scenario);
Result<std::vector<Scenario>> all_scenarios(db::Transaction& tx);
Result<void> delete_scenarios(db::Transaction& tx);

/// Those of `moment` that are not used up, oldest first.
Result<std::vector<Scenario>> open_scenarios(db::Transaction& tx, Moment moment);
Result<void> count_use(db::Transaction& tx, std::int64_t seq);

/// Whose call it is, as far as the call says: the PSU-ID, or the owner of the consent, payment or beneficiary it names.
Result<std::optional<std::string>> user_of(db::Transaction& tx, const Call& call);

}  // namespace qantara::sandbox_bank
