// What an X.509 certificate says of itself.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace qantara {

struct CertificateFacts {
  std::string fingerprint;  ///< Lower-case hex SHA-256 of its DER, as http::Request::client_certificate has it.
  std::string subject;      ///< "CN=shop.example,O=Shop" (RFC 2253), at most 200 bytes of it.
  Instant expires_at;       ///< notAfter.
};

/// Reads the one certificate in a PEM text. Who issued it is nobody's business here: it is known by its fingerprint.
/// Errors: INVALID_PARAMETERS (field "certificate") for text without one, with several, or with a private key.
Result<CertificateFacts> read_certificate(std::string_view pem);

}  // namespace qantara
