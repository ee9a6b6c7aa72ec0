// `serve` and `sandbox-bank`: one server each, until it is told to stop.
#include <fmt/format.h>

#include <cstdio>

#include "base/event_loop.h"
#include "base/timers.h"
#include "gateway/configuration.h"
#include "gateway/gateway.h"
#include "gateway/server_options.h"
#include "json/json.h"
#include "sandbox_bank/sandbox_bank.h"

namespace qantara::gateway {

int refuse_to_start(const Error& error) {
  fmt::print(stderr, "qantara: {}{}\n", error.message, error.cause.empty() ? "" : " (" + error.cause + ")");
  return 1;
}

namespace {

void print_line(const std::string& line) {
  fmt::print("{}\n", line);
  std::fflush(stdout);
}

Task<void> wait_for_signal(EventLoop& loop, Bell& bell) {
  bool stopping = false;
  loop.on_signal([&] {
    stopping = true;
    bell.ring();
  });
  while (!stopping) co_await bell.wait_until(Instant::max());
}

std::optional<GatewayOptions::MetricsAddress> metrics_address(const ServeOptions& options) {
  if (!options.metrics_listen) return std::nullopt;
  return GatewayOptions::MetricsAddress{.address = options.metrics_listen->address,
                                        .port = options.metrics_listen->port};
}

std::optional<http::ServerTlsOptions> tls_options(const ServeOptions& options) {
  return options.tls.certificate.empty() ? std::nullopt : std::optional{options.tls};
}

Task<int> run_gateway(EventLoop& loop, const Clock& clock, Random& random, const ServeOptions& options) {
  auto banks = configured_banks(*options.banks);
  if (!banks) co_return refuse_to_start(banks.error());
  auto started = co_await Gateway::start(loop.executor(), clock, random,
                                         {.address = options.listen.address,
                                          .port = options.listen.port,
                                          .public_url = options.public_url,
                                          .data = options.data,
                                          .database = options.database,
                                          .durability = options.durability,
                                          .webhook_networks = options.webhook_networks,
                                          .sandbox_bank_url = options.sandbox_bank_url,
                                          .bank_timeout = options.bank_timeout,
                                          .banks = *std::move(banks),
                                          .commit_max = options.commit_max,
                                          .run_by = options.run_by,
                                          .retention = options.retention,
                                          .metrics = metrics_address(options),
                                          .tls = tls_options(options),
                                          .application_rate = options.application_rate,
                                          .proxies = options.proxies,
                                          .on_copy = GatewayOptions::OnCopy::STAND_BY});
  if (!started) co_return refuse_to_start(started.error());
  const auto gateway = *std::move(started);
  if (options.json) {
    json::Writer line;
    line.begin_object().member("url", gateway->url());
    if (!options.sandbox_bank_url.empty()) line.member("sandbox_bank_url", options.sandbox_bank_url);
    if (!gateway->metrics_url().empty()) line.member("metrics_url", gateway->metrics_url());
    if (gateway->standing() == Standing::COPY) line.member("stands_by", true);
    line.end_object();
    print_line(line.text());
  } else {
    print_line("gateway  " + gateway->url() + "   data " + options.data.string() +
               (options.database.empty() ? "" : ", in PostgreSQL"));
    if (!gateway->metrics_url().empty()) print_line("metrics  " + gateway->metrics_url());
    if (gateway->standing() == Standing::COPY) {
      print_line(
          "stands by: this database is a copy, or was moved. Nothing is changed, delivered or submitted until\n  " +
          how_to_activate(options.data, options.database));
    }
  }
  const auto timers = make_system_timers(loop.executor(), clock);
  const auto bell = timers->make_bell();
  if (tls_options(options)) loop.on_hangup([&gateway] { gateway->reload_certificate(); });
  co_await wait_for_signal(loop, *bell);
  co_await gateway->stop();
  co_return 0;
}

Task<int> run_sandbox_bank(EventLoop& loop, const Clock& clock, Random& random, const SandboxBankOptions& options) {
  std::error_code failed;
  std::filesystem::create_directories(options.data, failed);
  auto started = sandbox_bank::SandboxBank::start(
      loop.executor(), clock, random,
      {.address = options.listen.address, .port = options.listen.port, .file = options.data / "sandbox-bank.db"});
  if (!started) co_return refuse_to_start(started.error());
  const auto bank = *std::move(started);
  if (options.json) {
    json::Writer line;
    line.begin_object().member("sandbox_bank_url", bank->url()).end_object();
    print_line(line.text());
  } else {
    print_line("sandbox bank  " + bank->url() + "   data " + options.data.string());
  }
  const auto timers = make_system_timers(loop.executor(), clock);
  const auto bell = timers->make_bell();
  co_await wait_for_signal(loop, *bell);
  co_await bank->stop();
  co_return 0;
}

}  // namespace

int serve(const ServeOptions& options) {
  log::start(options.log_level);
  const SystemClock clock;
  SystemRandom random;
  EventLoop loop;
  const int code = loop.run(run_gateway(loop, clock, random, options));
  log::stop();
  return code;
}

int serve_sandbox_bank(const SandboxBankOptions& options) {
  log::start(options.log_level);
  const SystemClock clock;
  SystemRandom random;
  EventLoop loop;
  const int code = loop.run(run_sandbox_bank(loop, clock, random, options));
  log::stop();
  return code;
}

}  // namespace qantara::gateway
