// Randomness is an argument, in separate streams, so that a run replays from its seed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>

namespace qantara {

/// A source of random bytes. Safe to call from several threads.
class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::byte> out) = 0;

  /// Evenly distributed in [0, bound); `bound` above zero.
  std::uint64_t below(std::uint64_t bound);
};

/// The kernel's generator, read in blocks: one system call serves many ids.
class SystemRandom final : public Random {
 public:
  void fill(std::span<std::byte> out) override;

 private:
  std::mutex mutex_;
  std::array<std::byte, 4096> block_{};
  std::size_t used_ = sizeof(block_);
};

/// The same bytes for the same seed: for tests and simulation only, never for secrets.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  void fill(std::span<std::byte> out) override;

 private:
  std::mutex mutex_;
  std::uint64_t state_;
};

}  // namespace qantara
