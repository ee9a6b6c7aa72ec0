#include "http/server_tls.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/stat.h>

#include <utility>

#include "base/check.h"
#include "base/text.h"
#include "http/tls_files.h"

namespace qantara::http {
namespace {

// Of TLS 1.2, what TLS 1.3 is like: ephemeral keys and authenticated encryption.
constexpr const char* kCiphers12 =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

// With the key exchange that a quantum computer would not break, where OpenSSL knows it (3.5).
constexpr const char* kGroups = "X25519MLKEM768:X25519:P-256:P-384";
constexpr const char* kGroupsBefore35 = "X25519:P-256:P-384";

constexpr long kTicketSeconds = 4 * 60 * 60;
constexpr long kClientChainBytes = 32 * 1024;  // Some four certificates of the largest kind.
constexpr unsigned kForeignMode = 037;         // The key's group may read it, nobody else may do anything.

constexpr unsigned char kHttp11[] = "\x08http/1.1";

int choose_protocol(SSL* /*ssl*/, const unsigned char** chosen, unsigned char* chosen_size,
                    const unsigned char* offered, unsigned offered_size, void* /*data*/) {
  const int found = SSL_select_next_proto(const_cast<unsigned char**>(chosen), chosen_size, kHttp11,
                                          sizeof(kHttp11) - 1, offered, offered_size);
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

int take_any_certificate(X509_STORE_CTX* /*chain*/, void* /*data*/) { return 1; }

/// `name`: the std::string that clients must come to to be asked.
int ask_by_name(SSL* ssl, int* /*alert*/, void* name) {
  const char* const wanted = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  if (wanted != nullptr && equals_ignoring_case(wanted, *static_cast<const std::string*>(name))) {
    SSL_set_verify(ssl, SSL_VERIFY_PEER, nullptr);
  }
  return SSL_TLSEXT_ERR_OK;
}

std::shared_ptr<SSL_CTX> make_context() {
  std::shared_ptr<SSL_CTX> owned{SSL_CTX_new(TLS_server_method()), SSL_CTX_free};
  SSL_CTX* const context = owned.get();
  CHECK(context != nullptr);
  SSL_CTX_set_security_level(context, 2);
  CHECK(SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1);
  CHECK(SSL_CTX_set_max_proto_version(context, 0) == 1);
  CHECK(SSL_CTX_set_cipher_list(context, kCiphers12) == 1);
  CHECK(SSL_CTX_set1_groups_list(context, kGroups) == 1 || SSL_CTX_set1_groups_list(context, kGroupsBefore35) == 1);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                   SSL_OP_PRIORITIZE_CHACHA);
  SSL_CTX_set_mode(context,
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(context, 1);  // A record in one call of the kernel, not two.
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);

  // Clients keep their sessions themselves, in tickets; the keys of those go with the context.
  constexpr unsigned char kSessions[] = "qantara";
  CHECK(SSL_CTX_set_session_id_context(context, kSessions, sizeof(kSessions) - 1) == 1);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_timeout(context, kTicketSeconds);
  SSL_CTX_set_max_cert_list(context, kClientChainBytes);
  return owned;
}

Result<void> check_mode(NamedFile key) {
  struct ::stat found{};
  if (::stat(key.path.c_str(), &found) != 0 || (found.st_mode & kForeignMode) == 0) return {};
  return refused_file(key, "can be read or written by others; it must have mode 0600, or 0640");
}

std::string stamp_of(const std::filesystem::path& path) {
  struct ::stat found{};
  if (path.empty() || ::stat(path.c_str(), &found) != 0) return "-";
  return fmt::format("{}:{}:{}:{}.{}", found.st_dev, found.st_ino, found.st_size, found.st_mtim.tv_sec,
                     found.st_mtim.tv_nsec);
}

std::string stamps_of(const ServerTlsOptions& options) {
  return stamp_of(options.certificate) + ' ' + stamp_of(options.key) + ' ' + stamp_of(options.client_authorities);
}

Result<void> ask_for_certificates(SSL_CTX* context, const ServerTlsOptions& options) {
  if (options.client_authorities.empty()) {
    SSL_CTX_set_cert_verify_callback(context, take_any_certificate, nullptr);
  } else {
    const NamedFile authorities{"tls-client-ca", options.client_authorities};
    RETURN_IF_ERROR(use_authorities(context, authorities));
    SSL_CTX_set_client_CA_list(context, SSL_load_client_CA_file(authorities.path.c_str()));
  }
  if (options.client_name.empty()) {
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  } else {
    SSL_CTX_set_tlsext_servername_callback(context, ask_by_name);
    SSL_CTX_set_tlsext_servername_arg(context, const_cast<std::string*>(&options.client_name));
  }
  return {};
}

}  // namespace

struct ServerTls::Loaded {
  std::shared_ptr<SSL_CTX> context;
  Instant expires_at;

  /// `options` outlives it, and every session.
  static Result<std::shared_ptr<const Loaded>> from(const ServerTlsOptions& options, Instant now) {
    const NamedFile certificate{"tls-certificate", options.certificate};
    const NamedFile key{"tls-key", options.key};
    auto context = make_context();
    ERR_clear_error();
    RETURN_IF_ERROR(check_mode(key));
    RETURN_IF_ERROR(use_certificate(context.get(), certificate, key));
    const X509* const x509 = SSL_CTX_get0_certificate(context.get());
    const auto begins_at = instant_of(X509_get0_notBefore(x509));
    const auto ends_at = instant_of(X509_get0_notAfter(x509));
    if (!begins_at || *begins_at > now) return refused_file(certificate, "holds a certificate that is not valid yet");
    if (!ends_at || *ends_at <= now) {
      const auto end = ends_at ? "expired at " + qantara::to_text(*ends_at) : std::string{"has no end"};
      return refused_file(certificate, ("holds a certificate that " + end).c_str());
    }
    RETURN_IF_ERROR(ask_for_certificates(context.get(), options));
    return std::make_shared<const Loaded>(std::move(context), *ends_at);
  }
};

ServerTls::ServerTls(ServerTlsOptions options) : options_(std::move(options)) {}
ServerTls::~ServerTls() = default;

Result<std::shared_ptr<ServerTls>> ServerTls::load(ServerTlsOptions options, Instant now) {
  auto tls = std::shared_ptr<ServerTls>{new ServerTls{std::move(options)}};
  RETURN_IF_ERROR(tls->reload(now));
  return tls;
}

Result<void> ServerTls::reload(Instant now) {
  auto stamps = stamps_of(options_);  // Before the files are read: what is written meanwhile counts as changed.
  auto read = Loaded::from(options_, now);
  const std::scoped_lock lock{mutex_};
  stamps_ = std::move(stamps);
  if (!read) return std::move(read).error();
  loaded_ = *std::move(read);
  return {};
}

bool ServerTls::have_files_changed() {
  auto stamps = stamps_of(options_);
  const std::scoped_lock lock{mutex_};
  return std::exchange(stamps_, stamps) != stamps;
}

std::shared_ptr<const ServerTls::Loaded> ServerTls::loaded() const {
  const std::scoped_lock lock{mutex_};
  return loaded_;
}

Instant ServerTls::expires_at() const { return loaded()->expires_at; }

std::shared_ptr<SSL_CTX> ServerTls::context() const { return loaded()->context; }

}  // namespace qantara::http
