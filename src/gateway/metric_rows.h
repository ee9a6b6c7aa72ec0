// Every number that the gateway tells, as rows: docs/reference/metrics.md is rendered from them, and what is not here is
// not told. Labels have few values: routes, statuses, banks; never an id, a customer or a URL.
#pragma once

#include <span>
#include <string_view>

#include "metrics/exposition.h"

namespace qantara::gateway {

struct MetricRow {
  std::string_view name;
  metrics::Type type;
  std::string_view labels;  ///< "route, method"; empty for none.
  std::string_view help;    ///< One line.
};

std::span<const MetricRow> metric_rows();

/// The row of this name; one that is not there is a bug of ours.
const MetricRow& metric_row(std::string_view name);

}  // namespace qantara::gateway
