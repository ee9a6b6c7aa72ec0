#include "http/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>
#include <ostream>

#include "http/server.h"
#include "http/test_sockets.h"

namespace qantara::http {

void PrintTo(Reached reached, std::ostream* out) {
  *out << (reached == Reached::NOT_SENT ? "NOT_SENT" : "PERHAPS_SENT");
}

namespace {

using std::chrono::milliseconds;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using Reason = ClientFailure::Reason;

constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// Names that a test makes up. A name without addresses is looked up for ever.
class FakeDns final : public Dns {
 public:
  explicit FakeDns(Executor executor) : executor_(std::move(executor)) {}

  Task<Result<std::vector<std::string>>> resolve(std::string host) override {
    const auto found = names.find(host);
    if (found == names.end()) co_return error(ErrorCode::NOT_SENT, "no such name");
    if (found->second.empty()) {
      boost::asio::steady_timer never{executor_, std::chrono::steady_clock::time_point::max()};
      co_await never.async_wait(boost::asio::use_awaitable);
    }
    co_return found->second;
  }

  std::map<std::string, std::vector<std::string>> names;

 private:
  Executor executor_;
};

class ClientTest : public ::testing::Test {
 protected:
  void SetUp() override { make({}); }
  void TearDown() override { context_.run(discard()); }

  void make(ClientOptions options) {
    context_.run(discard());
    client_ = make_client(context_.executor(), dns_, std::move(options));
  }
  Task<void> discard() {
    client_.reset();
    co_return;
  }

  std::string url(std::string_view target = "/") const {
    return "http://127.0.0.1:" + std::to_string(peer_.port()) + std::string(target);
  }
  std::future<ClientResult> start(ClientRequest request) { return context_.start(client_->send(std::move(request))); }
  std::future<ClientResult> start_get() { return start({.url = url()}); }

  /// One whole exchange, after which the connection is in the pool.
  RawSocket connect_and_pool() {
    auto pending = start_get();
    auto socket = peer_.accept();
    socket.receive_until("\r\n\r\n");
    socket.send(kOk);
    EXPECT_EQ(pending.get()->body, "ok");
    return socket;
  }

  static void expect_failure(const ClientResult& result, Reason reason, Reached reached, const std::string& note = {}) {
    ASSERT_FALSE(result) << note << ": " << result->status << ' ' << result->body;
    EXPECT_EQ(static_cast<int>(result.error().reason), static_cast<int>(reason))
        << note << ": " << result.error().message;
    EXPECT_EQ(result.error().reached, reached) << note << ": " << result.error().message;
    EXPECT_FALSE(result.error().message.empty());
  }

