// The client's and the operator's verbs of the command line: their flags, their help, and how they are run.
#pragma once

#include <functional>
#include <optional>
#include <ostream>

namespace CLI {
class App;
}

namespace qantara::cli {

/// A verb that was asked for: runs it to its end and returns the exit code.
using Verb = std::function<int()>;

/// Adds `app`, `bank`, `destination`, `clock`, `listen`, `sandbox` and `explain` to the program. Parsing a command line that names
/// one of them sets `chosen`, which must outlive `program`.
void add_client_verbs(CLI::App& program, Verb& chosen);

/// Parses a command line. Nothing if it is right; else the exit code, after help (asked for: on `out`) or what is wrong and
/// what to type instead (on `err`).
std::optional<int> parse(CLI::App& program, int argc, const char* const* argv, std::ostream& out, std::ostream& err);

}  // namespace qantara::cli
