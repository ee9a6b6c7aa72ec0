// The receiver's side of a webhook, as any merchant writes it: is it genuine, and what does it say?
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"
#include "http/message.h"
#include "json/json.h"

namespace qantara::demo_shop {

/// How far `webhook-timestamp` may be from the receiver's clock, either way (Standard Webhooks: against replays).
inline constexpr std::chrono::minutes kTimestampTolerance{5};

/// Why a delivery must not be believed; nothing if `webhook-signature` holds: HMAC-SHA256 of "id.timestamp.body" (Standard
/// Webhooks), one of several is enough. `lean-signature` would do as well, but says nothing about the time.
/// `now`: the machine's time, also in a sandbox whose clock was advanced.
std::optional<std::string> signature_fault(const http::Headers& headers, std::string_view body, const Secret& secret,
                                           Instant now);

struct Event {
  std::string id;
  std::string type;                      ///< "payment.created"
  std::optional<std::int64_t> sequence;  ///< Of what it is about, without gaps from 1.
  json::Value payload;

  std::string_view text(std::string_view name) const { return payload.text(name).value_or(""); }
};

/// Errors: INVALID_PARAMETERS for what is not a JSON object with `event_id`, `type` and an object `payload`.
Result<Event> read_event(std::string_view body);

}  // namespace qantara::demo_shop
