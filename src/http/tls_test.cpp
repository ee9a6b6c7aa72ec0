#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>

#include "http/client.h"
#include "http/test_certificates.h"
#include "http/test_sockets.h"

namespace qantara::http {
namespace {

using Reason = ClientFailure::Reason;

using ServerContext = std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>>;
using ServerStream = std::unique_ptr<SSL, Freed<SSL_free>>;

class OneName final : public Dns {
 public:
  Task<Result<std::vector<std::string>>> resolve(std::string /*host*/) override {
    co_return std::vector<std::string>{"127.0.0.1"};
  }
};

/// A client that trusts the certificates made by `trusted()`, and a peer with a certificate.
class TlsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ = std::filesystem::temp_directory_path() / ("qantara-tls-test-" + std::to_string(::getpid()));
    std::filesystem::create_directory(directory_);
    trust_file_ = directory_ / "authorities.pem";
    ::setenv("SSL_CERT_FILE", trust_file_.c_str(), 1);
    client_ = make_client(context_.executor(), dns_, {});
  }
  void TearDown() override {
    context_.run(discard());
    std::filesystem::remove_all(directory_);
    ::unsetenv("SSL_CERT_FILE");
  }
  Task<void> discard() {
    client_.reset();
    co_return;
  }

  Certificate trusted(const std::string& names, long seconds_left = 1000) {
    auto certificate = certify(key_.get(), names, seconds_left);
    std::unique_ptr<FILE, Freed<std::fclose>> file{std::fopen(trust_file_.c_str(), "a")};
    EXPECT_EQ(PEM_write_X509(file.get(), certificate.get()), 1);
    return certificate;
  }

  static std::string digest_of(const X509* certificate) {
    std::string digest(32, '\0');
    EXPECT_EQ(X509_digest(certificate, EVP_sha256(), reinterpret_cast<unsigned char*>(digest.data()), nullptr), 1);
    return digest;
  }

  /// A file of the test's own with what `write` writes.
  std::filesystem::path file(const std::string& name, const std::function<int(FILE*)>& write) {
    const auto path = directory_ / name;
    std::unique_ptr<FILE, Freed<std::fclose>> file{std::fopen(path.c_str(), "w")};
    EXPECT_EQ(write(file.get()), 1);
    return path;
  }
  std::filesystem::path certificate_file(const std::string& name, X509* certificate) {
    return file(name, [&](FILE* out) { return PEM_write_X509(out, certificate); });
  }
  std::filesystem::path key_file(const std::string& name, EVP_PKEY* key) {
    return file(name, [&](FILE* out) { return PEM_write_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr); });
  }

  ServerContext serve_with(const Certificate& certificate) {
    ServerContext context{SSL_CTX_new(TLS_server_method())};
    EXPECT_EQ(SSL_CTX_use_certificate(context.get(), certificate.get()), 1);
    EXPECT_EQ(SSL_CTX_use_PrivateKey(context.get(), key_.get()), 1);
    return context;
  }

  /// One exchange with a peer that sends `answer` and closes, politely if `goodbye` says so.
  enum class Goodbye { SAID, NOT_SAID };
  ClientResult exchange(SSL_CTX* context, const std::string& host, const std::string& answer,
                        Goodbye goodbye = Goodbye::SAID) {
    auto pending = context_.start(
        client_->send({.url = "https://" + host + ':' + std::to_string(peer_.port()) + "/", .identity = identity_}));
    auto socket = peer_.accept();
    const ServerStream stream{SSL_new(context)};
    SSL_set_fd(stream.get(), socket.descriptor());
    was_resumed_ = false;
    if (SSL_accept(stream.get()) == 1) {
      was_resumed_ = SSL_session_reused(stream.get()) == 1;
      const Certificate shown{SSL_get1_peer_certificate(stream.get())};
      shown_ = shown ? digest_of(shown.get()) : "";
      request_.assign(16 * 1024, '\0');
      const int size = SSL_read(stream.get(), request_.data(), static_cast<int>(request_.size()));
      request_.resize(static_cast<std::size_t>(std::max(size, 0)));
      SSL_write(stream.get(), answer.data(), static_cast<int>(answer.size()));
      if (goodbye == Goodbye::SAID) SSL_shutdown(stream.get());
    }
    socket.close();
    return pending.get();
  }

  static inline const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

  Key key_{EVP_EC_gen("P-256")};
  std::filesystem::path directory_;
  std::filesystem::path trust_file_;
  RawListener peer_;
  RunningContext context_;
  OneName dns_;
  std::unique_ptr<Client> client_;
  std::string request_;
  bool was_resumed_ = false;
  std::shared_ptr<const TlsIdentity> identity_;
  std::string shown_;  ///< Digest of the certificate that the client showed; empty for none.
};

