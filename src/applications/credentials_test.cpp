#include "applications/credentials.h"

#include <gtest/gtest.h>

#include "applications/access_tokens.h"
#include "applications/applications.h"
#include "applications/directory.h"
#include "applications/secret_text.h"
#include "base/text.h"
#include "db/test_database.h"
#include "jose/jwt.h"
#include "migrations/gateway.h"

namespace qantara::applications {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// Made for this test: the public halves of keys that nobody has. The first ends in 2049, the second ended in 2001.
constexpr std::string_view kCertificate = R"(-----BEGIN CERTIFICATE-----
MIIBMjCB2gIBATAKBggqhkjOPQQDAjAmMRUwEwYDVQQDDAxzaG9wLmV4YW1wbGUx
DTALBgNVBAoMBFNob3AwHhcNMjAwMTAxMDAwMDAwWhcNNDkwMTAyMDMwNDA1WjAm
MRUwEwYDVQQDDAxzaG9wLmV4YW1wbGUxDTALBgNVBAoMBFNob3AwWTATBgcqhkjO
PQIBBggqhkjOPQMBBwNCAAS5XMGIKsqCLK9sGxxN/tKkJ75urexJ3DhQutHEypG8
ZCIrzSXef+L0ltw+cqvevtEa4aNL5K5OOUcFTAUCphZQMAoGCCqGSM49BAMCA0cA
MEQCIBtwMg/ZPXO7Fyulwkm8InNplLVH3C4YkF72AexwvfjxAiAqzxxf/86lFOkr
zFwS5rp4c8Y1S3E8SntIF518+N0kyA==
-----END CERTIFICATE-----
)";
constexpr std::string_view kExpiredCertificate = R"(-----BEGIN CERTIFICATE-----
MIIBNDCB2gIBAjAKBggqhkjOPQQDAjAmMRUwEwYDVQQDDAxzaG9wLmV4YW1wbGUx
DTALBgNVBAoMBFNob3AwHhcNMDAwMTAxMDAwMDAwWhcNMDEwMTAxMDAwMDAwWjAm
MRUwEwYDVQQDDAxzaG9wLmV4YW1wbGUxDTALBgNVBAoMBFNob3AwWTATBgcqhkjO
PQIBBggqhkjOPQMBBwNCAAS5XMGIKsqCLK9sGxxN/tKkJ75urexJ3DhQutHEypG8
ZCIrzSXef+L0ltw+cqvevtEa4aNL5K5OOUcFTAUCphZQMAoGCCqGSM49BAMCA0kA
MEYCIQCbubA/juCUW3jO9UrgvTr6Qzzgt1bhus+ERGpgNIgNmQIhAIlmLOOpI3nm
x8f4xLNQeq2nxPMhyWlIgsPprlMPY+bV
-----END CERTIFICATE-----
)";

class credentials : public testing::Test {
 protected:
  CreatedApplication create(Mode mode = Mode::SANDBOX) {
    return *database.write([&](db::Transaction& tx) { return apps.create(tx, {.name = "Shop", .mode = mode}); });
  }
  Directory directory() {
    return *database.read([](db::Transaction& tx) { return Directory::load(tx); });
  }
  template <class... Arguments>
  auto change(auto what, Arguments... arguments) {
    return database.write([&](db::Transaction& tx) { return (it.*what)(tx, arguments...); });
  }
  bool opens(ApplicationId id, const Secret& secret) {
    return directory().is_client_secret(id, secret.reveal(), clock.now());
  }

