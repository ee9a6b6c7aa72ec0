#include "demo_shop/webhook.h"

#include <algorithm>
#include <charconv>

#include "base/crypto.h"
#include "base/text.h"

namespace qantara::demo_shop {

namespace {

constexpr std::string_view kSecretPrefix = "whsec_";
constexpr std::int64_t kSecondsMax = 1'000'000'000'000;  ///< Thirty thousand years: more would overflow microseconds.

std::optional<Instant> read_timestamp(std::string_view text) {
  std::int64_t seconds = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (failed != std::errc{} || end != text.data() + text.size() || seconds < 0 || seconds > kSecondsMax) {
    return std::nullopt;
  }
  return Instant{std::chrono::seconds{seconds}};
}

std::optional<std::string> key_of(const Secret& secret) {
  auto encoded = secret.reveal();
  if (encoded.starts_with(kSecretPrefix)) encoded.remove_prefix(kSecretPrefix.size());
  auto key = from_base64(encoded);
  // Anybody can sign with no key at all.
  return key && !key->empty() ? key : std::nullopt;
}

/// Whether one of `signatures`, which blanks separate, is `expected`.
bool holds(std::string_view signatures, std::string_view expected) {
  bool found = false;
  while (!signatures.empty()) {
    const auto end = std::min(signatures.find(' '), signatures.size());
    found = equals_in_constant_time(signatures.substr(0, end), expected) || found;
    signatures.remove_prefix(std::min(end + 1, signatures.size()));
  }
  return found;
}

}  // namespace

std::optional<std::string> signature_fault(const http::Headers& headers, std::string_view body, const Secret& secret,
                                           Instant now) {
  for (const auto* const name : {"webhook-id", "webhook-timestamp", "webhook-signature"}) {
    if (headers.find(name) == nullptr) return std::string{"there is no "} + name;
  }
  const auto key = key_of(secret);
  if (!key) return "there is no secret to check it with";
  const auto& timestamp = *headers.find("webhook-timestamp");
  const auto signed_text = *headers.find("webhook-id") + '.' + timestamp + '.' + std::string{body};
  const auto expected = "v1," + to_base64(hmac_sha256(*key, signed_text));
  if (!holds(*headers.find("webhook-signature"), expected))
    return "the signature does not match id, timestamp and body";

  const auto signed_at = read_timestamp(timestamp);
  if (!signed_at || std::chrono::abs(now - *signed_at) > kTimestampTolerance) return "the timestamp is not of now";
  return std::nullopt;
}

Result<Event> read_event(std::string_view body) {
  ASSIGN_OR_RETURN(auto envelope, json::parse(body));
  const auto id = envelope.text("event_id").value_or("");
  const auto type = envelope.text("type").value_or("");
  const auto* const payload = envelope.find("payload");
  if (id.empty() || type.empty() || payload == nullptr || !payload->is(json::Kind::OBJECT)) {
    return error(ErrorCode::INVALID_PARAMETERS, "this is no event: event_id, type or payload is missing");
  }
  const auto* const sequence = envelope.find("sequence");
  const bool is_numbered = sequence != nullptr && sequence->is(json::Kind::NUMBER);
  return Event{.id = std::string{id},
               .type = std::string{type},
               .sequence = is_numbered ? sequence->integer() : std::nullopt,
               .payload = *payload};
}

}  // namespace qantara::demo_shop
