// The power fails at any operation: what was acknowledged is there afterwards, whole, and the file is sound.
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "db/sqlite/crash_disk.h"
#include "db/sqlite/engine.h"
#include "db/sqlite/test_support.h"

namespace qantara::db::sqlite {
namespace {

using Loss = CrashDisk::Loss;
constexpr Loss kLosses[] = {Loss::EVERYTHING, Loss::NOTHING, Loss::SOME_SECTORS, Loss::TORN_SECTORS};

// A log that begins anew every few commits, and no work by the clock: the same script makes the same operations.
Tuning tuning(std::string synchronous) {
  return {.checkpoint_pages = 20,
          .idle_checkpoint_pages = 1'000'000,
          .probe_every = std::chrono::hours{1},
          .synchronous = std::move(synchronous)};
}

/// Many cuts on one disk, counting what they found.
class PowerCuts {
 public:
  explicit PowerCuts(std::string synchronous) : tuning_(tuning(std::move(synchronous))) {}

  /// Writes `payments` one after the other while the power fails at `operation`, and again at `second_operation` while
  /// the file is opened anew. Returns whether the power failed before the script was over.
  bool cut(std::uint64_t seed, long operation, Loss loss, int payments, long second_operation = -1) {
    disk_.format(seed);
    disk_.cut_at(operation, loss);
    std::vector<int> acknowledged;
    std::vector<int> refused;
    if (auto engine = open()) (void)finish(write_series(*engine, 1000, payments, acknowledged, refused));
    const bool was_cut = disk_.is_dead();
    check(seed, loss, acknowledged, refused, second_operation);
    return was_cut;
  }

  /// The same with `writers` coroutines at a time, whose writes share commits.
  void cut_many_writers(std::uint64_t seed, long operation, Loss loss, int writers) {
    disk_.format(seed);
    disk_.cut_at(operation, loss);
    std::vector<int> acknowledged;
    std::vector<int> refused;
    if (auto engine = open()) {
      boost::asio::io_context context{1};
      std::vector<std::optional<Result<void>>> results(static_cast<std::size_t>(writers));
      for (int first = 1000; auto& result : results) {
        start(context, write_series(*engine, first, 20, acknowledged, refused), result);
        first += 1000;
      }
      context.run();
    }
    check(seed, loss, acknowledged, refused, -1);
  }

  int cuts() const { return cuts_; }
  int lost() const { return count("an acknowledged write is lost"); }
  int corrupt() const { return cuts_ - sound_ - lost(); }
  std::string faults() const {
    std::string text;
    for (const auto& [fault, seeds] : faults_) text += fault + " (" + seeds + ")\n";
    return text;
  }

 private:
  std::unique_ptr<Engine> open() {
    auto opened = open_engine({.file = "ledger", .vfs = disk_.name()}, kLedgerMigrations, tuning_);
    return opened ? *std::move(opened) : nullptr;
  }

  static Task<Result<void>> change_mind(Engine& engine, int id) {
    return engine.write([id](Transaction& tx) -> Result<void> {
      RETURN_IF_ERROR(insert_payment(tx, id));
      return error(ErrorCode::ILLEGAL_TRANSITION, "on second thoughts");
    });
  }

  /// Until a write fails.
  static Task<Result<void>> write_series(Engine& engine, int first_id, int payments, std::vector<int>& acknowledged,
                                         std::vector<int>& refused) {
    for (int id = first_id; id < first_id + payments; ++id) {
      const bool changes_mind = id % 7 == 0;
      Task<Result<void>> write = changes_mind ? change_mind(engine, id) : write_payment(engine, id);
      const Result<void> written = co_await std::move(write);
      if (!written && written.error().code != ErrorCode::ILLEGAL_TRANSITION) co_return written;
      (written ? acknowledged : refused).push_back(id);
    }
    co_return Result<void>{};
  }

  void check(std::uint64_t seed, Loss loss, const std::vector<int>& acknowledged, const std::vector<int>& refused,
             long second_operation) {
    disk_.cut(loss);
    disk_.restart();
    if (second_operation > 0) {
      disk_.cut_at(second_operation, loss);
      open().reset();
      disk_.cut(loss);
      disk_.restart();
    }
    ++cuts_;
    const auto engine = open();
    const std::string fault = engine ? fault_in_ledger(*engine, acknowledged, refused) : "cannot be opened";
    if (fault.empty()) {
      ++sound_;
    } else {
      ++counts_[fault];
      faults_[fault] += " " + std::to_string(seed);
    }
  }

  int count(const std::string& fault) const {
    const auto found = counts_.find(fault);
    return found == counts_.end() ? 0 : found->second;
  }

  const Tuning tuning_;
  CrashDisk disk_{"power-cut"};
  int cuts_ = 0;
  int sound_ = 0;
  std::map<std::string, int> counts_;
  std::map<std::string, std::string> faults_;
};

TEST(PowerCut, at_any_operation_loses_nothing_that_was_acknowledged) {
  PowerCuts power{"FULL"};
  for (const Loss loss : kLosses) {
    const bool by_chance = loss == Loss::SOME_SECTORS || loss == Loss::TORN_SECTORS;
    for (std::uint64_t seed = 1; seed <= (by_chance ? 4U : 1U); ++seed) {
      for (long operation = 1; power.cut(seed, operation, loss, 30); ++operation) {
      }
    }
  }
  RecordProperty("cuts", power.cuts());
  EXPECT_GT(power.cuts(), 1000);
  EXPECT_EQ(power.faults(), "");
}

TEST(PowerCut, again_during_the_recovery_loses_nothing) {
  PowerCuts power{"FULL"};
  std::mt19937_64 random{1};
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    power.cut(seed, static_cast<long>(40 + random() % 160), kLosses[seed % 4], 15, static_cast<long>(1 + random() % 6));
  }
  EXPECT_EQ(power.faults(), "");
}

TEST(PowerCut, while_many_share_a_commit_loses_nothing) {
  PowerCuts power{"FULL"};
  std::mt19937_64 random{2};
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
    power.cut_many_writers(seed, static_cast<long>(1 + random() % 250), kLosses[seed % 4], 8);
  }
  EXPECT_EQ(power.faults(), "");
}

// What the tests above can see: with less than synchronous=FULL the same cuts do harm.
TEST(PowerCut, is_noticed_when_commits_are_not_flushed) {
  PowerCuts power{"NORMAL"};
  for (long operation = 50; operation < 100; ++operation) {
    power.cut(static_cast<std::uint64_t>(operation), operation, Loss::EVERYTHING, 25);
  }
  EXPECT_GT(power.lost(), 25) << power.faults();
  EXPECT_EQ(power.corrupt(), 0) << power.faults();
}

TEST(PowerCut, is_noticed_when_nothing_is_flushed) {
  PowerCuts power{"OFF"};
  for (long operation = 50; operation < 250; ++operation) {
    power.cut(static_cast<std::uint64_t>(operation), operation, Loss::SOME_SECTORS, 25);
  }
  EXPECT_GT(power.corrupt(), 25) << power.faults();
}

}  // namespace
}  // namespace qantara::db::sqlite
