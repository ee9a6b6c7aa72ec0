#include "gateway/server_verbs.h"

#include <CLI/CLI.hpp>
#include <charconv>
#include <functional>
#include <iostream>
#include <map>
#include <memory>

#include "api/idempotency.h"
#include "api/routes.h"
#include "base/clock.h"
#include "base/text.h"
#include "gateway/configuration.h"
#include "gateway/server_options.h"
#include "http/message.h"
#include "json/json.h"

namespace qantara::gateway {

namespace {

constexpr auto kBankTimeoutMax =
    std::chrono::seconds{20};  ///< A lease (payments.cpp) must outlast a conversation of five calls.

// A delivery is tried for three days (webhooks/retry_schedule.h): less than one makes no sense, but demonstrations like it.
constexpr Duration kRetentionMin = std::chrono::days{1};
constexpr Duration kRetentionMax = std::chrono::days{3650};

std::string check_http_url(const std::string& text) {
  return http::parse_url(text) ? "" : "'" + text + "' is no http or https URL";
}

std::string check_public_url(const std::string& text) {
  const auto url = http::parse_url(text);
  return url && url->origin() == text ? ""
                                      : "'" + text + "' is no origin in lower case; type one like https://pay.example";
}

std::string check_operator_name(const std::string& text) {
  const auto length = utf8_length(trim(text));
  return length >= 1 && length <= 100 ? "" : "a name has 1 to 100 characters";
}

/// One server verb as it is being declared.
template <class Options>
class Declaration {
 public:
  Declaration(CLI::App& program, cli::Verb& chosen, const char* name, const char* help, int (*work)(const Options&))
      : verb_(program.add_subcommand(name, help)), options_(std::make_shared<Options>()) {
    verb_->fallthrough();  // `--config` may stand behind the verb.
    verb_->callback([&chosen, options = options_, work] { chosen = [options, work] { return work(*options); }; });
  }

  Options& options() { return *options_; }

  void listen(const std::string& help) {
    const auto& usual = options_->listen;
    address("--listen", "QANTARA_LISTEN", help, [options = options_](const Listen& parsed) {
      options->listen = parsed;
    })->default_str(usual.address + ":" + std::to_string(usual.port));
  }

  CLI::Option* address(const std::string& flag, const std::string& variable, const std::string& help,
                       std::function<void(const Listen&)> take) {
    const auto parse = [flag, take = std::move(take)](const std::string& text) {
      const auto parsed = parse_listen(text);
      if (!parsed) throw CLI::ValidationError(flag, "'" + text + "' is no address; type one like 127.0.0.1:7070");
      take(*parsed);
    };
    return verb_->add_option_function<std::string>(flag, parse, help)->envname(variable)->type_name("ADDRESS:PORT");
  }

  /// Without a trailing slash it is what tokens name as their issuer.
  void public_url() {
    verb_
        ->add_option_function<std::string>(
            "--public-url", [options = options_](const std::string& text) { options->public_url = text; },
            "Where clients find the gateway, like https://pay.example: issuer and audience of its access tokens "
            "(default: where it listens)")
        ->envname("QANTARA_PUBLIC_URL")
        ->type_name("URL")
        ->check(check_public_url);
  }

  std::shared_ptr<Options> shared() const { return options_; }

  void data(const std::string& help) {
    verb_->add_option("--data", options_->data, help)->envname("QANTARA_DATA")->type_name("DIR")->capture_default_str();
  }

  void database() {
    verb_
        ->add_option_function<std::string>(
            "--database", [options = options_](const std::string& text) { options->database = text; },
            "A PostgreSQL database, like postgres://qantara@db.internal/qantara: any number of gateways may share it "
            "(default: a file in the data folder)")
        ->envname("QANTARA_DATABASE")
        ->type_name("URL")
        ->check(check_database_url);
    verb_
        ->add_flag_function(
            "--unsafe-durability",
            [options = options_](std::int64_t) { options->durability = db::Durability::MAY_BE_UNSAFE; },
            "Start although the PostgreSQL server may lose what it has acknowledged (fsync, full_page_writes or "
            "synchronous_commit is off)")
        ->envname("QANTARA_UNSAFE_DURABILITY");
  }

