// The use cases of webhooks: who is to be told, and what became of it. The sending is the Dispatcher's.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/random.h"
#include "base/result.h"
#include "db/transaction.h"
#include "http/client.h"
#include "webhooks/webhook.h"

namespace qantara::webhooks {

class Webhooks {
 public:
  /// `addresses`: where endpoints may lie. A URL that names a forbidden address outright is refused when it is
  /// registered; a host name is looked at with each delivery, after it was resolved.
  Webhooks(const Clock& clock, Random& random, const Vault& vault, http::AddressPolicy addresses);

  /// A new ACTIVE endpoint. It is told of every public event that the application commits from now on.
  /// Errors: INVALID_PARAMETERS (field "url") for what is not an http or https URL of at most 2,000 characters, or names
  /// a forbidden address. Any port and plain http are right: sandbox is the only mode there is.
  Result<CreatedEndpoint> create_endpoint(db::Transaction& tx, ApplicationId application, std::string_view url) const;

  /// Nothing for an unknown id.
  Result<std::optional<Endpoint>> find_endpoint(db::Transaction& tx, WebhookEndpointId id) const;
  /// Oldest first, those included that are DISABLED.
  Result<std::vector<Endpoint>> list_endpoints(db::Transaction& tx, ApplicationId application) const;

  /// ACTIVE → PAUSED and back. What happened meanwhile is delivered after the pause, in order. A repeat is a success.
  /// Errors: UNKNOWN_WEBHOOK_ENDPOINT; ILLEGAL_TRANSITION for a DISABLED one.
  Result<void> pause_endpoint(db::Transaction& tx, WebhookEndpointId id) const;
  Result<void> resume_endpoint(db::Transaction& tx, WebhookEndpointId id) const;

  /// The endpoint is DISABLED for good. What it was still to be told is DEAD, and stays listed with its attempts.
  /// Errors: UNKNOWN_WEBHOOK_ENDPOINT.
  Result<void> remove_endpoint(db::Transaction& tx, WebhookEndpointId id) const;

  /// A new secret. For `overlap` (0 to 7 days) deliveries are signed with the old one too; an even older one ends at once.
  /// Errors: UNKNOWN_WEBHOOK_ENDPOINT; INVALID_PARAMETERS (field "overlap").
  Result<Secret> rotate_secret(db::Transaction& tx, WebhookEndpointId id, Duration overlap) const;

  /// Newest first, those before `before_seq` (an event's), at most `limit`.
  Result<std::vector<Delivery>> deliveries_of_endpoint(db::Transaction& tx, WebhookEndpointId id,
                                                       std::int64_t before_seq, int limit) const;
  /// All deliveries of the aggregate's events, by event and endpoint: what `explain` tells of.
  Result<std::vector<Delivery>> deliveries_of_aggregate(db::Transaction& tx, const Uuid& aggregate) const;
  /// In order.
  Result<std::vector<Attempt>> attempts(db::Transaction& tx, std::int64_t delivery) const;

 private:
  const Clock& clock_;
  Random& random_;
  const Vault& vault_;
  http::AddressPolicy addresses_;
};

}  // namespace qantara::webhooks
