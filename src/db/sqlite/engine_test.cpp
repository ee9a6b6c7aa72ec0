#include "db/sqlite/engine.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <array>
#include <atomic>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <filesystem>
#include <stdexcept>
#include <thread>
#include <vector>

#include "db/sqlite/crash_disk.h"
#include "db/sqlite/test_support.h"

namespace qantara::db::sqlite {
namespace {

namespace asio = boost::asio;

class EngineTest : public testing::Test {
 protected:
  std::unique_ptr<Engine> open(SqliteOptions options = {}, const Tuning& tuning = {}) {
    options.file = directory_ / "a.db";
    return *open_engine(options, kLedgerMigrations, tuning);
  }

  TemporaryDirectory directory_;
};

constexpr int kTries = 100;

Task<Result<void>> write_and_read_back(Database& database, int& times_seen) {
  for (int id = 1; id <= kTries; ++id) {
    const Result<void> written = co_await write_payment(database, id);
    if (!written) co_return written;
    const auto count = co_await database.read([](Transaction& tx) {
      return tx.one("SELECT count(*) FROM payments", [](Row& row) { return row.take<int>(); });
    });
    if (!count) co_return count.error();
    if (**count == id) ++times_seen;
  }
  co_return Result<void>{};
}

TEST_F(EngineTest, writes_that_wait_together_share_a_commit) {
  const auto engine = open();
  const auto before = engine->statistics();
  const auto outcomes = write_together(*engine, write_payment(*engine, 1), write_payment(*engine, 2),
                                       write_payment(*engine, 3), write_payment(*engine, 4));
  for (const auto& outcome : outcomes) EXPECT_TRUE(*outcome);
  EXPECT_EQ(engine->statistics().commits - before.commits, 1U);
  EXPECT_EQ(*payments(*engine), (std::vector{1, 2, 3, 4}));
}

TEST_F(EngineTest, tells_how_many_closures_a_commit_held_and_how_long_it_took) {
  std::vector<std::size_t> sizes;
  std::chrono::microseconds took{};
  const auto engine = open({.on_measured = [&](std::size_t closures, std::chrono::microseconds time) {
    sizes.push_back(closures);
    took += time;
  }});
  (void)write_together(*engine, write_payment(*engine, 1), write_payment(*engine, 2), write_payment(*engine, 3));
  engine->close();
  EXPECT_EQ(sizes, std::vector<std::size_t>{3});
  EXPECT_GT(took.count(), 0);
}

TEST_F(EngineTest, a_batch_is_never_larger_than_asked) {
  const auto engine = open({.batch_max = 2});
  const auto before = engine->statistics();
  (void)write_together(*engine, write_payment(*engine, 1), write_payment(*engine, 2), write_payment(*engine, 3),
                       write_payment(*engine, 4));
  EXPECT_EQ(engine->statistics().commits - before.commits, 2U);
}

TEST_F(EngineTest, writes_as_much_as_it_is_given) {
  auto engine = open();
  for (int id = 1; id <= 3; ++id) {
    const std::string note(static_cast<std::size_t>(id) * 3'000'000, 'x');
    const auto insert = [&](Transaction& tx) {
      return tx.execute("INSERT INTO payments (id, note) VALUES ($1, $2)", id, note);
    };
    EXPECT_TRUE(finish(engine->write(insert)));
  }
  engine.reset();
  engine = open();
  const auto sizes = finish(engine->read([](Transaction& tx) {
    return tx.all("SELECT length(note) FROM payments ORDER BY id", [](Row& row) { return row.take<int>(); });
  }));
  EXPECT_EQ(*sizes, (std::vector{3'000'000, 6'000'000, 9'000'000}));
}

TEST_F(EngineTest, a_read_sees_every_acknowledged_write) {
  const auto engine = open({.readers = 2});
  int times_seen = 0;
  EXPECT_TRUE(finish(write_and_read_back(*engine, times_seen)));
  EXPECT_EQ(times_seen, kTries);
}

TEST_F(EngineTest, a_reader_keeps_its_snapshot_and_holds_up_no_writer) {
  const auto engine = open();
  Brake brake;
  std::optional<Result<std::pair<int, int>>> counts;
  asio::io_context context{1};
  const auto count_twice = [&brake](Transaction& tx) -> Result<std::pair<int, int>> {
    const auto count = [&] {
      return tx.one("SELECT count(*) FROM payments", [](Row& row) { return row.take<int>(); });
    };
    ASSIGN_OR_RETURN(const std::optional<int> before, count());
    RETURN_IF_ERROR(brake.hold(tx));
    ASSIGN_OR_RETURN(const std::optional<int> after, count());
    return std::pair{*before, *after};
  };
  start(context, engine->read(count_twice), counts);
  context.poll();
  brake.wait_until_reached();
  EXPECT_TRUE(finish(write_payment(*engine, 1)));
  brake.release();
  context.run();
  EXPECT_EQ(**counts, std::pair(0, 0));
  EXPECT_EQ(payments(*engine)->size(), 1U);
}

TEST_F(EngineTest, a_read_cannot_write) {
  const auto engine = open();
  const auto written = finish(engine->read([](Transaction& tx) { return insert_payment(tx, 1); }));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::STORAGE_FAILED);
  EXPECT_TRUE(payments(*engine)->empty());
  EXPECT_TRUE(engine->writable());
}

TEST_F(EngineTest, a_refused_closure_undoes_only_itself) {
  const auto engine = open();
  const auto refuse = [](Transaction& tx) -> Result<void> {
    RETURN_IF_ERROR(insert_payment(tx, 2));
    return error(ErrorCode::ILLEGAL_TRANSITION, "no");
  };
  const auto outcomes =
      write_together(*engine, write_payment(*engine, 1), engine->write(refuse), write_payment(*engine, 3));
  EXPECT_TRUE(*outcomes[0]);
  EXPECT_EQ(outcomes[1]->error().code, ErrorCode::ILLEGAL_TRANSITION);
  EXPECT_TRUE(*outcomes[2]);
  EXPECT_EQ(*payments(*engine), (std::vector{1, 3}));
}

TEST_F(EngineTest, a_closure_that_throws_undoes_only_itself) {
  const auto engine = open();
  const auto fall = [](Transaction& tx) -> Result<void> {
    RETURN_IF_ERROR(insert_payment(tx, 2));
    throw std::bad_alloc{};
  };
  const auto outcomes =
      write_together(*engine, write_payment(*engine, 1), engine->write(fall), write_payment(*engine, 3));
  EXPECT_EQ(outcomes[1]->error().code, ErrorCode::INTERNAL_SERVER_ERROR);
  EXPECT_EQ(*payments(*engine), (std::vector{1, 3}));

  const auto read = finish(engine->read([](Transaction&) -> Result<void> { throw std::runtime_error("no"); }));
  EXPECT_EQ(read.error().code, ErrorCode::INTERNAL_SERVER_ERROR);
}

TEST_F(EngineTest, a_failed_statement_dooms_the_closure_even_if_it_goes_on) {
  const auto engine = open();
  const auto go_on = [](Transaction& tx) -> Result<void> {
    RETURN_IF_ERROR(insert_payment(tx, 2));
    if (insert_payment(tx, 2)) return error(ErrorCode::INTERNAL_SERVER_ERROR, "a key twice");
    (void)insert_payment(tx, 3);
    return {};
  };
  const auto outcomes = write_together(*engine, write_payment(*engine, 1), engine->write(go_on));
  EXPECT_EQ(outcomes[1]->error().code, ErrorCode::STORAGE_FAILED);
  EXPECT_EQ(*payments(*engine), (std::vector{1}));
  EXPECT_TRUE(engine->writable());
}

TEST_F(EngineTest, a_batch_runs_again_only_for_a_closure_that_failed_with_something_written) {
  const auto refuse = [](Transaction&) -> Result<void> { return error(ErrorCode::ILLEGAL_TRANSITION, "no"); };
  const auto change_nothing = [](Transaction& tx) -> Result<void> {
    RETURN_IF_ERROR(tx.execute("DELETE FROM outbox WHERE payment_id = 99"));
    return error(ErrorCode::ILLEGAL_TRANSITION, "no");
  };
  const auto write_and_refuse = [](Transaction& tx) -> Result<void> {
    RETURN_IF_ERROR(insert_payment(tx, 2));
    return error(ErrorCode::ILLEGAL_TRANSITION, "no");
  };
  const auto engine = open();
  const auto runs_of = [&](const auto& closure, int id) {
    const auto before = engine->statistics().closures;
    (void)write_together(*engine, write_payment(*engine, id), engine->write(closure));
    return engine->statistics().closures - before - 1;  // The brake.
  };
  EXPECT_EQ(runs_of(refuse, 11), 2U);
  EXPECT_EQ(runs_of(change_nothing, 12), 2U);
  EXPECT_EQ(runs_of(write_and_refuse, 13), 4U);
  EXPECT_EQ(runs_of(write_and_refuse, 14), 2U) << "now each has a savepoint";
  EXPECT_EQ(*payments(*engine), (std::vector{11, 12, 13, 14}));
}

TEST_F(EngineTest, whoever_makes_the_commit_fail_fails_alone) {
  const auto engine = open();
  const auto add_table = [](Transaction& tx) {
    return tx.execute(
        "CREATE TABLE promises (payment_id INTEGER REFERENCES payments (id) DEFERRABLE INITIALLY DEFERRED) STRICT");
  };
  ASSERT_TRUE(finish(engine->write(add_table)));
  const auto break_promise = [](Transaction& tx) -> Result<void> {
    RETURN_IF_ERROR(tx.execute("INSERT INTO promises (payment_id) VALUES (99)"));
    return {};
  };
  const auto outcomes =
      write_together(*engine, write_payment(*engine, 1), engine->write(break_promise), write_payment(*engine, 3));
  EXPECT_TRUE(*outcomes[0]);
  EXPECT_EQ(outcomes[1]->error().code, ErrorCode::STORAGE_FAILED);
  EXPECT_TRUE(*outcomes[2]);
  EXPECT_EQ(*payments(*engine), (std::vector{1, 3}));
  EXPECT_TRUE(engine->writable());
}

TEST_F(EngineTest, whoever_rolls_back_the_whole_transaction_fails_alone) {
  const auto engine = open();
  const auto roll_back = [](Transaction& tx) -> Result<void> {
    RETURN_IF_ERROR(tx.execute("INSERT OR ROLLBACK INTO payments (id, note) VALUES (1, 'again')"));
    return {};
  };
  const auto outcomes =
      write_together(*engine, write_payment(*engine, 1), engine->write(roll_back), write_payment(*engine, 3));
  EXPECT_TRUE(*outcomes[0]);
  EXPECT_TRUE(*outcomes[2]);
  EXPECT_EQ(*payments(*engine), (std::vector{1, 3}));
}

TEST_F(EngineTest, runs_a_closure_again_after_a_version_conflict) {
  const auto engine = open();
  for (const auto& [conflicts, runs, outcome] : {std::tuple{2, 3, true}, {8, 9, true}, {9, 9, false}}) {
    int ran = 0;
    const auto conflicting = [&](Transaction& tx) -> Result<void> {
      RETURN_IF_ERROR(insert_payment(tx, conflicts));
      if (++ran <= conflicts) return error(ErrorCode::VERSION_CONFLICT, "someone was faster");
      return {};
    };
    const auto written = finish(engine->write(conflicting));
    EXPECT_EQ(written.has_value(), outcome) << conflicts;
    EXPECT_EQ(ran, runs) << conflicts;
  }
  EXPECT_EQ(*payments(*engine), (std::vector{2, 8}));
}

TEST_F(EngineTest, tells_listeners_of_commits_and_of_nothing_else) {
  const auto engine = open();
  constexpr Channel kDeliveries{3};
  constexpr Channel kJobs{255};
  std::array<std::atomic<int>, 2> heard{};
  engine->on_commit(kDeliveries, [&] { ++heard[0]; });
  engine->on_commit(kJobs, [&] { ++heard[1]; });
  const auto announce = [&](Channel channel, ErrorCode code) {
    return finish(engine->write([=](Transaction& tx) -> Result<void> {
      tx.announce(channel);
      if (code == ErrorCode::ILLEGAL_TRANSITION) return error(code, "no");
      return {};
    }));
  };
  EXPECT_TRUE(announce(kDeliveries, {}));
  EXPECT_EQ(heard[0], 1) << "before the writer is resumed";
  EXPECT_EQ(heard[1], 0);
  EXPECT_FALSE(announce(kJobs, ErrorCode::ILLEGAL_TRANSITION));
  EXPECT_TRUE(announce(Channel{4}, {}));
  EXPECT_EQ(heard[1], 0);
}

TEST_F(EngineTest, refuses_what_the_queue_cannot_hold) {
  const auto engine = open({.queue_max = 3});
  const auto outcomes = write_together(*engine, write_payment(*engine, 1), write_payment(*engine, 2),
                                       write_payment(*engine, 3), write_payment(*engine, 4), write_payment(*engine, 5));
  EXPECT_TRUE(*outcomes[2]);
  EXPECT_EQ(outcomes[3]->error().code, ErrorCode::SERVICE_UNAVAILABLE);
  EXPECT_EQ(outcomes[4]->error().code, ErrorCode::SERVICE_UNAVAILABLE);
  EXPECT_EQ(*payments(*engine), (std::vector{1, 2, 3}));
  EXPECT_TRUE(finish(write_payment(*engine, 6)));
}

TEST_F(EngineTest, finishes_what_is_queued_when_it_closes_and_refuses_the_rest) {
  const auto engine = open();
  asio::io_context context{1};
  Brake brake;
  std::optional<Result<void>> braked;
  Outcomes outcomes(2);
  start(context, write_braked(*engine, brake), braked);
  start(context, write_payment(*engine, 1), outcomes[0]);
  context.poll();
  brake.wait_until_reached();
  std::thread closer{[&] { engine->close(); }};
  brake.release();
  closer.join();
  start(context, write_payment(*engine, 2), outcomes[1]);
  context.run();
  EXPECT_TRUE(*outcomes[0]);
  EXPECT_EQ(outcomes[1]->error().code, ErrorCode::SERVICE_UNAVAILABLE);
  EXPECT_EQ(payments(*engine).error().code, ErrorCode::SERVICE_UNAVAILABLE);
  engine->close();
  EXPECT_FALSE(std::filesystem::exists(directory_ / "a.db-wal")) << "all is in the file";
  EXPECT_EQ(*payments(*open()), (std::vector{1}));
}

TEST_F(EngineTest, resumes_each_caller_on_its_own_executor) {
  const auto engine = open();
  asio::io_context contexts[2];
  std::array<int, 2> strangers{};
  const auto write_many = [](Database& database, int first, asio::io_context& home, int& wrong) -> Task<Result<void>> {
    for (int id = first; id < first + 50; ++id) {
      const Result<void> written = co_await write_payment(database, id);
      if (!written) co_return written;
      if (!home.get_executor().running_in_this_thread()) ++wrong;
    }
    co_return Result<void>{};
  };
  Outcomes outcomes(8);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    start(contexts[i % 2], write_many(*engine, static_cast<int>(i) * 100, contexts[i % 2], strangers[i % 2]),
          outcomes[i]);
  }
  std::thread other{[&] { contexts[1].run(); }};
  contexts[0].run();
  other.join();
  for (const auto& outcome : outcomes) EXPECT_TRUE(*outcome);
  EXPECT_EQ(strangers, (std::array{0, 0}));
  EXPECT_EQ(payments(*engine)->size(), 400U);
}

