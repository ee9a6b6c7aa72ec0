// `dev`: gateway, sandbox bank and demo shop in one process, so one Ctrl-C ends all and none outlives the others.
#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <iostream>

#include "assets/assets.h"
#include "base/event_loop.h"
#include "base/nursery.h"
#include "base/timers.h"
#include "cli/listen.h"
#include "demo_shop/demo_shop.h"
#include "gateway/configuration.h"
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

/// What runs side by side. A merchant, a gateway and a bank know each other by URL alone.
struct Town {
  std::unique_ptr<demo_shop::DemoShop> shop;
  std::unique_ptr<sandbox_bank::SandboxBank> bank;
  std::unique_ptr<Gateway> gateway;
  DevApplication application;

  /// The gateway first: what it still has to tell the shop and to ask the bank finds somebody there.
  Task<void> stop() {
    if (gateway) co_await gateway->stop();
    if (shop) co_await shop->stop();
    if (bank) co_await bank->stop();
  }
};

/// The port `steps` above the gateway's; 0, any free one, where that is what the gateway takes.
std::uint16_t port_above(const Listen& listen, int steps) {
  const int port = listen.port + steps;
  return static_cast<std::uint16_t>(listen.port == 0 || port > 65535 ? 0 : port);
}

std::uint16_t port_of(const std::string& url) {
  std::uint16_t port = 0;
  if (const auto parts = http::parse_url(url))
    std::from_chars(parts->port.data(), parts->port.data() + parts->port.size(), port);
  return port;
}

/// As a browser on this machine reaches it: a server at 0.0.0.0 is at every address, but 0.0.0.0 is none.
std::string for_browsers(std::string url) {
  constexpr std::string_view kAnywhere = "//0.0.0.0:";
  if (const auto at = url.find(kAnywhere); at != std::string::npos) url.replace(at, kAnywhere.size(), "//127.0.0.1:");
  return url;
}

/// The shop's page as the build left it in the binary.
std::optional<http::Response> shop_page(const http::Request& request) {
  const bool is_page = request.path == "/";
  const auto* const asset = assets::find(is_page ? "shop/index.html" : "shop" + request.path);
  if (asset == nullptr) return std::nullopt;
  return assets::serve(*asset, request, is_page ? assets::Caching::NEVER : assets::Caching::FOREVER);
}

/// Starts everything, or stops what it has started.
class Founding {
 public:
  Founding(Executor executor, const Clock& clock, Random& random, const DevOptions& options)
      : executor_(std::move(executor)), clock_(clock), random_(random), options_(options) {}

  Task<Result<Town>> run() {
    std::error_code failed;
    std::filesystem::create_directories(options_.data, failed);
    const auto founded = co_await found();
    if (founded) co_return std::move(town_);
    co_await town_.stop();
    auto why = founded.error();
    if (why.code == ErrorCode::SERVICE_UNAVAILABLE) {
      why.message +=
          " Is another qantara dev running? --listen ADDRESS:PORT moves gateway, bank and shop to that port "
          "and the two above it (port 0: free ones); --data DIR is another folder.";
    }
    co_return why;
  }

 private:
  Task<Result<void>> found() {
    CO_ASSIGN_OR_RETURN(auto banks, configured_banks(*options_.banks));
    CO_ASSIGN_OR_RETURN(const auto known, read_dev_application(options_.data));
    const auto& address = options_.listen.address;
    // The shop listens before the gateway runs: what an earlier run did not deliver comes at once.
    CO_ASSIGN_OR_RETURN(town_.shop,
                        demo_shop::DemoShop::start(executor_, clock_, random_,
                                                   {.address = address,
                                                    .port = port_above(options_.listen, 2),
                                                    .wanted_port = known ? port_of(known->shop.url) : std::uint16_t{0},
                                                    .file = options_.data / "demo-shop.db",
                                                    .pages = shop_page}));
    CO_ASSIGN_OR_RETURN(town_.bank, sandbox_bank::SandboxBank::start(executor_, clock_, random_,
                                                                     {.address = address,
                                                                      .port = port_above(options_.listen, 1),
                                                                      .file = options_.data / "sandbox-bank.db"}));
    CO_ASSIGN_OR_RETURN(town_.gateway, co_await Gateway::start(executor_, clock_, random_,
                                                               {.address = address,
                                                                .port = options_.listen.port,
                                                                .public_url = options_.public_url,
                                                                .data = options_.data,
                                                                .database = options_.database,
                                                                .durability = options_.durability,
                                                                .webhook_networks = {"127.0.0.0/8", "::1/128", address},
                                                                .sandbox_bank_url = town_.bank->url(),
                                                                .bank_timeout = options_.bank_timeout,
                                                                .banks = std::move(banks),
                                                                .run_by = options_.run_by}));
    CO_ASSIGN_OR_RETURN(town_.application,
                        co_await open_dev_application(town_.gateway->services(), options_.data, known,
                                                      options_.webhook_url, town_.shop->webhook_url()));
    town_.shop->open({.gateway_url = for_browsers(town_.gateway->url()),
                      .app_token = town_.application.app_token,
                      .webhook_secret = town_.application.shop.secret,
                      .sandbox_bank_url = for_browsers(town_.bank->url()),
                      .operator_socket = options_.data / "admin.sock"});
    co_return Result<void>{};
  }

  Executor executor_;
  const Clock& clock_;
  Random& random_;
  const DevOptions& options_;
  Town town_;
};

void print_ready(const DevOptions& options, const Town& town) {
  const auto& application = town.application;
  if (options.json) {
    json::Writer line;
    line.begin_object()
        .member("url", town.gateway->url())
        .member("sandbox_bank_url", town.bank->url())
        .member("shop_url", town.shop->url())
        .member("app_token", application.app_token)
        .member("client_id", application.app_token)
        .member("client_secret", application.client_secret.reveal());
    if (!application.webhook.url.empty()) line.member("webhook_secret", application.webhook.secret.reveal());
    line.end_object();
    fmt::print("{}\n", line.text());
  } else {
    fmt::print("gateway  {}    bank  {}    shop  {}\n", town.gateway->url(), town.bank->url(), town.shop->url());
    fmt::print("app      Marsa Wallet (sandbox)   token {}   secrets: qantara dev --json   data {}\n",
               application.app_token, options.data.string());
  }
  std::fflush(stdout);
}

void invite(const Town& town) {
  fmt::print("open     {}   the demo shop: connect a bank, top up, see each webhook arrive\n", town.shop->url());
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
  Founding founding{loop.executor(), clock, random, options};
  auto founded = co_await founding.run();
  if (!founded) co_return refuse_to_start(founded.error());
  auto town = *std::move(founded);
  print_ready(options, town);

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
    beside.start(print_webhooks(context, options.data, town.application.app_token, [&] {
      listening = true;
      bell->ring();
    }));
  }
  int code = 0;
  if (options.demo || options.once) {
    while (!listening && !stopping) co_await bell->wait_until(Instant::max());
    const DemoWorld world{.url = town.gateway->url(),
                          .bank_url = town.bank->url(),
                          .data = options.data,
                          .app_token = town.application.app_token};
    code = co_await run_demo(context, world);
    if (code == 0 && !options.once && !options.json) invite(town);
  }
  if (!options.once && !stopping) co_await wait_for(*bell, stopping);
  stops.stop();
  co_await beside.finish();
  co_await town.stop();
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
