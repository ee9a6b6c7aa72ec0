#include "webhooks/endpoint_secrets.h"

#include <array>
#include <utility>

#include "base/text.h"

namespace qantara::webhooks {

namespace {

std::string context_of(WebhookEndpointId endpoint) { return "webhook_endpoints.secret:" + endpoint.to_text(); }

}  // namespace

Secret make_secret(Random& random) {
  std::array<std::byte, 32> key{};
  random.fill(key);
  return Secret{"whsec_" + to_base64({reinterpret_cast<const char*>(key.data()), key.size()})};
}

std::string seal_secret(const Vault& vault, WebhookEndpointId endpoint, const Secret& secret) {
  return vault.seal(secret.reveal(), context_of(endpoint));
}

Result<LiveSecrets> open_secrets(const Vault& vault, WebhookEndpointId endpoint, const SealedSecrets& sealed,
                                 Instant now) {
  const std::string context = context_of(endpoint);
  LiveSecrets live;
  ASSIGN_OR_RETURN(std::string current, vault.unseal(sealed.current, context));
  live.current = Secret{std::move(current)};
  if (sealed.previous && sealed.previous_expires_at && now < *sealed.previous_expires_at) {
    ASSIGN_OR_RETURN(std::string previous, vault.unseal(*sealed.previous, context));
    live.previous = Secret{std::move(previous)};
  }
  return live;
}

}  // namespace qantara::webhooks
