#include "webhooks/webhooks.h"

#include <gtest/gtest.h>

#include "webhooks/test_support.h"
#include "webhooks/webhook_store.h"

namespace qantara::webhooks {
namespace {

using std::chrono::hours;

class webhooks : public testing::Test {
 protected:
  template <class Use>
  auto use(Use what) {
    return stage.write([&](db::Transaction& tx) { return what(stage.webhooks, tx); });
  }
  auto change(Result<void> (Webhooks::*how)(db::Transaction&, WebhookEndpointId) const, WebhookEndpointId id) {
    return stage.write([&](db::Transaction& tx) { return (stage.webhooks.*how)(tx, id); });
  }

  Stage stage;
};

TEST_F(webhooks, creates_an_active_endpoint_and_shows_its_secret_once) {
  const auto created = stage.create(kShop);
  EXPECT_EQ(created.endpoint.status, EndpointStatus::ACTIVE);
  EXPECT_TRUE(created.secret.reveal().starts_with("whsec_"));

  const auto listed =
      use([&](const Webhooks& w, db::Transaction& tx) { return w.list_endpoints(tx, stage.application); });
  ASSERT_EQ(listed->size(), 1U);
  EXPECT_EQ(listed->front().id, created.endpoint.id);
  EXPECT_EQ(listed->front().url, kShop);
  EXPECT_EQ(listed->front().created_at, stage.clock.now());

  const auto sealed = stage.write([&](db::Transaction& tx) { return select_secrets(tx, created.endpoint.id); });
  EXPECT_FALSE((*sealed)->current.contains(created.secret.reveal()));
  EXPECT_EQ(open_secrets(stage.vault, created.endpoint.id, **sealed, stage.clock.now())->current.reveal(),
            created.secret.reveal());
}

TEST_F(webhooks, accepts_and_refuses_urls) {
  const Webhooks closed{stage.clock, stage.random, stage.vault, {}};
  const Webhooks with_loopback{
      stage.clock, stage.random, stage.vault, {.allowed_networks = {"127.0.0.0/8", "::1/128"}}};
  enum Expected { ALWAYS, WITH_LOOPBACK, NEVER };
  const struct {
    std::string url;
    Expected expected;
  } rows[] = {
      {"https://shop.example/hooks?tenant=1", ALWAYS},
      {"http://shop.example:8080", ALWAYS},
      {"https://8.8.8.8/", ALWAYS},
      {"https://dead.beef.example/", ALWAYS},
      {"http://localhost:4000/hooks", ALWAYS},  // A name: looked at when it is resolved, with each delivery.
      {"http://127.0.0.1:4000/hooks", WITH_LOOPBACK},
      {"http://[::1]:4000/hooks", WITH_LOOPBACK},
      {"http://[::ffff:127.0.0.1]/", WITH_LOOPBACK},
      {"http://10.0.0.1/", NEVER},
      {"http://169.254.169.254/latest/meta-data", NEVER},
      {"http://[fd00::1]/", NEVER},
      // Other spellings of an address, which some resolvers take.
      {"http://2130706433/", NEVER},
      {"http://127.1/", NEVER},
      {"http://0x7f.1/", NEVER},
      {"http://127.0.0.0x1/", NEVER},
      {"ftp://shop.example/", NEVER},
      {"shop.example/hooks", NEVER},
      {"https://user:pass@shop.example/", NEVER},
      {"https://shop.example/#top", NEVER},
      {"", NEVER},
      {"https://shop.example/" + std::string(1979, 'x'), ALWAYS},  // 2,000 characters
      {"https://shop.example/" + std::string(1980, 'x'), NEVER},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.url.substr(0, 60));
    const auto by_default =
        stage.write([&](db::Transaction& tx) { return closed.create_endpoint(tx, stage.application, row.url); });
    const auto at_the_desk =
        stage.write([&](db::Transaction& tx) { return with_loopback.create_endpoint(tx, stage.application, row.url); });
    EXPECT_EQ(by_default.has_value(), row.expected == ALWAYS);
    EXPECT_EQ(at_the_desk.has_value(), row.expected != NEVER);
    if (by_default) continue;
    EXPECT_EQ(by_default.error().code, ErrorCode::INVALID_PARAMETERS);
    ASSERT_EQ(by_default.error().fields.size(), 1U);
    EXPECT_EQ(by_default.error().fields[0].field, "url");
  }
}

TEST_F(webhooks, pauses_resumes_and_removes) {
  const auto id = stage.create(kShop).endpoint.id;
  const struct {
    Result<void> (Webhooks::*how)(db::Transaction&, WebhookEndpointId) const;
    EndpointStatus expected;
  } steps[] = {
      {&Webhooks::resume_endpoint, EndpointStatus::ACTIVE},   {&Webhooks::pause_endpoint, EndpointStatus::PAUSED},
      {&Webhooks::pause_endpoint, EndpointStatus::PAUSED},    {&Webhooks::resume_endpoint, EndpointStatus::ACTIVE},
      {&Webhooks::remove_endpoint, EndpointStatus::DISABLED}, {&Webhooks::remove_endpoint, EndpointStatus::DISABLED},
  };
  for (const auto& step : steps) {
    EXPECT_TRUE(change(step.how, id));
    EXPECT_EQ(stage.endpoint(id).status, step.expected);
  }
  EXPECT_EQ(change(&Webhooks::resume_endpoint, id).error().code, ErrorCode::ILLEGAL_TRANSITION);
  EXPECT_EQ(change(&Webhooks::pause_endpoint, id).error().code, ErrorCode::ILLEGAL_TRANSITION);
}

TEST_F(webhooks, does_not_know_what_does_not_exist) {
  const auto nobody = WebhookEndpointId::make(stage.clock, stage.random);
  EXPECT_FALSE(*use([&](const Webhooks& w, db::Transaction& tx) { return w.find_endpoint(tx, nobody); }));
  for (const auto how : {&Webhooks::pause_endpoint, &Webhooks::resume_endpoint, &Webhooks::remove_endpoint}) {
    EXPECT_EQ(change(how, nobody).error().code, ErrorCode::UNKNOWN_WEBHOOK_ENDPOINT);
  }
  const auto rotated =
      use([&](const Webhooks& w, db::Transaction& tx) { return w.rotate_secret(tx, nobody, hours{24}); });
  EXPECT_EQ(rotated.error().code, ErrorCode::UNKNOWN_WEBHOOK_ENDPOINT);
}

TEST_F(webhooks, a_rotation_keeps_the_old_secret_for_a_while) {
  const auto created = stage.create(kShop);
  const auto id = created.endpoint.id;
  const auto rotate = [&](Duration overlap) {
    return use([&](const Webhooks& w, db::Transaction& tx) { return w.rotate_secret(tx, id, overlap); });
  };
  const auto live = [&] {
    const auto sealed = stage.write([&](db::Transaction& tx) { return select_secrets(tx, id); });
    return *open_secrets(stage.vault, id, **sealed, stage.clock.now());
  };
  const auto secret = rotate(hours{24});
  ASSERT_TRUE(secret);
  EXPECT_NE(secret->reveal(), created.secret.reveal());
  EXPECT_EQ(live().current.reveal(), secret->reveal());
  EXPECT_EQ(live().previous.value_or(Secret{}).reveal(), created.secret.reveal());
  stage.clock.advance(hours{24});
  EXPECT_FALSE(live().previous);

  EXPECT_TRUE(rotate(hours{0}));
  EXPECT_FALSE(live().previous);
  EXPECT_EQ(rotate(hours{-1}).error().code, ErrorCode::INVALID_PARAMETERS);
  EXPECT_EQ(rotate(hours{7 * 24 + 1}).error().code, ErrorCode::INVALID_PARAMETERS);
}

TEST_F(webhooks, removing_an_endpoint_ends_what_it_was_still_to_be_told) {
  const auto kept = stage.create("https://other.example/").endpoint.id;
  const auto removed = stage.create(kShop).endpoint.id;
  const auto payment = stage.make_aggregate();
  stage.publish(payment);
  stage.publish(payment);
  ASSERT_TRUE(stage.write([&](db::Transaction& tx) { return fan_out(tx, stage.clock.now(), 100); }));
  ASSERT_TRUE(change(&Webhooks::remove_endpoint, removed));
  for (const Delivery& delivery : stage.deliveries(removed)) {
    EXPECT_EQ(delivery.status, DeliveryStatus::DEAD);
    EXPECT_FALSE(delivery.next_attempt_at);
  }
  for (const Delivery& delivery : stage.deliveries(kept)) EXPECT_EQ(delivery.status, DeliveryStatus::PENDING);
  const auto story =
      use([&](const Webhooks& w, db::Transaction& tx) { return w.deliveries_of_aggregate(tx, payment); });
  EXPECT_EQ(story->size(), 4U);
}

}  // namespace
}  // namespace qantara::webhooks
