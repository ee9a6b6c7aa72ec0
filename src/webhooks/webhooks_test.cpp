#include "webhooks/webhooks.h"

#include <gtest/gtest.h>

#include <utility>

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
  using Change = Result<Endpoint> (Webhooks::*)(db::Transaction&, ApplicationId, WebhookEndpointId) const;
  Result<Endpoint> change(Change how, WebhookEndpointId id) {
    return stage.write([&](db::Transaction& tx) { return (stage.webhooks.*how)(tx, stage.application, id); });
  }
  Result<void> remove(WebhookEndpointId id) {
    return stage.write([&](db::Transaction& tx) { return stage.webhooks.delete_endpoint(tx, stage.application, id); });
  }
  Result<Endpoint> update(WebhookEndpointId id, const EndpointChange& change) {
    return stage.write(
        [&](db::Transaction& tx) { return stage.webhooks.update_endpoint(tx, stage.application, id, change); });
  }
  void fan_out_now() {
    ASSERT_TRUE(stage.write([&](db::Transaction& tx) { return fan_out(tx, stage.clock.now(), 1000); }));
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
  const Webhooks closed{stage.clock, stage.random, stage.vault, {}, stage.dns};
  const Webhooks with_loopback{
      stage.clock, stage.random, stage.vault, {.allowed_networks = {"127.0.0.0/8", "::1/128"}}, stage.dns};
  enum Expected { ALWAYS, WITH_LOOPBACK, NEVER };
  const struct {
    std::string url;
    Expected expected;
  } rows[] = {
      {"https://shop.example/hooks?tenant=1", ALWAYS},
      {"http://shop.example:8080", ALWAYS},
      {"https://8.8.8.8/", ALWAYS},
      {"https://dead.beef.example/", ALWAYS},
      {"http://localhost.example:4000/hooks", ALWAYS},  // A name: looked at when it is resolved, with each delivery.
      {"http://localhost:4000/hooks", WITH_LOOPBACK},
      {"http://shop.Localhost.:4000/hooks", WITH_LOOPBACK},
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

TEST_F(webhooks, of_a_live_application_go_to_https_at_its_usual_port_alone) {
  const auto live = stage.make_application();
  ASSERT_TRUE(stage.write([&](db::Transaction& tx) { return make_live(tx, live); }));
  const struct {
    std::string_view url;
    bool accepted;
  } rows[] = {
      {"https://shop.example/hooks", true},     {"https://shop.example:443/hooks", true},
      {"HTTPS://shop.example/hooks", true},     {"http://shop.example/hooks", false},
      {"http://shop.example:443/hooks", false}, {"https://shop.example:8443/hooks", false},
      {"https://shop.example:80/hooks", false}, {"https://10.0.0.1/hooks", false},
  };
  for (const auto& row : rows) {
    const auto created =
        stage.write([&](db::Transaction& tx) { return stage.webhooks.create_endpoint(tx, live, row.url); });
    EXPECT_EQ(created.has_value(), row.accepted) << row.url;
    if (!created) EXPECT_EQ(created.error().fields.at(0).field, "url");
  }
  const auto made = stage.write(
      [&](db::Transaction& tx) { return stage.webhooks.create_endpoint(tx, live, "https://shop.example/hooks"); });
  const auto changed = stage.write([&](db::Transaction& tx) {
    return stage.webhooks.update_endpoint(tx, live, made->endpoint.id, {.url = "http://shop.example/hooks"});
  });
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().fields.at(0).field, "url");
}

TEST_F(webhooks, looks_where_a_name_leads_before_it_registers_it) {
  stage.dns.answer("public.example", {"8.8.8.8"});
  stage.dns.answer("both.example", {"10.0.0.1", "2606:4700::1111"});
  stage.dns.answer("private.example", {"10.0.0.1", "fd00::1"});
  const struct {
    std::string url;
    bool expected;
  } rows[] = {
      {"https://public.example/hooks", true},
      {"https://both.example/hooks", true},  // Only the address that is allowed is ever connected to.
      {"https://private.example/hooks", false},
      {"http://localhost:4000/", false},
      {"https://nobody-yet.example/", true},
      {"http://[::1]/", false},
      {"http://0x7f.1/", false},
      {"nonsense", false},
  };
  for (const auto& row : rows) {
    const auto checked = stage.run(stage.webhooks.check_receiver(row.url));
    EXPECT_EQ(checked.has_value(), row.expected) << row.url;
    if (!checked) EXPECT_EQ(checked.error().fields.at(0).field, "url");
  }
}

TEST_F(webhooks, pauses_and_resumes) {
  const auto id = stage.create(kShop).endpoint.id;
  const struct {
    Change how;
    EndpointStatus expected;
  } steps[] = {
      {&Webhooks::resume_endpoint, EndpointStatus::ACTIVE},
      {&Webhooks::pause_endpoint, EndpointStatus::PAUSED},
      {&Webhooks::pause_endpoint, EndpointStatus::PAUSED},
      {&Webhooks::resume_endpoint, EndpointStatus::ACTIVE},
  };
  for (const auto& step : steps) {
    EXPECT_EQ(change(step.how, id)->status, step.expected);
    EXPECT_EQ(stage.endpoint(id).status, step.expected);
  }
}

TEST_F(webhooks, a_disabled_endpoint_is_resumed_and_told_of_what_happens_from_then_on) {
  const auto id = stage.create(kShop).endpoint.id;
  const auto payment = stage.make_aggregate();
  stage.publish(payment);
  fan_out_now();
  ASSERT_TRUE(stage.write(
      [&](db::Transaction& tx) { return disable_endpoint(tx, id, DisabledReason::GONE, stage.clock.now()); }));
  EXPECT_EQ(stage.endpoint(id).disabled_reason, DisabledReason::GONE);
  stage.publish(payment);
  const EventId event = stage.deliveries(id).front().event;

  EXPECT_EQ(change(&Webhooks::pause_endpoint, id).error().code, ErrorCode::ILLEGAL_TRANSITION);
  const auto& app = stage.application;
  const auto test = use([&](const Webhooks& w, db::Transaction& tx) { return w.send_test(tx, app, id); });
  EXPECT_EQ(test.error().code, ErrorCode::ILLEGAL_TRANSITION);
  const auto again = use([&](const Webhooks& w, db::Transaction& tx) { return w.resend(tx, app, id, event); });
  EXPECT_EQ(again.error().code, ErrorCode::ILLEGAL_TRANSITION);
  const auto all = use([&](const Webhooks& w, db::Transaction& tx) { return w.replay(tx, app, id, {}); });
  EXPECT_EQ(all.error().code, ErrorCode::ILLEGAL_TRANSITION);

  const auto resumed = change(&Webhooks::resume_endpoint, id);
  ASSERT_TRUE(resumed);
  EXPECT_EQ(resumed->status, EndpointStatus::ACTIVE);
  EXPECT_FALSE(resumed->disabled_reason);
  stage.publish(payment);
  fan_out_now();
  const auto deliveries = stage.deliveries(id);
  ASSERT_EQ(deliveries.size(), 2U);
  EXPECT_EQ(deliveries[0].status, DeliveryStatus::DEAD);
  EXPECT_EQ(deliveries[1].status, DeliveryStatus::PENDING);
  EXPECT_TRUE(deliveries[1].next_attempt_at);
}

TEST_F(webhooks, nobody_finds_an_endpoint_that_was_deleted) {
  const auto id = stage.create(kShop).endpoint.id;
  ASSERT_TRUE(remove(id));
  EXPECT_EQ(remove(id).error().code, ErrorCode::UNKNOWN_WEBHOOK_ENDPOINT);
  EXPECT_EQ(change(&Webhooks::get_endpoint, id).error().code, ErrorCode::UNKNOWN_WEBHOOK_ENDPOINT);
  EXPECT_TRUE(
      use([&](const Webhooks& w, db::Transaction& tx) { return w.list_endpoints(tx, stage.application); })->empty());
}

TEST_F(webhooks, an_endpoint_is_its_applications_alone) {
  const auto id = stage.create(kShop).endpoint.id;
  stage.publish(stage.make_aggregate());
  fan_out_now();
  const EventId event = stage.deliveries(id).front().event;
  const auto nobody = WebhookEndpointId::make(stage.clock, stage.random);
  const auto stranger = stage.make_application();
  const std::pair<ApplicationId, WebhookEndpointId> pairs[] = {{stranger, id}, {stage.application, nobody}};
  for (const auto& [app, endpoint] : pairs) {
    const auto code = [&](auto what) {
      const auto result = stage.write([&](db::Transaction& tx) { return what(stage.webhooks, tx); });
      return result ? ErrorCode::INTERNAL_SERVER_ERROR : result.error().code;
    };
    const auto expected = ErrorCode::UNKNOWN_WEBHOOK_ENDPOINT;
    EXPECT_EQ(code([&](auto& w, auto& tx) { return w.get_endpoint(tx, app, endpoint); }), expected);
    EXPECT_EQ(code([&](auto& w, auto& tx) { return w.update_endpoint(tx, app, endpoint, {}); }), expected);
    EXPECT_EQ(code([&](auto& w, auto& tx) { return w.pause_endpoint(tx, app, endpoint); }), expected);
    EXPECT_EQ(code([&](auto& w, auto& tx) { return w.resume_endpoint(tx, app, endpoint); }), expected);
    EXPECT_EQ(code([&](auto& w, auto& tx) { return w.delete_endpoint(tx, app, endpoint); }), expected);
    EXPECT_EQ(code([&](auto& w, auto& tx) { return w.rotate_secret(tx, app, endpoint, hours{1}); }), expected);
    EXPECT_EQ(code([&](auto& w, auto& tx) { return w.send_test(tx, app, endpoint); }), expected);
    EXPECT_EQ(code([&](auto& w, auto& tx) { return w.list_deliveries(tx, app, endpoint, {}); }), expected);
    EXPECT_EQ(code([&](auto& w, auto& tx) { return w.get_delivery(tx, app, endpoint, event); }), expected);
    EXPECT_EQ(code([&](auto& w, auto& tx) { return w.resend(tx, app, endpoint, event); }), expected);
    EXPECT_EQ(code([&](auto& w, auto& tx) { return w.replay(tx, app, endpoint, {}); }), expected);
  }
  EXPECT_EQ(stage.endpoint(id).status, EndpointStatus::ACTIVE);
}

TEST_F(webhooks, keeps_what_its_owner_decided) {
  const EndpointSettings settings{
      .url = kShop, .description = "orders", .types = {"payment.updated", "payment.created", "payment.updated"}};
  const auto created =
      use([&](const Webhooks& w, db::Transaction& tx) { return w.create_endpoint(tx, stage.application, settings); });
  ASSERT_TRUE(created);
  const auto id = created->endpoint.id;
  const std::vector<std::string> types{"payment.created", "payment.updated"};
  EXPECT_EQ(created->endpoint.types, types);
  EXPECT_EQ(stage.endpoint(id).types, types);
  EXPECT_EQ(stage.endpoint(id).description, "orders");

  EXPECT_EQ(update(id, {.url = kOther})->url, kOther);
  EXPECT_EQ(stage.endpoint(id).types, types);
  EXPECT_EQ(update(id, {.description = std::optional<std::string>{}})->description, std::nullopt);
  EXPECT_TRUE(update(id, {.types = std::vector<std::string>{}})->types.empty());
  EXPECT_EQ(stage.endpoint(id).url, kOther);

  const struct {
    EndpointChange change;
    std::string field;
  } refused[] = {
      {{.url = "http://10.0.0.1/"}, "url"},
      {{.url = "nonsense"}, "url"},
      {{.description = std::string(501, 'x')}, "description"},
      {{.types = std::vector<std::string>{"payment.created", "payment.*"}}, "types"},
      {{.types = std::vector<std::string>{"payment.changed"}}, "types"},  // Internal.
      {{.types = std::vector<std::string>{"webhook_endpoint.tested"}}, "types"},
  };
  for (const auto& row : refused) {
    const auto result = update(id, row.change);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::INVALID_PARAMETERS);
    EXPECT_EQ(result.error().fields.at(0).field, row.field);
  }
}

