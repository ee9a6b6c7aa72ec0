// The connector for banks that speak Berlin Group NextGenPSD2 XS2A 1.3, with credentials and codes typed here (embedded) or
// approval in the bank's app (decoupled), and our beneficiaries extension (README.md).
#pragma once

#include <memory>

#include "banking/bank.h"
#include "banking/connector.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "http/client.h"

namespace qantara::connectors::berlin_group {

/// `bank` is copied; the others must outlive the connector. `clock` dates consents and cool-offs the bank gives no end for.
/// Safe to call from several threads, as far as `client` and `random` are.
/// Errors: INVALID_PARAMETERS for a base_url that cannot be one.
Result<std::unique_ptr<banking::BankConnector>> make(const banking::Bank& bank, http::Client& client, Random& random,
                                                     const Clock& clock);

}  // namespace qantara::connectors::berlin_group
