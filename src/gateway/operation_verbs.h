// The verbs that work on a data folder from outside, whether a gateway has it or not.
#pragma once

#include "cli/verbs.h"

namespace qantara::gateway {

/// Adds `backup`, `restore`, `doctor`, `activate` and `deactivate`, as cli::add_client_verbs adds its own.
void add_operation_verbs(CLI::App& program, cli::Verb& chosen);

}  // namespace qantara::gateway