TEST_F(webhooks, what_was_committed_before_a_change_is_told_by_the_old_settings) {
  const auto id = stage.create(kShop, {"payment.created"}).endpoint.id;
  stage.publish(stage.make_aggregate());
  stage.publish(stage.make_aggregate(), events::Type::PAYMENT_UPDATED);
  ASSERT_TRUE(update(id, {.types = std::vector<std::string>{"payment.updated"}}));
  stage.publish(stage.make_aggregate());
  stage.publish(stage.make_aggregate(), events::Type::PAYMENT_UPDATED);
  fan_out_now();
  const auto deliveries = stage.deliveries(id);
  ASSERT_EQ(deliveries.size(), 2U);
  EXPECT_EQ(deliveries[0].event_type, "payment.created");
  EXPECT_EQ(deliveries[1].event_type, "payment.updated");
}

TEST_F(webhooks, lists_deliveries_newest_first) {
  const auto id = stage.create(kShop).endpoint.id;
  for (int i = 0; i < 3; ++i) stage.publish(stage.make_aggregate());
  stage.publish(stage.make_aggregate(), events::Type::PAYMENT_UPDATED);
  fan_out_now();
  const auto all = stage.deliveries(id);  // Oldest first.
  ASSERT_EQ(all.size(), 4U);
  const Attempt attempt{.number = 1, .started_at = stage.clock.now()};
  ASSERT_TRUE(stage.write([&](db::Transaction& tx) {
    return record_attempt(tx, all[1].id, attempt, DeliveryStatus::DEAD, std::nullopt, stage.clock.now());
  }));
  const struct {
    DeliveryFilter filter;
    std::vector<std::size_t> expected;
  } rows[] = {
      {{}, {3, 2, 1, 0}},
      {{.limit = 2}, {3, 2}},
      {{.after = all[2].event, .limit = 2}, {1, 0}},
      {{.status = DeliveryStatus::DEAD}, {1}},
      {{.status = DeliveryStatus::DEAD, .after = all[1].event}, {}},
      {{.status = DeliveryStatus::DEAD, .type = "payment.updated"}, {}},
      {{.status = DeliveryStatus::PENDING}, {3, 2, 0}},
      {{.type = "payment.updated"}, {3}},
      {{.status = DeliveryStatus::PENDING, .type = "payment.created", .after = all[2].event}, {0}},
  };
  for (const auto& row : rows) {
    const auto listed = use([&](const Webhooks& w, db::Transaction& tx) {
      return w.list_deliveries(tx, stage.application, id, row.filter);
    });
    std::vector<EventId> found;
    for (const auto& delivery : *listed) found.push_back(delivery.event);
    std::vector<EventId> expected;
    for (const auto index : row.expected) expected.push_back(all[index].event);
    EXPECT_EQ(found, expected);
  }
  const auto nonsense = use([&](const Webhooks& w, db::Transaction& tx) {
    return w.list_deliveries(tx, stage.application, id, {.after = EventId::make(stage.clock, stage.random)});
  });
  EXPECT_EQ(nonsense.error().code, ErrorCode::INVALID_PARAMETERS);
}

