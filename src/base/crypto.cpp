#include "base/crypto.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/sha.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "base/check.h"
#include "base/text.h"

namespace qantara {

namespace {

constexpr std::size_t kKeySize = 32;
constexpr std::size_t kNonceSize = 12;
constexpr std::size_t kTagSize = 16;
constexpr char kVersion = 1;  // First byte of a sealed value: how it was sealed.

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* bytes_of(const std::array<std::byte, kKeySize>& key) {
  return reinterpret_cast<const unsigned char*>(key.data());
}

// OpenSSL looks an algorithm up each time that it is named, which costs more than hashing a short text. So each is looked up
// once, and kept for as long as the process lives.

const EVP_MD* sha256_algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  CHECK(algorithm != nullptr);
  return algorithm;
}

const EVP_CIPHER* aes_256_gcm() {
  static const EVP_CIPHER* const algorithm = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  CHECK(algorithm != nullptr);
  return algorithm;
}

using MacContext = std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)>;

/// A context for HMAC with this digest, to be keyed.
MacContext make_hmac_context(const char* digest) {
  static EVP_MAC* const algorithm = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  MacContext context{EVP_MAC_CTX_new(algorithm), &EVP_MAC_CTX_free};
  std::string name{digest};
  const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string("digest", name.data(), 0),
                                   OSSL_PARAM_construct_end()};
  CHECK(EVP_MAC_CTX_set_params(context.get(), parameters) == 1);
  return context;
}

std::string hmac(EVP_MAC_CTX* context, std::string_view key, std::string_view data) {
  // A null key would mean the one of last time.
  CHECK(EVP_MAC_init(context, bytes_of(key.empty() ? std::string_view{""} : key), key.size(), nullptr) == 1);
  CHECK(EVP_MAC_update(context, bytes_of(data), data.size()) == 1);
  std::string mac(EVP_MAC_CTX_get_mac_size(context), '\0');
  std::size_t length = 0;
  CHECK(EVP_MAC_final(context, bytes_of(mac), &length, mac.size()) == 1);
  return mac;
}

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

CipherContext make_cipher_context() { return {EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free}; }

struct Descriptor {
  int value;
  explicit Descriptor(int value) : value(value) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (value >= 0) ::close(value);
  }
};

Error key_file_error(ErrorCode code, const std::filesystem::path& file, std::string_view what) {
  return error(code, "key file " + file.string() + ": " + std::string{what});
}

}  // namespace

Sha256 sha256(std::string_view data) {
  Sha256 digest;
  CHECK(EVP_Digest(data.data(), data.size(), reinterpret_cast<unsigned char*>(digest.data()), nullptr,
                   sha256_algorithm(), nullptr) == 1);
  return digest;
}

std::string hmac_sha256(std::string_view key, std::string_view data) {
  thread_local const MacContext context = make_hmac_context("SHA256");
  return hmac(context.get(), key, data);
}

std::string hmac_sha512(std::string_view key, std::string_view data) {
  thread_local const MacContext context = make_hmac_context("SHA512");
  return hmac(context.get(), key, data);
}

Vault::Vault(const std::array<std::byte, 32>& key, Random& random) : key_(key), random_(&random) {}

