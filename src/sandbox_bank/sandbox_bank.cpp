#include "sandbox_bank/sandbox_bank.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include "sandbox_bank/wire.h"

namespace qantara::sandbox_bank {

namespace {

/// Opening the books is part of starting, so it runs to its end here, on a context of its own.
Result<void> prepare(Bank& bank) {
  boost::asio::io_context context{1};
  auto prepared = boost::asio::co_spawn(context, bank.prepare(), boost::asio::use_future);
  context.run();
  return prepared.get();
}

}  // namespace

SandboxBank::SandboxBank(std::unique_ptr<db::Database> database, std::unique_ptr<Timers> timers,
                         const Clock& real_clock, Random& random)
    : database_(std::move(database)),
      timers_(std::move(timers)),
      bank_({.database = *database_, .real_clock = real_clock, .random = random, .timers = *timers_}) {}

Result<std::unique_ptr<SandboxBank>> SandboxBank::start(Executor executor, const Clock& real_clock, Random& random,
                                                        Options options) {
  ASSIGN_OR_RETURN(auto database, db::open_sqlite({.file = options.file}, migrations()));
  auto timers = make_system_timers(executor, real_clock);
  std::unique_ptr<SandboxBank> self{new SandboxBank(std::move(database), std::move(timers), real_clock, random)};
  RETURN_IF_ERROR(prepare(self->bank_));

  http::ServerOptions server;
  server.address = options.address;
  server.port = options.port;
  server.handler = [bank = &self->bank_](const http::Request& request) { return bank->answer(request); };
  server.refuse = [](http::Refusal, int status, const std::string&, std::string_view message) {
    return refuse(status, "FORMAT_ERROR", message);
  };
  ASSIGN_OR_RETURN(self->server_, http::listen(executor, random, std::move(server)));
  const bool v6 = options.address.contains(':');
  self->url_ = (v6 ? "http://[" + options.address + "]" : "http://" + options.address) + ":" +
               std::to_string(self->server_->port());
  return self;
}

Task<void> SandboxBank::stop() {
  timers_->ring_all();
  co_await server_->stop(std::chrono::seconds{5});
  database_->close();
}

}  // namespace qantara::sandbox_bank
