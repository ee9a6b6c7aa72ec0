#include "http/tls.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <boost/asio/ip/address.hpp>

#include "base/check.h"

namespace qantara::http {
namespace {

namespace ssl = boost::asio::ssl;

constexpr std::size_t kSessionsMax = 1000;  // About 2 kB each.

bool is_address(const std::string& host) {
  boost::system::error_code error;
  boost::asio::ip::make_address(host, error);
  return !error;
}

}  // namespace

ssl::context make_client_context(Authorities authorities) {
  constexpr unsigned char kHttp11[] = "\x08http/1.1";
  ssl::context context{ssl::context::tls_client};
  boost::system::error_code ignored;  // Without authorities no certificate is accepted, and the handshake says so.
  if (authorities == Authorities::OF_THE_SYSTEM) context.set_default_verify_paths(ignored);
  context.set_verify_mode(ssl::verify_peer, ignored);
  SSL_CTX* const handle = context.native_handle();
  CHECK(SSL_CTX_set_min_proto_version(handle, TLS1_2_VERSION) == 1);
  CHECK(SSL_CTX_set_alpn_protos(handle, kHttp11, sizeof(kHttp11) - 1) == 0);
  return context;
}

Tls::Tls() : context_(make_client_context(Authorities::OF_THE_SYSTEM)) {}

std::unique_ptr<TlsStream> Tls::make_stream(StreamSocket& socket, const TlsIdentity* identity, const std::string& host,
                                            const std::string& origin) {
  SSL_CTX* const context = identity ? identity->state().context.native_handle() : context_.native_handle();
  SSL* const handle = SSL_new(context);
  if (handle == nullptr) return nullptr;
  auto stream = std::make_unique<TlsStream>(socket, handle);  // Which frees it.
  X509_VERIFY_PARAM* const wanted = SSL_get0_param(handle);
  X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const bool is_set = is_address(host) ? X509_VERIFY_PARAM_set1_ip_asc(wanted, host.c_str()) == 1
                                       : X509_VERIFY_PARAM_set1_host(wanted, host.c_str(), host.size()) == 1 &&
                                             SSL_set_tlsext_host_name(handle, host.c_str()) == 1;
  if (!is_set) return nullptr;
  if (const auto found = by_origin_.find(origin); found != by_origin_.end()) {
    sessions_.splice(sessions_.begin(), sessions_, found->second);
    SSL_set_session(handle, found->second->session.get());  // If it cannot be used, the handshake is a full one.
  }
  return stream;
}

void Tls::keep_session(TlsStream& stream, const std::string& origin) {
  SSL_SESSION* const session = SSL_get1_session(stream.native_handle());
  if (session == nullptr) return;
  if (const auto found = by_origin_.find(origin); found != by_origin_.end()) {
    found->second->session.reset(session);
    return;
  }
  if (sessions_.size() >= kSessionsMax) {
    by_origin_.erase(sessions_.back().origin);
    sessions_.pop_back();
  }
  sessions_.emplace_front(origin).session.reset(session);
  by_origin_.emplace(sessions_.front().origin, sessions_.begin());
}

void Tls::close_quietly(TlsStream& stream) {
  SSL_set_shutdown(stream.native_handle(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

}  // namespace qantara::http
