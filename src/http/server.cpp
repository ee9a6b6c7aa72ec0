#include "http/server.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/intrusive/list.hpp>
#include <cerrno>
#include <expected>
#include <filesystem>
#include <optional>
#include <utility>

#include "base/log.h"
#include "http/head.h"
#include "http/inbox.h"
#include "http/stream_socket.h"

namespace qantara::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using SteadyClock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// After a refusal, what the client is still sending is read and dropped for a while: closing on unread bytes would reset
// the connection, and the reset could overtake the answer (RFC 9112, section 9.6).
constexpr milliseconds kDrainTime{2'000};
constexpr std::size_t kDrainBytes = 1024 * 1024;

constexpr milliseconds kSweepMax{1'000};
constexpr milliseconds kSweepMin{5};
constexpr milliseconds kAcceptPause{50};  // After accept() fails for want of descriptors.

/// What a connection is doing. All but WORKING is waiting for the client, and has a deadline.
enum class Phase { IDLE, HEAD, BODY, WORKING, WRITING, DRAINING };

/// Why an operation on a connection was cancelled.
enum class Interrupt { NONE, EXPIRED, CLOSED };

int status_of(Refusal refusal) {
  switch (refusal) {
    case Refusal::MALFORMED:
      return 400;
    case Refusal::HEAD_TOO_LARGE:
      return 431;
    case Refusal::BODY_TOO_LARGE:
      return 413;
    case Refusal::TIMED_OUT:
      return 408;
    case Refusal::UNKNOWN_METHOD:
      return 405;
    case Refusal::VERSION:
      return 505;
    case Refusal::EXPECTATION:
      return 417;
  }
  return 400;
}

/// The letters of request ids, drawn from `random` in blocks.
class RequestIds {
 public:
  explicit RequestIds(Random& random) : random_(random) {}

  std::string next() {
    constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    constexpr std::size_t kFair =
        256 / kLetters.size() * kLetters.size();  // Bytes from here on would favour some letters.
    std::string id;
    id.reserve(16);
    while (id.size() < 16) {
      if (used_ == block_.size()) {
        random_.fill(block_);
        used_ = 0;
      }
      const auto byte = std::to_integer<std::size_t>(block_[used_++]);
      if (byte < kFair) id += kLetters[byte % kLetters.size()];
    }
    return id;
  }

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
  ServerCore(Executor server_executor, Random& random, ServerOptions server_options)
      : executor(std::move(server_executor)),
        options(std::move(server_options)),
        request_ids(random),
        acceptor(executor),
        sweep_timer(executor),
        pause_timer(executor),
        emptied(executor) {}

  Response refuse(Refusal refusal, const std::string& request_id, std::string_view message) const {
    const int status = status_of(refusal);
    if (options.refuse) return options.refuse(refusal, status, request_id, message);
    return Response::text(status, std::string(message) + '\n');
  }

  bool interrupt_longest_waiting();
  void stop_listening();
  void close();

  Executor executor;
  ServerOptions options;
  RequestIds request_ids;
  StreamAcceptor acceptor;
  asio::steady_timer sweep_timer;
  asio::steady_timer pause_timer;
  asio::steady_timer emptied;  ///< Cancelled when the last connection goes.

  Connections waiting;  ///< For their clients; the one that waits longest comes first.
  Connections working;  ///< A handler runs.
  std::atomic<std::size_t> count = 0;
  bool owns_socket_file = false;
  bool is_stopping = false;  ///< No new requests; those begun are finished.
  bool is_closed = false;
};

/// One client's connection. The coroutine that serves it owns it.
class ServerConnection : public ConnectionHook {
 public:
  ServerConnection(std::shared_ptr<ServerCore> core, StreamSocket socket)
      : core_(std::move(core)), socket_(std::move(socket)) {
    ++core_->count;
    error_code ignored;
    auto address = internet_endpoint(socket_.remote_endpoint(ignored)).address();
    if (address.is_v6() && address.to_v6().is_v4_mapped()) {
      address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
    }
    peer_address_ = address.to_string();
    enter(Phase::HEAD);  // The first byte is due as soon as a head is; patience comes after the first request.
  }
  ServerConnection(const ServerConnection&) = delete;
  ServerConnection& operator=(const ServerConnection&) = delete;
  ~ServerConnection() {
    unlink();  // Before the lists can go.
    if (--core_->count == 0) core_->emptied.cancel();
  }

  Task<void> serve() {
    for (;;) {
      const bool may_go_on = co_await exchange();
      if (!may_go_on) break;
      enter(inbox_.view().empty() ? Phase::IDLE : Phase::HEAD);
    }
    if (must_drain_) co_await drain();
  }

  /// Whether no byte of a request has come.
  bool is_idle() const { return (phase_ == Phase::IDLE || phase_ == Phase::HEAD) && inbox_.view().empty(); }
  SteadyClock::time_point deadline() const { return deadline_; }

  void interrupt(Interrupt reason) {
    interrupt_ = reason;
    error_code ignored;
    socket_.cancel(ignored);
  }

  void close() {
    error_code ignored;
    socket_.close(ignored);
  }

 private:
  /// A refusal to be told, or nothing: the connection is of no more use.
  using Failure = std::optional<Fault>;

  /// What is still to be sent.
  struct Outgoing {
    std::string_view head;
    std::string_view body;
    bool empty() const { return head.empty() && body.empty(); }
    std::array<asio::const_buffer, 2> buffers() const {
      return {asio::buffer(head.data(), head.size()), asio::buffer(body.data(), body.size())};
    }
  };

  void enter(Phase phase) {
    phase_ = phase;
    unlink();
    if (phase == Phase::WORKING) {
      core_->working.push_back(*this);
      return;
    }
    interrupt_ = Interrupt::NONE;
    deadline_ = SteadyClock::now() + time_limit(phase);
    core_->waiting.push_back(*this);
  }

  milliseconds time_limit(Phase phase) const {
    const auto& limits = core_->options.limits;
    switch (phase) {
      case Phase::IDLE:
        return limits.idle_time;
      case Phase::HEAD:
        return limits.head_time;
      case Phase::BODY:
        return limits.body_time;
      case Phase::WRITING:
        return limits.write_time;
      case Phase::DRAINING:
        return std::min(kDrainTime, limits.head_time);
      case Phase::WORKING:
        break;
    }
    return {};
  }

  bool is_called_off() const {
    if (interrupt_ == Interrupt::NONE) return false;
    // A request that came in the moment of the stop is still served.
    error_code ignored;
    return interrupt_ == Interrupt::EXPIRED || !core_->is_stopping || socket_.available(ignored) == 0;
  }

  /// Receives some more. False when the client has closed, the connection broke or it was interrupted.
  Task<bool> receive() {
    while (!is_called_off()) {
      interrupt_ = Interrupt::NONE;
      error_code error;
      const auto room = inbox_.room();
      const auto buffer = asio::buffer(room.data(), room.size());
      const auto size = co_await socket_.async_read_some(buffer, asio::redirect_error(asio::use_awaitable, error));
      if (!error) {
        inbox_.added(size);
        co_return interrupt_ != Interrupt::EXPIRED;
      }
      if (interrupt_ == Interrupt::NONE) co_return false;
    }
    co_return false;
  }

  /// Sends what the kernel takes at once. False if the connection broke.
  bool send_now(Outgoing& outgoing) {
    error_code error;
    const auto size = socket_.write_some(outgoing.buffers(), error);
    const auto of_head = std::min(size, outgoing.head.size());
    outgoing.head.remove_prefix(of_head);
    outgoing.body.remove_prefix(size - of_head);
    return !error || error == asio::error::would_block;
  }

  /// Sends the rest, as fast as the client takes it. False if it takes too long or the connection broke.
  Task<bool> send_rest(Outgoing outgoing) {
    enter(Phase::WRITING);
    error_code error;
    const auto buffers = outgoing.buffers();
    co_await asio::async_write(socket_, buffers, asio::redirect_error(asio::use_awaitable, error));
    co_return !error && interrupt_ == Interrupt::NONE;
  }

  Task<std::expected<RequestHead, Failure>> receive_head() {
    const auto limit = core_->options.limits.head_bytes;
    HeadScanner scanner;
    for (;;) {
      const auto state = scanner.scan(inbox_.view().substr(0, limit));
      if (state == HeadScanner::State::COMPLETE) break;
      if (state == HeadScanner::State::MALFORMED) {
        co_return std::unexpected(Fault{Refusal::MALFORMED, "The request does not begin with lines of HTTP."});
      }
      if (inbox_.view().size() >= limit) {
        co_return std::unexpected(Fault{Refusal::HEAD_TOO_LARGE, "The request line and headers are too long."});
      }
      if (phase_ == Phase::IDLE && !inbox_.view().empty()) enter(Phase::HEAD);
      const bool has_more = co_await receive();
      if (has_more) continue;
      const bool is_late = interrupt_ == Interrupt::EXPIRED && !inbox_.view().empty();
      if (!is_late) co_return std::unexpected(std::nullopt);
      co_return std::unexpected(Fault{Refusal::TIMED_OUT, "The request did not arrive in time."});
    }
    auto head = parse_request_head(inbox_.view().substr(0, scanner.size()));
    if (!head) co_return std::unexpected(head.error());
    inbox_.consume(scanner.size());
    co_return *std::move(head);
  }

  /// Moves what has come of the body from the inbox. Result: whether it is complete.
  std::expected<bool, Failure> take_body(const Framing& framing, ChunkedBody& chunks, std::string& body) {
    constexpr Fault kTooLarge{Refusal::BODY_TOO_LARGE, "The body is too large."};
    const auto limit = core_->options.limits.body_bytes;
    if (framing.chunked) {
      const auto [state, consumed] = chunks.read(inbox_.view(), body, limit);
      inbox_.consume(consumed);
      if (state == ChunkedBody::State::TOO_LARGE) return std::unexpected(kTooLarge);
      if (state == ChunkedBody::State::MALFORMED) {
        return std::unexpected(Fault{Refusal::MALFORMED, "The chunks of the body are malformed."});
      }
      return state == ChunkedBody::State::COMPLETE;
    }
    const auto length = framing.content_length.value_or(0);
    if (length > limit) return std::unexpected(kTooLarge);
    const auto part = inbox_.view().substr(0, static_cast<std::size_t>(length) - body.size());
    body += part;
    inbox_.consume(part.size());
    return body.size() == length;
  }

  /// Puts the body into `head.request`. Result: a failure, if there is one.
  Task<std::optional<Failure>> receive_body(RequestHead& head) {
    ChunkedBody chunks;
    bool owes_continue = head.expects_continue && inbox_.view().empty();
    for (;;) {
      const auto is_complete = take_body(head.framing, chunks, head.request.body);
      if (!is_complete) co_return is_complete.error();
      if (*is_complete) co_return std::nullopt;
      if (phase_ != Phase::BODY) enter(Phase::BODY);
      if (owes_continue) {
        owes_continue = false;
        Outgoing interim{.head = "HTTP/1.1 100 Continue\r\n\r\n", .body = {}};
        if (!send_now(interim) || !interim.empty()) co_return Failure{};
      }
      const bool has_more = co_await receive();
      if (has_more) continue;
      if (interrupt_ != Interrupt::EXPIRED) co_return Failure{};
      co_return Failure{Fault{Refusal::TIMED_OUT, "The body did not arrive in time."}};
    }
  }

  /// One request and its answer. Result: whether another may follow.
  Task<bool> exchange() {
    std::expected<RequestHead, Failure> head = co_await receive_head();
    if (!head) {
      co_await refuse(head.error());
      co_return false;
    }
    const auto failure = co_await receive_body(*head);
    if (failure) {
      co_await refuse(*failure);
      co_return false;
    }

    Request& request = head->request;
    request.peer_address = peer_address_;
    request.request_id = core_->request_ids.next();
    enter(Phase::WORKING);
    auto answer = core_->options.handler(request);
    const Response response = co_await std::move(answer);

    const bool may_go_on =
        head->framing.keep_alive && response.delivery == Response::Delivery::WHOLE && !core_->is_stopping;
    if (response.delivery == Response::Delivery::NOTHING) co_return false;
    const auto after = may_go_on ? After::GO_ON : After::CLOSE;
    const bool is_sent = co_await answer_with(response, request.method, after);
    if (is_sent && may_go_on) co_return true;
    must_drain_ = is_sent && !inbox_.view().empty();
    co_return false;
  }

  Task<void> refuse(Failure failure) {
    if (!failure) co_return;
    const auto response = core_->refuse(failure->refusal, core_->request_ids.next(), failure->message);
    must_drain_ = co_await answer_with(response, Method::GET, After::CLOSE);
  }

  enum class After { GO_ON, CLOSE };

  Task<bool> answer_with(const Response& response, Method method, After after) {
    write_head(response, after);
    std::string_view body = response.body;
    if (method == Method::HEAD || !may_have_body(response.status)) body = {};
    if (response.delivery == Response::Delivery::HALF) body = body.substr(0, body.size() / 2);

    Outgoing outgoing{.head = head_, .body = body};
    if (!send_now(outgoing)) co_return false;
    if (outgoing.empty()) co_return true;
    const bool is_sent = co_await send_rest(outgoing);
    co_return is_sent;
  }

  static bool may_have_body(int status) { return status >= 200 && status != 204 && status != 304; }

  void write_head(const Response& response, After after) {
    head_ = "HTTP/1.1 ";
    head_ += std::to_string(response.status);
    head_ += ' ';
    head_ += reason_phrase(response.status);
    head_ += "\r\n";
    for (const auto& [name, value] : response.headers.fields()) append_field(head_, name, value);
    if (may_have_body(response.status)) {
      head_ += "Content-Length: ";
      head_ += std::to_string(response.body.size());
      head_ += "\r\n";
    }
    if (after == After::CLOSE) head_ += "Connection: close\r\n";
    head_ += "\r\n";
  }

  Task<void> drain() {
    enter(Phase::DRAINING);
    error_code ignored;
    socket_.shutdown(StreamSocket::shutdown_send, ignored);
    for (std::size_t drained = 0; drained < kDrainBytes;) {
      inbox_.consume(inbox_.view().size());
      const bool has_more = co_await receive();
      if (!has_more) co_return;
      drained += inbox_.view().size();
    }
  }

  std::shared_ptr<ServerCore> core_;
  StreamSocket socket_;
  std::string peer_address_;
  Inbox inbox_;
  std::string head_;  // Of the answer; kept for its memory.
  Phase phase_ = Phase::HEAD;
  Interrupt interrupt_ = Interrupt::NONE;
  SteadyClock::time_point deadline_;
  bool must_drain_ = false;
};

/// Makes room for a newcomer, so that a flood of idle or slow connections cannot lock others out. False if all work.
bool ServerCore::interrupt_longest_waiting() {
  if (waiting.empty()) return false;
  ServerConnection& connection = waiting.front();
  waiting.pop_front();
  connection.interrupt(Interrupt::CLOSED);
  return true;
}

void ServerCore::stop_listening() {
  std::error_code gone;
  if (std::exchange(owns_socket_file, false)) std::filesystem::remove(options.unix_socket, gone);
  error_code ignored;
  acceptor.close(ignored);
}

void ServerCore::close() {
  is_closed = true;
  stop_listening();
  sweep_timer.cancel();
  pause_timer.cancel();
  for (ServerConnection& connection : waiting) connection.close();
  for (ServerConnection& connection : working) connection.close();
}

Task<void> serve(std::unique_ptr<ServerConnection> connection) { co_await connection->serve(); }

void admit(const std::shared_ptr<ServerCore>& core, StreamSocket socket) {
  if (core->count >= core->options.limits.connections && !core->interrupt_longest_waiting()) return;
  error_code error;
  socket.non_blocking(true, error);
  if (error) return;
  socket.set_option(tcp::no_delay{true}, error);
  auto connection = std::make_unique<ServerConnection>(core, std::move(socket));
  asio::co_spawn(core->executor, serve(std::move(connection)), [](std::exception_ptr failure) {
    if (failure) log::error("a connection was given up: its handler threw an exception");
  });
}

Task<void> accept(std::shared_ptr<ServerCore> core) {
  for (;;) {
    error_code error;
    StreamSocket socket = co_await core->acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
    if (core->is_closed || !core->acceptor.is_open()) co_return;
    if (!error) {
      admit(core, std::move(socket));
      continue;
    }
    if (error == asio::error::no_descriptors) core->interrupt_longest_waiting();
    core->pause_timer.expires_after(kAcceptPause);
    co_await core->pause_timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
  }
}

/// One timer for all connections: cancels what has waited past its deadline.
Task<void> sweep(std::shared_ptr<ServerCore> core) {
  const auto& limits = core->options.limits;
  const auto shortest = std::min({limits.head_time, limits.body_time, limits.idle_time, limits.write_time});
  const auto pause = std::clamp(shortest / 4, kSweepMin, kSweepMax);
  while (!core->is_closed) {
    error_code ignored;
    core->sweep_timer.expires_after(pause);
    co_await core->sweep_timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    const auto now = SteadyClock::now();
    for (ServerConnection& connection : core->waiting) {
      if (connection.deadline() <= now) connection.interrupt(Interrupt::EXPIRED);
    }
  }
}

Task<void> stop_here(std::shared_ptr<ServerCore> core, milliseconds patience) {
  core->is_stopping = true;
  core->stop_listening();
  for (ServerConnection& connection : core->waiting) {
    if (connection.is_idle()) connection.interrupt(Interrupt::CLOSED);
  }
  if (core->count > 0) {
    error_code ignored;
    core->emptied.expires_after(patience);
    co_await core->emptied.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  core->close();
}

class SocketServer final : public Server {
 public:
  explicit SocketServer(std::shared_ptr<ServerCore> core) : core_(std::move(core)) {}
  SocketServer(const SocketServer&) = delete;
  SocketServer& operator=(const SocketServer&) = delete;
  /// On the context's thread, or when it no longer runs.
  ~SocketServer() override { core_->close(); }

  std::uint16_t port() const override { return core_->options.port; }
  std::size_t connections() const override { return core_->count.load(std::memory_order_relaxed); }

  Task<void> stop(milliseconds patience) override {
    const auto core = core_;
    auto stopping = stop_here(core, patience);
    co_await asio::co_spawn(core->executor, std::move(stopping), asio::use_awaitable);
  }

 private:
  std::shared_ptr<ServerCore> core_;
};

error_code last_error() { return {errno, boost::system::system_category()}; }

/// Makes way for a new socket file. What is left of a server that was killed goes; one that answers, or a file of another
/// kind, stays.
error_code remove_stale(const std::filesystem::path& path, const StreamEndpoint& endpoint, const Executor& executor) {
  std::error_code failure;
  const auto kind = std::filesystem::symlink_status(path, failure).type();
  if (kind == std::filesystem::file_type::not_found) return {};
  if (kind != std::filesystem::file_type::socket) return asio::error::address_in_use;
  error_code answer;
  StreamSocket{executor}.connect(endpoint, answer);
  if (answer != asio::error::connection_refused) return asio::error::address_in_use;
  std::filesystem::remove(path, failure);
  return {failure.value(), boost::system::system_category()};
}

error_code open_unix(ServerCore& core) {
  const auto& path = core.options.unix_socket;
  const auto endpoint = unix_endpoint(path);
  if (!endpoint) return asio::error::name_too_long;
  error_code error = remove_stale(path, *endpoint, core.executor);
  if (error) return error;
  core.acceptor.open(endpoint->protocol(), error);
  if (error) return error;
  // Before bind: the file never exists with another mode.
  if (::fchmod(core.acceptor.native_handle(), S_IRUSR | S_IWUSR) != 0) return last_error();
  core.acceptor.bind(*endpoint, error);
  if (error) return error;
  core.owns_socket_file = true;
  core.acceptor.listen(StreamSocket::max_listen_connections, error);
  return error;
}

error_code open_tcp(ServerCore& core) {
  error_code error;
  const auto address = asio::ip::make_address(core.options.address, error);
  if (error) return error;
  const tcp::endpoint endpoint{address, core.options.port};
  core.acceptor.open(endpoint.protocol(), error);
  if (error) return error;
  core.acceptor.set_option(tcp::acceptor::reuse_address{true}, error);
  const int shared = core.options.port_use == PortUse::SHARED ? 1 : 0;
  if (::setsockopt(core.acceptor.native_handle(), SOL_SOCKET, SO_REUSEPORT, &shared, sizeof shared) != 0)
    return last_error();
  core.acceptor.bind(endpoint, error);
  if (error) return error;
  core.acceptor.listen(StreamSocket::max_listen_connections, error);
  if (error) return error;
  core.options.port = internet_endpoint(core.acceptor.local_endpoint(error)).port();
  return error;
}

}  // namespace

Result<std::unique_ptr<Server>> listen(Executor executor, Random& random, ServerOptions options) {
  auto core = std::make_shared<ServerCore>(std::move(executor), random, std::move(options));
  const bool is_unix = !core->options.unix_socket.empty();
  if (const auto failure = is_unix ? open_unix(*core) : open_tcp(*core)) {
    const auto place = is_unix ? core->options.unix_socket.native()
                               : core->options.address + " port " + std::to_string(core->options.port);
    return error(ErrorCode::SERVICE_UNAVAILABLE, "Cannot listen on " + place + ": " + failure.message() + ".");
  }
  asio::co_spawn(core->executor, accept(core), asio::detached);
  asio::co_spawn(core->executor, sweep(core), asio::detached);
  return std::unique_ptr<Server>{std::make_unique<SocketServer>(std::move(core))};
}

}  // namespace qantara::http
