// What the handlers work with. Everything outlives the API.
#pragma once

#include <string>

#include "api/caller.h"
#include "applications/access_tokens.h"
#include "applications/applications.h"
#include "applications/credentials.h"
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

class Access;

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
  const applications::Credentials& credentials;
  const applications::AccessTokens& access_tokens;
  Access& access;
  db::Durability durability = db::Durability::FULL;  ///< As the operator has allowed it.
};

}  // namespace qantara::api
