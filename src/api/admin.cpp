#include "api/admin.h"

#include <algorithm>

#include "api/body.h"
#include "api/explain.h"
#include "api/responses.h"

namespace qantara::api {

namespace {

constexpr int kDeliveriesListed = 100;

constexpr MemberRule kCreateApplication[] = {
    {"name", MemberType::TEXT, Presence::REQUIRED},
    {"mode"},
    {"webhook_url"},
    {"origins", MemberType::TEXTS},
};

constexpr MemberRule kAddOrigin[] = {
    {"app_token", MemberType::TEXT, Presence::REQUIRED},
    {"origin", MemberType::TEXT, Presence::REQUIRED},
};

constexpr MemberRule kCreateEndpoint[] = {
    {"app_token", MemberType::TEXT, Presence::REQUIRED},
    {"url", MemberType::TEXT, Presence::REQUIRED},
};

constexpr MemberRule kAdvanceClock[] = {{"by", MemberType::TEXT, Presence::REQUIRED}};

void write_endpoint(json::Writer& writer, const webhooks::Endpoint& endpoint) {
  writer.member("id", endpoint.id.to_text())
      .member("url", endpoint.url)
      .member("status", webhooks::to_text(endpoint.status))
      .member("created_at", qantara::to_text(endpoint.created_at));
}

Result<applications::NewApplication> read_application(const json::Value& body) {
  applications::NewApplication wanted{.name = required_text(body, "name")};
  const auto mode = optional_text(body, "mode").value_or("sandbox");
  if (mode == "live") {
    wanted.mode = applications::Mode::LIVE;
  } else if (mode != "sandbox") {
    return field_error(ErrorCode::INVALID_PARAMETERS, "mode", "mode must be sandbox or live");
  }
  if (const auto* const origins = body.find("origins"); origins != nullptr && origins->is(json::Kind::ARRAY)) {
    for (const auto& origin : origins->items()) wanted.origins.push_back(origin.string());
  }
  return wanted;
}

std::string origins_json(const std::vector<std::string>& origins) {
  return to_json_array(origins, [](json::Writer& writer, const std::string& origin) {
    writer.begin_object().member("origin", origin).end_object();
  });
}

}  // namespace

Result<ApplicationId> query_application(const http::Request& request) {
  if (const auto id = ApplicationId::parse(request.query_parameter("app_token").value_or(""))) return *id;
  return field_error(ErrorCode::INVALID_PARAMETERS, "app_token", "app_token must be an application's token");
}

Result<ApplicationCredentials> create_application(db::Transaction& tx, const Services& services,
                                                  const applications::NewApplication& wanted,
                                                  const std::optional<std::string>& webhook_url) {
  ASSIGN_OR_RETURN(auto created, services.applications.create(tx, wanted));
  std::optional<webhooks::CreatedEndpoint> endpoint;
  if (webhook_url) {
    ASSIGN_OR_RETURN(endpoint, services.webhooks.create_endpoint(tx, created.application.id, *webhook_url));
  }
  return ApplicationCredentials{.created = std::move(created), .endpoint = std::move(endpoint)};
}

Admin::Admin(Services services, AdminHooks hooks) : services_(services), hooks_(std::move(hooks)) {
  using enum http::Method;
  struct Row {
    http::Method method;
    std::string_view pattern;
    Handler handler;
  };
  const Row rows[] = {
      {GET, "/admin/v1/info", &Admin::get_info},
      {POST, "/admin/v1/applications", &Admin::create_application},
      {GET, "/admin/v1/applications", &Admin::list_applications},
      {GET, "/admin/v1/origins", &Admin::list_origins},
      {POST, "/admin/v1/origins", &Admin::add_origin},
      {DELETE, "/admin/v1/origins", &Admin::remove_origin},
      {GET, "/admin/v1/redirect-urls", &Admin::list_redirect_urls},
      {POST, "/admin/v1/redirect-urls", &Admin::add_redirect_url},
      {DELETE, "/admin/v1/redirect-urls", &Admin::remove_redirect_url},
      {POST, "/admin/v1/client-secrets/rotate", &Admin::rotate_client_secret},
      {GET, "/admin/v1/certificates", &Admin::list_certificates},
      {POST, "/admin/v1/certificates", &Admin::add_certificate},
      {DELETE, "/admin/v1/certificates", &Admin::remove_certificate},
      {GET, "/admin/v1/keys", &Admin::list_keys},
      {POST, "/admin/v1/keys", &Admin::create_key},
      {DELETE, "/admin/v1/keys/{id}", &Admin::revoke_key},
      {GET, "/admin/v1/signing-keys", &Admin::list_signing_keys},
      {POST, "/admin/v1/signing-keys/rotate", &Admin::rotate_signing_key},
      {PUT, "/admin/v1/destinations/{id}/default", &Admin::make_default_destination},
      {POST, "/admin/v1/webhook-endpoints", &Admin::create_webhook_endpoint},
      {GET, "/admin/v1/webhook-endpoints", &Admin::list_webhook_endpoints},
      {GET, "/admin/v1/webhook-endpoints/{id}/deliveries", &Admin::list_deliveries},
      {DELETE, "/admin/v1/webhook-endpoints/{id}", &Admin::remove_webhook_endpoint},
      {GET, "/admin/v1/banks", &Admin::list_banks},
      {POST, "/admin/v1/banks", &Admin::add_bank},
      {DELETE, "/admin/v1/banks/{identifier}", &Admin::remove_bank},
      {POST, "/admin/v1/banks/{identifier}/enable", &Admin::enable_bank},
      {POST, "/admin/v1/banks/{identifier}/disable", &Admin::disable_bank},
      {POST, "/admin/v1/banks/{identifier}/test", &Admin::test_bank},
      {PUT, "/admin/v1/application-banks", &Admin::switch_bank_for_application},
      {GET, "/admin/v1/clock", &Admin::get_clock},
      {POST, "/admin/v1/clock/advance", &Admin::advance_clock},
      {GET, "/admin/v1/explain/{id}", &Admin::get_story},
  };
  for (const auto& row : rows) {
    const auto handler = row.handler;
    router_.add(row.method, row.pattern, [this, handler](http::Request& request) { return respond(handler, request); });
  }
}

Task<http::Response> Admin::handle(http::Request& request) {
  auto found = router_.find(request.method, request.path);
  http::Response response;
  if (auto* const match = std::get_if<http::Router::Match>(&found)) {
    request.path_parameters = std::move(match->path_parameters);
    response = co_await (*match->handler)(request);
  } else {
    response = error_response(error(ErrorCode::INVALID_URL, "there is no such operator call"), request.request_id,
                              services_.clock.now());
  }
  add_common_headers(response, request.request_id);
  co_return response;
}

Task<http::Response> Admin::respond(Handler handler, const http::Request& request) {
  auto result = co_await (this->*handler)(request);
  if (result) co_return *std::move(result);
  co_return error_response(result.error(), request.request_id, services_.clock.now());
}

Task<Result<http::Response>> Admin::get_info(const http::Request&) {
  json::Writer writer;
  writer.begin_object().member("version", hooks_.version).member("url", hooks_.url);
  if (!hooks_.sandbox_bank_url.empty()) writer.member("sandbox_bank_url", hooks_.sandbox_bank_url);
  writer.member("now", qantara::to_text(services_.clock.now())).end_object();
  co_return http::Response::json(200, std::move(writer).text());
}

Task<Result<http::Response>> Admin::create_application(const http::Request& request) {
  CO_ASSIGN_OR_RETURN(const auto body, read_body(request, kCreateApplication));
  CO_ASSIGN_OR_RETURN(const auto wanted, read_application(body));
  if (wanted.mode == applications::Mode::LIVE && hooks_.clock_offset() != Duration::zero()) {
    co_return field_error(
        ErrorCode::INCORRECT_ACCESS_LEVEL, "mode",
        "this gateway's clock was moved, and live applications live by the real one: give them a gateway "
        "with a data folder of its own");
  }
  const auto webhook_url = optional_text(body, "webhook_url");
  CO_ASSIGN_OR_RETURN(const auto made, co_await services_.database.write([&](db::Transaction& tx) {
    return api::create_application(tx, services_, wanted, webhook_url);
  }));
  const auto token = made.created.application.id.to_text();
  json::Writer writer;
  writer.begin_object()
      .member("app_token", token)
      .member("client_id", token)
      .member("client_secret", made.created.client_secret.reveal());
  if (made.endpoint) {
    writer.member("webhook_secret", made.endpoint->secret.reveal())
        .member("webhook_endpoint_id", made.endpoint->endpoint.id.to_text());
  }
  writer.member("name", made.created.application.name)
      .member("mode", applications::to_text(made.created.application.mode))
      .end_object();
  co_return http::Response::json(201, std::move(writer).text());
}

Task<Result<http::Response>> Admin::list_applications(const http::Request&) {
  struct Row {
    applications::Application application;
    std::vector<std::string> origins;
  };
  CO_ASSIGN_OR_RETURN(const auto rows,
                      co_await services_.database.read([&](db::Transaction& tx) -> Result<std::vector<Row>> {
                        ASSIGN_OR_RETURN(auto applications, services_.applications.list(tx));
                        std::vector<Row> found;
                        for (auto& application : applications) {
                          ASSIGN_OR_RETURN(auto origins, services_.applications.origins(tx, application.id));
                          found.push_back({.application = std::move(application), .origins = std::move(origins)});
                        }
                        return found;
                      }));
  co_return http::Response::json(200, to_json_array(rows, [](json::Writer& writer, const Row& row) {
                                   const auto& application = row.application;
                                   writer.begin_object()
                                       .member("app_token", application.id.to_text())
                                       .member("name", application.name)
                                       .member("mode", applications::to_text(application.mode))
                                       .member("default_destination_id",
                                               application.default_destination
                                                   ? std::optional{application.default_destination->to_text()}
                                                   : std::nullopt)
                                       .member("created_at", qantara::to_text(application.created_at))
                                       .name("origins")
                                       .begin_array();
                                   for (const auto& origin : row.origins) writer.string(origin);
                                   writer.end_array().end_object();
                                 }));
}

// The three answer with all that are registered then.
Task<Result<http::Response>> Admin::list_origins(const http::Request& request) {
  CO_ASSIGN_OR_RETURN(const auto application, query_application(request));
  CO_ASSIGN_OR_RETURN(const auto origins, co_await services_.database.read([&](db::Transaction& tx) {
    return services_.applications.origins(tx, application);
  }));
  co_return http::Response::json(200, origins_json(origins));
}

Task<Result<http::Response>> Admin::add_origin(const http::Request& request) {
  CO_ASSIGN_OR_RETURN(const auto body, read_body(request, kAddOrigin));
  CO_ASSIGN_OR_RETURN(const auto application, body_id<ApplicationId>(body, "app_token"));
  const auto origin = required_text(body, "origin");
  CO_ASSIGN_OR_RETURN(const auto origins,
                      co_await services_.database.write([&](db::Transaction& tx) -> Result<std::vector<std::string>> {
                        RETURN_IF_ERROR(services_.applications.add_origin(tx, application, origin));
                        return services_.applications.origins(tx, application);
                      }));
  co_return http::Response::json(200, origins_json(origins));
}

Task<Result<http::Response>> Admin::remove_origin(const http::Request& request) {
  CO_ASSIGN_OR_RETURN(const auto application, query_application(request));
  const auto origin = request.query_parameter("origin").value_or("");
  CO_ASSIGN_OR_RETURN(const auto origins,
                      co_await services_.database.write([&](db::Transaction& tx) -> Result<std::vector<std::string>> {
                        RETURN_IF_ERROR(services_.applications.remove_origin(tx, application, origin));
                        return services_.applications.origins(tx, application);
                      }));
  co_return http::Response::json(200, origins_json(origins));
}

Task<Result<http::Response>> Admin::make_default_destination(const http::Request& request) {
  const auto id = path_id<DestinationId>(request, "id");
  CO_ASSIGN_OR_RETURN(const auto destination,
                      co_await services_.database.write([&](db::Transaction& tx) -> Result<destinations::Destination> {
                        ASSIGN_OR_RETURN(const auto found, services_.destinations.find(tx, id));
                        if (!found)
                          return error(ErrorCode::UNKNOWN_PAYMENT_DESTINATION,
                                       "there is no payment destination with this id");
                        return services_.destinations.make_default(tx, found->application, id);
                      }));
  json::Writer writer;
  write_destination(writer, destination);
  co_return http::Response::json(200, std::move(writer).text());
}

Task<Result<http::Response>> Admin::create_webhook_endpoint(const http::Request& request) {
  CO_ASSIGN_OR_RETURN(const auto body, read_body(request, kCreateEndpoint));
  CO_ASSIGN_OR_RETURN(const auto application, body_id<ApplicationId>(body, "app_token"));
  const auto url = required_text(body, "url");
  CO_ASSIGN_OR_RETURN(const auto created,
                      co_await services_.database.write([&](db::Transaction& tx) -> Result<webhooks::CreatedEndpoint> {
                        ASSIGN_OR_RETURN(const auto found, services_.applications.find(tx, application));
                        if (!found)
                          return error(ErrorCode::UNKNOWN_APPLICATION, "there is no application with this token");
                        return services_.webhooks.create_endpoint(tx, application, url);
                      }));
  json::Writer writer;
  writer.begin_object();
  write_endpoint(writer, created.endpoint);
  writer.member("webhook_secret", created.secret.reveal()).end_object();
  co_return http::Response::json(201, std::move(writer).text());
}

Task<Result<http::Response>> Admin::list_webhook_endpoints(const http::Request& request) {
  CO_ASSIGN_OR_RETURN(const auto application, query_application(request));
  CO_ASSIGN_OR_RETURN(const auto endpoints, co_await services_.database.read([&](db::Transaction& tx) {
    return services_.webhooks.list_endpoints(tx, application);
  }));
  co_return http::Response::json(200,
                                 to_json_array(endpoints, [](json::Writer& writer, const webhooks::Endpoint& endpoint) {
                                   writer.begin_object();
                                   write_endpoint(writer, endpoint);
                                   writer.end_object();
                                 }));
}

Task<Result<http::Response>> Admin::list_deliveries(const http::Request& request) {
  struct Row {
    webhooks::Delivery delivery;
    std::vector<webhooks::Attempt> attempts;
  };
  const auto id = path_id<WebhookEndpointId>(request, "id");
  CO_ASSIGN_OR_RETURN(
      const auto rows, co_await services_.database.read([&](db::Transaction& tx) -> Result<std::vector<Row>> {
        ASSIGN_OR_RETURN(auto deliveries,
                         services_.webhooks.deliveries_of_endpoint(tx, id, INT64_MAX, kDeliveriesListed));
        std::vector<Row> found;
        for (auto& delivery : deliveries) {
          ASSIGN_OR_RETURN(auto attempts, services_.webhooks.attempts(tx, delivery.id));
          found.push_back({.delivery = std::move(delivery), .attempts = std::move(attempts)});
        }
        return found;
      }));
  co_return http::Response::json(200, to_json_array(rows, [](json::Writer& writer, const Row& row) {
                                   writer.begin_object()
                                       .member("event_id", row.delivery.event.to_text())
                                       .member("type", row.delivery.event_type)
                                       .member("status", webhooks::to_text(row.delivery.status))
                                       .member("next_attempt_at",
                                               row.delivery.next_attempt_at
                                                   ? std::optional{qantara::to_text(*row.delivery.next_attempt_at)}
                                                   : std::nullopt)
                                       .name("attempts")
                                       .begin_array();
                                   for (const auto& attempt : row.attempts) {
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
                                         .member("elapsed_us", static_cast<std::int64_t>(attempt.elapsed.count()))
                                         .member("answer", attempt.answer)
                                         .end_object();
                                   }
                                   writer.end_array().end_object();
                                 }));
}

Task<Result<http::Response>> Admin::remove_webhook_endpoint(const http::Request& request) {
  const auto id = path_id<WebhookEndpointId>(request, "id");
  CO_RETURN_IF_ERROR(co_await services_.database.write(
      [&](db::Transaction& tx) { return services_.webhooks.remove_endpoint(tx, id); }));
  co_return http::Response::json(200, "{}");
}

Task<Result<http::Response>> Admin::get_clock(const http::Request&) {
  co_return http::Response::json(200, clock_json());
}

Task<Result<http::Response>> Admin::advance_clock(const http::Request& request) {
  CO_ASSIGN_OR_RETURN(const auto body, read_body(request, kAdvanceClock));
  const auto by = parse_duration(required_text(body, "by"));
  if (!by || *by <= Duration::zero())
    co_return field_error(ErrorCode::INVALID_PARAMETERS, "by", "by must be a length of time such as 24h, 90s or 15m");
  CO_ASSIGN_OR_RETURN(const auto applications, co_await services_.database.read([&](db::Transaction& tx) {
    return services_.applications.list(tx);
  }));
  if (std::ranges::any_of(applications, [](const auto& one) { return one.mode == applications::Mode::LIVE; })) {
    co_return error(ErrorCode::INCORRECT_ACCESS_LEVEL,
                    "this gateway has a live application, which lives by the real time: the clock stays");
  }
  CO_RETURN_IF_ERROR(co_await hooks_.advance_clock(*by));
  co_return http::Response::json(200, clock_json());
}

Task<Result<http::Response>> Admin::get_story(const http::Request& request) {
  const std::string id{request.path_parameter("id")};
  CO_ASSIGN_OR_RETURN(const auto story, co_await services_.database.read(
                                            [&](db::Transaction& tx) { return explain(tx, services_, id); }));
  co_return http::Response::json(200, to_json(story));
}

std::string Admin::clock_json() const {
  json::Writer writer;
  writer.begin_object()
      .member("now", qantara::to_text(services_.clock.now()))
      .member("offset_seconds", static_cast<std::int64_t>(
                                    std::chrono::duration_cast<std::chrono::seconds>(hooks_.clock_offset()).count()))
      .end_object();
  return std::move(writer).text();
}

}  // namespace qantara::api
