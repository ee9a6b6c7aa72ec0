#include "gateway/gateway.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>

#include "api/access.h"
#include "api/api.h"
#include "api/responses.h"
#include "bank_registry/bank_registry.h"
#include "base/crypto.h"
#include "base/due_loop.h"
#include "base/log.h"
#include "base/nursery.h"
#include "base/timers.h"
#include "connectors/bank_check.h"
#include "connectors/registry.h"
#include "gateway/admission.h"
#include "gateway/certificate_watch.h"
#include "gateway/data_folder.h"
#include "gateway/leader_work.h"
#include "gateway/metrics.h"
#include "gateway/roster.h"
#include "gateway/roster_store.h"
#include "gateway/sandbox_banks.h"
#include "gateway/settings_store.h"
#include "gateway/standby.h"
#include "http/client.h"
#include "http/server.h"
#include "migrations/gateway.h"
#include "payments/payment_worker.h"

namespace qantara::gateway {

namespace {

constexpr std::string_view kDatabase = "qantara.db";
constexpr std::string_view kKey = "key";
constexpr std::string_view kClockOffset = "clock_offset_micros";

/// Announced when the sandbox's clock was moved.
constexpr db::Channel kClockMoved{6};

/// What other gateways may have changed is read at least so often, news or not.
constexpr auto kNewsEvery = std::chrono::minutes{1};
constexpr auto kNewsAgain = std::chrono::seconds{1};  ///< After a database that did not answer.

/// Of those that may be open at a time, a quarter: one address locks nobody out. Trusted proxies may have them all.
constexpr std::size_t kConnectionsPerAddress = http::ServerLimits{}.connections / 4;

/// How long browsers come by https alone once they did: a year, as ASVS 5.0 has it (3.4.1).
constexpr std::chrono::seconds kStrictTransport = std::chrono::days{365};

/// After a failed flush nobody knows what is on the disk. Only a new process, which reads it again, may go on (promise P4).
void end_process() {
  log::error("the storage can no longer be trusted; the gateway ends, start it again", {});
  log::stop();
  std::_Exit(EXIT_FAILURE);
}

Task<Result<Duration>> stored_offset(db::Database& database) {
  CO_ASSIGN_OR_RETURN(const auto stored,
                      co_await database.read([&](db::Transaction& tx) { return select_setting(tx, kClockOffset); }));
  Duration::rep offset = 0;
  if (stored) std::from_chars(stored->data(), stored->data() + stored->size(), offset);
  co_return Duration{offset};
}

std::string url_of(std::string_view scheme, const std::string& address, std::uint16_t port) {
  const bool is_v6 = address.find(':') != std::string::npos;
  return std::string{scheme} + "://" + (is_v6 ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

http::AddressPolicy webhook_addresses(const std::vector<std::string>& networks) {
  return {.public_addresses = true, .allowed_networks = networks};
}

}  // namespace

// In the order of construction: what stands below uses what stands above.
struct Gateway::Parts {
  Parts(Executor executor_, const Clock& real_clock_, Random& random_, GatewayOptions options_, DataFolder folder_,
        Vault vault_, std::unique_ptr<Metrics> metrics_, std::unique_ptr<db::Database> database_)
      : executor(std::move(executor_)),
        real_clock(real_clock_),
        random(random_),
        options(std::move(options_)),
        folder(std::move(folder_)),
        vault(std::move(vault_)),
        metrics(std::move(metrics_)),
        database(std::move(database_)) {}

  Executor executor;
  const Clock& real_clock;
  Random& random;
  GatewayOptions options;
  std::optional<DataFolder> folder;  // Until it has stopped.
  Vault vault;
  std::unique_ptr<Metrics> metrics;  // Null where nobody listens.
  std::unique_ptr<db::Database> database;
  const Sharing sharing = options.database.empty() ? Sharing::ALONE : Sharing::SHARED;
  const GatewayId id = GatewayId::make(real_clock, random);

  ShiftedClock clock{real_clock};
  std::unique_ptr<Timers> timers = make_system_timers(executor, clock);
  std::unique_ptr<Timers> real_timers = make_system_timers(executor, real_clock);
  // Whoever registers names that nobody answers for holds up no delivery and no bank.
  std::unique_ptr<http::Dns> dns = http::make_system_dns(executor);
  std::unique_ptr<http::Dns> registration_dns = http::make_system_dns(executor);
  std::unique_ptr<http::Dns> remembering_dns = http::make_remembering_dns(executor, *dns);
  std::unique_ptr<http::Client> client =
      http::make_client(executor, *remembering_dns, {.idle_connections = 512, .idle_connections_per_origin = 128});
  std::unique_ptr<http::Client> delivery_client = metrics ? metrics->measured(*client) : nullptr;
  banking::Banks banks;

  events::Events events{clock, random};
  applications::Applications applications{clock, random};
  applications::Credentials credentials{real_clock, random};
  applications::AccessTokens access_tokens{real_clock, random, vault};
  bank_registry::BankRegistry registry{*database, clock,
                                       events,    applications,
                                       banks,     [this](const banking::Bank& bank) { return make_connector(bank); }};
  customers::Customers customers{clock, random, vault};
  destinations::Destinations destinations{clock, random, vault, applications};
  payment_intents::PaymentIntents intents{clock,     random,       events,
                                          customers, destinations, payment_intents::Rules::defaults()};
  payment_sources::PaymentSources sources{clock, random, vault, events};
  payments::Payments payments{id, clock, real_clock, random, vault, events, intents, destinations, sources, banks};
  payments::PaymentAuthorisation authorisation{*database, payments, banks, clock, real_clock, *real_timers};
  webhooks::Webhooks webhooks{clock, random, vault, webhook_addresses(options.webhook_networks), *registration_dns};
  link::OpeningLimits opening_limits;
  std::string public_url;  // Known once it listens.
  link::LinkFlow link{{*database, clock, real_clock, random, vault, applications, customers, destinations, intents,
                       sources, payments, authorisation, banks, opening_limits, id, options.run_by, public_url}};

  payments::PaymentWorker payment_worker{executor, *database, payments, authorisation, clock, *timers};
  std::shared_ptr<http::ServerTls> tls;  // Null without TLS, and so is its watch.
  std::unique_ptr<CertificateWatch> certificate_watch;
  LeaderWork leader_work{{.executor = executor,
                          .database = *database,
                          .sharing = sharing,
                          .delivery_client = delivery_client ? *delivery_client : *client,
                          .webhook_addresses = webhook_addresses(options.webhook_networks),
                          .clock = clock,
                          .real_clock = real_clock,
                          .random = random,
                          .vault = vault,
                          .timers = *timers,
                          .real_timers = *real_timers,
                          .banks = banks,
                          .registry = registry,
                          .sources = sources,
                          .intents = intents,
                          .payments = payments,
                          .link = link,
                          .retention = options.retention,
                          .on_pruned = [this](const Pruned& pruned) {
                            if (metrics) metrics->count_pruned(pruned);
                          }}};
  Heart heart{*database, id, real_clock, *real_timers, [this](db::Transaction& tx) -> Result<void> {
                RETURN_IF_ERROR(payments.end_idle_leases(tx));
                return link.end_idle_leases(tx);
              }};
  DueLoop news{real_clock, *real_timers};  // Of what other gateways have changed.
  Admission admission;
  Nursery loops{executor};
  Nursery payment_calls{executor};

  api::Access access{*database, real_clock, credentials, access_tokens};
  api::Services services{*database,    clock,   real_clock,  random,        applications, customers,
                         destinations, intents, sources,     payments,      link,         webhooks,
                         events,       banks,   credentials, access_tokens, access,       options.durability};
  api::Api api{services, vault, options.application_rate, options.retention.idempotency};
  std::unique_ptr<api::Admin> admin;
  std::unique_ptr<http::Server> server;
  std::unique_ptr<http::Server> admin_server;
  std::unique_ptr<http::Server> metrics_server;
  std::string url;
  std::string metrics_url;
  Standing standing = Standing::LIVE;
  bool is_listed = false;  // On the roster.

  Task<Result<void>> settle();
  Task<Result<void>> go_live();
  Task<Result<void>> succeed();
  Task<Result<void>> serve();
  Result<void> serve_metrics();
  Result<std::shared_ptr<banking::BankConnector>> make_connector(const banking::Bank& bank);
  Task<http::Response> tell_metrics(const http::Request& request);

  /// `handler`, for as many as can be answered in time.
  http::Handler admitted(http::Handler handler) {
    return [this, handler = std::move(handler)](http::Request& request) { return admit(handler, request); };
  }

  Task<http::Response> admit(const http::Handler& handler, http::Request& request) {
    const auto priority = priority_of(request);
    if (admission.enter(priority, real_clock.now()) == Admission::Decision::TRY_LATER) {
      const auto busy = error(ErrorCode::SERVICE_UNAVAILABLE, "more is asked than can be answered in time; try again");
      auto refusal = api::error_response(busy, request.request_id, clock.now());
      api::add_common_headers(refusal, request.request_id);
      co_return refusal;
    }
    auto response = co_await handler(request);
    admission.leave(priority, real_clock.now());
    co_return response;
  }

  /// `handler`, unless this is a copy and the request nothing for one.
  http::Handler guarded(http::Handler handler) {
    if (standing == Standing::LIVE) return handler;
    return [this, handler = std::move(handler)](http::Request& request) {
      return answer(handler, answer_as_copy(request, clock.now()), request);
    };
  }

  static Task<http::Response> answer(const http::Handler& handler, std::optional<http::Response> refusal,
                                     http::Request& request) {
    if (refusal) co_return *std::move(refusal);
    auto response = co_await handler(request);
    co_return response;
  }

  Task<void> stop_all() {
    // A conversation with a bank may be under way: an order and the question that follows it.
    auto patience = options.bank_timeout;
    for (const auto& bank : banks.all()) patience = std::max(patience, bank->call_timeout);
    authorisation.stop();
    if (server) co_await server->stop(2 * patience + std::chrono::seconds{5});
    if (admin_server) co_await admin_server->stop(std::chrono::seconds{1});
    if (metrics_server) co_await metrics_server->stop(std::chrono::seconds{1});
    payment_worker.stop();
    co_await payment_calls.finish();
    // Last, so that nobody waits long for the next one to lead.
    leader_work.stop();
    news.stop();
    heart.stop();
    if (certificate_watch) certificate_watch->stop();
    co_await loops.finish();
    if (is_listed) co_await heart.leave();
    database->close();
    folder.reset();
  }

  Task<Result<Duration>> advance_clock(Duration by) {
    if (options.sandbox_bank_url.empty()) {
      co_return error(ErrorCode::INVALID_PARAMETERS,
                      "the clock moves in a sandbox only: this gateway has no sandbox bank");
    }
    // Other gateways move it too.
    CO_ASSIGN_OR_RETURN(const Duration before, co_await stored_offset(*database));
    const Duration offset = before + by;
    // The bank first: what it says of a cool-off that has ended must be true before anybody asks.
    http::ClientRequest request{.method = http::Method::PUT, .url = options.sandbox_bank_url + "/_admin/clock"};
    request.headers.add("Content-Type", "application/json");
    request.body = R"({"offset_micros":)" + std::to_string(offset.count()) + "}";
    const auto answer = co_await client->send(std::move(request));
    if (!answer || answer->status / 100 != 2) {
      co_return caused_by(ErrorCode::SERVICE_UNAVAILABLE,
                          "the sandbox bank's clock could not be moved, so the gateway's was not either",
                          answer ? std::to_string(answer->status) : answer.error().message);
    }
    CO_RETURN_IF_ERROR(co_await database->write([&](db::Transaction& tx) {
      tx.announce(kClockMoved);
      return upsert_setting(tx, kClockOffset, std::to_string(offset.count()));
    }));
    move_clock(offset);
    co_return offset;
  }

  void move_clock(Duration offset) {
    if (offset <= clock.offset()) return;  // It only grows: what was read before another one moved it is old.
    clock.set_offset(offset);
    timers->ring_all();
  }

  /// Another gateway may have moved the clock, or changed something about banks.
  Task<Result<Instant>> take_over_news() {
    CO_ASSIGN_OR_RETURN(const Duration offset, co_await stored_offset(*database));
    move_clock(offset);
    CO_RETURN_IF_ERROR(co_await registry.refresh());
    co_return real_clock.now() + kNewsEvery;
  }
};

namespace {

struct Storage {
  Vault vault;
  std::unique_ptr<db::Database> database;
};

using OnMeasured = std::function<void(std::size_t closures, std::chrono::microseconds took)>;

Result<Storage> open_file(const GatewayOptions& options, Random& random, OnMeasured on_measured) {
  const auto key_file = options.data / kKey;
  const auto database_file = options.data / kDatabase;
  if (std::filesystem::exists(database_file) && !std::filesystem::exists(key_file)) {
    return error(ErrorCode::STORAGE_FAILED, "the key file " + key_file.string() +
                                                " is missing: without it the secrets in " + database_file.string() +
                                                " cannot be opened; put it back from your backup");
  }
  ASSIGN_OR_RETURN(auto vault, Vault::open(key_file, random));
  const db::SqliteOptions wanted{.file = database_file,
                                 .batch_max = options.commit_max,
                                 .on_measured = std::move(on_measured),
                                 .on_broken = end_process};
  ASSIGN_OR_RETURN(auto database, db::open_sqlite(wanted, schema::migrations()));
  return Storage{.vault = std::move(vault), .database = std::move(database)};
}

/// The first gateway makes the key; every other one must be given that.
Task<Result<Storage>> open_server(const GatewayOptions& options, Random& random, OnMeasured on_measured) {
  const db::PostgresOptions wanted{.url = options.database,
                                   .durability = options.durability,
                                   .batch_max = options.commit_max,
                                   .on_measured = std::move(on_measured)};
  CO_ASSIGN_OR_RETURN(auto database, db::open_postgres(wanted, schema::postgres_migrations()));
  const auto key_file = options.data / kKey;
  const auto has_key = co_await database->read(knows_a_key);
  auto vault = Result<Vault>{
      error(ErrorCode::STORAGE_FAILED, "the key file " + key_file.string() +
                                           " is missing: copy it there from another gateway of this database, or from "
                                           "where you keep it")};
  if (!has_key) {
    vault = has_key.error();
  } else if (!*has_key || std::filesystem::exists(key_file)) {
    vault = Vault::open(key_file, random);
  }
  if (!vault) {
    database->close();
    co_return std::move(vault).error();
  }
  co_return Storage{.vault = *std::move(vault), .database = std::move(database)};
}

Task<Result<Storage>> open_storage(const GatewayOptions& options, Random& random, OnMeasured on_measured) {
  if (options.database.empty()) co_return open_file(options, random, std::move(on_measured));
  auto opened = co_await open_server(options, random, std::move(on_measured));
  co_return opened;
}

/// What was being submitted is known to be unknown.
Task<Result<void>> recover(db::Database& database, const payments::Payments& payments, const link::LinkFlow& link) {
  CO_ASSIGN_OR_RETURN(const int unknown,
                      co_await database.write([&](db::Transaction& tx) { return payments.recover(tx); }));
  CO_RETURN_IF_ERROR(co_await database.write([&](db::Transaction& tx) { return link.recover(tx); }));
  if (unknown > 0)
    log::warn("payments were being submitted when the gateway stopped; their banks are asked", {{"count", unknown}});
  co_return Result<void>{};
}

}  // namespace

Gateway::Gateway(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Gateway::~Gateway() = default;

Task<Result<std::unique_ptr<Gateway>>> Gateway::start(Executor executor, const Clock& real_clock, Random& random,
                                                      GatewayOptions options) {
  CO_ASSIGN_OR_RETURN(auto folder, DataFolder::take(options.data));
  auto metrics = options.metrics ? std::make_unique<Metrics>(real_clock) : nullptr;
  OnMeasured on_measured;
  if (metrics) {
    on_measured = [&counting = *metrics](std::size_t closures, std::chrono::microseconds took) {
      counting.count_commit(closures, took);
    };
  }
  CO_ASSIGN_OR_RETURN(auto storage, co_await open_storage(options, random, std::move(on_measured)));
  auto owned = std::make_unique<Parts>(executor, real_clock, random, std::move(options), std::move(folder),
                                       std::move(storage.vault), std::move(metrics), std::move(storage.database));
  auto gateway = std::unique_ptr<Gateway>(new Gateway(std::move(owned)));

  auto served = co_await gateway->parts_->serve();
  if (!served) {
    co_await gateway->stop();
    co_return std::move(served).error();
  }
  co_return gateway;
}

/// Whether this database is the live one, and the key its own. What it does not know yet it learns here.
Task<Result<void>> Gateway::Parts::settle() {
  CO_ASSIGN_OR_RETURN(const auto place, database->place());
  const auto look = [&](db::Transaction& tx) -> Result<Standing> {
    ASSIGN_OR_RETURN(const auto fit, key_fit(tx, vault));
    if (fit != KeyFit::IS_ANOTHER) return standing_of(tx, place);
    return error(ErrorCode::STORAGE_FAILED, "the key file " + (options.data / kKey).string() +
                                                " is not the one that the database was sealed with; put that one back "
                                                "from your backup");
  };
  CO_ASSIGN_OR_RETURN(standing, co_await database->read(look));
  if (standing == Standing::COPY) co_return Result<void>{};
  auto written = co_await database->write([&](db::Transaction& tx) -> Result<void> {
    RETURN_IF_ERROR(look(tx));  // Another gateway may have been the first meanwhile.
    RETURN_IF_ERROR(remember_key(tx, vault));
    return make_live(tx, place);
  });
  co_return written;
}

Result<std::shared_ptr<banking::BankConnector>> Gateway::Parts::make_connector(const banking::Bank& bank) {
  ASSIGN_OR_RETURN(auto connector, connectors::make_connector(bank, *client, random, clock));
  return measured(std::move(connector), metrics ? &metrics->bank_figures(bank.identifier) : nullptr, real_clock,
                  [this, identifier = bank.identifier](const banking::CallError* failure) {
                    leader_work.heard(identifier, failure);
                  });
}

Task<Result<void>> Gateway::Parts::go_live() {
  auto configured = options.banks;
  if (!options.sandbox_bank_url.empty()) {
    configured = sandbox_banks(options.sandbox_bank_url, options.bank_timeout);
    configured.insert(configured.end(), options.banks.begin(), options.banks.end());
  }
  CO_RETURN_IF_ERROR(co_await registry.open(std::move(configured)));
  if (sharing == Sharing::SHARED) {
    // Before it leases anything: whoever leads ends the leases of those who are not on the roster.
    is_listed = true;
    CO_RETURN_IF_ERROR(co_await heart.beat());
    auto succeeded = co_await succeed();
    co_return succeeded;
  }
  auto recovered = co_await recover(*database, payments, link);
  co_return recovered;
}

/// Whoever ran on this data folder before is dead, or it would have the folder still: what it held need not wait until the one
/// that leads has noticed, which it does not where gateways die faster than that. Nothing rests on it but patience.
Task<Result<void>> Gateway::Parts::succeed() {
  if (const auto predecessor = folder->last_gateway()) {
    CO_RETURN_IF_ERROR(co_await database->write([&](db::Transaction& tx) -> Result<void> {
      RETURN_IF_ERROR(payments.recover(tx, *predecessor));
      RETURN_IF_ERROR(link.recover(tx, *predecessor));
      return delete_gateway(tx, *predecessor);
    }));
  }
  folder->note_gateway(id);
  co_return Result<void>{};
}

Task<Result<void>> Gateway::Parts::serve() {
  if (options.tls) {
    CO_ASSIGN_OR_RETURN(tls, http::ServerTls::load(*options.tls, real_clock.now()));
    certificate_watch = std::make_unique<CertificateWatch>(*tls, clock, real_clock, *timers);
  }
  database->on_commit(applications::kCredentialsChanged, [this] { access.forget(); });
  database->on_commit(bank_registry::kBanksChanged, [this] { news.wake(); });
  database->on_commit(kClockMoved, [this] { news.wake(); });
  database->on_commit(payments::kCheckScheduled, [this] { payment_worker.wake(); });
  CO_RETURN_IF_ERROR(co_await settle());
  const auto activate = how_to_activate(options.data, options.database);
  if (standing == Standing::COPY && options.on_copy == GatewayOptions::OnCopy::REFUSE) {
    co_return error(ErrorCode::INVALID_PARAMETERS,
                    "this database is a copy of another one, or was moved; `" + activate + "` makes it the live one");
  }
  CO_ASSIGN_OR_RETURN(const Duration offset, co_await stored_offset(*database));
  clock.set_offset(offset);
  // A copy knows no bank: whatever happens, no order can leave it.
  if (standing == Standing::LIVE) CO_RETURN_IF_ERROR(co_await go_live());

  http::ServerOptions for_everybody{.address = options.address,
                                    .port = options.port,
                                    .tls = tls,
                                    .proxies = options.proxies,
                                    .strict_transport = kStrictTransport};
  for_everybody.limits.connections_per_address = kConnectionsPerAddress;
  for_everybody.handler = admitted(guarded([this](http::Request& request) { return api.handle(request); }));
  if (metrics) for_everybody.handler = metrics->measured(std::move(for_everybody.handler));
  for_everybody.refuse = [this](http::Refusal refusal, int status, const std::string& request_id,
                                std::string_view message) {
    if (metrics) metrics->count_refusal(status);
    return api.refuse(refusal, status, request_id, message);
  };
  CO_ASSIGN_OR_RETURN(server, http::listen(executor, random, std::move(for_everybody)));
  url = url_of(tls ? "https" : "http", options.address, server->port());
  public_url = options.public_url.empty() ? url : options.public_url;
  access_tokens.set_issuer(public_url);

  admin = std::make_unique<api::Admin>(
      services, api::AdminHooks{.version = QANTARA_VERSION,
                                .url = url,
                                .sandbox_bank_url = options.sandbox_bank_url,
                                .advance_clock = [this](Duration by) { return advance_clock(by); },
                                .clock_offset = [this] { return clock.offset(); },
                                .registry = registry,
                                .test_bank =
                                    [this](banking::Bank bank) {
                                      return connectors::check_bank(std::move(bank), *client, *dns, random, real_clock);
                                    }});
  http::ServerOptions for_operators;
  for_operators.unix_socket = options.data / "admin.sock";
  for_operators.handler = guarded([this](http::Request& request) { return admin->handle(request); });
  for_operators.refuse = [this](http::Refusal refusal, int status, const std::string& request_id,
                                std::string_view message) { return api.refuse(refusal, status, request_id, message); };
  CO_ASSIGN_OR_RETURN(admin_server, http::listen(executor, random, std::move(for_operators)));

  CO_RETURN_IF_ERROR(serve_metrics());
  if (certificate_watch) loops.start(certificate_watch->run());
  if (standing == Standing::COPY) {
    access.stand_by();
    log::warn("this database is a copy, or was moved: nothing is changed, delivered or submitted",
              {{"url", url}, {"remedy", activate}});
    co_return Result<void>{};
  }
  loops.start(leader_work.run());
  loops.start(news.run("news of other gateways", kNewsAgain, [this] { return take_over_news(); }));
  if (sharing == Sharing::SHARED) loops.start(heart.run());
  payment_calls.start(payment_worker.run());
  if (options.durability == db::Durability::MAY_BE_UNSAFE)
    log::warn("this server may lose what it has acknowledged (--unsafe-durability)", {});
  log::info("ready", {{"url", url}, {"version", QANTARA_VERSION}, {"gateway", id.to_text()}});
  co_return Result<void>{};
}

Result<void> Gateway::Parts::serve_metrics() {
  if (!metrics) return {};
  http::ServerOptions for_monitoring{.address = options.metrics->address, .port = options.metrics->port};
  for_monitoring.handler = [this](http::Request& request) { return tell_metrics(request); };
  ASSIGN_OR_RETURN(metrics_server, http::listen(executor, random, std::move(for_monitoring)));
  metrics_url = url_of("http", options.metrics->address, metrics_server->port()) + "/metrics";
  return {};
}

Task<http::Response> Gateway::Parts::tell_metrics(const http::Request& request) {
  const bool is_known = request.method == http::Method::GET && request.path == "/metrics";
  if (!is_known) co_return http::Response::text(404, "GET /metrics is all there is\n");
  const auto text =
      co_await metrics->render({.database = *database,
                                .domain_clock = clock,
                                .admission = admission,
                                .standing = standing,
                                .engine = options.database.empty() ? "sqlite" : "postgres",
                                .connections = server->connections(),
                                .connections_refused = server->turned_away(),
                                .certificate_expires_at = tls ? std::optional{tls->expires_at()} : std::nullopt});
  auto response = http::Response::text(200, text);
  response.headers.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  co_return response;
}

std::string Gateway::url() const { return parts_->url; }
std::string Gateway::metrics_url() const { return parts_->metrics_url; }
void Gateway::reload_certificate() {
  if (parts_->certificate_watch) parts_->certificate_watch->reload();
}
Standing Gateway::standing() const { return parts_->standing; }
const api::Services& Gateway::services() const { return parts_->services; }
Task<void> Gateway::stop() { return parts_->stop_all(); }

}  // namespace qantara::gateway
