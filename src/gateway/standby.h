// How a copy of the live database is served: looked at, and left as it is.
#pragma once

#include <optional>

#include "base/clock.h"
#include "http/message.h"

namespace qantara::gateway {

/// The answer for a request that a copy must not take, or does not: whatever may change something, and whether it is ready.
/// Nothing: answer it as usual.
std::optional<http::Response> answer_as_copy(const http::Request& request, Instant now);

}  // namespace qantara::gateway
