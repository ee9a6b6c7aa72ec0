// `qantara listen`: every webhook as it comes, checked as a merchant's backend would.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "base/task.h"
#include "cli/context.h"

namespace qantara::cli {

/// Where it receives, at a port of its own: an endpoint with this path was left behind if nobody is listening.
inline constexpr std::string_view kListenPath = "/qantara-listen";

struct ListenOptions {
  std::filesystem::path data;
  std::string app_token;                    ///< Empty: the only application of the gateway.
  std::string forward_to;                   ///< URL; empty: nowhere.
  std::function<void()> listening = [] {};  ///< Called once, when the gateway knows the endpoint.
};

/// Registers an endpoint on loopback with the gateway, prints what arrives, and removes the endpoint on Ctrl-C.
/// With `forward_to` each delivery goes on there byte for byte, and the gateway gets the answer that came back (502 if none).
Task<int> listen(Context& context, ListenOptions options);

}  // namespace qantara::cli
