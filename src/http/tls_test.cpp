#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>

#include "http/client.h"
#include "http/test_sockets.h"

namespace qantara::http {
namespace {

using Reason = ClientFailure::Reason;

template <auto kFree>
struct Free {
  template <class T>
  void operator()(T* pointer) const {
    kFree(pointer);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using ServerContext = std::unique_ptr<SSL_CTX, Free<SSL_CTX_free>>;
using ServerStream = std::unique_ptr<SSL, Free<SSL_free>>;

/// A certificate that `key` signs for itself. `names` as OpenSSL writes them: "DNS:a.example,IP:127.0.0.1".
Certificate certify(EVP_PKEY* key, const std::string& names, long seconds_left) {
  static std::atomic<long> serial = 1;
  Certificate certificate{X509_new()};
  X509* const x509 = certificate.get();
  X509_set_version(x509, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(x509), serial++);
  X509_gmtime_adj(X509_getm_notBefore(x509), -1'000'000);
  X509_gmtime_adj(X509_getm_notAfter(x509), seconds_left);
  X509_set_pubkey(x509, key);
  const auto name = "test " + std::to_string(serial);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(x509, X509_get_subject_name(x509));
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str());
  X509_add_ext(x509, extension, -1);
  X509_EXTENSION_free(extension);
  EXPECT_GT(X509_sign(x509, key, EVP_sha256()), 0);
  return certificate;
}

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
    trust_file_ = std::filesystem::temp_directory_path() / ("qantara-tls-test-" + std::to_string(::getpid()) + ".pem");
    ::setenv("SSL_CERT_FILE", trust_file_.c_str(), 1);
    client_ = make_client(context_.executor(), dns_, {});
  }
  void TearDown() override {
    context_.run(discard());
    std::filesystem::remove(trust_file_);
    ::unsetenv("SSL_CERT_FILE");
  }
  Task<void> discard() {
    client_.reset();
    co_return;
  }

  Certificate trusted(const std::string& names, long seconds_left = 1000) {
    auto certificate = certify(key_.get(), names, seconds_left);
    std::unique_ptr<FILE, Free<std::fclose>> file{std::fopen(trust_file_.c_str(), "a")};
    EXPECT_EQ(PEM_write_X509(file.get(), certificate.get()), 1);
    return certificate;
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
    auto pending = context_.start(client_->send({.url = "https://" + host + ':' + std::to_string(peer_.port()) + "/"}));
    auto socket = peer_.accept();
    const ServerStream stream{SSL_new(context)};
    SSL_set_fd(stream.get(), socket.descriptor());
    if (SSL_accept(stream.get()) == 1) {
      was_resumed_ = SSL_session_reused(stream.get()) == 1;
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
  std::filesystem::path trust_file_;
  RawListener peer_;
  RunningContext context_;
  OneName dns_;
  std::unique_ptr<Client> client_;
  std::string request_;
  bool was_resumed_ = false;
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
