// A load generator: one thread, many connections, HTTP/1.1 with keep-alive. Prints one line of JSON.
//
// Closed loop: each connection sends as soon as it has its answer, which finds what a server can do. Open loop (--rate):
// requests are due at fixed times whatever the server does, and a latency counts from when the request was due, not from
// when a connection was free to send it. So a server that stands still for a second is seen to, by everyone who came in it.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "histogram.h"
#include "http/message.h"

namespace qantara::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Time = Clock::time_point;
using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::nanoseconds;
using Seconds = std::chrono::duration<double>;

struct Options {
  std::string url;
  std::string method = "GET";
  std::vector<std::string> headers;
  std::string body;
  std::string ids_file;
  bool idempotency_keys = false;
  int connections = 64;
  double seconds = 5;
  double warm_up = 1;
  double rate = 0;  // Requests a second; 0 is the closed loop.
  double patience =
      5;  // Seconds for which a request that is due waits for a connection, and the last ones for their answers.
};

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error(what + ": " + std::strerror(errno)); }

std::uint64_t micros(Clock::duration duration) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(duration_cast<microseconds>(duration).count(), 0));
}

/// What is sent, with what differs from request to request: a key, and an id wherever "{id}" stands.
class Requests {
 public:
  Requests(const Options& options, const http::Url& url) {
    std::string text = options.method + " " + url.target + " HTTP/1.1\r\nHost: " + url.authority() + "\r\n";
    for (const auto& header : options.headers) text += header + "\r\n";
    if (options.idempotency_keys) text += "Idempotency-Key: {key}\r\n";
    if (!options.ids_file.empty()) {
      std::ifstream file{options.ids_file};
      for (std::string id; std::getline(file, id);) ids_.push_back(id);
      if (ids_.empty()) throw std::runtime_error("there is no id in " + options.ids_file);
    }
    if (!options.body.empty()) {
      // All ids are of the same length.
      auto size = options.body.size();
      if (options.body.contains(kId)) size += ids_.at(0).size() - kId.size();
      text += fmt::format("Content-Type: application/json\r\nContent-Length: {}\r\n", size);
    }
    text += "\r\n" + options.body;
    for (std::string_view rest = text; !rest.empty();) {
      const auto place = std::min(rest.find(kId), rest.find(kKey));
      const auto name = place == std::string_view::npos       ? std::string_view{}
                        : rest.substr(place).starts_with(kId) ? kId
                                                              : kKey;
      parts_.push_back({std::string{rest.substr(0, place)}, name});
      rest.remove_prefix(std::min(rest.size(), std::min(place, rest.size()) + name.size()));
    }
  }

  void write_next(std::string& out) {
    out.clear();
    for (const auto& [text, name] : parts_) {
      out += text;
      if (name == kId) out += ids_.at(random_() % ids_.size());
      if (name == kKey) fmt::format_to(std::back_inserter(out), "{:016x}{:016x}", random_(), random_());
    }
  }

 private:
  static constexpr std::string_view kId = "{id}";
  static constexpr std::string_view kKey = "{key}";

  std::vector<std::pair<std::string, std::string_view>> parts_;  // Text, and what comes behind it.
  std::vector<std::string> ids_;
  std::mt19937_64 random_{std::random_device{}()};
};

/// Reads one answer after the other. Only what all measured servers send: a Content-Length, no chunks.
class AnswerReader {
 public:
  /// Receives what there is. False when the connection has ended.
  bool receive(int socket) {
    if (in_.size() - end_ < 4096) in_.resize(in_.size() + 16 * 1024);
    const auto got = ::recv(socket, in_.data() + end_, in_.size() - end_, 0);
    if (got <= 0) return got < 0 && errno == EAGAIN;
    end_ += static_cast<std::size_t>(got);
    return true;
  }

  /// The status of the next answer that is there in full.
  std::optional<int> take() {
    const std::string_view text{in_.data(), end_};
    const auto head_end = text.find("\r\n\r\n");
    if (head_end == std::string_view::npos) return std::nullopt;
    const auto head = text.substr(0, head_end + 2);
    const std::size_t size = head_end + 4 + body_length(head);
    if (end_ < size) return std::nullopt;
    const int status = std::atoi(in_.data() + std::string_view{"HTTP/1.1 "}.size());
    std::memmove(in_.data(), in_.data() + size, end_ - size);
    end_ -= size;
    return status;
  }

  void clear() { end_ = 0; }

 private:
  static std::size_t body_length(std::string_view head) {
    for (std::size_t line = head.find("\r\n"); line + 2 < head.size(); line = head.find("\r\n", line + 2)) {
      constexpr std::string_view kName = "content-length:";
      const auto field = head.substr(line + 2);
      if (field.size() < kName.size() || ::strncasecmp(field.data(), kName.data(), kName.size()) != 0) continue;
      return std::strtoull(field.data() + kName.size(), nullptr, 10);
    }
    throw std::runtime_error("an answer has no Content-Length");
  }

  std::vector<char> in_;
  std::size_t end_ = 0;
};

