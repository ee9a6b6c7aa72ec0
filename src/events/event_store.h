// The SQL of events.
#pragma once

#include "events/events.h"

namespace qantara::events {

Result<void> insert_event(db::Transaction& tx, EventId id, const Subject& subject, std::string_view type,
                          std::optional<std::int64_t> sequence, std::string_view body, Instant now);

/// The same. Result: its place in the order of commits.
Result<std::int64_t> insert_event_for_seq(db::Transaction& tx, EventId id, const Subject& subject,
                                          std::string_view type, std::optional<std::int64_t> sequence,
                                          std::string_view body, Instant now);

/// The highest sequence of the aggregate's public events; 0 if there are none.
Result<std::int64_t> last_sequence(db::Transaction& tx, const Uuid& aggregate);

Result<std::vector<StoredEvent>> select_events_of(db::Transaction& tx, const Uuid& aggregate);

// Public events of one application.
Result<std::optional<StoredEvent>> select_event(db::Transaction& tx, ApplicationId application, EventId id);
/// Oldest first.
Result<std::vector<StoredEvent>> select_events_after(db::Transaction& tx, ApplicationId application,
                                                     const Filter& filter, std::int64_t seq, int limit);
/// Newest first.
Result<std::vector<StoredEvent>> select_events_page(db::Transaction& tx, ApplicationId application,
                                                    const Filter& filter, std::int64_t offset, int limit);
Result<std::int64_t> count_events(db::Transaction& tx, ApplicationId application, const Filter& filter);

}  // namespace qantara::events
