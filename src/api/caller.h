// Who asks.
#pragma once

#include <optional>

#include "applications/application.h"
#include "applications/scope.h"
#include "base/ids.h"

namespace qantara::api {

/// An application that has proved itself, and how far its credential goes.
struct Caller {
  ApplicationId application;
  applications::Mode mode = applications::Mode::SANDBOX;
  applications::ScopeSet scopes;
  /// Of a customer's token: other customers do not exist for it. Paths are seen to (api.cpp); what a query or a list names is
  /// the handler's business.
  std::optional<CustomerId> customer;

  /// Whether what belongs to `owner` (nothing: to the application itself) exists for this caller.
  bool may_see(std::optional<CustomerId> owner) const { return !customer || !owner || owner == customer; }
};

}  // namespace qantara::api
