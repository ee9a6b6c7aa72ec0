// How secrets are written that people paste into configurations: a prefix that scanners find, randomness, a checksum.
#pragma once

#include <string_view>

#include "applications/application.h"
#include "base/random.h"
#include "base/secret.h"

namespace qantara::applications {

inline constexpr std::string_view kClientSecretPrefix = "qs_";
/// "qk_test_" or "qk_live_".
std::string_view secret_key_prefix(Mode mode);

/// `prefix`, 160 random bits and a CRC-32 of all that, both in lower-case hex: 48 characters after the prefix. So many bits need
/// no slow hash: SHA-256 keeps them.
Secret make_secret(std::string_view prefix, Random& random);

/// Whether `text` is of this form, so that a mistyped one is known without a look at what is stored.
bool is_secret_key(std::string_view text);

}  // namespace qantara::applications
