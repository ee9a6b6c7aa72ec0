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

struct AppOriginOptions {
  std::filesystem::path data;
  std::string app_token;  ///< Empty: the only application there is.
  std::string origin;     ///< Of add and remove.
};
/// Each shows the origins whose pages may frame the hosted flow, after what it did.
Task<int> app_origin_add(Context& context, AppOriginOptions options);
Task<int> app_origin_list(Context& context, AppOriginOptions options);
Task<int> app_origin_remove(Context& context, AppOriginOptions options);

struct DestinationDefaultOptions {
  std::filesystem::path data;
  std::string id;
};
/// Makes a destination the one that is paid where no other is named.
Task<int> destination_default(Context& context, DestinationDefaultOptions options);

}  // namespace qantara::cli
