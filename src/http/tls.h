// The client's side of TLS: verified certificates and names, TLS 1.2 or newer, resumed sessions. Internal to http/.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <memory>
#include <string>
#include <unordered_map>

#include "http/stream_socket.h"

namespace qantara::http {

using TlsStream = boost::asio::ssl::stream<StreamSocket&>;

class Tls {
 public:
  Tls();  ///< Trusts the system's certificate authorities (OpenSSL's SSL_CERT_FILE and SSL_CERT_DIR apply).

  /// A stream over `socket` that will accept only a certificate for `host`, and offers the session last kept for `origin`.
  /// Null if OpenSSL refuses, which only a lack of memory makes it do.
  std::unique_ptr<TlsStream> make_stream(StreamSocket& socket, const std::string& host, const std::string& origin);

  /// Keeps the stream's session for the next connection to `origin`. After an answer was read: TLS 1.3 sends the
  /// session behind the handshake.
  void keep_session(TlsStream& stream, const std::string& origin);

  /// To be called before a sound stream goes away: OpenSSL takes a stream that vanishes without a word for an attack and
  /// throws its session away.
  static void close_quietly(TlsStream& stream);

 private:
  struct FreeSession {
    void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
  };

  boost::asio::ssl::context context_;
  std::unordered_map<std::string, std::unique_ptr<SSL_SESSION, FreeSession>> sessions_;
};

}  // namespace qantara::http
