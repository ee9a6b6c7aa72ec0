#include "webhooks/webhooks.h"

#include "api/body.h"
#include "api/handlers.h"
#include "api/query.h"
#include "api/responses.h"

namespace qantara::api {

namespace {

using webhooks::Delivery;
using webhooks::Endpoint;

constexpr Duration kUsualOverlap = std::chrono::hours{24};

constexpr MemberRule kNewEndpoint[] = {
    {"url", MemberType::TEXT, Presence::REQUIRED},
    {"description"},
    {"types", MemberType::TEXTS},
};
constexpr MemberRule kEndpointChange[] = {{"url"}, {"description"}, {"types", MemberType::TEXTS}};
constexpr MemberRule kRotateSecret[] = {{"overlap"}};
constexpr MemberRule kReplay[] = {{"since"}, {"after"}, {"status"}};

WebhookEndpointId endpoint_id(const http::Request& request) {
  return path_id<WebhookEndpointId>(request, "webhook_endpoint_id");
}

EventId event_id(const http::Request& request) { return path_id<EventId>(request, "event_id"); }

/// All types where it says null; nothing where it says nothing.
Result<std::optional<std::vector<std::string>>> read_types(const json::Value& body) {
  const auto* const value = body.find("types");
  if (value == nullptr) return std::optional<std::vector<std::string>>{};
  std::vector<std::string> types;
  if (value->is(json::Kind::NUL)) return std::optional{types};
  for (const auto& item : value->items()) types.push_back(item.string());
  if (types.empty()) {
    return field_error(ErrorCode::INVALID_PARAMETERS, "types", "types must name at least one type, or be null for all");
  }
  return std::optional{types};
}

Result<webhooks::EndpointSettings> read_settings(const http::Request& request) {
  ASSIGN_OR_RETURN(const auto body, read_body(request, kNewEndpoint));
  ASSIGN_OR_RETURN(auto types, read_types(body));
  return webhooks::EndpointSettings{.url = required_text(body, "url"),
                                    .description = optional_text(body, "description"),
                                    .types = std::move(types).value_or(std::vector<std::string>{})};
}

Result<webhooks::EndpointChange> read_change(const http::Request& request) {
  ASSIGN_OR_RETURN(const auto body, read_body(request, kEndpointChange));
  webhooks::EndpointChange change{.url = optional_text(body, "url")};
  if (body.find("description") != nullptr) change.description = optional_text(body, "description");
  ASSIGN_OR_RETURN(change.types, read_types(body));
  return change;
}

Result<Duration> read_overlap(const http::Request& request) {
  if (request.body.empty()) return kUsualOverlap;
  ASSIGN_OR_RETURN(const auto body, read_body(request, kRotateSecret));
  const auto text = optional_text(body, "overlap");
  if (!text) return kUsualOverlap;
  const auto overlap = *text == "0" ? std::optional{Duration::zero()} : parse_duration(*text);
  if (!overlap) {
    return field_error(ErrorCode::INVALID_PARAMETERS, "overlap", "overlap must be a length of time such as 24h, or 0");
  }
  return *overlap;
}

Result<webhooks::ReplayWanted> read_replay(const http::Request& request) {
  ASSIGN_OR_RETURN(const auto body, read_body(request, kReplay, {"since", "after", "status"}));
  webhooks::ReplayWanted wanted;
  ASSIGN_OR_RETURN(wanted.after, optional_body_id<EventId>(body, "after"));
  if (const auto since = optional_text(body, "since")) {
    wanted.since = parse_instant(*since);
    if (!wanted.since) {
      return field_error(ErrorCode::INVALID_PARAMETERS, "since",
                         "since must be a time in UTC, such as 2026-11-21T12:50:47Z");
    }
  }
  if (const auto status = optional_text(body, "status")) {
    if (*status != "DEAD") return field_error(ErrorCode::INVALID_PARAMETERS, "status", "status must be DEAD");
    wanted.which = webhooks::ReplayWanted::Which::DEAD;
  }
  return wanted;
}

Result<webhooks::DeliveryFilter> read_delivery_filter(const http::Request& request) {
  using enum webhooks::DeliveryStatus;
  webhooks::DeliveryFilter filter{.type = query_text(request, "type")};
  if (const auto text = query_text(request, "status")) {
    for (const auto status : {PENDING, DELIVERED, DEAD}) {
      if (*text == webhooks::to_text(status)) filter.status = status;
    }
    if (!filter.status) {
      return field_error(ErrorCode::INVALID_PARAMETERS, "status", "status must be PENDING, DELIVERED or DEAD");
    }
  }
  ASSIGN_OR_RETURN(filter.after, query_id<EventId>(request, "after"));
  ASSIGN_OR_RETURN(const auto page, query_page(request));
  filter.limit = page.size;
  return filter;
}

std::optional<std::string> text_of(const std::optional<Instant>& instant) {
  return instant ? std::optional{qantara::to_text(*instant)} : std::nullopt;
}

/// Its members, without the braces.
void write_endpoint_members(json::Writer& writer, const Endpoint& endpoint) {
  const auto reason = endpoint.disabled_reason
                          ? std::optional{std::string{webhooks::to_text(*endpoint.disabled_reason)}}
                          : std::nullopt;
  writer.member("id", endpoint.id.to_text())
      .member("url", endpoint.url)
      .member("description", endpoint.description)
      .name("types");
  if (endpoint.types.empty()) {
    writer.null();
  } else {
    writer.begin_array();
    for (const auto& type : endpoint.types) writer.string(type);
    writer.end_array();
  }
  writer.member("status", webhooks::to_text(endpoint.status))
      .member("disabled_reason", reason)
      .member("failing_since", text_of(endpoint.failing_since))
      .member("created_at", qantara::to_text(endpoint.created_at));
}

void write_webhook_endpoint(json::Writer& writer, const Endpoint& endpoint) {
  writer.begin_object();
  write_endpoint_members(writer, endpoint);
  writer.end_object();
}

void write_delivery(json::Writer& writer, const Delivery& delivery) {
  writer.begin_object()
      .member("event_id", delivery.event.to_text())
      .member("type", delivery.event_type)
      .member("status", webhooks::to_text(delivery.status))
      .member("attempts", delivery.attempts)
      .member("first_attempt_at", text_of(delivery.first_attempt_at))
      .member("next_attempt_at", text_of(delivery.next_attempt_at))
      .end_object();
}

/// `answer` holds bytes of the receiver's choice: at most a kilobyte, as text, whatever was no UTF-8 replaced.
void write_attempt(json::Writer& writer, const webhooks::Attempt& attempt) {
  writer.begin_object()
      .member("number", attempt.number)
      .member("started_at", qantara::to_text(attempt.started_at))
      .name("status");
  if (attempt.status) {
    writer.integer(*attempt.status);
  } else {
    writer.null();
  }
  writer.member("failure", attempt.failure)
      .member("elapsed_ms", static_cast<std::int64_t>(attempt.elapsed / std::chrono::milliseconds{1}))
      .member("answer", attempt.status ? std::optional{attempt.answer} : std::nullopt)
      .end_object();
}

template <class Write, class Value>
http::Response one(int status, Write write, const Value& value) {
  json::Writer writer;
  write(writer, value);
  return http::Response::json(status, std::move(writer).text());
}

template <class Write, class Values>
http::Response many(Write write, const Values& values) {
  return http::Response::json(200, R"({"data":)" + to_json_array(values, write) + "}");
}

}  // namespace

// POST /webhooks/v1/endpoints · 201 the endpoint with its secret · 400 MISSING_, INVALID_PARAMETERS
Task<Result<Write>> create_webhook_endpoint(const http::Request& request, const Caller& caller,
                                            const Services& services) {
  CO_ASSIGN_OR_RETURN(const auto settings, read_settings(request));
  CO_RETURN_IF_ERROR(co_await services.webhooks.check_receiver(settings.url));
  co_return [&services, caller, settings](db::Transaction& tx) -> Result<http::Response> {
    ASSIGN_OR_RETURN(const auto created, services.webhooks.create_endpoint(tx, caller.application, settings));
    json::Writer writer;
    writer.begin_object();
    write_endpoint_members(writer, created.endpoint);
    writer.member("secret", created.secret.reveal()).end_object();
    return http::Response::json(201, std::move(writer).text());
  };
}

// GET /webhooks/v1/endpoints · 200 all of them
Task<HandlerResult> list_webhook_endpoints(const http::Request&, const Caller& caller, const Services& services) {
  CO_ASSIGN_OR_RETURN(const auto endpoints, co_await services.database.read([&](db::Transaction& tx) {
    return services.webhooks.list_endpoints(tx, caller.application);
  }));
  co_return many(write_webhook_endpoint, endpoints);
}

// GET /webhooks/v1/endpoints/{webhook_endpoint_id} · 200 the endpoint · 404 UNKNOWN_WEBHOOK_ENDPOINT
Task<HandlerResult> get_webhook_endpoint(const http::Request& request, const Caller& caller, const Services& services) {
  const auto id = endpoint_id(request);
  CO_ASSIGN_OR_RETURN(const auto endpoint, co_await services.database.read([&](db::Transaction& tx) {
    return services.webhooks.get_endpoint(tx, caller.application, id);
  }));
  co_return one(200, write_webhook_endpoint, endpoint);
}

// PATCH /webhooks/v1/endpoints/{webhook_endpoint_id} · 200 the endpoint · 400 INVALID_PARAMETERS · 404 UNKNOWN_WEBHOOK_ENDPOINT
Task<HandlerResult> update_webhook_endpoint(const http::Request& request, const Caller& caller,
                                            const Services& services) {
  CO_ASSIGN_OR_RETURN(const auto change, read_change(request));
  const auto id = endpoint_id(request);
  if (change.url) {
    CO_RETURN_IF_ERROR(co_await services.webhooks.check_receiver(*change.url));
  }
  CO_ASSIGN_OR_RETURN(const auto endpoint, co_await services.database.write([&](db::Transaction& tx) {
    return services.webhooks.update_endpoint(tx, caller.application, id, change);
  }));
  co_return one(200, write_webhook_endpoint, endpoint);
}

// DELETE /webhooks/v1/endpoints/{webhook_endpoint_id} · 204 · 404 UNKNOWN_WEBHOOK_ENDPOINT
Task<HandlerResult> delete_webhook_endpoint(const http::Request& request, const Caller& caller,
                                            const Services& services) {
  const auto id = endpoint_id(request);
  CO_RETURN_IF_ERROR(co_await services.database.write(
      [&](db::Transaction& tx) { return services.webhooks.delete_endpoint(tx, caller.application, id); }));
  co_return http::Response{.status = 204};
}

// POST /webhooks/v1/endpoints/{webhook_endpoint_id}/pause · 200 the endpoint · 404 UNKNOWN_WEBHOOK_ENDPOINT · 409 ILLEGAL_TRANSITION
Task<Result<Write>> pause_webhook_endpoint(const http::Request& request, const Caller& caller,
                                           const Services& services) {
  const auto id = endpoint_id(request);
  co_return [&services, caller, id](db::Transaction& tx) -> Result<http::Response> {
    ASSIGN_OR_RETURN(const auto endpoint, services.webhooks.pause_endpoint(tx, caller.application, id));
    return one(200, write_webhook_endpoint, endpoint);
  };
}

// POST /webhooks/v1/endpoints/{webhook_endpoint_id}/resume · 200 the endpoint · 404 UNKNOWN_WEBHOOK_ENDPOINT
Task<Result<Write>> resume_webhook_endpoint(const http::Request& request, const Caller& caller,
                                            const Services& services) {
  const auto id = endpoint_id(request);
  co_return [&services, caller, id](db::Transaction& tx) -> Result<http::Response> {
    ASSIGN_OR_RETURN(const auto endpoint, services.webhooks.resume_endpoint(tx, caller.application, id));
    return one(200, write_webhook_endpoint, endpoint);
  };
}

// POST /webhooks/v1/endpoints/{webhook_endpoint_id}/rotate-secret · 200 the new secret · 400 INVALID_PARAMETERS · 404 UNKNOWN_WEBHOOK_ENDPOINT
Task<Result<Write>> rotate_webhook_secret(const http::Request& request, const Caller& caller,
                                          const Services& services) {
  CO_ASSIGN_OR_RETURN(const auto overlap, read_overlap(request));
  const auto id = endpoint_id(request);
  co_return [&services, caller, id, overlap](db::Transaction& tx) -> Result<http::Response> {
    ASSIGN_OR_RETURN(const auto rotated, services.webhooks.rotate_secret(tx, caller.application, id, overlap));
    json::Writer writer;
    writer.begin_object()
        .member("secret", rotated.secret.reveal())
        .member("previous_expires_at", qantara::to_text(rotated.previous_expires_at))
        .end_object();
    return http::Response::json(200, std::move(writer).text());
  };
}

// POST /webhooks/v1/endpoints/{webhook_endpoint_id}/test · 201 the delivery · 404 UNKNOWN_WEBHOOK_ENDPOINT · 409 ILLEGAL_TRANSITION
Task<Result<Write>> test_webhook_endpoint(const http::Request& request, const Caller& caller,
                                          const Services& services) {
  const auto id = endpoint_id(request);
  co_return [&services, caller, id](db::Transaction& tx) -> Result<http::Response> {
    ASSIGN_OR_RETURN(const auto delivery, services.webhooks.send_test(tx, caller.application, id));
    return one(201, write_delivery, delivery);
  };
}

// POST /webhooks/v1/endpoints/{webhook_endpoint_id}/replay · 200 what is sent again · 400 MISSING_, INVALID_PARAMETERS · 404 UNKNOWN_WEBHOOK_ENDPOINT · 409 ILLEGAL_TRANSITION
Task<Result<Write>> replay_webhook_events(const http::Request& request, const Caller& caller,
                                          const Services& services) {
  CO_ASSIGN_OR_RETURN(const auto wanted, read_replay(request));
  const auto id = endpoint_id(request);
  co_return [&services, caller, id, wanted](db::Transaction& tx) -> Result<http::Response> {
    ASSIGN_OR_RETURN(const auto replayed, services.webhooks.replay(tx, caller.application, id, wanted));
    const auto cursor = replayed.last ? replayed.last : wanted.after;
    json::Writer writer;
    writer.begin_object()
        .member("replayed", replayed.count)
        .member("cursor", cursor ? std::optional{cursor->to_text()} : std::nullopt)
        .member("has_more", replayed.rest == webhooks::Replayed::Rest::MORE)
        .end_object();
    return http::Response::json(200, std::move(writer).text());
  };
}

// GET /webhooks/v1/endpoints/{webhook_endpoint_id}/deliveries · 200 newest first · 400 INVALID_PARAMETERS · 404 UNKNOWN_WEBHOOK_ENDPOINT
Task<HandlerResult> list_webhook_deliveries(const http::Request& request, const Caller& caller,
                                            const Services& services) {
  const auto id = endpoint_id(request);
  CO_ASSIGN_OR_RETURN(const auto filter, read_delivery_filter(request));
  auto one_more = filter;
  ++one_more.limit;
  CO_ASSIGN_OR_RETURN(auto deliveries, co_await services.database.read([&](db::Transaction& tx) {
    return services.webhooks.list_deliveries(tx, caller.application, id, one_more);
  }));
  const bool has_more = std::ssize(deliveries) > filter.limit;
  if (has_more) deliveries.pop_back();
  const auto cursor = deliveries.empty() ? filter.after : std::optional{deliveries.back().event};
  json::Writer writer;
  writer.begin_object()
      .raw_member("data", to_json_array(deliveries, write_delivery))
      .member("cursor", cursor ? std::optional{cursor->to_text()} : std::nullopt)
      .member("has_more", has_more)
      .end_object();
  co_return http::Response::json(200, std::move(writer).text());
}

// GET /webhooks/v1/endpoints/{webhook_endpoint_id}/deliveries/{event_id} · 200 the delivery · 404 UNKNOWN_WEBHOOK_ENDPOINT, UNKNOWN_EVENT
Task<HandlerResult> get_webhook_delivery(const http::Request& request, const Caller& caller, const Services& services) {
  const auto id = endpoint_id(request);
  const auto event = event_id(request);
  CO_ASSIGN_OR_RETURN(const auto delivery, co_await services.database.read([&](db::Transaction& tx) {
    return services.webhooks.get_delivery(tx, caller.application, id, event);
  }));
  co_return one(200, write_delivery, delivery);
}

// GET /webhooks/v1/endpoints/{webhook_endpoint_id}/deliveries/{event_id}/attempts · 200 in order · 404 UNKNOWN_WEBHOOK_ENDPOINT, UNKNOWN_EVENT
Task<HandlerResult> list_webhook_attempts(const http::Request& request, const Caller& caller,
                                          const Services& services) {
  const auto id = endpoint_id(request);
  const auto event = event_id(request);
  CO_ASSIGN_OR_RETURN(
      const auto attempts,
      co_await services.database.read([&](db::Transaction& tx) -> Result<std::vector<webhooks::Attempt>> {
        ASSIGN_OR_RETURN(const auto delivery, services.webhooks.get_delivery(tx, caller.application, id, event));
        return services.webhooks.attempts(tx, delivery.id);
      }));
  co_return many(write_attempt, attempts);
}

// POST /webhooks/v1/endpoints/{webhook_endpoint_id}/deliveries/{event_id}/resend · 200 the delivery · 404 UNKNOWN_WEBHOOK_ENDPOINT, UNKNOWN_EVENT · 409 ILLEGAL_TRANSITION
Task<Result<Write>> resend_webhook_delivery(const http::Request& request, const Caller& caller,
                                            const Services& services) {
  const auto id = endpoint_id(request);
  const auto event = event_id(request);
  co_return [&services, caller, id, event](db::Transaction& tx) -> Result<http::Response> {
    ASSIGN_OR_RETURN(const auto delivery, services.webhooks.resend(tx, caller.application, id, event));
    return one(200, write_delivery, delivery);
  };
}

}  // namespace qantara::api
