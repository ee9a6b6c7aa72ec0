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
  std::string body;                      ///< The envelope as delivered (public), or the payload (internal).
  Instant created_at;
};

class Events {
 public:
  Events(const Clock& clock, Random& random) : clock_(clock), random_(random) {}

  /// Appends an event with `payload` (JSON object text). A public one gets the aggregate's next sequence and its envelope:
  /// `{payload, type, message, timestamp, event_id, sequence}`, the very bytes of every delivery.
  Result<void> append(db::Transaction& tx, const Subject& subject, Type type, std::string_view payload) const;

  /// The story of one aggregate, oldest first.
  Result<std::vector<StoredEvent>> of_aggregate(db::Transaction& tx, const Uuid& aggregate) const;

 private:
  const Clock& clock_;
  Random& random_;
};

}  // namespace qantara::events
