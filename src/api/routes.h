// Every route of the public API and the link API, as rows.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "api/handlers.h"
#include "applications/scope.h"
#include "http/message.h"

namespace qantara::api {

/// For applications: the credential is checked before anything else is looked at, and that it has the route's scope.
/// What a POST comes to: effect and answer as one write, so that a repetition of the request has the same answer and no effect.
using WriteHandler = Task<Result<Write>> (*)(const http::Request&, const Caller&, const Services&);
/// What may be repeated as it is: reads, and writes whose repetition changes nothing.
using ApplicationHandler = Task<HandlerResult> (*)(const http::Request&, const Caller&, const Services&);
/// For everybody: health, and the hosted flow, which has tokens of its own.
using PublicHandler = Task<HandlerResult> (*)(const http::Request&, const Services&);

using RouteHandler = std::variant<WriteHandler, ApplicationHandler, PublicHandler>;

struct RouteRow {
  http::Method method;
  std::string_view pattern;
  RouteHandler handler;
  std::optional<applications::Scope> scope;  ///< What the credential must open; nothing for everybody's routes.
};

std::span<const RouteRow> routes();

}  // namespace qantara::api
