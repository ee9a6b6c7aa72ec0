// How often something may happen: a bucket of tokens for each key, in memory.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace qantara {

struct Rate {
  int per_second;  ///< How fast a bucket fills.
  int burst;       ///< What a full one holds.
};

/// Safe to call from several threads. What it remembers is as much as came within the time that a bucket takes to fill.
class RateLimit {
 public:
  explicit RateLimit(Rate rate);

  /// Takes a token of `key`. Nothing if there was one, else how long until there is.
  std::optional<Duration> take(std::string_view key, Instant now);

  std::size_t keys() const;

 private:
  const Duration per_token_;
  const Duration capacity_;
  mutable std::mutex mutex_;
  std::map<std::string, Instant, std::less<>>
      full_at_;  ///< When each bucket will be full again; a full one needs no entry.
  std::size_t sweep_at_;
};

}  // namespace qantara
