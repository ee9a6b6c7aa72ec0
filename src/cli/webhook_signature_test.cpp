#include "cli/webhook_signature.h"

#include <gtest/gtest.h>

#include <functional>

namespace qantara::cli {
namespace {

// Made with OpenSSL's command line: `openssl dgst -sha512 -hmac SECRET` over the body; `-sha256 -mac HMAC -macopt hexkey:…` over
// "evt_1.1700000000." and the body, the key being the bytes 0 to 23 that stand behind "whsec_" in Base64.
const Secret kSecret{"whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"};
constexpr std::string_view kBody = R"({"type":"payment.created"})";
constexpr std::string_view kLean =
    "sha512=fca354f4f4ed3ee8d66ac9b31de74b8d770ce893754128e2f10d9459c5e062de"
    "0873d39013f7974c93aab9e821393d6a1dcd1974df82edd8924bd46bd10bcf9c";
constexpr std::string_view kStandard = "v1,AraCgrSgtKRIRtb2gZsmgc7ZzjnVq4l7tSQJUnrR/Pk=";
const Instant kNow{std::chrono::seconds{1'700'000'000}};

http::Headers genuine() {
  http::Headers headers;
  headers.add("Lean-Signature", kLean);
  headers.add("Webhook-Id", "evt_1");
  headers.add("Webhook-Timestamp", "1700000000");
  headers.add("Webhook-Signature", kStandard);
  return headers;
}

TEST(WebhookSignature, holds_for_what_the_gateway_sent) {
  EXPECT_EQ(signature_fault(genuine(), kBody, kSecret, kNow), std::nullopt);
  EXPECT_EQ(signature_fault(genuine(), kBody, kSecret, kNow + kTimestampTolerance), std::nullopt);
}

TEST(WebhookSignature, holds_when_one_of_several_does_as_during_a_rotation) {
  auto headers = genuine();
  headers.set("webhook-signature", "v1,AAAA " + std::string(kStandard));
  EXPECT_EQ(signature_fault(headers, kBody, kSecret, kNow), std::nullopt);
}

TEST(WebhookSignature, does_not_hold_for_anything_else) {
  const std::string other_body = std::string(kBody) + " ";
  const struct {
    std::string_view why;
    std::function<void(http::Headers&)> change;
    std::string_view body;
    Instant now;
    std::string_view fault;
  } rows[] = {
      {"another body", [](auto&) {}, other_body, kNow, "lean-signature does not match the body"},
      {"upper case", [](auto& h) { h.set("lean-signature", "SHA512=" + std::string(kLean.substr(7))); }, kBody, kNow,
       "lean-signature does not match the body"},
      {"only Lean's", [](auto& h) { h.set("webhook-signature", "v1,AAAA"); }, kBody, kNow,
       "webhook-signature does not match id, timestamp and body"},
      {"another id", [](auto& h) { h.set("webhook-id", "evt_2"); }, kBody, kNow,
       "webhook-signature does not match id, timestamp and body"},
      {"another time", [](auto& h) { h.set("webhook-timestamp", "1700000001"); }, kBody, kNow,
       "webhook-signature does not match id, timestamp and body"},
      {"a replay", [](auto&) {}, kBody, kNow + kTimestampTolerance + std::chrono::seconds{1},
       "webhook-timestamp is not of now"},
      {"from the future", [](auto&) {}, kBody, kNow - kTimestampTolerance - std::chrono::seconds{1},
       "webhook-timestamp is not of now"},
  };
  for (const auto& row : rows) {
    auto headers = genuine();
    row.change(headers);
    EXPECT_EQ(signature_fault(headers, row.body, kSecret, row.now), row.fault) << row.why;
  }
}

TEST(WebhookSignature, wants_each_header) {
  for (const auto* const missing : {"lean-signature", "webhook-id", "webhook-timestamp", "webhook-signature"}) {
    http::Headers headers;
    for (const auto& [name, value] : genuine().fields()) {
      http::Headers probe;
      probe.add(name, value);
      if (probe.find(missing) == nullptr) headers.add(name, value);
    }
    EXPECT_EQ(signature_fault(headers, kBody, kSecret, kNow), std::string("there is no ") + missing);
  }
}

}  // namespace
}  // namespace qantara::cli
