#include "events/events.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "db/test_database.h"
#include "json/json.h"
#include "migrations/gateway.h"

namespace qantara::events {
namespace {

/// Types that anything may append; a directed event has its own way.
std::vector<Type> appended_types() {
  std::vector<Type> found;
  for (const TypeRow& row : types()) {
    if (row.visibility != Visibility::DIRECTED) found.push_back(row.type);
  }
  return found;
}

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
  std::vector<StoredEvent> all(const Filter& filter = {}) {
    return *database.read(
        [&](db::Transaction& tx) { return events.list_after(tx, application, filter, std::nullopt, 1000); });
  }
  Result<StoredEvent> get(EventId id) {
    return database.read([&](db::Transaction& tx) { return events.get(tx, application, id); });
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
  db::TestDatabase database{gateway::schema::migrations(), gateway::schema::postgres_migrations()};
  const Events events{clock, random};
  const ApplicationId application = ApplicationId::make(clock, random);
};

class events : public testing::Test {
 protected:
  Log log;
};

TEST_F(events, have_one_name_and_one_message_each) {
  std::set<std::string_view> names;
  for (const TypeRow& row : types()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_FALSE(row.message.empty()) << row.name;
    EXPECT_EQ(row.visibility == Visibility::INTERNAL, row.when.empty()) << row.name;
    EXPECT_EQ(row.visibility == Visibility::INTERNAL, row.payload.empty()) << row.name;
    EXPECT_EQ(parse_public_type(row.name).has_value(), row.visibility == Visibility::PUBLIC) << row.name;
  }
  EXPECT_EQ(parse_public_type("payment.created"), Type::PAYMENT_CREATED);
  EXPECT_FALSE(parse_public_type("payment.*"));
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
  // From the writer's thread, before the write returns; on a server once more, a moment later.
  const auto heard = std::make_shared<std::atomic<int>>(0);
  (*log.database).on_commit(kPublished, [heard] { ++*heard; });
  const auto intent = log.make_aggregate();
  ASSERT_TRUE(log.append(intent, Type::PAYMENT_CHANGED));
  EXPECT_EQ(*heard, 0);
  ASSERT_TRUE(log.append(intent, Type::PAYMENT_CREATED));
  EXPECT_GE(*heard, 1);
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
                               rc::gen::elementOf(appended_types()), rc::gen::arbitrary<bool>()));
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

TEST_F(events, that_are_directed_have_an_envelope_and_no_number_and_stand_in_no_list) {
  const auto endpoint = log.make_aggregate();
  const auto heard = std::make_shared<std::atomic<int>>(0);
  (*log.database).on_commit(kPublished, [heard] { ++*heard; });
  const auto directed = log.database.write([&](db::Transaction& tx) {
    return log.events.append_directed(tx, {.application = log.application, .aggregate = endpoint},
                                      Type::WEBHOOK_ENDPOINT_TESTED, R"({"id":"x"})");
  });
  ASSERT_TRUE(directed);
  EXPECT_GE(*heard, 1);
  const auto stored = log.of(endpoint);
  ASSERT_EQ(stored.size(), 1U);
  EXPECT_EQ(stored[0].seq, directed->seq);
  EXPECT_FALSE(stored[0].sequence);
  EXPECT_TRUE(stored[0].body.starts_with(R"({"payload":{"id":"x"},"type":"webhook_endpoint.tested")"));
  EXPECT_TRUE(stored[0].body.ends_with(directed->id.to_text() + R"(","sequence":1})"));
  EXPECT_TRUE(log.all().empty());
  EXPECT_EQ(log.get(directed->id).error().code, ErrorCode::UNKNOWN_EVENT);
}

TEST_F(events, are_found_by_their_application_alone) {
  const auto intent = log.make_aggregate();
  ASSERT_TRUE(log.append(intent, Type::PAYMENT_CREATED));
  ASSERT_TRUE(log.append(intent, Type::PAYMENT_CHANGED));
  const auto stored = log.of(intent);
  const auto found = log.get(stored[0].id);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->body, stored[0].body);
  EXPECT_EQ(log.get(stored[1].id).error().code, ErrorCode::UNKNOWN_EVENT);  // Internal.

  const auto stranger = ApplicationId::make(log.clock, log.random);
  const auto foreign =
      log.database.read([&](db::Transaction& tx) { return log.events.get(tx, stranger, stored[0].id); });
  EXPECT_EQ(foreign.error().code, ErrorCode::UNKNOWN_EVENT);
  EXPECT_TRUE(
      log.database.read([&](db::Transaction& tx) { return log.events.list_after(tx, stranger, {}, {}, 10); })->empty());
  const auto cursor =
      log.database.read([&](db::Transaction& tx) { return log.events.list_after(tx, stranger, {}, stored[0].id, 10); });
  EXPECT_EQ(cursor.error().code, ErrorCode::INVALID_PARAMETERS);
  EXPECT_EQ(
      log.database.read([&](db::Transaction& tx) { return log.events.list_page(tx, stranger, {}, 0, 10); })->total, 0);
}

