#include "gateway/doctor.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <system_error>

#include "base/crypto.h"
#include "db/database_file.h"
#include "db/postgres/examine.h"
#include "gateway/backup_store.h"
#include "gateway/certificate_watch.h"
#include "gateway/home.h"
#include "gateway/roster_store.h"
#include "gateway/settings_store.h"
#include "http/server.h"
#include "json/json.h"
#include "migrations/gateway.h"

namespace qantara::gateway {

namespace {

namespace fs = std::filesystem;
using enum Verdict;

constexpr std::uintmax_t kMegabyte = 1'000'000;
constexpr std::uintmax_t kSpaceWanted = 1000 * kMegabyte;
constexpr std::uintmax_t kSpaceNeeded = 100 * kMegabyte;
/// Grouped commits hide a slow disk up to here; a disk that answers faster than the other keeps nothing through a power cut.
constexpr Duration kFlushSlow = std::chrono::milliseconds{20};
constexpr Duration kFlushTooGood = std::chrono::microseconds{10};
constexpr Instant kBuilt{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};  ///< No clock is right before it.

bool is_found(const fs::path& path) {
  std::error_code failed;
  return fs::exists(path, failed);
}

Finding failed(std::string subject, const Error& why, std::string remedy) {
  return {std::move(subject), FAIL, why.message + (why.cause.empty() ? "" : " (" + why.cause + ")"), std::move(remedy)};
}

/// Whether `path` belongs to whoever asks, and to nobody else.
Finding look_at_owner(std::string subject, const fs::path& path, unsigned wanted_mode) {
  struct ::stat found{};
  if (::stat(path.c_str(), &found) != 0)
    return {std::move(subject), FAIL, path.string() + " cannot be looked at", "run doctor as the gateway's user"};
  const unsigned mode = found.st_mode & 0777U;
  if ((mode & 077U) != 0) {
    return {std::move(subject), FAIL, fmt::format("{} has mode {:04o}: others can get at it", path.string(), mode),
            fmt::format("chmod {:04o} {}", wanted_mode, path.string())};
  }
  if (found.st_uid != ::geteuid()) {
    return {std::move(subject), LOOK, fmt::format("{} belongs to user {}", path.string(), found.st_uid),
            "run doctor and the gateway as this user"};
  }
  return {std::move(subject), OK, fmt::format("{}, mode {:04o}", path.string(), mode), {}};
}

Finding look_at_space(const fs::path& data) {
  std::error_code failure;
  const auto space = fs::space(data, failure);
  if (failure) return {"disk space", FAIL, failure.message(), "look whether the disk is there"};
  const auto text = fmt::format("{} MB free", space.available / kMegabyte);
  if (space.available < kSpaceNeeded) return {"disk space", FAIL, text, "make room: writes stop when the disk is full"};
  if (space.available < kSpaceWanted) return {"disk space", LOOK, text, "make room, or keep backups elsewhere"};
  return {"disk space", OK, text, {}};
}

/// The middle one of some flushes of a page; nothing if it cannot be written.
std::optional<Duration> flush_time(const fs::path& file, const Clock& clock) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) return std::nullopt;
  const std::string page(4096, 'q');
  std::array<Duration, 15> times{};
  bool is_well = true;
  for (auto& time : times) {
    const Instant begun_at = clock.now();
    is_well = is_well && ::write(descriptor, page.data(), page.size()) == static_cast<::ssize_t>(page.size()) &&
              ::fdatasync(descriptor) == 0;
    time = clock.now() - begun_at;
  }
  ::close(descriptor);
  ::unlink(file.c_str());
  std::ranges::sort(times);
  return is_well ? std::optional{times[times.size() / 2]} : std::nullopt;
}

Finding look_at_flush(const fs::path& data, const Clock& clock, Random& random) {
  const auto file = data / ("doctor-" + Uuid::make(clock, random).to_plain_text());
  const auto time = flush_time(file, clock);
  if (!time)
    return {"disk flush", FAIL, "nothing can be written to " + data.string(), "run doctor as the gateway's user"};
  const auto text = fmt::format("a flush takes {}.{:03} ms", time->count() / 1000, time->count() % 1000);
  if (*time < kFlushTooGood)
    return {"disk flush", LOOK, text + ": this storage keeps nothing through a power cut", "use a real disk"};
  if (*time > kFlushSlow) return {"disk flush", LOOK, text + ": every answer waits for one", "use a faster disk"};
  return {"disk flush", OK, text, {}};
}

