// Every credential there is, as it stood at one moment, in memory: who asks is known without a look into the database, and what
// opens nothing is refused at the same price as what opens something.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "applications/application.h"
#include "applications/credentials.h"
#include "base/result.h"
#include "db/transaction.h"

namespace qantara::applications {

class Directory {
 public:
  /// Reads all that there is. It is out of date once kCredentialsChanged is announced.
  static Result<Directory> load(db::Transaction& tx);

  /// Nothing for an unknown application.
  std::optional<Mode> mode(ApplicationId id) const;

  /// Whether `secret` is one of the application's client secrets at `now`. Takes as long for an unknown application.
  bool is_client_secret(ApplicationId id, std::string_view secret, Instant now) const;

  /// The key with this text at `now`. Valid as long as the directory.
  const SecretKey* key(std::string_view text, Instant now) const;

  /// Whose a client certificate is at `now`, seen from an application.
  enum class Binding { OWN, ANOTHERS, NOBODYS };
  Binding certificate(ApplicationId id, std::string_view fingerprint, Instant now) const;

 private:
  struct Entry {
    Mode mode = Mode::SANDBOX;
    std::vector<std::pair<std::string, std::optional<Instant>>> secrets;  ///< SHA-256 and end.
  };
  std::unordered_map<ApplicationId, Entry> applications_;
  std::unordered_map<std::string, SecretKey> keys_;                                       ///< By SHA-256 of their text.
  std::unordered_multimap<std::string, std::pair<ApplicationId, Instant>> certificates_;  ///< By fingerprint; and end.
};

}  // namespace qantara::applications
