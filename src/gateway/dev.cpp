// `dev`: gateway and sandbox bank in one process, so one Ctrl-C ends both and neither outlives the other.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>

#include "base/event_loop.h"
#include "base/nursery.h"
#include "base/timers.h"
#include "cli/listen.h"
#include "gateway/demo.h"
#include "gateway/dev_application.h"
#include "gateway/gateway.h"
#include "gateway/server_options.h"
#include "http/client.h"
#include "json/json.h"
#include "sandbox_bank/sandbox_bank.h"

namespace qantara::gateway {

namespace {

/// What Ctrl-C must end: it is pressed once, for all of them.
class Stops {
 public:
  explicit Stops(EventLoop& loop) {
    loop.on_signal([this] { stop(); });
  }
  void add(std::function<void()> stop) { stops_.push_back(std::move(stop)); }
  void stop() {
    for (const auto& stop : stops_) stop();
  }

 private:
  std::vector<std::function<void()>> stops_;
};

void print_ready(const DevOptions& options, const Gateway& gateway, const sandbox_bank::SandboxBank& bank,
                 const DevApplication& application) {
  if (options.json) {
    json::Writer line;
    line.begin_object()
        .member("url", gateway.url())
        .member("sandbox_bank_url", bank.url())
        .member("app_token", application.app_token)
        .member("client_id", application.app_token)
        .member("client_secret", application.client_secret.reveal());
    if (!application.webhook_secret.empty()) line.member("webhook_secret", application.webhook_secret.reveal());
    line.end_object();
    fmt::print("{}\n", line.text());
  } else {
    fmt::print("gateway  {}    bank  {}\n", gateway.url(), bank.url());
    fmt::print("app      Marsa Wallet (sandbox)   token {}   secrets: qantara dev --json   data {}\n",
               application.app_token, options.data.string());
  }
  std::fflush(stdout);
}

Task<void> print_webhooks(cli::Context& context, std::filesystem::path data, std::string app_token,
                          std::function<void()> listening) {
  cli::ListenOptions options{.data = std::move(data), .app_token = std::move(app_token)};
  options.listening = std::move(listening);
  (void)co_await cli::listen(context, std::move(options));
}

Task<void> wait_for(Bell& bell, const bool& flag) {
  while (!flag) co_await bell.wait_until(Instant::max());
}

Task<int> run(EventLoop& loop, const Clock& clock, Random& random, const DevOptions& options) {
  std::error_code failed;
  std::filesystem::create_directories(options.data, failed);
  const auto bank_port = static_cast<std::uint16_t>(options.listen.port == 0 ? 0 : options.listen.port + 1);
  auto bank_started = sandbox_bank::SandboxBank::start(
      loop.executor(), clock, random,
      {.address = options.listen.address, .port = bank_port, .file = options.data / "sandbox-bank.db"});
  if (!bank_started) co_return refuse_to_start(bank_started.error());
  const auto bank = *std::move(bank_started);

  auto gateway_started = co_await Gateway::start(loop.executor(), clock, random,
                                                 {.address = options.listen.address,
                                                  .port = options.listen.port,
                                                  .data = options.data,
                                                  .webhook_networks = {"127.0.0.0/8", "::1/128"},
                                                  .sandbox_bank_url = bank->url(),
                                                  .bank_timeout = options.bank_timeout});
  if (!gateway_started) {
    co_await bank->stop();
    co_return refuse_to_start(gateway_started.error());
  }
  const auto gateway = *std::move(gateway_started);
  const auto application = co_await open_dev_application(gateway->services(), options.data, options.webhook_url);
  if (!application) {
    co_await gateway->stop();
    co_await bank->stop();
    co_return refuse_to_start(application.error());
  }
  print_ready(options, *gateway, *bank, *application);

  const auto timers = make_system_timers(loop.executor(), clock);
  const auto dns = http::make_system_dns(loop.executor());
  const auto client = http::make_client(loop.executor(), *dns, {});
  const auto bell = timers->make_bell();
  cli::Terminal out{std::cout, cli::look_of(STDOUT_FILENO, cli::ColorWish::AUTO), cli::system_utc_offset()};
  cli::Terminal err{std::cerr, cli::look_of(STDERR_FILENO, cli::ColorWish::AUTO), cli::system_utc_offset()};
  Stops stops{loop};
  bool stopping = false;
  stops.add([&] {
    stopping = true;
    bell->ring();
  });
  cli::Context context{.executor = loop.executor(),
                       .client = *client,
                       .timers = *timers,
                       .clock = clock,
                       .random = random,
                       .out = out,
                       .err = err,
                       .on_signal = [&stops](std::function<void()> stop) { stops.add(std::move(stop)); }};

  // Standard output is for the one line that programs read, or for the webhooks that people read.
  Nursery beside{loop.executor()};
  bool listening = options.json;
  if (!options.json) {
    beside.start(print_webhooks(context, options.data, application->app_token, [&] {
      listening = true;
      bell->ring();
    }));
  }
  int code = 0;
  if (options.demo || options.once) {
    while (!listening && !stopping) co_await bell->wait_until(Instant::max());
    const DemoWorld world{
        .url = gateway->url(), .bank_url = bank->url(), .data = options.data, .app_token = application->app_token};
    code = co_await run_demo(context, world);
  }
  if (!options.once && !stopping) co_await wait_for(*bell, stopping);
  stops.stop();
  co_await beside.finish();
  co_await gateway->stop();
  co_await bank->stop();
  co_return code;
}

}  // namespace

int run_dev(const DevOptions& options) {
  log::start(options.log_level);
  const SystemClock clock;
  SystemRandom random;
  EventLoop loop;
  const int code = loop.run(run(loop, clock, random, options));
  log::stop();
  return code;
}

}  // namespace qantara::gateway
