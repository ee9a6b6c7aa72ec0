// The secrets that an endpoint's deliveries are signed with: made, sealed, opened.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/ids.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"

namespace qantara::webhooks {

/// As they lie in the database.
struct SealedSecrets {
  std::string current;
  std::optional<std::string> previous;
  std::optional<Instant> previous_expires_at;

  friend bool operator==(const SealedSecrets&, const SealedSecrets&) = default;
};

/// Those that are live. `previous` is the older one while a rotation runs.
struct LiveSecrets {
  Secret current;
  std::optional<Secret> previous;
};

/// A new secret in the form of Standard Webhooks: "whsec_" and 32 random bytes in Base64.
Secret make_secret(Random& random);

/// Bound to the endpoint, not to the column: a rotation moves the sealed text from one column to the other.
std::string seal_secret(const Vault& vault, WebhookEndpointId endpoint, const Secret& secret);

/// Errors: STORAGE_FAILED if one was changed, or sealed with another key.
Result<LiveSecrets> open_secrets(const Vault& vault, WebhookEndpointId endpoint, const SealedSecrets& sealed,
                                 Instant now);

}  // namespace qantara::webhooks
