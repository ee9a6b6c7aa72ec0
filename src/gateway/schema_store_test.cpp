#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "db/test_database.h"
#include "migrations/gateway.h"

namespace qantara::gateway {
namespace {

// Each engine tells of its schema in the same words, but for the tables that are its own (schema_migrations, leadership, …).

constexpr db::Sql kColumnsOfSqlite =
    "SELECT m.name || '.' || c.name || CASE c.type WHEN 'INTEGER' THEN ' bigint' WHEN 'BLOB' THEN ' bytea' "
    "  WHEN 'TEXT' THEN ' text' ELSE c.type END "
    "  || CASE WHEN c.\"notnull\" = 1 OR c.pk > 0 THEN ' not null' ELSE '' END "
    "  || COALESCE(' default ' || c.dflt_value, '') "
    "FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name <> 'schema_migrations'";
constexpr db::Sql kColumnsOfPostgres =
    "SELECT c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) "
    "  || CASE WHEN a.attcollation IN (0, '\"C\"'::regcollation) THEN '' ELSE ' collated otherwise' END "
    "  || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END "
    "  || COALESCE(' default ' || replace(pg_get_expr(d.adbin, d.adrelid), '::text', ''), '') "
    "FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "
    "LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum "
    "WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace "
    "AND c.relname NOT IN ('schema_migrations', 'commit_marks', 'commit_news', 'leadership')";

// Which rows a partial index has is not compared: each engine repeats the condition in its own way.
constexpr db::Sql kIndexesOfSqlite =
    "SELECT name || ' primary key (' || group_concat(column_name, ', ') || ')' FROM ("
    "  SELECT m.name, c.name AS column_name FROM sqlite_master m, pragma_table_info(m.name) c "
    "  WHERE m.type = 'table' AND m.name <> 'schema_migrations' AND c.pk > 0 ORDER BY m.name, c.pk) GROUP BY name "
    "UNION ALL "
    "SELECT name || CASE WHEN is_unique THEN ' unique' ELSE '' END || CASE WHEN is_partial THEN ' partial' ELSE '' END "
    "  || CASE origin WHEN 'c' THEN ' ' || index_name ELSE '' END || ' (' || group_concat(column_name, ', ') || ')' "
    "FROM ("
    "  SELECT m.name, i.name AS index_name, i.origin, i.\"unique\" AS is_unique, i.partial AS is_partial, "
    "    COALESCE(k.name, 'expression') AS column_name "
    "  FROM sqlite_master m, pragma_index_list(m.name) i, pragma_index_info(i.name) k "
    "  WHERE m.type = 'table' AND i.origin <> 'pk' ORDER BY i.name, k.seqno) GROUP BY name, index_name";
constexpr db::Sql kIndexesOfPostgres =
    "SELECT name || CASE WHEN is_primary THEN ' primary key' WHEN is_unique THEN ' unique' ELSE '' END "
    "  || CASE WHEN is_partial THEN ' partial' ELSE '' END || CASE WHEN is_constraint THEN '' ELSE ' ' || index_name "
    "END "
    "  || ' (' || string_agg(column_name, ', ' ORDER BY place) || ')' FROM ("
    "  SELECT c.relname AS name, x.relname AS index_name, i.indisprimary AS is_primary, i.indisunique AS is_unique, "
    "    i.indpred IS NOT NULL AS is_partial, k.place, COALESCE(a.attname, 'expression') AS column_name, "
    "    EXISTS (SELECT 1 FROM pg_constraint o WHERE o.conindid = i.indexrelid AND o.contype IN ('p', 'u')) AS "
    "is_constraint "
    "  FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid "
    "  CROSS JOIN unnest(i.indkey::int[]) WITH ORDINALITY AS k (attribute, place) "
    "  LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attribute AND a.attnum > 0 "
    "  WHERE c.relnamespace = 'public'::regnamespace "
    "  AND c.relname NOT IN ('schema_migrations', 'commit_marks', 'commit_news', 'leadership')) AS indexes "
    "GROUP BY name, index_name, is_primary, is_unique, is_partial, is_constraint";

// An intent's are SQLite's alone, where they cost next to nothing (0017_everything_so_far.postgres.sql).
constexpr db::Sql kReferencesOfSqlite =
    "SELECT m.name || '.' || f.\"from\" || ' of ' || f.\"table\" || '.' || f.\"to\" "
    "FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table' AND m.name <> 'payment_intents'";
constexpr db::Sql kReferencesOfPostgres =
    "SELECT conrelid::regclass || '.' || (SELECT attname FROM pg_attribute WHERE attrelid = conrelid AND attnum = "
    "conkey[1]) "
    "  || ' of ' || confrelid::regclass || '.' || (SELECT attname FROM pg_attribute WHERE attrelid = confrelid AND "
    "attnum "
    "= confkey[1]) "
    "FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace";

// How many: their words differ.
constexpr db::Sql kChecksOfSqlite =
    "SELECT name || ' ' || ((length(sql) - length(replace(sql, 'CHECK (', ''))) / length('CHECK (')) FROM "
    "sqlite_master "
    "WHERE type = 'table' AND sql LIKE '%CHECK (%'";
constexpr db::Sql kChecksOfPostgres =
    "SELECT conrelid::regclass || ' ' || count(*) FROM pg_constraint "
    "WHERE contype = 'c' AND connamespace = 'public'::regnamespace AND conrelid <> 'leadership'::regclass "
    "GROUP BY conrelid";

TEST(schema, is_the_same_on_both_engines) {
  if (!db::TestDatabase::has_server()) GTEST_SKIP() << "no PostgreSQL server is named";
  db::TestDatabase sqlite{schema::migrations()};
  db::TestDatabase postgres{schema::migrations(), schema::postgres_migrations()};
  const auto facts = [](db::TestDatabase& database, db::Sql sql) {
    return *database.read(
        [&](db::Transaction& tx) { return tx.all(sql, [](db::Row& row) { return row.take<std::string>(); }); });
  };
  const auto are_alike = [&](db::Sql of_sqlite, db::Sql of_postgres) {
    const auto expected = facts(sqlite, of_sqlite);
    EXPECT_FALSE(expected.empty());
    EXPECT_THAT(facts(postgres, of_postgres), testing::UnorderedElementsAreArray(expected));
  };
  are_alike(kColumnsOfSqlite, kColumnsOfPostgres);
  are_alike(kIndexesOfSqlite, kIndexesOfPostgres);
  are_alike(kReferencesOfSqlite, kReferencesOfPostgres);
  are_alike(kChecksOfSqlite, kChecksOfPostgres);
}

}  // namespace
}  // namespace qantara::gateway
