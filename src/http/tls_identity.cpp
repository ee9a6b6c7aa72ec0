#include <openssl/ssl.h>

#include <atomic>
#include <utility>

#include "base/check.h"
#include "http/tls.h"
#include "http/tls_files.h"

namespace qantara::http {
namespace {

namespace ssl = boost::asio::ssl;

std::uint64_t next_number() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

Result<void> read_certificate(SSL_CTX* context, const TlsFiles& files) {
  if (files.certificate.empty() && files.key.empty()) return {};
  if (files.certificate.empty()) {
    return field_error(ErrorCode::INVALID_PARAMETERS, "certificate", "certificate must be given where key is");
  }
  if (files.key.empty()) {
    return field_error(ErrorCode::INVALID_PARAMETERS, "key", "key must be given where certificate is");
  }
  return use_certificate(context, {"certificate", files.certificate}, {"key", files.key});
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
  RETURN_IF_ERROR(read_certificate(context, files));
  if (!files.authority.empty()) RETURN_IF_ERROR(use_authorities(context, {"authority", files.authority}));
  if (const X509* const ours = SSL_CTX_get0_certificate(context))
    state->expires_at = instant_of(X509_get0_notAfter(ours));
  state->number = next_number();
  return std::shared_ptr<const TlsIdentity>{new TlsIdentity{std::move(state)}};
}

}  // namespace qantara::http
