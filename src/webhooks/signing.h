// How a delivery proves where it comes from: Lean's signature and Standard Webhooks', side by side.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/secret.h"
#include "http/message.h"
#include "webhooks/endpoint_secrets.h"

namespace qantara::webhooks {

/// "sha512=" and the lower-case hex HMAC-SHA512 of `body`; the key is the secret's whole text.
std::string lean_signature(const Secret& secret, std::string_view body);

/// "v1," and the Base64 HMAC-SHA256 of "id.timestamp.body"; the key is what stands behind "whsec_", decoded.
std::string standard_signature(const Secret& secret, std::string_view id, std::int64_t timestamp,
                               std::string_view body);

/// Adds `lean-signature` (by the older live secret: a receiver that knows one secret only changes over at the end of the
/// rotation), `webhook-id`, `webhook-timestamp` (of `real_now`, whole seconds) and `webhook-signature` (one for each live
/// secret, the newer first).
void sign(http::Headers& headers, const LiveSecrets& secrets, std::string_view id, Instant real_now,
          std::string_view body);

}  // namespace qantara::webhooks
