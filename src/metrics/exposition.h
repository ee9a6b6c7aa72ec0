// The text format that Prometheus reads (version 0.0.4).
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "metrics/metrics.h"

namespace qantara::metrics {

enum class Type { COUNTER, GAUGE, HISTOGRAM };
std::string_view to_text(Type type);  ///< "counter"

/// What an integer counts. Microseconds are told in seconds, as Prometheus wants them.
enum class Unit { ONE, MICROSECONDS };

struct Label {
  std::string_view name;
  std::string_view value;  ///< Any text.
};
using Labels = std::initializer_list<Label>;

/// Writes families one after the other, each begun once, its samples behind it.
class Exposition {
 public:
  /// `name`: of letters, digits and '_', a counter's with "_total" at its end. `help`: one line.
  void begin(std::string_view name, Type type, std::string_view help);

  void sample(Labels labels, std::int64_t value, Unit unit = Unit::ONE);
  void sample(Labels labels, const Counter& counter);
  void sample(Labels labels, const Histogram& histogram, Unit unit = Unit::ONE);

  std::string text() && { return std::move(out_); }

 private:
  void line(std::string_view suffix, Labels labels, std::string_view bound, std::int64_t value, Unit unit);

  std::string out_;
  std::string name_;
};

}  // namespace qantara::metrics
