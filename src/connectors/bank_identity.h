// Who we are toward a bank, by the files that its settings name.
#pragma once

#include <memory>

#include "banking/bank.h"
#include "base/result.h"
#include "http/tls_identity.h"

namespace qantara::connectors {

/// Null where the settings name no file. Errors: INVALID_PARAMETERS on the setting (client_certificate, client_key,
/// certificate_authority) whose file cannot be used; a key that others than its owner and group may read is one of them.
Result<std::shared_ptr<const http::TlsIdentity>> identity_of(const banking::Bank& bank);

}  // namespace qantara::connectors
