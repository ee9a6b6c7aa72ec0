#include "applications/credentials_store.h"

namespace qantara::applications {

namespace {

db::Bytes bytes_of(const Sha256& hash) { return {{reinterpret_cast<const char*>(hash.data()), hash.size()}}; }

SecretKey read_key(db::Row& row) {
  return {.id = row.take<SecretKeyId>(),
          .application = row.take<ApplicationId>(),
          .name = row.take<std::string>(),
          .hint = row.take<std::string>(),
          .scopes = read_scopes(row.take<std::string_view>()),
          .created_at = row.take<Instant>(),
          .expires_at = row.take<std::optional<Instant>>(),
          .last_used_at = row.take<std::optional<Instant>>()};
}

}  // namespace

Result<void> insert_client_secret(db::Transaction& tx, ApplicationId application, const Sha256& hash, Instant now) {
  RETURN_IF_ERROR(
      tx.post("INSERT INTO application_secrets (application_id, secret_hash, created_at) VALUES ($1, $2, $3)",
              application, bytes_of(hash), now));
  tx.announce(kCredentialsChanged);
  return {};
}

Result<void> expire_client_secrets(db::Transaction& tx, ApplicationId application, Instant until) {
  RETURN_IF_ERROR(
      tx.post("DELETE FROM application_secrets WHERE application_id = $1 AND expires_at IS NOT NULL", application));
  return tx.post("UPDATE application_secrets SET expires_at = $2 WHERE application_id = $1", application, until);
}

Result<void> insert_certificate(db::Transaction& tx, ApplicationId application, const Certificate& certificate) {
  RETURN_IF_ERROR(
      tx.post("INSERT INTO application_certificates (application_id, fingerprint, subject, expires_at, created_at) "
              "VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
              application, certificate.facts.fingerprint, certificate.facts.subject, certificate.facts.expires_at,
              certificate.created_at));
  tx.announce(kCredentialsChanged);
  return {};
}

Result<std::int64_t> delete_certificate(db::Transaction& tx, ApplicationId application, std::string_view fingerprint) {
  tx.announce(kCredentialsChanged);
  return tx.execute("DELETE FROM application_certificates WHERE application_id = $1 AND fingerprint = $2", application,
                    fingerprint);
}

Result<std::vector<Certificate>> select_certificates(db::Transaction& tx, ApplicationId application) {
  return tx.all(
      "SELECT fingerprint, subject, expires_at, created_at FROM application_certificates WHERE application_id = $1 "
      "ORDER BY created_at, fingerprint",
      [](db::Row& row) {
        return Certificate{.facts = {.fingerprint = row.take<std::string>(),
                                     .subject = row.take<std::string>(),
                                     .expires_at = row.take<Instant>()},
                           .created_at = row.take<Instant>()};
      },
      application);
}

Result<void> insert_key(db::Transaction& tx, const SecretKey& key, const Sha256& hash) {
  RETURN_IF_ERROR(
      tx.post("INSERT INTO secret_keys (id, application_id, name, hint, key_hash, scopes, created_at, expires_at) "
              "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
              key.id, key.application, key.name, key.hint, bytes_of(hash), to_text(key.scopes), key.created_at,
              key.expires_at));
  tx.announce(kCredentialsChanged);
  return {};
}

Result<std::int64_t> delete_key(db::Transaction& tx, ApplicationId application, SecretKeyId id) {
  tx.announce(kCredentialsChanged);
  return tx.execute("DELETE FROM secret_keys WHERE application_id = $1 AND id = $2", application, id);
}

Result<std::vector<SecretKey>> select_keys(db::Transaction& tx, ApplicationId application) {
  return tx.all(
      "SELECT id, application_id, name, hint, scopes, created_at, expires_at, last_used_at FROM secret_keys "
      "WHERE application_id = $1 ORDER BY id",
      read_key, application);
}

Result<void> update_key_use(db::Transaction& tx, SecretKeyId id, Instant used_at) {
  return tx.post("UPDATE secret_keys SET last_used_at = $2 WHERE id = $1", id, used_at);
}

Result<std::vector<StoredSecret>> select_all_client_secrets(db::Transaction& tx) {
  return tx.all("SELECT application_id, secret_hash, expires_at FROM application_secrets", [](db::Row& row) {
    return StoredSecret{.application = row.take<ApplicationId>(),
                        .hash = row.take<std::string>(),
                        .expires_at = row.take<std::optional<Instant>>()};
  });
}

Result<std::vector<StoredCertificate>> select_all_certificates(db::Transaction& tx) {
  return tx.all("SELECT application_id, fingerprint, expires_at FROM application_certificates", [](db::Row& row) {
    return StoredCertificate{.application = row.take<ApplicationId>(),
                             .fingerprint = row.take<std::string>(),
                             .expires_at = row.take<Instant>()};
  });
}

Result<std::vector<StoredKey>> select_all_keys(db::Transaction& tx) {
  return tx.all(
      "SELECT id, application_id, name, hint, scopes, created_at, expires_at, last_used_at, key_hash FROM secret_keys",
      [](db::Row& row) {
        auto key = read_key(row);
        return StoredKey{.key = std::move(key), .hash = row.take<std::string>()};
      });
}

Result<void> insert_signing_key(db::Transaction& tx, const StoredSigningKey& key) {
  RETURN_IF_ERROR(
      tx.post("INSERT INTO signing_keys (id, private_key_sealed, created_at, retired_at) VALUES ($1, $2, $3, $4)",
              key.id, db::Bytes{key.private_key_sealed}, key.created_at, key.retired_at));
  tx.announce(kCredentialsChanged);
  return {};
}

Result<std::vector<StoredSigningKey>> select_signing_keys(db::Transaction& tx) {
  return tx.all(
      "SELECT id, private_key_sealed, created_at, retired_at FROM signing_keys "
      "ORDER BY retired_at IS NOT NULL, retired_at DESC, id",
      [](db::Row& row) {
        return StoredSigningKey{.id = row.take<std::string>(),
                                .private_key_sealed = row.take<std::string>(),
                                .created_at = row.take<Instant>(),
                                .retired_at = row.take<std::optional<Instant>>()};
      });
}

Result<void> retire_signing_keys(db::Transaction& tx, Instant now) {
  return tx.post("UPDATE signing_keys SET retired_at = $1 WHERE retired_at IS NULL", now);
}

Result<void> delete_signing_keys_retired_before(db::Transaction& tx, Instant cutoff) {
  return tx.post("DELETE FROM signing_keys WHERE retired_at < $1", cutoff);
}

}  // namespace qantara::applications
