// Events: appended in the transaction that changes the state they tell of, read by webhooks and `explain`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/random.h"
#include "base/result.h"
#include "db/transaction.h"
#include "events/event_types.h"

namespace qantara::events {

/// Announced with every public event: there is something to deliver.
inline constexpr db::Channel kPublished{0};

/// What an event is about. Public events are numbered without gaps per aggregate: a payment source with its
/// beneficiaries; an intent with its payment.
struct Subject {
  ApplicationId application;
  Uuid aggregate;
};

struct StoredEvent {
  std::int64_t seq;  ///< Commit order.
  EventId id;
  std::string type;
  std::optional<std::int64_t> sequence;  ///< Of public events.
  std::string body;                      ///< The envelope as delivered (public, directed), or the payload (internal).
  Instant created_at;
};

/// A directed event: told to whoever asked for it.
struct DirectedEvent {
  std::int64_t seq;
  EventId id;
};

/// Which of an application's public events are listed; what is absent does not matter.
struct Filter {
  std::optional<std::string> type;
  std::optional<Uuid> aggregate;
  std::optional<Instant> from;  ///< Those that happened then or later,
  std::optional<Instant> to;    ///< and those before.
};

struct Page {
  std::vector<StoredEvent> events;
  std::int64_t total = 0;  ///< Events that the filter lets through, on all pages.
};

class Events {
 public:
  Events(const Clock& clock, Random& random) : clock_(clock), random_(random) {}

  /// Appends an event that is not directed, with `payload` (JSON object text). A public one gets the aggregate's next sequence and its envelope:
  /// `{payload, type, message, timestamp, event_id, sequence}`, the very bytes of every delivery.
  Result<void> append(db::Transaction& tx, const Subject& subject, Type type, std::string_view payload) const;

  /// The same for a public event of an aggregate that this very transaction makes, so that there can be none before it.
  Result<void> append_first(db::Transaction& tx, const Subject& subject, Type type, std::string_view payload) const;

  /// Appends an event that no list shows and only its one receiver is told of, in an envelope like any other.
  Result<DirectedEvent> append_directed(db::Transaction& tx, const Subject& subject, Type type,
                                        std::string_view payload) const;

  /// A public event of the application. Errors: UNKNOWN_EVENT.
  Result<StoredEvent> get(db::Transaction& tx, ApplicationId application, EventId id) const;

  /// Public events in the order of their commits, those behind the event `after` (from the first one if it is absent), at
  /// most `limit`. Nothing that is committed later ever comes before what was listed: who goes on behind the last one
  /// misses none. Errors: INVALID_PARAMETERS (field "after") for what is no event of the application.
  Result<std::vector<StoredEvent>> list_after(db::Transaction& tx, ApplicationId application, const Filter& filter,
                                              const std::optional<EventId>& after, int limit) const;

  /// Public events, newest first, page `number` (from 0) of `size`. Pages shift while events are added.
  Result<Page> list_page(db::Transaction& tx, ApplicationId application, const Filter& filter, std::int64_t number,
                         int size) const;

  /// The story of one aggregate, oldest first.
  Result<std::vector<StoredEvent>> of_aggregate(db::Transaction& tx, const Uuid& aggregate) const;

 private:
  Result<void> append_public(db::Transaction& tx, const Subject& subject, const TypeRow& row, std::int64_t sequence,
                             std::string_view payload) const;

  const Clock& clock_;
  Random& random_;
};

}  // namespace qantara::events
