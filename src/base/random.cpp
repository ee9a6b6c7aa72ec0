#include "base/random.h"

#include <sys/random.h>

#include <algorithm>
#include <cstring>

#include "base/check.h"

namespace qantara {

std::uint64_t Random::below(std::uint64_t bound) {
  CHECK(bound > 0);
  // Values from the last, incomplete run of `bound` would favour small results: draw again.
  const std::uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
  std::uint64_t value = 0;
  do {
    fill(std::as_writable_bytes(std::span{&value, 1}));
  } while (value >= limit);
  return value % bound;
}

void SystemRandom::fill(std::span<std::byte> out) {
  const std::scoped_lock lock{mutex_};
  while (!out.empty()) {
    if (used_ == block_.size()) {
      std::size_t filled = 0;
      while (filled < block_.size()) {
        const auto got = ::getrandom(block_.data() + filled, block_.size() - filled, 0);
        CHECK(got > 0);
        filled += static_cast<std::size_t>(got);
      }
      used_ = 0;
    }
    const auto count = std::min(out.size(), block_.size() - used_);
    std::memcpy(out.data(), block_.data() + used_, count);
    std::memset(block_.data() + used_, 0, count);  // What was handed out is not kept.
    used_ += count;
    out = out.subspan(count);
  }
}

void SeededRandom::fill(std::span<std::byte> out) {
  const std::scoped_lock lock{mutex_};
  for (auto& byte : out) {
    // SplitMix64 (Steele, Lea, Flood 2014), one byte a step.
    std::uint64_t mixed = (state_ += 0x9E3779B97F4A7C15U);
    mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
    byte = static_cast<std::byte>(mixed ^ (mixed >> 31U));
  }
}

}  // namespace qantara
