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
    return database.write([&](db::Transaction& tx) { return it.create(tx, application, app_user_id); });
  }
  Result<Customer> get(ApplicationId application, CustomerId id) {
    return database.read([&](db::Transaction& tx) { return it.get(tx, application, id); });
  }

  ManualClock clock{Instant{std::chrono::seconds{1'700'000'000}}};
  SeededRandom random{1};
  db::TestDatabase database{gateway::schema::migrations()};
  const applications::Applications applications{clock, random};
  const Customers it{clock, random};
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

}  // namespace
}  // namespace qantara::customers
