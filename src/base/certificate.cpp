#include "base/certificate.h"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <ctime>
#include <memory>

#include "base/check.h"
#include "base/crypto.h"
#include "base/freed.h"
#include "base/text.h"

namespace qantara {

namespace {

constexpr std::size_t kSubjectBytesMax = 200;

using Bio = std::unique_ptr<BIO, Freed<BIO_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;

Error refused(std::string why) { return field_error(ErrorCode::INVALID_PARAMETERS, "certificate", std::move(why)); }

Certificate next_certificate(BIO* source) { return Certificate{PEM_read_bio_X509(source, nullptr, nullptr, nullptr)}; }

std::string subject_of(X509* certificate) {
  const Bio target{BIO_new(BIO_s_mem())};
  X509_NAME_print_ex(target.get(), X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253);
  char* text = nullptr;
  const auto length = BIO_get_mem_data(target.get(), &text);
  return std::string{text, std::min(static_cast<std::size_t>(length), kSubjectBytesMax)};
}

}  // namespace

Result<CertificateFacts> read_certificate(std::string_view pem) {
  if (pem.contains("PRIVATE KEY-----")) {
    return refused("certificate must be a certificate alone: keep the private key where it is");
  }
  const Bio source{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
  const auto certificate = next_certificate(source.get());
  if (!certificate) return refused("certificate must be a certificate in PEM: -----BEGIN CERTIFICATE-----");
  if (next_certificate(source.get())) {
    return refused("certificate must be the client's own certificate alone, without those of its issuers");
  }
  Sha256 digest;
  unsigned length = 0;
  CHECK(X509_digest(certificate.get(), EVP_sha256(), reinterpret_cast<unsigned char*>(digest.data()), &length) == 1);
  std::tm end{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &end) != 1) return refused("certificate has no end");
  const std::chrono::year_month_day day{std::chrono::year{end.tm_year + 1900},
                                        std::chrono::month{static_cast<unsigned>(end.tm_mon + 1)},
                                        std::chrono::day{static_cast<unsigned>(end.tm_mday)}};
  const auto expires_at = std::chrono::sys_days{day} + std::chrono::hours{end.tm_hour} +
                          std::chrono::minutes{end.tm_min} + std::chrono::seconds{end.tm_sec};
  return CertificateFacts{
      .fingerprint = to_hex(digest), .subject = subject_of(certificate.get()), .expires_at = Instant{expires_at}};
}

}  // namespace qantara
