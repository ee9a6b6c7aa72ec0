// Consents: a payer lets the third party see the accounts. A valid consent is also the payer's session at the bank.
#pragma once

#include <optional>

#include "sandbox_bank/authorisations.h"

namespace qantara::sandbox_bank {

/// Without use a session ends after ten minutes for users who sign in with a code; for the others it lasts 90 days.
inline constexpr Duration kSessionLife = std::chrono::minutes{10};
inline constexpr Duration kLongSessionLife = std::chrono::days{90};

struct Consent {
  ConsentId id;
  std::string username;
  ConsentStatus status;
  bool recurring = false;
  int frequency_per_day = 0;
  std::string valid_until;  ///< A date.
  Instant session_until;
  Instant created_at;

  /// What the third party is told: `expired` once the session is over.
  ConsentStatus status_at(Instant now) const;
};

Result<http::Response> create_consent(db::Transaction& tx, const Call& call);
Result<http::Response> sign_in(db::Transaction& tx, const Call& call);  ///< POST …/authorisations with the password.
Result<http::Response> authorise_consent(db::Transaction& tx, const Call& call);  ///< PUT with the code.
Result<http::Response> consent_sca_status(db::Transaction& tx, const Call& call);
Result<http::Response> get_consent(db::Transaction& tx, const Call& call);
Result<http::Response> get_consent_status(db::Transaction& tx, const Call& call);
Result<http::Response> delete_consent(db::Transaction& tx, const Call& call);
Result<http::Response> get_accounts(db::Transaction& tx, const Call& call);

/// The consent's authorisation ended with `event`.
Result<void> consent_authorised(db::Transaction& tx, ConsentId id, ScaEvent event, Instant at);

/// The session that the Consent-ID header names, used once more; or the refusal: 400 FORMAT_ERROR without the header, 401
/// CONSENT_INVALID or CONSENT_EXPIRED.
struct Session {
  std::optional<Consent> consent;
  std::optional<http::Response> refusal;
};
Result<Session> use_session(db::Transaction& tx, const Call& call);

/// Whether this consent is a live session of `username`; if so it is used once more.
Result<bool> has_session(db::Transaction& tx, ConsentId id, std::string_view username, Instant now);

}  // namespace qantara::sandbox_bank
