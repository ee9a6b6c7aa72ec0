#include "http/tls_files.h"

#include <openssl/err.h>

#include <ctime>
#include <string>

namespace qantara::http {
namespace {

/// A key with a password cannot be opened: nobody is there to be asked for it.
int refuse_password(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*data*/) { return -1; }

}  // namespace

Error refused_file(NamedFile file, const char* what) {
  auto refusal = field_error(ErrorCode::INVALID_PARAMETERS, file.name,
                             std::string{file.name} + " " + file.path.string() + " " + what);
  const char* const words = ERR_reason_error_string(ERR_peek_last_error());
  if (words != nullptr) refusal.cause = words;
  ERR_clear_error();
  return refusal;
}

Result<void> use_certificate(SSL_CTX* context, NamedFile certificate, NamedFile key) {
  ERR_clear_error();
  if (SSL_CTX_use_certificate_chain_file(context, certificate.path.c_str()) != 1) {
    return refused_file(certificate, "must be a readable file of certificates in PEM");
  }
  SSL_CTX_set_default_passwd_cb(context, refuse_password);
  if (SSL_CTX_use_PrivateKey_file(context, key.path.c_str(), SSL_FILETYPE_PEM) != 1) {
    const bool is_another = ERR_GET_LIB(ERR_peek_last_error()) == ERR_LIB_X509;
    return refused_file(key, is_another ? "must be the key of the certificate"
                                        : "must be a readable file of a private key in PEM, without a password");
  }
  if (SSL_CTX_check_private_key(context) != 1) return refused_file(key, "must be the key of the certificate");
  return {};
}

Result<void> use_authorities(SSL_CTX* context, NamedFile authorities) {
  ERR_clear_error();
  if (SSL_CTX_load_verify_file(context, authorities.path.c_str()) == 1) return {};
  return refused_file(authorities, "must be a readable file of certificates in PEM");
}

std::optional<Instant> instant_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return std::nullopt;
  return Instant{std::chrono::seconds{::timegm(&parts)}};
}

}  // namespace qantara::http
