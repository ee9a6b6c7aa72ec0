// The receiver's side of webhook signatures: what a merchant's backend does with every delivery.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/secret.h"
#include "http/message.h"

namespace qantara::cli {

/// How far `webhook-timestamp` may be from the receiver's clock, either way (Standard Webhooks: against replays).
inline constexpr std::chrono::minutes kTimestampTolerance{5};

/// Why a delivery must not be believed; nothing if both signatures hold: `lean-signature` (HMAC-SHA512 of the raw body) and
/// Standard Webhooks' `webhook-signature` (HMAC-SHA256 of "id.timestamp.body"; one of several is enough).
/// `now`: the machine's time, also in a sandbox whose clock was advanced.
std::optional<std::string> signature_fault(const http::Headers& headers, std::string_view body, const Secret& secret,
                                           Instant now);

}  // namespace qantara::cli
