// The demo shop "Marsa Wallet": a merchant beside the gateway, with a server, books and a page of its own. It integrates as any
// merchant does (docs/guides/demo-shop.md) and shows its work.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/nursery.h"
#include "base/random.h"
#include "base/result.h"
#include "base/task.h"
#include "demo_shop/merchant.h"
#include "demo_shop/site.h"
#include "http/server.h"

namespace qantara::demo_shop {

struct Options {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;         ///< 0 takes a free one,
  std::uint16_t wanted_port = 0;  ///< but this one if it is free: where deliveries of an earlier run still go.
  std::filesystem::path file;     ///< The shop's own SQLite file; made if there is none.
  Pages pages;
};

class DemoShop {
 public:
  /// Opens the books (blocking) and listens on `executor`. Until `open`, whoever comes waits. `clock` is the machine's; it and
  /// `random` outlive the shop. Errors: those of db::open_sqlite and http::listen.
  static Result<std::unique_ptr<DemoShop>> start(Executor executor, const Clock& clock, Random& random,
                                                 Options options);

  std::string url() const { return url_; }  ///< "http://127.0.0.1:7072"
  std::string webhook_url() const { return url_ + "/webhooks"; }
  std::uint16_t port() const { return server_->port(); }

  /// Begins to work with the gateway. Once.
  void open(Integration integration);

  /// Lets requests in work finish, then closes the books. Call it before the end of the executor, and after the gateway's end:
  /// what the gateway still delivers is taken.
  Task<void> stop();

 private:
  DemoShop(Executor executor, const Clock& clock, Random& random, std::unique_ptr<db::Database> database,
           Options options);

  Executor executor_;
  const Clock& clock_;
  Random& random_;
  std::unique_ptr<db::Database> database_;
  std::unique_ptr<Timers> timers_;
  std::unique_ptr<http::Dns> dns_;
  std::unique_ptr<http::Client> client_;
  Site site_;
  std::unique_ptr<Merchant> merchant_;
  std::unique_ptr<http::Server> server_;
  std::string url_;
  Nursery beside_;
};

}  // namespace qantara::demo_shop
