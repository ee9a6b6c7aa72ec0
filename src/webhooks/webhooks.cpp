#include "webhooks/webhooks.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "http/message.h"
#include "webhooks/endpoint_secrets.h"
#include "webhooks/webhook_store.h"

namespace qantara::webhooks {

namespace {

constexpr std::size_t kUrlLengthMax = 2000;
constexpr Duration kOverlapMax = std::chrono::days{7};

/// Whether `host` is an address in any spelling, not a name: resolvers read "0x7f.1" and "2130706433" as 127.0.0.1.
bool is_address(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  if (host.contains(':')) return true;
  const std::string_view last = host.substr(host.rfind('.') + 1);  // npos + 1 is 0: a host without dots.
  const bool digits = std::ranges::all_of(last, [](char letter) { return letter >= '0' && letter <= '9'; });
  return digits || last.starts_with("0x") || last.starts_with("0X");
}

Result<void> check_url(std::string_view url, const http::AddressPolicy& addresses) {
  const auto parsed = url.size() <= kUrlLengthMax ? http::parse_url(url) : std::nullopt;
  if (!parsed) {
    return field_error(
        ErrorCode::INVALID_PARAMETERS, "url",
        "url must be an absolute http or https URL of at most 2000 characters, without user info and fragment");
  }
  if (is_address(parsed->host) && !http::allows(addresses, parsed->host)) {
    return field_error(
        ErrorCode::INVALID_PARAMETERS, "url",
        "url must not name a private, loopback or otherwise special address, unless the operator allows its network");
  }
  return {};
}

Error unknown_endpoint() { return error(ErrorCode::UNKNOWN_WEBHOOK_ENDPOINT, "no such webhook endpoint"); }

Result<void> change_status(db::Transaction& tx, WebhookEndpointId id, EndpointStatus to) {
  ASSIGN_OR_RETURN(const auto endpoint, select_endpoint(tx, id));
  if (!endpoint) return unknown_endpoint();
  if (endpoint->status == EndpointStatus::DISABLED) {
    return error(ErrorCode::ILLEGAL_TRANSITION, "the webhook endpoint is disabled: create a new one");
  }
  return update_endpoint_status(tx, id, to);
}

}  // namespace

std::string_view to_text(EndpointStatus status) {
  switch (status) {
    case EndpointStatus::ACTIVE:
      return "ACTIVE";
    case EndpointStatus::PAUSED:
      return "PAUSED";
    case EndpointStatus::DISABLED:
      return "DISABLED";
  }
  return "DISABLED";
}

std::string_view to_text(DeliveryStatus status) {
  switch (status) {
    case DeliveryStatus::PENDING:
      return "PENDING";
    case DeliveryStatus::DELIVERED:
      return "DELIVERED";
    case DeliveryStatus::DEAD:
      return "DEAD";
  }
  return "DEAD";
}

Webhooks::Webhooks(const Clock& clock, Random& random, const Vault& vault, http::AddressPolicy addresses)
    : clock_(clock), random_(random), vault_(vault), addresses_(std::move(addresses)) {}

Result<CreatedEndpoint> Webhooks::create_endpoint(db::Transaction& tx, ApplicationId application,
                                                  std::string_view url) const {
  RETURN_IF_ERROR(check_url(url, addresses_));
  CreatedEndpoint created{.endpoint = {.id = WebhookEndpointId::make(clock_, random_),
                                       .application = application,
                                       .url = std::string{url},
                                       .status = EndpointStatus::ACTIVE,
                                       .created_at = clock_.now()},
                          .secret = make_secret(random_)};
  RETURN_IF_ERROR(insert_endpoint(tx, created.endpoint, seal_secret(vault_, created.endpoint.id, created.secret)));
  return created;
}

Result<std::optional<Endpoint>> Webhooks::find_endpoint(db::Transaction& tx, WebhookEndpointId id) const {
  return select_endpoint(tx, id);
}

Result<std::vector<Endpoint>> Webhooks::list_endpoints(db::Transaction& tx, ApplicationId application) const {
  return select_endpoints(tx, application);
}

Result<void> Webhooks::pause_endpoint(db::Transaction& tx, WebhookEndpointId id) const {
  return change_status(tx, id, EndpointStatus::PAUSED);
}

Result<void> Webhooks::resume_endpoint(db::Transaction& tx, WebhookEndpointId id) const {
  return change_status(tx, id, EndpointStatus::ACTIVE);
}

Result<void> Webhooks::remove_endpoint(db::Transaction& tx, WebhookEndpointId id) const {
  ASSIGN_OR_RETURN(const auto endpoint, select_endpoint(tx, id));
  if (!endpoint) return unknown_endpoint();
  return disable_endpoint(tx, id);
}

Result<Secret> Webhooks::rotate_secret(db::Transaction& tx, WebhookEndpointId id, Duration overlap) const {
  if (overlap < Duration::zero() || overlap > kOverlapMax) {
    return field_error(ErrorCode::INVALID_PARAMETERS, "overlap", "overlap must be 0 to 7 days");
  }
  ASSIGN_OR_RETURN(auto secrets, select_secrets(tx, id));
  if (!secrets) return unknown_endpoint();
  Secret secret = make_secret(random_);
  const SealedSecrets rotated{.current = seal_secret(vault_, id, secret),
                              .previous = std::move(secrets->current),
                              .previous_expires_at = clock_.now() + overlap};
  RETURN_IF_ERROR(update_secrets(tx, id, rotated));
  return secret;
}

Result<std::vector<Delivery>> Webhooks::deliveries_of_endpoint(db::Transaction& tx, WebhookEndpointId id,
                                                               std::int64_t before_seq, int limit) const {
  return select_deliveries_of_endpoint(tx, id, before_seq, limit);
}

Result<std::vector<Delivery>> Webhooks::deliveries_of_aggregate(db::Transaction& tx, const Uuid& aggregate) const {
  return select_deliveries_of_aggregate(tx, aggregate);
}

Result<std::vector<Attempt>> Webhooks::attempts(db::Transaction& tx, std::int64_t delivery) const {
  return select_attempts(tx, delivery);
}

}  // namespace qantara::webhooks
