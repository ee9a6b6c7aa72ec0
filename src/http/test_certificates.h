// For the tests of this folder: keys and certificates made on the spot.
#pragma once

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <memory>
#include <string>

#include "base/freed.h"

namespace qantara::http {

using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;

/// A certificate that `key` signs for itself. `names` as OpenSSL writes them: "DNS:a.example,IP:127.0.0.1".
inline Certificate certify(EVP_PKEY* key, const std::string& names, long seconds_left) {
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

}  // namespace qantara::http
