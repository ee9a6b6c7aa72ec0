#include "gateway/operation_verbs.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/event_loop.h"
#include "base/timers.h"
#include "cli/context.h"
#include "cli/terminal.h"
#include "gateway/backup.h"
#include "gateway/doctor.h"
#include "gateway/server_options.h"
#include "json/json.h"

namespace qantara::gateway {

namespace {

/// What the verbs of this file are told, each what it needs.
struct Options {
  std::filesystem::path data = "qantara-data";
  std::string database;
  db::Durability durability = db::Durability::FULL;
  std::filesystem::path from;
  std::filesystem::path to;
  std::filesystem::path key;
  Listen listen{"127.0.0.1", 7070};
  std::filesystem::path config;
  http::ServerTlsOptions tls;
  enum class After { NOTHING, MAKE_LIVE } after = After::NOTHING;
  enum class Depth { RESTORE, CHECK } depth = Depth::RESTORE;
  cli::Output output = cli::Output::TEXT;
  cli::ColorWish color = cli::ColorWish::AUTO;
};

struct Terminals {
  explicit Terminals(cli::ColorWish wish)
      : out(std::cout, cli::look_of(STDOUT_FILENO, wish), cli::system_utc_offset()),
        err(std::cerr, cli::look_of(STDERR_FILENO, wish), cli::system_utc_offset()) {}
  cli::Terminal out;
  cli::Terminal err;
};

Task<int> into_exit_code(Task<Result<void>> task) {
  const auto done = co_await std::move(task);
  co_return done ? cli::kDone : refuse_to_start(done.error());
}

int set_standing(const Options& options, Standing standing) {
  EventLoop loop;
  return loop.run(into_exit_code(change_standing(options.data, options.database, standing)));
}

std::string_view to_text(KeyFit fit) {
  switch (fit) {
    case KeyFit::FITS:
      return "fits";
    case KeyFit::IS_ANOTHER:
      return "another";
    case KeyFit::UNKNOWN:
      return "unknown";
  }
  return "unknown";
}

std::string count(std::int64_t number, std::string_view further = {}) {
  return std::to_string(number) + std::string{further};
}

void print_json(cli::Terminal& out, const BackupFacts& facts) {
  const auto& holdings = facts.holdings;
  json::Writer line;
  line.begin_object()
      .member("file", facts.file.string())
      .member("bytes", static_cast<std::int64_t>(facts.bytes))
      .member("migrations", facts.migrations)
      .member("migrations_missing", facts.migrations_missing)
      .member("applications", holdings.applications)
      .member("payment_intents", holdings.intents)
      .member("payments", holdings.payments)
      .member("payments_open", holdings.payments_open)
      .member("events", holdings.events)
      .member("deliveries_waiting", holdings.deliveries_waiting)
      .member("last_event_at",
              holdings.last_event_at ? std::optional{qantara::to_text(*holdings.last_event_at)} : std::nullopt)
      .member("key", facts.key ? std::optional{std::string{to_text(*facts.key)}} : std::nullopt)
      .end_object();
  out.json(line.text());
}

/// `done`: what has come of it, in words.
void print_facts(const Options& options, Terminals& to, const BackupFacts& facts, std::string_view done) {
  auto& out = to.out;
  if (options.output == cli::Output::JSON) return print_json(out, facts);
  const auto& holdings = facts.holdings;
  out.hang(out.symbol(cli::Symbol::OK) + "  ", out.verbatim(facts.file.string() + " " + std::string{done}));
  out.fact("size", count(static_cast<std::int64_t>(facts.bytes), " bytes, whole"));
  out.fact("migrations", facts.migrations_missing == 0
                             ? count(facts.migrations, ", all that this version has")
                             : count(facts.migrations, ", ") +
                                   count(facts.migrations_missing, " more when a gateway first opens it"));
  out.fact("applications", count(holdings.applications));
  out.fact("payment intents", count(holdings.intents));
  out.fact("payments", count(holdings.payments, ", ") + count(holdings.payments_open, " neither accepted nor failed"));
  out.fact("events", count(holdings.events));
  out.fact("deliveries", count(holdings.deliveries_waiting, " waiting"));
  out.fact("last event", holdings.last_event_at ? out.date_and_time(*holdings.last_event_at) : "none");
  if (facts.key == KeyFit::FITS) out.fact("key", "fits");
  if (facts.key == KeyFit::UNKNOWN) out.fact("key", "cannot be told: an earlier version wrote this database");
}

/// A server's database has backups of its own kind.
int refuse_for_server(std::string_view instead) {
  return refuse_to_start(error(ErrorCode::INVALID_PARAMETERS,
                               "this database is PostgreSQL's, and so are its backups: " + std::string{instead} +
                                   ". Keep the key file apart, as ever"));
}

int run_backup(const Options& options) {
  if (!options.database.empty())
    return refuse_for_server("pgBackRest or pg_basebackup with archived logs; pg_dump for a copy at one moment");
  Terminals terminals{options.color};
  const auto facts = back_up(options.data, options.to);
  if (!facts) return refuse_to_start(facts.error());
  print_facts(options, terminals, *facts, "is a backup of " + options.data.string());
  terminals.err.hang("keep apart  ", terminals.err.verbatim("The key, " + (options.data / "key").string() +
                                                            ", is not part of it. Without it nothing sealed opens."));
  return cli::kDone;
}

int run_check(const Options& options) {
  SystemRandom random;
  Terminals terminals{options.color};
  const auto facts = check_backup(options.from, options.key, random);
  if (!facts) return refuse_to_start(facts.error());
  print_facts(options, terminals, *facts, "can be restored");
  if (options.key.empty()) terminals.err.hang("not looked at  ", "Whether a key fits: --key FILE names one.");
  return cli::kDone;
}

int run_restore(const Options& options) {
  if (options.depth == Options::Depth::CHECK) return run_check(options);
  if (!options.database.empty()) {
    return refuse_for_server(
        "restore with what made the backup, then let the gateways stand by or make it live with `qantara activate "
        "--database`");
  }
  if (options.data.empty()) {
    std::cerr << "qantara restore: --data DIR is missing: the new data folder; or --check, to restore nothing\n";
    return cli::kUsage;
  }
  SystemRandom random;
  Terminals terminals{options.color};
  const auto facts = restore(options.from, options.key, options.data, random);
  if (!facts) return refuse_to_start(facts.error());
  const bool make_it_live = options.after == Options::After::MAKE_LIVE;
  if (make_it_live) {
    if (const int refused = set_standing(options, Standing::LIVE); refused != cli::kDone) return refused;
  }
  print_facts(options, terminals, *facts, make_it_live ? "is restored, and the live one" : "is restored, as a copy");
  if (!make_it_live) {
    terminals.err.hang("stands by  ",
                       "It delivers and submits nothing until it is told that it is the live one: "
                       "qantara activate --data " +
                           options.data.string());
  }
  return cli::kDone;
}

cli::Symbol symbol_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::OK:
      return cli::Symbol::OK;
    case Verdict::LOOK:
      return cli::Symbol::LOOK;
    case Verdict::FAIL:
      return cli::Symbol::FAIL;
  }
  return cli::Symbol::FAIL;
}

