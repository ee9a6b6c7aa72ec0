#include "http/client.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/intrusive/set.hpp>
#include <cerrno>
#include <list>
#include <unordered_map>
#include <utility>

#include "base/text.h"
#include "http/head.h"
#include "http/inbox.h"
#include "http/stream_socket.h"
#include "http/tls.h"

namespace qantara::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using SteadyClock = std::chrono::steady_clock;
using Reason = ClientFailure::Reason;

constexpr std::size_t kHeadBytesMax = 64 * 1024;
constexpr int kInterimAnswersMax = 16;  // 100, 102, 103: more is a peer that plays with us.

std::unexpected<ClientFailure> failed(Reached reached, Reason reason, std::string message) {
  return std::unexpected(ClientFailure{reached, reason, std::move(message)});
}

/// A connection to one origin, in use by one request or idle in the pool.
struct ClientConnection {
  ClientConnection(const Executor& executor, std::string for_origin)
      : socket(executor), origin(std::move(for_origin)) {}
  ClientConnection(const ClientConnection&) = delete;
  ClientConnection& operator=(const ClientConnection&) = delete;
  ~ClientConnection() {
    if (tls && is_sound) Tls::close_quietly(*tls);
  }

  /// Whether nothing has come since the last answer, not even the peer's goodbye.
  bool is_quiet() {
    char byte = 0;
    const auto size = ::recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  }

  StreamSocket socket;
  std::unique_ptr<TlsStream> tls;  ///< Null for http.
  std::string origin;              ///< And for whom, where the requests have an identity.
  std::string address;             ///< That it is connected to.
  Inbox inbox;
  bool is_sound = false;  ///< The last answer was read to its end.
  bool has_kept_session = false;
  SteadyClock::time_point idle_until;
  std::list<std::unique_ptr<ClientConnection>>::iterator position;  ///< In the pool.
};

/// Idle connections, all origins together.
class Pool {
 public:
  explicit Pool(const ClientOptions& options) : options_(options) {}

  /// The connection to `origin` that was used last, if its peer still holds it and `policy` allows its address.
  std::unique_ptr<ClientConnection> take(const std::string& origin, const AddressPolicy& policy) {
    for (auto bucket = by_origin_.find(origin); bucket != by_origin_.end(); bucket = by_origin_.find(origin)) {
      if (!allows(policy, bucket->second.back()->address)) return nullptr;
      auto connection = remove(*bucket->second.back());
      if (connection->is_quiet()) return connection;
    }
    return nullptr;
  }

  void put(std::unique_ptr<ClientConnection> connection) {
    if (options_.idle_connections == 0) return;
    const auto siblings = by_origin_.find(connection->origin);
    const bool are_many =
        siblings != by_origin_.end() && siblings->second.size() >= options_.idle_connections_per_origin;
    if (are_many) {
      remove(*siblings->second.front());
    } else if (idle_.size() >= options_.idle_connections) {
      remove(*idle_.front());
    }
    connection->idle_until = SteadyClock::now() + options_.idle_time;
    by_origin_[connection->origin].push_back(connection.get());
    auto& place = idle_.emplace_back(std::move(connection));
    place->position = std::prev(idle_.end());
  }

  /// When the next connection has idled long enough; `max()` if there is none.
  SteadyClock::time_point next_end() const {
    return idle_.empty() ? SteadyClock::time_point::max() : idle_.front()->idle_until;
  }
  void end_idle(SteadyClock::time_point now) {
    while (next_end() <= now) remove(*idle_.front());
  }
  void clear() {
    by_origin_.clear();
    idle_.clear();
  }

 private:
  std::unique_ptr<ClientConnection> remove(ClientConnection& connection) {
    const auto bucket = by_origin_.find(connection.origin);
    std::erase(bucket->second, &connection);
    if (bucket->second.empty()) by_origin_.erase(bucket);
    auto owned = std::move(*connection.position);
    idle_.erase(owned->position);
    return owned;
  }

  const ClientOptions& options_;
  std::list<std::unique_ptr<ClientConnection>> idle_;  // The one that idles longest comes first.
  std::unordered_map<std::string, std::vector<ClientConnection*>> by_origin_;
};

using DeadlineHook = boost::intrusive::set_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

/// What is cut off when its time is up.
class Expiring : public DeadlineHook {
 public:
  virtual ~Expiring() = default;
  virtual void cut_off() = 0;

  SteadyClock::time_point deadline;
  bool is_expired = false;

  friend bool operator<(const Expiring& a, const Expiring& b) { return a.deadline < b.deadline; }
};