struct Connection {
  int socket = -1;
  bool busy = false;
  Time due;  ///< When its request was, or was to be, sent.
  std::string out;
  std::size_t sent = 0;
  AnswerReader in;
};

struct Second {
  std::uint64_t accepted = 0;
  std::uint64_t refused = 0;
  Histogram latency;  ///< Of what was accepted, by when it was due.
};

class Generator {
 public:
  Generator(const Options& options, const http::Url& url)
      : options_(options),
        requests_(options, url),
        epoll_(::epoll_create1(EPOLL_CLOEXEC)),
        seconds_(static_cast<std::size_t>(options.seconds) + 1) {
    address_.sin_family = AF_INET;
    std::uint16_t port = 0;
    std::from_chars(url.port.data(), url.port.data() + url.port.size(), port);
    address_.sin_port = htons(port);
    if (::inet_pton(AF_INET, url.host.c_str(), &address_.sin_addr) != 1)
      throw std::runtime_error("the URL must name an IPv4 address");
    connections_.resize(static_cast<std::size_t>(options.connections));
  }

  std::string run() {
    begin_ = Clock::now();
    measured_from_ = begin_ + duration_cast<Clock::duration>(Seconds{options_.warm_up});
    end_ = measured_from_ + duration_cast<Clock::duration>(Seconds{options_.seconds});
    const Time last_answer = end_ + duration_cast<Clock::duration>(Seconds{options_.patience});
    for (auto& connection : connections_) free_.push_back(&connection);
    for (Time now = begin_; now < end_ || (is_waiting() && now < last_answer); now = Clock::now()) {
      send_due(now);
      wait(now);
    }
    return report();
  }

 private:
  bool is_open_loop() const { return options_.rate > 0; }
  bool is_waiting() const { return free_.size() < connections_.size(); }
  bool is_measured(Time time) const { return time >= measured_from_ && time < end_; }

  /// When request number `index` of the open loop is due.
  Time due_at(std::uint64_t index) const {
    return begin_ + duration_cast<Clock::duration>(Seconds{static_cast<double>(index) / options_.rate});
  }