std::string_view word_of(Verdict verdict) {
  return verdict == Verdict::OK ? "ok" : verdict == Verdict::LOOK ? "look" : "fail";
}

void print_finding(cli::Terminal& out, cli::Output output, const Finding& finding) {
  if (output == cli::Output::JSON) {
    json::Writer line;
    line.begin_object()
        .member("subject", finding.subject)
        .member("verdict", word_of(finding.verdict))
        .member("text", finding.text)
        .member("remedy", finding.remedy.empty() ? std::nullopt : std::optional{finding.remedy})
        .end_object();
    return out.json(line.text());
  }
  out.hang(cli::padded(out.symbol(symbol_of(finding.verdict)), 8) + cli::padded(finding.subject, 16),
           out.verbatim(finding.text));
  if (!finding.remedy.empty()) out.hang("        remedy          ", out.verbatim(finding.remedy));
}

Task<int> look_around(EventLoop& loop, const Options& options, Terminals& terminals) {
  const SystemClock clock;
  SystemRandom random;
  const auto dns = http::make_system_dns(loop.executor());
  const auto client = http::make_client(loop.executor(), *dns, {});
  DoctorOptions wanted{.data = options.data,
                       .database = options.database,
                       .durability = options.durability,
                       .config = options.config,
                       .listen = options.listen,
                       .tls = options.tls};
  const auto findings = co_await examine(loop.executor(), *client, clock, random, std::move(wanted));
  for (const auto& finding : findings) print_finding(terminals.out, options.output, finding);
  const bool has_failed = std::ranges::find(findings, Verdict::FAIL, &Finding::verdict) != findings.end();
  co_return has_failed ? cli::kRefused : cli::kDone;
}