TEST_F(TlsTest, speaks_to_a_trusted_certificate_of_the_right_name) {
  const auto certificate = trusted("DNS:shop.example,DNS:*.wild.example,IP:127.0.0.1");
  const auto server = serve_with(certificate);
  for (const auto* host : {"shop.example", "SHOP.example", "a.wild.example", "127.0.0.1"}) {
    const auto result = exchange(server.get(), host, kOk);
    ASSERT_TRUE(result) << host << result.error().message;
    EXPECT_EQ(result->body, "ok");
    EXPECT_THAT(request_, ::testing::StartsWith("GET / HTTP/1.1\r\nHost: "));
  }
}

TEST_F(TlsTest, sends_nothing_to_any_other) {
  struct Case {
    const char* what;
    Certificate certificate;
    const char* host;
  };
  Case cases[] = {
      {"another name", trusted("DNS:other.example"), "shop.example"},
      {"a name too deep for the wildcard", trusted("DNS:*.shop.example"), "a.b.shop.example"},
      {"a name where an address is meant", trusted("DNS:127.0.0.1"), "127.0.0.1"},
      {"another address", trusted("IP:127.0.0.2"), "127.0.0.1"},
      {"expired", trusted("DNS:shop.example", -1000), "shop.example"},
      {"not trusted", certify(key_.get(), "DNS:shop.example", 1000), "shop.example"},
  };
  for (const auto& [what, certificate, host] : cases) {
    const auto server = serve_with(certificate);
    const auto result = exchange(server.get(), host, kOk);
    ASSERT_FALSE(result) << what;
    EXPECT_EQ(result.error().reason, Reason::TLS) << what;
    EXPECT_EQ(result.error().reached, Reached::NOT_SENT) << what;
    EXPECT_EQ(request_, "") << what;
  }
}

