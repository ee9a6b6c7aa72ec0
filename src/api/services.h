// What the handlers work with. Everything outlives the API.
#pragma once

#include <optional>
#include <string>

#include "applications/applications.h"
#include "applications/scope.h"
#include "banking/banks.h"
#include "customers/customers.h"
#include "db/database.h"
#include "destinations/destinations.h"
#include "events/events.h"
#include "link/link_flow.h"
#include "payment_intents/payment_intents.h"
#include "payment_sources/payment_sources.h"
#include "payments/payments.h"
#include "webhooks/webhooks.h"

namespace qantara::api {

struct Services {
  db::Database& database;
  const Clock& clock;
  const Clock& real_clock;
  Random& random;
  const applications::Applications& applications;
  const customers::Customers& customers;
  const destinations::Destinations& destinations;
  const payment_intents::PaymentIntents& intents;
  const payment_sources::PaymentSources& sources;
  const payments::Payments& payments;
  const link::LinkFlow& link;
  const webhooks::Webhooks& webhooks;
  const events::Events& events;
  const banking::Banks& banks;
};

/// Who asks: an application that has proved itself, and how far its credential goes.
struct Caller {
  ApplicationId application;
  applications::Mode mode = applications::Mode::SANDBOX;
  applications::ScopeSet scopes;
  /// Of a customer's token: other customers do not exist for it. Paths are seen to (api.cpp); what a query or a list names is
  /// the handler's business.
  std::optional<CustomerId> customer;

  /// Whether what belongs to `owner` (nothing: to the application itself) exists for this caller.
  bool may_see(std::optional<CustomerId> owner) const { return !customer || !owner || owner == customer; }
};

}  // namespace qantara::api
