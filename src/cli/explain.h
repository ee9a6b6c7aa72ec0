// `qantara explain ID`: the ordered story of an intent, a payment or a payment source.
#pragma once

#include <filesystem>
#include <string>

#include "base/task.h"
#include "cli/context.h"
#include "json/json.h"

namespace qantara::cli {

struct ExplainOptions {
  std::filesystem::path data;
  std::string id;  ///< Whole, or any ending of it that is unique.
};
Task<int> explain(Context& context, ExplainOptions options);

/// Prints the admin API's answer: what it is and how it stands, why, what comes next, then fact after fact.
void print_story(Terminal& out, const json::Value& story);

}  // namespace qantara::cli
