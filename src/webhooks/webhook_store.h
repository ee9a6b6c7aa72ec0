// The SQL of webhooks. `fanned_out` (settings) is the mark: every event up to it was delivered, or has its rows in
// `webhook_deliveries`. What lies behind it the dispatcher delivers straight from the log; after a crash it reads it again.
// Of what has a row and is not delivered, what is due is told by `webhook_deliveries.next_attempt_at` alone:
// - the first PENDING row of an (endpoint, aggregate) line has one, the rows behind it have none until it is gone;
// - what is sent again by hand (`again`) stands in a line of its own, so that it delays nothing told for the first time;
// - claiming a row moves it to the end of the lease, so that nobody else takes it meanwhile and it comes back by itself;
// - an attempt that was recorded sets the next, or none.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "db/transaction.h"
#include "webhooks/endpoint_secrets.h"
#include "webhooks/webhook.h"

namespace qantara::webhooks {

/// Where a delivery goes, as the database has it.
struct Receiver {
  WebhookEndpointId id;
  EndpointStatus status = EndpointStatus::ACTIVE;
  std::string url;
  SealedSecrets secrets;
};

/// A delivery that is ours until its lease ends.
struct Claim {
  std::int64_t delivery = 0;
  int attempts = 0;  ///< Made before this one.
  Instant first_attempt_at;
  std::int64_t event_seq = 0;
  Uuid aggregate;
  EventId event;
  std::string body;
};

// Endpoints. Those that were deleted are found by nobody.
Result<void> insert_endpoint(db::Transaction& tx, const Endpoint& endpoint, std::string_view secret_sealed);
Result<std::optional<Endpoint>> select_endpoint(db::Transaction& tx, WebhookEndpointId id);
/// Oldest first.
/// False for an unknown application too.
Result<bool> select_is_live(db::Transaction& tx, ApplicationId application);
Result<std::vector<Endpoint>> select_endpoints(db::Transaction& tx, ApplicationId application);
/// Its URL, description and types. A new URL begins without failures.
Result<void> update_settings(db::Transaction& tx, const Endpoint& endpoint);
Result<void> update_endpoint_status(db::Transaction& tx, WebhookEndpointId id, EndpointStatus status);
Result<std::optional<SealedSecrets>> select_secrets(db::Transaction& tx, WebhookEndpointId id);
Result<void> update_secrets(db::Transaction& tx, WebhookEndpointId id, const SealedSecrets& secrets);
/// DISABLED, and its PENDING deliveries DEAD.
Result<void> disable_endpoint(db::Transaction& tx, WebhookEndpointId id, std::optional<DisabledReason> reason,
                              Instant now);
/// ACTIVE after DISABLED: told of what is committed from now on, with no failures behind it.
Result<void> enable_endpoint(db::Transaction& tx, WebhookEndpointId id);
/// After it was disabled: nobody finds it any more.
Result<void> delete_endpoint(db::Transaction& tx, WebhookEndpointId id, Instant now);

/// An attempt succeeded: the endpoint is not failing.
Result<void> clear_failures(db::Transaction& tx, WebhookEndpointId id);
/// An attempt failed at `now`. Result: since when all have, unless it is not ACTIVE. A failure more than `gap` after the one
/// before begins anew: in between nobody has tried.
Result<std::optional<Instant>> note_failure(db::Transaction& tx, WebhookEndpointId id, Instant now, Duration gap);

// The dispatcher's work.

/// Makes the rows of the next (at most `limit`) events behind the mark, due at `now`, and moves the mark. Result: whether
/// there may be more. For whoever changes what an endpoint is to be told of, or must see every delivery.
enum class FanOut { DONE, MORE };
Result<FanOut> fan_out(db::Transaction& tx, Instant now, int limit);

/// One event for one endpoint that has no row.
struct Fresh {
  WebhookEndpointId endpoint;
  std::int64_t event_seq = 0;
  EventId event;
  Uuid aggregate;
  /// MAY_GO: the endpoint is ACTIVE, and no row of the aggregate goes before. MUST_WAIT: it needs a row.
  enum class Way { MAY_GO, MUST_WAIT } way = Way::MUST_WAIT;
  std::string body;
};
struct FreshEvents {
  std::vector<Fresh> deliveries;  ///< In the order of the log.
  std::int64_t read_up_to = 0;    ///< Events up to here were looked at, or are dealt with.
  FanOut rest = FanOut::DONE;
  enum class Endpoints { NONE, SOME } endpoints = Endpoints::SOME;  ///< That are not DISABLED, as far as is known.
};
/// The next (at most `limit`) events behind both `after` and the mark.
Result<FreshEvents> select_fresh(db::Transaction& tx, std::int64_t after, int limit);

/// Endpoints that are ACTIVE.
Result<std::int64_t> count_listeners(db::Transaction& tx);

/// Moves the mark forward to `seq`; never back.
Result<void> move_mark(db::Transaction& tx, std::int64_t seq);

/// A row for an event that had none. `started_at`: its first attempt is under way, and it is leased until `lease_until`;
/// else it is due at `now`, or waits behind a row of its aggregate. DEAD if the endpoint is disabled. Where there is a row
/// already, it is leased if that attempt is the first, or left alone.
Result<void> store_delivery(db::Transaction& tx, WebhookEndpointId endpoint, std::int64_t event_seq,
                            const Uuid& aggregate, std::optional<Instant> started_at, Instant now, Instant lease_until);

/// Nothing for one that was deleted.
Result<std::optional<Receiver>> select_receiver(db::Transaction& tx, WebhookEndpointId id);

/// ACTIVE endpoints that have something due at `now`. The cost grows with the endpoints that have anything pending, not with
/// what is pending.
Result<std::vector<Receiver>> select_receivers(db::Transaction& tx, Instant now);

/// Takes at most `limit` due deliveries of the endpoint, the longest due first, until `lease_until`.
Result<std::vector<Claim>> claim_deliveries(db::Transaction& tx, WebhookEndpointId endpoint, Instant now,
                                            Instant lease_until, int limit);

/// Adds the attempt. The delivery gets `status` and `next_attempt_at`, and if it has ended, the next of its line is due at
/// `now`; unless it is no longer PENDING, or somebody else has recorded an attempt of this number.
Result<void> record_attempt(db::Transaction& tx, std::int64_t delivery, const Attempt& attempt, DeliveryStatus status,
                            std::optional<Instant> next_attempt_at, Instant now);

/// The same for the first attempt of an event that may have no row yet.
Result<void> record_first_attempt(db::Transaction& tx, WebhookEndpointId endpoint, std::int64_t event_seq,
                                  const Uuid& aggregate, const Attempt& attempt, DeliveryStatus status,
                                  std::optional<Instant> next_attempt_at, Instant now);

/// Makes every leased delivery due at `now`: for the start of a process that has the database to itself.
Result<std::int64_t> end_leases(db::Transaction& tx, Instant now);
/// Those of one endpoint.
Result<void> end_leases_of(db::Transaction& tx, WebhookEndpointId endpoint, Instant now);

// Sending again.

/// A delivery of the endpoint that is not in its lists yet, due at `now`.
Result<void> insert_delivery(db::Transaction& tx, WebhookEndpointId endpoint, std::int64_t event_seq,
                             const Uuid& aggregate, Instant now);

/// Makes the delivery due at `now`, unless it is being sent right now. One that waits or has ended leaves its line for
/// those that are sent again, and its schedule begins anew.
Result<void> send_again(db::Transaction& tx, std::int64_t delivery, Instant now);

/// An event that an endpoint may be told of again, with its delivery if there is one.
struct Replay {
  std::int64_t event_seq = 0;
  EventId event;
  Uuid aggregate;
  std::optional<std::int64_t> delivery;
  std::optional<DeliveryStatus> status;
};
/// The application's public events behind `after_seq` of the types that the endpoint listens to, in order.
/// `Which::DEAD`: only those whose delivery is DEAD.
Result<std::vector<Replay>> select_replays(db::Transaction& tx, const Endpoint& endpoint, std::int64_t after_seq,
                                           const ReplayWanted& wanted);
/// Makes the delivery of `replay` (a new one, or one that has ended) PENDING: due at `now`, or behind the one that is sent
/// again of the same aggregate.
Result<void> replay_delivery(db::Transaction& tx, WebhookEndpointId endpoint, const Replay& replay, Instant now);

/// The place of an event in the order of commits; nothing for one that is not the application's.
Result<std::optional<std::int64_t>> select_event_seq(db::Transaction& tx, ApplicationId application, EventId id);

// Lists.
Result<std::optional<Delivery>> select_delivery(db::Transaction& tx, WebhookEndpointId endpoint, EventId event);
/// Newest first, those before `before_seq` (an event's).
Result<std::vector<Delivery>> select_deliveries(db::Transaction& tx, WebhookEndpointId endpoint,
                                                std::int64_t before_seq, const DeliveryFilter& filter);
Result<std::vector<Delivery>> select_deliveries_of_aggregate(db::Transaction& tx, const Uuid& aggregate);
Result<std::vector<Attempt>> select_attempts(db::Transaction& tx, std::int64_t delivery);

}  // namespace qantara::webhooks
