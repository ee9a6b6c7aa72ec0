// Who may in: the credential of a request, and the tokens that the gateway gives out (docs/reference/access.md).
//
// Every credential is looked at, in memory, and a good one always opens: what is throttled are answers to bad ones. So nobody's
// guessing keeps anybody else out, and a flood of it costs neither the database nor the log anything.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "api/caller.h"
#include "applications/access_tokens.h"
#include "applications/credentials.h"
#include "applications/directory.h"
#include "base/rate_limit.h"
#include "base/result.h"
#include "base/task.h"
#include "db/database.h"
#include "http/message.h"

namespace qantara::api {

/// Bad credentials that are answered 401 before it is 429. They are long random numbers, so this saves work, not secrets.
struct FailureLimits {
  RateLimit per_address{{.per_second = 10, .burst = 1000}};  ///< A proxy in front is one; of IPv6, a /64.
  RateLimit per_application{{.per_second = 10, .burst = 1000}};
};

class Access {
 public:
  Access(db::Database& database, const Clock& real_clock, const applications::Credentials& credentials,
         const applications::AccessTokens& tokens)
      : database_(database), real_clock_(real_clock), credentials_(credentials), tokens_(tokens) {}
  Access(const Access&) = delete;
  Access& operator=(const Access&) = delete;

  /// What is known of credentials is out of date (applications::kCredentialsChanged). From any thread. Where the database cannot
  /// say that nothing has changed (db::Database::hears_others), it is out of date after db::kHeardWithin by itself.
  void forget() { ++changes_; }
  /// From now on nothing is written.
  void stand_by() { stands_by_ = true; }

  /// Whose request it is. Sandbox: `lean-app-token` alone. Live: with a bound client certificate. Either: `Authorization: Bearer`
  /// with an access token or a secret key.
  /// Errors: INVALID_PARAMETERS for two credentials; UNAUTHORIZED, in the same words for every bad one of a kind;
  /// INVALID_CERTIFICATE, CERTIFICATE_TOKEN_MISMATCH; RATE_LIMIT_EXCEEDED (with `retry_after_seconds`) in place of these three
  /// once there were too many (FailureLimits).
  Task<Result<Caller>> authenticate(const http::Request& request);

  /// The application that this client id and secret prove (RFC 6749, section 2.3.1). Errors: UNAUTHORIZED, RATE_LIMIT_EXCEEDED.
  Task<Result<ApplicationId>> authenticate_client(const http::Request& request, std::string client_id,
                                                  Secret client_secret);

  /// A customer's token for the hosted flow of `application`, good for kTokenLifeLeft at least.
  /// Errors: UNAUTHORIZED, INSUFFICIENT_ACCESS_LEVEL for a token that is no customer's, RATE_LIMIT_EXCEEDED.
  Task<Result<CustomerId>> customer_of(const http::Request& request, ApplicationId application, std::string token);

  /// Nothing for an unknown application.
  Task<Result<std::optional<applications::Mode>>> mode(ApplicationId application);

  /// A new access token. Makes the first signing key if there is none.
  Task<Result<std::string>> issue(ApplicationId application, std::optional<CustomerId> customer);
  /// The signing keys' public halves (RFC 7517).
  Task<Result<std::string>> jwks();
  const std::string& issuer() const { return tokens_.issuer(); }

 private:
  struct Snapshot {
    std::uint64_t change;  ///< `changes_` before it was read.
    Instant read_at;       ///< Before it was read.
    applications::Directory directory;
    applications::SigningKeys signing_keys;
  };
  using SharedSnapshot = std::shared_ptr<const Snapshot>;

  SharedSnapshot fresh_snapshot();
  bool is_recent(const Snapshot& snapshot) const;
  Task<Result<SharedSnapshot>> load_snapshot();
  Result<Caller> judge_app_token(const Snapshot& snapshot, const http::Request& request, std::string_view text) const;
  Result<Caller> judge_bearer(const Snapshot& snapshot, std::string_view authorization);
  Result<applications::AccessToken> read_token(const Snapshot& snapshot, std::string_view text);
  Task<void> note_use(applications::SecretKeyId key);
  Error refuse(const http::Request& request, std::optional<ApplicationId> claimed, Error refusal);

  db::Database& database_;
  const Clock& real_clock_;
  const applications::Credentials& credentials_;
  const applications::AccessTokens& tokens_;
  FailureLimits failures_;
  std::atomic<std::uint64_t> changes_{1};
  std::atomic<bool> stands_by_{false};

  std::mutex mutex_;
  SharedSnapshot snapshot_;
  /// By SHA-256: a signature is checked once. Only while `snapshot_` stands.
  std::unordered_map<std::string, applications::AccessToken> verified_;
  std::map<applications::SecretKeyId, Instant> used_at_;  ///< As noted in the database, to the hour.
};

}  // namespace qantara::api
