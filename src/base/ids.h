// The kinds of things that have ids. They stand here, below every domain folder, so that an event can name any of them.
#pragma once

#include "base/uuid.h"

namespace qantara {

using ApplicationId = Id<struct ApplicationTag>;
using CustomerId = Id<struct CustomerTag>;
using DestinationId = Id<struct DestinationTag>;
using PaymentSourceId = Id<struct PaymentSourceTag>;
using AccountId = Id<struct AccountTag>;
using BeneficiaryId = Id<struct BeneficiaryTag>;
using IntentId = Id<struct IntentTag>;
using PaymentId = Id<struct PaymentTag>;
using EventId = Id<struct EventTag>;
using LinkSessionId = Id<struct LinkSessionTag>;
using WebhookEndpointId = Id<struct WebhookEndpointTag>;

/// One process, from its start to its end.
using GatewayId = Id<struct GatewayTag>;

}  // namespace qantara
