#include "destinations/destination_store.h"

#include <gtest/gtest.h>

#include "applications/applications.h"
#include "db/test_database.h"
#include "migrations/gateway.h"

namespace qantara::destinations {

Result<void> insert_customer(db::Transaction& tx, ApplicationId application, CustomerId id) {
  RETURN_IF_ERROR(
      tx.execute("INSERT INTO customers (id, application_id, app_user_id, created_at) VALUES ($1, $2, 'user-1', 0)", id,
                 application));
  return {};
}

namespace {

TEST(destination_store, opens_no_account_that_was_moved_to_another_row) {
  const ManualClock clock{Instant{}};
  SeededRandom random{1};
  const Vault vault{std::array<std::byte, 32>{}, random};
  db::TestDatabase database{gateway::schema::migrations(), gateway::schema::postgres_migrations()};
  const applications::Applications applications{clock, random};
  const auto shop =
      database.write([&](db::Transaction& tx) { return applications.create(tx, {.name = "Shop"}); })->application.id;

  Destination mine;
  mine.application = shop;
  mine.id = DestinationId::make(clock, random);
  mine.account_number = "1111";
  Destination theirs = mine;
  theirs.id = DestinationId::make(clock, random);
  theirs.account_number = "2222";
  const auto swapped = database.write([&](db::Transaction& tx) -> Result<void> {
    RETURN_IF_ERROR(insert_destination(tx, vault, mine));
    RETURN_IF_ERROR(insert_destination(tx, vault, theirs));
    RETURN_IF_ERROR(
        tx.execute("UPDATE destinations SET account_sealed = (SELECT account_sealed FROM destinations WHERE id = $2) "
                   "WHERE id = $1",
                   mine.id, theirs.id));
    return {};
  });
  ASSERT_TRUE(swapped);

  const auto opened = database.read([&](db::Transaction& tx) { return select_destination(tx, vault, shop, mine.id); });
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::STORAGE_FAILED);
  const auto untouched =
      database.read([&](db::Transaction& tx) { return select_destination(tx, vault, shop, theirs.id); });
  EXPECT_EQ((*untouched)->account_number, "2222");
}

}  // namespace
}  // namespace qantara::destinations
