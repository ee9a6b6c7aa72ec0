#include "webhooks/signing.h"

#include <gtest/gtest.h>

#include <array>

#include "base/text.h"

namespace qantara::webhooks {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

// The example of the Standard Webhooks specification's own libraries; the second value by `openssl dgst -sha512 -hmac`.
const Secret kSecret{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"};
constexpr std::string_view kId = "msg_p5jXN8AQM9LWM0D4loKWxJek";
constexpr std::int64_t kTimestamp = 1614265330;
constexpr std::string_view kBody = R"({"test": 2432232314})";
constexpr std::string_view kStandard = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
constexpr std::string_view kLean =
    "sha512=29b735f30694bb57c767b097fc984006299ba0a13640bf3870df6c36d865575a"
    "5cc93a1e505c4456e0d409740e0cfc6d2209bd017b23d911ce2d705618cdb84f";

TEST(signing, signs_as_standard_webhooks_do) {
  EXPECT_EQ(standard_signature(kSecret, kId, kTimestamp, kBody), kStandard);
}

TEST(signing, signs_as_lean_does) { EXPECT_EQ(lean_signature(kSecret, kBody), kLean); }

TEST(signing, every_part_counts) {
  EXPECT_NE(standard_signature(Secret{"whsec_NfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}, kId, kTimestamp, kBody), kStandard);
  EXPECT_NE(standard_signature(kSecret, "msg_other", kTimestamp, kBody), kStandard);
  EXPECT_NE(standard_signature(kSecret, kId, kTimestamp + 1, kBody), kStandard);
  EXPECT_NE(standard_signature(kSecret, kId, kTimestamp, "{}"), kStandard);
}

TEST(signing, adds_the_headers) {
  http::Headers headers;
  sign(headers, {.current = kSecret}, kId, Instant{seconds{kTimestamp}} + Duration{999'999}, kBody);
  EXPECT_EQ(headers.value_or("lean-signature", ""), kLean);
  EXPECT_EQ(headers.value_or("webhook-id", ""), kId);
  EXPECT_EQ(headers.value_or("webhook-timestamp", ""), "1614265330");
  EXPECT_EQ(headers.value_or("webhook-signature", ""), kStandard);
}

TEST(signing, signs_with_both_secrets_during_a_rotation_and_lean_with_the_older) {
  const Secret newer{"whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="};
  http::Headers headers;
  sign(headers, {.current = newer, .previous = kSecret}, kId, Instant{seconds{kTimestamp}}, kBody);
  EXPECT_EQ(headers.value_or("lean-signature", ""), kLean);
  EXPECT_EQ(headers.value_or("webhook-signature", ""),
            standard_signature(newer, kId, kTimestamp, kBody) + " " + std::string{kStandard});
}

TEST(endpoint_secrets, a_new_secret_holds_32_bytes) {
  SeededRandom random{1};
  const Secret secret = make_secret(random);
  ASSERT_TRUE(secret.reveal().starts_with("whsec_"));
  EXPECT_EQ(from_base64(secret.reveal().substr(6)).value_or("").size(), 32U);
  EXPECT_NE(make_secret(random).reveal(), secret.reveal());
}

TEST(endpoint_secrets, the_older_one_lives_until_its_rotation_ends) {
  SeededRandom random{1};
  const Vault vault{std::array<std::byte, 32>{}, random};
  const ManualClock clock{Instant{hours{1}}};
  const auto endpoint = WebhookEndpointId::make(clock, random);
  const SealedSecrets sealed{.current = seal_secret(vault, endpoint, Secret{"new"}),
                             .previous = seal_secret(vault, endpoint, Secret{"old"}),
                             .previous_expires_at = Instant{hours{2}}};
  const auto during = open_secrets(vault, endpoint, sealed, Instant{hours{2}} - Duration{1});
  ASSERT_TRUE(during);
  EXPECT_EQ(during->current.reveal(), "new");
  EXPECT_EQ(during->previous.value_or(Secret{}).reveal(), "old");
  const auto after = open_secrets(vault, endpoint, sealed, Instant{hours{2}});
  ASSERT_TRUE(after);
  EXPECT_FALSE(after->previous);
}

TEST(endpoint_secrets, a_secret_of_another_endpoint_does_not_open) {
  SeededRandom random{1};
  const Vault vault{std::array<std::byte, 32>{}, random};
  const ManualClock clock{Instant{hours{1}}};
  const SealedSecrets sealed{.current = seal_secret(vault, WebhookEndpointId::make(clock, random), Secret{"mine"})};
  EXPECT_FALSE(open_secrets(vault, WebhookEndpointId::make(clock, random), sealed, clock.now()));
}

}  // namespace
}  // namespace qantara::webhooks
