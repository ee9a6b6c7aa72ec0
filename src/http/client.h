// The HTTP/1.1 client: deadlines, pooled connections, size limits, no redirects, and the truth about how far a request got.
#pragma once

#include <chrono>
#include <cstddef>
#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/task.h"
#include "http/message.h"
#include "http/tls_identity.h"

namespace qantara::http {

/// Which addresses a request may connect to. Checked on the very address that is connected to, after resolution.
struct AddressPolicy {
  bool public_addresses = true;
  /// CIDR blocks and single addresses that are allowed although they are loopback, private, link-local, CGNAT, multicast,
  /// reserved or otherwise special: {"127.0.0.0/8", "::1"}.
  std::vector<std::string> allowed_networks;

  static AddressPolicy anywhere();  ///< Every address: for banks, whose URLs the operator wrote.
};

/// Whether `address` (text of an IPv4 or IPv6 address; IPv4-mapped and other embeddings are looked through) is allowed.
bool allows(const AddressPolicy& policy, std::string_view address);

struct ClientRequest {
  Method method = Method::GET;
  std::string url;
  /// Connect to this socket file instead of the URL's host, whose name goes into Host and nowhere else.
  std::filesystem::path unix_socket;
  Headers headers;  ///< Host, Content-Length and Connection are the client's own.
  std::string body;
  std::chrono::milliseconds deadline{10'000};  ///< Real time for everything: resolve, connect, TLS, send, receive.
  std::size_t response_limit = 1024 * 1024;    ///< Bytes of body that are kept.
  /// What happens beyond `response_limit`.
  enum class Excess { FAIL, CUT } excess = Excess::FAIL;
  AddressPolicy addresses = AddressPolicy::anywhere();
  /// For https: our certificate, and by which authority the other side is known. Null: no certificate, the system's
  /// authorities. No connection and no TLS session of one identity is ever used for another.
  std::shared_ptr<const TlsIdentity> identity;
};

struct ClientResponse {
  int status = 0;
  Headers headers;
  std::string body;
  std::chrono::microseconds elapsed{};
};

/// How far a failed request got. Only NOT_SENT proves that the other side did nothing.
enum class Reached { NOT_SENT, PERHAPS_SENT };

struct ClientFailure {
  Reached reached = Reached::PERHAPS_SENT;
  enum class Reason {
    BAD_URL,
    FORBIDDEN_ADDRESS,
    RESOLVE,
    CONNECT,
    TLS,
    TIMED_OUT,
    CONNECTION_LOST,
    MALFORMED_ANSWER,
    ANSWER_TOO_LARGE
  } reason;
  std::string message;  ///< For logs and attempts; no URL, no secret.
};

using ClientResult = std::expected<ClientResponse, ClientFailure>;

/// Finds the addresses of a host name. Injected, so that a simulation can own names.
class Dns {
 public:
  virtual ~Dns() = default;
  /// Addresses as text, in order of preference. Errors: NOT_SENT when there are none.
  virtual Task<Result<std::vector<std::string>>> resolve(std::string host) = 0;
};
std::unique_ptr<Dns> make_system_dns(Executor executor);

/// Asks `dns`, which outlives it, for each name once in a while: what was found is told again for `found_for`, that a name was
/// not found for `missed_for`, and who asks while somebody else does waits for the same answer. A name that nobody answers
/// for takes one of the resolver's threads, not all. To be asked on `executor` only.
struct DnsMemory {
  std::chrono::milliseconds found_for{10'000};
  std::chrono::milliseconds missed_for{2'000};
};
std::unique_ptr<Dns> make_remembering_dns(Executor executor, Dns& dns, DnsMemory memory = {});

/// Safe to ask from any context. One thread runs its own, and it goes away there, or when the context no longer runs.
class Client {
 public:
  virtual ~Client() = default;
  /// Sends once; never repeats by itself, save for a pooled connection that was already closed before any byte was written.
  virtual Task<ClientResult> send(ClientRequest request) = 0;
};

struct ClientOptions {
  std::size_t idle_connections =
      64;  ///< Kept in the pool, all origins together; the one that idles longest goes first.
  std::size_t idle_connections_per_origin = 64;
  std::chrono::milliseconds idle_time{30'000};
  std::string user_agent = "Qantara";
};

/// `dns` must outlive the client.
std::unique_ptr<Client> make_client(Executor executor, Dns& dns, ClientOptions options);

}  // namespace qantara::http