  RawListener peer_;
  RunningContext context_;
  FakeDns dns_{context_.executor()};
  std::unique_ptr<Client> client_;
};

TEST_F(ClientTest, sends_what_it_is_given_and_its_own_headers) {
  ClientRequest request{.method = Method::POST, .url = url("/a?b=c"), .body = "abc"};
  request.headers.add("X-Key", "1\r\nInjected: 2");
  request.headers.add("Host", "elsewhere");
  request.headers.add("content-length", "77");
  request.headers.add("Connection", "close");
  request.headers.add("Transfer-Encoding", "chunked");
  auto pending = start(std::move(request));
  auto socket = peer_.accept();
  EXPECT_EQ(socket.receive_until("abc"),
            "POST /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(peer_.port()) +
                "\r\nUser-Agent: Qantara\r\nX-Key: 1  Injected: 2\r\nContent-Length: 3\r\n\r\nabc");
  socket.send("HTTP/1.1 201 Created\r\nX-Answer: yes\r\nContent-Length: 2\r\n\r\nok");
  const auto result = pending.get();
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, 201);
  EXPECT_EQ(result->headers.value_or("x-answer", ""), "yes");
  EXPECT_EQ(result->body, "ok");
  EXPECT_GT(result->elapsed.count(), 0);
}

TEST_F(ClientTest, tells_a_length_only_where_there_can_be_a_body) {
  auto socket = connect_and_pool();
  auto get = start_get();
  EXPECT_THAT(socket.receive_until("\r\n\r\n"), Not(HasSubstr("Content-Length")));
  socket.send(kOk);
  EXPECT_TRUE(get.get());
  auto post = start({.method = Method::POST, .url = url()});
  EXPECT_THAT(socket.receive_until("\r\n\r\n"), HasSubstr("\r\nContent-Length: 0\r\n"));
  socket.send(kOk);
  EXPECT_TRUE(post.get());
}

struct AnswerCase {
  const char* answer;  ///< Then the peer closes.
  int status;
  const char* body;
  Reason reason = {};
};

TEST_F(ClientTest, reads_answers) {
  const AnswerCase cases[] = {
      {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", 200, "abc"},
      {"HTTP/1.1 500\r\nContent-Length: 0\r\n\r\n", 500, ""},
      {"HTTP/1.1 200 OK\r\n\r\nuntil the end", 200, "until the end"},
      {"HTTP/1.0 200 OK\r\n\r\n", 200, ""},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX: y\r\n\r\n", 200,
       "abcde"},
      {"HTTP/1.1 204 No Content\r\n\r\n", 204, ""},
      {"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", 304, ""},
      {"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", 302, ""},
      {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: "
       "1\r\n\r\na",
       200, "a"},
      {"", 0, "", Reason::CONNECTION_LOST},
      {"HTTP/1.1 200 OK\r\nContent-Le", 0, "", Reason::CONNECTION_LOST},
      {"HTTP/1.1 100 Continue\r\n\r\n", 0, "", Reason::CONNECTION_LOST},
      {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", 0, "", Reason::CONNECTION_LOST},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", 0, "", Reason::CONNECTION_LOST},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n", 0, "", Reason::CONNECTION_LOST},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n", 0, "", Reason::MALFORMED_ANSWER},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc", 0, "",
       Reason::MALFORMED_ANSWER},
      {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 0, "", Reason::MALFORMED_ANSWER},
      {"HTTP/1.1 200 OK\nContent-Length: 3\n\nabc", 0, "", Reason::MALFORMED_ANSWER},
      {"HTTP/1.1 101 Switching Protocols\r\n\r\n", 0, "", Reason::MALFORMED_ANSWER},
      {"HTTP/3 200 OK\r\n\r\n", 0, "", Reason::MALFORMED_ANSWER},
      {"SSH-2.0-OpenSSH_9.2\r\n\r\n", 0, "", Reason::MALFORMED_ANSWER},
      {"\x15\x03\x03", 0, "", Reason::MALFORMED_ANSWER},
  };
  for (const auto& c : cases) {
    auto pending = start_get();
    auto socket = peer_.accept();
    socket.receive_until("\r\n\r\n");
    socket.send(c.answer);
    socket.close();
    const auto result = pending.get();
    if (c.status == 0) {
      expect_failure(result, c.reason, Reached::PERHAPS_SENT, c.answer);
      continue;
    }
    ASSERT_TRUE(result) << c.answer << result.error().message;
    EXPECT_EQ(result->status, c.status) << c.answer;
    EXPECT_EQ(result->body, c.body) << c.answer;
  }
}

TEST_F(ClientTest, waits_for_no_body_after_head) {
  auto pending = start({.method = Method::HEAD, .url = url()});
  auto socket = peer_.accept();
  socket.receive_until("\r\n\r\n");
  socket.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
  EXPECT_EQ(pending.get()->body, "");
}

