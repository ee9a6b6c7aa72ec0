#include <openssl/err.h>
#include <openssl/ssl.h>

#include <atomic>
#include <ctime>
#include <string>
#include <utility>

#include "base/check.h"
#include "http/tls.h"

namespace qantara::http {
namespace {

namespace ssl = boost::asio::ssl;

std::uint64_t next_number() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

Error refused(const char* field, const std::filesystem::path& file, const char* what) {
  auto refusal =
      field_error(ErrorCode::INVALID_PARAMETERS, field, std::string{field} + " " + file.string() + " " + what);
  const auto code = ERR_peek_last_error();
  const char* const words = ERR_reason_error_string(code);
  if (words != nullptr) refusal.cause = words;
  ERR_clear_error();
  return refusal;
}

/// A key with a password cannot be opened: nobody is there to be asked for it.
int refuse_password(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*data*/) { return -1; }

Result<void> read_certificate(SSL_CTX* context, const TlsFiles& files) {
  if (files.certificate.empty() && files.key.empty()) return {};
  if (files.certificate.empty()) {
    return field_error(ErrorCode::INVALID_PARAMETERS, "certificate", "certificate must be given where key is");
  }
  if (files.key.empty()) {
    return field_error(ErrorCode::INVALID_PARAMETERS, "key", "key must be given where certificate is");
  }
  if (SSL_CTX_use_certificate_chain_file(context, files.certificate.c_str()) != 1) {
    return refused("certificate", files.certificate, "must be a readable file of certificates in PEM");
  }
  SSL_CTX_set_default_passwd_cb(context, refuse_password);
  if (SSL_CTX_use_PrivateKey_file(context, files.key.c_str(), SSL_FILETYPE_PEM) != 1) {
    const bool is_another = ERR_GET_LIB(ERR_peek_last_error()) == ERR_LIB_X509;
    return refused("key", files.key,
                   is_another ? "must be the key of the certificate"
                              : "must be a readable file of a private key in PEM, without a password");
  }
  if (SSL_CTX_check_private_key(context) != 1) return refused("key", files.key, "must be the key of the certificate");
  return {};
}

Result<void> read_authority(SSL_CTX* context, const std::filesystem::path& authority) {
  if (authority.empty()) return {};
  if (SSL_CTX_load_verify_file(context, authority.c_str()) != 1) {
    return refused("authority", authority, "must be a readable file of certificates in PEM");
  }
  return {};
}

std::optional<Instant> end_of(const X509* certificate) {
  std::tm end{};
  if (certificate == nullptr || ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) != 1) return std::nullopt;
  return Instant{std::chrono::seconds{::timegm(&end)}};
}

}  // namespace

TlsIdentity::TlsIdentity(std::unique_ptr<State> state) : state_(std::move(state)) {}
TlsIdentity::~TlsIdentity() = default;

std::optional<Instant> TlsIdentity::expires_at() const { return state_->expires_at; }
std::uint64_t TlsIdentity::number() const { return state_->number; }

Result<std::shared_ptr<const TlsIdentity>> TlsIdentity::load(const TlsFiles& files) {
  auto state = std::make_unique<State>(files.authority.empty() ? make_client_context(Authorities::OF_THE_SYSTEM)
                                                               : make_client_context(Authorities::NONE));
  SSL_CTX* const context = state->context.native_handle();
  ERR_clear_error();
  RETURN_IF_ERROR(read_certificate(context, files));
  RETURN_IF_ERROR(read_authority(context, files.authority));
  state->expires_at = end_of(SSL_CTX_get0_certificate(context));
  state->number = next_number();
  return std::shared_ptr<const TlsIdentity>{new TlsIdentity{std::move(state)}};
}

}  // namespace qantara::http
