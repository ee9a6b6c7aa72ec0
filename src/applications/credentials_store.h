// The SQL of credentials.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "applications/credentials.h"
#include "base/crypto.h"
#include "base/result.h"
#include "db/transaction.h"

namespace qantara::applications {

Result<void> insert_client_secret(db::Transaction& tx, ApplicationId application, const Sha256& hash, Instant now);
/// Those without an end get `until` as theirs; those that had one go.
Result<void> expire_client_secrets(db::Transaction& tx, ApplicationId application, Instant until);

Result<void> insert_certificate(db::Transaction& tx, ApplicationId application, const Certificate& certificate);
/// Result: how many rows went, 0 or 1.
Result<std::int64_t> delete_certificate(db::Transaction& tx, ApplicationId application, std::string_view fingerprint);
Result<std::vector<Certificate>> select_certificates(db::Transaction& tx, ApplicationId application);

Result<void> insert_key(db::Transaction& tx, const SecretKey& key, const Sha256& hash);
Result<std::int64_t> delete_key(db::Transaction& tx, ApplicationId application, SecretKeyId id);
Result<std::vector<SecretKey>> select_keys(db::Transaction& tx, ApplicationId application);
Result<void> update_key_use(db::Transaction& tx, SecretKeyId id, Instant used_at);

// Of all applications, for Directory.
struct StoredSecret {
  ApplicationId application;
  std::string hash;
  std::optional<Instant> expires_at;
};
struct StoredCertificate {
  ApplicationId application;
  std::string fingerprint;
  Instant expires_at;
};
struct StoredKey {
  SecretKey key;
  std::string hash;
};
Result<std::vector<StoredSecret>> select_all_client_secrets(db::Transaction& tx);
Result<std::vector<StoredCertificate>> select_all_certificates(db::Transaction& tx);
Result<std::vector<StoredKey>> select_all_keys(db::Transaction& tx);

struct StoredSigningKey {
  std::string id;
  std::string private_key_sealed;
  Instant created_at;
  std::optional<Instant> retired_at;
};
Result<void> insert_signing_key(db::Transaction& tx, const StoredSigningKey& key);
/// Newest first.
Result<std::vector<StoredSigningKey>> select_signing_keys(db::Transaction& tx);
/// Those that sign now sign no more.
Result<void> retire_signing_keys(db::Transaction& tx, Instant now);
Result<void> delete_signing_keys_retired_before(db::Transaction& tx, Instant cutoff);

}  // namespace qantara::applications
