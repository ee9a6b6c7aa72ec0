// Every route of the public API and the link API, as rows.
#pragma once

#include <span>
#include <string_view>
#include <variant>

#include "api/handlers.h"
#include "http/message.h"

namespace qantara::api {

/// For applications: `lean-app-token` is checked before anything else is looked at.
using ApplicationHandler = Task<HandlerResult> (*)(const http::Request&, const Caller&, const Services&);
/// For everybody: health, and the hosted flow, which has tokens of its own.
using PublicHandler = Task<HandlerResult> (*)(const http::Request&, const Services&);

using RouteHandler = std::variant<ApplicationHandler, PublicHandler>;

struct RouteRow {
  http::Method method;
  std::string_view pattern;
  RouteHandler handler;
};

std::span<const RouteRow> routes();

}  // namespace qantara::api