/// What a client's coroutines share. Touched on the client's executor only.
struct ClientCore : std::enable_shared_from_this<ClientCore> {
  ClientCore(Executor client_executor, Dns& client_dns, ClientOptions client_options)
      : executor(std::move(client_executor)), dns(client_dns), options(std::move(client_options)), timer(executor) {}

  void watch(Expiring& request, SteadyClock::time_point deadline) {
    request.unlink();
    request.deadline = deadline;
    request.is_expired = false;
    requests.insert(request);
    arm(deadline);
  }

  void put(std::unique_ptr<ClientConnection> connection) {
    pool.put(std::move(connection));
    arm(pool.next_end());
  }

  Tls& tls() {
    if (!tls_) tls_ = std::make_unique<Tls>();
    return *tls_;
  }

  Executor executor;
  Dns& dns;
  ClientOptions options;
  Pool pool{options};

 private:
  /// One timer for all requests: it is set anew only for a deadline before its own, which is rare.
  void arm(SteadyClock::time_point at) {
    if (at >= armed_for) return;
    armed_for = at;
    timer.expires_at(at);
    timer.async_wait([weak = weak_from_this()](error_code error) {
      const auto core = weak.lock();
      if (!error && core) core->sweep();
    });
  }

  void sweep() {
    armed_for = SteadyClock::time_point::max();
    const auto now = SteadyClock::now();
    while (!requests.empty() && requests.begin()->deadline <= now) {
      auto& request = *requests.begin();
      request.unlink();
      request.is_expired = true;
      request.cut_off();
    }
    pool.end_idle(now);
    if (!requests.empty()) arm(requests.begin()->deadline);
    arm(pool.next_end());
  }

  boost::intrusive::multiset<Expiring, boost::intrusive::base_hook<DeadlineHook>,
                             boost::intrusive::constant_time_size<false>>
      requests;
  asio::steady_timer timer;
  SteadyClock::time_point armed_for = SteadyClock::time_point::max();
  std::unique_ptr<Tls> tls_;  // Made when first needed: reading the authorities takes a while.
};

std::string render(const ClientRequest& request, const Url& url, const ClientOptions& options) {
  std::string message;
  message.reserve(512 + request.body.size());
  message += to_text(request.method);
  message += ' ';
  message += url.target;
  message += " HTTP/1.1\r\n";
  append_field(message, "Host", url.authority());
  if (!request.headers.find("User-Agent")) append_field(message, "User-Agent", options.user_agent);
  for (const auto& [name, value] : request.headers.fields()) {
    const auto is = [&](std::string_view own) { return equals_ignoring_case(name, own); };
    if (is("Host") || is("Content-Length") || is("Connection") || is("Transfer-Encoding")) continue;
    append_field(message, name, value);
  }
  const bool tells_length = !request.body.empty() || request.method == Method::POST || request.method == Method::PUT ||
                            request.method == Method::PATCH;
  if (tells_length) append_field(message, "Content-Length", std::to_string(request.body.size()));
  message += "\r\n";
  message += request.body;
  return message;
}

/// One request on its way: what its steps share.
class Exchange final : Expiring {
 public:
  Exchange(std::shared_ptr<ClientCore> core, ClientRequest request)
      : core_(std::move(core)), request_(std::move(request)), started_at_(SteadyClock::now()) {
    core_->watch(*this, end());
  }
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;
  ~Exchange() override { unlink(); }  // Before the core can go.

  Task<ClientResult> run() {
    const auto url = parse_url(request_.url);
    if (!url) co_return failed(Reached::NOT_SENT, Reason::BAD_URL, "The URL is not one of http or https.");
    url_ = *url;
    origin_ = request_.unix_socket.empty() ? url_.origin() : "unix:" + request_.unix_socket.native();
    if (request_.identity) origin_ += '#' + std::to_string(request_.identity->number());
    message_ = render(request_, url_, core_->options);

    for (connection_ = core_->pool.take(origin_, request_.addresses); connection_;
         connection_ = core_->pool.take(origin_, request_.addresses)) {
      auto result = co_await send_and_receive();
      const bool may_go_on =
          !result && result.error().reached == Reached::NOT_SENT && result.error().reason != Reason::TIMED_OUT;
      if (!may_go_on) co_return result;
    }
    const auto failure = co_await connect();
    if (failure) co_return std::unexpected(*failure);
    error_code ignored;
    connection_->socket.non_blocking(true, ignored);  // A write says what went at once.
    auto result = co_await send_and_receive();
    co_return result;
  }

 private:
  using Failure = std::optional<ClientFailure>;

