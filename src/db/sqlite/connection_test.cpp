#include "db/sqlite/connection.h"

#include <gtest/gtest.h>

#include <limits>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "db/sqlite/crash_disk.h"
#include "db/sqlite/page_cache.h"
#include "db/sqlite/sqlite_transaction.h"

namespace qantara::db::sqlite {
namespace {

// As in the gateway, where nobody uses SQLite before a connection does.
const bool kParks = use_parking_page_cache();

struct PaymentTag {};
using PaymentId = Id<PaymentTag>;

Uuid uuid_of(std::string_view text) { return Uuid::parse(text).value(); }

class ConnectionTest : public testing::Test {
 protected:
  ConnectionTest() : connection_(*Connection::open({.file = "a.db", .vfs = disk_.name()})) {
    EXPECT_TRUE(connection_->script(
        "CREATE TABLE samples (id INTEGER PRIMARY KEY, number INTEGER, text TEXT, bytes BLOB) STRICT"));
  }

  CrashDisk disk_{"connection-test"};
  std::unique_ptr<Connection> connection_;
  SqliteTransaction tx_{*connection_};
};

TEST_F(ConnectionTest, gives_back_what_it_was_given) {
  const auto uuid = uuid_of("9dafc6f5-37e8-4f72-aa0b-5323c0935c5f");
  const PaymentId id{uuid};
  const Instant instant{Duration{1'616'590'247'521'324}};
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  const std::string binary{"a\0b\xff", 4};
  const std::optional<std::string> nothing;
  const auto found = tx_.one(
      "SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10",
      [&](Row& row) {
        EXPECT_EQ(row.take<std::int64_t>(), kMax);
        EXPECT_EQ(row.take<int>(), -7);
        EXPECT_EQ(row.take<bool>(), true);
        EXPECT_EQ(row.take<std::string>(), "naïve");
        EXPECT_EQ(row.take<std::string_view>(), binary);
        EXPECT_EQ(row.take<Uuid>(), uuid);
        EXPECT_EQ(row.take<PaymentId>(), id);
        EXPECT_EQ(row.take<Instant>(), instant);
        EXPECT_EQ(row.take<std::optional<std::string>>(), std::nullopt);
        EXPECT_EQ(row.take<std::optional<int>>(), 5);
        return 1;
      },
      kMax, -7, true, "naïve", Bytes{binary}, uuid, id, instant, nothing, std::optional<int>{5});
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, 1);
}

TEST_F(ConnectionTest, keeps_every_row_where_pages_are_split_in_any_order_and_undone) {
  ASSERT_TRUE(kParks);
  // Random keys of many sizes split pages until some swap their numbers (page_cache.h).
  std::map<std::string, std::int64_t> expected;
  std::minstd_rand random{7};
  EXPECT_TRUE(connection_->script("CREATE TABLE names (name TEXT PRIMARY KEY, number INTEGER) STRICT, WITHOUT ROWID"));
  for (int round = 0; round < 60; ++round) {
    const bool is_kept = round % 3 != 0;
    auto after = expected;
    ASSERT_TRUE(connection_->command("BEGIN IMMEDIATE"));
    for (int i = 0; i < 50; ++i) {
      const std::string name = std::to_string(random()) + std::string(random() % 300, 'x');
      ASSERT_TRUE(tx_.execute("INSERT INTO names (name, number) VALUES ($1, $2)", name, std::int64_t{i}));
      after.emplace(name, i);
    }
    ASSERT_TRUE(is_kept ? connection_->command("COMMIT") : connection_->command("ROLLBACK"));
    if (is_kept) expected = std::move(after);
  }
  std::map<std::string, std::int64_t> found;
  const auto rows = tx_.all("SELECT name, number FROM names",
                            [](Row& row) { return std::pair{row.take<std::string>(), row.take<std::int64_t>()}; });
  ASSERT_TRUE(rows);
  for (const auto& row : *rows) found.insert(row);
  EXPECT_EQ(found, expected);
  EXPECT_EQ(
      *tx_.all("SELECT integrity_check FROM pragma_integrity_check", [](Row& row) { return row.take<std::string>(); }),
      std::vector<std::string>{"ok"});
}

TEST_F(ConnectionTest, takes_parameters_by_their_number_not_by_their_place) {
  const auto found = tx_.one(
      "SELECT $2, $1, $2",
      [](Row& row) {
        const int first = row.take<int>();
        const int second = row.take<int>();
        return std::vector{first, second, row.take<int>()};
      },
      10, 20);
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, (std::vector{20, 10, 20}));
}

TEST_F(ConnectionTest, tells_empty_from_null) {
  const auto found = tx_.one(
      "SELECT $1 IS NULL, $2 IS NULL, $3 IS NULL, typeof($1), typeof($2)",
      [](Row& row) {
        EXPECT_FALSE(row.take<bool>());
        EXPECT_FALSE(row.take<bool>());
        EXPECT_TRUE(row.take<bool>());
        EXPECT_EQ(row.take<std::string>(), "text");
        EXPECT_EQ(row.take<std::string>(), "blob");
        return true;
      },
      std::string_view{}, Bytes{}, std::optional<std::int64_t>{});
  ASSERT_TRUE(found);
}

TEST_F(ConnectionTest, counts_the_rows_that_changed) {
  const auto insert = [&](int id) {
    return tx_.execute("INSERT INTO samples (id) VALUES ($1), ($1 + 1) ON CONFLICT DO NOTHING", id);
  };
  EXPECT_EQ(*insert(1), 2);
  EXPECT_EQ(*insert(2), 1);
  EXPECT_EQ(*insert(2), 0);
  EXPECT_EQ(*tx_.execute("UPDATE samples SET number = 1 WHERE id > $1", 1), 2);
  EXPECT_EQ(*tx_.execute("SELECT 1"), 0);
  EXPECT_EQ(*tx_.execute("DELETE FROM samples WHERE id = $1", 99), 0);
}

TEST_F(ConnectionTest, returns_rows_of_an_insert_and_still_runs_it_to_the_end) {
  const auto id = [](Row& row) { return row.take<int>(); };
  const auto first = tx_.one("INSERT INTO samples (id) VALUES (1), (2), (3) RETURNING id", id);
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->has_value());
  EXPECT_EQ(*tx_.all("SELECT id FROM samples ORDER BY id", id), (std::vector{1, 2, 3}));
  EXPECT_EQ(*tx_.one("SELECT id FROM samples WHERE id = $1", id, 9), std::nullopt);
}

TEST_F(ConnectionTest, says_what_the_engine_said) {
  ASSERT_TRUE(tx_.execute("INSERT INTO samples (id) VALUES (1)"));
  const auto again = tx_.execute("INSERT INTO samples (id) VALUES (1)");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::STORAGE_FAILED);
  EXPECT_NE(again.error().cause.find("UNIQUE constraint failed: samples.id"), std::string::npos) << again.error().cause;
  EXPECT_EQ(again.error().message.find("samples"), std::string::npos) << "internals are for the log";
  EXPECT_EQ(connection_->trouble(), Trouble::NONE);
}

