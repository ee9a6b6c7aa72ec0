// The banks of the sandbox, as the gateway's registry has them.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "banking/bank.h"

namespace qantara::gateway {

/// One bank that behaves, its sister in Saudi Arabia, and one per behaviour; all served by the sandbox bank at `url`
/// (docs/reference/sandbox-bank.md).
std::vector<banking::Bank> sandbox_banks(const std::string& url, std::chrono::milliseconds call_timeout);

}  // namespace qantara::gateway
