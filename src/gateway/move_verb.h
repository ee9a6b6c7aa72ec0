// `qantara migrate`
#pragma once

#include "cli/verbs.h"

namespace qantara::gateway {

/// Adds it, as add_operation_verbs adds its own.
void add_move_verb(CLI::App& program, cli::Verb& chosen);

}  // namespace qantara::gateway
