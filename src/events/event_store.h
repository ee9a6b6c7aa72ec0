// The SQL of events.
#pragma once

#include "events/events.h"

namespace qantara::events {

Result<void> insert_event(db::Transaction& tx, EventId id, const Subject& subject, std::string_view type,
                          std::optional<std::int64_t> sequence, std::string_view body, Instant now);

/// The highest sequence of the aggregate's public events; 0 if there are none.
Result<std::int64_t> last_sequence(db::Transaction& tx, const Uuid& aggregate);

Result<std::vector<StoredEvent>> select_events_of(db::Transaction& tx, const Uuid& aggregate);

}  // namespace qantara::events
