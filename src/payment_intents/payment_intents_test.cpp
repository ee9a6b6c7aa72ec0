#include "payment_intents/payment_intents.h"

#include <gtest/gtest.h>

#include <functional>

#include "db/test_database.h"
#include "json/json.h"
#include "migrations/gateway.h"

namespace qantara::payment_intents {
namespace {

using std::chrono::hours;

std::string characters(int count, std::string_view one) {
  std::string text;
  for (int i = 0; i < count; ++i) text += one;
  return text;
}

class payment_intents : public testing::Test {
 protected:
  payment_intents() {
    application = make_application();
    customer =
        database
            .write([&](db::Transaction& tx) { return customers.create(tx, application, {.app_user_id = "user-1"}); })
            ->id;
  }
  ApplicationId make_application() {
    return database.write([&](db::Transaction& tx) { return applications.create(tx, {.name = "Shop"}); })
        ->application.id;
  }
  DestinationId make_destination(ApplicationId owner) {
    destinations::NewDestination wanted;
    wanted.name = "Falcon Trading LLC";
    wanted.display_name = "Falcon";
    wanted.iban = "AE260211000000230064016";
    return database.write([&](db::Transaction& tx) { return destinations.create(tx, owner, wanted); })->id;
  }
  NewPaymentIntent wanted(std::string amount = "1000.00", std::string currency = "AED") {
    return {.customer = customer, .amount = std::move(amount), .currency = std::move(currency)};
  }
  Result<IntentWithDestination> create(const NewPaymentIntent& what) {
    return database.write([&](db::Transaction& tx) { return it.create(tx, application, what); });
  }