int run_doctor(const Options& options) {
  Terminals terminals{options.color};
  EventLoop loop;
  return loop.run(look_around(loop, options, terminals));
}

int run_activate(const Options& options) { return set_standing(options, Standing::LIVE); }
int run_deactivate(const Options& options) { return set_standing(options, Standing::COPY); }

/// One verb as it is being declared.
class OperationVerb {
 public:
  OperationVerb(CLI::App& program, cli::Verb& chosen, const char* name, const char* help, int (*work)(const Options&))
      : verb_(program.add_subcommand(name, help)), options_(std::make_shared<Options>()) {
    verb_->group("Operator verbs");
    verb_->callback([&chosen, options = options_, work] { chosen = [options, work] { return work(*options); }; });
  }

  Options& options() { return *options_; }
  const std::shared_ptr<Options>& shared() { return options_; }
  CLI::App* operator->() { return verb_; }

  CLI::Option* path(const char* flag, std::filesystem::path& value, const char* type, const char* help) {
    return verb_->add_option(flag, value, help)->type_name(type);
  }

  void data() {
    path("--data", options_->data, "DIR", "The data folder")->envname("QANTARA_DATA")->capture_default_str();
  }

  void database(const char* help) {
    verb_
        ->add_option_function<std::string>(
            "--database", [options = options_](const std::string& text) { options->database = text; }, help)
        ->envname("QANTARA_DATABASE")
        ->type_name("URL")
        ->check(check_database_url);
  }

  /// For verbs that print facts.
  void output() {
    verb_->add_flag_function(
        "--json", [options = options_](std::int64_t) { options->output = cli::Output::JSON; },
        "One JSON object on standard output, and nothing else");
    const std::map<std::string, cli::ColorWish> colors{
        {"auto", cli::ColorWish::AUTO}, {"never", cli::ColorWish::NEVER}, {"always", cli::ColorWish::ALWAYS}};
    verb_
        ->add_option_function<std::string>(
            "--color", [options = options_, colors](const std::string& text) { options->color = colors.at(text); },
            "auto, never or always; auto colours terminals only and obeys NO_COLOR and TERM=dumb")
        ->check(CLI::IsMember({"auto", "never", "always"}))
        ->type_name("WHEN");
  }

 private:
  CLI::App* verb_;
  std::shared_ptr<Options> options_;
};

