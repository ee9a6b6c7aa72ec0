#include "cli/webhook_signature.h"

#include <charconv>
#include <cstdint>

#include "base/crypto.h"
#include "base/text.h"

namespace qantara::cli {

namespace {

constexpr std::string_view kSecretPrefix = "whsec_";

bool holds_lean(std::string_view signature, std::string_view body, const Secret& secret) {
  return equals_in_constant_time(signature, "sha512=" + to_hex(as_bytes(hmac_sha512(secret.reveal(), body))));
}

bool holds_standard(std::string_view signatures, std::string_view signed_text, const Secret& secret) {
  std::string_view encoded = secret.reveal();
  if (encoded.starts_with(kSecretPrefix)) encoded.remove_prefix(kSecretPrefix.size());
  const Secret key{from_base64(encoded).value_or(std::string{encoded})};
  const auto expected = "v1," + to_base64(hmac_sha256(key.reveal(), signed_text));
  while (!signatures.empty()) {
    const auto end = std::min(signatures.find(' '), signatures.size());
    if (equals_in_constant_time(signatures.substr(0, end), expected)) return true;
    signatures.remove_prefix(std::min(end + 1, signatures.size()));
  }
  return false;
}

std::optional<Instant> parse_seconds(std::string_view text) {
  std::int64_t seconds = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  const bool is_sane =
      status == std::errc{} && end == text.data() + text.size() && seconds >= 0 && seconds < 1'000'000'000'000;
  if (!is_sane) return std::nullopt;
  return Instant{std::chrono::seconds{seconds}};
}

}  // namespace

std::optional<std::string> signature_fault(const http::Headers& headers, std::string_view body, const Secret& secret,
                                           Instant now) {
  for (const auto* const name : {"lean-signature", "webhook-id", "webhook-timestamp", "webhook-signature"}) {
    if (headers.find(name) == nullptr) return std::string("there is no ") + name;
  }
  if (!holds_lean(*headers.find("lean-signature"), body, secret)) return "lean-signature does not match the body";

  const auto& timestamp = *headers.find("webhook-timestamp");
  const auto signed_text = *headers.find("webhook-id") + '.' + timestamp + '.' + std::string(body);
  if (!holds_standard(*headers.find("webhook-signature"), signed_text, secret)) {
    return "webhook-signature does not match id, timestamp and body";
  }
  const auto signed_at = parse_seconds(timestamp);
  if (!signed_at) return "webhook-timestamp is no count of seconds";
  if (std::chrono::abs(now - *signed_at) > kTimestampTolerance) return "webhook-timestamp is not of now";
  return std::nullopt;
}

}  // namespace qantara::cli
