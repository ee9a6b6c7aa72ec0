#include "base/uuid.h"

#include <algorithm>

#include "base/text.h"

namespace qantara {

namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

bool hyphen_before(std::size_t byte) { return byte == 4 || byte == 6 || byte == 8 || byte == 10; }

}  // namespace

Uuid Uuid::make(const Clock& clock, Random& random) {
  Uuid uuid;
  random.fill(std::span{uuid.bytes_}.subspan(6));
  auto milliseconds =
      static_cast<std::uint64_t>(std::chrono::floor<std::chrono::milliseconds>(clock.now()).time_since_epoch().count());
  for (std::size_t i = 6; i-- > 0;) {
    uuid.bytes_[i] = static_cast<std::byte>(milliseconds & 0xFFU);
    milliseconds >>= 8U;
  }
  uuid.bytes_[6] = (uuid.bytes_[6] & std::byte{0x0F}) | std::byte{0x70};  // version 7
  uuid.bytes_[8] = (uuid.bytes_[8] & std::byte{0x3F}) | std::byte{0x80};  // RFC 9562 variant
  return uuid;
}

std::optional<Uuid> Uuid::parse(std::string_view text) {
  const bool hyphens = text.size() == 36;
  if (!hyphens && text.size() != 32) return std::nullopt;
  Uuid uuid;
  std::size_t at = 0;
  for (std::size_t i = 0; i < kSize; ++i) {
    if (hyphens && hyphen_before(i) && text[at++] != '-') return std::nullopt;
    const int high = hex_value(text[at]);
    const int low = hex_value(text[at + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    uuid.bytes_[i] = static_cast<std::byte>(high * 16 + low);
    at += 2;
  }
  return uuid;
}

std::optional<Uuid> Uuid::from_bytes(std::span<const std::byte> bytes) {
  if (bytes.size() != kSize) return std::nullopt;
  Uuid uuid;
  std::ranges::copy(bytes, uuid.bytes_.begin());
  return uuid;
}

std::string Uuid::to_text() const {
  std::string text(36, '-');
  std::size_t end = 0;
  for (std::size_t i = 0; i < kSize; ++i) {
    if (hyphen_before(i)) ++end;
    text[end++] = kHexDigits[std::to_integer<unsigned>(bytes_[i]) >> 4U];
    text[end++] = kHexDigits[std::to_integer<unsigned>(bytes_[i]) & 0xFU];
  }
  return text;
}

std::string Uuid::to_plain_text() const {
  std::string text = to_text();
  std::erase(text, '-');
  return text;
}

}  // namespace qantara
