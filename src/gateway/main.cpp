// The one binary: a verb is chosen, then run.
#include <CLI/CLI.hpp>
#include <iostream>

#include "cli/verbs.h"
#include "gateway/move_verb.h"
#include "gateway/operation_verbs.h"
#include "gateway/server_verbs.h"

int main(int argc, char** argv) {
  CLI::App program{"Qantara: a self-hosted pay-by-bank gateway", "qantara"};
  program.set_version_flag("--version", "qantara " QANTARA_VERSION);
  program.require_subcommand(1);
  qantara::cli::Verb chosen;
  qantara::gateway::add_server_verbs(program, chosen);
  qantara::gateway::add_operation_verbs(program, chosen);
  qantara::gateway::add_move_verb(program, chosen);
  qantara::cli::add_client_verbs(program, chosen);
  if (const auto exit_code = qantara::cli::parse(program, argc, argv, std::cout, std::cerr)) return *exit_code;
  return chosen();
}
