// The verbs that run servers: `serve`, `sandbox-bank` and `dev`.
#pragma once

#include "cli/verbs.h"

namespace qantara::gateway {

/// Adds the three verbs, each with its flags, environment variables and place in the configuration file.
void add_server_verbs(CLI::App& program, cli::Verb& chosen);

}  // namespace qantara::gateway
