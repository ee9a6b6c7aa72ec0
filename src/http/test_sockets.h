// For the tests of this folder: plain blocking sockets on the loopback, and a context that runs in a thread.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <cerrno>
#include <cstdint>
#include <future>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "base/task.h"

namespace qantara::http {

/// A context with the one thread that runs it.
class RunningContext {
 public:
  RunningContext() : guard_(context_.get_executor()), thread_([this] { context_.run(); }) {}
  RunningContext(const RunningContext&) = delete;
  RunningContext& operator=(const RunningContext&) = delete;
  ~RunningContext() {
    context_.stop();
    thread_.join();
  }

  Executor executor() { return context_.get_executor(); }

  /// Runs `task` there.
  template <class T>
  std::future<T> start(Task<T> task) {
    return boost::asio::co_spawn(context_, std::move(task), boost::asio::use_future);
  }
  /// Runs `task` to its end there.
  template <class T>
  T run(Task<T> task) {
    return start(std::move(task)).get();
  }

 private:
  boost::asio::io_context context_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_;
  std::thread thread_;
};

inline sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

/// A connected socket. Nothing waits longer than ten seconds.
class RawSocket {
 public:
  explicit RawSocket(int descriptor) : descriptor_(descriptor) {
    const timeval limit{.tv_sec = 10, .tv_usec = 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    const int on = 1;
    ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  RawSocket(RawSocket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  RawSocket& operator=(RawSocket&&) = delete;
  ~RawSocket() { close(); }

  static RawSocket connect(std::uint16_t port, std::uint32_t neighbour = 0) {
    RawSocket socket{::socket(AF_INET, SOCK_STREAM, 0)};
    auto address = loopback(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK + neighbour);
    EXPECT_EQ(::connect(socket.descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    return socket;
  }

  /// The same from another address of the loopback: 1 for 127.0.0.2, …
  static RawSocket connect_from(std::uint16_t port, std::uint32_t neighbour) {
    RawSocket socket{::socket(AF_INET, SOCK_STREAM, 0)};
    auto own = loopback(0);
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK + neighbour);
    EXPECT_EQ(::bind(socket.descriptor_, reinterpret_cast<const sockaddr*>(&own), sizeof own), 0);
    const auto address = loopback(port);
    EXPECT_EQ(::connect(socket.descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    return socket;
  }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto size = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (size <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(size));
    }
  }

  /// Receives until `text` has come, or the other side closes.
  std::string receive_until(std::string_view text) {
    while (!received_.contains(text)) {
      if (!receive_some()) return std::exchange(received_, {});
    }
    const auto size = received_.find(text) + text.size();
    std::string result = received_.substr(0, size);
    received_.erase(0, size);
    return result;
  }

  /// Receives until the other side closes.
  std::string receive_all() {
    while (receive_some()) {
    }
    return std::exchange(received_, {});
  }

  void finish_sending() { ::shutdown(descriptor_, SHUT_WR); }
  void close() {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  }
  /// Closes with a reset.
  void reset() {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
  }
  /// Whether the other side ended not with a goodbye but with a reset.
  bool was_reset() const { return was_reset_; }
  int descriptor() const { return descriptor_; }

 private:
  bool receive_some() {
    char buffer[16 * 1024];
    const auto size = ::recv(descriptor_, buffer, sizeof buffer, 0);
    if (size > 0) received_.append(buffer, static_cast<std::size_t>(size));
    was_reset_ = size < 0 && errno == ECONNRESET;
    EXPECT_FALSE(size < 0 && errno == EAGAIN) << "Nothing came for ten seconds.";
    return size > 0;
  }

  int descriptor_;
  std::string received_;
  bool was_reset_ = false;
};

/// A listening socket on a free port. Nobody is waited for longer than ten seconds.
class RawListener {
 public:
  /// `neighbour`: 0 for 127.0.0.1, 1 for 127.0.0.2, …
  explicit RawListener(int backlog = 16, std::uint16_t port = 0, std::uint32_t neighbour = 0)
      : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval limit{.tv_sec = 10, .tv_usec = 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    auto address = loopback(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK + neighbour);
    EXPECT_EQ(::bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(descriptor_, backlog), 0);
    socklen_t size = sizeof address;
    ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
  }
  RawListener(const RawListener&) = delete;
  RawListener& operator=(const RawListener&) = delete;
  ~RawListener() { close(); }

  std::uint16_t port() const { return port_; }
  RawSocket accept() { return RawSocket{::accept(descriptor_, nullptr, nullptr)}; }
  /// Whether somebody has connected who was not accepted yet.
  bool has_caller() const {
    pollfd poll{.fd = descriptor_, .events = POLLIN, .revents = 0};
    return ::poll(&poll, 1, 0) == 1;
  }
  void close() {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  }

 private:
  int descriptor_;
  std::uint16_t port_ = 0;
};

}  // namespace qantara::http
