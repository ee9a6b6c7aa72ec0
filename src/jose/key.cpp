#include "jose/key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <algorithm>

#include "base/check.h"
#include "base/crypto.h"
#include "base/freed.h"
#include "jose/base64url.h"

namespace qantara::jose {

namespace {

constexpr int kBitsMade = 2048;
constexpr int kBitsMin = 2048;  // RFC 7518, section 3.3.
constexpr int kBitsMax = 8192;  // A larger one only costs time.

using Bio = std::unique_ptr<BIO, Freed<BIO_free>>;
using BigNumber = std::unique_ptr<BIGNUM, Freed<BN_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using ParameterBuild = std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, Freed<OSSL_PARAM_free>>;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

std::string number_of(const EVP_PKEY* key, const char* name) {
  BIGNUM* found = nullptr;
  CHECK(EVP_PKEY_get_bn_param(key, name, &found) == 1);
  const BigNumber number{found};
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(number.get())), '\0');
  BN_bn2bin(number.get(), bytes_of(bytes));
  return bytes;
}

Error no_key(std::string_view why) {
  return error(ErrorCode::INVALID_PARAMETERS, "this is no RSA key for RS256: " + std::string{why});
}

/// The number in a member, Base64urlUInt: as short as it can be written (RFC 7518, section 2).
Result<BigNumber> read_number(const json::Value& jwk, std::string_view name) {
  const auto text = jwk.text(name);
  const auto bytes = text ? from_base64url(*text) : std::nullopt;
  if (!bytes || bytes->empty() || bytes->front() == '\0' || bytes->size() > kBitsMax / 8)
    return no_key("its " + std::string{name} + " is no number");
  return BigNumber{BN_bin2bn(bytes_of(*bytes), static_cast<int>(bytes->size()), nullptr)};
}

}  // namespace

struct Key::Handle {
  EVP_PKEY* key;
  explicit Handle(EVP_PKEY* key) : key(key) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { EVP_PKEY_free(key); }
};

Key::Key(std::shared_ptr<Handle> handle, Half half) : handle_(std::move(handle)), is_pair_(half == Half::PAIR) {
  modulus_ = to_base64url(number_of(handle_->key, OSSL_PKEY_PARAM_RSA_N));
  exponent_ = to_base64url(number_of(handle_->key, OSSL_PKEY_PARAM_RSA_E));
  json::Writer canonical;  // RFC 7638, section 3.2: these members in this order.
  canonical.begin_object().member("e", exponent_).member("kty", "RSA").member("n", modulus_).end_object();
  const auto digest = sha256(canonical.text());
  id_ = to_base64url({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

Key Key::generate() {
  const KeyContext context{EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr)};
  EVP_PKEY* made = nullptr;
  CHECK(context && EVP_PKEY_keygen_init(context.get()) == 1);
  CHECK(EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), kBitsMade) == 1);
  CHECK(EVP_PKEY_generate(context.get(), &made) == 1);
  return Key{std::make_shared<Handle>(made), Half::PAIR};
}

Result<Key> Key::from_private_pem(const Secret& pem) {
  const auto text = pem.reveal();
  const Bio source{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
  const auto no_password = [](char*, int, int, void*) { return 0; };
  auto handle = std::make_shared<Handle>(PEM_read_bio_PrivateKey(source.get(), nullptr, no_password, nullptr));
  if (handle->key == nullptr || EVP_PKEY_is_a(handle->key, "RSA") != 1) return no_key("it is no private key in PEM");
  return Key{std::move(handle), Half::PAIR};
}

Secret Key::private_pem() const {
  CHECK(is_pair_);
  const Bio target{BIO_new(BIO_s_secmem())};
  CHECK(PEM_write_bio_PKCS8PrivateKey(target.get(), handle_->key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
  char* text = nullptr;
  const auto length = BIO_get_mem_data(target.get(), &text);
  return Secret{std::string{text, static_cast<std::size_t>(length)}};
}

Result<Key> Key::from_jwk(const json::Value& jwk) {
  if (jwk.text("kty") != "RSA") return no_key("its kty is not RSA");
  if (jwk.find("use") != nullptr && jwk.text("use") != "sig") return no_key("its use is not sig");
  if (jwk.find("alg") != nullptr && jwk.text("alg") != "RS256") return no_key("its alg is not RS256");
  for (const std::string_view secret : {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}) {
    if (jwk.find(secret) != nullptr) return no_key("it has private members");
  }
  ASSIGN_OR_RETURN(const auto modulus, read_number(jwk, "n"));
  ASSIGN_OR_RETURN(const auto exponent, read_number(jwk, "e"));
  const int bits = BN_num_bits(modulus.get());
  if (bits < kBitsMin || bits > kBitsMax) return no_key("it must have 2048 to 8192 bits");
  if (BN_is_odd(modulus.get()) != 1 || BN_is_odd(exponent.get()) != 1 || BN_is_one(exponent.get()) == 1 ||
      BN_num_bits(exponent.get()) > 64)
    return no_key("its numbers cannot be those of one");

  const ParameterBuild build{OSSL_PARAM_BLD_new()};
  CHECK(OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) == 1);
  CHECK(OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) == 1);
  const Parameters parameters{OSSL_PARAM_BLD_to_param(build.get())};
  const KeyContext context{EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr)};
  EVP_PKEY* read = nullptr;
  CHECK(EVP_PKEY_fromdata_init(context.get()) == 1);
  if (EVP_PKEY_fromdata(context.get(), &read, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1)
    return no_key("its numbers cannot be those of one");
  return Key{std::make_shared<Handle>(read), Half::PUBLIC};
}

void Key::write_jwk(json::Writer& writer) const {
  writer.begin_object()
      .member("kty", "RSA")
      .member("use", "sig")
      .member("alg", "RS256")
      .member("kid", id_)
      .member("n", modulus_)
      .member("e", exponent_)
      .end_object();
}

std::string Key::sign(std::string_view data) const {
  CHECK(is_pair_);
  const DigestContext context{EVP_MD_CTX_new()};
  // Without further words it is PKCS #1 v1.5, which needs no randomness: equal input, equal signature.
  CHECK(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, handle_->key) == 1);
  std::size_t length = 0;
  CHECK(EVP_DigestSign(context.get(), nullptr, &length, bytes_of(data), data.size()) == 1);
  std::string signature(length, '\0');
  CHECK(EVP_DigestSign(context.get(), bytes_of(signature), &length, bytes_of(data), data.size()) == 1);
  signature.resize(length);
  return signature;
}

bool Key::verifies(std::string_view signature, std::string_view data) const {
  const DigestContext context{EVP_MD_CTX_new()};
  CHECK(EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, handle_->key) == 1);
  return EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(data), data.size()) == 1;
}

std::string to_jwks(std::span<const Key> keys) {
  json::Writer writer;
  writer.begin_object().name("keys").begin_array();
  for (const auto& key : keys) key.write_jwk(writer);
  writer.end_array().end_object();
  return std::move(writer).text();
}

}  // namespace qantara::jose
