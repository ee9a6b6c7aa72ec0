#include "api/handlers.h"
#include "json/json.h"

namespace qantara::api {

// GET /healthz · 200: the process answers.
Task<HandlerResult> get_health(const http::Request&, const Services&) {
  co_return http::Response::json(200, R"({"status":"UP"})");
}

// GET /readyz · 200: reads and writes work · 503: they do not; send requests elsewhere.
Task<HandlerResult> get_readiness(const http::Request&, const Services& services) {
  const auto listed =
      co_await services.database.read([&](db::Transaction& tx) { return services.applications.list(tx); });
  const bool reads = listed.has_value();
  const bool writes = services.database.writable();
  json::Writer writer;
  writer.begin_object()
      .member("status", reads && writes ? "READY" : "NOT_READY")
      .member("reads", reads)
      .member("writes", writes);
  if (services.durability == db::Durability::MAY_BE_UNSAFE) writer.member("durability", "MAY_BE_UNSAFE");
  writer.end_object();
  auto response = http::Response::json(reads && writes ? 200 : 503, std::move(writer).text());
  if (response.status == 503) response.headers.add("Retry-After", "1");
  co_return response;
}

}  // namespace qantara::api
