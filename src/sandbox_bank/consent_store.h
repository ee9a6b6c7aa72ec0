// The SQL of consents.
#pragma once

#include <optional>
#include <string_view>

#include "sandbox_bank/consents.h"

namespace qantara::sandbox_bank {

Result<void> insert_consent(db::Transaction& tx, const Consent& consent);
Result<void> update_consent(db::Transaction& tx, const Consent& consent);  ///< Its username, status and session.
Result<std::optional<Consent>> find_consent(db::Transaction& tx, ConsentId id);

/// Result: how many sessions were alive at `now`; now they are over.
Result<std::int64_t> end_sessions(db::Transaction& tx, std::string_view username, Instant now);

}  // namespace qantara::sandbox_bank
