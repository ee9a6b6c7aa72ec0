// What the server verbs are told: by flags, then QANTARA_* variables, then the configuration file.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/log.h"
#include "base/rate_limit.h"
#include "db/database.h"
#include "gateway/pruner.h"
#include "http/forwarded.h"
#include "http/server_tls.h"
#include "link/link_view.h"

namespace qantara::gateway {

/// An address to listen at. Port 0 takes a free one.
struct Listen {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;
};

/// "127.0.0.1:7070" or "[::1]:7070"; nothing for any other text.
std::optional<Listen> parse_listen(std::string_view text);

/// What is wrong with `text` as the URL of a PostgreSQL database, without repeating it; empty if nothing is.
std::string check_database_url(const std::string& text);

struct ServeOptions {
  Listen listen{"127.0.0.1", 7070};
  std::string public_url;  ///< Empty: where it listens.
  std::filesystem::path data = "qantara-data";
  std::string database;  ///< A PostgreSQL URL, which may hold a password; empty: a file in the data folder.
  db::Durability durability = db::Durability::FULL;
  std::vector<std::string> webhook_networks;
  std::string sandbox_bank_url;
  std::shared_ptr<const std::string> banks = std::make_shared<std::string>();  ///< configured_banks takes them.
  std::chrono::milliseconds bank_timeout{10'000};
  link::Operator run_by;
  Retention retention;
  std::optional<Listen> metrics_listen;
  http::ServerTlsOptions tls;  ///< Without a certificate: no TLS.
  http::TrustedProxies proxies;
  std::optional<Rate> application_rate;  ///< Nothing: no limit.
  std::size_t commit_max = 256;          ///< Writes in one commit; no flag: more is never better.
  log::Level log_level = log::Level::INFO;
  bool json = false;
};

struct SandboxBankOptions {
  Listen listen{"127.0.0.1", 7071};
  std::filesystem::path data = "qantara-data";
  log::Level log_level = log::Level::INFO;
  bool json = false;
};

struct DevOptions {
  Listen listen{"127.0.0.1", 7070};  ///< Of the gateway; bank and shop take the next two ports, or free ones too.
  std::string public_url;            ///< Empty: where it listens.
  std::filesystem::path data = "qantara-data";
  std::string database;  ///< Of the gateway, as in ServeOptions. Bank and shop keep their files.
  db::Durability durability = db::Durability::FULL;
  std::shared_ptr<const std::string> banks = std::make_shared<std::string>();  ///< configured_banks takes them.
  std::string webhook_url;
  std::chrono::milliseconds bank_timeout{10'000};
  link::Operator run_by;
  log::Level log_level = log::Level::WARN;
  bool demo = false;  ///< Make one scripted payment.
  bool once = false;  ///< … and end.
  bool json = false;
};

/// Says on standard error why a server did not start. Result: the exit code.
int refuse_to_start(const Error& error);

/// Each runs until SIGINT or SIGTERM. Result: the exit code.
int serve(const ServeOptions& options);
int serve_sandbox_bank(const SandboxBankOptions& options);
int run_dev(const DevOptions& options);

}  // namespace qantara::gateway
