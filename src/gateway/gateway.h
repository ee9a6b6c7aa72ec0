// The gateway as a whole: opens the database, wires the folders together, serves and runs the background loops.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/admin.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/rate_limit.h"
#include "base/result.h"
#include "base/task.h"
#include "db/database.h"
#include "gateway/home.h"
#include "gateway/pruner.h"
#include "http/forwarded.h"
#include "http/server_tls.h"

namespace qantara::gateway {

struct GatewayOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 7070;  ///< 0 takes a free one.
  std::string public_url;     ///< Where clients find the gateway; empty: where it listens.
  std::filesystem::path
      data;  ///< The data folder: key, socket and, without `database`, the database. Made (mode 0700) if there is none.
  std::string
      database;  ///< "postgres://…": a server's, which other gateways may share. Not to be logged: it may hold a password.
  db::Durability durability = db::Durability::FULL;  ///< Of that server.
  std::vector<std::string> webhook_networks;         ///< CIDR blocks that webhooks may reach although they are special.
  std::string sandbox_bank_url;                      ///< Empty: no sandbox bank, and no clock to move.
  std::chrono::milliseconds bank_timeout{10'000};
  std::vector<banking::Bank> banks;  ///< Of the configuration file.
  std::size_t commit_max = 256;      ///< Writes in one commit.
  link::Operator run_by;             ///< What payers are told of who runs the gateway.
  Retention retention;
  /// Where Prometheus may ask, apart from the API; nothing: nobody counts.
  struct MetricsAddress {
    std::string address;
    std::uint16_t port = 0;  ///< 0 takes a free one.
  };
  std::optional<MetricsAddress> metrics;
  std::optional<http::ServerTlsOptions> tls;  ///< Nothing: the API is served without TLS.
  std::optional<Rate> application_rate;       ///< How often each application may ask; nothing: as often as it likes.
  http::TrustedProxies proxies;               ///< Who may say whom a request comes from.
  /// What to do with a database that is a copy of the live one (home.h).
  enum class OnCopy {
    REFUSE,    ///< Not start.
    STAND_BY,  ///< Answer questions, from what it holds; change nothing, deliver nothing, call no bank.
  } on_copy = OnCopy::REFUSE;
};

class Gateway {
 public:
  /// Opens the database, recovers what a crash left, and serves on `executor` until `stop()`. `real_clock` and `random` outlive it.
  /// Errors: those of Vault::open, db::open_sqlite, db::open_postgres and http::listen; STORAGE_FAILED for a key that is not the database's;
  /// INVALID_PARAMETERS for options that cannot work, and for a copy of the live database.
  static Task<Result<std::unique_ptr<Gateway>>> start(Executor executor, const Clock& real_clock, Random& random,
                                                      GatewayOptions options);

  ~Gateway();

  std::string url() const;  ///< "http://127.0.0.1:7070", or https.

  std::string metrics_url() const;  ///< "http://127.0.0.1:9187/metrics"; empty without GatewayOptions::metrics.

  /// Reads the files of GatewayOptions::tls again, at once. It looks for changed ones by itself too.
  void reload_certificate();

  /// COPY: it stands by (GatewayOptions::on_copy).
  Standing standing() const;

  /// What the wired parts offer, for whoever starts the gateway with something already in it.
  const api::Services& services() const;

  /// Lets requests and calls to banks in work finish, then records deliveries, lets another gateway lead and closes the database.
  /// Once, before the end of the executor.
  Task<void> stop();

 private:
  struct Parts;
  explicit Gateway(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace qantara::gateway
