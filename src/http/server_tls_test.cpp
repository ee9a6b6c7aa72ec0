#include "http/server_tls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <mutex>
#include <optional>
#include <vector>

#include "base/text.h"
#include "http/server.h"
#include "http/test_certificates.h"
#include "http/test_sockets.h"

namespace qantara::http {
namespace {

using std::chrono::milliseconds;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

using ClientContext = std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>>;
using Session = std::unique_ptr<SSL_SESSION, Freed<SSL_SESSION_free>>;

constexpr std::string_view kHello = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr std::string_view kHelloAndClose = "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

std::string digest_of(const X509* certificate) {
  std::array<std::byte, 32> digest{};
  EXPECT_EQ(X509_digest(certificate, EVP_sha256(), reinterpret_cast<unsigned char*>(digest.data()), nullptr), 1);
  return to_hex(digest);
}

/// A client that trusts everybody; its context may be made stricter before `shake_hands`.
class TlsClient {
 public:
  explicit TlsClient(std::uint16_t port)
      : context_(SSL_CTX_new(TLS_client_method())), socket_(RawSocket::connect(port)) {
    SSL_CTX_set_security_level(context_.get(), 0);
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
  }

  TlsClient(TlsClient&&) = default;
  TlsClient& operator=(TlsClient&&) = delete;
  /// OpenSSL throws the session of a stream away that vanishes without a word.
  ~TlsClient() {
    if (ssl_) SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  }

  SSL_CTX* context() { return context_.get(); }
  SSL* ssl() {
    if (!ssl_) {
      ssl_.reset(SSL_new(context_.get()));
      SSL_set_fd(ssl_.get(), socket_.descriptor());
    }
    return ssl_.get();
  }
  RawSocket& socket() { return socket_; }

  void use(const X509* certificate, EVP_PKEY* key) {
    EXPECT_EQ(SSL_CTX_use_certificate(context_.get(), const_cast<X509*>(certificate)), 1);
    EXPECT_EQ(SSL_CTX_use_PrivateKey(context_.get(), key), 1);
  }

  bool shake_hands() { return SSL_connect(ssl()) == 1; }
  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const int size = SSL_write(ssl(), bytes.data(), static_cast<int>(std::min<std::size_t>(bytes.size(), 1U << 20U)));
      if (size <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(size));
    }
  }
  bool receive_some() {
    char buffer[16 * 1024];
    const int size = SSL_read(ssl(), buffer, sizeof buffer);
    if (size > 0) received_.append(buffer, static_cast<std::size_t>(size));
    was_told_of_the_end_ = size == 0 && SSL_get_error(ssl(), size) == SSL_ERROR_ZERO_RETURN;
    return size > 0;
  }
  std::string receive_until(std::string_view text) {
    while (!received_.contains(text) && receive_some()) {
    }
    return std::exchange(received_, {});
  }
  std::string receive_all() {
    while (receive_some()) {
    }
    return std::exchange(received_, {});
  }
  /// What comes back for `bytes` until the server closes; nothing without a handshake.
  std::string talk(std::string_view bytes) {
    if (!shake_hands()) return {};
    send(bytes);
    return receive_all();
  }
  bool was_told_of_the_end() const { return was_told_of_the_end_; }

 private:
  ClientContext context_;
  RawSocket socket_;
  std::unique_ptr<SSL, Freed<SSL_free>> ssl_;
  std::string received_;
  bool was_told_of_the_end_ = false;
};

class ServerTlsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("qantara-server-tls-test-" + std::to_string(::getpid()));
    std::filesystem::create_directory(folder_);
    certificate_ = certify(key_.get(), "DNS:pay.example", 1000);
    options_ = {.certificate = write_certificate("server.pem", certificate_.get()),
                .key = write_key("server.key", key_.get())};
  }
  void TearDown() override {
    if (server_) {
      context_.run(server_->stop(milliseconds{2'000}));
      context_.run(discard(server_));
    }
    std::filesystem::remove_all(folder_);
  }
  static Task<void> discard(std::unique_ptr<Server>& server) {
    server.reset();
    co_return;
  }

  std::filesystem::path write(const std::string& name, const std::function<int(FILE*)>& write_to, unsigned mode) {
    const auto path = folder_ / name;
    {
      std::unique_ptr<FILE, Freed<std::fclose>> file{std::fopen(path.c_str(), "w")};
      EXPECT_GE(write_to(file.get()), 1);
    }
    EXPECT_EQ(::chmod(path.c_str(), mode), 0);
    return path;
  }
  std::filesystem::path write_certificate(const std::string& name, X509* certificate) {
    return write(name, [&](FILE* file) { return PEM_write_X509(file, certificate); }, 0644);
  }
  std::filesystem::path write_key(const std::string& name, EVP_PKEY* key, unsigned mode = 0600) {
    const auto put = [&](FILE* file) { return PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr); };
    return write(name, put, mode);
  }

  void start(ServerLimits limits = {}) {
    auto loaded = ServerTls::load(options_, SystemClock{}.now());
    ASSERT_TRUE(loaded) << loaded.error().message << ": " << loaded.error().cause;
    tls_ = *std::move(loaded);
    ServerOptions options{.limits = limits, .tls = tls_, .strict_transport = std::chrono::seconds{1000}};
    options.handler = [this](const Request& request) { return handle(request); };
    auto listening = listen(context_.executor(), random_, std::move(options));
    ASSERT_TRUE(listening) << listening.error().message;
    server_ = *std::move(listening);
  }

  Task<Response> handle(const Request& request) {
    {
      const std::scoped_lock lock{mutex_};
      seen_.push_back(request);
    }
    auto response = Response::text(200, std::string(to_text(request.method)) + ' ' + request.path);
    if (request.path == "/length") response.body = std::to_string(request.body.size());
    if (request.path == "/big") response.body = std::string(32 * 1024 * 1024, 'x');
    co_return response;
  }

  TlsClient connect() { return TlsClient{server_->port()}; }
  std::optional<Request> last_seen() {
    const std::scoped_lock lock{mutex_};
    return seen_.empty() ? std::nullopt : std::optional{seen_.back()};
  }

  Key key_{EVP_EC_gen("P-256")};
  Certificate certificate_;
  std::filesystem::path folder_;
  ServerTlsOptions options_;
  SystemRandom random_;
  std::mutex mutex_;
  std::vector<Request> seen_;
  std::shared_ptr<ServerTls> tls_;
  RunningContext context_;
  std::unique_ptr<Server> server_;
};

TEST_F(ServerTlsTest, answers_over_tls_1_2_and_1_3_and_keeps_the_connection) {
  start();
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    auto client = connect();
    SSL_CTX_set_min_proto_version(client.context(), version);
    SSL_CTX_set_max_proto_version(client.context(), version);
    ASSERT_TRUE(client.shake_hands()) << version;
    for (int i = 0; i < 3; ++i) {
      client.send(kHello);
      EXPECT_EQ(client.receive_until("GET /hello"),
                "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 10\r\n"
                "Strict-Transport-Security: max-age=1000\r\n\r\nGET /hello");
    }
    EXPECT_TRUE(last_seen()->secure);
    EXPECT_EQ(last_seen()->peer_address, "127.0.0.1");
    EXPECT_EQ(last_seen()->client_certificate, "");
  }
}

TEST_F(ServerTlsTest, refuses_old_versions_and_weak_ciphers) {
  start();
  struct Case {
    int version;
    const char* ciphers;
    bool is_taken;
  };
  const Case cases[] = {
      {TLS1_VERSION, "ALL:COMPLEMENTOFALL", false},
      {TLS1_1_VERSION, "ALL:COMPLEMENTOFALL", false},
      {TLS1_2_VERSION, "ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA384", false},  // CBC
      {TLS1_2_VERSION, "AES128-GCM-SHA256:AES256-SHA", false},                      // no forward secrecy
      {TLS1_2_VERSION, "aNULL:eNULL", false},
      {TLS1_2_VERSION, "PSK", false},
      {TLS1_2_VERSION, "ECDHE-ECDSA-AES128-CCM", false},
      {TLS1_2_VERSION, "ECDHE-ECDSA-AES128-GCM-SHA256", true},
      {TLS1_2_VERSION, "ECDHE-ECDSA-CHACHA20-POLY1305", true},
  };
  for (const auto& [version, ciphers, is_taken] : cases) {
    auto client = connect();
    SSL_CTX_set_max_proto_version(client.context(), version);
    EXPECT_EQ(SSL_CTX_set_cipher_list(client.context(), ciphers), 1);
    EXPECT_EQ(client.shake_hands(), is_taken) << version << ' ' << ciphers;
  }
}

TEST_F(ServerTlsTest, speaks_http_1_1_to_those_who_offer_it_among_others_and_refuses_those_who_do_not) {
  start();
  struct Case {
    std::string offered;
    bool is_taken;
  };
  const Case cases[] = {{std::string("\x02h2\x08http/1.1"), true}, {std::string("\x02h2"), false}};
  for (const auto& [offered, is_taken] : cases) {
    auto client = connect();
    SSL_CTX_set_alpn_protos(client.context(), reinterpret_cast<const unsigned char*>(offered.data()),
                            static_cast<unsigned>(offered.size()));
    EXPECT_EQ(client.shake_hands(), is_taken);
    const unsigned char* chosen = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(client.ssl(), &chosen, &size);
    const std::string_view protocol{reinterpret_cast<const char*>(chosen), size};
    EXPECT_EQ(protocol, is_taken ? "http/1.1" : "");
  }
}