Finding look_at_clock(const Clock& clock) {
  const Instant now = clock.now();
  if (now < kBuilt) return {"clock", FAIL, "it says " + qantara::to_text(now), "set the clock"};
  ::timex kernel{};
  const bool is_synchronised = ::adjtimex(&kernel) >= 0 && (kernel.status & STA_UNSYNC) == 0;
  if (!is_synchronised) {
    return {"clock", LOOK, qantara::to_text(now) + ", not known to be synchronised",
            "let systemd-timesyncd or chrony keep it: signatures are checked to five minutes"};
  }
  return {"clock", OK, qantara::to_text(now) + ", synchronised", {}};
}

Finding look_at_key(const fs::path& key, const fs::path& database, Random& random) {
  if (!is_found(key)) {
    return is_found(database) ? Finding{"key", FAIL, key.string() + " is missing: nothing sealed can be opened",
                                        "put it back from where you keep it"}
                              : Finding{"key", OK, "none yet; the first start makes it", {}};
  }
  const auto vault = Vault::open(key, random);
  if (!vault) return failed("key", vault.error(), "chmod 0600 " + key.string() + ", or put the right file back");
  if (!is_found(database)) return {"key", OK, key.string(), {}};
  const auto fit = db::read_file(database, [&](db::Transaction& tx) { return key_fit(tx, *vault); });
  if (!fit) return {"key", LOOK, "whether it fits the database cannot be told", {}};
  if (*fit == KeyFit::IS_ANOTHER)
    return {"key", FAIL, "it is not the one that the database was sealed with", "put the right file back"};
  auto finding = look_at_owner("key", key, 0600);
  if (finding.verdict == OK && *fit == KeyFit::FITS) finding.text += ", fits the database";
  return finding;
}

/// Whether the key opens what the database of a server holds.
Finding look_at_shared_key(const fs::path& key, const std::string& url, Random& random) {
  const auto has_key = db::postgres::read_server(url, knows_a_key);
  const bool is_new = !has_key || !*has_key;
  if (!is_found(key)) {
    return is_new ? Finding{"key", OK, "none yet; the first start makes it", {}}
                  : Finding{"key", FAIL, key.string() + " is missing: every gateway of a database needs the same",
                            "copy it there from another gateway, or from where you keep it"};
  }
  const auto vault = Vault::open(key, random);
  if (!vault) return failed("key", vault.error(), "chmod 0600 " + key.string() + ", or put the right file back");
  auto finding = look_at_owner("key", key, 0600);
  if (is_new) return finding;
  const auto fit = db::postgres::read_server(url, [&](db::Transaction& tx) { return key_fit(tx, *vault); });
  if (fit && *fit == KeyFit::IS_ANOTHER) {
    return {"key", FAIL, "it is not the one that the database was sealed with",
            "copy the one there that the other gateways have"};
  }
  if (finding.verdict == OK) finding.text += ", fits the database";
  return finding;
}

void look_at_gateways(std::vector<Finding>& findings, const std::string& url,
                      const db::postgres::ServerExamination& server) {
  const auto listed = db::postgres::read_server(url, select_gateways);
  if (!listed) return;  // As long as the schema is older than the roster.
  std::string text = fmt::format("{} on the roster", listed->size());
  for (const auto& gateway : *listed)
    text +=
        fmt::format("; {} ({}) since {}", gateway.id.to_text(), gateway.version, qantara::to_text(gateway.started_at));
  findings.push_back({"gateways", OK, text, {}});
  const bool is_led = server.leader == db::postgres::ServerExamination::Leader::SOMEBODY;
  const bool should_be = !listed->empty();
  findings.push_back(
      {"leader", is_led || !should_be ? OK : LOOK,
       is_led ? fmt::format("there is one, of term {}", server.term) : "none: no webhook is delivered",
       is_led || !should_be ? "" : "within seconds another gateway leads; if none does, look at their logs"});
}