TEST_F(events, are_filtered) {
  const auto first = log.make_aggregate();
  const auto second = log.make_aggregate();
  const Instant start = log.clock.now();
  for (const auto& [aggregate, type] :
       {std::pair{first, Type::PAYMENT_INTENT_CREATED}, std::pair{second, Type::PAYMENT_INTENT_CREATED},
        std::pair{first, Type::PAYMENT_CREATED}, std::pair{first, Type::PAYMENT_CHANGED},
        std::pair{second, Type::PAYMENT_UPDATED}}) {
    ASSERT_TRUE(log.append(aggregate, type));
    log.clock.advance(std::chrono::seconds{1});
  }
  const auto at = [&](int seconds) { return start + std::chrono::seconds{seconds}; };
  const struct {
    Filter filter;
    std::vector<std::string> expected;
  } rows[] = {
      {{}, {"payment_intent.created", "payment_intent.created", "payment.created", "payment.updated"}},
      {{.type = "payment_intent.created"}, {"payment_intent.created", "payment_intent.created"}},
      {{.type = "payment.changed"}, {}},  // Internal.
      {{.aggregate = first}, {"payment_intent.created", "payment.created"}},
      {{.type = "payment.updated", .aggregate = first}, {}},
      {{.type = "payment.updated", .aggregate = second}, {"payment.updated"}},
      {{.from = at(1), .to = at(4)}, {"payment_intent.created", "payment.created"}},
      {{.aggregate = first, .from = at(1)}, {"payment.created"}},
      {{.to = at(0)}, {}},
  };
  for (const auto& row : rows) {
    std::vector<std::string> found;
    for (const auto& event : log.all(row.filter)) found.push_back(event.type);
    EXPECT_EQ(found, row.expected);
    const auto page = *log.database.read(
        [&](db::Transaction& tx) { return log.events.list_page(tx, log.application, row.filter, 0, 9); });
    EXPECT_EQ(page.total, std::ssize(row.expected));
    std::vector<std::string> newest_first;
    for (const auto& event : page.events) newest_first.insert(newest_first.begin(), event.type);
    EXPECT_EQ(newest_first, row.expected);
  }
}

RC_GTEST_PROP(events_property, none_is_missed_by_who_goes_on_behind_the_last, ()) {
  Log log;
  const std::vector<Uuid> aggregates{log.make_aggregate(), log.make_aggregate()};
  const auto types = *rc::gen::container<std::vector<Type>>(rc::gen::elementOf(appended_types()));
  const int limit = *rc::gen::inRange(1, 5);
  std::vector<EventId> read;
  const auto read_on = [&] {
    const auto after = read.empty() ? std::nullopt : std::optional{read.back()};
    const auto more = *log.database.read(
        [&](db::Transaction& tx) { return log.events.list_after(tx, log.application, {}, after, limit); });
    for (const auto& event : more) read.push_back(event.id);
    return std::ssize(more) == limit;
  };
  std::vector<EventId> written;
  for (std::size_t i = 0; i < types.size(); ++i) {
    RC_ASSERT(log.append(aggregates[i % 2], types[i]).has_value());
    if (describe(types[i]).visibility == Visibility::PUBLIC) written.push_back(log.of(aggregates[i % 2]).back().id);
    if (i % 3 == 0) read_on();  // While others write.
  }
  while (read_on()) continue;
  RC_ASSERT(read == written);
}

std::string render_types() {
  std::string page =
      "# Events\n\n"
      "What `GET /events/v1` lists and webhooks carry, rendered from `src/events/event_types.cpp`. Each event is an "
      "envelope:\n\n"
      "| member | type | |\n|---|---|---|\n"
      "| `payload` | object | what has changed: the tables below |\n"
      "| `type` | string | one of the headings below |\n"
      "| `message` | string | the type's words |\n"
      "| `timestamp` | time | when it happened, UTC with microseconds |\n"
      "| `event_id` | UUID | the same in every attempt and every list |\n"
      "| `sequence` | number | counts the events of one payment source (with its beneficiaries), of one intent (with "
      "its payment), of one bank, or of one webhook endpoint: from 1, without gaps |\n\n"
      "Payloads may get further members, and there may be further types: leave alone what you do not know.\n";
  for (const TypeRow& row : types()) {
    if (row.visibility == Visibility::INTERNAL) continue;
    page += "\n## " + std::string{row.name} + "\n\n" + std::string{row.when} + " `message`: \"" +
            std::string{row.message} + "\"\n\n| member | type | |\n|---|---|---|\n";
    for (const MemberRow& member : row.payload) {
      page += "| `" + std::string{member.name} + "` | " + std::string{member.type} + " | " +
              std::string{member.meaning} + " |\n";
    }
  }
  return page;
}

TEST(events_reference, the_page_is_what_the_code_says) {
  const std::filesystem::path page = std::filesystem::path{QANTARA_SOURCE_DIR} / "docs/reference/events.md";
  const auto rendered = render_types();
  if (std::getenv("QANTARA_RENDER") != nullptr) std::ofstream{page} << rendered;
  std::ifstream in{page};
  const std::string stored{std::istreambuf_iterator<char>{in}, {}};
  EXPECT_EQ(stored, rendered) << "stale: run events_test with QANTARA_RENDER=1";
}

}  // namespace
}  // namespace qantara::events