TEST_F(webhooks, replays_what_was_asked_for_in_bounded_bites) {
  const auto& app = stage.application;
  std::vector<EventId> events;
  const auto publish = [&](events::Type type) {
    const auto aggregate = stage.make_aggregate();
    stage.publish(aggregate, type);
    const auto stored = stage.write([&](db::Transaction& tx) { return stage.events.of_aggregate(tx, aggregate); });
    events.push_back(stored->back().id);
    stage.clock.advance(std::chrono::seconds{1});
  };
  const Instant start = stage.clock.now();
  publish(events::Type::PAYMENT_CREATED);
  const auto id = stage.create(kShop, {"payment.created"}).endpoint.id;
  publish(events::Type::PAYMENT_CREATED);
  publish(events::Type::PAYMENT_UPDATED);
  publish(events::Type::PAYMENT_CREATED);
  publish(events::Type::PAYMENT_CREATED);
  stage.publish({.application = stage.make_application(), .aggregate = stage.make_aggregate()});
  fan_out_now();
  const auto end = [&](EventId event, DeliveryStatus status) {
    const auto delivery =
        use([&](const Webhooks& w, db::Transaction& tx) { return w.get_delivery(tx, app, id, event); });
    const Attempt attempt{.number = delivery->attempts + 1, .started_at = stage.clock.now()};
    ASSERT_TRUE(stage.write([&](db::Transaction& tx) {
      return record_attempt(tx, delivery->id, attempt, status, std::nullopt, stage.clock.now());
    }));
  };
  end(events[1], DeliveryStatus::DELIVERED);
  end(events[3], DeliveryStatus::DEAD);  // The last one stays PENDING.

  const auto replay = [&](const ReplayWanted& wanted) {
    return use([&](const Webhooks& w, db::Transaction& tx) { return w.replay(tx, app, id, wanted); });
  };
  const auto dead = replay({.which = ReplayWanted::Which::DEAD});
  ASSERT_TRUE(dead);
  EXPECT_EQ(dead->count, 1);
  EXPECT_EQ(dead->last, events[3]);
  EXPECT_EQ(replay({.which = ReplayWanted::Which::DEAD})->count, 0);
  end(events[3], DeliveryStatus::DELIVERED);

  EXPECT_EQ(replay({.since = start + std::chrono::seconds{2}})->count, 1);  // events[3]; the last one is due anyway.
  end(events[3], DeliveryStatus::DELIVERED);

  const auto first = replay({.limit = 2});
  EXPECT_EQ(first->count, 2);  // The one from before the endpoint was there, too.
  EXPECT_EQ(first->last, events[1]);
  EXPECT_EQ(first->rest, Replayed::Rest::MORE);
  const auto rest = replay({.after = first->last, .limit = 10});
  EXPECT_EQ(rest->count, 1);
  EXPECT_EQ(rest->last, events[4]);
  EXPECT_EQ(rest->rest, Replayed::Rest::NONE);
  EXPECT_EQ(stage.deliveries(id).size(), 4U);
  EXPECT_EQ(replay({.after = EventId::make(stage.clock, stage.random)}).error().code, ErrorCode::INVALID_PARAMETERS);
}

TEST_F(webhooks, a_rotation_keeps_the_old_secret_for_a_while) {
  const auto created = stage.create(kShop);
  const auto id = created.endpoint.id;
  const auto rotate = [&](Duration overlap) {
    return use(
        [&](const Webhooks& w, db::Transaction& tx) { return w.rotate_secret(tx, stage.application, id, overlap); });
  };
  const auto live = [&] {
    const auto sealed = stage.write([&](db::Transaction& tx) { return select_secrets(tx, id); });
    return *open_secrets(stage.vault, id, **sealed, stage.clock.now());
  };
  const auto secret = rotate(hours{24});
  ASSERT_TRUE(secret);
  EXPECT_NE(secret->secret.reveal(), created.secret.reveal());
  EXPECT_EQ(secret->previous_expires_at, stage.clock.now() + hours{24});
  EXPECT_EQ(live().current.reveal(), secret->secret.reveal());
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
  ASSERT_TRUE(remove(removed));
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
