#include "base/rate_limit.h"

#include <algorithm>

#include "base/check.h"

namespace qantara {

namespace {

constexpr std::size_t kSweepMin = 1024;

}  // namespace

RateLimit::RateLimit(Rate rate)
    : per_token_(Duration{std::chrono::seconds{1}} / rate.per_second),
      capacity_(per_token_ * rate.burst),
      sweep_at_(kSweepMin) {
  CHECK(rate.per_second > 0 && rate.burst > 0);
}

std::optional<Duration> RateLimit::take(std::string_view key, Instant now) {
  const std::scoped_lock lock{mutex_};
  if (full_at_.size() >= sweep_at_) {
    std::erase_if(full_at_, [&](const auto& bucket) { return bucket.second <= now; });
    sweep_at_ = std::max(kSweepMin, 2 * full_at_.size());
  }
  auto found = full_at_.find(key);
  if (found == full_at_.end()) found = full_at_.emplace(key, now).first;
  Instant& full_at = found->second;
  full_at = std::clamp(full_at, now, now + capacity_);  // No emptier than empty, even if the clock was set back.
  if (full_at + per_token_ > now + capacity_) return full_at + per_token_ - (now + capacity_);
  full_at += per_token_;
  return std::nullopt;
}

std::size_t RateLimit::keys() const {
  const std::scoped_lock lock{mutex_};
  return full_at_.size();
}

}  // namespace qantara
