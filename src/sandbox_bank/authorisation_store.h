// The SQL of users and authorisations.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "sandbox_bank/authorisations.h"

namespace qantara::sandbox_bank {

Result<void> insert_user(db::Transaction& tx, std::string_view username);  ///< Nothing happens if it is there already.
Result<int> wrong_passwords(db::Transaction& tx, std::string_view username);
Result<void> set_wrong_passwords(db::Transaction& tx, std::string_view username, int count);

Result<void> insert_authorisation(db::Transaction& tx, const Authorisation& authorisation);
Result<void> update_authorisation(db::Transaction& tx, const Authorisation& authorisation);
Result<std::optional<Authorisation>> find_authorisation(db::Transaction& tx, AuthorisationId id);
Result<std::vector<Authorisation>> authorisations_of(db::Transaction& tx, const Uuid& subject_id);

/// Payments that wait for an approval in the app, oldest first; of one user, or of all where `username` is empty.
Result<std::vector<Authorisation>> waiting_approvals(db::Transaction& tx, std::string_view username);

/// The next thing that is due by `now`, be it an authorisation's or a payment's.
struct Due {
  enum class Of { authorisation, payment } of;
  Uuid id;
  Instant at;
};
Result<std::optional<Due>> next_due(db::Transaction& tx, Instant now);

}  // namespace qantara::sandbox_bank
