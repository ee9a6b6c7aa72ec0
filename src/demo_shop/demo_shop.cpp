#include "demo_shop/demo_shop.h"

#include "migrations/demo_shop.h"

namespace qantara::demo_shop {

namespace {

constexpr std::size_t kBodyBytes = 64 * 1024;  ///< No event comes near it.

/// Listens at the port that is wanted; at another one where that is taken and any will do.
Result<std::unique_ptr<http::Server>> listen_at(Executor executor, Random& random, const Options& options,
                                                const http::Handler& handler) {
  http::ServerOptions server;
  server.address = options.address;
  server.port = options.port;
  server.limits.body_bytes = kBodyBytes;
  server.handler = handler;
  server.refuse = [](http::Refusal, int status, const std::string&, std::string_view message) {
    return refusal(status, "INVALID_PARAMETERS", message);
  };
  if (options.port == 0 && options.wanted_port != 0) {
    auto wanted = server;
    wanted.port = options.wanted_port;
    if (auto listening = http::listen(executor, random, std::move(wanted))) return listening;
  }
  return http::listen(executor, random, std::move(server));
}

/// How this machine reaches what listens at `address`.
std::string url_of(const std::string& address, std::uint16_t port) {
  auto host = address;
  if (address == "0.0.0.0") host = "127.0.0.1";
  if (address == "::") host = "::1";
  if (host.contains(':')) host = "[" + host + "]";
  return "http://" + host + ":" + std::to_string(port);
}

}  // namespace

DemoShop::DemoShop(Executor executor, const Clock& clock, Random& random, std::unique_ptr<db::Database> database,
                   Options options)
    : executor_(executor),
      clock_(clock),
      random_(random),
      database_(std::move(database)),
      timers_(make_system_timers(executor, clock)),
      dns_(http::make_system_dns(executor)),
      client_(http::make_client(executor, *dns_, {.user_agent = "Marsa Wallet"})),
      site_(std::move(options.pages), options.address, clock, *timers_),
      beside_(executor) {}

Result<std::unique_ptr<DemoShop>> DemoShop::start(Executor executor, const Clock& clock, Random& random,
                                                  Options options) {
  ASSIGN_OR_RETURN(auto database, db::open_sqlite({.file = options.file}, migrations()));
  std::unique_ptr<DemoShop> self{new DemoShop(executor, clock, random, std::move(database), options)};
  ASSIGN_OR_RETURN(self->server_, listen_at(executor, random, options, [site = &self->site_](http::Request& request) {
                     return site->answer(request);
                   }));
  self->url_ = url_of(options.address, self->server_->port());
  return self;
}

void DemoShop::open(Integration integration) {
  merchant_ = std::make_unique<Merchant>(Merchant::Parts{*database_, *client_, clock_, random_, *timers_},
                                         std::move(integration));
  beside_.start(merchant_->look_up_sources());
  site_.open(*merchant_);
}

Task<void> DemoShop::stop() {
  if (merchant_) merchant_->stop();
  timers_->ring_all();
  co_await server_->stop(std::chrono::seconds{5});
  co_await beside_.finish();
  database_->close();
}

}  // namespace qantara::demo_shop