TEST_F(ServerTlsTest, does_not_renegotiate) {
  start();
  auto client = connect();
  SSL_CTX_set_max_proto_version(client.context(), TLS1_2_VERSION);
  ASSERT_TRUE(client.shake_hands());
  EXPECT_EQ(SSL_renegotiate(client.ssl()), 1);
  EXPECT_NE(SSL_do_handshake(client.ssl()), 1);
}

TEST_F(ServerTlsTest, tells_the_certificate_that_a_client_holds_also_when_it_resumes) {
  start();
  const Key client_key{EVP_EC_gen("P-256")};
  const auto ours =
      certify(client_key.get(), "DNS:merchant.example", -1000);  // Whose business its dates are is not TLS's.
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    Session session;
    for (int i = 0; i < 2; ++i) {
      auto client = connect();
      SSL_CTX_set_max_proto_version(client.context(), version);
      client.use(ours.get(), client_key.get());
      if (session) SSL_set_session(client.ssl(), session.get());
      ASSERT_TRUE(client.shake_hands());
      client.send(kHelloAndClose);
      EXPECT_THAT(client.receive_all(), EndsWith("GET /hello"));
      EXPECT_EQ(SSL_session_reused(client.ssl()), i) << version;
      EXPECT_EQ(last_seen()->client_certificate, digest_of(ours.get())) << version << ' ' << i;
      session.reset(SSL_get1_session(client.ssl()));
    }
  }
}

TEST_F(ServerTlsTest, takes_nobodys_word_for_a_certificate_whose_key_it_does_not_hold) {
  start();
  const Key client_key{EVP_EC_gen("P-256")};
  const Key other_key{EVP_EC_gen("P-256")};
  const auto others = certify(other_key.get(), "DNS:merchant.example", 1000);
  auto client = connect();
  // OpenSSL does not pair them by itself: the certificate's public key is put over the key's.
  EXPECT_EQ(SSL_CTX_use_PrivateKey(client.context(), client_key.get()), 1);
  EXPECT_EQ(SSL_CTX_use_certificate(client.context(), others.get()), 1);
  EXPECT_NE(SSL_CTX_check_private_key(client.context()), 1);
  client.shake_hands();
  client.send(kHelloAndClose);
  client.receive_all();
  const auto seen = last_seen();
  EXPECT_TRUE(!seen || seen->client_certificate.empty());
}

TEST_F(ServerTlsTest, asks_only_those_who_come_to_the_name_if_there_is_one) {
  options_.client_name = "mtls.pay.example";
  start();
  const Key client_key{EVP_EC_gen("P-256")};
  const auto ours = certify(client_key.get(), "DNS:merchant.example", 1000);
  for (const auto& [name, is_asked] : {std::pair{"MTLS.pay.example", true}, {"pay.example", false}, {"", false}}) {
    auto client = connect();
    client.use(ours.get(), client_key.get());
    if (*name != '\0') SSL_set_tlsext_host_name(client.ssl(), name);
    EXPECT_THAT(client.talk(kHelloAndClose), EndsWith("GET /hello"));
    EXPECT_EQ(last_seen()->client_certificate, is_asked ? digest_of(ours.get()) : "") << name;
  }
}

TEST_F(ServerTlsTest, judges_certificates_where_it_has_authorities) {
  const Key client_key{EVP_EC_gen("P-256")};
  const auto known = certify(client_key.get(), "DNS:merchant.example", 1000);
  const auto expired = certify(client_key.get(), "DNS:merchant.example", -1000);
  const auto unknown = certify(client_key.get(), "DNS:merchant.example", 1000);
  options_.client_authorities = write(
      "authorities.pem",
      [&](FILE* file) { return PEM_write_X509(file, known.get()) + PEM_write_X509(file, expired.get()); }, 0644);
  start();
  struct Case {
    const char* what;
    X509* certificate;
    bool is_taken;
  };
  for (const auto& [what, certificate, is_taken] : {Case{"known", known.get(), true},
                                                    {"expired", expired.get(), false},
                                                    {"unknown", unknown.get(), false},
                                                    {"none", nullptr, true}}) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
      auto client = connect();
      SSL_CTX_set_max_proto_version(client.context(), version);
      if (certificate != nullptr) client.use(certificate, client_key.get());
      EXPECT_EQ(client.talk(kHelloAndClose).ends_with("GET /hello"), is_taken) << what;
      if (is_taken) EXPECT_EQ(last_seen()->client_certificate, certificate ? digest_of(certificate) : "");
    }
  }
}

