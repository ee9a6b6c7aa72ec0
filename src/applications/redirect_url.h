// Redirect URLs: where a payer may be sent back to after the hosted flow.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "applications/application.h"

namespace qantara::applications {

/// `text`, letter for letter, if an application of this mode may have it: an absolute URL of https, or in a sandbox also of
/// http on this machine (localhost, 127.0.0.0/8, [::1]); at most 2048 visible ASCII characters, without user info and
/// fragment, and without characters that browsers would write otherwise (quotes, angle brackets, backslash, …).
std::optional<std::string> parse_redirect_url(std::string_view text, Mode mode);

/// Whether a payer may be sent to `url`: it is one of `registered`, letter for letter. While none is registered, a sandbox
/// lets them go back to this machine, and to where the hosted flow may be framed (`origins`); live to nowhere.
bool may_return_to(std::string_view url, Mode mode, std::span<const std::string> registered,
                   std::span<const std::string> origins);

}  // namespace qantara::applications
