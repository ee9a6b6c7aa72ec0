// The client's side of TLS: verified certificates and names, TLS 1.2 or newer, resumed sessions. Internal to http/.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "http/stream_socket.h"
#include "http/tls_identity.h"

namespace qantara::http {

using TlsStream = boost::asio::ssl::stream<StreamSocket&>;

/// Of the system: what OpenSSL's SSL_CERT_FILE and SSL_CERT_DIR name, or the distribution.
enum class Authorities { OF_THE_SYSTEM, NONE };
boost::asio::ssl::context make_client_context(Authorities authorities);

struct TlsIdentity::State {
  explicit State(boost::asio::ssl::context own) : context(std::move(own)) {}

  boost::asio::ssl::context context;
  std::optional<Instant> expires_at;
  std::uint64_t number = 0;
};

class Tls {
 public:
  Tls();  ///< Trusts the system's certificate authorities.

  /// A stream over `socket` that will accept only a certificate for `host`, as `identity` if it is not null, and offers the
  /// session last kept for `origin`. Null if OpenSSL refuses, which only a lack of memory makes it do.
  std::unique_ptr<TlsStream> make_stream(StreamSocket& socket, const TlsIdentity* identity, const std::string& host,
                                         const std::string& origin);

  /// Keeps the stream's session for the next connection to `origin`. After an answer was read: TLS 1.3 sends the
  /// session behind the handshake. Of many origins, those that nobody connected to for longest are forgotten.
  void keep_session(TlsStream& stream, const std::string& origin);

  /// To be called before a sound stream goes away: OpenSSL takes a stream that vanishes without a word for an attack and
  /// throws its session away.
  static void close_quietly(TlsStream& stream);

 private:
  struct FreeSession {
    void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
  };
  struct KeptSession {
    std::string origin;
    std::unique_ptr<SSL_SESSION, FreeSession> session;
  };

  boost::asio::ssl::context context_;
  std::list<KeptSession> sessions_;  // The one that was used last comes first.
  std::unordered_map<std::string_view, std::list<KeptSession>::iterator> by_origin_;
};

}  // namespace qantara::http
