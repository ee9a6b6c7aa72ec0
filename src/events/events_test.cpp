#include "events/events.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "db/test_database.h"
#include "json/json.h"
#include "migrations/gateway.h"

namespace qantara::events {
namespace {

constexpr Type kPublic[] = {Type::PAYMENT_SOURCE_CREATED, Type::BENEFICIARY_CREATED, Type::BENEFICIARY_UPDATED,
                            Type::PAYMENT_INTENT_CREATED, Type::PAYMENT_CREATED,     Type::PAYMENT_UPDATED};

/// A log of events, whoever writes it.
struct Log {
  Result<void> append(const Uuid& aggregate, Type type, std::string_view payload = "{}") {
    return database.write([&](db::Transaction& tx) {
      return events.append(tx, {.application = application, .aggregate = aggregate}, type, payload);
    });
  }
  std::vector<StoredEvent> of(const Uuid& aggregate) {
    return *database.read([&](db::Transaction& tx) { return events.of_aggregate(tx, aggregate); });
  }
  std::vector<std::int64_t> sequences_of(const Uuid& aggregate) {
    std::vector<std::int64_t> sequences;
    for (const auto& event : of(aggregate)) {
      if (event.sequence) sequences.push_back(*event.sequence);
    }
    return sequences;
  }
  Uuid make_aggregate() { return Uuid::make(clock, random); }

  ManualClock clock{Instant{std::chrono::seconds{1'700'000'000}}};
  SeededRandom random{1};
  db::TestDatabase database{gateway::schema::migrations()};
  const Events events{clock, random};
  const ApplicationId application = ApplicationId::make(clock, random);
};

class events : public testing::Test {
 protected:
  Log log;
};

TEST_F(events, have_one_name_and_one_message_each) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(Type::BANK_CONTRADICTED); ++i) {
    const TypeRow& row = describe(static_cast<Type>(i));
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_FALSE(row.message.empty()) << row.name;
    EXPECT_EQ(row.visibility == Visibility::PUBLIC, std::ranges::find(kPublic, row.type) != std::end(kPublic))
        << row.name;
  }
}

TEST_F(events, go_out_in_an_envelope_of_these_very_bytes) {
  const auto intent = log.make_aggregate();
  ASSERT_TRUE(log.append(intent, Type::PAYMENT_CREATED, R"({"amount":1000.00,"currency":"AED"})"));
  const auto stored = log.of(intent);
  ASSERT_EQ(stored.size(), 1U);
  EXPECT_EQ(stored[0].type, "payment.created");
  EXPECT_EQ(stored[0].created_at, log.clock.now());
  EXPECT_EQ(
      stored[0].body,
      R"({"payload":{"amount":1000.00,"currency":"AED"},"type":"payment.created","message":"A payment object has been created.",)"
      R"("timestamp":"2023-11-14T22:13:20.000000Z","event_id":")" +
          stored[0].id.to_text() + R"(","sequence":1})");
}

TEST_F(events, are_numbered_from_one_for_each_aggregate) {
  const auto first = log.make_aggregate();
  const auto second = log.make_aggregate();
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(log.append(first, Type::PAYMENT_UPDATED));
    ASSERT_TRUE(log.append(second, Type::BENEFICIARY_UPDATED));
  }
  EXPECT_EQ(log.sequences_of(first), (std::vector<std::int64_t>{1, 2, 3}));
  EXPECT_EQ(log.sequences_of(second), (std::vector<std::int64_t>{1, 2, 3}));
  EXPECT_LT(log.of(first).back().seq, log.of(second).back().seq);
}

TEST_F(events, that_are_internal_have_no_number_and_no_envelope) {
  const auto intent = log.make_aggregate();
  ASSERT_TRUE(log.append(intent, Type::PAYMENT_CREATED));
  ASSERT_TRUE(log.append(intent, Type::PAYMENT_CHANGED, R"({"from":"A","to":"B"})"));
  ASSERT_TRUE(log.append(intent, Type::PAYMENT_UPDATED));
  const auto stored = log.of(intent);
  ASSERT_EQ(stored.size(), 3U);
  EXPECT_FALSE(stored[1].sequence);
  EXPECT_EQ(stored[1].body, R"({"from":"A","to":"B"})");
  EXPECT_EQ(log.sequences_of(intent), (std::vector<std::int64_t>{1, 2}));
}

TEST_F(events, announce_only_what_is_delivered) {
  int heard = 0;
  (*log.database).on_commit(kPublished, [&] { ++heard; });  // From the writer's thread, before the write returns.
  const auto intent = log.make_aggregate();
  ASSERT_TRUE(log.append(intent, Type::PAYMENT_CHANGED));
  EXPECT_EQ(heard, 0);
  ASSERT_TRUE(log.append(intent, Type::PAYMENT_CREATED));
  EXPECT_EQ(heard, 1);
}

TEST_F(events, that_are_undone_leave_no_gap) {
  const auto intent = log.make_aggregate();
  ASSERT_TRUE(log.append(intent, Type::PAYMENT_CREATED));
  const auto undone = log.database.write([&](db::Transaction& tx) -> Result<void> {
    RETURN_IF_ERROR(
        log.events.append(tx, {.application = log.application, .aggregate = intent}, Type::PAYMENT_UPDATED, "{}"));
    return error(ErrorCode::ILLEGAL_TRANSITION, "thought better of it");
  });
  ASSERT_FALSE(undone);
  ASSERT_TRUE(log.append(intent, Type::PAYMENT_UPDATED));
  EXPECT_EQ(log.sequences_of(intent), (std::vector<std::int64_t>{1, 2}));
}

struct Step {
  std::size_t aggregate;
  Type type;
  bool is_kept;
};

RC_GTEST_PROP(events_property, are_numbered_without_gaps_whatever_happens, ()) {
  Log log;
  const std::vector<Uuid> aggregates{log.make_aggregate(), log.make_aggregate(), log.make_aggregate()};
  const auto steps = *rc::gen::container<std::vector<Step>>(
      rc::gen::construct<Step>(rc::gen::inRange<std::size_t>(0, aggregates.size()),
                               rc::gen::map(rc::gen::inRange(0, static_cast<int>(Type::BANK_CONTRADICTED) + 1),
                                            [](int i) { return static_cast<Type>(i); }),
                               rc::gen::arbitrary<bool>()));
  std::map<std::size_t, std::vector<std::int64_t>> expected;
  for (const auto& step : steps) {
    const auto appended = log.database.write([&](db::Transaction& tx) -> Result<void> {
      RETURN_IF_ERROR(log.events.append(tx, {.application = log.application, .aggregate = aggregates[step.aggregate]},
                                        step.type, "{}"));
      if (!step.is_kept) return error(ErrorCode::INTERNAL_SERVER_ERROR, "undone");
      return {};
    });
    RC_ASSERT(appended.has_value() == step.is_kept);
    auto& numbers = expected[step.aggregate];
    if (step.is_kept && describe(step.type).visibility == Visibility::PUBLIC)
      numbers.push_back(std::ssize(numbers) + 1);
  }
  for (const auto& [aggregate, numbers] : expected) RC_ASSERT(log.sequences_of(aggregates[aggregate]) == numbers);
}

}  // namespace
}  // namespace qantara::events
