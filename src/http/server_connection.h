// One client's connection to a server, and what all connections of a server share. Internal to http/.
#pragma once

#include <array>
#include <atomic>
#include <boost/asio/buffer.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>
#include <chrono>
#include <cstddef>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "http/head.h"
#include "http/inbox.h"
#include "http/server.h"
#include "http/stream_socket.h"
#include "http/tls_session.h"

namespace qantara::http {

/// What a connection is doing. All but WORKING is waiting for the client, and has a deadline.
enum class Phase { HANDSHAKE, IDLE, HEAD, BODY, WORKING, WRITING, DRAINING };

/// Why an operation on a connection was cancelled.
enum class Interrupt { NONE, EXPIRED, CLOSED };

/// The letters of request ids, drawn from `random` in blocks.
class RequestIds {
 public:
  explicit RequestIds(Random& random) : random_(random) {}
  std::string next();

 private:
  Random& random_;
  std::array<std::byte, 512> block_{};
  std::size_t used_ = sizeof(block_);
};

class ServerConnection;
using ConnectionHook = boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;
using Connections = boost::intrusive::list<ServerConnection, boost::intrusive::base_hook<ConnectionHook>,
                                           boost::intrusive::constant_time_size<false>>;

/// What a server's coroutines share. Touched on the server's executor only.
struct ServerCore {
  ServerCore(Executor server_executor, Random& random, ServerOptions server_options);

  Response refuse(Refusal refusal, const std::string& request_id, std::string_view message) const;

  /// Makes room for a newcomer, so that a flood of idle or slow connections cannot lock others out. False if all work.
  bool interrupt_longest_waiting();
  /// Whether one more connection may come from there.
  bool has_room_for(const std::string& address) const;
  void stop_listening();
  void close();

  Executor executor;
  ServerOptions options;
  RequestIds request_ids;
  StreamAcceptor acceptor;
  boost::asio::steady_timer sweep_timer;
  boost::asio::steady_timer pause_timer;
  boost::asio::steady_timer emptied;  ///< Cancelled when the last connection goes.

  Connections waiting;  ///< For their clients; the one that waits longest comes first.
  Connections working;  ///< A handler runs.
  std::atomic<std::size_t> count = 0;
  std::atomic<std::size_t> turned_away = 0;
  std::unordered_map<std::string, std::size_t> count_by_address;  ///< Of open connections; empty without a limit.
  bool owns_socket_file = false;
  bool is_stopping = false;  ///< No new requests; those begun are finished.
  bool is_closed = false;
};

/// One client's connection. The coroutine that serves it owns it.
class ServerConnection : public ConnectionHook {
 public:
  using TimePoint = boost::asio::steady_timer::time_point;

  ServerConnection(std::shared_ptr<ServerCore> core, StreamSocket socket, std::string peer_address);
  ServerConnection(const ServerConnection&) = delete;
  ServerConnection& operator=(const ServerConnection&) = delete;
  ~ServerConnection();

  /// Answers requests until the client or the server has had enough.
  Task<void> serve();

  /// Whether no byte of a request has come.
  bool is_idle() const;
  TimePoint deadline() const { return deadline_; }

  void interrupt(Interrupt reason);
  void close();

 private:
  /// A refusal to be told, or nothing: the connection is of no more use.
  using Failure = std::optional<Fault>;

  /// What is still to be sent.
  struct Outgoing {
    std::string_view head;
    std::string_view body;
    bool empty() const { return head.empty() && body.empty(); }
    std::array<boost::asio::const_buffer, 2> buffers() const;
  };

  enum class After { GO_ON, CLOSE };

  void enter(Phase phase);
  std::chrono::milliseconds time_limit(Phase phase) const;
  bool is_called_off() const;

  /// False if there is nobody to talk to, or only without TLS: who tried that is told.
  Task<bool> shake_hands();
  /// Waits until the socket is ready for what TLS wants. False if the connection broke or was interrupted.
  Task<bool> wait_for(TlsSession::Outcome wish);
  Task<bool> receive_sealed();

  /// Receives some more. False when the client has closed, the connection broke or it was interrupted.
  Task<bool> receive();

  /// Sends what the kernel takes at once. False if the connection broke.
  bool send_now(Outgoing& outgoing);
  /// Sends through TLS until its outcome is another than DONE, or nothing is left.
  TlsSession::Outcome send_sealed(Outgoing& outgoing);
  /// Sends the rest, as fast as the client takes it. False if it takes too long or the connection broke.
  Task<bool> send_rest(Outgoing outgoing);

  Task<std::expected<RequestHead, Failure>> receive_head();
  /// Moves what has come of the body from the inbox. Result: whether it is complete.
  std::expected<bool, Failure> take_body(const Framing& framing, ChunkedBody& chunks, std::string& body);
  /// Puts the body into `head.request`. Result: a failure, if there is one.
  Task<std::optional<Failure>> receive_body(RequestHead& head);

  /// One request and its answer. Result: whether another may follow.
  Task<bool> exchange();
  /// What the connection knows of whoever asks.
  void introduce(Request& request);
  Task<void> refuse(Failure failure);
  Task<bool> answer_with(const Response& response, Method method, After after);
  void write_head(const Response& response, After after);
  Task<void> drain();

  std::shared_ptr<ServerCore> core_;
  StreamSocket socket_;
  std::unique_ptr<TlsSession> tls_;  // Null where none is spoken.
  std::string peer_address_;
  std::string client_certificate_;
  bool is_from_proxy_ = false;
  bool is_secure_ = false;  // The request in work, or the connection.
  Inbox inbox_;
  std::string head_;  // Of the answer; kept for its memory.
  Phase phase_ = Phase::HEAD;
  Interrupt interrupt_ = Interrupt::NONE;
  TimePoint deadline_;
  bool must_drain_ = false;
};

}  // namespace qantara::http
