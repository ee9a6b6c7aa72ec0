#include "webhooks/webhooks.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <utility>

#include "json/json.h"
#include "webhooks/endpoint_secrets.h"
#include "webhooks/receiver_url.h"
#include "webhooks/webhook_store.h"

namespace qantara::webhooks {

namespace {

constexpr std::size_t kDescriptionLengthMax = 500;
constexpr int kEventsPerBite = 512;
constexpr Duration kOverlapMax = std::chrono::days{7};

Result<void> check_settings(const EndpointSettings& settings, const http::AddressPolicy& addresses) {
  RETURN_IF_ERROR(check_url(settings.url, addresses));
  if (settings.description && settings.description->size() > kDescriptionLengthMax) {
    return field_error(ErrorCode::INVALID_PARAMETERS, "description", "description must have at most 500 bytes");
  }
  for (const auto& type : settings.types) {
    if (!events::parse_public_type(type)) {
      return field_error(ErrorCode::INVALID_PARAMETERS, "types",
                         "types must be names of event types, such as payment.created");
    }
  }
  return {};
}

Result<void> check_settings(db::Transaction& tx, ApplicationId application, const EndpointSettings& settings,
                            const http::AddressPolicy& addresses) {
  RETURN_IF_ERROR(check_settings(settings, addresses));
  ASSIGN_OR_RETURN(const bool is_live, select_is_live(tx, application));
  if (is_live) RETURN_IF_ERROR(check_live_url(settings.url));
  return {};
}

/// Makes the deliveries of everything that was committed: by the settings that are about to change.
Result<void> fan_out_all(db::Transaction& tx, Instant now) {
  for (;;) {
    ASSIGN_OR_RETURN(const FanOut rest, fan_out(tx, now, kEventsPerBite));
    if (rest == FanOut::DONE) return {};
  }
}

Error unknown_endpoint() {
  return field_error(ErrorCode::UNKNOWN_WEBHOOK_ENDPOINT, "webhook_endpoint_id", "there is nothing with this id");
}

/// The place of the event that a list goes on behind. Errors: INVALID_PARAMETERS (field "after").
Result<std::optional<std::int64_t>> seq_of(db::Transaction& tx, ApplicationId application,
                                           const std::optional<EventId>& after) {
  if (!after) return std::optional<std::int64_t>{};
  ASSIGN_OR_RETURN(const auto seq, select_event_seq(tx, application, *after));
  if (!seq) {
    return field_error(ErrorCode::INVALID_PARAMETERS, "after",
                       "after must be the cursor of an answer, or the id of an event that is still kept");
  }
  return seq;
}

Error unknown_delivery() { return field_error(ErrorCode::UNKNOWN_EVENT, "event_id", "there is nothing with this id"); }

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

std::string_view to_text(DisabledReason reason) {
  switch (reason) {
    case DisabledReason::GONE:
      return "GONE";
    case DisabledReason::FAILING:
      return "FAILING";
  }
  return "FAILING";
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

Webhooks::Webhooks(const Clock& clock, Random& random, const Vault& vault, http::AddressPolicy addresses,
                   http::Dns& dns)
    : clock_(clock), random_(random), vault_(vault), addresses_(std::move(addresses)), dns_(dns) {}

Task<Result<void>> Webhooks::check_receiver(std::string url) const {
  CO_ASSIGN_OR_RETURN(const auto parsed, check_url(url, addresses_));
  const auto found = co_await dns_.resolve(parsed.host);
  const bool is_forbidden =
      found && std::ranges::none_of(*found, [&](const auto& address) { return http::allows(addresses_, address); });
  if (is_forbidden) co_return forbidden_address();
  co_return Result<void>{};
}

Result<CreatedEndpoint> Webhooks::create_endpoint(db::Transaction& tx, ApplicationId application,
                                                  EndpointSettings settings) const {
  RETURN_IF_ERROR(check_settings(tx, application, settings, addresses_));
  CreatedEndpoint created{.endpoint = {.id = WebhookEndpointId::make(clock_, random_),
                                       .application = application,
                                       .url = std::move(settings.url),
                                       .description = std::move(settings.description),
                                       .types = std::move(settings.types),
                                       .status = EndpointStatus::ACTIVE,
                                       .created_at = clock_.now()},
                          .secret = make_secret(random_)};
  std::ranges::sort(created.endpoint.types);
  const auto twins = std::ranges::unique(created.endpoint.types);
  created.endpoint.types.erase(twins.begin(), twins.end());
  RETURN_IF_ERROR(insert_endpoint(tx, created.endpoint, seal_secret(vault_, created.endpoint.id, created.secret)));
  return created;
}

Result<CreatedEndpoint> Webhooks::create_endpoint(db::Transaction& tx, ApplicationId application,
                                                  std::string_view url) const {
  return create_endpoint(tx, application, EndpointSettings{.url = std::string{url}});
}

Result<std::vector<Endpoint>> Webhooks::list_endpoints(db::Transaction& tx, ApplicationId application) const {
  return select_endpoints(tx, application);
}

Result<Endpoint> Webhooks::get_endpoint(db::Transaction& tx, ApplicationId application, WebhookEndpointId id) const {
  ASSIGN_OR_RETURN(auto endpoint, select_endpoint(tx, id));
  if (!endpoint || endpoint->application != application) return unknown_endpoint();
  return *std::move(endpoint);
}

Result<Endpoint> Webhooks::get_enabled(db::Transaction& tx, ApplicationId application, WebhookEndpointId id) const {
  ASSIGN_OR_RETURN(auto endpoint, get_endpoint(tx, application, id));
  if (endpoint.status == EndpointStatus::DISABLED) {
    return error(ErrorCode::ILLEGAL_TRANSITION, "the webhook endpoint is disabled: resume it first");
  }
  return endpoint;
}

Result<Endpoint> Webhooks::update_endpoint(db::Transaction& tx, ApplicationId application, WebhookEndpointId id,
                                           const EndpointChange& change) const {
  ASSIGN_OR_RETURN(auto endpoint, get_endpoint(tx, application, id));
  const EndpointSettings settings{.url = change.url.value_or(endpoint.url),
                                  .description = change.description.value_or(endpoint.description),
                                  .types = change.types.value_or(endpoint.types)};
  RETURN_IF_ERROR(check_settings(tx, application, settings, addresses_));
  RETURN_IF_ERROR(fan_out_all(tx, clock_.now()));
  endpoint.url = settings.url;
  endpoint.description = settings.description;
  endpoint.types = settings.types;
  RETURN_IF_ERROR(update_settings(tx, endpoint));
  return get_endpoint(tx, application, id);
}

Result<Endpoint> Webhooks::pause_endpoint(db::Transaction& tx, ApplicationId application, WebhookEndpointId id) const {
  RETURN_IF_ERROR(get_enabled(tx, application, id));
  RETURN_IF_ERROR(update_endpoint_status(tx, id, EndpointStatus::PAUSED));
  return get_endpoint(tx, application, id);
}

Result<Endpoint> Webhooks::resume_endpoint(db::Transaction& tx, ApplicationId application, WebhookEndpointId id) const {
  ASSIGN_OR_RETURN(const auto endpoint, get_endpoint(tx, application, id));
  if (endpoint.status == EndpointStatus::DISABLED) {
    RETURN_IF_ERROR(enable_endpoint(tx, id));
  } else {
    RETURN_IF_ERROR(update_endpoint_status(tx, id, EndpointStatus::ACTIVE));
  }
  tx.announce(events::kPublished);
  return get_endpoint(tx, application, id);
}

Result<void> Webhooks::delete_endpoint(db::Transaction& tx, ApplicationId application, WebhookEndpointId id) const {
  RETURN_IF_ERROR(get_endpoint(tx, application, id));
  return remove_endpoint(tx, id);
}

Result<void> Webhooks::remove_endpoint(db::Transaction& tx, WebhookEndpointId id) const {
  ASSIGN_OR_RETURN(const auto endpoint, select_endpoint(tx, id));
  if (!endpoint) return unknown_endpoint();
  RETURN_IF_ERROR(disable_endpoint(tx, id, endpoint->disabled_reason, clock_.now()));
  return webhooks::delete_endpoint(tx, id, clock_.now());
}

Result<RotatedSecret> Webhooks::rotate_secret(db::Transaction& tx, ApplicationId application, WebhookEndpointId id,
                                              Duration overlap) const {
  if (overlap < Duration::zero() || overlap > kOverlapMax) {
    return field_error(ErrorCode::INVALID_PARAMETERS, "overlap", "overlap must be 0 to 7 days, such as 24h");
  }
  RETURN_IF_ERROR(get_endpoint(tx, application, id));
  ASSIGN_OR_RETURN(auto secrets, select_secrets(tx, id));
  RotatedSecret rotated{.secret = make_secret(random_), .previous_expires_at = clock_.now() + overlap};
  const SealedSecrets sealed{.current = seal_secret(vault_, id, rotated.secret),
                             .previous = std::move(secrets->current),
                             .previous_expires_at = rotated.previous_expires_at};
  RETURN_IF_ERROR(update_secrets(tx, id, sealed));
  return rotated;
}

Result<Delivery> Webhooks::send_test(db::Transaction& tx, ApplicationId application, WebhookEndpointId id) const {
  RETURN_IF_ERROR(get_enabled(tx, application, id));
  json::Writer payload;
  payload.begin_object().member("id", id.to_text()).end_object();
  ASSIGN_OR_RETURN(const auto event, events_.append_directed(tx, {.application = application, .aggregate = id.uuid},
                                                             events::Type::WEBHOOK_ENDPOINT_TESTED, payload.text()));
  RETURN_IF_ERROR(insert_delivery(tx, id, event.seq, id.uuid, clock_.now()));
  return get_delivery(tx, application, id, event.id);
}

Result<std::vector<Delivery>> Webhooks::list_deliveries(db::Transaction& tx, ApplicationId application,
                                                        WebhookEndpointId id, const DeliveryFilter& filter) const {
  RETURN_IF_ERROR(get_endpoint(tx, application, id));
  ASSIGN_OR_RETURN(const auto before, seq_of(tx, application, filter.after));
  return select_deliveries(tx, id, before.value_or(INT64_MAX), filter);
}

Result<Delivery> Webhooks::get_delivery(db::Transaction& tx, ApplicationId application, WebhookEndpointId id,
                                        EventId event) const {
  RETURN_IF_ERROR(get_endpoint(tx, application, id));
  ASSIGN_OR_RETURN(auto delivery, select_delivery(tx, id, event));
  if (!delivery) return unknown_delivery();
  return *std::move(delivery);
}

Result<Delivery> Webhooks::resend(db::Transaction& tx, ApplicationId application, WebhookEndpointId id,
                                  EventId event) const {
  RETURN_IF_ERROR(fan_out_all(tx, clock_.now()));  // It may be under way without a row.
  ASSIGN_OR_RETURN(const auto delivery, get_delivery(tx, application, id, event));
  RETURN_IF_ERROR(get_enabled(tx, application, id));
  RETURN_IF_ERROR(send_again(tx, delivery.id, clock_.now()));
  tx.announce(events::kPublished);
  return get_delivery(tx, application, id, event);
}

Result<Replayed> Webhooks::replay(db::Transaction& tx, ApplicationId application, WebhookEndpointId id,
                                  const ReplayWanted& wanted) const {
  ASSIGN_OR_RETURN(const auto endpoint, get_endpoint(tx, application, id));
  ASSIGN_OR_RETURN(const auto after, seq_of(tx, application, wanted.after));
  RETURN_IF_ERROR(get_enabled(tx, application, id));
  RETURN_IF_ERROR(fan_out_all(tx, clock_.now()));
  ASSIGN_OR_RETURN(const auto replays, select_replays(tx, endpoint, after.value_or(0), wanted));
  Replayed replayed;
  for (const Replay& replay : replays) {
    replayed.last = replay.event;
    if (replay.status == DeliveryStatus::PENDING) continue;
    RETURN_IF_ERROR(replay_delivery(tx, id, replay, clock_.now()));
    ++replayed.count;
  }
  if (std::ssize(replays) == wanted.limit) replayed.rest = Replayed::Rest::MORE;
  tx.announce(events::kPublished);
  return replayed;
}

Result<std::optional<Endpoint>> Webhooks::find_endpoint(db::Transaction& tx, WebhookEndpointId id) const {
  return select_endpoint(tx, id);
}

Result<std::vector<Delivery>> Webhooks::deliveries_of_endpoint(db::Transaction& tx, WebhookEndpointId id,
                                                               std::int64_t before_seq, int limit) const {
  return select_deliveries(tx, id, before_seq, {.limit = limit});
}

Result<std::vector<Delivery>> Webhooks::deliveries_of_aggregate(db::Transaction& tx, const Uuid& aggregate) const {
  return select_deliveries_of_aggregate(tx, aggregate);
}

Result<std::vector<Attempt>> Webhooks::attempts(db::Transaction& tx, std::int64_t delivery) const {
  return select_attempts(tx, delivery);
}

}  // namespace qantara::webhooks
