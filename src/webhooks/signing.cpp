#include "webhooks/signing.h"

#include <chrono>

#include "base/crypto.h"
#include "base/text.h"

namespace qantara::webhooks {

namespace {

constexpr std::string_view kSecretPrefix = "whsec_";

}  // namespace

std::string lean_signature(const Secret& secret, std::string_view body) {
  return "sha512=" + to_hex(as_bytes(hmac_sha512(secret.reveal(), body)));
}

std::string standard_signature(const Secret& secret, std::string_view id, std::int64_t timestamp,
                               std::string_view body) {
  std::string_view text = secret.reveal();
  if (text.starts_with(kSecretPrefix)) text.remove_prefix(kSecretPrefix.size());
  const Secret key{from_base64(text).value_or(std::string{text})};

  std::string content;
  content.reserve(id.size() + body.size() + 24);
  content.append(id).append(".").append(std::to_string(timestamp)).append(".").append(body);
  return "v1," + to_base64(hmac_sha256(key.reveal(), content));
}

void sign(http::Headers& headers, const LiveSecrets& secrets, std::string_view id, Instant real_now,
          std::string_view body) {
  const std::int64_t timestamp = std::chrono::floor<std::chrono::seconds>(real_now).time_since_epoch().count();
  std::string signatures = standard_signature(secrets.current, id, timestamp, body);
  if (secrets.previous) signatures += " " + standard_signature(*secrets.previous, id, timestamp, body);

  headers.add("lean-signature", lean_signature(secrets.previous ? *secrets.previous : secrets.current, body));
  headers.add("webhook-id", id);
  headers.add("webhook-timestamp", std::to_string(timestamp));
  headers.add("webhook-signature", signatures);
}

}  // namespace qantara::webhooks
