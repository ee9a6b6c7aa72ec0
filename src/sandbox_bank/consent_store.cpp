#include "sandbox_bank/consent_store.h"

namespace qantara::sandbox_bank {

Result<void> insert_consent(db::Transaction& tx, const Consent& consent) {
  RETURN_IF_ERROR(
      tx.execute("INSERT INTO consents (id, username, status, recurring, frequency_per_day, valid_until, "
                 "session_until, created_at) "
                 "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                 consent.id, consent.username, to_text(consent.status), consent.recurring, consent.frequency_per_day,
                 consent.valid_until, consent.session_until, consent.created_at));
  return {};
}

Result<void> update_consent(db::Transaction& tx, const Consent& consent) {
  RETURN_IF_ERROR(tx.execute("UPDATE consents SET username = $2, status = $3, session_until = $4 WHERE id = $1",
                             consent.id, consent.username, to_text(consent.status), consent.session_until));
  return {};
}

Result<std::optional<Consent>> find_consent(db::Transaction& tx, ConsentId id) {
  return tx.one(
      "SELECT id, username, status, recurring, frequency_per_day, valid_until, session_until, created_at "
      "FROM consents WHERE id = $1",
      [](db::Row& row) {
        return Consent{.id = row.take<ConsentId>(),
                       .username = row.take<std::string>(),
                       .status = *parse<ConsentStatus>(row.take<std::string_view>()),
                       .recurring = row.take<bool>(),
                       .frequency_per_day = row.take<int>(),
                       .valid_until = row.take<std::string>(),
                       .session_until = row.take<Instant>(),
                       .created_at = row.take<Instant>()};
      },
      id);
}

Result<std::int64_t> end_sessions(db::Transaction& tx, std::string_view username, Instant now) {
  return tx.execute(
      "UPDATE consents SET session_until = $2 WHERE username = $1 AND status = 'valid' AND session_until > $2",
      username, now);
}

}  // namespace qantara::sandbox_bank
