#include "http/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <condition_variable>
#include <mutex>
#include <set>
#include <vector>

#include "http/test_sockets.h"

namespace qantara::http {
namespace {

using std::chrono::milliseconds;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::string_view kGet = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";

/// A server whose handler echoes what it was given; what it saw can be asked for.
class ServerTest : public ::testing::Test {
 protected:
  void start(ServerLimits limits = {}) {
    ServerOptions options;
    options.limits = limits;
    options.proxies = proxies_;
    options.strict_transport = std::chrono::seconds{1000};
    options.handler = [this](const Request& request) { return handle(request); };
    options.refuse = [](Refusal, int status, const std::string& request_id, std::string_view message) {
      auto response = Response::text(status, "refused: " + std::string(message));
      response.headers.add("X-Request-Id", request_id);
      return response;
    };
    auto listening = listen(context_.executor(), random_, std::move(options));
    ASSERT_TRUE(listening) << listening.error().message;
    server_ = *std::move(listening);
  }

  void TearDown() override {
    release();
    if (!server_) return;
    stop(milliseconds{2'000});
    context_.run(discard(server_));
  }

  void stop(milliseconds patience) { context_.run(server_->stop(patience)); }

  RawSocket connect() { return RawSocket::connect(server_->port()); }

  /// What comes back for `bytes` until the server closes.
  std::string talk(std::string_view bytes) {
    auto socket = connect();
    socket.send(bytes);
    return socket.receive_all();
  }

  Task<Response> handle(const Request& request) {
    {
      const std::scoped_lock lock{mutex_};
      seen_.push_back(request);
      changed_.notify_all();
    }
    if (request.path == "/held") {
      while (!released_) {
        boost::asio::steady_timer timer{context_.executor(), milliseconds{2}};
        co_await timer.async_wait(boost::asio::use_awaitable);
      }
    }
    auto response = Response::text(200, std::string(to_text(request.method)) + ' ' + request.path + ' ' + request.body);
    if (request.path == "/big") response.body = std::string(32 * 1024 * 1024, 'x');
    if (request.path == "/half") response.delivery = Response::Delivery::HALF;
    if (request.path == "/nothing") response.delivery = Response::Delivery::NOTHING;
    if (request.path == "/empty") response = Response{.status = 204, .headers = {}, .body = "never sent"};
    if (request.path == "/split") response.headers.add("Location", "/a\r\nSet-Cookie: b=c");
    ++finished_;
    co_return response;
  }

  static Task<void> discard(std::unique_ptr<Server>& server) {
    server.reset();
    co_return;
  }

  void release() { released_ = true; }

  /// Waits until the handler has seen `count` requests.
  std::vector<Request> wait_for_requests(std::size_t count) {
    std::unique_lock lock{mutex_};
    EXPECT_TRUE(changed_.wait_for(lock, std::chrono::seconds{10}, [&] { return seen_.size() >= count; }));
    return seen_;
  }
  std::vector<Request> seen() {
    const std::scoped_lock lock{mutex_};
    return seen_;
  }

  SystemRandom random_;
  TrustedProxies proxies_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Request> seen_;
  std::atomic<bool> released_ = false;
  std::atomic<int> finished_ = 0;
  RunningContext context_;
  std::unique_ptr<Server> server_;
};

TEST_F(ServerTest, answers_and_keeps_the_connection) {
  start();
  auto socket = connect();
  for (int i = 0; i < 3; ++i) {
    socket.send(kGet);
    EXPECT_EQ(socket.receive_until("GET /hello "),
              "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 11\r\n\r\nGET /hello ");
  }
}

TEST_F(ServerTest, gives_handlers_what_was_sent) {
  start();
  talk("POST /a%20b/?x=1 HTTP/1.1\r\nHost: a:80\r\nX-Y:  z \r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc");
  talk(
      "\r\nPOST /c HTTP/1.1\r\nHost: [::1]\r\nConnection: close\r\nTransfer-Encoding: "
      "chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n");
  const auto requests = wait_for_requests(2);
  EXPECT_EQ(requests[0].method, Method::POST);
  EXPECT_EQ(requests[0].path, "/a b");
  EXPECT_EQ(requests[0].query, "x=1");
  EXPECT_EQ(requests[0].headers.value_or("x-y", ""), "z");
  EXPECT_EQ(requests[0].body, "abc");
  EXPECT_EQ(requests[0].peer_address, "127.0.0.1");
  EXPECT_EQ(requests[1].path, "/c");
  EXPECT_EQ(requests[1].body, "abc");
}

TEST_F(ServerTest, believes_what_trusted_proxies_say_of_the_client_and_nobody_else) {
  const std::string message =
      "GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Forwarded-For: 127.0.0.1, 192.0.2.1\r\n"
      "X-Forwarded-Proto: https\r\nForwarded: for=198.51.100.1\r\nX-Real-IP: 198.51.100.2\r\n\r\n";
  proxies_ = {.networks = {*parse_network("127.0.0.2")}};
  start();
  EXPECT_THAT(talk(message), Not(HasSubstr("Strict-Transport")));
  auto proxy = RawSocket::connect_from(server_->port(), 1);
  proxy.send(message);
  EXPECT_THAT(proxy.receive_all(), HasSubstr("\r\nStrict-Transport-Security: max-age=1000\r\n"));
  auto silent_proxy = RawSocket::connect_from(server_->port(), 1);
  silent_proxy.send("GET /a HTTP/1.0\r\n\r\n");
  silent_proxy.receive_all();

  const auto requests = wait_for_requests(3);
  EXPECT_EQ(requests[0].peer_address, "127.0.0.1");
  EXPECT_FALSE(requests[0].secure);
  EXPECT_EQ(requests[1].peer_address, "192.0.2.1");
  EXPECT_TRUE(requests[1].secure);
  EXPECT_EQ(requests[2].peer_address, "127.0.0.2");
  EXPECT_FALSE(requests[2].secure);
}

TEST_F(ServerTest, names_each_request_with_sixteen_letters) {
  start();
  auto socket = connect();
  for (int i = 0; i < 50; ++i) socket.send(kGet);
  std::set<std::string> ids;
  for (const auto& request : wait_for_requests(50)) {
    EXPECT_THAT(request.request_id, ::testing::MatchesRegex("[A-Za-z]+"));
    EXPECT_EQ(request.request_id.size(), 16U);
    ids.insert(request.request_id);
  }
  EXPECT_EQ(ids.size(), 50U);
}

struct RefusedCase {
  int status;
  std::string message;
};

/// Messages that two readers could read in two ways, or that are no HTTP at all. Behind each stands a request that a
/// lenient reader could be made to take for a second one.
std::vector<RefusedCase> refused_cases() {
  const std::string host = "Host: a\r\n";
  const std::string post = "POST / HTTP/1.1\r\nHost: a\r\n";
  const std::string chunked = "Transfer-Encoding: chunked\r\n";
  return {
      // Transfer-Encoding and its spellings
      {400, post + chunked + "Content-Length: 3\r\n\r\nabc"},
      {400, post + "Content-Length: 3\r\n" + chunked + "\r\nabc"},
      {400, post + "Transfer-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"},
      {400, post + "Transfer-Encoding: gzip\r\n\r\n"},
      {400, post + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"},
      {400, post + "Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n"},
      {400, post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"},
      {400, post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"},
      {400, post + "Transfer-Encoding: Chunked\r\n\r\n0\r\n\r\n"},
      {400, post + "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n"},
      {400, post + "Transfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n"},
      {400, post + "Transfer-Encoding:\x0b"
                   "chunked\r\n\r\n0\r\n\r\n"},
      {400, post + "Transfer-Encoding:\r\n\r\n0\r\n\r\n"},
      {400, post + "Transfer-Encoding :chunked\r\n\r\n0\r\n\r\n"},
      {400, post + " Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {400, post + "X: y\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {400, post + chunked + chunked + "\r\n0\r\n\r\n"},
      {400, "POST / HTTP/1.0\r\n" + chunked + "\r\n0\r\n\r\n"},
      // Content-Length
      {400, post + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc"},
      {400, post + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc"},
      {400, post + "Content-Length: 3, 3\r\n\r\nabc"},
      {400, post + "Content-Length: 3,\r\n\r\nabc"},
      {400, post + "Content-Length: +3\r\n\r\nabc"},
      {400, post + "Content-Length: -1\r\n\r\nabc"},
      {400, post + "Content-Length: 0x3\r\n\r\nabc"},
      {400, post + "Content-Length: 3 3\r\n\r\nabc"},
      {400, post + "Content-Length: 3.0\r\n\r\nabc"},
      {400, post + "Content-Length:\r\n\r\nabc"},
      {400, post + "Content-Length: 18446744073709551616\r\n\r\nabc"},
      {400, post + "Content-Length\r\n\r\nabc"},
      {413, post + "Content-Length: 18446744073709551615\r\n\r\nabc"},
      // chunks
      {400, post + chunked + "\r\nx\r\nabc\r\n0\r\n\r\n"},
      {400, post + chunked + "\r\n0x3\r\nabc\r\n0\r\n\r\n"},
      {400, post + chunked + "\r\n3\nabc\n0\n\n"},
      {400, post + chunked + "\r\n4\r\nabc\r\n0\r\n\r\n"},
      {400, post + chunked + "\r\n-1\r\n\r\n"},
      {400, post + chunked + "\r\n10000000000000000\r\n\r\n"},
      {400, post + chunked + "\r\n0\r\nContent-Length: 5\r\n\r\n"},
      // Host
      {400, "GET / HTTP/1.1\r\n\r\n"},
      {400, "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"},
      {400, "GET / HTTP/1.1\r\nHost: a\r\nhOST: b\r\n\r\n"},
      {400, "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"},
      {400, "GET / HTTP/1.1\r\nHost:\r\n\r\n"},
      {400, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"},
      {400, "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"},
      {400, "GET / HTTP/1.1\r\nHost: user@a\r\n\r\n"},
      {400, "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"},
      {400, "GET / HTTP/1.1\r\nHost: a:99999\r\n\r\n"},
      {400, "GET / HTTP/1.1\r\nHost : a\r\n\r\n"},
      // lines
      {400, "GET / HTTP/1.1\nHost: a\n\n"},
      {400, "GET / HTTP/1.1\r\nHost: a\n\r\n"},
      {400, "GET / HTTP/1.1\r\nHost: a\r\n\n"},
      {400, "GET / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n"},
      {400, "GET / HTTP/1.1\r\n" + host + "X: a\r\n folded\r\n\r\n"},
      {400, "GET / HTTP/1.1\r\n Host: a\r\n\r\n"},
      {400, "GET / HTTP/1.1\r\n" + host + std::string("X: a\0b\r\n\r\n", 10)},
      {400, "GET / HTTP/1.1\r\n" + host + "X: a\x7f\r\n\r\n"},
      {400, "GET / HTTP/1.1\r\n" + host + ": y\r\n\r\n"},
      {400, "GET / HTTP/1.1\r\n" + host + "X(: y\r\n\r\n"},
      {400, "GET / HTTP/1.1\r\n" + host + "nonsense\r\n\r\n"},
      {400, "\r\n\r\nGET / HTTP/1.1\r\n" + host + "\r\n"},
      // the request line
      {400, "GET  / HTTP/1.1\r\n" + host + "\r\n"},
      {400, "GET /  HTTP/1.1\r\n" + host + "\r\n"},
      {400, "GET /a b HTTP/1.1\r\n" + host + "\r\n"},
      {400, "GET\t/ HTTP/1.1\r\n" + host + "\r\n"},
      {400, " GET / HTTP/1.1\r\n" + host + "\r\n"},
      {400, "GET / HTTP/1.1 \r\n" + host + "\r\n"},
      {400, "GET /\r\n\r\n"},
      {400, "GET / http/1.1\r\n" + host + "\r\n"},
      {400, "GET / HTTP/1.10\r\n" + host + "\r\n"},
      {400, "GET / HTTP/11\r\n" + host + "\r\n"},
      {400, "G{T / HTTP/1.1\r\n" + host + "\r\n"},
      {400, "GET http://a/ HTTP/1.1\r\n" + host + "\r\n"},
      {400, "OPTIONS * HTTP/1.1\r\n" + host + "\r\n"},
      {400, "GET a HTTP/1.1\r\n" + host + "\r\n"},
      {400, "GET /\xff HTTP/1.1\r\n" + host + "\r\n"},
      {400, "GET /a#b HTTP/1.1\r\n" + host + "\r\n"},
      {400, "GET /%zz HTTP/1.1\r\n" + host + "\r\n"},
      {400, "GET /%2 HTTP/1.1\r\n" + host + "\r\n"},
      {400, "GET /%00 HTTP/1.1\r\n" + host + "\r\n"},
      {400, "GET /%0d%0a HTTP/1.1\r\n" + host + "\r\n"},
      {400, "GET /%ff HTTP/1.1\r\n" + host + "\r\n"},
      {400, "GET /?a=%f HTTP/1.1\r\n" + host + "\r\n"},
      {400, std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11)},
      {405, "get / HTTP/1.1\r\n" + host + "\r\n"},
      {405, "TRACE / HTTP/1.1\r\n" + host + "\r\n"},
      {405, "PRI / HTTP/1.1\r\n" + host + "\r\n"},
      {505, "GET / HTTP/2.0\r\n" + host + "\r\n"},
      {505, "GET / HTTP/0.9\r\n" + host + "\r\n"},
      {505, "GET / HTTP/1.2\r\n" + host + "\r\n"},
      {417, post + "Expect: a-miracle\r\nContent-Length: 3\r\n\r\nabc"},
  };
}

TEST_F(ServerTest, refuses_every_ambiguous_message_and_closes) {
  start();
  for (const auto& [status, message] : refused_cases()) {
    const auto answer = talk(message + std::string(kGet));
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 " + std::to_string(status) + ' ')) << message;
    EXPECT_THAT(answer, HasSubstr("\r\nConnection: close\r\n")) << message;
    EXPECT_THAT(answer, HasSubstr("\r\n\r\nrefused: ")) << message;
    EXPECT_THAT(answer, Not(HasSubstr("GET /hello"))) << message;
  }
  EXPECT_TRUE(seen().empty());
}

TEST_F(ServerTest, reads_a_request_that_comes_byte_by_byte) {
  start();
  auto socket = connect();
  const std::string message = "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
  for (const char c : message) socket.send({&c, 1});
  EXPECT_THAT(socket.receive_until("POST /x abc"), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_F(ServerTest, answers_pipelined_requests_in_order) {
  start();
  std::string messages;
  for (int i = 0; i < 200; ++i) {
    messages += "POST /" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok";
  }
  auto socket = connect();
  socket.send(messages);
  for (int i = 0; i < 200; ++i) {
    EXPECT_THAT(socket.receive_until(" ok"), EndsWith("POST /" + std::to_string(i) + " ok"));
  }
}

TEST_F(ServerTest, closes_when_asked_to_and_after_http_1_0) {
  start();
  EXPECT_THAT(talk("GET /a HTTP/1.1\r\nHost: a\r\nConnection: x, CLOSE\r\n\r\n" + std::string(kGet)),
              AllOf(HasSubstr("\r\nConnection: close\r\n"), EndsWith("GET /a ")));
  EXPECT_THAT(talk("GET /b HTTP/1.0\r\n\r\n"), AllOf(HasSubstr("\r\nConnection: close\r\n"), EndsWith("GET /b ")));
  EXPECT_EQ(seen().size(), 2U);
}

TEST_F(ServerTest, answers_a_client_that_has_finished_sending) {
  start();
  auto socket = connect();
  socket.send(kGet);
  socket.finish_sending();
  EXPECT_THAT(socket.receive_all(), EndsWith("GET /hello "));
}

TEST_F(ServerTest, sends_no_body_to_head_nor_with_204) {
  start();
  auto socket = connect();
  socket.send("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\nGET /empty HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const auto answer = socket.receive_all();
  EXPECT_THAT(
      answer,
      StartsWith("HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 12\r\n\r\nHTTP/1.1 "
                 "204 No Content\r\n"));
  EXPECT_THAT(answer, EndsWith("204 No Content\r\nConnection: close\r\n\r\n"));
}

TEST_F(ServerTest, asks_for_the_body_that_a_client_holds_back) {
  start();
  auto socket = connect();
  socket.send("POST /x HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 3\r\n\r\n");
  EXPECT_EQ(socket.receive_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  socket.send("abc");
  EXPECT_THAT(socket.receive_until("POST /x abc"), StartsWith("HTTP/1.1 200 OK\r\n"));

  socket.send("POST /y HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc");
  EXPECT_THAT(socket.receive_until("POST /y abc"), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_F(ServerTest, limits_head_and_body) {
  start({.head_bytes = 1000, .body_bytes = 100});
  const std::string post = "POST / HTTP/1.1\r\nHost: a\r\n";
  EXPECT_THAT(talk("GET /" + std::string(2000, 'a')), StartsWith("HTTP/1.1 431 "));
  EXPECT_THAT(talk("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(2000, 'a') + "\r\n\r\n"),
              StartsWith("HTTP/1.1 431 "));
  std::string many = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (int i = 0; i < 101; ++i) many += "X:\r\n";
  EXPECT_THAT(talk(many + "\r\n"), StartsWith("HTTP/1.1 431 "));

  EXPECT_THAT(talk(post + "Content-Length: 101\r\n\r\n"), StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(talk(post + "Expect: 100-continue\r\nContent-Length: 101\r\n\r\n"), StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(talk(post + "Transfer-Encoding: chunked\r\n\r\n65\r\n" + std::string(101, 'a')),
              StartsWith("HTTP/1.1 413 "));
  EXPECT_TRUE(seen().empty());

  EXPECT_THAT(talk(post + "Connection: close\r\nContent-Length: 100\r\n\r\n" + std::string(100, 'a')),
              StartsWith("HTTP/1.1 200 "));
}

TEST_F(ServerTest, tells_of_a_refusal_even_while_the_body_is_still_coming) {
  start({.body_bytes = 100});
  auto socket = connect();
  socket.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n");
  EXPECT_THAT(socket.receive_until("too large."), StartsWith("HTTP/1.1 413 "));
  socket.send(std::string(500'000, 'a'));
  socket.finish_sending();
  EXPECT_EQ(socket.receive_all(), "");
  EXPECT_FALSE(socket.was_reset());
}

TEST_F(ServerTest, waits_no_longer_than_its_limits) {
  start({.head_time = milliseconds{60}, .body_time = milliseconds{60}, .idle_time = milliseconds{60}});
  EXPECT_EQ(talk(""), "");  // Not a byte came: there is nothing to answer.
  EXPECT_THAT(talk("GET / HTTP/1.1\r\nHost"), StartsWith("HTTP/1.1 408 "));
  EXPECT_THAT(talk("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nab"), StartsWith("HTTP/1.1 408 "));
  EXPECT_THAT(talk(kGet), EndsWith("GET /hello "));  // And then idles until closed.
}

TEST_F(ServerTest, is_not_held_up_by_clients_that_drip) {
  start({.head_time = milliseconds{80}, .body_time = milliseconds{80}});
  for (const auto* beginning :
       {"GET / HTTP/1.1\r\nX: ", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n"}) {
    auto socket = connect();
    std::atomic<bool> is_done = false;
    std::thread dripper([&] {
      socket.send(beginning);
      while (!is_done) {
        socket.send("x");
        std::this_thread::sleep_for(milliseconds{5});
      }
    });
    EXPECT_THAT(socket.receive_until("refused: "), StartsWith("HTTP/1.1 408 "));
    is_done = true;
    dripper.join();
  }
}

TEST_F(ServerTest, gives_up_on_a_client_that_does_not_read) {
  start({.write_time = milliseconds{60}});
  auto socket = connect();
  socket.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
  wait_for_requests(1);
  std::this_thread::sleep_for(milliseconds{300});
  EXPECT_LT(socket.receive_all().size(), 32U * 1024 * 1024);
}

TEST_F(ServerTest, sends_large_answers_whole) {
  start();
  auto socket = connect();
  socket.send("GET /big HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const auto answer = socket.receive_all();
  EXPECT_THAT(answer.substr(0, 200), HasSubstr("Content-Length: 33554432\r\n"));
  EXPECT_EQ(answer.size() - answer.find("\r\n\r\n") - 4, 32U * 1024 * 1024);
}

TEST_F(ServerTest, lets_newcomers_in_past_a_flood_of_idle_connections) {
  start({.connections = 10});
  std::vector<RawSocket> flood;
  for (int i = 0; i < 50; ++i) {
    flood.push_back(connect());
    if (i % 2 == 0) flood.back().send("GET / HT");
    auto guest = connect();
    guest.send("GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(guest.receive_all(), EndsWith("GET /hello ")) << i;
  }
}

TEST_F(ServerTest, leaves_room_for_others_beside_one_address_but_a_trusted_proxy_has_it_all) {
  proxies_ = {.networks = {*parse_network("127.0.0.3")}};
  start({.connections_per_address = 3});
  const auto answer_from = [&](std::uint32_t neighbour) {
    auto guest = RawSocket::connect_from(server_->port(), neighbour);
    guest.send("GET /hello HTTP/1.0\r\n\r\n");
    return guest.receive_all();
  };
  std::vector<RawSocket> held;
  for (const std::uint32_t neighbour : {0U, 2U}) {
    for (int i = 0; i < 3; ++i) {
      held.push_back(RawSocket::connect_from(server_->port(), neighbour));
      held.back().send(kGet);
      held.back().receive_until("GET /hello ");
    }
  }
  EXPECT_EQ(answer_from(0), "");
  EXPECT_EQ(server_->turned_away(), 1U);
  EXPECT_THAT(answer_from(1), EndsWith("GET /hello "));
  EXPECT_THAT(answer_from(2), EndsWith("GET /hello "));
  held.front().close();
  std::string again;
  for (int i = 0; i < 1000 && again.empty(); ++i) again = answer_from(0);
  EXPECT_THAT(again, EndsWith("GET /hello "));
}

TEST_F(ServerTest, turns_newcomers_away_when_every_connection_works) {
  start({.connections = 2});
  auto first = connect();
  auto second = connect();
  first.send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n");
  second.send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n");
  wait_for_requests(2);
  EXPECT_EQ(connect().receive_all(), "");
  release();
  EXPECT_THAT(first.receive_until("GET /held "), EndsWith("GET /held "));
  EXPECT_THAT(second.receive_until("GET /held "), EndsWith("GET /held "));
}

TEST_F(ServerTest, lets_a_handler_finish_whose_client_has_gone) {
  start();
  auto socket = connect();
  socket.send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n");
  wait_for_requests(1);
  socket.reset();
  EXPECT_THAT(talk("GET /b HTTP/1.0\r\n\r\n"), EndsWith("GET /b "));
  EXPECT_EQ(finished_, 1);
  release();
  stop(milliseconds{5'000});
  EXPECT_EQ(finished_, 2);
}

TEST_F(ServerTest, plays_a_faulty_server_when_told) {
  start();
  const auto half = talk("GET /half HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(half, AllOf(HasSubstr("Content-Length: 10\r\n"), EndsWith("\r\n\r\nGET /")));
  EXPECT_EQ(talk("GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n"), "");
}

TEST_F(ServerTest, lets_no_header_value_begin_a_line) {
  start();
  EXPECT_THAT(talk("GET /split HTTP/1.0\r\n\r\n"), HasSubstr("\r\nLocation: /a  Set-Cookie: b=c\r\n"));
}

TEST_F(ServerTest, stops_gracefully) {
  start();
  auto idle = connect();
  auto kept = connect();
  kept.send(kGet);
  kept.receive_until("GET /hello ");
  auto held = connect();
  held.send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n");
  wait_for_requests(2);

  std::thread stopper([&] { stop(milliseconds{10'000}); });
  EXPECT_EQ(idle.receive_all(), "");
  EXPECT_EQ(kept.receive_all(), "");
  release();
  EXPECT_THAT(held.receive_all(), AllOf(HasSubstr("\r\nConnection: close\r\n"), EndsWith("GET /held ")));
  stopper.join();

  const auto address = loopback(server_->port());
  const RawSocket late{::socket(AF_INET, SOCK_STREAM, 0)};
  EXPECT_NE(::connect(late.descriptor(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
}

TEST_F(ServerTest, stops_after_its_patience) {
  start();
  auto held = connect();
  held.send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n");
  wait_for_requests(1);
  stop(milliseconds{30});
  EXPECT_EQ(held.receive_all(), "");
  EXPECT_EQ(finished_, 0);
}

TEST_F(ServerTest, refuses_a_port_that_another_server_has_unless_both_share_it) {
  start();
  ServerOptions options;
  options.handler = [](const Request&) -> Task<Response> { co_return Response::text(200, ""); };
  options.port = server_->port();
  EXPECT_FALSE(listen(context_.executor(), random_, options)) << "the other server had the port to itself";
  options.port_use = PortUse::SHARED;
  EXPECT_FALSE(listen(context_.executor(), random_, options)) << "sharing takes two";

  options.port = 0;
  auto first = listen(context_.executor(), random_, options);
  ASSERT_TRUE(first);
  options.port = (*first)->port();
  auto second = listen(context_.executor(), random_, options);
  ASSERT_TRUE(second);
  EXPECT_EQ((*second)->port(), (*first)->port());
  context_.run((*first)->stop(milliseconds{0}));
  context_.run((*second)->stop(milliseconds{0}));
}

TEST_F(ServerTest, says_where_it_cannot_listen) {
  const RawListener other;
  ServerOptions options;
  options.port = other.port();
  const auto taken = listen(context_.executor(), random_, std::move(options));
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, ErrorCode::SERVICE_UNAVAILABLE);
  EXPECT_THAT(taken.error().message,
              AllOf(HasSubstr("127.0.0.1 port " + std::to_string(other.port())), HasSubstr("in use")));

  ServerOptions nowhere;
  nowhere.address = "nowhere";
  EXPECT_FALSE(listen(context_.executor(), random_, std::move(nowhere)));
}

}  // namespace
}  // namespace qantara::http
