// Where a receiver may lie, as far as its URL tells: looked at when it is registered, and again with each delivery.
#pragma once

#include <string_view>

#include "base/error.h"
#include "base/result.h"
#include "http/client.h"
#include "http/message.h"

namespace qantara::webhooks {

/// The URL, taken apart. A host that is a name passes: what it resolves to is looked at by whoever resolves it.
/// Errors: INVALID_PARAMETERS (field "url") for what is not an http or https URL of at most 2,000 characters, and for a host
/// that names a forbidden address outright, or is an address in a spelling that not everybody reads alike: resolvers take
/// "0x7f.1" and "2130706433" for 127.0.0.1, and "010.0.0.1" for 8.0.0.1. "localhost" and names below it are loopback.
Result<http::Url> check_url(std::string_view url, const http::AddressPolicy& addresses);

/// What a live application may have besides: https, at the usual port. Errors: INVALID_PARAMETERS (field "url").
Result<void> check_live_url(std::string_view url);

/// The refusal of a URL that leads to a forbidden address.
Error forbidden_address();

}  // namespace qantara::webhooks