TEST_F(EngineTest, a_write_that_has_begun_cannot_be_cancelled) {
  const auto engine = open();
  asio::io_context context{1};
  Brake brake;
  std::optional<Result<void>> braked;
  start(context, write_braked(*engine, brake), braked);
  context.poll();
  brake.wait_until_reached();
  std::optional<Result<void>> outcome;
  asio::cancellation_signal cancellation;
  asio::co_spawn(
      context, write_payment(*engine, 1),
      asio::bind_cancellation_slot(cancellation.slot(), [&](std::exception_ptr failure, Result<void> written) {
        EXPECT_FALSE(failure);
        outcome = std::move(written);
      }));
  context.poll();
  cancellation.emit(asio::cancellation_type::all);
  context.poll();
  EXPECT_FALSE(outcome) << "it still waits for its commit";
  brake.release();
  context.run();
  EXPECT_TRUE(*outcome);
  EXPECT_EQ(*payments(*engine), (std::vector{1}));
}

TEST_F(EngineTest, an_executor_may_end_before_its_coroutines) {
  const auto engine = open();
  Outcomes outcomes(2);
  {
    asio::io_context context{1};
    start(context, write_payment(*engine, 1), outcomes[0]);
    start(context, write_payment(*engine, 2), outcomes[1]);
    for (int begun = 0; begun < 2; ++begun) context.poll_one();
    engine->close();
  }
  EXPECT_FALSE(outcomes[0]);
  EXPECT_FALSE(outcomes[1]);
  EXPECT_EQ(*payments(*open()), (std::vector{1, 2}));
}

