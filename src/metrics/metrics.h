// Numbers for an operator's monitoring: counted on hot paths without locks, told as text when somebody asks.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace qantara::metrics {

/// What only grows. Any thread; a count is one relaxed addition.
class Counter {
 public:
  void add(std::uint64_t by = 1) { value_.fetch_add(by, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// How often values fell where. Any thread; an observation is a search in a few numbers and two relaxed additions, so a
/// snapshot taken meanwhile may lack the latest of them in one place and have it in another.
class Histogram {
 public:
  /// `bounds`: the upper ends of the buckets, ascending, each inclusive; they outlive the histogram. What is larger than
  /// the last has a bucket of its own.
  explicit Histogram(std::span<const std::int64_t> bounds);

  void observe(std::int64_t value);

  struct Snapshot {
    std::vector<std::uint64_t> up_to;  ///< How many were at most the bound: one for each.
    std::uint64_t count = 0;
    std::int64_t sum = 0;
  };
  Snapshot snapshot() const;
  std::span<const std::int64_t> bounds() const { return bounds_; }

 private:
  const std::span<const std::int64_t> bounds_;
  std::unique_ptr<std::atomic<std::uint64_t>[]> buckets_;
  std::atomic<std::int64_t> sum_{0};
};

}  // namespace qantara::metrics