TEST_F(ConnectionTest, refuses_what_is_not_sql) {
  const auto ran = tx_.execute("SELEC 1");
  ASSERT_FALSE(ran);
  EXPECT_EQ(ran.error().code, ErrorCode::STORAGE_FAILED);
}

TEST_F(ConnectionTest, keeps_foreign_keys) {
  ASSERT_TRUE(connection_->script("CREATE TABLE notes (sample_id INTEGER REFERENCES samples (id)) STRICT"));
  EXPECT_FALSE(tx_.execute("INSERT INTO notes (sample_id) VALUES (1)"));
}

TEST_F(ConnectionTest, frees_a_statement_whose_row_reader_throws) {
  const auto thrower = [](Row&) -> int { throw std::bad_alloc{}; };
  const auto read = [&] { return tx_.all("SELECT 1", thrower); };
  EXPECT_THROW((void)read(), std::bad_alloc);
  EXPECT_THROW((void)read(), std::bad_alloc);
}

using ConnectionDeathTest = ConnectionTest;

TEST_F(ConnectionDeathTest, stops_at_a_column_of_another_type_than_asked_for) {
  const auto read_text = [](Row& row) { return row.take<std::string>(); };
  const auto read_int = [](Row& row) { return row.take<int>(); };
  EXPECT_DEATH((void)tx_.one("SELECT 1", read_text), "CHECK failed");
  EXPECT_DEATH((void)tx_.one("SELECT 'one'", read_int), "CHECK failed");
  EXPECT_DEATH((void)tx_.one("SELECT NULL", read_int), "CHECK failed");
  const auto read_two = [](Row& row) { return row.take<int>() + row.take<int>(); };
  EXPECT_DEATH((void)tx_.one("SELECT 1", read_two), "CHECK failed");
  const auto read_uuid = [](Row& row) { return row.take<Uuid>(); };
  EXPECT_DEATH((void)tx_.one("SELECT 'short'", read_uuid), "CHECK failed");
}

TEST_F(ConnectionDeathTest, stops_at_parameters_that_do_not_fit_the_statement) {
  EXPECT_DEATH((void)tx_.execute("SELECT $1", 1, 2), "CHECK failed");
  EXPECT_DEATH((void)tx_.execute("SELECT $2", 1, 2), "CHECK failed");
  EXPECT_DEATH((void)tx_.execute("SELECT ?", 1), "CHECK failed");
  EXPECT_DEATH((void)tx_.execute("SELECT 1; SELECT 2"), "CHECK failed");
}

}  // namespace
}  // namespace qantara::db::sqlite
