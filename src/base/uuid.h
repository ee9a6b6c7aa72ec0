// Identifiers: UUIDs ordered by time (RFC 9562, version 7), and a type for each kind of thing they name.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstring>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"

namespace qantara {

/// 128 bits, stored as 16 bytes.
class Uuid {
 public:
  static constexpr std::size_t kSize = 16;

  Uuid() = default;

  /// A version 7 UUID: 48 bits of milliseconds, then random bits. Ids made later sort later, which keeps inserts at the
  /// end of the index (random keys cost a factor of three at a million rows).
  static Uuid make(const Clock& clock, Random& random);

  /// The canonical text (8-4-4-4-12, either case), or 32 hex digits without hyphens. Nothing for any other text.
  static std::optional<Uuid> parse(std::string_view text);

  /// From exactly 16 bytes; nothing for another length.
  static std::optional<Uuid> from_bytes(std::span<const std::byte> bytes);

  std::string to_text() const;        ///< "9dafc6f5-37e8-4f72-aa0b-5323c0935c5f"
  std::string to_plain_text() const;  ///< The same without hyphens: 32 characters, fits a bank's 35.
  std::span<const std::byte, kSize> bytes() const { return bytes_; }

  auto operator<=>(const Uuid&) const = default;

 private:
  std::array<std::byte, kSize> bytes_{};
};

/// A Uuid that names one kind of thing: a CustomerId is not an IntentId.
template <class Tag>
struct Id {
  Uuid uuid;

  static Id make(const Clock& clock, Random& random) { return {Uuid::make(clock, random)}; }
  static std::optional<Id> parse(std::string_view text) {
    const auto uuid = Uuid::parse(text);
    if (!uuid) return std::nullopt;
    return Id{*uuid};
  }
  std::string to_text() const { return uuid.to_text(); }
  std::string to_plain_text() const { return uuid.to_plain_text(); }
  auto operator<=>(const Id&) const = default;
};

}  // namespace qantara

template <>
struct std::hash<qantara::Uuid> {
  std::size_t operator()(const qantara::Uuid& uuid) const noexcept {
    std::size_t tail = 0;  // The last eight bytes are random.
    std::memcpy(&tail, uuid.bytes().data() + 8, sizeof tail);
    return tail;
  }
};
template <class Tag>
struct std::hash<qantara::Id<Tag>> {
  std::size_t operator()(const qantara::Id<Tag>& id) const noexcept { return std::hash<qantara::Uuid>{}(id.uuid); }
};
