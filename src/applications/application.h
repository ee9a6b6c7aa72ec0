// An application: the tenant. A merchant's integration, with its credentials and what it may be framed by.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/secret.h"

namespace qantara::applications {

/// `sandbox` and `live` are separate tenants; the app token alone opens the API in sandbox only.
enum class Mode { SANDBOX, LIVE };
std::string_view to_text(Mode mode);

struct Application {
  ApplicationId id;  ///< Also its app token and client id: a name, not a key.
  std::string name;
  Mode mode = Mode::SANDBOX;
  std::optional<DestinationId> default_destination;
  Instant created_at;
};

struct NewApplication {
  std::string name;
  Mode mode = Mode::SANDBOX;
  std::vector<std::string> origins;  ///< "https://shop.example": who may frame the hosted pages.
};

struct CreatedApplication {
  Application application;
  Secret client_secret;  ///< Shown this once; only its digest is stored.
};

}  // namespace qantara::applications