  void cut_off() override {
    error_code ignored;
    if (connection_) connection_->socket.close(ignored);
    if (lookup_) lookup_->cancel();
  }

  SteadyClock::time_point end() const { return started_at_ + request_.deadline; }

  Failure not_sent(Reason reason, std::string message) const {
    if (is_expired) return ClientFailure{Reached::NOT_SENT, Reason::TIMED_OUT, "No connection in time."};
    return ClientFailure{Reached::NOT_SENT, reason, std::move(message)};
  }

  std::unexpected<ClientFailure> lost(std::string message) const {
    if (is_expired) return failed(Reached::PERHAPS_SENT, Reason::TIMED_OUT, "No complete answer in time.");
    return failed(Reached::PERHAPS_SENT, Reason::CONNECTION_LOST, std::move(message));
  }

  static std::unexpected<ClientFailure> malformed(std::string_view message) {
    return failed(Reached::PERHAPS_SENT, Reason::MALFORMED_ANSWER, std::string(message));
  }

  /// The addresses of the host that may be connected to, into `addresses`.
  Task<Failure> resolve(std::vector<std::string>& addresses) {
    error_code is_name;
    asio::ip::make_address(url_.host, is_name);
    if (!is_name) {
      addresses = {url_.host};
    } else {
      // The system's resolver cannot be called off: at the deadline it is left to end by itself.
      struct Lookup {
        explicit Lookup(const Executor& executor) : done(executor, SteadyClock::time_point::max()) {}
        Result<std::vector<std::string>> addresses;
        asio::steady_timer done;
        bool is_done = false;
      };
      const auto lookup = std::make_shared<Lookup>(core_->executor);
      asio::co_spawn(core_->executor, core_->dns.resolve(url_.host),
                     [lookup](std::exception_ptr, Result<std::vector<std::string>> found) {
                       lookup->addresses = std::move(found);
                       lookup->is_done = true;
                       lookup->done.cancel();
                     });
      if (!lookup->is_done) {
        lookup_ = &lookup->done;
        error_code ignored;
        co_await lookup->done.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        lookup_ = nullptr;
      }
      if (lookup->addresses) addresses = *std::move(lookup->addresses);
      if (addresses.empty()) co_return not_sent(Reason::RESOLVE, "The host name has no address.");
    }
    std::erase_if(addresses, [&](const std::string& address) { return !allows(request_.addresses, address); });
    if (addresses.empty()) co_return not_sent(Reason::FORBIDDEN_ADDRESS, "The host's address is not allowed.");
    co_return std::nullopt;
  }