Result<Vault> Vault::open(const std::filesystem::path& key_file, Random& random) {
  std::array<std::byte, kKeySize> key{};
  {
    const Descriptor made{::open(key_file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
    if (made.value >= 0) {
      random.fill(key);
      const bool written =
          ::write(made.value, key.data(), key.size()) == static_cast<ssize_t>(key.size()) && ::fsync(made.value) == 0;
      if (!written) {
        ::unlink(key_file.c_str());
        return key_file_error(ErrorCode::STORAGE_FAILED, key_file, std::strerror(errno));
      }
      // The name must be as durable as the first value that is sealed with the key.
      const Descriptor directory{::open(key_file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
      if (directory.value >= 0) ::fsync(directory.value);
      return Vault{key, random};
    }
    if (errno != EEXIST) return key_file_error(ErrorCode::STORAGE_FAILED, key_file, std::strerror(errno));
  }
  const Descriptor found{::open(key_file.c_str(), O_RDONLY | O_CLOEXEC)};
  struct ::stat status{};
  if (found.value < 0 || ::fstat(found.value, &status) != 0) {
    return key_file_error(ErrorCode::STORAGE_FAILED, key_file, std::strerror(errno));
  }
  if ((status.st_mode & 077U) != 0) {
    return key_file_error(ErrorCode::INVALID_PARAMETERS, key_file, "others can read it; it must have mode 0600");
  }
  if (status.st_size != kKeySize || ::read(found.value, key.data(), key.size()) != static_cast<ssize_t>(key.size())) {
    return key_file_error(ErrorCode::INVALID_PARAMETERS, key_file, "it must hold exactly 32 bytes");
  }
  return Vault{key, random};
}

std::string Vault::seal(std::string_view plain, std::string_view context) const {
  std::string sealed(1 + kNonceSize + plain.size() + kTagSize, '\0');
  sealed[0] = kVersion;
  auto* const nonce = bytes_of(sealed) + 1;
  auto* const cipher_text = nonce + kNonceSize;
  random_->fill(std::as_writable_bytes(std::span{nonce, kNonceSize}));

  const auto cipher = make_cipher_context();
  int length = 0;
  CHECK(EVP_EncryptInit_ex2(cipher.get(), aes_256_gcm(), bytes_of(key_), nonce, nullptr) == 1);
  CHECK(EVP_EncryptUpdate(cipher.get(), nullptr, &length, bytes_of(context), static_cast<int>(context.size())) == 1);
  CHECK(EVP_EncryptUpdate(cipher.get(), cipher_text, &length, bytes_of(plain), static_cast<int>(plain.size())) == 1);
  CHECK(EVP_EncryptFinal_ex(cipher.get(), cipher_text + length, &length) == 1);
  CHECK(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTagSize, cipher_text + plain.size()) == 1);
  return sealed;
}

Result<std::string> Vault::unseal(std::string_view sealed, std::string_view context) const {
  const auto refused = [&] {
    return caused_by(ErrorCode::STORAGE_FAILED,
                     "a stored secret cannot be opened: it was changed, or sealed with another key",
                     std::string{context});
  };
  if (sealed.size() < 1 + kNonceSize + kTagSize || sealed[0] != kVersion) return refused();
  const auto* const nonce = bytes_of(sealed) + 1;
  const auto* const cipher_text = nonce + kNonceSize;
  std::string plain(sealed.size() - 1 - kNonceSize - kTagSize, '\0');
  std::string tag{sealed.substr(sealed.size() - kTagSize)};

  const auto cipher = make_cipher_context();
  int length = 0;
  CHECK(EVP_DecryptInit_ex2(cipher.get(), aes_256_gcm(), bytes_of(key_), nonce, nullptr) == 1);
  CHECK(EVP_DecryptUpdate(cipher.get(), nullptr, &length, bytes_of(context), static_cast<int>(context.size())) == 1);
  CHECK(EVP_DecryptUpdate(cipher.get(), bytes_of(plain), &length, cipher_text, static_cast<int>(plain.size())) == 1);
  CHECK(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagSize, tag.data()) == 1);
  if (EVP_DecryptFinal_ex(cipher.get(), bytes_of(plain) + length, &length) != 1) return refused();
  return plain;
}

std::string Vault::blind_index(std::string_view text, std::string_view context) const {
  return hmac_sha256(derive(std::string{"blind index of "} + std::string{context}).reveal(), text);
}

Secret Vault::derive(std::string_view purpose) const {
  return Secret{hmac_sha256({reinterpret_cast<const char*>(key_.data()), key_.size()}, purpose)};
}

}  // namespace qantara