  void connect(Connection& connection) {
    connection.socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(connection.socket, reinterpret_cast<const sockaddr*>(&address_), sizeof address_) != 0)
      fail("cannot connect");
    const int on = 1;
    ::setsockopt(connection.socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const timeval none{};
    ::setsockopt(connection.socket, SOL_SOCKET, SO_RCVTIMEO, &none, sizeof none);
    epoll_event event{.events = EPOLLIN, .data = {.ptr = &connection}};
    if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.socket, &event) != 0) fail("epoll_ctl");
  }

  void send_due(Time now) {
    if (!is_open_loop()) {
      for (; !free_.empty() && now < end_; free_.pop_front()) send(*free_.front(), now);
      return;
    }
    const auto patience = duration_cast<Clock::duration>(Seconds{options_.patience});
    for (Time due = due_at(next_); due <= now && due < end_; due = due_at(next_)) {
      if (now - due > patience) {
        if (is_measured(due)) ++given_up_;
      } else if (!free_.empty()) {
        send(*free_.front(), due);
        free_.pop_front();
      } else {
        return;
      }
      ++next_;
    }
  }

  void send(Connection& connection, Time due) {
    if (connection.socket < 0) connect(connection);  // As clients do: when they have something to ask.
    connection.busy = true;
    connection.due = due;
    connection.sent = 0;
    requests_.write_next(connection.out);
    send_rest(connection);
  }

  void send_rest(Connection& connection) {
    const auto size = connection.out.size() - connection.sent;
    const auto sent =
        ::send(connection.socket, connection.out.data() + connection.sent, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno != EAGAIN) return reconnect(connection);
    connection.sent += static_cast<std::size_t>(std::max<ssize_t>(sent, 0));
    const bool is_done = connection.sent == connection.out.size();
    if (is_done && sent == static_cast<ssize_t>(size) && connection.sent == static_cast<std::size_t>(sent)) return;
    epoll_event event{.events = is_done ? EPOLLIN : EPOLLIN | EPOLLOUT, .data = {.ptr = &connection}};
    if (::epoll_ctl(epoll_, EPOLL_CTL_MOD, connection.socket, &event) != 0) fail("epoll_ctl");
  }

  void reconnect(Connection& connection) {
    if (std::exchange(connection.busy, false)) {
      if (is_measured(connection.due)) ++lost_;
      free_.push_front(&connection);
    }
    ::close(std::exchange(connection.socket, -1));
    connection.in.clear();
  }

  void wait(Time now) {
    Time until = now < end_ ? end_ : now + std::chrono::milliseconds{10};
    if (is_open_loop() && now < end_ && !free_.empty()) until = std::min(until, due_at(next_));
    const auto left = std::max<nanoseconds>(until - now, nanoseconds{0});
    const timespec timeout{.tv_sec = left.count() / 1'000'000'000, .tv_nsec = left.count() % 1'000'000'000};
    epoll_event events[256];
    const int count = ::epoll_pwait2(epoll_, events, 256, &timeout, nullptr);
    for (int i = 0; i < count; ++i) {
      auto& connection = *static_cast<Connection*>(events[i].data.ptr);
      if ((events[i].events & EPOLLOUT) != 0) send_rest(connection);
      if ((events[i].events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0) receive(connection);
    }
  }

  void receive(Connection& connection) {
    const bool is_alive = connection.in.receive(connection.socket);
    const auto status = connection.in.take();
    if (status && connection.busy) {
      note(connection.due, *status, Clock::now());
      connection.busy = false;
      free_.push_front(&connection);
    }
    if (!is_alive) reconnect(connection);
  }

  void note(Time due, int status, Time now) {
    const bool is_accepted = status >= 200 && status < 300;
    if (is_measured(now) && is_accepted) ++accepted_in_time_;
    if (!is_measured(due)) return;
    ++statuses_[status];
    auto& second =
        seconds_[static_cast<std::size_t>(duration_cast<std::chrono::seconds>(due - measured_from_).count())];
    ++(is_accepted ? second.accepted : second.refused);
    (is_accepted ? accepted_ : refused_).add(micros(now - due));
    if (is_accepted) second.latency.add(micros(now - due));
  }

  static std::string text_of(const Histogram& latency) {
    return fmt::format(R"({{"p50":{},"p90":{},"p99":{},"p999":{},"max":{}}})", latency.percentile(0.5),
                       latency.percentile(0.9), latency.percentile(0.99), latency.percentile(0.999), latency.max());
  }

  std::string report() const {
    std::string statuses;
    for (const auto& [status, count] : statuses_)
      statuses += fmt::format(R"({}"{}":{})", statuses.empty() ? "" : ",", status, count);
    std::string seconds;
    for (std::size_t i = 0; i + 1 < seconds_.size(); ++i) {
      seconds += fmt::format(R"({}{{"accepted":{},"refused":{},"p99":{}}})", i == 0 ? "" : ",", seconds_[i].accepted,
                             seconds_[i].refused, seconds_[i].latency.percentile(0.99));
    }
    std::uint64_t unanswered = 0;
    for (const auto& connection : connections_) unanswered += connection.busy && is_measured(connection.due) ? 1 : 0;
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto cpu = static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                     static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    return fmt::format(
        R"({{"accepted_per_second":{:.1f},"accepted":{},"statuses":{{{}}},"lost":{},"given_up":{},"unanswered":{},)"
        R"("latency_us":{},"refused_latency_us":{},"cpu_seconds":{:.2f},"seconds":[{}]}})",
        static_cast<double>(accepted_in_time_) / options_.seconds, accepted_.total(), statuses, lost_, given_up_,
        unanswered, text_of(accepted_), text_of(refused_), cpu, seconds);
  }

  const Options& options_;
  Requests requests_;
  int epoll_;
  sockaddr_in address_{};
  std::deque<Connection> connections_;
  std::deque<Connection*> free_;  // Who has waited longest comes first, so that all of them work.
  Time begin_;
  Time measured_from_;
  Time end_;
  std::uint64_t next_ = 0;

  std::uint64_t accepted_in_time_ = 0;
  std::uint64_t lost_ = 0;
  std::uint64_t given_up_ = 0;
  std::map<int, std::uint64_t> statuses_;
  Histogram accepted_;
  Histogram refused_;
  std::vector<Second> seconds_;
};

int run(int argc, char** argv) {
  Options options;
  CLI::App app{"Loads an HTTP server and says how it did, as one line of JSON. Latencies are microseconds"};
  app.add_option("url", options.url, "http://ADDRESS:PORT/PATH; {id} in it or in the body stands for a line of --ids")
      ->required();
  app.add_option("--method", options.method);
  app.add_option("--header", options.headers, "\"Name: value\"; may be given again");
  app.add_option("--body", options.body, "JSON");
  app.add_option("--ids", options.ids_file, "A file of ids, one a line; one is drawn for each request");
  app.add_flag("--idempotency-keys", options.idempotency_keys, "A random Idempotency-Key for each request");
  app.add_option("--connections", options.connections);
  app.add_option("--seconds", options.seconds);
  app.add_option("--warm-up", options.warm_up, "Seconds before those that count");
  app.add_option("--rate", options.rate, "Requests a second, however the server does (open loop)");
  app.add_option("--patience", options.patience, "Seconds until a request that no connection is free for is given up");
  CLI11_PARSE(app, argc, argv);

  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  const auto url = http::parse_url(options.url);
  if (!url) throw std::runtime_error(options.url + " is no URL");
  Generator generator{options, *url};
  fmt::print("{}\n", generator.run());
  return 0;
}

}  // namespace
}  // namespace qantara::bench

int main(int argc, char** argv) {
  try {
    return qantara::bench::run(argc, argv);
  } catch (const std::exception& failure) {
    fmt::print(stderr, "loadgen: {}\n", failure.what());
    return 1;
  }
}
