#include "metrics/exposition.h"

#include <fmt/format.h>

#include <cstdlib>

namespace qantara::metrics {

namespace {

constexpr std::int64_t kMicrosPerSecond = 1'000'000;

/// "0.0025" for 2500 microseconds: exact, and without floating point's surprises.
std::string number(std::int64_t value, Unit unit) {
  if (unit == Unit::ONE) return std::to_string(value);
  auto text = fmt::format("{}{}.{:06}", value < 0 ? "-" : "", std::abs(value / kMicrosPerSecond),
                          std::abs(value % kMicrosPerSecond));
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

void append_escaped(std::string& out, std::string_view value) {
  for (const char letter : value) {
    if (letter == '\n') {
      out += "\\n";
      continue;
    }
    if (letter == '\\' || letter == '"') out += '\\';
    out += letter;
  }
}

}  // namespace

std::string_view to_text(Type type) {
  switch (type) {
    case Type::COUNTER:
      return "counter";
    case Type::GAUGE:
      return "gauge";
    case Type::HISTOGRAM:
      return "histogram";
  }
  return "untyped";
}

void Exposition::begin(std::string_view name, Type type, std::string_view help) {
  name_ = name;
  out_ += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, to_text(type));
}

void Exposition::sample(Labels labels, std::int64_t value, Unit unit) { line("", labels, "", value, unit); }

void Exposition::sample(Labels labels, const Counter& counter) {
  sample(labels, static_cast<std::int64_t>(counter.value()));
}

void Exposition::sample(Labels labels, const Histogram& histogram, Unit unit) {
  const auto found = histogram.snapshot();
  for (std::size_t i = 0; i < found.up_to.size(); ++i) {
    line("_bucket", labels, number(histogram.bounds()[i], unit), static_cast<std::int64_t>(found.up_to[i]), Unit::ONE);
  }
  line("_bucket", labels, "+Inf", static_cast<std::int64_t>(found.count), Unit::ONE);
  line("_sum", labels, "", found.sum, unit);
  line("_count", labels, "", static_cast<std::int64_t>(found.count), Unit::ONE);
}

void Exposition::line(std::string_view suffix, Labels labels, std::string_view bound, std::int64_t value, Unit unit) {
  out_ += name_;
  out_ += suffix;
  char separator = '{';
  const auto label = [&](std::string_view name, std::string_view text) {
    out_ += separator;
    out_ += name;
    out_ += "=\"";
    append_escaped(out_, text);
    out_ += '"';
    separator = ',';
  };
  for (const auto& [name, text] : labels) label(name, text);
  if (!bound.empty()) label("le", bound);
  if (separator == ',') out_ += '}';
  out_ += ' ';
  out_ += number(value, unit);
  out_ += '\n';
}

}  // namespace qantara::metrics
