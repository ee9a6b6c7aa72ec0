#include "events/events.h"

#include "api/body.h"
#include "api/handlers.h"
#include "api/query.h"
#include "api/responses.h"

namespace qantara::api {

namespace {

Result<events::Filter> read_event_filter(const http::Request& request) {
  events::Filter filter{.type = query_text(request, "type")};
  ASSIGN_OR_RETURN(filter.aggregate, query_id<Uuid>(request, "object_id"));
  ASSIGN_OR_RETURN(filter.from, query_instant(request, "from"));
  ASSIGN_OR_RETURN(filter.to, query_instant(request, "to"));
  return filter;
}

/// A payment's events are its intent's; everything else that has events has its own.
Result<void> name_aggregate(db::Transaction& tx, const Services& services, ApplicationId application,
                            events::Filter& filter) {
  if (!filter.aggregate) return {};
  const auto payment = services.payments.get(tx, application, PaymentId{*filter.aggregate});
  if (payment) filter.aggregate = payment->intent.uuid;
  if (!payment && payment.error().code != ErrorCode::UNKNOWN_PAYMENT) return payment.error();
  return {};
}

void write_events(json::Writer& writer, const std::vector<events::StoredEvent>& events) {
  writer.name("data").begin_array();
  for (const auto& event : events) writer.raw(event.body);
  writer.end_array();
}

std::string to_json(const events::Page& page, const PageWanted& wanted) {
  json::Writer writer;
  writer.begin_object();
  write_events(writer, page.events);
  writer.name("page")
      .begin_object()
      .member("number", wanted.number)
      .member("size", wanted.size)
      .member("total_elements", page.total)
      .member("total_pages", (page.total + wanted.size - 1) / wanted.size)
      .end_object()
      .end_object();
  return std::move(writer).text();
}

/// `events`: one more than `size`, if there are more.
std::string to_json(std::vector<events::StoredEvent> events, const std::optional<EventId>& after, int size) {
  const bool has_more = std::ssize(events) > size;
  if (has_more) events.pop_back();
  const auto cursor = events.empty() ? after : std::optional{events.back().id};
  json::Writer writer;
  writer.begin_object();
  write_events(writer, events);
  writer.member("cursor", cursor ? std::optional{cursor->to_text()} : std::nullopt)
      .member("has_more", has_more)
      .end_object();
  return std::move(writer).text();
}

}  // namespace

// GET /events/v1 · 200 envelopes: a page, newest first; or with `after`, in the order of commits · 400 INVALID_PARAMETERS
Task<HandlerResult> list_events(const http::Request& request, const Caller& caller, const Services& services) {
  CO_ASSIGN_OR_RETURN(auto filter, read_event_filter(request));
  CO_ASSIGN_OR_RETURN(const auto wanted, query_page(request));
  CO_ASSIGN_OR_RETURN(const auto after, query_id<EventId>(request, "after"));
  if (request.query_parameter("after")) {
    CO_ASSIGN_OR_RETURN(
        auto events,
        co_await services.database.read([&](db::Transaction& tx) -> Result<std::vector<events::StoredEvent>> {
          auto named = filter;
          RETURN_IF_ERROR(name_aggregate(tx, services, caller.application, named));
          return services.events.list_after(tx, caller.application, named, after, wanted.size + 1);
        }));
    co_return http::Response::json(200, to_json(std::move(events), after, wanted.size));
  }
  CO_ASSIGN_OR_RETURN(const auto page,
                      co_await services.database.read([&](db::Transaction& tx) -> Result<events::Page> {
                        auto named = filter;
                        RETURN_IF_ERROR(name_aggregate(tx, services, caller.application, named));
                        return services.events.list_page(tx, caller.application, named, wanted.number, wanted.size);
                      }));
  co_return http::Response::json(200, to_json(page, wanted));
}

// GET /events/v1/{event_id} · 200 the envelope · 404 UNKNOWN_EVENT
Task<HandlerResult> get_event(const http::Request& request, const Caller& caller, const Services& services) {
  const auto id = path_id<EventId>(request, "event_id");
  CO_ASSIGN_OR_RETURN(auto event, co_await services.database.read([&](db::Transaction& tx) {
    return services.events.get(tx, caller.application, id);
  }));
  co_return http::Response::json(200, std::move(event.body));
}

}  // namespace qantara::api