TEST_F(ClientTest, gives_up_on_endless_heads_and_endless_interim_answers) {
  const std::string floods[] = {"HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x'),
                                [] {
                                  std::string many = "HTTP/1.1 200 OK\r\n";
                                  for (int i = 0; i < 200; ++i) many += "X: y\r\n";
                                  return many + "\r\n";
                                }(),
                                [] {
                                  std::string many;
                                  for (int i = 0; i < 200; ++i) many += "HTTP/1.1 100 Continue\r\n\r\n";
                                  return many;
                                }()};
  for (const auto& flood : floods) {
    auto pending = start_get();
    auto socket = peer_.accept();
    socket.receive_until("\r\n\r\n");
    socket.send(flood);
    expect_failure(pending.get(), Reason::MALFORMED_ANSWER, Reached::PERHAPS_SENT, flood.substr(0, 40));
  }
}

TEST_F(ClientTest, keeps_to_the_limit_of_the_answer) {
  struct Case {
    const char* answer;
    std::size_t limit;
    const char* cut;  ///< What CUT keeps.
    bool fails;       ///< Under FAIL.
  };
  const Case cases[] = {
      {"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabcdef", 6, "abcdef", false},
      {"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabcdef", 5, "abcde", true},
      {"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabcdef", 0, "", true},
      {"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nabcdef", 5, "abcde", true},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n0\r\n\r\n", 6, "abcdef", false},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n", 5, "abcde", true},
      {"HTTP/1.1 200 OK\r\n\r\nabcdef", 6, "abcdef", false},
      {"HTTP/1.1 200 OK\r\n\r\nabcdef", 5, "abcde", true},
  };
  for (const auto& c : cases) {
    for (const auto excess : {ClientRequest::Excess::FAIL, ClientRequest::Excess::CUT}) {
      auto pending = start({.url = url(), .response_limit = c.limit, .excess = excess});
      auto socket = peer_.accept();
      socket.receive_until("\r\n\r\n");
      socket.send(c.answer);
      socket.finish_sending();
      const auto result = pending.get();
      if (c.fails && excess == ClientRequest::Excess::FAIL) {
        expect_failure(result, Reason::ANSWER_TOO_LARGE, Reached::PERHAPS_SENT, c.answer);
      } else {
        ASSERT_TRUE(result) << c.answer << ' ' << result.error().message;
        EXPECT_EQ(result->body, c.cut) << c.answer;
      }
    }
  }
}

TEST_F(ClientTest, uses_a_connection_again) {
  auto socket = connect_and_pool();
  for (int i = 0; i < 3; ++i) {
    auto pending = start_get();
    socket.receive_until("\r\n\r\n");
    socket.send(kOk);
    EXPECT_EQ(pending.get()->body, "ok");
  }
  EXPECT_FALSE(peer_.has_caller());
}

