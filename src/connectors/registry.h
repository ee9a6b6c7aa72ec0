// The standards we speak: a bank's `standard` names its connector.
#pragma once

#include <memory>

#include "banking/bank.h"
#include "banking/connector.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "http/client.h"

namespace qantara::connectors {

/// The connector for one configured bank. `bank` is copied; the others must outlive the connector.
/// Errors: INVALID_PARAMETERS for a standard nobody here speaks, and for settings that standard cannot work with.
Result<std::unique_ptr<banking::BankConnector>> make_connector(const banking::Bank& bank, http::Client& client,
                                                               Random& random, const Clock& clock);

}  // namespace qantara::connectors
