// What opens the API for an application besides its token: client secrets (OAuth2), client certificates (mTLS) and secret keys.
// Everything here lives by the real clock.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "applications/application.h"
#include "applications/scope.h"
#include "base/certificate.h"
#include "base/random.h"
#include "base/result.h"
#include "db/transaction.h"

namespace qantara::applications {

using SecretKeyId = Id<struct SecretKeyTag>;

/// Announced by every change of what opens what.
inline constexpr db::Channel kCredentialsChanged{4};

inline constexpr int kCertificatesMax = 10;
inline constexpr int kSecretKeysMax = 100;
inline constexpr Duration kOverlapMax = std::chrono::days{30};

struct RotatedSecret {
  Secret client_secret;  ///< Shown this once.
  Instant older_until;   ///< Until when the one before opens too.
};

struct Certificate {
  CertificateFacts facts;
  Instant created_at;
};

/// A key for `Authorization: Bearer`, without its text, which nobody keeps.
struct SecretKey {
  SecretKeyId id;
  ApplicationId application;
  std::string name;
  std::string hint;  ///< How it begins: "qk_live_3f2a9c".
  ScopeSet scopes;
  Instant created_at;
  std::optional<Instant> expires_at;
  std::optional<Instant> last_used_at;  ///< To the hour.
};

struct NewSecretKey {
  std::string name;
  ScopeSet scopes;
  std::optional<Duration> life;  ///< Nothing: until it is revoked.
};

struct CreatedSecretKey {
  SecretKey key;
  Secret text;  ///< Shown this once; only its digest is stored.
};

class Credentials {
 public:
  Credentials(const Clock& real_clock, Random& random) : real_clock_(real_clock), random_(random) {}

  /// Makes a new client secret. The newest of those before it goes on opening for `overlap` (none to kOverlapMax), all others
  /// end now: never more than two are valid. Errors: UNKNOWN_APPLICATION; INVALID_PARAMETERS (field "overlap").
  Result<RotatedSecret> rotate_client_secret(db::Transaction& tx, ApplicationId application, Duration overlap) const;

  /// Binds the certificate in `pem`; one that is bound already stays. Several may be, so that one can follow another without a
  /// gap. Errors: UNKNOWN_APPLICATION; those of read_certificate; INVALID_PARAMETERS (field "certificate") for one that has
  /// expired, and beyond kCertificatesMax.
  Result<void> add_certificate(db::Transaction& tx, ApplicationId application, std::string_view pem) const;
  /// Errors: INVALID_PARAMETERS (field "fingerprint") for one that is not bound.
  Result<void> remove_certificate(db::Transaction& tx, ApplicationId application, std::string_view fingerprint) const;
  Result<std::vector<Certificate>> certificates(db::Transaction& tx, ApplicationId application) const;

  /// Errors: UNKNOWN_APPLICATION; INVALID_PARAMETERS for a name (1–100 characters), scopes (none, or one that the scope `api` has
  /// not: field "scopes"), a life (1 minute to 10 years: field "expires_in"), and beyond kSecretKeysMax (field "name").
  Result<CreatedSecretKey> create_key(db::Transaction& tx, ApplicationId application, const NewSecretKey& wanted) const;
  /// Oldest first; expired ones too, until they are revoked.
  Result<std::vector<SecretKey>> keys(db::Transaction& tx, ApplicationId application) const;
  /// It opens nothing from the commit on. Errors: INVALID_PARAMETERS (field "id") for one that is not the application's.
  Result<void> revoke_key(db::Transaction& tx, ApplicationId application, SecretKeyId id) const;
  Result<void> note_use(db::Transaction& tx, SecretKeyId id) const;

 private:
  Result<Application> get(db::Transaction& tx, ApplicationId id) const;

  const Clock& real_clock_;
  Random& random_;
};

}  // namespace qantara::applications
