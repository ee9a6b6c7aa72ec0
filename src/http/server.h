// The HTTP/1.1 server: keep-alive, limits, time-outs, and one strict way to read a message (speed.md §1.1).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"
#include "base/task.h"
#include "http/forwarded.h"
#include "http/message.h"
#include "http/router.h"
#include "http/server_tls.h"

namespace qantara::http {

struct ServerLimits {
  std::size_t head_bytes = 16 * 1024;   ///< Request line and headers; more is 431.
  std::size_t body_bytes = 256 * 1024;  ///< More is 413, before the body is read.
  /// Beyond it, a newcomer takes the place of the connection that has waited longest for its client, so that a flood of
  /// idle ones locks nobody out. If a handler runs on each, the newcomer is closed.
  std::size_t connections = 10'000;
  std::size_t connections_per_address = 0;  ///< More are closed at once; trusted proxies have no limit. 0: nobody has.
  std::chrono::milliseconds handshake_time{10'000};  ///< From the connection to the end of TLS's handshake.
  std::chrono::milliseconds head_time{10'000};       ///< From the first byte of a request to the end of its head.
  std::chrono::milliseconds body_time{30'000};
  std::chrono::milliseconds idle_time{75'000};  ///< Between requests on a kept connection.
  std::chrono::milliseconds write_time{30'000};
};

/// Why the server itself refused a message before any handler saw it.
enum class Refusal {
  MALFORMED,       ///< 400: ambiguous or broken framing; the connection is closed.
  HEAD_TOO_LARGE,  ///< 431
  BODY_TOO_LARGE,  ///< 413
  TIMED_OUT,       ///< 408
  UNKNOWN_METHOD,  ///< 405: a token that is none of Method.
  VERSION,         ///< 505: not HTTP/1.0 or 1.1
  EXPECTATION,     ///< 417: an Expect other than 100-continue
};

/// Whether a second listener may take the same port. SHARED is for one process with a server on each of several contexts;
/// else two gateways would each get some of the requests and nobody would notice.
enum class PortUse { EXCLUSIVE, SHARED };

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0 takes a free one.
  PortUse port_use = PortUse::EXCLUSIVE;
  /// Listen at this file instead (mode 0600), for whoever may open it. One that a killed server left behind is replaced.
  std::filesystem::path unix_socket;
  ServerLimits limits;
  /// Speak TLS, and nothing else. Null: plain HTTP.
  std::shared_ptr<ServerTls> tls;
  /// Whoever connects from here may say whom it speaks for (Request::peer_address, Request::secure).
  TrustedProxies proxies;
  /// Tell browsers to come by https alone for so long (RFC 6797), in answers that go by https. 0: do not.
  std::chrono::seconds strict_transport{0};
  /// Answers every well-framed request. It owns routing and never throws.
  Handler handler;
  /// The body of an answer that the server gives by itself, in the application's own envelope.
  std::function<Response(Refusal, int status, const std::string& request_id, std::string_view message)> refuse;
};

/// Listens and serves on `executor`'s context until `stop()`. One server may run on each of several contexts (PortUse::SHARED).
/// One thread runs that context. A server goes away there, or when the context no longer runs.
class Server {
 public:
  virtual ~Server() = default;
  virtual std::uint16_t port() const = 0;
  virtual std::size_t connections() const = 0;  ///< Open now. From any thread.
  virtual std::size_t turned_away() const = 0;  ///< Closed before their first byte was read. From any thread.

  /// Stops accepting, lets requests in work finish (at most `patience`), closes the rest, then returns.
  virtual Task<void> stop(std::chrono::milliseconds patience) = 0;
};

/// Errors: SERVICE_UNAVAILABLE if the address cannot be bound, naming address and reason.
Result<std::unique_ptr<Server>> listen(Executor executor, Random& random, ServerOptions options);

}  // namespace qantara::http