  ManualClock clock{Instant{std::chrono::seconds{1'700'000'000}}};
  SeededRandom random{1};
  const Vault vault{std::array<std::byte, 32>{}, random};
  db::TestDatabase database{gateway::schema::migrations(), gateway::schema::postgres_migrations()};
  const events::Events events{clock, random};
  const applications::Applications applications{clock, random};
  const customers::Customers customers{clock, random, vault};
  const destinations::Destinations destinations{clock, random, vault, applications};
  const PaymentIntents it{clock, random, events, customers, destinations, Rules::defaults()};
  ApplicationId application;
  CustomerId customer;
};

TEST_F(payment_intents, are_created_with_their_event) {
  const auto destination = make_destination(application);
  auto what = wanted();
  what.description = " Order 17 ";
  const auto created = create(what);
  ASSERT_TRUE(created) << created.error().message;
  const auto& intent = created->intent;
  EXPECT_EQ(created->destination.id, destination);
  EXPECT_EQ(intent.amount.to_text(), "1000.00");
  EXPECT_EQ(intent.description, "Order 17");
  EXPECT_EQ(intent.expires_at, clock.now() + hours{24});

  const auto found = database.read([&](db::Transaction& tx) { return it.get(tx, application, intent.id); });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->amount.to_text(), "1000.00");
  EXPECT_EQ(found->amount.currency().code(), "AED");
  EXPECT_EQ(found->description, "Order 17");
  EXPECT_FALSE(found->default_description);
  EXPECT_EQ(found->expires_at, intent.expires_at);

  const auto story = *database.read([&](db::Transaction& tx) { return events.of_aggregate(tx, intent.id.uuid); });
  ASSERT_EQ(story.size(), 1U);
  EXPECT_EQ(story[0].type, "payment_intent.created");
  EXPECT_TRUE(story[0].body.starts_with(
      R"({"payload":{"intent_id":")" + intent.id.to_text() + R"(","customer_id":")" + customer.to_text() +
      R"(","amount":1000.00,"currency":"AED","status":"INTENT_CREATED","reason":null,"metadata":null})"))
      << story[0].body;
}

TEST_F(payment_intents, keep_the_purpose_that_was_given) {
  make_destination(application);
  for (const std::optional<std::string>& purpose : {std::optional<std::string>{}, std::optional<std::string>{"RNT"}}) {
    auto what = wanted();
    what.purpose_code = purpose;
    const auto created = create(what);
    ASSERT_TRUE(created);
    const auto found = database.read([&](db::Transaction& tx) { return it.get(tx, application, created->intent.id); });
    EXPECT_EQ(found->purpose_code, purpose);
  }
  for (const auto wrong : {"", "gds", "GD", "GDSX", "G S"}) {
    auto what = wanted();
    what.purpose_code = wrong;
    const auto refused = create(what);
    ASSERT_FALSE(refused) << wrong;
    EXPECT_EQ(refused.error().fields.at(0).field, "purpose_code");
  }
}

TEST_F(payment_intents, are_refused_in_this_order) {
  // Each row mends what the row before was refused for.
  const auto theirs = make_destination(make_application());
  NewPaymentIntent what{.customer = CustomerId{},
                        .amount = "ten",
                        .currency = "EUR",
                        .destination = theirs,
                        .description = "a\nb",
                        .purpose_code = "goods"};
  const struct {
    std::function<void()> mend;
    ErrorCode code;
    std::string_view field;
  } rows[] = {
      {[] {}, ErrorCode::INVALID_PARAMETERS, "currency"},
      {[&] { what.currency = "AED"; }, ErrorCode::INVALID_PARAMETERS, "description"},
      {[&] { what.description = "a b"; }, ErrorCode::INVALID_PARAMETERS, "purpose_code"},
      {[&] { what.purpose_code = "GDS"; }, ErrorCode::INVALID_AMOUNT, "amount"},
      {[&] { what.amount = "1000000000"; }, ErrorCode::UNKNOWN_CUSTOMER, "customer_id"},
      {[&] { what.customer = customer; }, ErrorCode::UNKNOWN_PAYMENT_DESTINATION, "payment_destination_id"},
      {[&] { what.destination.reset(); }, ErrorCode::MISSING_PARAMETERS, "payment_destination_id"},
      {[&] { what.destination = make_destination(application); }, ErrorCode::AMOUNT_OVER_MAX_VALUE, "amount"},
      {[&] { what.amount = "0.01"; }, ErrorCode::AMOUNT_UNDER_MIN_VALUE, "amount"},
  };
  for (const auto& row : rows) {
    row.mend();
    const auto refused = create(what);
    ASSERT_FALSE(refused) << to_text(row.code);
    EXPECT_EQ(to_text(refused.error().code), to_text(row.code));
    ASSERT_EQ(refused.error().fields.size(), 1U) << to_text(row.code);
    EXPECT_EQ(refused.error().fields[0].field, row.field);
  }
  what.amount = "10";
  EXPECT_TRUE(create(what));
}

TEST_F(payment_intents, keep_to_the_limits_of_each_currency_both_ends_included) {
  make_destination(application);
  enum Expected { UNDER, WITHIN, OVER };
  const struct {
    std::string currency;
    std::string amount;
    Expected expected;
  } rows[] = {
      {"AED", "9.99", UNDER},   {"AED", "10", WITHIN},     {"AED", "100000.00", WITHIN}, {"AED", "100000.01", OVER},
      {"USD", "49.99", UNDER},  {"USD", "50.00", WITHIN},  {"USD", "27000", WITHIN},     {"USD", "27000.01", OVER},
      {"BHD", "17.999", UNDER}, {"BHD", "18.000", WITHIN}, {"BHD", "10000", WITHIN},     {"BHD", "10000.001", OVER},
  };
  const std::map<std::string, std::pair<std::string, std::string>> limits{
      {"AED", {"10.00", "100000.00"}}, {"USD", {"50.00", "27000.00"}}, {"BHD", {"18.000", "10000.000"}}};
  for (const auto& row : rows) {
    const auto created = create(wanted(row.amount, row.currency));
    ASSERT_EQ(created.has_value(), row.expected == WITHIN) << row.currency << " " << row.amount;
    if (created) continue;
    EXPECT_EQ(created.error().code,
              row.expected == UNDER ? ErrorCode::AMOUNT_UNDER_MIN_VALUE : ErrorCode::AMOUNT_OVER_MAX_VALUE);
    ASSERT_EQ(created.error().details.size(), 2U);
    EXPECT_EQ(created.error().details[0].name, "minimum");
    EXPECT_EQ(created.error().details[0].json, limits.at(row.currency).first);
    EXPECT_EQ(created.error().details[1].name, "maximum");
    EXPECT_EQ(created.error().details[1].json, limits.at(row.currency).second);
  }
}

TEST_F(payment_intents, take_and_refuse_descriptions) {
  make_destination(application);
  const struct {
    std::string description;
    bool is_taken;
  } rows[] = {
      {characters(32, "x"), true},
      {characters(33, "x"), false},
      {characters(32, "ق"), true},  // 64 bytes
      {characters(33, "ق"), false},
      {"طلب رقم ٤٢", true},
      {"  " + characters(32, "x") + "  ", true},
      {"a\tb", false},
      {"a\x7f", false},
      {"a\u202Eb", false},  // turns what follows around
  };
  for (const auto& row : rows) {
    auto what = wanted();
    what.description = row.description;
    const auto created = create(what);
    ASSERT_EQ(created.has_value(), row.is_taken) << row.description;
    if (!created) EXPECT_EQ(created.error().fields.at(0).field, "description");
  }
}

TEST_F(payment_intents, are_described_by_their_id_where_the_merchant_says_nothing) {
  make_destination(application);
  for (const auto& nothing :
       {std::optional<std::string>{}, std::optional<std::string>{""}, std::optional<std::string>{"  "}}) {
    auto what = wanted();
    what.description = nothing;
    const auto created = create(what);
    ASSERT_TRUE(created);
    EXPECT_TRUE(created->intent.default_description);
    EXPECT_EQ(created->intent.description, created->intent.id.to_plain_text());
    EXPECT_EQ(created->intent.description.size(), 32U);
    const auto found = database.read([&](db::Transaction& tx) { return it.get(tx, application, created->intent.id); });
    EXPECT_TRUE(found->default_description);
    EXPECT_EQ(found->description, created->intent.description);
  }
}

TEST_F(payment_intents, are_unknown_to_everybody_but_their_application) {
  make_destination(application);
  const auto created = create(wanted());
  for (const auto& [who, id] :
       {std::pair{make_application(), created->intent.id}, std::pair{application, IntentId{}}}) {
    const auto refused = database.read([&](db::Transaction& tx) { return it.get(tx, who, id); });
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::UNKNOWN_PAYMENT_INTENT);
  }
  EXPECT_TRUE(*database.read([&](db::Transaction& tx) { return it.find(tx, created->intent.id); }));
  const auto newest = *database.read([&](db::Transaction& tx) { return it.newest(tx, 10); });
  EXPECT_EQ(newest, std::vector{created->intent.id});
}

TEST_F(payment_intents, end_once_used_cancelled_or_out_of_time) {
  make_destination(application);
  enum class Act { USE, CANCEL, EXPIRE };
  using enum Act;
  struct Case {
    Act first;
    Act then;
    std::string_view refused;  ///< Empty: nothing happens, quietly.
    IntentStatus stays;
  };
  using enum IntentStatus;
  const Case cases[] = {
      {USE, USE, "PAYMENT_INTENT_ALREADY_USED", INTENT_USED},
      {USE, CANCEL, "PAYMENT_INTENT_ALREADY_USED", INTENT_USED},
      {USE, EXPIRE, "", INTENT_USED},
      {CANCEL, USE, "PAYMENT_INTENT_EXPIRED", INTENT_CANCELLED},
      {CANCEL, CANCEL, "", INTENT_CANCELLED},
      {CANCEL, EXPIRE, "", INTENT_CANCELLED},
      {EXPIRE, USE, "PAYMENT_INTENT_EXPIRED", INTENT_EXPIRED},
      {EXPIRE, CANCEL, "PAYMENT_INTENT_EXPIRED", INTENT_EXPIRED},
      {EXPIRE, EXPIRE, "", INTENT_EXPIRED},
  };
  for (const auto& [first, then, refused, stays] : cases) {
    const auto id = create(wanted())->intent.id;
    const auto act = [&](Act what) {
      return database.write([&](db::Transaction& tx) -> Result<void> {
        if (what == CANCEL)
          return it.cancel(tx, application, id) ? Result<void>{} : it.cancel(tx, application, id).error();
        if (what == EXPIRE) {
          RETURN_IF_ERROR(it.expire_due(tx, 100));
          return {};
        }
        ASSIGN_OR_RETURN(const auto intent, it.get(tx, application, id));
        return it.use(tx, intent);
      });
    };
    if (first == EXPIRE) clock.advance(hours{24});
    ASSERT_TRUE(act(first));
    clock.advance(hours{25});
    const auto second = act(then);
    EXPECT_EQ(second ? "" : to_text(second.error().code), refused);
    const auto found = database.read([&](db::Transaction& tx) { return it.get(tx, application, id); });
    EXPECT_EQ(found->status, stays);
    const auto story = *database.read([&](db::Transaction& tx) { return events.of_aggregate(tx, id.uuid); });
    EXPECT_EQ(story.size(), stays == INTENT_USED ? 1U : 2U);
    if (stays != INTENT_USED) {
      EXPECT_EQ(story.back().type, stays == INTENT_CANCELLED ? "payment_intent.cancelled" : "payment_intent.expired");
      EXPECT_TRUE(story.back().body.contains(to_text(stays)));
    }
  }
}

TEST_F(payment_intents, are_not_used_after_their_time_though_nobody_has_said_so_yet) {
  make_destination(application);
  const auto intent = create(wanted())->intent;
  const auto use = [&] { return database.write([&](db::Transaction& tx) { return it.use(tx, intent); }); };
  clock.advance(hours{24});
  ASSERT_FALSE(use());
  EXPECT_EQ(use().error().code, ErrorCode::PAYMENT_INTENT_EXPIRED);
  const auto cancelled = database.write([&](db::Transaction& tx) { return it.cancel(tx, application, intent.id); });
  EXPECT_EQ(cancelled.error().code, ErrorCode::PAYMENT_INTENT_EXPIRED);
}

TEST_F(payment_intents, are_not_revived_by_a_clock_that_is_set_back) {
  make_destination(application);
  const auto id = create(wanted())->intent.id;
  clock.advance(hours{1});
  const auto cancelled = database.write([&](db::Transaction& tx) { return it.cancel(tx, application, id); });
  ASSERT_TRUE(cancelled);
  EXPECT_EQ(cancelled->expires_at, clock.now());
  clock.advance(-hours{2});
  EXPECT_FALSE(database.write([&](db::Transaction& tx) { return it.use(tx, *cancelled); }));
}

TEST_F(payment_intents, are_listed_by_what_is_asked_for) {
  make_destination(application);
  std::vector<IntentId> made;
  for (int i = 0; i < 4; ++i) {
    made.push_back(create(wanted())->intent.id);
    clock.advance(hours{1});
  }
  ASSERT_TRUE(database.write([&](db::Transaction& tx) { return it.cancel(tx, application, made[1]); }));
  const auto ids = [&](const IntentFilter& filter, const Slice& slice = {}) {
    const auto listed = database.read([&](db::Transaction& tx) { return it.list(tx, application, filter, slice); });
    std::vector<IntentId> found;
    for (const auto& intent : *listed) found.push_back(intent.id);
    const auto count = database.read([&](db::Transaction& tx) { return it.count(tx, application, filter); });
    if (slice.after == Uuid{}) EXPECT_EQ(*count, std::ssize(found));
    return found;
  };
  EXPECT_EQ(ids({}), made);
  EXPECT_EQ(ids({.customer = customer}), made);
  EXPECT_TRUE(ids({.customer = CustomerId{}}).empty());
  EXPECT_EQ(ids({.status = "INTENT_CANCELLED"}), (std::vector{made[1]}));
  EXPECT_EQ(ids({.customer = customer, .status = "INTENT_CREATED"}), (std::vector{made[0], made[2], made[3]}));
  EXPECT_TRUE(ids({.status = "FAILED"}).empty());
  const auto start = clock.now() - hours{4};
  EXPECT_EQ(ids({.from = start + hours{1}, .to = start + hours{3}}), (std::vector{made[1], made[2]}));
  EXPECT_EQ(ids({}, {.after = made[1].uuid, .offset = 0, .limit = 1}), (std::vector{made[2]}));
  const auto other = make_application();
  EXPECT_TRUE(database.read([&](db::Transaction& tx) { return it.list(tx, other, {}, {}); })->empty());
}

}  // namespace
}  // namespace qantara::payment_intents