void look_at_server(std::vector<Finding>& findings, const DoctorOptions& options) {
  const auto& url = options.database;
  const auto server = db::postgres::examine_server(url, schema::postgres_migrations());
  if (!server)
    return findings.push_back(failed("database", server.error(), "look at the URL, the server and its pg_hba.conf"));
  findings.push_back({"database", OK, fmt::format("PostgreSQL {}, {}", server->version, server->where), {}});
  const bool is_allowed = options.durability == db::Durability::MAY_BE_UNSAFE;
  std::string unsafe;
  for (const auto& setting : server->unsafe) unsafe += (unsafe.empty() ? "" : ", ") + setting;
  findings.push_back(unsafe.empty() ? Finding{"durability", OK, "what is acknowledged is on the disk", {}}
                                    : Finding{"durability", is_allowed ? LOOK : FAIL,
                                              unsafe + ": what was acknowledged can be lost",
                                              "turn it on; a gateway starts without only with --unsafe-durability"});
  if (!server->standby_weakness.empty()) {
    findings.push_back({"standby", LOOK, server->standby_weakness + ": a failover can lose what was acknowledged",
                        "set synchronous_commit to on, for the gateways' role and database too"});
  }
  findings.push_back(
      server->migrations_missing == 0
          ? Finding{"migrations", OK, fmt::format("{}, all that this version has", server->migrations), {}}
          : Finding{"migrations", server->migrations == 0 ? OK : LOOK,
                    server->migrations == 0
                        ? "none yet; the first start applies them"
                        : fmt::format("{} are missing; the next start applies them", server->migrations_missing),
                    server->migrations == 0 ? "" : "make a backup before"});
  if (server->migrations == 0) return;
  const auto standing =
      db::postgres::read_server(url, [&](db::Transaction& tx) { return standing_of(tx, server->place); });
  if (standing && *standing == Standing::COPY) {
    findings.push_back({"standing", LOOK, "a copy: its gateways deliver and submit nothing",
                        how_to_activate(options.data, url) + ", if it is to be the live one"});
  } else if (standing) {
    findings.push_back({"standing", OK, "the live database", {}});
  }
  look_at_gateways(findings, url, *server);
}

void look_at_database(std::vector<Finding>& findings, const fs::path& file, const fs::path& data, const Clock& clock) {
  if (!is_found(file)) return findings.push_back({"database", OK, "none yet; the first start makes it", {}});
  findings.push_back(look_at_owner("database file", file, 0600));
  const auto examined = db::examine_database(file, schema::migrations());
  if (!examined)
    return findings.push_back(
        failed("database", examined.error(), "run the version that wrote it, or restore a backup"));
  if (!examined->faults.empty())
    return findings.push_back({"database", FAIL, "damaged: " + examined->faults.front(), "restore a backup"});
  findings.push_back({"database", OK, "whole: every page, index and reference", {}});
  findings.push_back(
      examined->migrations_missing == 0
          ? Finding{"migrations", OK, fmt::format("{}, all that this version has", examined->migrations), {}}
          : Finding{"migrations", LOOK,
                    fmt::format("{} are missing; the next start applies them", examined->migrations_missing),
                    "make a backup before"});
  const auto place = db::place_of(file);
  const auto standing =
      place ? db::read_file(file, [&](db::Transaction& tx) { return standing_of(tx, *place); }) : place.error();
  if (standing && *standing == Standing::COPY) {
    findings.push_back({"standing", LOOK, "a copy: it delivers and submits nothing",
                        "qantara activate --data " + data.string() + ", if it is to be the live one"});
  } else if (standing) {
    findings.push_back({"standing", OK, "the live database", {}});
  }
  struct News {
    Holdings holdings;
    std::optional<std::string> offset;
  };
  const auto news = db::read_file(file, [](db::Transaction& tx) -> Result<News> {
    ASSIGN_OR_RETURN(const auto holdings, select_holdings(tx));
    ASSIGN_OR_RETURN(auto offset, select_setting(tx, "clock_offset_micros"));
    return News{.holdings = holdings, .offset = std::move(offset)};
  });
  if (!news || !news->holdings.last_event_at) return;
  Duration::rep offset = 0;
  if (news->offset) std::from_chars(news->offset->data(), news->offset->data() + news->offset->size(), offset);
  const bool has_gone_back = *news->holdings.last_event_at > clock.now() + Duration{offset};
  findings.push_back({"last event", has_gone_back ? LOOK : OK,
                      qantara::to_text(*news->holdings.last_event_at) + (has_gone_back ? ": in the future" : ""),
                      has_gone_back ? "look at the clock: it has gone back" : ""});
}

