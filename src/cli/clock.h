// `qantara clock`: the sandbox's virtual time.
#pragma once

#include <filesystem>
#include <string>

#include "base/task.h"
#include "cli/context.h"

namespace qantara::cli {

struct ClockOptions {
  std::filesystem::path data;
  std::string advance_by;  ///< "24h"; empty: only look.
};
/// Shows the clock, after advancing it if asked: gateway and sandbox bank together.
Task<int> clock(Context& context, ClockOptions options);

}  // namespace qantara::cli