  ManualClock clock{Instant{seconds{1'700'000'000}}};
  SeededRandom random{1};
  db::TestDatabase database{gateway::schema::migrations(), gateway::schema::postgres_migrations()};
  const Applications apps{clock, random};
  const Credentials it{clock, random};
};

TEST(secret_text, has_a_prefix_and_a_checksum_that_finds_every_changed_letter) {
  SystemRandom random;
  for (const auto mode : {Mode::SANDBOX, Mode::LIVE}) {
    const auto secret = make_secret(secret_key_prefix(mode), random);
    const std::string text{secret.reveal()};
    EXPECT_TRUE(text.starts_with(mode == Mode::LIVE ? "qk_live_" : "qk_test_"));
    EXPECT_EQ(text.size(), 8U + 48U);
    EXPECT_TRUE(is_secret_key(text));
    for (std::size_t at = 0; at < text.size(); ++at) {
      auto changed = text;
      changed[at] = changed[at] == '0' ? '1' : '0';
      EXPECT_FALSE(is_secret_key(changed)) << at;
    }
    EXPECT_FALSE(is_secret_key(text + "0"));
    EXPECT_FALSE(is_secret_key(text.substr(1)));
  }
  EXPECT_FALSE(is_secret_key(""));
  EXPECT_FALSE(is_secret_key("qk_live_"));
  EXPECT_NE(make_secret("qs_", random).reveal(), make_secret("qs_", random).reveal());
}

TEST_F(credentials, client_secrets_overlap_while_one_follows_another) {
  const auto made = create();
  const auto id = made.application.id;
  EXPECT_TRUE(opens(id, made.client_secret));
  EXPECT_FALSE(opens(ApplicationId{}, made.client_secret));
  EXPECT_FALSE(opens(create().application.id, made.client_secret)) << "another's";

  const auto second = *change(&Credentials::rotate_client_secret, id, Duration{hours{24}});
  EXPECT_EQ(second.older_until, clock.now() + hours{24});
  EXPECT_FALSE(database.holds_in_the_clear(second.client_secret.reveal()));
  EXPECT_TRUE(opens(id, made.client_secret));
  EXPECT_TRUE(opens(id, second.client_secret));

  const auto third = *change(&Credentials::rotate_client_secret, id, Duration{hours{24}});
  EXPECT_FALSE(opens(id, made.client_secret)) << "never more than two";
  EXPECT_TRUE(opens(id, second.client_secret));
  clock.advance(hours{24});
  EXPECT_FALSE(opens(id, second.client_secret));
  EXPECT_TRUE(opens(id, third.client_secret));

  const auto fourth = *change(&Credentials::rotate_client_secret, id, Duration{0});
  EXPECT_FALSE(opens(id, third.client_secret));
  EXPECT_TRUE(opens(id, fourth.client_secret));
  for (const auto overlap : {Duration{-1}, kOverlapMax + Duration{1}}) {
    EXPECT_EQ(change(&Credentials::rotate_client_secret, id, overlap).error().fields.at(0).field, "overlap");
  }
  EXPECT_EQ(change(&Credentials::rotate_client_secret, ApplicationId{}, Duration{0}).error().code,
            ErrorCode::UNKNOWN_APPLICATION);
}

TEST_F(credentials, certificates_are_known_by_their_fingerprint) {
  using enum Directory::Binding;
  const auto one = create(Mode::LIVE).application.id;
  const auto other = create(Mode::LIVE).application.id;
  EXPECT_TRUE(change(&Credentials::add_certificate, one, kCertificate));
  EXPECT_TRUE(change(&Credentials::add_certificate, one, kCertificate)) << "again";
  const auto bound = *database.read([&](db::Transaction& tx) { return it.certificates(tx, one); });
  ASSERT_EQ(bound.size(), 1U);
  const auto fingerprint = bound[0].facts.fingerprint;
  EXPECT_EQ(fingerprint, "30d44e4af379ec171e7f5d938ac41b338c07a6ab37d1d9cfcba4d8d953314c67");
  EXPECT_EQ(bound[0].facts.subject, "O=Shop,CN=shop.example");
  EXPECT_EQ(bound[0].facts.expires_at, *parse_instant("2049-01-02T03:04:05Z"));

  EXPECT_EQ(directory().certificate(one, fingerprint, clock.now()), OWN);
  EXPECT_EQ(directory().certificate(other, fingerprint, clock.now()), ANOTHERS);
  EXPECT_EQ(directory().certificate(one, std::string(64, '0'), clock.now()), NOBODYS);
  EXPECT_EQ(directory().certificate(one, "", clock.now()), NOBODYS);
  EXPECT_EQ(directory().certificate(one, fingerprint, bound[0].facts.expires_at), NOBODYS) << "its time is over";

  EXPECT_TRUE(change(&Credentials::add_certificate, other, kCertificate)) << "two applications of one merchant";
  EXPECT_EQ(directory().certificate(other, fingerprint, clock.now()), OWN);
  EXPECT_TRUE(change(&Credentials::remove_certificate, one, std::string_view{fingerprint}));
  EXPECT_EQ(directory().certificate(one, fingerprint, clock.now()), ANOTHERS);
  EXPECT_EQ(change(&Credentials::remove_certificate, one, std::string_view{fingerprint}).error().fields.at(0).field,
            "fingerprint");
}

TEST_F(credentials, certificates_are_refused_where_they_are_none) {
  const auto id = create(Mode::LIVE).application.id;
  const std::string twice = std::string{kCertificate} + std::string{kCertificate};
  const std::string with_key =
      std::string{kCertificate} + "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
  for (const std::string_view pem : {std::string_view{""}, std::string_view{"shop.crt"}, kCertificate.substr(100),
                                     kExpiredCertificate, std::string_view{twice}, std::string_view{with_key}}) {
    const auto refused = change(&Credentials::add_certificate, id, pem);
    ASSERT_FALSE(refused) << pem;
    EXPECT_EQ(refused.error().fields.at(0).field, "certificate");
  }
  EXPECT_EQ(change(&Credentials::add_certificate, ApplicationId{}, kCertificate).error().code,
            ErrorCode::UNKNOWN_APPLICATION);
}

TEST_F(credentials, keys_open_what_they_were_made_for_until_they_end) {
  const auto id = create(Mode::LIVE).application.id;
  const NewSecretKey wanted{.name = "reports", .scopes = {Scope::PAYMENT_READ}, .life = days{90}};
  const auto created = *change(&Credentials::create_key, id, wanted);
  const std::string text{created.text.reveal()};
  EXPECT_TRUE(text.starts_with("qk_live_"));
  EXPECT_TRUE(text.starts_with(created.key.hint));
  EXPECT_FALSE(database.holds_in_the_clear(text));

  const auto known = directory();
  const auto* const found = known.key(text, clock.now());
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->application, id);
  EXPECT_EQ(found->scopes, ScopeSet{Scope::PAYMENT_READ});
  EXPECT_EQ(known.key(text.substr(1), clock.now()), nullptr);
  EXPECT_NE(known.key(text, clock.now() + days{90} - seconds{1}), nullptr);
  EXPECT_EQ(known.key(text, clock.now() + days{90}), nullptr);

  clock.advance(minutes{5});
  EXPECT_TRUE(change(&Credentials::note_use, created.key.id));
  const auto listed = *database.read([&](db::Transaction& tx) { return it.keys(tx, id); });
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0].last_used_at, std::chrono::floor<hours>(clock.now()));
  EXPECT_EQ(change(&Credentials::revoke_key, create().application.id, created.key.id).error().fields.at(0).field, "id");
  EXPECT_TRUE(change(&Credentials::revoke_key, id, created.key.id));
  EXPECT_EQ(directory().key(text, clock.now()), nullptr);
}