/// The version of the gateway that runs on the folder; nothing if none does.
Task<std::optional<std::string>> running_version(http::Client& client, fs::path socket) {
  http::ClientRequest request{.url = "http://localhost/admin/v1/info", .unix_socket = std::move(socket)};
  const auto answer = co_await client.send(std::move(request));
  if (!answer) co_return std::nullopt;
  const auto body = json::parse(answer->body);
  const auto* const version = body ? body->find("version") : nullptr;
  const bool is_told = version != nullptr && version->is(json::Kind::STRING);
  co_return is_told ? version->string() : std::string{"an unknown version"};
}

Finding look_at_certificate(const http::ServerTlsOptions& tls, const Clock& clock) {
  if (tls.certificate.empty()) return {"certificates", OK, "none: TLS is the affair of the proxy in front", {}};
  const auto loaded = http::ServerTls::load(tls, clock.now());
  if (!loaded)
    return failed("certificates", loaded.error(), "put the right file there; a gateway that runs reads it then");
  const Instant end = (*loaded)->expires_at();
  const auto text = tls.certificate.string() + " ends at " + qantara::to_text(end);
  if (end - clock.now() > kCertificateEndsSoon) return {"certificates", OK, text, {}};
  return {"certificates", LOOK, text, "renew it; a gateway that runs reads the new one by itself"};
}

Finding look_at_address(Executor executor, Random& random, const DoctorOptions& options, bool is_running) {
  const auto& listen = options.listen;
  const auto place = listen.address + " port " + std::to_string(listen.port);
  if (!is_running) {
    const auto taken = http::listen(std::move(executor), random, {.address = listen.address, .port = listen.port});
    if (!taken) return failed("address", taken.error(), "stop what has it, or choose another: --listen");
  }
  const bool is_private = listen.address.starts_with("127.") || listen.address == "::1";
  if (is_private || !options.tls.certificate.empty()) return {"address", OK, place + (is_running ? "" : ", free"), {}};
  return {"address", LOOK, place + ": reachable from outside, and what is sent there is not encrypted",
          "give it a certificate (--tls-certificate), or listen on 127.0.0.1 behind a proxy with TLS"};
}

}  // namespace

Task<std::vector<Finding>> examine(Executor executor, http::Client& client, const Clock& clock, Random& random,
                                   DoctorOptions options) {
  std::vector<Finding> findings;
  const auto socket = options.data / "admin.sock";
  const auto running = co_await running_version(client, socket);
  findings.push_back({"version", OK, std::string{"qantara "} + QANTARA_VERSION, {}});
  findings.push_back({"configuration",
                      OK,
                      options.config.empty() ? std::string{"no file; flags, variables and defaults"}
                                             : options.config.string() + ", every setting known",
                      {}});
  const bool is_other = running && *running != QANTARA_VERSION;
  findings.push_back({"gateway", is_other ? LOOK : OK, running ? "runs on this folder, " + *running : "does not run",
                      is_other ? "restart it to run this version" : ""});
  findings.push_back(look_at_clock(clock));
  findings.push_back(look_at_address(std::move(executor), random, options, running.has_value()));
  findings.push_back(look_at_certificate(options.tls, clock));
  if (!is_found(options.data)) {
    findings.push_back({"data folder", LOOK, options.data.string() + " is not there yet; the first start makes it",
                        "name another with --data, if this is not the one"});
    if (!options.database.empty()) look_at_server(findings, options);
    co_return findings;
  }
  findings.push_back(look_at_owner("data folder", options.data, 0700));
  if (is_found(socket)) findings.push_back(look_at_owner("socket", socket, 0600));
  if (!options.database.empty()) {
    findings.push_back(look_at_shared_key(options.data / "key", options.database, random));
    look_at_server(findings, options);
    co_return findings;
  }
  findings.push_back(look_at_space(options.data));
  findings.push_back(look_at_flush(options.data, clock, random));
  const auto database = options.data / "qantara.db";
  findings.push_back(look_at_key(options.data / "key", database, random));
  look_at_database(findings, database, options.data, clock);
  co_return findings;
}

}  // namespace qantara::gateway