TEST_F(TlsTest, refuses_old_versions) {
  const auto certificate = trusted("DNS:shop.example");
  const auto server = serve_with(certificate);
  SSL_CTX_set_security_level(server.get(), 0);
  SSL_CTX_set_min_proto_version(server.get(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(server.get(), TLS1_1_VERSION);
  const auto result = exchange(server.get(), "shop.example", kOk);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().reason, Reason::TLS);

  SSL_CTX_set_max_proto_version(server.get(), TLS1_2_VERSION);
  EXPECT_TRUE(exchange(server.get(), "shop.example", kOk));
}

TEST_F(TlsTest, resumes_sessions) {
  const auto certificate = trusted("DNS:shop.example,DNS:other.example");
  const auto server = serve_with(certificate);
  SSL_CTX_set_session_id_context(server.get(), reinterpret_cast<const unsigned char*>("test"), 4);
  for (const auto version : {TLS1_3_VERSION, TLS1_2_VERSION}) {
    SSL_CTX_set_max_proto_version(server.get(), version);
    EXPECT_TRUE(exchange(server.get(), "shop.example", kOk));
    for (int i = 0; i < 3; ++i) {
      EXPECT_TRUE(exchange(server.get(), "shop.example", kOk));
      EXPECT_TRUE(was_resumed_) << version;
    }
  }
  EXPECT_TRUE(exchange(server.get(), "other.example", kOk));
  EXPECT_FALSE(was_resumed_);
}

int accept_any(int /*is_well*/, X509_STORE_CTX* /*store*/) { return 1; }

TEST_F(TlsTest, shows_our_certificate_to_whom_it_is_for_and_trusts_that_sides_authority_alone) {
  const auto bank = certify(key_.get(), "DNS:bank.example", 1000);  // Not among the system's.
  const auto others = trusted("DNS:bank.example");
  const Key our_key{EVP_EC_gen("P-256")};
  const auto ours = certify(our_key.get(), "DNS:us.example", 1000);
  const auto loaded = TlsIdentity::load({.certificate = certificate_file("ours.pem", ours.get()),
                                         .key = key_file("ours.key", our_key.get()),
                                         .authority = certificate_file("bank.pem", bank.get())});
  ASSERT_TRUE(loaded) << loaded.error().message << ": " << loaded.error().cause;
  EXPECT_TRUE((*loaded)->expires_at());
  identity_ = *loaded;

  const auto server = serve_with(bank);
  SSL_CTX_set_verify(server.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, accept_any);
  SSL_CTX_set_session_id_context(server.get(), reinterpret_cast<const unsigned char*>("test"), 4);
  EXPECT_TRUE(exchange(server.get(), "bank.example", kOk));
  EXPECT_EQ(shown_, digest_of(ours.get()));
  EXPECT_TRUE(exchange(server.get(), "bank.example", kOk));
  EXPECT_TRUE(was_resumed_);

  EXPECT_FALSE(exchange(serve_with(others).get(), "bank.example", kOk)) << "of an authority that is not the bank's";

  identity_ = *TlsIdentity::load({.authority = directory_ / "bank.pem"});
  const auto stranger = exchange(server.get(), "bank.example", kOk);
  EXPECT_FALSE(was_resumed_) << "another identity has sessions of its own";
  EXPECT_FALSE(stranger) << "who has no certificate is refused";
  identity_ = nullptr;
  EXPECT_FALSE(exchange(server.get(), "bank.example", kOk)) << "the system does not know the bank";
}

TEST_F(TlsTest, shares_no_connection_between_identities) {
  const auto certificate = trusted("DNS:bank.example");
  const auto server = serve_with(certificate);
  const auto first = TlsIdentity::load({.authority = certificate_file("bank.pem", certificate.get())});
  const auto second = TlsIdentity::load({.authority = directory_ / "bank.pem"});
  const std::string keeps_alive = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  const auto send_as = [&](const auto& identity) {
    return context_.start(
        client_->send({.url = "https://bank.example:" + std::to_string(peer_.port()) + "/", .identity = identity}));
  };
  auto pending = send_as(*first);
  auto socket = peer_.accept();
  const ServerStream stream{SSL_new(server.get())};
  SSL_set_fd(stream.get(), socket.descriptor());
  ASSERT_EQ(SSL_accept(stream.get()), 1);
  char buffer[4096];
  ASSERT_GT(SSL_read(stream.get(), buffer, sizeof buffer), 0);
  SSL_write(stream.get(), keeps_alive.data(), static_cast<int>(keeps_alive.size()));
  ASSERT_TRUE(pending.get());

  auto of_another = send_as(*second);
  auto connected = peer_.accept();  // Waits until there is one: the pooled connection is not taken.
  connected.close();
  EXPECT_FALSE(of_another.get());

  auto again = send_as(*first);
  ASSERT_GT(SSL_read(stream.get(), buffer, sizeof buffer), 0);
  SSL_write(stream.get(), keeps_alive.data(), static_cast<int>(keeps_alive.size()));
  EXPECT_TRUE(again.get());
}

TEST_F(TlsTest, says_which_file_of_an_identity_is_wrong) {
  const Key key{EVP_EC_gen("P-256")};
  const Key another_key{EVP_EC_gen("P-256")};
  const auto certificate = certificate_file("ours.pem", certify(key.get(), "DNS:us.example", 1000).get());
  const auto right_key = key_file("right.key", key.get());
  const auto locked_key = file("locked.key", [&](FILE* out) {
    return PEM_write_PKCS8PrivateKey(out, key.get(), EVP_aes_128_cbc(), "secret", 6, nullptr, nullptr);
  });
  const auto text = file("text", [](FILE* out) { return std::fputs("no PEM", out) >= 0 ? 1 : 0; });
  struct Case {
    TlsFiles files;
    const char* field;
    const char* words;
  };
  const Case cases[] = {
      {{.certificate = certificate}, "key", "must be given where certificate is"},
      {{.key = right_key}, "certificate", "must be given where key is"},
      {{.certificate = directory_ / "none", .key = right_key}, "certificate", "none must be a readable file"},
      {{.certificate = text, .key = right_key}, "certificate", "certificates in PEM"},
      {{.certificate = certificate, .key = directory_ / "none"}, "key", "must be a readable file of a private key"},
      {{.certificate = certificate, .key = text}, "key", "private key in PEM"},
      {{.certificate = certificate, .key = locked_key}, "key", "without a password"},
      {{.certificate = certificate, .key = key_file("another.key", another_key.get())},
       "key",
       "key of the certificate"},
      {{.authority = text}, "authority", "certificates in PEM"},
      {{.authority = directory_ / "none"}, "authority", "must be a readable file"},
  };
  for (const auto& [files, field, words] : cases) {
    const auto loaded = TlsIdentity::load(files);
    ASSERT_FALSE(loaded) << field << ' ' << words;
    EXPECT_EQ(loaded.error().code, ErrorCode::INVALID_PARAMETERS);
    EXPECT_EQ(loaded.error().fields.at(0).field, field) << words;
    EXPECT_THAT(loaded.error().message, ::testing::HasSubstr(words));
  }
}

TEST_F(TlsTest, tells_an_end_from_a_cut) {
  const auto certificate = trusted("DNS:shop.example");
  const auto server = serve_with(certificate);
  const std::string until_the_end = "HTTP/1.1 200 OK\r\n\r\nall of it";
  const auto whole = exchange(server.get(), "shop.example", until_the_end, Goodbye::SAID);
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->body, "all of it");

  const auto cut = exchange(server.get(), "shop.example", until_the_end, Goodbye::NOT_SAID);
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().reason, Reason::CONNECTION_LOST);
  EXPECT_EQ(cut.error().reached, Reached::PERHAPS_SENT);
}

}  // namespace
}  // namespace qantara::http
