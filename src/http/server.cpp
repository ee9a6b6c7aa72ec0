#include "http/server.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <filesystem>
#include <utility>

#include "base/log.h"
#include "http/server_connection.h"
#include "http/stream_socket.h"

namespace qantara::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using SteadyClock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kSweepMax{1'000};
constexpr milliseconds kSweepMin{5};
constexpr milliseconds kAcceptPause{50};  // After accept() fails for want of descriptors.

std::string address_of(const StreamSocket& socket) {
  error_code ignored;
  auto address = internet_endpoint(socket.remote_endpoint(ignored)).address();
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  }
  return address.to_string();
}

Task<void> serve(std::unique_ptr<ServerConnection> connection) { co_await connection->serve(); }

void admit(const std::shared_ptr<ServerCore>& core, StreamSocket socket) {
  error_code error;
  auto address = address_of(socket);
  const bool has_room = core->has_room_for(address) &&
                        (core->count < core->options.limits.connections || core->interrupt_longest_waiting());
  if (!has_room) {
    ++core->turned_away;
    return;
  }
  socket.non_blocking(true, error);
  if (error) return;
  socket.set_option(tcp::no_delay{true}, error);
  auto connection = std::make_unique<ServerConnection>(core, std::move(socket), std::move(address));
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
  std::size_t turned_away() const override { return core_->turned_away.load(std::memory_order_relaxed); }

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