TEST_F(EngineTest, a_second_process_is_refused_until_the_first_is_gone) {
  int pipe_ends[2];
  ASSERT_EQ(::pipe(pipe_ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto engine = open();
    const bool written = finish(write_payment(*engine, 1)).has_value();
    if (written && ::write(pipe_ends[1], "!", 1) == 1) ::pause();
    ::_exit(1);
  }
  char ready = 0;
  ::close(pipe_ends[1]);
  EXPECT_EQ(::read(pipe_ends[0], &ready, 1), 1);
  const auto second = open_sqlite({.file = directory_ / "a.db"}, kLedgerMigrations);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  ::close(pipe_ends[0]);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::SERVICE_UNAVAILABLE);
  EXPECT_EQ(*payments(*open()), (std::vector{1}));
}

TEST_F(EngineTest, moves_a_long_log_into_the_file_and_uses_it_again) {
  const auto engine = open({}, {.checkpoint_pages = 20});
  for (int id = 0; id < 100; ++id) ASSERT_TRUE(finish(write_payment(*engine, id)));
  EXPECT_GT(engine->statistics().checkpoints, 5U);
  EXPECT_LT(std::filesystem::file_size(directory_ / "a.db-wal"), 40U * 4120U);
}

TEST_F(EngineTest, moves_a_short_log_when_there_is_nothing_else_to_do) {
  const auto engine = open({}, {.idle_checkpoint_pages = 1, .idle_after = std::chrono::milliseconds{1}});
  ASSERT_TRUE(finish(write_payment(*engine, 1)));
  while (engine->statistics().checkpoints == 0) std::this_thread::yield();
  EXPECT_EQ(*payments(*engine), (std::vector{1}));
}

