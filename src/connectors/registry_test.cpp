#include "connectors/registry.h"

#include <gtest/gtest.h>

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
