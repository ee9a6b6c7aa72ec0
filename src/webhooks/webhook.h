// Endpoints, deliveries and attempts: a receiver, one event to one receiver, and one HTTP try.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/ids.h"
#include "base/secret.h"

namespace qantara::webhooks {

/// PAUSED collects deliveries and sends none; DISABLED gets no more and never comes back.
enum class EndpointStatus { ACTIVE, PAUSED, DISABLED };
std::string_view to_text(EndpointStatus status);

struct Endpoint {
  WebhookEndpointId id;
  ApplicationId application;
  std::string url;
  EndpointStatus status = EndpointStatus::ACTIVE;
  Instant created_at;
};

struct CreatedEndpoint {
  Endpoint endpoint;
  Secret secret;  ///< For the receiver, to check signatures with. Shown this once.
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
  std::string answer;  ///< The first kilobyte of the answer's body: bytes of the receiver's choice.
};

}  // namespace qantara::webhooks
