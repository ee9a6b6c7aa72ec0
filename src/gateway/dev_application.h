// The application that `dev` has: made once, the same at every start.
#pragma once

#include <filesystem>
#include <string>

#include "api/services.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/task.h"

namespace qantara::gateway {

/// Its credentials lie in the data folder (mode 0600), since a sandbox is for showing them again.
struct DevApplication {
  std::string app_token;
  Secret client_secret;
  std::string webhook_url;  ///< Empty: none.
  Secret webhook_secret;
};

/// Reads the application of `data`, or makes it. With `webhook_url` it has an endpoint there: the one it had, or a new one in
/// its place. Endpoints that an earlier run left behind are removed.
/// Errors: STORAGE_FAILED; INVALID_PARAMETERS for the URL.
Task<Result<DevApplication>> open_dev_application(const api::Services& services, std::filesystem::path data,
                                                  std::string webhook_url);

}  // namespace qantara::gateway
