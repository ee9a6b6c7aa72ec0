// Endpoints, deliveries and attempts: a receiver, one event to one receiver, and one HTTP try.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/secret.h"

namespace qantara::webhooks {

/// PAUSED collects deliveries and sends none. DISABLED gets no more; after `resume_endpoint` it is told of what happens from
/// then on.
enum class EndpointStatus { ACTIVE, PAUSED, DISABLED };
std::string_view to_text(EndpointStatus status);

/// GONE: it answered 410. FAILING: nothing it answered in five days was a success.
enum class DisabledReason { GONE, FAILING };
std::string_view to_text(DisabledReason reason);

/// What its owner decides about an endpoint.
struct EndpointSettings {
  std::string url;
  std::optional<std::string> description;  ///< For people.
  std::vector<std::string> types;          ///< Names of the public event types that it is told of; all if empty.
};

/// A change of some of them; what is absent stays as it is.
struct EndpointChange {
  std::optional<std::string> url;
  std::optional<std::optional<std::string>> description;
  std::optional<std::vector<std::string>> types;
};

struct Endpoint {
  WebhookEndpointId id;
  ApplicationId application;
  std::string url;
  std::optional<std::string> description;
  std::vector<std::string> types;  ///< In the order of the alphabet; empty for all.
  EndpointStatus status = EndpointStatus::ACTIVE;
  std::optional<DisabledReason> disabled_reason;
  std::optional<Instant> failing_since;  ///< Since when every attempt has failed; nothing if the latest did not.
  Instant created_at;
};

struct CreatedEndpoint {
  Endpoint endpoint;
  Secret secret;  ///< For the receiver, to check signatures with. Shown this once.
};

struct RotatedSecret {
  Secret secret;                ///< The new one. Shown this once.
  Instant previous_expires_at;  ///< Until then deliveries are signed with both.
};

/// PENDING until an answer 2xx (DELIVERED), or until the schedule has ended or the endpoint was disabled (DEAD).
enum class DeliveryStatus { PENDING, DELIVERED, DEAD };
std::string_view to_text(DeliveryStatus status);

struct Delivery {
  std::int64_t id = 0;
  WebhookEndpointId endpoint;
  std::int64_t event_seq = 0;
  EventId event;
  std::string event_type;
  DeliveryStatus status = DeliveryStatus::PENDING;
  int attempts = 0;
  std::optional<Instant> first_attempt_at;
  /// When it is due, or its lease ends if it is being sent right now. Nothing for one that waits behind an earlier event
  /// of its aggregate, or has ended.
  std::optional<Instant> next_attempt_at;
};

struct Attempt {
  int number = 0;  ///< From 1.
  Instant started_at;
  std::optional<int> status;           ///< Of the answer; nothing if there was none.
  std::optional<std::string> failure;  ///< Why there was none: "TIMED_OUT: …".
  Duration elapsed{};
  std::string answer;  ///< The first kilobyte of the answer's body: bytes of the receiver's choice. For operators only.
};

/// Which deliveries of an endpoint are listed.
struct DeliveryFilter {
  std::optional<DeliveryStatus> status;
  std::optional<std::string> type;
  std::optional<EventId> after;  ///< Goes on behind this one, the last of the list before.
  int limit = 50;
};

/// Which of the application's events an endpoint is told of again.
struct ReplayWanted {
  std::optional<EventId> after;                       ///< Those that were committed after this one,
  std::optional<Instant> since;                       ///< those that happened then or later; without either, all.
  enum class Which { ALL, DEAD } which = Which::ALL;  ///< DEAD: only those whose delivery was given up.
  int limit = 1000;
};

struct Replayed {
  int count = 0;                ///< Deliveries that are due anew.
  std::optional<EventId> last;  ///< The last event that was looked at: go on after it. Nothing if there was none.
  enum class Rest { NONE, MORE } rest = Rest::NONE;
};

}  // namespace qantara::webhooks
