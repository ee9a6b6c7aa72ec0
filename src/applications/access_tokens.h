// Access tokens of OAuth2: JWTs that the gateway signs, and the keys it signs them with.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "applications/application.h"
#include "applications/scope.h"
#include "base/crypto.h"
#include "base/random.h"
#include "base/result.h"
#include "db/transaction.h"
#include "jose/key.h"

namespace qantara::applications {

inline constexpr std::chrono::seconds kAccessTokenLife{3600};

/// What a token says: who may do what, and until when.
struct AccessToken {
  ApplicationId application;
  ScopeSet scopes;
  std::optional<CustomerId> customer;  ///< Whose things alone it opens.
  Instant expires_at;
};

/// The keys as the database has them; the first one signs.
using SigningKeys = std::vector<jose::Key>;

/// What an operator is shown of one.
struct SigningKeyRow {
  std::string id;
  Instant created_at;
  std::optional<Instant> retired_at;  ///< It verifies for kAccessTokenLife longer.
};

class AccessTokens {
 public:
  AccessTokens(const Clock& real_clock, Random& random, const Vault& vault)
      : real_clock_(real_clock), random_(random), vault_(vault) {}

  /// Where the gateway is known to be: issuer and audience of every token. Before anything else, and not while others ask.
  void set_issuer(std::string url) { issuer_ = std::move(url); }
  const std::string& issuer() const { return issuer_; }

  /// A token for what `scopes_of_api` or, with a customer, `scopes_of_customer` stand for; it ends after kAccessTokenLife.
  std::string issue(const SigningKeys& keys, ApplicationId application, std::optional<CustomerId> customer) const;

  /// What a token that `issue` made says. Errors: UNAUTHORIZED, with the reason as its cause.
  Result<AccessToken> verify(const SigningKeys& keys, std::string_view token) const;

  /// Those whose tokens may still be alive. Errors: STORAGE_FAILED for one that the vault does not open.
  Result<SigningKeys> keys(db::Transaction& tx) const;
  /// Makes the first key if there is none that signs.
  Result<void> ensure_key(db::Transaction& tx) const;
  /// A new key signs from now on; the one before is kept until its last token has ended.
  Result<void> rotate_key(db::Transaction& tx) const;
  /// Newest first, without those whose tokens have all ended.
  Result<std::vector<SigningKeyRow>> list_keys(db::Transaction& tx) const;

 private:
  Result<void> make_key(db::Transaction& tx) const;
  Instant cutoff() const;

  const Clock& real_clock_;
  Random& random_;
  const Vault& vault_;
  std::string issuer_;
};

}  // namespace qantara::applications
