// The SQL of webhooks. What is due is told by `webhook_deliveries.next_attempt_at` alone:
// - the first PENDING row of an (endpoint, aggregate) line has one, the rows behind it have none until it is gone;
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
  std::string url;
  SealedSecrets secrets;
};

/// A delivery that is ours until its lease ends.
struct Claim {
  std::int64_t delivery = 0;
  int attempts = 0;  ///< Made before this one.
  Instant first_attempt_at;
  EventId event;
  std::string body;
};

// Endpoints.
Result<void> insert_endpoint(db::Transaction& tx, const Endpoint& endpoint, std::string_view secret_sealed);
Result<std::optional<Endpoint>> select_endpoint(db::Transaction& tx, WebhookEndpointId id);
Result<std::vector<Endpoint>> select_endpoints(db::Transaction& tx, ApplicationId application);
Result<void> update_endpoint_status(db::Transaction& tx, WebhookEndpointId id, EndpointStatus status);
Result<std::optional<SealedSecrets>> select_secrets(db::Transaction& tx, WebhookEndpointId id);
Result<void> update_secrets(db::Transaction& tx, WebhookEndpointId id, const SealedSecrets& secrets);
/// DISABLED, and its PENDING deliveries DEAD.
Result<void> disable_endpoint(db::Transaction& tx, WebhookEndpointId id);

// The dispatcher's work.

/// Makes the deliveries of the next (at most `limit`) events, due at `now`. Result: whether there may be more.
enum class FanOut { DONE, MORE };
Result<FanOut> fan_out(db::Transaction& tx, Instant now, int limit);

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

/// Makes every leased delivery due at `now`: for the start of a process that has the database to itself.
Result<std::int64_t> end_leases(db::Transaction& tx, Instant now);

// Lists.
Result<std::vector<Delivery>> select_deliveries_of_endpoint(db::Transaction& tx, WebhookEndpointId endpoint,
                                                            std::int64_t before_seq, int limit);
Result<std::vector<Delivery>> select_deliveries_of_aggregate(db::Transaction& tx, const Uuid& aggregate);
Result<std::vector<Attempt>> select_attempts(db::Transaction& tx, std::int64_t delivery);

}  // namespace qantara::webhooks
