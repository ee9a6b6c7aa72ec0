// The SQL of link sessions.
#pragma once

#include <optional>

#include "base/crypto.h"
#include "base/result.h"
#include "db/transaction.h"
#include "link/link_session.h"

namespace qantara::link {

/// Whose leases of `holder`'s have run out.
Result<std::vector<LinkSessionId>> select_lapsed_sessions(db::Transaction& tx, GatewayId holder, Instant real_now,
                                                          Duration lease);
Result<void> release_session_lease(db::Transaction& tx, LinkSessionId id);

/// Whether it was inserted: false if the intent has a session already, or the customer an unfinished one for the same
/// connection.
Result<bool> insert_session(db::Transaction& tx, const Vault& vault, const LinkSession& session);
/// Errors: VERSION_CONFLICT if somebody else changed it meanwhile.
Result<void> update_session(db::Transaction& tx, const Vault& vault, LinkSession& session);
/// No call is in work for any session: true only after a restart.
Result<void> release_session_leases(db::Transaction& tx);
Result<void> release_session_leases_of(db::Transaction& tx, GatewayId holder);
Result<std::optional<LinkSession>> select_session(db::Transaction& tx, const Vault& vault, LinkSessionId id);
Result<std::optional<LinkSession>> select_session_of_intent(db::Transaction& tx, const Vault& vault, IntentId intent);
/// The session whose latest visit to the bank's pages this is.
Result<std::optional<LinkSession>> select_session_of_visit(db::Transaction& tx, const Vault& vault, const Uuid& visit);
/// The one unfinished session of this customer, method, destination and source; not of PAY. It may have run out of time.
Result<std::optional<LinkSession>> select_unfinished_session(db::Transaction& tx, const Vault& vault,
                                                             const LinkSession& like);
/// The customer's unfinished sessions, but those of PAY, that have time left at `now`.
Result<int> count_unfinished_sessions(db::Transaction& tx, CustomerId customer, Instant now);

}  // namespace qantara::link