  void bank_timeout() {
    verb_
        ->add_option_function<std::string>(
            "--bank-timeout",
            [options = options_](const std::string& text) {
              const auto parsed = parse_duration(text);
              if (!parsed || *parsed < std::chrono::milliseconds{50} || *parsed > kBankTimeoutMax) {
                throw CLI::ValidationError("--bank-timeout",
                                           "'" + text + "' is no length of time from 50ms to 20s; type one like 10s");
              }
              options->bank_timeout = std::chrono::duration_cast<std::chrono::milliseconds>(*parsed);
            },
            "How long a call to a bank may take before its outcome counts as unknown")
        ->envname("QANTARA_BANK_TIMEOUT")
        ->type_name("TIME")
        ->default_str("10s");
  }

  /// How long is kept what nobody needs any more.
  void retention() {
    auto& kept = options_->retention;
    length_kept("--retain-events", "QANTARA_RETAIN_EVENTS", "How long events are kept, with their deliveries",
                kept.events);
    length_kept("--retain-dead-letters", "QANTARA_RETAIN_DEAD_LETTERS",
                "How long deliveries that were given up are kept: so long they can be replayed", kept.dead_letters);
    length_kept("--retain-sessions", "QANTARA_RETAIN_SESSIONS",
                "How long payers' sessions are kept after they have expired", kept.sessions);
    length_kept("--retain-idempotency", "QANTARA_RETAIN_IDEMPOTENCY",
                "How long a request that is sent again with its Idempotency-Key gets the first answer",
                kept.idempotency, api::kIdempotencyLife);
  }

  /// A number of days or hours into `target`, which says what is usual.
  void length_kept(const std::string& flag, const std::string& variable, const std::string& help, Duration& target,
                   Duration min = kRetentionMin) {
    const auto parse = [flag, options = options_, &target, min](const std::string& text) {
      const auto parsed = parse_duration(text);
      if (!parsed || *parsed < min || *parsed > kRetentionMax) {
        throw CLI::ValidationError(flag, "'" + text + "' is no length of time from " +
                                             std::to_string(min / std::chrono::days{1}) +
                                             "d to 3650d; type one like 90d");
      }
      target = *parsed;
    };
    verb_->add_option_function<std::string>(flag, parse, help)
        ->envname(variable)
        ->type_name("TIME")
        ->default_str(std::to_string(target / std::chrono::days{1}) + "d");
  }

  /// Who runs the gateway, as its pages tell payers.
  void run_by() {
    auto& run_by = options_->run_by;
    verb_->add_option("--operator-name", run_by.name, "Who runs this gateway, as payers are told")
        ->envname("QANTARA_OPERATOR_NAME")
        ->type_name("NAME")
        ->check(check_operator_name)
        ->capture_default_str();
    verb_->add_option("--terms-url", run_by.terms_url, "The operator's terms, for payers to read")
        ->envname("QANTARA_TERMS_URL")
        ->type_name("URL")
        ->check(check_http_url);
    verb_->add_option("--privacy-url", run_by.privacy_url, "The operator's privacy notice, for payers to read")
        ->envname("QANTARA_PRIVACY_URL")
        ->type_name("URL")
        ->check(check_http_url);
  }

  void common() {
    const std::map<std::string, log::Level> levels{{"debug", log::Level::DEBUG},
                                                   {"info", log::Level::INFO},
                                                   {"warn", log::Level::WARN},
                                                   {"error", log::Level::ERROR},
                                                   {"off", log::Level::OFF}};
    verb_->add_option("--log-level", options_->log_level, "The least that is logged: debug, info, warn, error or off")
        ->transform(CLI::CheckedTransformer(levels, CLI::ignore_case))
        ->envname("QANTARA_LOG_LEVEL")
        ->type_name("LEVEL");
    verb_->add_flag("--json", options_->json, "When ready, print one line of JSON with every address and credential");
  }

  CLI::App* operator->() { return verb_; }