TEST_F(ClientTest, uses_no_connection_again_that_is_not_at_rest) {
  for (const auto* answer :
       {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more"}) {
    auto pending = start_get();
    auto socket = peer_.accept();
    socket.receive_until("\r\n\r\n");
    socket.send(answer);
    EXPECT_EQ(pending.get()->body, "ok");
    EXPECT_EQ(socket.receive_all(), "") << answer;
  }
}

TEST_F(ClientTest, drops_a_pooled_connection_that_the_peer_has_closed) {
  for (const auto spoil : {+[](RawSocket& socket) { socket.close(); }, +[](RawSocket& socket) { socket.reset(); },
                           +[](RawSocket& socket) { socket.finish_sending(); },
                           +[](RawSocket& socket) { socket.send("HTTP/1.1 408 Request Timeout\r\n\r\n"); }}) {
    auto first = connect_and_pool();
    spoil(first);
    auto second = connect_and_pool();
    second.reset();
  }
}

TEST_F(ClientTest, never_repeats_a_request_of_which_a_byte_has_left) {
  auto socket = connect_and_pool();
  auto pending = start_get();
  EXPECT_THAT(socket.receive_until("\r\n\r\n"), StartsWith("GET / "));
  socket.close();
  expect_failure(pending.get(), Reason::CONNECTION_LOST, Reached::PERHAPS_SENT);
  EXPECT_FALSE(peer_.has_caller());

  auto fresh = start({.method = Method::POST, .url = url(), .body = "abc"});
  auto second = peer_.accept();
  second.receive_until("abc");
  second.reset();
  expect_failure(fresh.get(), Reason::CONNECTION_LOST, Reached::PERHAPS_SENT);
  EXPECT_FALSE(peer_.has_caller());
}

TEST_F(ClientTest, closes_the_oldest_idle_connection_beyond_its_limit) {
  make({.idle_connections = 1});
  auto pending = start_get();
  auto first = peer_.accept();
  first.receive_until("\r\n\r\n");
  auto second = connect_and_pool();
  first.send(kOk);
  EXPECT_TRUE(pending.get());
  EXPECT_EQ(second.receive_all(), "");

  auto again = start_get();
  EXPECT_THAT(first.receive_until("\r\n\r\n"), StartsWith("GET "));
  first.send(kOk);
  EXPECT_TRUE(again.get());
}

TEST_F(ClientTest, closes_idle_connections_after_a_while) {
  make({.idle_time = milliseconds{50}});
  EXPECT_EQ(connect_and_pool().receive_all(), "");
}

TEST_F(ClientTest, meets_its_deadline_wherever_it_stands) {
  const milliseconds deadline{60};
  dns_.names["never.example"] = {};
  expect_failure(start({.url = "http://never.example/", .deadline = deadline}).get(), Reason::TIMED_OUT,
                 Reached::NOT_SENT, "name");

  auto silent = start({.url = url(), .deadline = deadline});
  expect_failure(silent.get(), Reason::TIMED_OUT, Reached::PERHAPS_SENT, "head");

  peer_.accept().close();
  auto slow = start({.url = url(), .deadline = deadline});
  auto socket = peer_.accept();
  socket.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab");
  expect_failure(slow.get(), Reason::TIMED_OUT, Reached::PERHAPS_SENT, "body");

  auto clogged = start({.method = Method::POST,
                        .url = url(),
                        .body = std::string(16 * 1024 * 1024, 'x'),
                        .deadline = milliseconds{300}});
  auto deaf = peer_.accept();
  expect_failure(clogged.get(), Reason::TIMED_OUT, Reached::PERHAPS_SENT, "send");

  auto shy = start({.url = "https://127.0.0.1:" + std::to_string(peer_.port()), .deadline = deadline});
  auto mute = peer_.accept();
  expect_failure(shy.get(), Reason::TIMED_OUT, Reached::NOT_SENT, "handshake");

  const RawListener full{0};
  const auto one = RawSocket::connect(full.port());  // Fills its queue: whoever comes now waits for an answer.
  expect_failure(start({.url = "http://127.0.0.1:" + std::to_string(full.port()), .deadline = deadline}).get(),
                 Reason::TIMED_OUT, Reached::NOT_SENT, "connect");
}

TEST_F(ClientTest, is_not_kept_beyond_its_deadline_by_a_peer_that_drips) {
  auto pending = start({.url = url(), .deadline = milliseconds{80}});
  auto socket = peer_.accept();
  socket.send("HTTP/1.1 200 OK\r\n\r\n");
  std::atomic<bool> is_done = false;
  std::thread dripper([&] {
    while (!is_done) {
      socket.send("x");
      std::this_thread::sleep_for(milliseconds{5});
    }
  });
  expect_failure(pending.get(), Reason::TIMED_OUT, Reached::PERHAPS_SENT);
  is_done = true;
  dripper.join();
}

TEST_F(ClientTest, proves_that_nothing_was_sent_where_nobody_listens) {
  const auto target = url();
  peer_.close();
  expect_failure(start({.url = target}).get(), Reason::CONNECT, Reached::NOT_SENT);
  expect_failure(start({.url = "http://unknown.example/"}).get(), Reason::RESOLVE, Reached::NOT_SENT);
  expect_failure(start({.url = "ftp://127.0.0.1/"}).get(), Reason::BAD_URL, Reached::NOT_SENT);
}

TEST_F(ClientTest, tries_the_next_address) {
  dns_.names["two.example"] = {"127.0.0.2", "127.0.0.1"};  // The peer listens on the second only.
  const auto target = "http://two.example:" + std::to_string(peer_.port()) + "/";
  auto pending = start({.url = target});
  auto socket = peer_.accept();
  EXPECT_THAT(socket.receive_until("\r\n\r\n"), HasSubstr("\r\nHost: two.example:"));
  socket.send(kOk);
  EXPECT_TRUE(pending.get());
}

TEST_F(ClientTest, leaves_time_for_the_next_address) {
  const RawListener full{0, peer_.port(), 1};
  const auto filler = RawSocket::connect(peer_.port(), 1);
  dns_.names["two.example"] = {"127.0.0.2", "127.0.0.1"};
  auto pending =
      start({.url = "http://two.example:" + std::to_string(peer_.port()) + "/", .deadline = milliseconds{1'000}});
  auto socket = peer_.accept();
  socket.receive_until("\r\n\r\n");
  socket.send(kOk);
  EXPECT_TRUE(pending.get());
}

TEST_F(ClientTest, takes_an_answer_that_comes_before_all_is_sent) {
  auto pending = start({.method = Method::POST, .url = url(), .body = std::string(16 * 1024 * 1024, 'x')});
  auto socket = peer_.accept();
  socket.receive_until("\r\n\r\n");
  socket.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno");
  socket.finish_sending();
  std::thread reader([&] { socket.receive_all(); });
  const auto result = pending.get();
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->status, 413);
  context_.run(discard());
  reader.join();
}

TEST_F(ClientTest, takes_the_answer_of_a_peer_that_hangs_up_before_all_is_sent) {
  auto pending = start({.method = Method::POST, .url = url(), .body = std::string(16 * 1024 * 1024, 'x')});
  auto socket = peer_.accept();
  socket.receive_until("\r\n\r\n");
  socket.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno");
  socket.close();
  const auto result = pending.get();
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->status, 413);
}

TEST_F(ClientTest, reaches_no_address_that_is_not_allowed) {
  const auto dns = make_system_dns(context_.executor());
  context_.run(discard());
  client_ = make_client(context_.executor(), *dns, {});
  const auto port = ':' + std::to_string(peer_.port());
  for (const std::string host : {"127.0.0.1",
                                 "127.0.0.2",
                                 "127.1",
                                 "127.0.1",
                                 "127.255.255.254",
                                 "2130706433",
                                 "0x7f000001",
                                 "0x7f.0.0.1",
                                 "0x7f.1",
                                 "0X7F.0X1",
                                 "0177.0.0.1",
                                 "017700000001",
                                 "0177.1",
                                 "127.0.0.1.",
                                 "127.0.0.01",
                                 "0.0.0.0",
                                 "0",
                                 "0x0",
                                 "00",
                                 "0.0",
                                 "localhost",
                                 "LOCALHOST",
                                 "localhost.",
                                 "[::1]",
                                 "[0:0:0:0:0:0:0:1]",
                                 "[::]",
                                 "[::ffff:127.0.0.1]",
                                 "[::ffff:7f00:1]",
                                 "[0:0:0:0:0:ffff:127.0.0.1]",
                                 "[::127.0.0.1]",
                                 "[64:ff9b::127.0.0.1]",
                                 "[64:ff9b::7f00:1]",
                                 "[2002:7f00:1::]",
                                 "[2002:7f00:0001::1]",
                                 "[2001:0:7f00:1::]",
                                 "10.0.0.1",
                                 "10.1",
                                 "012.0.0.1",
                                 "167772161",
                                 "172.16.0.1",
                                 "172.31.255.255",
                                 "192.168.0.1",
                                 "192.168.1",
                                 "3232235777",
                                 "169.254.169.254",
                                 "2852039166",
                                 "0xa9fea9fe",
                                 "0xA9.0xFE.0xA9.0xFE",
                                 "0251.0376.0251.0376",
                                 "169.254.43518",
                                 "[::ffff:169.254.169.254]",
                                 "[fd00:ec2::254]",
                                 "100.64.0.1",
                                 "100.100.100.200",
                                 "192.0.0.192",
                                 "168.63.129.16",
                                 "198.18.0.1",
                                 "224.0.0.1",
                                 "255.255.255.255",
                                 "240.0.0.1",
                                 "[fe80::1]",
                                 "[fc00::1]",
                                 "[ff02::1]",
                                 "[2001:db8::1]",
                                 "[100::1]",
                                 "127.0.0.1%2f",
                                 "127.0.0.1#@8.8.8.8",
                                 "8.8.8.8@127.0.0.1",
                                 "[::1%25lo]"}) {
    const auto result =
        start({.url = "http://" + host + port + "/", .deadline = milliseconds{5'000}, .addresses = {}}).get();
    ASSERT_FALSE(result) << host;
    EXPECT_EQ(result.error().reached, Reached::NOT_SENT) << host;
    const auto reason = result.error().reason;
    EXPECT_TRUE(reason == Reason::FORBIDDEN_ADDRESS || reason == Reason::BAD_URL || reason == Reason::RESOLVE)
        << host << ": " << result.error().message;
  }
  EXPECT_FALSE(peer_.has_caller());
  context_.run(discard());
}

TEST_F(ClientTest, checks_the_address_that_a_name_leads_to) {
  dns_.names["rebound.example"] = {"10.0.0.1", "127.0.0.1", "169.254.169.254"};
  const auto target = "http://rebound.example:" + std::to_string(peer_.port()) + "/";
  expect_failure(start({.url = target, .addresses = {}}).get(), Reason::FORBIDDEN_ADDRESS, Reached::NOT_SENT);
  EXPECT_FALSE(peer_.has_caller());

  AddressPolicy loopback_too{.public_addresses = true, .allowed_networks = {"127.0.0.0/8"}};
  auto pending = start({.url = target, .addresses = loopback_too});
  auto socket = peer_.accept();
  socket.receive_until("\r\n\r\n");
  socket.send(kOk);
  EXPECT_TRUE(pending.get());

  // The pooled connection is no way around the policy.
  expect_failure(start({.url = target, .addresses = {}}).get(), Reason::FORBIDDEN_ADDRESS, Reached::NOT_SENT);
}

TEST_F(ClientTest, may_be_used_from_another_context) {
  RunningContext other;
  auto pending = other.start(client_->send({.url = url()}));
  auto socket = peer_.accept();
  socket.receive_until("\r\n\r\n");
  socket.send(kOk);
  EXPECT_TRUE(pending.get());
  context_.run(discard());  // Its thread is done with the other context.
}

TEST_F(ClientTest, understands_our_own_server) {
  SystemRandom random;
  ServerOptions options;
  options.handler = [](const Request& request) -> Task<Response> {
    auto response = Response::text(200, request.body);
    if (request.path == "/half") response.delivery = Response::Delivery::HALF;
    if (request.path == "/nothing") response.delivery = Response::Delivery::NOTHING;
    co_return response;
  };
  auto server = *listen(context_.executor(), random, std::move(options));
  const auto base = "http://127.0.0.1:" + std::to_string(server->port());
  for (const std::size_t size : {0U, 1U, 4096U, 200'000U}) {
    const std::string body(size, 'x');
    const auto result = start({.method = Method::POST, .url = base + "/echo", .body = body}).get();
    ASSERT_TRUE(result);
    EXPECT_EQ(result->body, body);
  }
  for (const auto* path : {"/half", "/nothing"}) {
    expect_failure(start({.method = Method::POST, .url = base + path, .body = "abcd"}).get(), Reason::CONNECTION_LOST,
                   Reached::PERHAPS_SENT, path);
  }
  context_.run(server->stop(milliseconds{1'000}));
}

}  // namespace
}  // namespace qantara::http
