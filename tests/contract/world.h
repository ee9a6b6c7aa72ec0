// A sandbox bank, a connector to it, and what stands between them.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include "banking/connector.h"
#include "base/event_loop.h"
#include "http/client.h"
#include "json/json.h"
#include "sandbox_bank/sandbox_bank.h"
#include "validator.h"

namespace qantara::contract {

/// DIRECT: straight to the bank. VALIDATED: calls that the official file knows go through a validator, and each violation
/// it finds fails the test.
enum class Route { DIRECT, VALIDATED };

class World {
 public:
  explicit World(Route route);
  ~World();

  /// Runs a coroutine of the connector or of the client to its end.
  template <class T>
  T run(Task<T> task) {
    return boost::asio::co_spawn(loop_.executor(), std::move(task), boost::asio::use_future).get();
  }

  /// A connector to the bank behind `prefix`: "", "/app", "/maintenance".
  std::unique_ptr<banking::BankConnector> connect(std::string_view prefix = "");

  /// The admin interface, straight. The answer's body; anything but a 2xx fails the test.
  json::Value admin(http::Method method, std::string_view path, std::string body = {});
  /// A request on the connector's own way, violations and all. For proving that the way is watched.
  http::ClientResult send_unwatched(http::ClientRequest request);
  void let_pass(Duration bank_time);

  std::string url() const { return bank_->url(); }

 private:
  class Way;

  LoopThread loop_;
  SystemClock clock_;
  SystemRandom random_;
  std::filesystem::path folder_;
  std::unique_ptr<http::Dns> dns_;
  std::unique_ptr<http::Client> client_;
  std::unique_ptr<sandbox_bank::SandboxBank> bank_;
  std::unique_ptr<Validator> validator_;
  std::unique_ptr<Way> way_;
};

}  // namespace qantara::contract
