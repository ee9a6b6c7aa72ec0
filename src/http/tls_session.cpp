#include "http/tls_session.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/sslerr.h>
#include <openssl/x509.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>

#include "base/check.h"
#include "base/text.h"

namespace qantara::http {
namespace {

// OpenSSL's own sockets raise SIGPIPE when the other side has gone; these do not.

/// -1 once the socket is closed: its old number may be another's by then.
int descriptor_of(BIO* bio) { return static_cast<StreamSocket*>(BIO_get_data(bio))->native_handle(); }

bool may_try_again() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

int read_socket(BIO* bio, char* room, int size) {
  const auto received = ::recv(descriptor_of(bio), room, static_cast<std::size_t>(size), 0);
  BIO_clear_retry_flags(bio);
  if (received < 0 && may_try_again()) BIO_set_retry_read(bio);
  return static_cast<int>(received);
}

int write_socket(BIO* bio, const char* bytes, int size) {
  const auto sent = ::send(descriptor_of(bio), bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL);
  BIO_clear_retry_flags(bio);
  if (sent < 0 && may_try_again()) BIO_set_retry_write(bio);
  return static_cast<int>(sent);
}

long control_socket(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

const BIO_METHOD* socket_method() {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* const made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "quiet socket");
    CHECK(made != nullptr);
    BIO_meth_set_read(made, read_socket);
    BIO_meth_set_write(made, write_socket);
    BIO_meth_set_ctrl(made, control_socket);
    return made;
  }();
  return method;
}

}  // namespace

std::unique_ptr<TlsSession> TlsSession::accept(SSL_CTX* context, StreamSocket& socket) {
  SSL* const ssl = SSL_new(context);
  if (ssl == nullptr) return nullptr;
  auto session = std::unique_ptr<TlsSession>{new TlsSession{ssl}};
  BIO* const bio = BIO_new(socket_method());
  if (bio == nullptr) return nullptr;
  BIO_set_data(bio, &socket);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl, bio, bio);
  SSL_set_accept_state(ssl);
  return session;
}

TlsSession::Outcome TlsSession::outcome_of(int result) {
  if (result == 1) return Outcome::DONE;
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return Outcome::WANTS_READ;
    case SSL_ERROR_WANT_WRITE:
      return Outcome::WANTS_WRITE;
    case SSL_ERROR_ZERO_RETURN:
      return Outcome::ENDED;
    default:
      is_sound_ = false;
      return Outcome::ENDED;
  }
}

TlsSession::Outcome TlsSession::shake_hands() {
  ERR_clear_error();
  const auto outcome = outcome_of(SSL_do_handshake(ssl_.get()));
  is_sound_ = outcome == Outcome::DONE;
  was_plain_http_ = outcome == Outcome::ENDED && ERR_GET_REASON(ERR_peek_error()) == SSL_R_HTTP_REQUEST;
  return outcome;
}

TlsSession::Outcome TlsSession::read(std::span<char> room, std::size_t& size) {
  ERR_clear_error();
  return outcome_of(SSL_read_ex(ssl_.get(), room.data(), room.size(), &size));
}

TlsSession::Outcome TlsSession::write(std::string_view bytes, std::size_t& size) {
  ERR_clear_error();
  return outcome_of(SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &size));
}

void TlsSession::say_goodbye() {
  if (!std::exchange(is_sound_, false)) return;
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
}

std::string TlsSession::client_certificate() const {
  const X509* const certificate = SSL_get0_peer_certificate(ssl_.get());
  if (certificate == nullptr) return {};
  std::array<std::byte, 32> digest{};
  CHECK(X509_digest(certificate, EVP_sha256(), reinterpret_cast<unsigned char*>(digest.data()), nullptr) == 1);
  return to_hex(digest);
}

}  // namespace qantara::http
