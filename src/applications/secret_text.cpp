#include "applications/secret_text.h"

#include <array>
#include <cstdint>
#include <string>

#include "base/text.h"

namespace qantara::applications {

namespace {

constexpr std::size_t kRandomBytes = 20;
constexpr std::size_t kChecksumLetters = 8;

/// CRC-32 as in zip and Ethernet: what errors it finds matters, not how fast.
std::uint32_t crc32(std::string_view text) {
  std::uint32_t crc = ~std::uint32_t{0};
  for (const char letter : text) {
    crc ^= static_cast<unsigned char>(letter);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
  }
  return ~crc;
}

std::string checksum(std::string_view text) {
  const std::uint32_t crc = crc32(text);
  std::array<std::byte, 4> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(crc >> (24 - 8 * i));
  return to_hex(bytes);
}

}  // namespace

std::string_view secret_key_prefix(Mode mode) { return mode == Mode::LIVE ? "qk_live_" : "qk_test_"; }

Secret make_secret(std::string_view prefix, Random& random) {
  std::array<std::byte, kRandomBytes> bytes{};
  random.fill(bytes);
  auto text = std::string{prefix} + to_hex(bytes);
  text += checksum(text);
  return Secret{std::move(text)};
}

bool is_secret_key(std::string_view text) {
  for (const auto mode : {Mode::SANDBOX, Mode::LIVE}) {
    const auto prefix = secret_key_prefix(mode);
    if (!text.starts_with(prefix) || text.size() != prefix.size() + 2 * kRandomBytes + kChecksumLetters) continue;
    const auto body = text.substr(0, text.size() - kChecksumLetters);
    return checksum(body) == text.substr(body.size());
  }
  return false;
}

}  // namespace qantara::applications