  Task<Failure> connect_to_file() {
    const auto endpoint = unix_endpoint(request_.unix_socket);
    if (!endpoint) co_return not_sent(Reason::CONNECT, "The path of the socket is too long.");
    connection_ = std::make_unique<ClientConnection>(core_->executor, origin_);
    error_code error;
    co_await connection_->socket.async_connect(*endpoint, asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return not_sent(Reason::CONNECT, "The connection was not accepted: " + error.message() + ".");
    co_return std::nullopt;
  }

  /// Connects to the first address that answers; each gets an even share of the time that is left.
  Task<Failure> connect() {
    if (!request_.unix_socket.empty()) {
      const auto failure = co_await connect_to_file();
      co_return failure;
    }
    std::vector<std::string> addresses;
    auto failure = co_await resolve(addresses);
    if (failure) co_return failure;

    connection_ = std::make_unique<ClientConnection>(core_->executor, origin_);
    auto& socket = connection_->socket;
    const auto port = static_cast<std::uint16_t>(std::stoi(url_.port));
    error_code error;
    for (std::size_t i = 0; i < addresses.size(); ++i) {
      const auto now = SteadyClock::now();
      if (now >= end()) break;
      core_->watch(*this, now + (end() - now) / (addresses.size() - i));
      const tcp::endpoint endpoint{asio::ip::make_address(addresses[i], error), port};
      socket.close(error);
      co_await socket.async_connect(endpoint, asio::redirect_error(asio::use_awaitable, error));
      if (!error && !is_expired) {
        connection_->address = addresses[i];
        break;
      }
    }
    if (connection_->address.empty()) {
      is_expired = SteadyClock::now() >= end();
      co_return not_sent(Reason::CONNECT, "The connection was not accepted: " + error.message() + ".");
    }
    core_->watch(*this, end());
    socket.set_option(tcp::no_delay{true}, error);
    if (url_.scheme != "https") co_return std::nullopt;

    connection_->tls = core_->tls().make_stream(socket, request_.identity.get(), url_.host, origin_);
    if (!connection_->tls) co_return not_sent(Reason::TLS, "TLS could not be set up.");
    co_await connection_->tls->async_handshake(asio::ssl::stream_base::client,
                                               asio::redirect_error(asio::use_awaitable, error));
    if (error || is_expired) co_return not_sent(Reason::TLS, "The TLS handshake failed: " + error.message() + ".");
    co_return std::nullopt;
  }

  /// The whole exchange on `connection_`, which goes back to the pool if it may be used again.
  Task<ClientResult> send_and_receive() {
    connection_->is_sound = false;
    is_reusable_ = false;
    const auto failure = co_await send();
    if (failure && failure->reached == Reached::NOT_SENT) co_return std::unexpected(*failure);

    // A peer may answer and close before it has read everything; its answer counts.
    auto result = co_await receive();
    if (!result && failure && !is_expired) co_return std::unexpected(*failure);
    if (!result) co_return result;
    if (connection_->is_sound && connection_->tls && !connection_->has_kept_session) {
      core_->tls().keep_session(*connection_->tls, origin_);
      connection_->has_kept_session = true;
    }
    if (is_reusable_ && !failure) core_->put(std::move(connection_));
    result->elapsed = std::chrono::duration_cast<std::chrono::microseconds>(SteadyClock::now() - started_at_);
    co_return result;
  }

  Task<Failure> send() {
    // Without TLS the count of bytes is exact. With it, a record may have left in part, which proves nothing.
    if (is_expired) co_return not_sent(Reason::TIMED_OUT, {});
    error_code error;
    std::size_t size = 0;
    const auto buffer = asio::buffer(message_);
    if (connection_->tls) {
      co_await asio::async_write(*connection_->tls, buffer, asio::redirect_error(asio::use_awaitable, error));
      size = message_.size();
    } else {
      // Usually all of it goes at once.
      size = connection_->socket.write_some(buffer, error);
      if (error == asio::error::would_block) error.clear();
      if (!error && size < message_.size()) {
        const auto rest = co_await asio::async_write(connection_->socket, buffer + size,
                                                     asio::redirect_error(asio::use_awaitable, error));
        size += rest;
      }
    }
    if (!error) co_return std::nullopt;
    if (size == 0) co_return not_sent(Reason::CONNECTION_LOST, "The connection broke before the request was sent.");
    co_return lost("The connection broke while the request was sent.").error();
  }

  /// Receives some more; the error is end of file when the peer has closed.
  Task<error_code> receive_some() {
    error_code error;
    std::size_t size = 0;
    const auto room = connection_->inbox.room();
    const auto buffer = asio::buffer(room.data(), room.size());
    if (connection_->tls) {
      size = co_await connection_->tls->async_read_some(buffer, asio::redirect_error(asio::use_awaitable, error));
    } else {
      size = co_await connection_->socket.async_read_some(buffer, asio::redirect_error(asio::use_awaitable, error));
    }
    connection_->inbox.added(size);
    co_return is_expired ? error_code{asio::error::operation_aborted} : error;
  }

  Task<std::expected<ResponseHead, ClientFailure>> receive_head() {
    auto& inbox = connection_->inbox;
    HeadScanner scanner;
    for (;;) {
      const auto state = scanner.scan(inbox.view());
      if (state == HeadScanner::State::COMPLETE) break;
      if (state == HeadScanner::State::MALFORMED) co_return malformed("The answer does not begin with lines of HTTP.");
      if (inbox.view().size() > kHeadBytesMax) co_return malformed("The head of the answer is too long.");
      const auto error = co_await receive_some();
      if (error) co_return lost("The connection broke before the answer.");
    }
    auto head = parse_response_head(inbox.view().substr(0, scanner.size()));
    if (!head) co_return malformed(head.error().message);
    inbox.consume(scanner.size());
    co_return *std::move(head);
  }

  Task<ClientResult> receive() {
    std::expected<ResponseHead, ClientFailure> head = co_await receive_head();
    for (int interim = 0; head && head->status < 200; ++interim) {
      if (interim == kInterimAnswersMax || head->status == 101) co_return malformed("There is no final answer.");
      head = co_await receive_head();
    }
    if (!head) co_return std::unexpected(head.error());

    ClientResponse response{.status = head->status, .headers = std::move(head->headers), .body = {}, .elapsed = {}};
    const bool has_body = request_.method != Method::HEAD && head->status != 204 && head->status != 304;
    if (!has_body) {
      note_end(head->framing);
      co_return response;
    }
    const auto failure = co_await receive_body(head->framing, response.body);
    if (failure) co_return std::unexpected(*failure);
    co_return response;
  }

  /// The answer has come to its end; what stands behind it is not ours to read.
  void note_end(const Framing& framing) {
    connection_->is_sound = true;
    // A socket file is cheap to open again, and its connections have no address that a policy could look at.
    is_reusable_ = framing.keep_alive && connection_->inbox.view().empty() && request_.unix_socket.empty();
  }

  enum class Progress { INCOMPLETE, COMPLETE, TOO_LARGE, MALFORMED };

  /// Moves what has come of the body from the inbox.
  Progress take_body(const Framing& framing, ChunkedBody& chunks, std::string& body) {
    auto& inbox = connection_->inbox;
    if (framing.chunked) {
      const auto [state, consumed] = chunks.read(inbox.view(), body, request_.response_limit);
      inbox.consume(consumed);
      switch (state) {
        case ChunkedBody::State::INCOMPLETE:
          return Progress::INCOMPLETE;
        case ChunkedBody::State::COMPLETE:
          return Progress::COMPLETE;
        case ChunkedBody::State::TOO_LARGE:
          return Progress::TOO_LARGE;
        case ChunkedBody::State::MALFORMED:
          return Progress::MALFORMED;
      }
    }
    const auto limit = request_.response_limit;
    const auto length = framing.content_length.value_or(UINT64_MAX);  // Without one the body ends with the connection.
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(length, limit));
    const auto part = inbox.view().substr(0, wanted - body.size());
    body += part;
    inbox.consume(part.size());
    if (body.size() == length) return Progress::COMPLETE;
    const bool is_certain = framing.content_length && request_.excess == ClientRequest::Excess::FAIL;
    const bool is_full = body.size() == limit && (framing.content_length || !inbox.view().empty());
    return is_full || (is_certain && length > limit) ? Progress::TOO_LARGE : Progress::INCOMPLETE;
  }

