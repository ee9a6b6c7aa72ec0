#include "db/database_file.h"

#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "db/sqlite/test_support.h"

namespace qantara::db::sqlite {
namespace {

Result<int> count(Transaction& tx, Sql sql) {
  ASSIGN_OR_RETURN(const auto found, tx.one(sql, [](Row& row) { return row.take<int>(); }));
  return found.value_or(-1);
}

Result<int> payments(const std::filesystem::path& file) {
  return read_file(file, [](Transaction& tx) { return count(tx, "SELECT count(*) FROM payments"); });
}

class DatabaseFile : public ::testing::Test {
 protected:
  std::unique_ptr<Database> open(const std::filesystem::path& file) {
    auto opened = open_sqlite({.file = file}, kLedgerMigrations);
    EXPECT_TRUE(opened) << opened.error().message << ": " << opened.error().cause;
    return *std::move(opened);
  }

  TemporaryDirectory directory_;
  const std::filesystem::path from_ = directory_ / "from.db";
  const std::filesystem::path to_ = directory_ / "to.db";
};

TEST_F(DatabaseFile, is_copied_whole_while_others_write) {
  const auto database = open(from_);
  std::atomic<int> written = 0;
  std::atomic<bool> stopping = false;
  std::thread writer{[&] {
    while (!stopping) {
      const int id = written + 1;
      EXPECT_TRUE(finish(write_payment(*database, id)));
      written = id;
    }
  }};
  for (int i = 0; i < 3; ++i) {
    while (written < 50 * (i + 1)) std::this_thread::yield();
    const auto to = directory_ / ("to" + std::to_string(i));
    const int before = written;
    const auto copied = copy_database(from_, to);
    ASSERT_TRUE(copied) << copied.error().message << ": " << copied.error().cause;
    const int after = written;

    const auto found = payments(to);
    ASSERT_TRUE(found);
    EXPECT_GE(*found, before);
    EXPECT_LE(*found, after + 1);
    const auto apart = read_file(to, [](Transaction& tx) {
      return count(tx, "SELECT count(*) FROM payments WHERE id NOT IN (SELECT payment_id FROM outbox)");
    });
    ASSERT_TRUE(apart);
    EXPECT_EQ(*apart, 0) << "what was committed together is copied together";
  }
  stopping = true;
  writer.join();
  database->close();
}

TEST_F(DatabaseFile, is_for_its_owner_only_and_a_broken_off_try_is_in_nobodys_way) {
  open(from_)->close();
  std::ofstream{directory_ / "to.db.part"} << "half a copy";
  ASSERT_TRUE(copy_database(from_, to_));
  EXPECT_EQ(std::filesystem::status(to_).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_FALSE(std::filesystem::exists(directory_ / "to.db.part"));
}

TEST_F(DatabaseFile, is_never_written_over) {
  open(from_)->close();
  std::ofstream{to_} << "something dear";
  const auto copied = copy_database(from_, to_);
  ASSERT_FALSE(copied);
  EXPECT_EQ(copied.error().code, ErrorCode::INVALID_PARAMETERS);
  EXPECT_EQ(std::filesystem::file_size(to_), 14U);
}

TEST_F(DatabaseFile, that_is_missing_or_no_database_is_not_copied) {
  const auto missing = copy_database(from_, to_);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::INVALID_PARAMETERS);
  std::ofstream{from_} << std::string(8192, 'x');
  const auto no_database = copy_database(from_, to_);
  ASSERT_FALSE(no_database);
  EXPECT_EQ(no_database.error().code, ErrorCode::STORAGE_FAILED);
  EXPECT_FALSE(std::filesystem::exists(to_));
}

TEST_F(DatabaseFile, is_opened_again_as_a_database_like_any_other) {
  const auto database = open(from_);
  ASSERT_TRUE(finish(write_payment(*database, 1)));
  ASSERT_TRUE(copy_database(from_, to_));
  database->close();
  const auto copy = open(to_);
  ASSERT_TRUE(finish(write_payment(*copy, 2)));
  copy->close();
  EXPECT_EQ(*payments(to_), 2);
  EXPECT_EQ(*payments(from_), 1);
}

TEST_F(DatabaseFile, tells_which_migrations_it_lacks_and_refuses_those_of_a_newer_version) {
  open(from_)->close();
  const auto known = examine_database(from_, kLedgerMigrations);
  ASSERT_TRUE(known) << known.error().message << known.error().cause;
  EXPECT_TRUE(known->faults.empty());
  EXPECT_EQ(known->migrations, 2);
  EXPECT_EQ(known->migrations_missing, 0);

  const Migration more[] = {kLedgerMigrations[0], kLedgerMigrations[1], {3, "third", "CREATE TABLE third (a TEXT)"}};
  EXPECT_EQ(examine_database(from_, more)->migrations_missing, 1);
  EXPECT_FALSE(examine_database(from_, std::span{kLedgerMigrations}.first(1)));
}

TEST_F(DatabaseFile, tells_what_is_wrong_with_it) {
  const auto database = open(from_);
  for (int id = 1; id <= 200; ++id) ASSERT_TRUE(finish(write_payment(*database, id)));
  database->close();
  const auto middle = static_cast<std::streamoff>(std::filesystem::file_size(from_) / 2);
  std::fstream file{from_, std::ios::in | std::ios::out | std::ios::binary};
  file.seekp(middle - middle % 4096);
  file << std::string(4096, '\x55');
  file.close();
  const auto examined = examine_database(from_, kLedgerMigrations);
  EXPECT_TRUE(!examined || !examined->faults.empty());
  EXPECT_FALSE(copy_database(from_, to_));
  EXPECT_FALSE(std::filesystem::exists(to_));
}

TEST_F(DatabaseFile, is_not_changed_by_a_look) {
  open(from_)->close();
  const auto looked = look_into(from_, [](Transaction& tx) -> Result<void> {
    RETURN_IF_ERROR(tx.execute("DELETE FROM payments"));
    return {};
  });
  EXPECT_FALSE(looked);
}

}  // namespace
}  // namespace qantara::db::sqlite
