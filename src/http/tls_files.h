// Certificates and keys out of files, with words for what is wrong with them. Internal to http/.
#pragma once

#include <openssl/ssl.h>

#include <filesystem>
#include <optional>

#include "base/clock.h"
#include "base/result.h"

namespace qantara::http {

/// A file, and the name of the setting that says which.
struct NamedFile {
  const char* name;
  const std::filesystem::path& path;
};

/// Shows the certificate of `certificate` (PEM, those that lead to an authority behind it), whose key is in `key` (PEM,
/// without a password). Errors: INVALID_PARAMETERS on the setting whose file is wrong.
Result<void> use_certificate(SSL_CTX* context, NamedFile certificate, NamedFile key);

/// Trusts the authorities in `authorities` (PEM) besides those already trusted. Errors: INVALID_PARAMETERS on the setting.
Result<void> use_authorities(SSL_CTX* context, NamedFile authorities);

/// INVALID_PARAMETERS on the setting: "name path what", with what OpenSSL said last as the cause.
Error refused_file(NamedFile file, const char* what);

std::optional<Instant> instant_of(const ASN1_TIME* time);  ///< Nothing for null, and for a time that is none.

}  // namespace qantara::http
