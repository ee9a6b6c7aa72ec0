// The use cases of webhooks: who is to be told, and what became of it. The sending is the Dispatcher's.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/random.h"
#include "base/result.h"
#include "base/task.h"
#include "db/transaction.h"
#include "events/events.h"
#include "http/client.h"
#include "webhooks/webhook.h"

namespace qantara::webhooks {

class Webhooks {
 public:
  /// `addresses`: where endpoints may lie. `dns` (which outlives this) finds out when one is registered, the HTTP client with
  /// each delivery.
  Webhooks(const Clock& clock, Random& random, const Vault& vault, http::AddressPolicy addresses, http::Dns& dns);

  /// Whether a receiver may lie at `url`, its host name resolved: before the transaction that registers it. A name that
  /// nobody knows yet passes: each delivery looks again.
  /// Errors: INVALID_PARAMETERS (field "url") as for `create_endpoint`, and where every address of the host is forbidden.
  Task<Result<void>> check_receiver(std::string url) const;

  /// A new ACTIVE endpoint. It is told of every public event of its types that the application commits from now on.
  /// Errors: INVALID_PARAMETERS for a `url` that is not one of http or https of at most 2,000 characters or names a forbidden
  /// address outright, a `description` of more than 500 bytes, `types` that are not public event types. A live
  /// application's must be of https at port 443; in a sandbox any port and plain http are right.
  Result<CreatedEndpoint> create_endpoint(db::Transaction& tx, ApplicationId application,
                                          EndpointSettings settings) const;
  /// The same for all types.
  Result<CreatedEndpoint> create_endpoint(db::Transaction& tx, ApplicationId application, std::string_view url) const;

  /// Oldest first; without those that were deleted.
  Result<std::vector<Endpoint>> list_endpoints(db::Transaction& tx, ApplicationId application) const;

  // Of one endpoint of the application. Errors of all: UNKNOWN_WEBHOOK_ENDPOINT.

  Result<Endpoint> get_endpoint(db::Transaction& tx, ApplicationId application, WebhookEndpointId id) const;

  /// What was committed before is still told by the old settings. Errors: as for `create_endpoint`.
  Result<Endpoint> update_endpoint(db::Transaction& tx, ApplicationId application, WebhookEndpointId id,
                                   const EndpointChange& change) const;

  /// ACTIVE → PAUSED and back. What happened meanwhile is delivered after the pause, in order. A DISABLED one is resumed too,
  /// but is told of what happens from then on only (`replay` tells the rest). A repeat is a success.
  /// Errors: ILLEGAL_TRANSITION for pausing a DISABLED one.
  Result<Endpoint> pause_endpoint(db::Transaction& tx, ApplicationId application, WebhookEndpointId id) const;
  Result<Endpoint> resume_endpoint(db::Transaction& tx, ApplicationId application, WebhookEndpointId id) const;

  /// Nobody finds the endpoint any more. What it was still to be told is DEAD.
  Result<void> delete_endpoint(db::Transaction& tx, ApplicationId application, WebhookEndpointId id) const;
  /// The same for operators, whosever it is.
  Result<void> remove_endpoint(db::Transaction& tx, WebhookEndpointId id) const;

  /// A new secret. For `overlap` (0 to 7 days) deliveries are signed with the old one too; an even older one ends at once.
  /// Errors: INVALID_PARAMETERS (field "overlap").
  Result<RotatedSecret> rotate_secret(db::Transaction& tx, ApplicationId application, WebhookEndpointId id,
                                      Duration overlap) const;

  /// Tells the endpoint, and nobody else, that it was tested. Errors: ILLEGAL_TRANSITION for a DISABLED one.
  Result<Delivery> send_test(db::Transaction& tx, ApplicationId application, WebhookEndpointId id) const;

  /// Newest first. Errors: INVALID_PARAMETERS (field "after") for what is no event of the application.
  Result<std::vector<Delivery>> list_deliveries(db::Transaction& tx, ApplicationId application, WebhookEndpointId id,
                                                const DeliveryFilter& filter) const;

  /// Errors: UNKNOWN_EVENT for an event that the endpoint was never to be told of.
  Result<Delivery> get_delivery(db::Transaction& tx, ApplicationId application, WebhookEndpointId id,
                                EventId event) const;

  /// Sends the event once more, the same bytes with the same id, as soon as possible and by a schedule of its own: before,
  /// after or while others of its aggregate are sent. Nothing happens for one that is being sent right now.
  /// Errors: UNKNOWN_EVENT as for `get_delivery`; ILLEGAL_TRANSITION for a DISABLED endpoint.
  Result<Delivery> resend(db::Transaction& tx, ApplicationId application, WebhookEndpointId id, EventId event) const;

  /// Sends many events once more, and those that the endpoint was never told of: in order for each aggregate, and delaying
  /// nothing new. Those that are still to be told anyway are left alone.
  /// Errors: INVALID_PARAMETERS (field "after") for what is no event of the application; ILLEGAL_TRANSITION as for `resend`.
  Result<Replayed> replay(db::Transaction& tx, ApplicationId application, WebhookEndpointId id,
                          const ReplayWanted& wanted) const;

  // For operators.

  /// Nothing for an unknown id, or one that was deleted.
  Result<std::optional<Endpoint>> find_endpoint(db::Transaction& tx, WebhookEndpointId id) const;
  /// Newest first, those before `before_seq` (an event's), at most `limit`.
  Result<std::vector<Delivery>> deliveries_of_endpoint(db::Transaction& tx, WebhookEndpointId id,
                                                       std::int64_t before_seq, int limit) const;
  /// All deliveries of the aggregate's events, by event and endpoint: what `explain` tells of.
  Result<std::vector<Delivery>> deliveries_of_aggregate(db::Transaction& tx, const Uuid& aggregate) const;
  /// In order.
  Result<std::vector<Attempt>> attempts(db::Transaction& tx, std::int64_t delivery) const;

 private:
  /// One that may be sent to. Errors: UNKNOWN_WEBHOOK_ENDPOINT, ILLEGAL_TRANSITION.
  Result<Endpoint> get_enabled(db::Transaction& tx, ApplicationId application, WebhookEndpointId id) const;

  const Clock& clock_;
  Random& random_;
  const Vault& vault_;
  const http::AddressPolicy addresses_;
  http::Dns& dns_;
  const events::Events events_{clock_, random_};
};

}  // namespace qantara::webhooks