TEST_F(EngineTest, moves_a_short_log_early_while_it_has_time_to_spare) {
  constexpr int kWrites = 30;
  const auto open_with = [&](int spare_percent) {
    return open({},
                {.idle_checkpoint_pages = 10, .spare_percent = spare_percent, .idle_after = std::chrono::minutes{1}});
  };
  auto engine = open_with(101);
  for (int id = 0; id < kWrites; ++id) ASSERT_TRUE(finish(write_payment(*engine, id)));
  EXPECT_EQ(engine->statistics().checkpoints, 0U) << "it never has";
  engine.reset();
  engine = open_with(0);
  for (int id = kWrites; engine->statistics().checkpoints < 3; ++id) ASSERT_TRUE(finish(write_payment(*engine, id)));
}

TEST(Engine, has_flushed_what_it_acknowledges) {
  CrashDisk disk{"engine-test"};
  auto engine = *open_engine({.file = "a.db", .vfs = disk.name()}, kLedgerMigrations, {});
  ASSERT_TRUE(finish(write_payment(*engine, 1)));
  disk.cut(CrashDisk::Loss::EVERYTHING);
  engine.reset();
  disk.restart();
  engine = *open_engine({.file = "a.db", .vfs = disk.name()}, kLedgerMigrations, {});
  EXPECT_EQ(*payments(*engine), (std::vector{1}));
}

TEST(Engine, refuses_a_disk_that_cannot_keep_a_log) {
  const auto refused = open_engine({.file = "a.db", .vfs = "no such vfs"}, kLedgerMigrations, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::STORAGE_FAILED);
}

}  // namespace
}  // namespace qantara::db::sqlite
