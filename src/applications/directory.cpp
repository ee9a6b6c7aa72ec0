#include "applications/directory.h"

#include "applications/application_store.h"
#include "applications/credentials_store.h"
#include "base/crypto.h"
#include "base/text.h"

namespace qantara::applications {

namespace {

std::string digest_of(std::string_view text) {
  const auto digest = sha256(text);
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace

Result<Directory> Directory::load(db::Transaction& tx) {
  Directory directory;
  ASSIGN_OR_RETURN(const auto applications, select_applications(tx));
  for (const auto& application : applications) directory.applications_[application.id].mode = application.mode;
  ASSIGN_OR_RETURN(auto secrets, select_all_client_secrets(tx));
  for (auto& secret : secrets) {
    directory.applications_[secret.application].secrets.emplace_back(std::move(secret.hash), secret.expires_at);
  }
  ASSIGN_OR_RETURN(auto certificates, select_all_certificates(tx));
  for (auto& certificate : certificates) {
    directory.certificates_.emplace(std::move(certificate.fingerprint),
                                    std::pair{certificate.application, certificate.expires_at});
  }
  ASSIGN_OR_RETURN(auto keys, select_all_keys(tx));
  for (auto& [key, hash] : keys) directory.keys_.emplace(std::move(hash), std::move(key));
  return directory;
}

std::optional<Mode> Directory::mode(ApplicationId id) const {
  const auto found = applications_.find(id);
  return found == applications_.end() ? std::nullopt : std::optional{found->second.mode};
}

bool Directory::is_client_secret(ApplicationId id, std::string_view secret, Instant now) const {
  const auto digest = digest_of(secret);
  const auto found = applications_.find(id);
  if (found == applications_.end()) return false;
  bool is_one = false;
  for (const auto& [hash, expires_at] : found->second.secrets) {
    if ((!expires_at || *expires_at > now) && equals_in_constant_time(hash, digest)) is_one = true;
  }
  return is_one;
}

const SecretKey* Directory::key(std::string_view text, Instant now) const {
  // A look-up by digest tells by its time at most digits of a digest, and there is no way back from these.
  const auto found = keys_.find(digest_of(text));
  if (found == keys_.end()) return nullptr;
  const auto& expires_at = found->second.expires_at;
  return expires_at && *expires_at <= now ? nullptr : &found->second;
}

Directory::Binding Directory::certificate(ApplicationId id, std::string_view fingerprint, Instant now) const {
  auto binding = Binding::NOBODYS;
  const auto [begin, end] = certificates_.equal_range(std::string{fingerprint});
  for (auto it = begin; it != end; ++it) {
    const auto& [owner, expires_at] = it->second;
    if (expires_at <= now) continue;
    if (owner == id) return Binding::OWN;
    binding = Binding::ANOTHERS;
  }
  return binding;
}

}  // namespace qantara::applications
