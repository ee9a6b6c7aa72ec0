#include "metrics/metrics.h"

#include <algorithm>

namespace qantara::metrics {

Histogram::Histogram(std::span<const std::int64_t> bounds)
    : bounds_(bounds), buckets_(std::make_unique<std::atomic<std::uint64_t>[]>(bounds.size() + 1)) {}

void Histogram::observe(std::int64_t value) {
  const auto bucket = static_cast<std::size_t>(std::ranges::lower_bound(bounds_, value) - bounds_.begin());
  buckets_[bucket].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(value, std::memory_order_relaxed);
}

Histogram::Snapshot Histogram::snapshot() const {
  Snapshot found;
  for (std::size_t i = 0; i <= bounds_.size(); ++i) {
    found.count += buckets_[i].load(std::memory_order_relaxed);
    if (i < bounds_.size()) found.up_to.push_back(found.count);
  }
  found.sum = sum_.load(std::memory_order_relaxed);
  return found;
}

}  // namespace qantara::metrics
