// Any call to the disk may fail: nobody is told of a success that is none, and the engine comes back where it can.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "db/sqlite/crash_disk.h"
#include "db/sqlite/engine.h"
#include "db/sqlite/test_support.h"

namespace qantara::db::sqlite {
namespace {

using Operation = CrashDisk::Operation;

constexpr int kForever = std::numeric_limits<int>::max();

class StorageFaultsTest : public testing::Test {
 protected:
  StorageFaultsTest() { disk_.format(1); }

  Result<std::unique_ptr<Engine>> open() {
    return open_engine({.file = "ledger", .vfs = disk_.name(), .on_broken = [this] { ++times_broken_; }},
                       kLedgerMigrations, tuning_);
  }

  /// Writes payments `first` to `last`; those that were acknowledged.
  static std::vector<int> write_series(Engine& engine, int first, int last) {
    return *finish(series(engine, first, last));
  }

  static Task<Result<std::vector<int>>> series(Engine& engine, int first, int last) {
    std::vector<int> acknowledged;
    for (int id = first; id <= last; ++id) {
      const Result<void> written = co_await write_payment(engine, id);
      if (written) acknowledged.push_back(id);
      EXPECT_TRUE(written || written.error().code == ErrorCode::STORAGE_FAILED);
    }
    co_return acknowledged;
  }

  void wait_until_writable(const Engine& engine) {
    while (!engine.writable()) std::this_thread::yield();
  }

