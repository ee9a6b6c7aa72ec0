// The application that `dev` has: made once, the same at every start.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "api/services.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/task.h"

namespace qantara::gateway {

/// Where webhooks go. An empty `url`: none.
struct DevEndpoint {
  std::string url;
  std::string id;
  Secret secret;
};

/// Its credentials lie in the data folder (mode 0600), since a sandbox is for showing them again.
struct DevApplication {
  std::string app_token;
  Secret client_secret;
  DevEndpoint webhook;  ///< Where the user wants them,
  DevEndpoint shop;     ///< and the demo shop's own.
};

/// What an earlier run left in `data`; nothing if there was none. Errors: STORAGE_FAILED for a damaged file.
Result<std::optional<DevApplication>> read_dev_application(const std::filesystem::path& data);

/// Makes what is missing of `known`, so that there are endpoints at `webhook_url` (empty: none) and `shop_url`: those there
/// were, or new ones in their place. Others that `dev` and `listen` left behind
/// are removed; those that the user has made stay.
/// Errors: STORAGE_FAILED; INVALID_PARAMETERS for a URL.
Task<Result<DevApplication>> open_dev_application(const api::Services& services, std::filesystem::path data,
                                                  std::optional<DevApplication> known, std::string webhook_url,
                                                  std::string shop_url);

}  // namespace qantara::gateway
