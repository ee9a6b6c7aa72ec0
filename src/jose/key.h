// RSA keys as JOSE knows them: JWK (RFC 7517, RFC 7518 section 6.3). A key has one algorithm, RS256, whatever a token says of
// itself, so that no token can choose how it is checked.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"
#include "json/json.h"

namespace qantara::jose {

/// A public key, or a pair. Copies share it.
class Key {
 public:
  /// A new pair of 2048 bits. The library's own generator makes it, since no other can be given to it; some 100 ms.
  static Key generate();

  /// A pair from what `private_pem` wrote. Errors: INVALID_PARAMETERS.
  static Result<Key> from_private_pem(const Secret& pem);
  Secret private_pem() const;  ///< PKCS #8. Of a pair only.

  /// A public key of 2048 to 8192 bits with an odd exponent above 1. `kty` must be RSA; `use` and `alg`, where given, must be
  /// "sig" and "RS256"; private members are refused. Errors: INVALID_PARAMETERS.
  static Result<Key> from_jwk(const json::Value& jwk);
  /// The public half: kty, use, alg, kid, n, e.
  void write_jwk(json::Writer& writer) const;

  /// The key's thumbprint (RFC 7638): equal keys, equal ids.
  const std::string& id() const { return id_; }
  bool is_pair() const { return is_pair_; }

  /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518, section 3.3). Of a pair only.
  std::string sign(std::string_view data) const;
  bool verifies(std::string_view signature, std::string_view data) const;

 private:
  struct Handle;
  enum class Half { PUBLIC, PAIR };
  Key(std::shared_ptr<Handle> handle, Half half);

  std::shared_ptr<Handle> handle_;
  bool is_pair_;
  std::string modulus_;  ///< n and e, base64url.
  std::string exponent_;
  std::string id_;
};

/// The public halves as a JWK Set: `{"keys": […]}`.
std::string to_jwks(std::span<const Key> keys);

}  // namespace qantara::jose
