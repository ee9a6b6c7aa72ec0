#include "metrics/metrics.h"

#include <gtest/gtest.h>

#include <thread>

#include "metrics/exposition.h"

namespace qantara::metrics {
namespace {

constexpr std::int64_t kBounds[] = {1'000, 2'500, 10'000};

TEST(Histogram, a_value_falls_into_the_first_bucket_that_holds_it) {
  const struct {
    std::int64_t value;
    std::vector<std::uint64_t> up_to;
  } rows[] = {
      {0, {1, 1, 1}}, {1'000, {1, 1, 1}}, {1'001, {0, 1, 1}}, {10'000, {0, 0, 1}}, {10'001, {0, 0, 0}},
  };
  for (const auto& row : rows) {
    Histogram histogram{kBounds};
    histogram.observe(row.value);
    const auto found = histogram.snapshot();
    EXPECT_EQ(found.up_to, row.up_to) << row.value;
    EXPECT_EQ(found.count, 1U);
    EXPECT_EQ(found.sum, row.value);
  }
}

TEST(Histogram, nothing_is_lost_between_threads) {
  Histogram histogram{kBounds};
  Counter counter;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int n = 0; n < 10'000; ++n) {
          histogram.observe(n);
          counter.add();
        }
      });
    }
  }
  EXPECT_EQ(histogram.snapshot().count, 40'000U);
  EXPECT_EQ(histogram.snapshot().sum, 4LL * 10'000 * 9'999 / 2);
  EXPECT_EQ(counter.value(), 40'000U);
}

TEST(Exposition, is_written_as_prometheus_reads_it) {
  Counter counter;
  counter.add(3);
  Histogram histogram{kBounds};
  histogram.observe(2'000);
  histogram.observe(1'000'500);
  Exposition out;
  out.begin("q_requests_total", Type::COUNTER, "Requests answered.");
  out.sample({{"route", "/a/{id}"}, {"status", "200"}}, counter);
  out.begin("q_size", Type::GAUGE, "How much.");
  out.sample({}, -7);
  out.begin("q_duration_seconds", Type::HISTOGRAM, "How long.");
  out.sample({{"text", "a \"b\"\\\n"}}, histogram, Unit::MICROSECONDS);
  EXPECT_EQ(std::move(out).text(),
            "# HELP q_requests_total Requests answered.\n"
            "# TYPE q_requests_total counter\n"
            "q_requests_total{route=\"/a/{id}\",status=\"200\"} 3\n"
            "# HELP q_size How much.\n"
            "# TYPE q_size gauge\n"
            "q_size -7\n"
            "# HELP q_duration_seconds How long.\n"
            "# TYPE q_duration_seconds histogram\n"
            "q_duration_seconds_bucket{text=\"a \\\"b\\\"\\\\\\n\",le=\"0.001\"} 0\n"
            "q_duration_seconds_bucket{text=\"a \\\"b\\\"\\\\\\n\",le=\"0.0025\"} 1\n"
            "q_duration_seconds_bucket{text=\"a \\\"b\\\"\\\\\\n\",le=\"0.01\"} 1\n"
            "q_duration_seconds_bucket{text=\"a \\\"b\\\"\\\\\\n\",le=\"+Inf\"} 2\n"
            "q_duration_seconds_sum{text=\"a \\\"b\\\"\\\\\\n\"} 1.0025\n"
            "q_duration_seconds_count{text=\"a \\\"b\\\"\\\\\\n\"} 2\n");
}

TEST(Exposition, tells_microseconds_in_seconds_exactly) {
  const struct {
    std::int64_t micros;
    std::string_view seconds;
  } rows[] = {{0, "0"}, {1, "0.000001"}, {1'000'000, "1"}, {1'500'000, "1.5"}, {-1, "-0.000001"}, {-2'000'000, "-2"}};
  for (const auto& row : rows) {
    Exposition out;
    out.begin("t", Type::GAUGE, "T.");
    out.sample({}, row.micros, Unit::MICROSECONDS);
    const auto text = std::move(out).text();
    EXPECT_TRUE(text.ends_with("\nt " + std::string{row.seconds} + "\n")) << text;
  }
}

}  // namespace
}  // namespace qantara::metrics
