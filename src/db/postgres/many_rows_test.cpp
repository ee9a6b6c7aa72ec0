#include "db/postgres/many_rows.h"

#include <gtest/gtest.h>

namespace qantara::db::postgres {
namespace {

TEST(ManyRowsTest, only_a_plain_insert_of_one_row_is_made_for_many) {
  const Value values[] = {std::int64_t{1}, std::string_view{"a"}, Null{Type::BYTES}};
  const std::pair<std::string_view, std::optional<std::string>> cases[] = {
      {"INSERT INTO t (a, b, c) VALUES ($1, $2, $3)",
       "INSERT INTO t (a, b, c) SELECT * FROM unnest($1::bigint[], $2::text[], $3::bytea[])"},
      {"INSERT INTO t (a, b, c) VALUES ($2, $1, $3)", std::nullopt},
      {"INSERT INTO t (a, b, c, d) VALUES ($1, $2, $3, 0)", std::nullopt},
      {"INSERT INTO t (a, b, c) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", std::nullopt},
      {"UPDATE t SET a = $1, b = $2 WHERE c = $3", std::nullopt},
      {"INSERT INTO t (a, b) VALUES ($1, $2)", std::nullopt},
  };
  for (const auto& [statement, expected] : cases) EXPECT_EQ(for_many_rows(statement, values), expected) << statement;
}

TEST(ManyRowsTest, a_question_is_asked_for_many_unless_a_parameter_stands_where_no_column_may) {
  const Value values[] = {Bytes{"id"}, std::string_view{"key"}};
  EXPECT_EQ(for_many_questions("SELECT a, b FROM t WHERE x = $1 AND y = $2 ORDER BY z LIMIT 1", values),
            "SELECT answer.*, asked.n FROM unnest($1::bytea[], $2::text[]) WITH ORDINALITY AS asked (p1, p2, n) "
            "CROSS JOIN LATERAL (SELECT a, b FROM t WHERE x = asked.p1 AND y = asked.p2 ORDER BY z LIMIT 1 OFFSET 0) "
            "AS answer");
  EXPECT_EQ(for_many_questions("SELECT a FROM t WHERE x = $1 LIMIT $2", values), std::nullopt);
  EXPECT_EQ(for_many_questions("SELECT a FROM t WHERE x = $1 LIMIT 5 OFFSET 5", values), std::nullopt);
  EXPECT_EQ(for_many_questions("WITH u AS (SELECT $1) SELECT $2 FROM u", values), std::nullopt);
  EXPECT_EQ(for_many_questions("SELECT a FROM t", {}), std::nullopt);
}

TEST(ManyRowsTest, an_array_holds_its_elements_with_their_lengths) {
  ArrayColumn column{Type::TEXT};
  column.add(std::string_view{"ab"});
  column.add(Null{Type::TEXT});
  column.add(std::string_view{""});
  const std::string head{"\0\0\0\1\0\0\0\1\0\0\0\x19\0\0\0\3\0\0\0\1", 20};
  const std::string elements{
      "\0\0\0\2"
      "ab"
      "\xff\xff\xff\xff"
      "\0\0\0\0",
      14};
  EXPECT_EQ(column.take(), head + elements);
}

}  // namespace
}  // namespace qantara::db::postgres
