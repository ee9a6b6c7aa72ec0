#include "applications/credentials.h"

#include <algorithm>

#include "applications/application_store.h"
#include "applications/credentials_store.h"
#include "applications/secret_text.h"
#include "base/text.h"

namespace qantara::applications {

namespace {

constexpr std::size_t kKeyNameLengthMax = 100;
constexpr std::size_t kHintLetters = 6;  // Of 40: what is shown again leaves 136 bits to guess.
constexpr Duration kKeyLifeMin = std::chrono::minutes{1};
constexpr Duration kKeyLifeMax = std::chrono::days{3653};

Error refused(std::string field, std::string message) {
  return field_error(ErrorCode::INVALID_PARAMETERS, std::move(field), std::move(message));
}

}  // namespace

Result<Application> Credentials::get(db::Transaction& tx, ApplicationId id) const {
  ASSIGN_OR_RETURN(auto application, select_application(tx, id));
  if (!application) return error(ErrorCode::UNKNOWN_APPLICATION, "there is no application with this token");
  return *std::move(application);
}

Result<RotatedSecret> Credentials::rotate_client_secret(db::Transaction& tx, ApplicationId application,
                                                        Duration overlap) const {
  if (overlap < Duration::zero() || overlap > kOverlapMax)
    return refused("overlap", "overlap must be a length of time from 0s to 30d, such as 24h");
  RETURN_IF_ERROR(get(tx, application));
  const Instant now = real_clock_.now();
  RotatedSecret rotated{.client_secret = make_secret(kClientSecretPrefix, random_), .older_until = now + overlap};
  RETURN_IF_ERROR(expire_client_secrets(tx, application, rotated.older_until));
  RETURN_IF_ERROR(insert_client_secret(tx, application, sha256(rotated.client_secret.reveal()), now));
  return rotated;
}

Result<void> Credentials::add_certificate(db::Transaction& tx, ApplicationId application, std::string_view pem) const {
  ASSIGN_OR_RETURN(auto facts, read_certificate(pem));
  RETURN_IF_ERROR(get(tx, application));
  const Instant now = real_clock_.now();
  if (facts.expires_at <= now)
    return refused("certificate", "certificate expired at " + qantara::to_text(facts.expires_at));
  ASSIGN_OR_RETURN(const auto bound, certificates(tx, application));
  if (std::ssize(bound) >= kCertificatesMax) return refused("certificate", "there are 10 already: remove one");
  return insert_certificate(tx, application, {.facts = std::move(facts), .created_at = now});
}

Result<void> Credentials::remove_certificate(db::Transaction& tx, ApplicationId application,
                                             std::string_view fingerprint) const {
  ASSIGN_OR_RETURN(const auto removed, delete_certificate(tx, application, fingerprint));
  if (removed == 0) return refused("fingerprint", "no certificate with this fingerprint belongs to the application");
  return {};
}

Result<std::vector<Certificate>> Credentials::certificates(db::Transaction& tx, ApplicationId application) const {
  return select_certificates(tx, application);
}

Result<CreatedSecretKey> Credentials::create_key(db::Transaction& tx, ApplicationId application,
                                                 const NewSecretKey& wanted) const {
  const auto name = trim(wanted.name);
  if (name.empty() || utf8_length(name) > kKeyNameLengthMax || !is_printable(name))
    return refused("name", "name must have 1 to 100 characters");
  const auto scopes = listed(wanted.scopes);
  const bool is_of_api = std::ranges::all_of(scopes, [](Scope scope) { return scopes_of_api().contains(scope); });
  if (scopes.empty() || !is_of_api)
    return refused("scopes", "scopes must be read, write, or some that the scope api has: " + to_text(scopes_of_api()));
  if (wanted.life && (*wanted.life < kKeyLifeMin || *wanted.life > kKeyLifeMax))
    return refused("expires_in", "expires_in must be a length of time from 1m to 3653d, such as 90d");
  ASSIGN_OR_RETURN(const auto owner, get(tx, application));
  ASSIGN_OR_RETURN(const auto existing, keys(tx, application));
  if (std::ssize(existing) >= kSecretKeysMax) return refused("name", "there are 100 keys already: revoke one");

  const auto prefix = secret_key_prefix(owner.mode);
  const Instant now = real_clock_.now();
  CreatedSecretKey created{.key = {.id = SecretKeyId::make(real_clock_, random_),
                                   .application = application,
                                   .name = std::string{name},
                                   .scopes = wanted.scopes,
                                   .created_at = now},
                           .text = make_secret(prefix, random_)};
  if (wanted.life) created.key.expires_at = now + *wanted.life;
  created.key.hint = created.text.reveal().substr(0, prefix.size() + kHintLetters);
  RETURN_IF_ERROR(insert_key(tx, created.key, sha256(created.text.reveal())));
  return created;
}

Result<std::vector<SecretKey>> Credentials::keys(db::Transaction& tx, ApplicationId application) const {
  return select_keys(tx, application);
}

Result<void> Credentials::revoke_key(db::Transaction& tx, ApplicationId application, SecretKeyId id) const {
  ASSIGN_OR_RETURN(const auto revoked, delete_key(tx, application, id));
  if (revoked == 0) return refused("id", "the application has no secret key with this id");
  return {};
}

Result<void> Credentials::note_use(db::Transaction& tx, SecretKeyId id) const {
  return update_key_use(tx, id, std::chrono::floor<std::chrono::hours>(real_clock_.now()));
}

}  // namespace qantara::applications