  Task<Failure> receive_body(const Framing& framing, std::string& body) {
    ChunkedBody chunks;
    for (;;) {
      switch (take_body(framing, chunks, body)) {
        case Progress::INCOMPLETE:
          break;
        case Progress::COMPLETE:
          note_end(framing);
          co_return std::nullopt;
        case Progress::MALFORMED:
          co_return malformed("The chunks of the answer are malformed.").error();
        case Progress::TOO_LARGE:
          if (request_.excess == ClientRequest::Excess::CUT) co_return std::nullopt;
          co_return failed(Reached::PERHAPS_SENT, Reason::ANSWER_TOO_LARGE, "The answer is too large.").error();
      }
      const auto error = co_await receive_some();
      if (!error) continue;
      const bool ends_with_connection = !framing.chunked && !framing.content_length;
      if (error == asio::error::eof && ends_with_connection) {
        connection_->is_sound = true;
        co_return std::nullopt;
      }
      co_return lost("The connection broke in the middle of the answer.").error();
    }
  }

  std::shared_ptr<ClientCore> core_;
  ClientRequest request_;
  SteadyClock::time_point started_at_;
  Url url_;
  std::string origin_;
  std::string message_;
  std::unique_ptr<ClientConnection> connection_;
  asio::steady_timer* lookup_ = nullptr;  // Set while a name is looked up.
  bool is_reusable_ = false;              // The connection, after this exchange.
};

Task<ClientResult> send_here(std::shared_ptr<ClientCore> core, ClientRequest request) {
  Exchange exchange{std::move(core), std::move(request)};
  auto result = co_await exchange.run();
  co_return result;
}

class SocketClient final : public Client {
 public:
  explicit SocketClient(std::shared_ptr<ClientCore> core) : core_(std::move(core)) {}
  SocketClient(const SocketClient&) = delete;
  SocketClient& operator=(const SocketClient&) = delete;
  /// On the context's thread, or when it no longer runs.
  ~SocketClient() override { core_->pool.clear(); }

  Task<ClientResult> send(ClientRequest request) override {
    const auto core = core_;
    const Executor caller = co_await asio::this_coro::executor;
    auto exchange = send_here(core, std::move(request));
    if (caller == core->executor) {
      auto result = co_await std::move(exchange);
      co_return result;
    }
    auto result = co_await asio::co_spawn(core->executor, std::move(exchange), asio::use_awaitable);
    co_return result;
  }

 private:
  std::shared_ptr<ClientCore> core_;
};

}  // namespace

std::unique_ptr<Client> make_client(Executor executor, Dns& dns, ClientOptions options) {
  return std::make_unique<SocketClient>(std::make_shared<ClientCore>(std::move(executor), dns, std::move(options)));
}

}  // namespace qantara::http
