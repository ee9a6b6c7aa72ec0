#include "customers/customers.h"

#include <gtest/gtest.h>

#include "applications/applications.h"
#include "db/test_database.h"
#include "migrations/gateway.h"

namespace qantara::customers {
namespace {

class customers : public testing::Test {
 protected:
  ApplicationId make_application() {
    const auto created = database.write([&](db::Transaction& tx) { return applications.create(tx, {.name = "Shop"}); });
    return created->application.id;
  }
  Result<Customer> create(ApplicationId application, const std::string& app_user_id) {
    return database.write(
        [&](db::Transaction& tx) { return it.create(tx, application, {.app_user_id = app_user_id}); });
  }
  Result<Customer> get(ApplicationId application, CustomerId id) {
    return database.read([&](db::Transaction& tx) { return it.get(tx, application, id); });
  }

  ManualClock clock{Instant{std::chrono::seconds{1'700'000'000}}};
  SeededRandom random{1};
  const Vault vault{std::array<std::byte, 32>{}, random};
  db::TestDatabase database{gateway::schema::migrations(), gateway::schema::postgres_migrations()};
  const applications::Applications applications{clock, random};
  const Customers it{clock, random, vault};
  const ApplicationId shop = make_application();
};

TEST_F(customers, are_created_and_found_again) {
  const auto created = create(shop, "user-1");
  ASSERT_TRUE(created);
  const auto found = get(shop, created->id);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, created->id);
  EXPECT_EQ(found->application, shop);
  EXPECT_EQ(found->app_user_id, "user-1");
  EXPECT_EQ(found->created_at, clock.now());
}

TEST_F(customers, are_one_for_each_app_user_id_of_an_application) {
  ASSERT_TRUE(create(shop, "user-1"));
  const auto again = create(shop, "user-1");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::CUSTOMER_ALREADY_EXISTS);
  EXPECT_EQ(again.error().fields.at(0).field, "app_user_id");
  EXPECT_TRUE(create(shop, "User-1")) << "names of the merchant's are not folded";
  EXPECT_TRUE(create(make_application(), "user-1"));
}

TEST_F(customers, are_named_with_1_to_255_characters) {
  std::string longest;
  for (int i = 0; i < 255; ++i) longest += "\u0642";
  EXPECT_TRUE(create(shop, longest));
  EXPECT_TRUE(create(shop, "1"));
  for (const std::string& wrong : {std::string{}, std::string{" \t"}, longest + "1"}) {
    const auto refused = create(shop, wrong);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::INVALID_PARAMETERS);
    EXPECT_EQ(refused.error().fields.at(0).field, "app_user_id");
  }
}

TEST_F(customers, are_unknown_to_everybody_but_their_application) {
  const auto created = create(shop, "user-1");
  for (const auto& refused : {get(make_application(), created->id), get(shop, CustomerId{})}) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::UNKNOWN_CUSTOMER);
    EXPECT_EQ(refused.error().message, get(shop, CustomerId{}).error().message);
  }
}

TEST_F(customers, have_government_identifiers_that_lie_sealed) {
  using enum GovernmentIdentifierType;
  const auto created = database.write([&](db::Transaction& tx) {
    return it.create(
        tx, shop,
        {.app_user_id = "user-1", .government_identifiers = {{.type = EMIRATES_ID, .value = "784-1990-1234567-1"}}});
  });
  ASSERT_TRUE(created);
  const auto found = get(shop, created->id);
  ASSERT_EQ(found->government_identifiers.size(), 1U);
  EXPECT_EQ(found->government_identifiers[0].type, EMIRATES_ID);
  EXPECT_EQ(found->government_identifiers[0].value, "784-1990-1234567-1");
  EXPECT_FALSE(database.holds_in_the_clear("784-1990"));

  const auto set = [&](const std::vector<GovernmentIdentifier>& identifiers) {
    return database.write(
        [&](db::Transaction& tx) { return it.set_government_identifiers(tx, shop, created->id, identifiers); });
  };
  ASSERT_TRUE(set({{.type = TRADE_LICENSE_NUMBER, .value = "1"}, {.type = EMIRATES_ID, .value = "2"}}));
  EXPECT_EQ(get(shop, created->id)->government_identifiers.size(), 2U);
  const auto twice = set({{.type = EMIRATES_ID, .value = "1"}, {.type = EMIRATES_ID, .value = "2"}});
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().fields.at(0).field, "government_identifiers[1].type");
  const auto blank = set({{.type = EMIRATES_ID, .value = " "}});
  ASSERT_FALSE(blank);
  EXPECT_EQ(blank.error().fields.at(0).field, "government_identifiers[0].value");
  EXPECT_EQ(get(shop, created->id)->government_identifiers.size(), 2U);
  ASSERT_TRUE(set({}));
  EXPECT_TRUE(get(shop, created->id)->government_identifiers.empty());
}

TEST_F(customers, are_listed_in_the_order_of_creation_and_found_by_their_name) {
  std::vector<CustomerId> made;
  for (int i = 0; i < 5; ++i) {
    clock.advance(std::chrono::milliseconds{1});
    made.push_back(create(shop, "user-" + std::to_string(i))->id);
  }
  ASSERT_TRUE(create(make_application(), "user-1"));
  const auto ids = [&](const Slice& slice) {
    const auto listed = database.read([&](db::Transaction& tx) { return it.list(tx, shop, slice); });
    std::vector<CustomerId> found;
    for (const auto& customer : *listed) found.push_back(customer.id);
    return found;
  };
  EXPECT_EQ(ids({}), made);
  EXPECT_EQ(ids({.after = {}, .offset = 2, .limit = 2}), (std::vector{made[2], made[3]}));
  EXPECT_EQ(ids({.after = made[3].uuid, .offset = 0, .limit = 2}), (std::vector{made[4]}));
  EXPECT_EQ(*database.read([&](db::Transaction& tx) { return it.count(tx, shop); }), 5);
  const auto named = database.read([&](db::Transaction& tx) { return it.get_named(tx, shop, "user-3"); });
  EXPECT_EQ(named->id, made[3]);
  const auto nobody = database.read([&](db::Transaction& tx) { return it.get_named(tx, shop, "user-9"); });
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().code, ErrorCode::UNKNOWN_CUSTOMER);
}

}  // namespace
}  // namespace qantara::customers
