#include "applications/applications.h"

#include <gtest/gtest.h>

#include "db/test_database.h"
#include "migrations/gateway.h"

namespace qantara::applications {
namespace {

class applications : public testing::Test {
 protected:
  Result<CreatedApplication> create(const NewApplication& wanted) {
    return database.write([&](db::Transaction& tx) { return it.create(tx, wanted); });
  }

  ManualClock clock{Instant{std::chrono::seconds{1'700'000'000}}};
  SeededRandom random{1};
  db::TestDatabase database{gateway::schema::migrations(), gateway::schema::postgres_migrations()};
  const Applications it{clock, random};
};

TEST_F(applications, are_created_with_a_secret_that_is_shown_once) {
  const auto created = create(
      {.name = " Shop \n", .origins = {"https://shop.example", "http://localhost:3000", "https://shop.example"}});
  ASSERT_TRUE(created);
  EXPECT_EQ(created->application.name, "Shop");
  EXPECT_EQ(created->application.mode, Mode::SANDBOX);
  EXPECT_EQ(created->application.created_at, clock.now());
  const auto secret = created->client_secret.reveal();
  EXPECT_EQ(secret.size(), 3U + 48U);
  EXPECT_TRUE(secret.starts_with("qs_"));
  EXPECT_FALSE(database.holds_in_the_clear(secret));
  EXPECT_TRUE(database.holds_in_the_clear("Shop"));  // The search does find what is there.

  const auto found = *database.read([&](db::Transaction& tx) { return it.find(tx, created->application.id); });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->name, "Shop");
  EXPECT_FALSE(found->default_destination);
  const auto origins = *database.read([&](db::Transaction& tx) { return it.origins(tx, created->application.id); });
  EXPECT_EQ(origins, (std::vector<std::string>{"http://localhost:3000", "https://shop.example"}));
}

TEST_F(applications, have_secrets_of_their_own) {
  const auto first = create({.name = "one"});
  const auto second = create({.name = "two"});
  EXPECT_NE(first->client_secret.reveal(), second->client_secret.reveal());
  EXPECT_NE(first->application.id, second->application.id);
  const auto listed = *database.read([&](db::Transaction& tx) { return it.list(tx); });
  EXPECT_EQ(listed.size(), 2U);
}

TEST_F(applications, are_refused_with_the_field_at_fault) {
  std::string hundred;
  for (int i = 0; i < 100; ++i) hundred += "\u0642";
  const struct {
    NewApplication wanted;
    std::string_view field;  // Empty: accepted.
  } rows[] = {
      {{.name = hundred}, ""},
      {{.name = hundred + "x"}, "name"},
      {{.name = ""}, "name"},
      {{.name = " \t"}, "name"},
      {{.name = "shop", .mode = Mode::LIVE}, ""},
      {{.name = "shop", .origins = {"https://Shop.example:443", "http://127.0.0.1:8080"}}, ""},
      {{.name = "shop", .origins = {"http://[::1]:8080"}}, "origin"},
      {{.name = "shop", .origins = {"shop.example"}}, "origin"},
      {{.name = "shop", .origins = {"https://"}}, "origin"},
      {{.name = "shop", .origins = {"ftp://shop.example"}}, "origin"},
      {{.name = "shop", .origins = {"https://shop.example/"}}, "origin"},
      {{.name = "shop", .origins = {"https://user@shop.example"}}, "origin"},
      {{.name = "shop", .origins = {"https://shop.example", "*"}}, "origin"},
      {{.name = "shop", .origins = {"https://" + std::string(256, 'a')}}, "origin"},
  };
  std::size_t accepted = 0;
  for (const auto& row : rows) {
    const auto created = create(row.wanted);
    accepted += row.field.empty() ? 1 : 0;
    ASSERT_EQ(created.has_value(), row.field.empty()) << row.wanted.name;
    if (created) continue;
    EXPECT_EQ(created.error().code, ErrorCode::INVALID_PARAMETERS);
    EXPECT_EQ(created.error().fields.at(0).field, row.field);
  }
  EXPECT_EQ(database.read([&](db::Transaction& tx) { return it.list(tx); })->size(), accepted)
      << "a refusal writes nothing";
}

TEST_F(applications, take_and_lose_origins_in_the_form_browsers_write) {
  const auto id = create({.name = "shop"})->application.id;
  const auto change = [&](auto what, ApplicationId of, std::string_view origin) {
    return database.write([&](db::Transaction& tx) { return (it.*what)(tx, of, origin); });
  };
  const auto registered = [&] { return *database.read([&](db::Transaction& tx) { return it.origins(tx, id); }); };
  EXPECT_TRUE(change(&Applications::add_origin, id, "https://Shop.example:443"));
  EXPECT_TRUE(change(&Applications::add_origin, id, "https://shop.example"));
  EXPECT_TRUE(change(&Applications::add_origin, id, "http://127.0.0.1:7072"));
  EXPECT_EQ(registered(), (std::vector<std::string>{"http://127.0.0.1:7072", "https://shop.example"}));
  EXPECT_TRUE(change(&Applications::remove_origin, id, "HTTPS://shop.example"));
  EXPECT_EQ(registered(), (std::vector<std::string>{"http://127.0.0.1:7072"}));

  const auto gone = change(&Applications::remove_origin, id, "https://shop.example");
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().fields.at(0).field, "origin");
  for (const auto what : {&Applications::add_origin, &Applications::remove_origin}) {
    EXPECT_EQ(change(what, id, "shop.example").error().code, ErrorCode::INVALID_PARAMETERS);
    EXPECT_EQ(change(what, ApplicationId{}, "https://shop.example").error().code, ErrorCode::UNKNOWN_APPLICATION);
  }
}

TEST_F(applications, send_payers_back_to_what_is_registered) {
  const auto sandbox = create({.name = "shop", .origins = {"https://shop.example"}})->application.id;
  const auto live = create({.name = "shop", .mode = Mode::LIVE, .origins = {"https://shop.example"}})->application.id;
  const auto change = [&](auto what, ApplicationId of, std::string_view url) {
    return database.write([&](db::Transaction& tx) { return (it.*what)(tx, of, url); });
  };
  const auto may = [&](ApplicationId of, std::string_view url) {
    return *database.read([&](db::Transaction& tx) { return it.may_return_to(tx, of, url); });
  };
  EXPECT_TRUE(may(sandbox, "https://shop.example/any"));
  EXPECT_FALSE(may(live, "https://shop.example/any"));
  for (const auto id : {sandbox, live}) {
    EXPECT_TRUE(change(&Applications::add_redirect_url, id, "https://shop.example/back"));
    EXPECT_TRUE(change(&Applications::add_redirect_url, id, "https://shop.example/back"));
    EXPECT_TRUE(may(id, "https://shop.example/back"));
    EXPECT_FALSE(may(id, "https://shop.example/any"));
    const auto urls = *database.read([&](db::Transaction& tx) { return it.redirect_urls(tx, id); });
    EXPECT_EQ(urls, (std::vector<std::string>{"https://shop.example/back"}));
  }
  EXPECT_TRUE(change(&Applications::add_redirect_url, sandbox, "http://localhost:3000/back"));
  const auto plain = change(&Applications::add_redirect_url, live, "http://localhost:3000/back");
  ASSERT_FALSE(plain);
  EXPECT_EQ(plain.error().fields.at(0).field, "redirect_url");

  EXPECT_TRUE(change(&Applications::remove_redirect_url, live, "https://shop.example/back"));
  EXPECT_FALSE(may(live, "https://shop.example/back"));
  EXPECT_EQ(change(&Applications::remove_redirect_url, live, "https://shop.example/back").error().fields.at(0).field,
            "redirect_url");
  EXPECT_EQ(change(&Applications::add_redirect_url, ApplicationId{}, "https://a.example/").error().code,
            ErrorCode::UNKNOWN_APPLICATION);
}

TEST_F(applications, are_nothing_where_the_id_is_unknown) {
  const auto found = database.read([&](db::Transaction& tx) { return it.find(tx, ApplicationId{}); });
  ASSERT_TRUE(found);
  EXPECT_FALSE(*found);
}

}  // namespace
}  // namespace qantara::applications