TEST_F(credentials, keys_are_refused_with_the_field_at_fault) {
  const auto id = create().application.id;
  const struct {
    NewSecretKey wanted;
    std::string_view field;
  } rows[] = {
      {{.name = "", .scopes = {Scope::BANK_READ}}, "name"},
      {{.name = std::string(101, 'a'), .scopes = {Scope::BANK_READ}}, "name"},
      {{.name = "a\nb", .scopes = {Scope::BANK_READ}}, "name"},
      {{.name = "key", .scopes = {}}, "scopes"},
      {{.name = "key", .scopes = {Scope::CONNECT_WRITE}}, "scopes"},
      {{.name = "key", .scopes = {Scope::BANK_READ}, .life = seconds{59}}, "expires_in"},
      {{.name = "key", .scopes = {Scope::BANK_READ}, .life = days{4000}}, "expires_in"},
  };
  for (const auto& row : rows) {
    const auto refused = change(&Credentials::create_key, id, row.wanted);
    ASSERT_FALSE(refused) << row.field;
    EXPECT_EQ(refused.error().fields.at(0).field, row.field);
  }
  EXPECT_TRUE(change(&Credentials::create_key, id, NewSecretKey{.name = "key", .scopes = scopes_of_api()}));
}

class access_tokens : public credentials {
 protected:
  SigningKeys keys() {
    return *database.read([&](db::Transaction& tx) { return tokens.keys(tx); });
  }
  void SetUp() override {
    tokens.set_issuer("https://pay.example");
    ASSERT_TRUE(database.write([&](db::Transaction& tx) { return tokens.ensure_key(tx); }));
  }

  const Vault vault{{}, random};
  AccessTokens tokens{clock, random, vault};
  const ApplicationId application = ApplicationId::make(clock, random);
  const CustomerId customer = CustomerId::make(clock, random);
};

TEST_F(access_tokens, say_who_may_do_what_for_an_hour) {
  const auto signing = keys();
  const auto api = tokens.verify(signing, tokens.issue(signing, application, std::nullopt));
  ASSERT_TRUE(api) << api.error().cause;
  EXPECT_EQ(api->application, application);
  EXPECT_EQ(api->scopes, scopes_of_api());
  EXPECT_FALSE(api->customer);
  EXPECT_EQ(api->expires_at, clock.now() + hours{1});

  const auto token = tokens.issue(signing, application, customer);
  const auto of_customer = tokens.verify(signing, token);
  ASSERT_TRUE(of_customer);
  EXPECT_EQ(of_customer->customer, customer);
  EXPECT_EQ(of_customer->scopes, scopes_of_customer());
  clock.advance(hours{1} - seconds{1});
  EXPECT_TRUE(tokens.verify(signing, token));
  clock.advance(seconds{1});
  EXPECT_FALSE(tokens.verify(signing, token));
}