TEST_F(ServerTlsTest, resumes_sessions) {
  start();
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    Session session;
    for (int i = 0; i < 3; ++i) {
      auto client = connect();
      SSL_CTX_set_max_proto_version(client.context(), version);
      if (session) SSL_set_session(client.ssl(), session.get());
      EXPECT_THAT(client.talk(kHelloAndClose), EndsWith("GET /hello"));
      EXPECT_EQ(SSL_session_reused(client.ssl()), i == 0 ? 0 : 1) << version;
      EXPECT_TRUE(client.was_told_of_the_end());
      session.reset(SSL_get1_session(client.ssl()));
    }
  }
}

TEST_F(ServerTlsTest, carries_large_bodies_both_ways_and_requests_in_a_row) {
  start();
  auto client = connect();
  ASSERT_TRUE(client.shake_hands());
  client.send("POST /length HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n" + std::string(200'000, 'a'));
  EXPECT_THAT(client.receive_until("\r\n\r\n200000"), StartsWith("HTTP/1.1 200 OK\r\n"));

  std::string messages;
  for (int i = 0; i < 200; ++i) messages += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\n\r\n";
  client.send(messages);
  EXPECT_THAT(client.receive_until("GET /199"), HasSubstr("GET /198"));

  client.send("GET /big HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const auto answer = client.receive_all();
  EXPECT_EQ(answer.size() - answer.find("\r\n\r\n") - 4, 32U * 1024 * 1024);
  EXPECT_TRUE(client.was_told_of_the_end());
}

TEST_F(ServerTlsTest, tells_one_who_speaks_no_tls_to_use_it) {
  start();
  auto socket = RawSocket::connect(server_->port());
  socket.send(kHello);
  const auto answer = socket.receive_all();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(answer, HasSubstr("use https"));
  EXPECT_THAT(answer, Not(HasSubstr("Strict-Transport")));

  auto babbler = RawSocket::connect(server_->port());
  babbler.send("\x01\x02\x03\x04 nothing of the kind");
  babbler.receive_all();
  EXPECT_FALSE(last_seen());
}

TEST_F(ServerTlsTest, half_a_handshake_holds_nobody_up_and_ends_at_its_limit) {
  start({.connections = 100, .handshake_time = milliseconds{200}});
  std::vector<RawSocket> silent;
  for (int i = 0; i < 40; ++i) {
    silent.push_back(RawSocket::connect(server_->port()));
    if (i % 2 == 0) silent.back().send(std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11));
  }
  EXPECT_THAT(connect().talk(kHelloAndClose), EndsWith("GET /hello"));
  for (auto& socket : silent) EXPECT_EQ(socket.receive_all(), "");
}

TEST_F(ServerTlsTest, a_handshake_that_drips_ends_at_its_limit) {
  start({.handshake_time = milliseconds{150}});
  auto socket = RawSocket::connect(server_->port());
  std::atomic<bool> is_done = false;
  std::thread dripper([&] {
    socket.send(std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11));
    while (!is_done) {
      socket.send("x");
      std::this_thread::sleep_for(milliseconds{5});
    }
  });
  EXPECT_EQ(socket.receive_all(), "");
  is_done = true;
  dripper.join();
}

TEST_F(ServerTlsTest, keeps_the_other_limits_too) {
  start({.head_time = milliseconds{100}, .idle_time = milliseconds{100}, .write_time = milliseconds{100}});
  auto silent = connect();
  EXPECT_EQ(silent.talk(""), "");
  EXPECT_TRUE(silent.was_told_of_the_end());
  EXPECT_THAT(connect().talk("GET / HTTP/1.1\r\nHost"), StartsWith("HTTP/1.1 408 "));
  EXPECT_THAT(connect().talk("GET / HTTP/1.1\nHost: a\n\n"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(connect().talk(kHello), EndsWith("GET /hello"));  // And then idles until closed.

  auto deaf = connect();
  ASSERT_TRUE(deaf.shake_hands());
  deaf.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
  std::this_thread::sleep_for(milliseconds{500});
  EXPECT_LT(deaf.receive_all().size(), 32U * 1024 * 1024);
}

TEST_F(ServerTlsTest, stops_in_the_middle_of_handshakes_and_while_others_idle) {
  start();
  auto half = RawSocket::connect(server_->port());
  half.send("\x16\x03\x01");
  auto idle = connect();
  ASSERT_TRUE(idle.shake_hands());
  idle.send(kHello);
  EXPECT_THAT(idle.receive_until("GET /hello"), EndsWith("GET /hello"));
  const auto begun_at = SystemClock{}.now();
  context_.run(server_->stop(milliseconds{8'000}));
  EXPECT_LT(SystemClock{}.now() - begun_at, std::chrono::seconds{4});
  EXPECT_EQ(idle.receive_all(), "");
  EXPECT_TRUE(idle.was_told_of_the_end());
  EXPECT_EQ(half.receive_all(), "");
}

std::string shown_to(TlsClient client) {
  if (!client.shake_hands()) return {};
  const Certificate shown{SSL_get1_peer_certificate(client.ssl())};
  return digest_of(shown.get());
}

TEST_F(ServerTlsTest, reads_its_files_again_and_keeps_the_old_if_the_new_are_not_right) {
  start();
  auto old = connect();
  ASSERT_TRUE(old.shake_hands());
  EXPECT_EQ(shown_to(connect()), digest_of(certificate_.get()));
  EXPECT_FALSE(tls_->have_files_changed());

  const Key new_key{EVP_EC_gen("P-256")};
  const auto renewed = certify(new_key.get(), "DNS:pay.example", 5000);
  const auto now = SystemClock{}.now();
  write_certificate("server.pem", renewed.get());
  EXPECT_TRUE(tls_->have_files_changed());
  EXPECT_FALSE(tls_->have_files_changed()) << "each change is told once";
  EXPECT_FALSE(tls_->reload(now)) << "the key is still the old one";
  EXPECT_EQ(shown_to(connect()), digest_of(certificate_.get()));

  write_key("server.key", new_key.get());
  EXPECT_TRUE(tls_->have_files_changed());
  ASSERT_TRUE(tls_->reload(now));
  EXPECT_FALSE(tls_->have_files_changed());
  EXPECT_EQ(shown_to(connect()), digest_of(renewed.get()));
  EXPECT_GT(tls_->expires_at(), now + std::chrono::seconds{4000});
  old.send(kHelloAndClose);
  EXPECT_THAT(old.receive_all(), EndsWith("GET /hello")) << "whoever was connected stays so";
}

TEST_F(ServerTlsTest, says_which_file_is_wrong) {
  const Key other_key{EVP_EC_gen("P-256")};
  const Key weak_key{EVP_RSA_gen(1024)};
  const auto good = options_.certificate;
  const auto key = options_.key;
  const auto text = write("text", [](FILE* file) { return std::fputs("no PEM", file) >= 0 ? 1 : 0; }, 0600);
  const auto locked = write(
      "locked.key",
      [&](FILE* file) {
        return PEM_write_PKCS8PrivateKey(file, key_.get(), EVP_aes_128_cbc(), "secret", 6, nullptr, nullptr);
      },
      0600);
  const auto expired = write_certificate("expired.pem", certify(key_.get(), "DNS:pay.example", -1000).get());
  const auto weak = write_certificate("weak.pem", certify(weak_key.get(), "DNS:pay.example", 1000).get());
  struct Case {
    ServerTlsOptions options;
    const char* words;
  };
  const Case cases[] = {
      {{folder_ / "none", key}, "tls-certificate"},
      {{text, key}, "certificates in PEM"},
      {{weak, key}, "tls-certificate"},
      {{expired, key}, "expired at "},
      {{good, folder_ / "none"}, "tls-key"},
      {{good, text}, "private key in PEM"},
      {{good, locked}, "without a password"},
      {{good, write_key("other.key", other_key.get())}, "must be the key of the certificate"},
      {{good, write_key("open.key", key_.get(), 0644)}, "mode 0600, or 0640"},
      {{good, write_key("shared.key", key_.get(), 0660)}, "mode 0600, or 0640"},
      {{good, key, text}, "tls-client-ca"},
  };
  for (const auto& [options, words] : cases) {
    const auto loaded = ServerTls::load(options, SystemClock{}.now());
    ASSERT_FALSE(loaded) << words;
    EXPECT_EQ(loaded.error().code, ErrorCode::INVALID_PARAMETERS);
    EXPECT_THAT(loaded.error().message, HasSubstr(words));
  }
  EXPECT_TRUE(ServerTls::load({good, write_key("group.key", key_.get(), 0640)}, SystemClock{}.now()));
  const auto early = ServerTls::load({good, key}, SystemClock{}.now() - std::chrono::days{100});
  ASSERT_FALSE(early);
  EXPECT_THAT(early.error().message, HasSubstr("not valid yet"));
}

}  // namespace
}  // namespace qantara::http