  CrashDisk disk_{"faults-test"};
  std::atomic<int> times_broken_ = 0;
  Tuning tuning_{.checkpoint_pages = 20, .idle_checkpoint_pages = 1'000'000, .probe_every = std::chrono::hours{1}};
};

TEST_F(StorageFaultsTest, never_lead_to_a_false_success) {
  struct Case {
    Operation operation;
    int code;
    bool takes_effect = false;
  };
  constexpr Case kCases[] = {
      {Operation::OPEN, SQLITE_CANTOPEN},           {Operation::READ, SQLITE_IOERR_READ},
      {Operation::WRITE, SQLITE_IOERR_WRITE},       {Operation::WRITE, SQLITE_FULL},
      {Operation::TRUNCATE, SQLITE_IOERR_TRUNCATE}, {Operation::SYNC, SQLITE_IOERR_FSYNC},
      {Operation::REMOVE, SQLITE_IOERR_DELETE},     {Operation::SHARED_MEMORY, SQLITE_IOERR_SHMMAP},
      {Operation::WRITE, SQLITE_IOERR_WRITE, true},
  };
  int struck = 0;
  for (const auto& [operation, code, takes_effect] : kCases) {
    for (const int count : {1, 2, kForever}) {
      for (int n = 1;; ++n) {
        const std::string where =
            "code " + std::to_string(code) + " at " + std::to_string(n) + ", " + std::to_string(count) + " times";
        disk_.format(1);
        disk_.fail({.operation = operation, .from = n, .count = count, .code = code, .takes_effect = takes_effect});
        std::vector<int> acknowledged;
        if (auto engine = open()) {
          acknowledged = write_series(**engine, 1, 30);
          const bool faultless = disk_.failures() == 0;
          disk_.heal();
          if (code == SQLITE_IOERR_FSYNC && !faultless) {
            EXPECT_TRUE(write_series(**engine, 31, 31).empty()) << where;
            EXPECT_FALSE((*engine)->writable()) << where;
          } else {
            const std::vector<int> again = write_series(**engine, 31, 31);
            EXPECT_EQ(again, std::vector{31}) << where;
            EXPECT_TRUE((*engine)->writable()) << where;
            acknowledged.push_back(31);
          }
          EXPECT_EQ(fault_in_ledger(**engine, acknowledged, {}), "") << where;
        }
        if (disk_.failures() == 0) break;
        ++struck;
        disk_.cut(CrashDisk::Loss::EVERYTHING);
        disk_.restart();
        const auto engine = open();
        ASSERT_TRUE(engine) << where;
        EXPECT_EQ(fault_in_ledger(**engine, acknowledged, {}), "") << where;
      }
    }
  }
  EXPECT_GT(struck, 500);
}

// After a failed commit some of it may come back when the log is read anew: running it again could double it.
TEST_F(StorageFaultsTest, never_lead_to_something_being_done_twice) {
  const auto insert_anywhere = [](Transaction& tx) -> Result<void> {
    RETURN_IF_ERROR(tx.execute("INSERT INTO payments (note) VALUES ('one more')"));
    return {};
  };
  constexpr CrashDisk::Fault kFaults[] = {
      {.operation = Operation::WRITE, .count = 1, .code = SQLITE_IOERR_WRITE},
      {.operation = Operation::WRITE, .count = 1, .code = SQLITE_IOERR_WRITE, .takes_effect = true},
      {.operation = Operation::WRITE, .count = 1, .code = SQLITE_FULL},
      {.operation = Operation::SYNC, .count = 1, .code = SQLITE_IOERR_FSYNC},
  };
  for (CrashDisk::Fault fault : kFaults) {
    const int code = fault.code;
    for (int n = 1;; ++n) {
      disk_.format(1);
      auto engine = *open();
      fault.from = n;
      disk_.fail(fault);
      const Outcomes outcomes = write_together(*engine, engine->write(insert_anywhere), engine->write(insert_anywhere));
      const bool struck = disk_.failures() > 0;
      const auto succeeded = std::ranges::count_if(outcomes, [](const auto& outcome) { return outcome->has_value(); });
      engine.reset();
      disk_.cut(CrashDisk::Loss::NOTHING);
      disk_.restart();
      const auto found = payments(**open());
      EXPECT_GE(std::ssize(*found), succeeded) << code << " at " << n;
      EXPECT_LE(std::ssize(*found), 2) << code << " at " << n;
      if (!struck) break;
      if (code == SQLITE_FULL) EXPECT_EQ(succeeded, 2) << "space was there for the second try";
    }
  }
}

TEST_F(StorageFaultsTest, a_failed_flush_ends_all_writing) {
  const auto engine = *open();
  const std::vector<int> acknowledged = write_series(*engine, 1, 3);
  disk_.fail({.operation = Operation::SYNC, .from = 1, .count = 1, .code = SQLITE_IOERR_FSYNC});
  EXPECT_TRUE(write_series(*engine, 4, 6).empty());
  EXPECT_EQ(times_broken_, 1);
  EXPECT_FALSE(engine->writable());
  EXPECT_EQ(fault_in_ledger(*engine, acknowledged, {5, 6}), "") << "reading goes on";
}

TEST_F(StorageFaultsTest, a_full_disk_refuses_and_accepts_again_when_there_is_room) {
  const auto engine = *open();
  std::vector<int> acknowledged = write_series(*engine, 1, 3);
  for (int round = 1; round <= 50; ++round) {
    disk_.limit_space(disk_.space_used());
    const std::vector<int> despite = write_series(*engine, round * 1000, round * 1000 + 200);
    EXPECT_LT(despite.size(), 200U);
    EXPECT_FALSE(engine->writable());
    disk_.heal();
    const std::vector<int> after = write_series(*engine, round * 1000 + 500, round * 1000 + 502);
    EXPECT_EQ(after.size(), 3U);
    EXPECT_TRUE(engine->writable());
    acknowledged.insert(acknowledged.end(), despite.begin(), despite.end());
    acknowledged.insert(acknowledged.end(), after.begin(), after.end());
  }
  EXPECT_EQ(fault_in_ledger(*engine, acknowledged, {}), "");
  EXPECT_EQ(*payments(*engine), acknowledged);
  EXPECT_EQ(times_broken_, 0);
}

TEST_F(StorageFaultsTest, looks_by_itself_whether_writing_works_again) {
  tuning_.probe_every = std::chrono::milliseconds{1};
  const auto engine = *open();
  for (const int code : {SQLITE_FULL, SQLITE_IOERR_WRITE}) {
    disk_.fail({.operation = Operation::WRITE, .from = 1, .code = code});
    EXPECT_TRUE(write_series(*engine, 1, 1).empty());
    while (disk_.failures() < 5) std::this_thread::yield();
    EXPECT_FALSE(engine->writable());
    disk_.heal();
    wait_until_writable(*engine);
  }
  EXPECT_EQ(write_series(*engine, 2, 2), std::vector{2});
}

TEST_F(StorageFaultsTest, tell_no_listener) {
  const auto engine = *open();
  std::atomic<int> heard = 0;
  engine->on_commit(Channel{1}, [&] { ++heard; });
  const auto announce = [&] {
    return finish(engine->write([](Transaction& tx) -> Result<void> {
      tx.announce(Channel{1});
      return insert_payment(tx, 1);
    }));
  };
  disk_.fail({.operation = Operation::WRITE, .from = 1, .count = kForever, .code = SQLITE_FULL});
  EXPECT_FALSE(announce());
  EXPECT_EQ(heard, 0);
  disk_.heal();
  EXPECT_TRUE(announce());
  EXPECT_EQ(heard, 1);
}

// SQLite's memory, which can run out at the n-th request.
class ScarceMemory {
 public:
  ScarceMemory() {
    sqlite3_shutdown();
    sqlite3_config(SQLITE_CONFIG_GETMALLOC, &plenty_);
    sqlite3_mem_methods scarce = plenty_;
    scarce.xMalloc = [](int size) { return has_run_out() ? nullptr : plenty_.xMalloc(size); };
    scarce.xRealloc = [](void* old, int size) { return has_run_out() ? nullptr : plenty_.xRealloc(old, size); };
    sqlite3_config(SQLITE_CONFIG_MALLOC, &scarce);
  }
  ~ScarceMemory() {
    heal();
    sqlite3_shutdown();
    sqlite3_config(SQLITE_CONFIG_MALLOC, &plenty_);
  }

