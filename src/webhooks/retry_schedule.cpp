#include "webhooks/retry_schedule.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>

#include "base/text.h"

namespace qantara::webhooks {

namespace {

std::optional<Duration> until_http_date(std::string_view text, Instant real_now) {
  constexpr std::string_view kForm = "Sun, 06 Nov 1994 08:49:37 GMT";
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  if (text.size() != kForm.size() || text.substr(3, 2) != ", " || !text.ends_with(" GMT")) return std::nullopt;
  const std::size_t at = kMonths.find(text.substr(8, 3));
  if (at == std::string_view::npos || at % 3 != 0) return std::nullopt;
  const std::string month = std::to_string(at / 3 + 1);

  std::string rfc3339{text.substr(12, 4)};
  rfc3339.append(month.size() == 1 ? "-0" : "-").append(month);
  rfc3339.append("-").append(text.substr(5, 2)).append("T").append(text.substr(17, 8)).append("Z");
  const auto instant = parse_instant(rfc3339);
  if (!instant) return std::nullopt;
  return std::clamp(*instant - real_now, Duration::zero(), kRetryAfterMax);
}

}  // namespace

std::optional<Instant> next_attempt(Instant first_attempt_at, Instant now, Duration asked_to_wait, Random& random) {
  const auto* const slot =
      std::ranges::find_if(kFirstRetries, [&](Duration offset) { return first_attempt_at + offset > now; });
  Instant next;
  if (slot != kFirstRetries.end()) {
    next = first_attempt_at + *slot;
  } else {
    const auto spread = static_cast<std::uint64_t>(2 * kLaterRetrySpread.count() + 1);
    next = now + kLaterRetryEvery - kLaterRetrySpread + Duration{static_cast<Duration::rep>(random.below(spread))};
  }
  next = std::max(next, now + std::min(asked_to_wait, kRetryAfterMax));
  if (next > first_attempt_at + kGiveUpAfter) return std::nullopt;
  return next;
}

std::optional<Duration> parse_retry_after(std::string_view text, Instant real_now) {
  text = trim(text);
  const bool digits =
      !text.empty() && std::ranges::all_of(text, [](char letter) { return letter >= '0' && letter <= '9'; });
  if (!digits) return until_http_date(text, real_now);
  constexpr auto kMax = std::chrono::duration_cast<std::chrono::seconds>(kRetryAfterMax);
  std::int64_t seconds = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (read.ec == std::errc::result_out_of_range) return kRetryAfterMax;
  return std::min(std::chrono::seconds{seconds}, kMax);
}

}  // namespace qantara::webhooks
