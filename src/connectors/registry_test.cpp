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

}  // namespace
}  // namespace qantara::connectors