/// What `serve` was told by the configuration file is what doctor looks at.
void add_doctor(CLI::App& program, cli::Verb& chosen) {
  OperationVerb doctor{
      program, chosen, "doctor",
      "Look at what a gateway stands on: settings, clock, disk, permissions, key, database. Changes nothing",
      run_doctor};
  doctor->fallthrough();  // `--config` may stand behind the verb.
  doctor.data();
  doctor.database("The PostgreSQL database to look at, in place of the folder's own");
  auto* const address = doctor->add_option_function<std::string>(
      "--listen",
      [&options = doctor.options()](const std::string& text) {
        const auto parsed = parse_listen(text);
        if (!parsed)
          throw CLI::ValidationError("--listen", "'" + text + "' is no address; type one like 127.0.0.1:7070");
        options.listen = *parsed;
      },
      "Where the gateway is to listen");
  address->envname("QANTARA_LISTEN")->type_name("ADDRESS:PORT")->default_str("127.0.0.1:7070");
  auto& tls = doctor.options().tls;
  doctor.path("--tls-certificate", tls.certificate, "FILE", "The certificate that it is to show")
      ->envname("QANTARA_TLS_CERTIFICATE");
  doctor.path("--tls-key", tls.key, "FILE", "That certificate's key")->envname("QANTARA_TLS_KEY");
  doctor.path("--tls-client-ca", tls.client_authorities, "FILE", "The authorities of clients' certificates")
      ->envname("QANTARA_TLS_CLIENT_CA");
  doctor.output();
  // Behind the file, which is read after the flags.
  doctor->callback([&program, &chosen, options = doctor.shared(), verb = doctor.operator->()] {
    const auto* const file = program.get_config_ptr();
    if (file->count() > 0) options->config = file->as<std::string>();
    const auto* const serve = program.get_subcommand("serve");
    const auto configured = [&](const char* flag) -> std::optional<std::string> {
      const auto* const option = serve->get_option(flag);
      if (verb->get_option(flag)->count() > 0 || option->count() == 0) return std::nullopt;
      return option->results().front();
    };
    if (const auto data = configured("--data")) options->data = *data;
    if (const auto database = configured("--database")) options->database = *database;
    if (serve->get_option("--unsafe-durability")->count() > 0) options->durability = db::Durability::MAY_BE_UNSAFE;
    if (const auto text = configured("--listen")) options->listen = parse_listen(*text).value_or(options->listen);
    if (const auto file_name = configured("--tls-certificate")) options->tls.certificate = *file_name;
    if (const auto file_name = configured("--tls-key")) options->tls.key = *file_name;
    if (const auto file_name = configured("--tls-client-ca")) options->tls.client_authorities = *file_name;
    chosen = [options] { return run_doctor(*options); };
  });
}

}  // namespace

void add_operation_verbs(CLI::App& program, cli::Verb& chosen) {
  OperationVerb backup{program, chosen, "backup",
                       "Copy the database while the gateway serves it. The key is not part of the copy", run_backup};
  backup.data();
  backup.database("Of a gateway on PostgreSQL, whose database is backed up otherwise: says how");
  backup.path("--to", backup.options().to, "FILE", "The file to make; it must not be there")->required();
  backup.output();

  OperationVerb restore{program, chosen, "restore",
                        "Make a data folder of a backup and its key. What was restored stands by until it is activated",
                        run_restore};
  restore.options().data.clear();  // Named, never guessed.
  restore.path("--from", restore.options().from, "FILE", "The backup")->required();
  restore.path("--data", restore.options().data, "DIR", "The new data folder");
  restore.database("Of a gateway on PostgreSQL, whose database is restored otherwise: says how");
  restore.path("--key", restore.options().key, "FILE", "The key file that belongs to it; else the new folder's own");
  restore->add_flag_function(
      "--check", [&depth = restore.options().depth](std::int64_t) { depth = Options::Depth::CHECK; },
      "Only look: whether the file is whole, known to this version and fits the key, and what it holds");
  restore->add_flag_function(
      "--make-live", [&after = restore.options().after](std::int64_t) { after = Options::After::MAKE_LIVE; },
      "It is the live one from now on: the gateway that it replaces will not run again");
  restore.output();

  add_doctor(program, chosen);

  OperationVerb activate{program, chosen, "activate",
                         "Say that the database in this folder is the live one: a gateway on it delivers and submits. "
                         "Nothing else may run on another copy of it",
                         run_activate};
  activate.data();
  activate.database("The PostgreSQL database to say it of, in place of the folder's own");
  OperationVerb deactivate{program, chosen, "deactivate",
                           "Say that it is a copy: a gateway on it only answers questions", run_deactivate};
  deactivate.data();
  deactivate.database("The PostgreSQL database to say it of, in place of the folder's own. Stop its gateways first");
}

}  // namespace qantara::gateway