TEST_F(access_tokens, carry_the_published_claims) {
  const auto signing = keys();
  const auto payload = *jose::verify(tokens.issue(signing, application, customer), signing);
  const auto claims = *json::parse(payload);
  const auto id = application.to_text();
  EXPECT_EQ(claims.text("sub"), id);
  EXPECT_EQ(claims.text("iss"), "https://pay.example");
  EXPECT_EQ(claims.find("aud")->items().at(0).string(), "https://pay.example");
  EXPECT_EQ(claims.find("iat")->integer(), 1'700'000'000);
  EXPECT_EQ(claims.find("nbf")->integer(), 1'700'000'000);
  EXPECT_EQ(claims.find("exp")->integer(), 1'700'003'600);
  EXPECT_TRUE(Uuid::parse(*claims.text("jti")));
  EXPECT_EQ(claims.find("scope")->items().size(), 10U);
  EXPECT_EQ(claims.find("applications")->items().at(0).text("id"), id);
  EXPECT_EQ(claims.find("customers")->items().at(0).text("id"), customer.to_text());
}

TEST_F(access_tokens, are_not_those_of_another_gateway_nor_anything_else_that_is_signed) {
  const auto signing = keys();
  const auto id = application.to_text();
  const auto signed_claims = [&](std::string_view rest) {
    const auto text = R"({"sub":")" + id + R"(","iss":"https://pay.example","aud":"https://pay.example",)" +
                      R"("iat":1700000000,"exp":1700003600)" + std::string{rest} + "}";
    return tokens.verify(signing, jose::sign(signing.front(), text)).has_value();
  };
  const auto own = R"(,"applications":[{"id":")" + id + R"("}])";
  EXPECT_TRUE(signed_claims(own + R"(,"scope":["payment.read","a new one"])"));
  EXPECT_FALSE(signed_claims(own));
  EXPECT_FALSE(signed_claims(own + R"(,"scope":"payment.read")"));
  EXPECT_FALSE(signed_claims(R"(,"scope":[])"));
  EXPECT_FALSE(signed_claims(R"(,"applications":[],"scope":[])"));
  EXPECT_FALSE(signed_claims(R"(,"applications":[{"id":")" + customer.to_text() + R"("}],"scope":[])"));
  EXPECT_FALSE(signed_claims(own + R"(,"scope":[],"customers":[])"));
  EXPECT_FALSE(signed_claims(own + R"(,"scope":[],"customers":[{"id":"x"}])"));

  const auto token = tokens.issue(signing, application, std::nullopt);
  tokens.set_issuer("https://other.example");
  EXPECT_FALSE(tokens.verify(signing, token));
}

TEST_F(access_tokens, outlive_the_rotation_of_their_key) {
  const auto rotate = [&] { ASSERT_TRUE(database.write([&](db::Transaction& tx) { return tokens.rotate_key(tx); })); };
  const auto first = keys();
  const auto token = tokens.issue(first, application, std::nullopt);
  clock.advance(seconds{10});
  rotate();
  const auto second = keys();
  ASSERT_EQ(second.size(), 2U);
  EXPECT_NE(second[0].id(), first[0].id()) << "the new one signs";
  EXPECT_TRUE(tokens.verify(second, token));
  EXPECT_TRUE(tokens.verify(second, tokens.issue(second, application, std::nullopt)));
  EXPECT_FALSE(tokens.verify(first, tokens.issue(second, application, std::nullopt)));
  const auto rows = *database.read([&](db::Transaction& tx) { return tokens.list_keys(tx); });
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_FALSE(rows[0].retired_at);
  EXPECT_EQ(rows[1].retired_at, clock.now());

  clock.advance(hours{1} + seconds{1});
  EXPECT_EQ(keys().size(), 1U) << "what the older has signed has ended";
  rotate();
  EXPECT_EQ(keys().size(), 2U);
  ASSERT_TRUE(database.write([&](db::Transaction& tx) { return tokens.ensure_key(tx); }));
  EXPECT_EQ(keys().size(), 2U) << "there is one that signs";
}

TEST_F(access_tokens, are_signed_by_keys_that_lie_sealed) {
  const auto pem = keys().front().private_pem();
  const std::string middle{pem.reveal().substr(100, 40)};
  EXPECT_FALSE(database.holds_in_the_clear(middle));
  EXPECT_FALSE(database.holds_in_the_clear("PRIVATE KEY"));
  std::array<std::byte, 32> other{};
  other[0] = std::byte{1};
  const Vault stranger{other, random};
  const AccessTokens thief{clock, random, stranger};
  EXPECT_FALSE(database.read([&](db::Transaction& tx) { return thief.keys(tx); }));
}

}  // namespace
}  // namespace qantara::applications
