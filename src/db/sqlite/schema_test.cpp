#include "db/sqlite/schema.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "db/sqlite/crash_disk.h"
#include "db/sqlite/engine.h"
#include "db/sqlite/test_support.h"

namespace qantara::db::sqlite {
namespace {

constexpr Migration kFirst{1, "customers", "CREATE TABLE customers (id INTEGER PRIMARY KEY) STRICT"};
constexpr Migration kSecond{2, "names",
                            "ALTER TABLE customers ADD COLUMN name TEXT; INSERT INTO customers VALUES (1, 'Ada')"};
constexpr Migration kBroken{2, "broken", "INSERT INTO customers VALUES (7); INSERT INTO nowhere VALUES (1)"};

class SchemaTest : public testing::Test {
 protected:
  Result<void> open(const std::vector<Migration>& migrations) {
    const auto opened = open_sqlite({.file = directory_ / "a.db"}, migrations);
    if (!opened) return opened.error();
    return {};
  }

  int customers() {
    const Migration known[] = {kFirst};
    const auto engine = *open_sqlite({.file = directory_ / "a.db"}, known);
    const auto count = finish(engine->read([](Transaction& tx) {
      return tx.one("SELECT count(*) FROM customers", [](Row& row) { return row.take<int>(); });
    }));
    return count->value();
  }

  TemporaryDirectory directory_;
};

TEST_F(SchemaTest, applies_each_migration_once) {
  EXPECT_TRUE(open({}));
  EXPECT_TRUE(open({kFirst}));
  EXPECT_TRUE(open({kFirst, kSecond}));
  EXPECT_TRUE(open({kFirst, kSecond}));
}

TEST_F(SchemaTest, refuses_a_file_of_a_newer_version) {
  ASSERT_TRUE(open({kFirst, kSecond}));
  const auto refused = open({kFirst});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::STORAGE_FAILED);
  EXPECT_NE(refused.error().message.find("a newer version wrote it"), std::string::npos) << refused.error().message;
}

TEST_F(SchemaTest, refuses_a_migration_whose_text_has_changed) {
  ASSERT_TRUE(open({kFirst}));
  const auto refused = open({{1, "customers", "CREATE TABLE customers (id INTEGER PRIMARY KEY, age INTEGER) STRICT"}});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("Migration 1 (customers)"), std::string::npos) << refused.error().message;
}

TEST_F(SchemaTest, leaves_nothing_of_a_migration_that_fails_and_keeps_those_before) {
  const auto failed = open({kFirst, kBroken});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::STORAGE_FAILED);
  EXPECT_EQ(failed.error().message, "Migration 2 (broken) failed");
  EXPECT_NE(failed.error().cause.find("no such table: nowhere"), std::string::npos) << failed.error().cause;
  EXPECT_EQ(customers(), 0);
  EXPECT_TRUE(open({kFirst, kSecond}));
}

TEST_F(SchemaTest, refuses_a_migration_that_ends_its_own_transaction) {
  EXPECT_FALSE(open({kFirst, {2, "hasty", "INSERT INTO customers VALUES (1); COMMIT"}}));
}

TEST_F(SchemaTest, refuses_a_damaged_file) {
  std::ofstream(directory_ / "a.db") << std::string(8192, 'x');
  const auto refused = open({kFirst});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::STORAGE_FAILED);
}

TEST_F(SchemaTest, refuses_a_place_that_does_not_exist) {
  const auto refused = open_sqlite({.file = directory_ / "missing" / "a.db"}, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::STORAGE_FAILED);
}

TEST_F(SchemaTest, makes_files_for_the_owner_only) {
  const auto engine = *open_sqlite({.file = directory_ / "a.db"}, kLedgerMigrations);
  ASSERT_TRUE(finish(write_payment(*engine, 1)));
  for (const char* name : {"a.db", "a.db-wal", "a.db-shm", "a.db.lock"}) {
    const auto mode = std::filesystem::status(directory_ / name).permissions();
    EXPECT_EQ(mode, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write) << name;
  }
}

// A crash at any point of the migrations: the next start finishes them.
TEST(Schema, survives_a_power_cut_at_any_operation) {
  using Loss = CrashDisk::Loss;
  CrashDisk disk{"schema-test"};
  const Migration migrations[] = {kFirst, kSecond};
  const auto open = [&] { return open_engine({.file = "a.db", .vfs = disk.name()}, migrations, {}); };
  for (const Loss loss : {Loss::EVERYTHING, Loss::NOTHING, Loss::SOME_SECTORS, Loss::TORN_SECTORS}) {
    for (long operation = 1;; ++operation) {
      disk.format(static_cast<std::uint64_t>(operation));
      disk.cut_at(operation, loss);
      (void)open();
      if (!disk.is_dead()) break;
      disk.restart();
      const auto engine = open();
      ASSERT_TRUE(engine) << operation << ": " << engine.error().message << " " << engine.error().cause;
      const auto names = finish((*engine)->read([](Transaction& tx) {
        return tx.all("SELECT name FROM customers", [](Row& row) { return row.take<std::string>(); });
      }));
      EXPECT_EQ(*names, std::vector<std::string>{"Ada"}) << operation;
    }
  }
}

}  // namespace
}  // namespace qantara::db::sqlite
