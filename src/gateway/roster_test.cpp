// Who leads, and who of the gateways on one database has died.
#include "gateway/roster.h"

#include <gtest/gtest.h>

#include <optional>
#include <utility>
#include <vector>

#include "base/random.h"
#include "db/test_database.h"
#include "gateway/roster_store.h"
#include "gateway/term_database.h"
#include "migrations/gateway.h"

namespace qantara::gateway {
namespace {

class roster : public testing::Test {
 protected:
  GatewayId make_id() { return GatewayId::make(clock, random); }
  Heart make_heart(GatewayId id) {
    return Heart{*database, id, clock, *timers, [](db::Transaction&) { return Result<void>{}; }};
  }
  void look(int times) {
    for (int i = 0; i < times; ++i) ASSERT_TRUE(database.run(undertaker.look()));
  }
  std::vector<GatewayId> listed() {
    std::vector<GatewayId> ids;
    for (const auto& gateway : *database.read(select_gateways)) ids.push_back(gateway.id);
    return ids;
  }

  ManualClock clock{Instant{std::chrono::seconds{1'700'000'000}}};
  SeededRandom random{1};
  db::TestDatabase database{schema::migrations(), schema::postgres_migrations()};
  std::unique_ptr<Timers> timers = make_system_timers(database.executor(), clock);
  std::vector<GatewayId> buried;
  Undertaker undertaker{*database, clock, *timers, [this](db::Transaction&, GatewayId gone) -> Result<void> {
                          buried.push_back(gone);
                          return {};
                        }};
};

TEST_F(roster, nobody_is_given_up_whose_heart_beats) {
  const auto id = make_id();
  auto heart = make_heart(id);
  for (int i = 0; i < 3 * kBeatsMissed; ++i) {
    ASSERT_TRUE(database.run(heart.beat()));
    look(kBeatsMissed);
    clock.advance(std::chrono::hours{24});  // Clocks say nothing of it.
  }
  EXPECT_TRUE(buried.empty());
}

TEST_F(roster, whoever_is_seen_so_often_without_a_new_beat_is_given_up_once) {
  const auto dead = make_id();
  const auto living = make_id();
  auto stopped = make_heart(dead);
  auto heart = make_heart(living);
  ASSERT_TRUE(database.run(stopped.beat()));
  for (int i = 0; i < kBeatsMissed; ++i) {
    ASSERT_TRUE(database.run(heart.beat()));
    look(1);
    EXPECT_TRUE(buried.empty()) << i;
  }
  ASSERT_TRUE(database.run(heart.beat()));
  look(1);
  EXPECT_EQ(buried, std::vector{dead});
  EXPECT_EQ(listed(), std::vector{living});

  ASSERT_TRUE(database.run(stopped.beat()));
  EXPECT_EQ(listed().size(), 2U) << "it only slept, and is on the roster again";
}

TEST_F(roster, whoever_leaves_is_not_missed) {
  auto heart = make_heart(make_id());
  ASSERT_TRUE(database.run(heart.beat()));
  look(1);
  database.start(heart.leave());
  ASSERT_TRUE(database.until([&] { return database.is_idle(); }));
  look(2 * kBeatsMissed);
  EXPECT_TRUE(buried.empty());
  EXPECT_TRUE(listed().empty());
}

/// A database that only knows who leads.
class LedDatabase final : public db::Database {
 public:
  db::Term lasting{1};

  void on_commit(db::Channel, std::function<void()>) override {}
  std::optional<db::Term> leadership() const override { return lasting; }
  void on_leadership(std::function<void()>) override {}
  Result<std::string> place() const override { return std::string{"nowhere"}; }
  bool writable() const override { return true; }
  void close() override {}

 private:
  class Transaction final : public db::Transaction {
   public:
    explicit Transaction(db::Term lasting) : lasting_(lasting) {}
    void announce(db::Channel) override {}
    Result<void> confirm(db::Term term) override {
      if (term == lasting_) return {};
      return error(ErrorCode::SERVICE_UNAVAILABLE, "another gateway leads");
    }

   protected:
    Result<std::int64_t> run(db::Sql, std::span<const db::Value>, db::RowSink*) override { return 0; }

   private:
    const db::Term lasting_;
  };

  Task<Result<void>> run_write(const Job& job, db::Reads) override {
    Transaction tx{lasting};
    co_return job(tx);
  }
  Task<Result<void>> run_read(const Job& job) override {
    Transaction tx{lasting};
    co_return job(tx);
  }
};

TEST_F(roster, a_term_that_has_ended_writes_nothing_and_may_still_look) {
  LedDatabase led;
  TermDatabase mine{led, db::Term{1}};
  int written = 0;
  const auto write = [&] {
    return database.run(mine.write([&](db::Transaction&) -> Result<int> { return ++written; }));
  };
  EXPECT_TRUE(write());
  led.lasting = db::Term{2};
  const auto refused = write();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::SERVICE_UNAVAILABLE);
  EXPECT_EQ(written, 1);
  EXPECT_TRUE(database.run(mine.read([](db::Transaction&) -> Result<int> { return 1; })));
  EXPECT_TRUE(database.until([&] { return database.is_idle(); }));
}

}  // namespace
}  // namespace qantara::gateway