  void fail(int from, int count) {
    count_ = count;
    until_failure_ = from;
  }
  void heal() { until_failure_ = kForever; }
  bool has_failed() { return until_failure_ <= 0; }

 private:
  static bool has_run_out() {
    const int left = --until_failure_;
    return left <= 0 && left > -count_;
  }

  static inline sqlite3_mem_methods plenty_{};
  static inline std::atomic<int> until_failure_ = kForever;
  static inline std::atomic<int> count_ = 0;
};

TEST(StorageFaults, of_memory_never_lead_to_a_false_success) {
  ScarceMemory memory;
  CrashDisk disk{"memory-test"};
  int struck = 0;
  for (const int count : {1, 10'000}) {
    for (int n = 1;; n += 3) {
      disk.format(1);
      memory.fail(n, count);
      std::vector<int> acknowledged;
      bool failed = false;
      if (auto engine = open_engine({.file = "ledger", .vfs = disk.name()}, kLedgerMigrations, {})) {
        for (int id = 1; id <= 5; ++id) {
          if (finish(write_payment(**engine, id))) acknowledged.push_back(id);
        }
        failed = memory.has_failed();
        memory.heal();
        EXPECT_TRUE(finish(write_payment(**engine, 9))) << n;
        EXPECT_EQ(fault_in_ledger(**engine, acknowledged, {}), "") << n;
        if (!failed) break;
      } else {
        memory.heal();
      }
      ++struck;
      disk.cut(CrashDisk::Loss::EVERYTHING);
      disk.restart();
      const auto engine = open_engine({.file = "ledger", .vfs = disk.name()}, kLedgerMigrations, {});
      ASSERT_TRUE(engine) << n;
      EXPECT_EQ(fault_in_ledger(**engine, acknowledged, {}), "") << n;
    }
  }
  EXPECT_GT(struck, 100);
}

TEST_F(StorageFaultsTest, pass_a_reader_by) {
  const auto engine = *open();
  ASSERT_EQ(write_series(*engine, 1, 2).size(), 2U);
  disk_.fail({.operation = Operation::READ, .from = 1, .count = kForever, .code = SQLITE_IOERR_READ});
  const auto failed = payments(*engine);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::STORAGE_FAILED);
  disk_.heal();
  EXPECT_EQ(*payments(*engine), (std::vector{1, 2}));
}

}  // namespace
}  // namespace qantara::db::sqlite
