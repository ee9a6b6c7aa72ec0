// Base64 as URLs take it (RFC 4648, section 5), without padding, as JOSE wants it (RFC 7515, section 2).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace qantara::jose {

std::string to_base64url(std::string_view bytes);
/// Nothing for padding, other characters, a length that cannot be, and bits that a canonical writer would have left zero: one
/// value has one spelling.
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace qantara::jose
