// Digests and sealing, on OpenSSL.
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"

namespace qantara {

using Sha256 = std::array<std::byte, 32>;

Sha256 sha256(std::string_view data);
std::string hmac_sha256(std::string_view key, std::string_view data);  ///< 32 raw bytes.
std::string hmac_sha512(std::string_view key, std::string_view data);  ///< 64 raw bytes.

/// Seals what must not lie in the database in the clear: webhook secrets, bank tokens, account numbers (AES-256-GCM,
/// random 96-bit nonce). `context` names the place ("payments.connector_state:<id>"): a sealed value moved to another
/// row or column does not open.
class Vault {
 public:
  Vault(const std::array<std::byte, 32>& key, Random& random);

  /// Reads the 32-byte key file, or makes it (mode 0600) where there is none.
  /// Errors: INVALID_PARAMETERS if others can read the file or it has another length; STORAGE_FAILED if it cannot be
  /// read or written.
  static Result<Vault> open(const std::filesystem::path& key_file, Random& random);

  std::string seal(std::string_view plain, std::string_view context) const;

  /// Errors: STORAGE_FAILED when the value was changed, belongs elsewhere or was sealed with another key.
  Result<std::string> unseal(std::string_view sealed, std::string_view context) const;

  /// A keyed digest of `text` for lookups of sealed values: equal texts, equal digests, and no way back.
  std::string blind_index(std::string_view text, std::string_view context) const;

  /// A key for `purpose`, derived from the vault's; the vault's own key never leaves it.
  Secret derive(std::string_view purpose) const;

 private:
  std::array<std::byte, 32> key_;
  Random* random_;
};

}  // namespace qantara
