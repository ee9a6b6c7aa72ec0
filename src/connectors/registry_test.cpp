#include "connectors/registry.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "connectors/bank_identity.h"
#include "connectors/berlin_group/test_bench.h"

namespace qantara::connectors {
namespace {

TEST(registry, refuses_what_nobody_speaks) {
  berlin_group::ScriptedBank server;
  SeededRandom random{1};
  ManualClock clock{Instant{}};
  for (const auto& [standard, url] : {std::pair{"obie", "https://bank.test"},
                                      {"berlin_group", "bank.test"},
                                      {"berlin_group", "ftp://x"},
                                      {"berlin_group", "https://bank.test/?a=b"}}) {
    banking::Bank bank{.identifier = "X", .standard = standard, .base_url = url};
    const auto made = make_connector(bank, server, random, clock);
    ASSERT_FALSE(made) << url;
    EXPECT_EQ(made.error().code, ErrorCode::INVALID_PARAMETERS);
  }
}

TEST(registry, refuses_files_by_the_names_of_the_settings) {
  const auto folder = std::filesystem::temp_directory_path();
  const auto key = folder / ("qantara-bank-key-" + std::to_string(::getpid()));
  std::ofstream{key} << "no key";
  std::filesystem::permissions(key, std::filesystem::perms::owner_read | std::filesystem::perms::others_read);
  const struct {
    banking::Bank bank;
    std::string_view field;
  } rows[] = {
      {{.client_certificate = "/nowhere/qwac.pem", .client_key = "/nowhere/qwac.key"}, "client_certificate"},
      {{.client_certificate = "/nowhere/qwac.pem", .client_key = key.string()}, "client_key"},
      {{.certificate_authority = "/nowhere/ca.pem"}, "certificate_authority"},
  };
  for (const auto& row : rows) {
    const auto made = identity_of(row.bank);
    ASSERT_FALSE(made) << row.field;
    ASSERT_EQ(made.error().fields.size(), 1U);
    EXPECT_EQ(made.error().fields.front().field, row.field);
  }
  std::filesystem::remove(key);
  EXPECT_EQ(*identity_of(banking::Bank{}), nullptr);
}

TEST(registry, speaks_the_minor_versions_too) {
  berlin_group::ScriptedBank server;
  SeededRandom random{1};
  ManualClock clock{Instant{}};
  for (const auto& [version, is_spoken] :
       {std::pair{"", true}, {"1.3", true}, {"1.3.12", true}, {"1.30", false}, {"2.0", false}}) {
    const banking::Bank bank{
        .identifier = "X", .standard = "berlin_group", .version = version, .base_url = "https://bank.test"};
    const auto made = make_connector(bank, server, random, clock);
    ASSERT_EQ(made.has_value(), is_spoken) << version;
    if (!made) EXPECT_EQ(made.error().fields.front().field, "version");
  }
}

}  // namespace
}  // namespace qantara::connectors
