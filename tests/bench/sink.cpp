// Where all engines deliver to: takes every POST and counts. How late a delivery is, it reads off the body's "timestamp".
//   sink [PORT]          GET /figures tells {"count":…,"lag_us":{…}}; DELETE /figures begins anew.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/event_loop.h"
#include "histogram.h"
#include "http/server.h"
#include "serving.h"

namespace qantara::bench {
namespace {

struct Figures {
  std::uint64_t count = 0;
  Histogram lag;
};

/// The value of the first "timestamp" in a JSON text, found without reading all of it: the sink is not what is measured.
std::optional<Instant> timestamp_of(std::string_view body) {
  constexpr std::string_view kName = "\"timestamp\":\"";
  const auto name = body.find(kName);
  if (name == std::string_view::npos) return std::nullopt;
  const auto value = body.substr(name + kName.size());
  return parse_instant(value.substr(0, value.find('"')));
}

http::Response tell(const Figures& figures) {
  return http::Response::json(
      200, fmt::format(R"({{"count":{},"lag_us":{{"p50":{},"p99":{},"max":{}}}}})", figures.count,
                       figures.lag.percentile(0.5), figures.lag.percentile(0.99), figures.lag.max()));
}

Task<http::Response> answer(const http::Request& request, const Clock& clock, Figures& figures) {
  if (request.method == http::Method::POST) {
    ++figures.count;
    if (const auto at = timestamp_of(request.body))
      figures.lag.add(static_cast<std::uint64_t>(std::max(Duration{}, clock.now() - *at).count()));
    co_return http::Response::text(200, "ok\n");
  }
  if (request.method == http::Method::DELETE) figures = {};
  co_return tell(figures);
}

Task<int> serve(EventLoop& loop, const Clock& clock, Random& random, std::uint16_t port) {
  Figures figures;
  http::ServerOptions options{.port = port};
  options.handler = [&](http::Request& request) { return answer(request, clock, figures); };
  const int code = co_await serve_until_signal(loop, clock, random, std::move(options));
  co_return code;
}

}  // namespace
}  // namespace qantara::bench

int main(int argc, char** argv) {
  const qantara::SystemClock clock;
  qantara::SystemRandom random;
  qantara::EventLoop loop;
  const int port = argc > 1 ? std::atoi(argv[1]) : 0;
  return loop.run(qantara::bench::serve(loop, clock, random, static_cast<std::uint16_t>(port)));
}
