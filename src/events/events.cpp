#include "events/events.h"

#include <utility>

#include "base/check.h"
#include "events/event_store.h"
#include "json/json.h"

namespace qantara::events {

namespace {

/// The very bytes of every delivery.
std::string envelope(EventId id, const TypeRow& row, std::int64_t sequence, std::string_view payload, Instant now) {
  json::Writer writer;
  writer.begin_object()
      .raw_member("payload", payload)
      .member("type", row.name)
      .member("message", row.message)
      .member("timestamp", qantara::to_text(now))
      .member("event_id", id.to_text())
      .member("sequence", sequence)
      .end_object();
  return std::move(writer).text();
}

}  // namespace

Result<void> Events::append(db::Transaction& tx, const Subject& subject, Type type, std::string_view payload) const {
  const TypeRow& row = describe(type);
  CHECK(row.visibility != Visibility::DIRECTED);
  if (row.visibility == Visibility::INTERNAL) {
    return insert_event(tx, EventId::make(clock_, random_), subject, row.name, std::nullopt, payload, clock_.now());
  }
  ASSIGN_OR_RETURN(const std::int64_t last, last_sequence(tx, subject.aggregate));
  return append_public(tx, subject, row, last + 1, payload);
}

Result<void> Events::append_first(db::Transaction& tx, const Subject& subject, Type type,
                                  std::string_view payload) const {
  const TypeRow& row = describe(type);
  CHECK(row.visibility == Visibility::PUBLIC);
  return append_public(tx, subject, row, 1, payload);
}

Result<void> Events::append_public(db::Transaction& tx, const Subject& subject, const TypeRow& row,
                                   std::int64_t sequence, std::string_view payload) const {
  const EventId id = EventId::make(clock_, random_);
  const Instant now = clock_.now();
  RETURN_IF_ERROR(insert_event(tx, id, subject, row.name, sequence, envelope(id, row, sequence, payload, now), now));
  tx.announce(kPublished);
  return {};
}

Result<DirectedEvent> Events::append_directed(db::Transaction& tx, const Subject& subject, Type type,
                                              std::string_view payload) const {
  const TypeRow& row = describe(type);
  CHECK(row.visibility == Visibility::DIRECTED);
  const EventId id = EventId::make(clock_, random_);
  const Instant now = clock_.now();
  ASSIGN_OR_RETURN(const std::int64_t seq, insert_event_for_seq(tx, id, subject, row.name, std::nullopt,
                                                                envelope(id, row, 1, payload, now), now));
  tx.announce(kPublished);
  return DirectedEvent{.seq = seq, .id = id};
}

Result<StoredEvent> Events::get(db::Transaction& tx, ApplicationId application, EventId id) const {
  ASSIGN_OR_RETURN(auto event, select_event(tx, application, id));
  if (!event) return field_error(ErrorCode::UNKNOWN_EVENT, "event_id", "there is nothing with this id");
  return *std::move(event);
}

Result<std::vector<StoredEvent>> Events::list_after(db::Transaction& tx, ApplicationId application,
                                                    const Filter& filter, const std::optional<EventId>& after,
                                                    int limit) const {
  std::int64_t seq = 0;
  if (after) {
    ASSIGN_OR_RETURN(const auto known, select_event(tx, application, *after));
    if (!known) {
      return field_error(ErrorCode::INVALID_PARAMETERS, "after",
                         "after must be the cursor of an answer, or the id of an event that is still kept");
    }
    seq = known->seq;
  }
  return select_events_after(tx, application, filter, seq, limit);
}

Result<Page> Events::list_page(db::Transaction& tx, ApplicationId application, const Filter& filter,
                               std::int64_t number, int size) const {
  Page page;
  ASSIGN_OR_RETURN(page.total, count_events(tx, application, filter));
  ASSIGN_OR_RETURN(page.events, select_events_page(tx, application, filter, number * size, size));
  return page;
}

Result<std::vector<StoredEvent>> Events::of_aggregate(db::Transaction& tx, const Uuid& aggregate) const {
  return select_events_of(tx, aggregate);
}

}  // namespace qantara::events
