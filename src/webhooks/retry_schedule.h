// When a failed delivery is tried again: a pure function of time.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"

namespace qantara::webhooks {

/// The published retries, counted from the first attempt.
inline constexpr auto kFirstRetries =
    std::to_array<Duration>({std::chrono::minutes{1}, std::chrono::minutes{2}, std::chrono::minutes{5},
                             std::chrono::minutes{10}, std::chrono::minutes{60}, std::chrono::minutes{180}});
/// After those, one retry in each such time, give or take kLaterRetrySpread (10 %), so that the deliveries which an
/// outage piled up do not all come back in one moment.
inline constexpr Duration kLaterRetryEvery = std::chrono::hours{4};
inline constexpr Duration kLaterRetrySpread = kLaterRetryEvery / 10;
/// Counted from the first attempt. What would come later is not tried any more.
inline constexpr Duration kGiveUpAfter = std::chrono::hours{72};
/// A receiver that asks for more than this is not heeded any further.
inline constexpr Duration kRetryAfterMax = std::chrono::hours{24};

/// When to try again after a failure at `now`, or nothing: give up. Slots that have passed meanwhile (the gateway was
/// down, the endpoint paused) are skipped, never caught up in a burst.
/// `asked_to_wait`: what the receiver's Retry-After said, zero if nothing.
std::optional<Instant> next_attempt(Instant first_attempt_at, Instant now, Duration asked_to_wait, Random& random);

/// Reads Retry-After (RFC 9110 §10.2.3): seconds, or a date in the preferred form ("Sun, 06 Nov 1994 08:49:37 GMT"),
/// which is compared with `real_now`. Result: 0 to kRetryAfterMax; nothing for any other text.
std::optional<Duration> parse_retry_after(std::string_view text, Instant real_now);

}  // namespace qantara::webhooks
