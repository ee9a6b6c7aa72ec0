// docs/reference/metrics.md is rendered from the rows; a stale page fails here. QANTARA_RENDER=1 writes it anew.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "gateway/metric_rows.h"

namespace qantara::gateway {
namespace {

std::string read(const std::filesystem::path& file) {
  std::ifstream in{file};
  return {std::istreambuf_iterator<char>{in}, {}};
}

std::string render() {
  std::string page =
      "# Metrics\n\n"
      "What `qantara serve --metrics-listen` tells Prometheus at `GET /metrics` (text format 0.0.4). Labels have few "
      "values:\n"
      "no id, no customer and no URL is among them. A histogram has `_bucket`, `_sum` and `_count`, with the label "
      "`le` more.\n"
      "Counters begin at 0 when the gateway starts. `tools/grafana/qantara.json` is a dashboard of them.\n"
      "This page is rendered from `src/gateway/metric_rows.cpp`.\n\n"
      "| name | type | labels | |\n|---|---|---|---|\n";
  for (const auto& row : metric_rows()) {
    page += "| `" + std::string{row.name} + "` | " + std::string{metrics::to_text(row.type)} + " | " +
            std::string{row.labels} + " | " + std::string{row.help} + " |\n";
  }
  return page;
}

TEST(Metrics, the_page_is_what_the_rows_say) {
  const auto page = std::filesystem::path{QANTARA_SOURCE_DIR} / "docs/reference/metrics.md";
  const auto rendered = render();
  if (std::getenv("QANTARA_RENDER") != nullptr) std::ofstream{page} << rendered;
  EXPECT_EQ(read(page), rendered) << "stale: run gateway_test with QANTARA_RENDER=1";
}

TEST(Metrics, each_has_a_name_of_its_own_that_says_what_it_counts) {
  std::set<std::string_view> names;
  for (const auto& row : metric_rows()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_EQ(row.type == metrics::Type::COUNTER, row.name.ends_with("_total")) << row.name;
    EXPECT_TRUE(row.help.ends_with('.')) << row.name;
    EXPECT_FALSE(row.help.contains('\n')) << row.name;
  }
}

TEST(Metrics, the_dashboard_asks_for_each_and_for_nothing_else) {
  const auto dashboard = read(std::filesystem::path{QANTARA_SOURCE_DIR} / "tools/grafana/qantara.json");
  std::set<std::string> asked;
  for (const std::string prefix : {"qantara_", "process_"}) {
    for (auto at = dashboard.find(prefix); at != std::string::npos; at = dashboard.find(prefix, at + 1)) {
      const auto end = dashboard.find_first_not_of("abcdefghijklmnopqrstuvwxyz_0123456789", at);
      asked.insert(dashboard.substr(at, end - at));
    }
  }
  for (const auto& row : metric_rows()) {
    const bool is_histogram = row.type == metrics::Type::HISTOGRAM;
    std::size_t times = 0;
    for (const auto* const part : {"_bucket", "_sum", "_count"}) {
      if (is_histogram) times += asked.erase(std::string{row.name} + part);
    }
    if (!is_histogram) times = asked.erase(std::string{row.name});
    EXPECT_GT(times, 0U) << "nowhere on the dashboard: " << row.name;
  }
  EXPECT_TRUE(asked.empty()) << "no metric: " << *asked.begin();
}

}  // namespace
}  // namespace qantara::gateway
