// Signed tokens: JWS in its compact form (RFC 7515), and the claims of JWT (RFC 7519) that say for whom and how long.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "jose/key.h"
#include "json/json.h"

namespace qantara::jose {

inline constexpr std::size_t kTokenBytesMax = 8192;

/// `payload` signed by `key`, a pair: header.payload.signature. The header is `{"alg":"RS256","kid":…,"typ":"JWT"}`.
std::string sign(const Key& key, std::string_view payload);

/// The payload of a token that one of `keys` has signed. There is one way to read a token: at most kTokenBytesMax, three parts
/// in canonical base64url, a header that is a JSON object with `alg` RS256, `kid` the id of one of the keys (it may be absent
/// where there is only one) and perhaps `typ`; whatever else a header says (`jku`, `x5u`, `jwk`, `crit`, …) refuses it.
/// Errors: UNAUTHORIZED, always in the same words, with the reason as its cause, for the log.
Result<std::string> verify(std::string_view token, std::span<const Key> keys);

struct Expected {
  std::string_view issuer;
  std::string_view audience;
  Instant now;  ///< Of the real clock.
};

/// The claims of a token that `verify` takes: `iss` is the issuer, `aud` names the audience, alone or in an array; `exp` lies
/// ahead, `nbf` and `iat` do not; all four times and names must be there (`nbf` may be absent), the times in whole seconds.
/// Errors: UNAUTHORIZED, as above.
Result<json::Value> verify_claims(std::string_view token, std::span<const Key> keys, const Expected& expected);

}  // namespace qantara::jose
