#include "api/query.h"

#include <gtest/gtest.h>

#include "base/ids.h"

namespace qantara::api {
namespace {

http::Request asked(std::string query) {
  http::Request request;
  request.query = std::move(query);
  return request;
}

TEST(query, reads_pages) {
  const struct {
    std::string query;
    std::int64_t number;
    int size;
  } rows[] = {
      {"", 0, 50}, {"page=&size=", 0, 50}, {"page=3", 3, 50}, {"size=1", 0, 1}, {"size=100&page=7&x=y", 7, 100},
  };
  for (const auto& row : rows) {
    const auto page = query_page(asked(row.query));
    ASSERT_TRUE(page) << row.query;
    EXPECT_EQ(page->number, row.number) << row.query;
    EXPECT_EQ(page->size, row.size) << row.query;
  }
  for (const auto* field : {"page", "size"}) {
    for (const auto* text :
         {"-1", "101x", "x", "1.0", "1e2", "%201", "+1", "0x1", "1000000000", "99999999999999999999"}) {
      const auto page = query_page(asked(std::string{field} + "=" + text));
      ASSERT_FALSE(page) << field << ' ' << text;
      EXPECT_EQ(page.error().code, ErrorCode::INVALID_PARAMETERS);
      EXPECT_EQ(page.error().fields.at(0).field, field);
    }
  }
  EXPECT_FALSE(query_page(asked("size=0")));
  EXPECT_FALSE(query_page(asked("size=101")));
}

TEST(query, reads_times_and_ids) {
  EXPECT_FALSE(*query_instant(asked("to=2026-11-21T12:50:47Z"), "from"));
  EXPECT_EQ(*query_instant(asked("from=2026-11-21T12%3A50:47.5Z"), "from"), parse_instant("2026-11-21T12:50:47.5Z"));
  EXPECT_EQ(query_instant(asked("from=yesterday"), "from").error().fields.at(0).field, "from");
  EXPECT_EQ(query_instant(asked("from=2026-11-21"), "from").error().code, ErrorCode::INVALID_PARAMETERS);

  EXPECT_FALSE(*query_id<EventId>(asked("after="), "after"));
  const auto id = EventId::parse("9dafc6f5-37e8-4f72-aa0b-5323c0935c5f");
  EXPECT_EQ(*query_id<EventId>(asked("after=9dafc6f5-37e8-4f72-aa0b-5323c0935c5f"), "after"), id);
  EXPECT_EQ(query_id<EventId>(asked("after=1"), "after").error().fields.at(0).field, "after");
}

}  // namespace
}  // namespace qantara::api
