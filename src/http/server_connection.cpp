#include "http/server_connection.h"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <filesystem>
#include <system_error>

namespace qantara::http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using SteadyClock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// After a refusal, what the client is still sending is read and dropped for a while: closing on unread bytes would reset
// the connection, and the reset could overtake the answer (RFC 9112, section 9.6).
constexpr milliseconds kDrainTime{2'000};
constexpr std::size_t kDrainBytes = 1024 * 1024;

constexpr std::size_t kSealedTogether = 16 * 1024;  // A record of TLS holds no more.

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

bool may_have_body(int status) { return status >= 200 && status != 204 && status != 304; }

}  // namespace

std::string RequestIds::next() {
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

ServerCore::ServerCore(Executor server_executor, Random& random, ServerOptions server_options)
    : executor(std::move(server_executor)),
      options(std::move(server_options)),
      request_ids(random),
      acceptor(executor),
      sweep_timer(executor),
      pause_timer(executor),
      emptied(executor) {}

Response ServerCore::refuse(Refusal refusal, const std::string& request_id, std::string_view message) const {
  const int status = status_of(refusal);
  if (options.refuse) return options.refuse(refusal, status, request_id, message);
  return Response::text(status, std::string(message) + '\n');
}

bool ServerCore::interrupt_longest_waiting() {
  if (waiting.empty()) return false;
  ServerConnection& connection = waiting.front();
  waiting.pop_front();
  connection.interrupt(Interrupt::CLOSED);
  return true;
}

bool ServerCore::has_room_for(const std::string& address) const {
  const auto limit = options.limits.connections_per_address;
  const auto found = count_by_address.find(address);
  return limit == 0 || found == count_by_address.end() || found->second < limit || options.proxies.contain(address);
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

ServerConnection::ServerConnection(std::shared_ptr<ServerCore> core, StreamSocket socket, std::string peer_address)
    : core_(std::move(core)), socket_(std::move(socket)), peer_address_(std::move(peer_address)) {
  ++core_->count;
  if (core_->options.limits.connections_per_address > 0) ++core_->count_by_address[peer_address_];
  is_from_proxy_ = core_->options.proxies.contain(peer_address_);
  enter(Phase::HEAD);  // The first byte is due as soon as a head is; patience comes after the first request.
}

ServerConnection::~ServerConnection() {
  if (tls_) tls_->say_goodbye();
  unlink();  // Before the lists can go.
  const auto own = core_->count_by_address.find(peer_address_);
  if (own != core_->count_by_address.end() && --own->second == 0) core_->count_by_address.erase(own);
  if (--core_->count == 0) core_->emptied.cancel();
}

Task<void> ServerConnection::serve() {
  bool may_go_on = true;
  if (core_->options.tls) may_go_on = co_await shake_hands();
  while (may_go_on) {
    may_go_on = co_await exchange();
    if (!may_go_on) break;
    enter(inbox_.view().empty() ? Phase::IDLE : Phase::HEAD);
  }
  if (must_drain_) co_await drain();
}

bool ServerConnection::is_idle() const {
  return (phase_ == Phase::HANDSHAKE || phase_ == Phase::IDLE || phase_ == Phase::HEAD) && inbox_.view().empty();
}

void ServerConnection::interrupt(Interrupt reason) {
  interrupt_ = reason;
  error_code ignored;
  socket_.cancel(ignored);
}

void ServerConnection::close() {
  error_code ignored;
  socket_.close(ignored);
}

std::array<asio::const_buffer, 2> ServerConnection::Outgoing::buffers() const {
  return {asio::buffer(head.data(), head.size()), asio::buffer(body.data(), body.size())};
}

void ServerConnection::enter(Phase phase) {
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

milliseconds ServerConnection::time_limit(Phase phase) const {
  const auto& limits = core_->options.limits;
  switch (phase) {
    case Phase::HANDSHAKE:
      return limits.handshake_time;
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

bool ServerConnection::is_called_off() const {
  if (interrupt_ == Interrupt::NONE) return false;
  // A request that came in the moment of the stop is still served.
  error_code ignored;
  const bool has_come = socket_.available(ignored) > 0 || (tls_ && tls_->has_more());
  return interrupt_ == Interrupt::EXPIRED || !core_->is_stopping || !has_come;
}

Task<bool> ServerConnection::shake_hands() {
  enter(Phase::HANDSHAKE);
  tls_ = TlsSession::accept(core_->options.tls->context().get(), socket_);
  if (!tls_) co_return false;
  for (auto outcome = tls_->shake_hands(); outcome != TlsSession::Outcome::DONE; outcome = tls_->shake_hands()) {
    if (outcome == TlsSession::Outcome::ENDED) {
      if (!tls_->was_plain_http()) co_return false;
      tls_.reset();
      co_await refuse(Fault{Refusal::MALFORMED, "This port speaks TLS: use https."});
      co_return false;
    }
    const bool is_ready = co_await wait_for(outcome);
    if (!is_ready) co_return false;
  }
  client_certificate_ = tls_->client_certificate();
  is_secure_ = true;
  enter(Phase::HEAD);
  co_return true;
}

Task<bool> ServerConnection::wait_for(TlsSession::Outcome wish) {
  const auto kind = wish == TlsSession::Outcome::WANTS_WRITE ? StreamSocket::wait_write : StreamSocket::wait_read;
  error_code error;
  co_await socket_.async_wait(kind, asio::redirect_error(asio::use_awaitable, error));
  co_return !error && interrupt_ == Interrupt::NONE;
}

/// Waits before each look at the socket, so that one who never stops sending lets others have their turn.
Task<bool> ServerConnection::receive_sealed() {
  auto wish = tls_->has_more() ? TlsSession::Outcome::DONE : TlsSession::Outcome::WANTS_READ;
  while (!is_called_off()) {
    interrupt_ = Interrupt::NONE;
    if (wish != TlsSession::Outcome::DONE) {
      const bool is_ready = co_await wait_for(wish);
      if (!is_ready && interrupt_ == Interrupt::NONE) co_return false;
      if (!is_ready) continue;
    }
    std::size_t size = 0;
    wish = tls_->read(inbox_.room(), size);
    if (wish == TlsSession::Outcome::ENDED) co_return false;
    if (wish == TlsSession::Outcome::DONE) {
      inbox_.added(size);
      co_return true;
    }
  }
  co_return false;
}

Task<bool> ServerConnection::receive() {
  if (tls_) {
    const bool has_more = co_await receive_sealed();
    co_return has_more;
  }
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

TlsSession::Outcome ServerConnection::send_sealed(Outgoing& outgoing) {
  while (!outgoing.empty()) {
    auto& part = outgoing.head.empty() ? outgoing.body : outgoing.head;
    std::size_t size = 0;
    const auto outcome = tls_->write(part, size);
    if (outcome != TlsSession::Outcome::DONE) return outcome;
    part.remove_prefix(size);
  }
  return TlsSession::Outcome::DONE;
}

bool ServerConnection::send_now(Outgoing& outgoing) {
  if (tls_) return send_sealed(outgoing) != TlsSession::Outcome::ENDED;
  error_code error;
  const auto size = socket_.write_some(outgoing.buffers(), error);
  const auto of_head = std::min(size, outgoing.head.size());
  outgoing.head.remove_prefix(of_head);
  outgoing.body.remove_prefix(size - of_head);
  return !error || error == asio::error::would_block;
}

Task<bool> ServerConnection::send_rest(Outgoing outgoing) {
  enter(Phase::WRITING);
  while (tls_) {
    const auto outcome = send_sealed(outgoing);
    if (outcome == TlsSession::Outcome::DONE) co_return true;
    if (outcome == TlsSession::Outcome::ENDED) co_return false;
    const bool is_ready = co_await wait_for(outcome);
    if (!is_ready) co_return false;
  }
  error_code error;
  const auto buffers = outgoing.buffers();
  co_await asio::async_write(socket_, buffers, asio::redirect_error(asio::use_awaitable, error));
  co_return !error && interrupt_ == Interrupt::NONE;
}

Task<std::expected<RequestHead, ServerConnection::Failure>> ServerConnection::receive_head() {
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

std::expected<bool, ServerConnection::Failure> ServerConnection::take_body(const Framing& framing, ChunkedBody& chunks,
                                                                           std::string& body) {
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

Task<std::optional<ServerConnection::Failure>> ServerConnection::receive_body(RequestHead& head) {
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

Task<bool> ServerConnection::exchange() {
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
  introduce(request);
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

void ServerConnection::introduce(Request& request) {
  request.request_id = core_->request_ids.next();
  request.peer_address = peer_address_;
  request.client_certificate = client_certificate_;
  request.secure = tls_ != nullptr;
  if (is_from_proxy_) {
    if (auto client = read_forwarded(core_->options.proxies, request.headers)) {
      request.peer_address = std::move(client->address);
      request.client_certificate.clear();
      request.secure = client->secure.value_or(request.secure);
    }
  }
  is_secure_ = request.secure;
}

Task<void> ServerConnection::refuse(Failure failure) {
  if (!failure) co_return;
  const auto response = core_->refuse(failure->refusal, core_->request_ids.next(), failure->message);
  must_drain_ = co_await answer_with(response, Method::GET, After::CLOSE);
}

Task<bool> ServerConnection::answer_with(const Response& response, Method method, After after) {
  write_head(response, after);
  std::string_view body = response.body;
  if (method == Method::HEAD || !may_have_body(response.status)) body = {};
  if (response.delivery == Response::Delivery::HALF) body = body.substr(0, body.size() / 2);

  if (tls_ && head_.size() + body.size() <= kSealedTogether) {
    head_ += body;
    body = {};
  }

  Outgoing outgoing{.head = head_, .body = body};
  if (!send_now(outgoing)) co_return false;
  if (outgoing.empty()) co_return true;
  const bool is_sent = co_await send_rest(outgoing);
  co_return is_sent;
}

void ServerConnection::write_head(const Response& response, After after) {
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
  if (is_secure_ && core_->options.strict_transport.count() > 0) {
    head_ += "Strict-Transport-Security: max-age=";
    head_ += std::to_string(core_->options.strict_transport.count());
    head_ += "\r\n";
  }
  if (after == After::CLOSE) head_ += "Connection: close\r\n";
  head_ += "\r\n";
}

Task<void> ServerConnection::drain() {
  enter(Phase::DRAINING);
  error_code ignored;
  if (tls_) tls_->say_goodbye();
  socket_.shutdown(StreamSocket::shutdown_send, ignored);
  for (std::size_t drained = 0; drained < kDrainBytes;) {
    inbox_.consume(inbox_.view().size());
    const bool has_more = co_await receive();
    if (!has_more) co_return;
    drained += inbox_.view().size();
  }
}

}  // namespace qantara::http
