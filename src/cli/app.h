// `qantara app …` and `qantara destination …`: what an operator sets up.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/task.h"
#include "cli/context.h"

namespace qantara::cli {

struct AppCreateOptions {
  std::filesystem::path data;
  std::string name;
  std::string mode = "sandbox";
  std::string webhook_url;  ///< Empty: none yet.
  std::vector<std::string> origins;
};
/// Makes an application and prints its credentials, which nobody can see again.
Task<int> app_create(Context& context, AppCreateOptions options);

struct AppListOptions {
  std::filesystem::path data;
};
Task<int> app_list(Context& context, AppListOptions options);

struct DestinationDefaultOptions {
  std::filesystem::path data;
  std::string id;
};
/// Makes a destination the one that is paid where no other is named.
Task<int> destination_default(Context& context, DestinationDefaultOptions options);

}  // namespace qantara::cli
