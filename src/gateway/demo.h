// The scripted payment: what a merchant's backend and a payer do, through the real HTTP interfaces.
#pragma once

#include <filesystem>
#include <string>

#include "base/task.h"
#include "cli/context.h"

namespace qantara::gateway {

struct DemoWorld {
  std::string url;
  std::string bank_url;
  std::filesystem::path data;
  std::string app_token;
};

/// Destination, customer, bank connected, pay refused during the cool-off, clock advanced, intent paid, ledger looked at; each
/// printed with what came back. Result: 0 if everything was as it should be.
Task<int> run_demo(cli::Context& context, DemoWorld world);

}  // namespace qantara::gateway
