// Origins: whose pages may frame the hosted flow.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "applications/application.h"

namespace qantara::applications {

/// The origin of http or https that `text` spells, as browsers write it (RFC 6454, section 6.2): scheme and host in lower
/// case, no port where it is the scheme's usual one. "https://Shop.example:443" → "https://shop.example".
/// Nothing for all else (a path, a query, user info, a wildcard, "null"), nor for an IPv6 address, which the header that
/// allows framing has no way to name. The result is made of letters, digits and ":/.-_" only.
std::optional<std::string> parse_origin(std::string_view text);

/// "localhost", 127.0.0.0/8 in four decimal numbers, "::1": what never leaves the machine. `host` as http::Url has it.
bool is_loopback_host(std::string_view host);

/// Whether pages of `origin` may frame the hosted flow of an application with these `registered` origins. It has to be one
/// of them, exactly. While none is registered, pages of this machine may (localhost, 127.0.0.0/8), in a sandbox only.
/// All origins as parse_origin gives them.
bool may_frame(std::string_view origin, Mode mode, std::span<const std::string> registered);

}  // namespace qantara::applications