 private:
  CLI::App* verb_;
  std::shared_ptr<Options> options_;
};

void add_tls(Declaration<ServeOptions>& verb) {
  auto& tls = verb.options().tls;
  auto* const certificate =
      verb->add_option("--tls-certificate", tls.certificate,
                       "Serve https alone, with the certificate in this PEM file and those behind it. "
                       "Changed files are read by themselves, and at once on SIGHUP")
          ->envname("QANTARA_TLS_CERTIFICATE")
          ->type_name("FILE");
  auto* const key =
      verb->add_option("--tls-key", tls.key, "The certificate's key, PEM without a password, mode 0600 or 0640")
          ->envname("QANTARA_TLS_KEY")
          ->type_name("FILE");
  certificate->needs(key);
  key->needs(certificate);
  verb->add_option("--tls-client-ca", tls.client_authorities,
                   "The authorities (PEM) that clients' certificates must come from; without it every certificate is "
                   "taken, and an application knows its own")
      ->envname("QANTARA_TLS_CLIENT_CA")
      ->type_name("FILE")
      ->needs(certificate);
  verb->add_option("--tls-client-name", tls.client_name,
                   "Ask only those for a certificate who come to this host name; browsers that are asked bother payers")
      ->envname("QANTARA_TLS_CLIENT_NAME")
      ->type_name("NAME")
      ->needs(certificate);
}

void add_proxies(Declaration<ServeOptions>& verb) {
  using Headers = http::TrustedProxies::Headers;
  const auto take = [options = verb.shared()](const std::vector<std::string>& texts) {
    for (const auto& text : texts) {
      const auto network = http::parse_network(text);
      if (!network) {
        throw CLI::ValidationError("--trusted-proxy", "'" + text + "' is no network; type one like 10.0.0.0/8");
      }
      options->proxies.networks.push_back(*network);
    }
  };
  verb->add_option_function<std::vector<std::string>>(
          "--trusted-proxy", take,
          "A proxy in front, as an address or a network: what it says of the client's address and of https is believed")
      ->envname("QANTARA_TRUSTED_PROXY")
      ->type_name("CIDR")
      ->delimiter(',');
  const std::map<std::string, Headers> headers{{"x-forwarded", Headers::X_FORWARDED},
                                               {"forwarded", Headers::FORWARDED}};
  verb->add_option("--trusted-proxy-headers", verb.options().proxies.headers,
                   "Where it says so: x-forwarded (X-Forwarded-For, X-Forwarded-Proto) or forwarded (RFC 7239)")
      ->transform(CLI::CheckedTransformer(headers, CLI::ignore_case))
      ->envname("QANTARA_TRUSTED_PROXY_HEADERS")
      ->type_name("KIND")
      ->default_str("x-forwarded");
}

void add_serve(CLI::App& program, cli::Verb& chosen, std::shared_ptr<const std::string> banks) {
  Declaration<ServeOptions> verb{program, chosen, "serve", "Run the gateway", serve};
  verb.options().banks = std::move(banks);
  verb.listen("Where the API is served; port 0 takes a free one");
  verb.public_url();
  verb.data("The data folder: database, key file, operator's socket");
  verb.database();
  verb->add_option("--sandbox-bank-url", verb.options().sandbox_bank_url,
                   "The sandbox bank to connect with: its banks join the registry")
      ->envname("QANTARA_SANDBOX_BANK_URL")
      ->type_name("URL")
      ->check(check_http_url);
  verb->add_option("--allow-webhook-network", verb.options().webhook_networks,
                   "A network that webhooks may reach although it is loopback, private or otherwise special, such as "
                   "127.0.0.0/8")
      ->envname("QANTARA_ALLOW_WEBHOOK_NETWORK")
      ->type_name("CIDR")
      ->delimiter(',');
  verb.bank_timeout();
  verb.run_by();
  verb.retention();
  verb.address("--metrics-listen", "QANTARA_METRICS_LISTEN",
               "Where Prometheus may ask for /metrics; off without it. Not for the public: no credential is asked for",
               [options = verb.shared()](const Listen& parsed) { options->metrics_listen = parsed; });
  verb->add_option_function<int>(
          "--application-rate",
          [options = verb.shared()](const int& per_second) {
            options->application_rate = Rate{.per_second = per_second, .burst = 2 * per_second};
          },
          "How many requests a second each application may make, twice as many at once; without it, as many as it "
          "likes")
      ->check(CLI::Range(1, 100'000))
      ->envname("QANTARA_APPLICATION_RATE")
      ->type_name("NUMBER");
  add_tls(verb);
  add_proxies(verb);
  verb.common();
}

void add_sandbox_bank(CLI::App& program, cli::Verb& chosen) {
  Declaration<SandboxBankOptions> verb{program, chosen, "sandbox-bank", "Run the sandbox bank alone",
                                       serve_sandbox_bank};
  verb.listen("Where the bank is served; port 0 takes a free one");
  verb.data("The folder of the bank's books");
  verb.common();
}

void add_dev(CLI::App& program, cli::Verb& chosen, std::shared_ptr<const std::string> banks) {
  Declaration<DevOptions> verb{program, chosen, "dev",
                               "Run gateway and sandbox bank together, with an application to try", run_dev};
  verb.options().banks = std::move(banks);
  verb.listen("Where the API is served; bank and demo shop take the next two ports. Port 0: free ports for all");
  verb.public_url();
  verb.data("The data folder. Started again on it, it is the same application with the same credentials");
  verb.database();
  verb->add_option("--webhook-url", verb.options().webhook_url,
                   "Where the application's webhooks go, besides this terminal")
      ->envname("QANTARA_WEBHOOK_URL")
      ->type_name("URL")
      ->check(check_http_url);
  verb->add_flag("--demo", verb.options().demo, "Make one scripted payment through the HTTP interfaces, then stay");
  verb->add_flag("--once", verb.options().once, "End after the scripted payment: exit code 0 if it went through");
  verb.bank_timeout();
  verb.run_by();
  verb.common();
}

std::string routes_as_json() {
  json::Writer writer;
  writer.begin_array();
  for (const auto& route : api::routes()) {
    writer.begin_object().member("method", http::to_text(route.method)).member("path", route.pattern).end_object();
  }
  writer.end_array();
  return std::move(writer).text();
}

/// For `./dev check`, which compares them with api/openapi.yaml. Users have no need of it, so no help lists it.
void add_routes(CLI::App& program, cli::Verb& chosen) {
  auto* const verb = program.add_subcommand("routes", "Print every route of the API as JSON")->group("");
  verb->add_flag("--json");  // There is no other form.
  verb->callback([&chosen] {
    chosen = [] {
      std::cout << routes_as_json() << '\n';
      return 0;
    };
  });
}

}  // namespace

std::string check_database_url(const std::string& text) {
  if (text.starts_with("postgres://") || text.starts_with("postgresql://")) return "";
  return "that is no URL of a PostgreSQL database; type one like postgres://qantara@db.internal/qantara";
}

std::optional<Listen> parse_listen(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  auto address = text.substr(0, colon);
  const auto port_text = text.substr(colon + 1);
  if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
  std::uint16_t port = 0;
  const auto [end, failed] = std::from_chars(port_text.data(), port_text.data() + port_text.size(), port);
  if (failed != std::errc{} || end != port_text.data() + port_text.size()) return std::nullopt;
  return Listen{.address = std::string{address}, .port = port};
}

void add_server_verbs(CLI::App& program, cli::Verb& chosen) {
  program.set_config("--config", "", "A configuration file (TOML); tools/config/qantara.toml shows every setting")
      ->envname("QANTARA_CONFIG")
      ->type_name("FILE");
  program.allow_config_extras(false);
  const auto banks = std::make_shared<std::string>();
  program.config_formatter(make_configuration(banks));
  add_dev(program, chosen, banks);
  add_serve(program, chosen, banks);
  add_sandbox_bank(program, chosen);
  add_routes(program, chosen);
}

}  // namespace qantara::gateway
