// The configuration file (TOML): its tables are the verbs' flags, and each [[bank]] is a bank.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "banking/bank.h"
#include "base/result.h"

namespace CLI {
class Config;
}

namespace qantara::gateway {

/// Reads the file for CLI11: `[serve] listen = "…"` is `serve --listen …`. The [[bank]] tables go to `banks`, as a JSON array.
/// What is no TOML, and what no flag can be told (times, numbers with a fraction), is a CLI::FileError that says where.
std::shared_ptr<CLI::Config> make_configuration(std::shared_ptr<std::string> banks);

/// The banks of such an array; none for an empty text. Errors: those of read_bank, which say which bank it is.
Result<std::vector<banking::Bank>> configured_banks(std::string_view banks);

}  // namespace qantara::gateway
