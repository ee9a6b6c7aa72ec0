// One connection's TLS, as a server: bytes and records over a socket that does not block. Waits for nothing itself. Internal
// to http/.
#pragma once

#include <openssl/ssl.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/freed.h"
#include "http/stream_socket.h"

namespace qantara::http {

class TlsSession {
 public:
  /// WANTS_…: again, when the socket is ready for it. ENDED: by the other side, or broken.
  enum class Outcome { DONE, WANTS_READ, WANTS_WRITE, ENDED };

  /// Over `socket`, which outlives it; once that is closed, everything has ENDED. Null if there is no memory.
  static std::unique_ptr<TlsSession> accept(SSL_CTX* context, StreamSocket& socket);

  Outcome shake_hands();
  Outcome read(std::span<char> room, std::size_t& size);     ///< DONE: `size` bytes, at least one.
  Outcome write(std::string_view bytes, std::size_t& size);  ///< DONE: the first `size` bytes; go on with the rest.
  bool has_more() const { return SSL_has_pending(ssl_.get()) == 1; }  ///< Something came that was not read.

  /// Tells the other side that nothing follows, so that it can tell an end from a cut. At most once, without waiting.
  void say_goodbye();

  /// After a handshake that ENDED: whether what came was a request without TLS.
  bool was_plain_http() const { return was_plain_http_; }

  /// After the handshake: lower-case hex SHA-256 of the client's certificate (DER), empty if it has none.
  std::string client_certificate() const;

 private:
  explicit TlsSession(SSL* ssl) : ssl_(ssl) {}
  Outcome outcome_of(int result);

  std::unique_ptr<SSL, Freed<SSL_free>> ssl_;
  bool is_sound_ = false;  // The handshake is done and nothing has broken.
  bool was_plain_http_ = false;
};

}  // namespace qantara::http
