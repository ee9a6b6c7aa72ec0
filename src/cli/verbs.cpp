#include "cli/verbs.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <utility>

#include "banking/bank_settings.h"
#include "base/event_loop.h"
#include "cli/access.h"
#include "cli/app.h"
#include "cli/bank.h"
#include "cli/clock.h"
#include "cli/explain.h"
#include "cli/listen.h"
#include "cli/sandbox.h"

namespace qantara::cli {

namespace {

constexpr const char* kFooter =
    "Data goes to standard output; progress, hints and refusals to standard error.\n"
    "Exit codes: 0 done, 1 refused or failed, 2 usage, 3 no gateway.";

/// Help that fits into 80 columns: a flag and what it takes; beside it what it means, what stands for it, and whether it
/// must be given.
class HelpFormatter final : public CLI::Formatter {
 public:
  HelpFormatter() { column_width(kFlagWidth); }

  std::string make_option_opts(const CLI::Option* option) const override {
    const auto type = option->get_type_size() == 0 ? std::string{} : option->get_type_name();
    return type.empty() ? type : " " + type.substr(0, type.find(":{"));  // From there: what a check allows.
  }

  std::string make_option_desc(const CLI::Option* option) const override {
    std::string notes;
    const auto note = [&](const std::string& text) { notes += (notes.empty() ? "" : "; ") + text; };
    if (option->get_required()) note("required");
    if (!option->get_envname().empty()) note("or " + option->get_envname());
    if (!option->get_default_str().empty()) note("default " + option->get_default_str());
    return in_column(option->get_description() + (notes.empty() ? "" : " (" + notes + ")"));
  }

  std::string make_subcommand(const CLI::App* verb) const override {
    std::ostringstream out;
    CLI::detail::format_help(out, verb->get_display_name(true), in_column(verb->get_description()), kFlagWidth);
    return out.str();
  }

  std::string make_description(const CLI::App* verb) const override {
    return join(wrapped(verb->get_description(), kWidth)) + "\n\n";
  }

 private:
  static constexpr std::size_t kWidth = 80;
  static constexpr std::size_t kFlagWidth = 24;

  static std::string in_column(const std::string& text) { return join(wrapped(text, kWidth - kFlagWidth)); }

  static std::string join(const std::vector<std::string>& lines) {
    std::string text;
    for (const auto& line : lines) text += (text.empty() ? "" : "\n") + line;
    return text;
  }
};

/// What every verb has.
struct CommonOptions {
  Output output = Output::TEXT;
  ColorWish color = ColorWish::AUTO;
};

int run(const CommonOptions& common, const std::function<Task<int>(Context&)>& work) {
  std::signal(SIGPIPE, SIG_IGN);  // A pipe that closes must not keep `listen` from removing its endpoint.
  const SystemClock clock;
  SystemRandom random;
  EventLoop loop;
  const auto timers = make_system_timers(loop.executor(), clock);
  const auto dns = http::make_system_dns(loop.executor());
  const auto client = http::make_client(loop.executor(), *dns, {});
  Terminal out{std::cout, look_of(STDOUT_FILENO, common.color), system_utc_offset()};
  Terminal err{std::cerr, look_of(STDERR_FILENO, common.color), system_utc_offset()};
  Context context{.executor = loop.executor(),
                  .client = *client,
                  .timers = *timers,
                  .clock = clock,
                  .random = random,
                  .out = out,
                  .err = err,
                  .output = common.output,
                  .on_signal = [&loop](std::function<void()> stop) { loop.on_signal(std::move(stop)); }};
  return loop.run(work(context));
}

std::string check_url(const std::string& text) {
  return http::parse_url(text) ? "" : "'" + text + "' is no http or https URL; type one like http://127.0.0.1:7070";
}

std::string check_duration(const std::string& text) {
  return parse_duration(text) ? "" : "'" + text + "' is no length of time; type one like 24h, 90s or 1h30m";
}

/// One verb as it is being declared: its CLI11 side, and the options it fills.
template <class Options>
class Declaration {
 public:
  Declaration(CLI::App* verb, Verb& chosen, Task<int> (*work)(Context&, Options))
      : verb_(verb), common_(std::make_shared<CommonOptions>()), options_(std::make_shared<Options>()) {
    verb_->callback([&chosen, common = common_, options = options_, work] {
      chosen = [common, options, work] {
        return run(*common, [&](Context& context) { return work(context, *options); });
      };
    });
  }

  CLI::App* operator->() { return verb_; }
  Options& options() { return *options_; }
  const std::shared_ptr<Options>& shared() { return options_; }

  CLI::Option* text(const char* flags, std::string& value, const char* type, const std::string& help) {
    return verb_->add_option(flags, value, help)->type_name(type);
  }

  void secret(const char* flags, Secret Payer::* member, const char* type, const std::string& help) {
    verb_
        ->add_option_function<std::string>(
            flags, [options = options_, member](const std::string& typed) { options->payer.*member = Secret{typed}; },
            help)
        ->type_name(type);
  }

  /// `--data`, for verbs that ask the operator's socket, and what every verb has: the last of its flags.
  void common_flags(const std::string& data_help) {
    options_->data = "qantara-data";
    verb_->add_option("--data", options_->data, data_help)
        ->envname("QANTARA_DATA")
        ->type_name("DIR")
        ->capture_default_str();
    verb_->add_flag_function(
        "--json", [common = common_](std::int64_t) { common->output = Output::JSON; },
        "One JSON object per line, with the API's field names, and nothing else on standard output");
    const std::map<std::string, ColorWish> colors{
        {"auto", ColorWish::AUTO}, {"never", ColorWish::NEVER}, {"always", ColorWish::ALWAYS}};
    verb_
        ->add_option_function<std::string>(
            "--color", [common = common_, colors](const std::string& text) { common->color = colors.at(text); },
            "auto, never or always; auto colours terminals only and obeys NO_COLOR and TERM=dumb")
        ->check(CLI::IsMember({"auto", "never", "always"}))
        ->type_name("WHEN");
  }

 private:
  CLI::App* verb_;
  std::shared_ptr<CommonOptions> common_;
  std::shared_ptr<Options> options_;
};

constexpr const char* kDataHelp = "Data folder of the running gateway";
constexpr const char* kAppTokenHelp = "The application; not needed where there is only one";

template <class Options>
void add_application_flags(Declaration<Options>& verb) {
  verb.text("--app-token", verb.options().app_token, "TOKEN", kAppTokenHelp)->envname("QANTARA_APP_TOKEN");
  verb.common_flags(kDataHelp);
}

void add_origin_verbs(CLI::App& app, Verb& chosen) {
  auto* const group = app.add_subcommand("origin", "Origins whose pages may frame the hosted flow");
  group->require_subcommand(1);
  Declaration add{group->add_subcommand("add", "Let pages of ORIGIN frame the hosted flow"), chosen, app_origin_add};
  add.text("ORIGIN", add.options().origin, "", "Like https://shop.example")->required();
  add_application_flags(add);
  Declaration list{group->add_subcommand("list", "Show the origins that are registered"), chosen, app_origin_list};
  add_application_flags(list);
  Declaration remove{group->add_subcommand("remove", "Do not let them any longer"), chosen, app_origin_remove};
  remove.text("ORIGIN", remove.options().origin, "", "As `app origin list` shows it")->required();
  add_application_flags(remove);
}

void add_redirect_verbs(CLI::App& app, Verb& chosen) {
  auto* const group = app.add_subcommand("redirect", "Where payers may be sent back to after the hosted flow");
  group->require_subcommand(1);
  Declaration add{group->add_subcommand("add", "Let payers be sent back to URL, letter for letter"), chosen,
                  app_redirect_add};
  add.text("URL", add.options().url, "", "Like https://shop.example/back")->required();
  add_application_flags(add);
  Declaration list{group->add_subcommand("list", "Show the URLs that are registered"), chosen, app_redirect_list};
  add_application_flags(list);
  Declaration remove{group->add_subcommand("remove", "Do not let them any longer"), chosen, app_redirect_remove};
  remove.text("URL", remove.options().url, "", "As `app redirect list` shows it")->required();
  add_application_flags(remove);
}

void add_secret_verbs(CLI::App& app, Verb& chosen) {
  auto* const group = app.add_subcommand("secret", "The client secret, for POST /oauth2/token");
  group->require_subcommand(1);
  Declaration rotate{group->add_subcommand("rotate", "Make a new client secret; it is printed once"), chosen,
                     app_secret_rotate};
  rotate.text("--overlap", rotate.options().overlap, "TIME", "How long the one before opens too: 0s to 30d")
      ->check(check_duration)
      ->capture_default_str();
  add_application_flags(rotate);
}

void add_certificate_verbs(CLI::App& app, Verb& chosen) {
  auto* const group = app.add_subcommand("certificate", "Client certificates that open a live application (mTLS)");
  group->require_subcommand(1);
  Declaration add{group->add_subcommand("add", "Bind the certificate in FILE; the older ones stay"), chosen,
                  app_certificate_add};
  add->add_option("FILE", add.options().file, "The certificate in PEM, without its private key")
      ->type_name("")
      ->required();
  add_application_flags(add);
  Declaration list{group->add_subcommand("list", "Show the certificates that are bound"), chosen, app_certificate_list};
  add_application_flags(list);
  Declaration remove{group->add_subcommand("remove", "Bind it no longer"), chosen, app_certificate_remove};
  remove.text("FINGERPRINT", remove.options().fingerprint, "", "As `app certificate list` shows it")->required();
  add_application_flags(remove);
}

void add_key_verbs(CLI::App& app, Verb& chosen) {
  auto* const group = app.add_subcommand("key", "Secret keys, for Authorization: Bearer");
  group->require_subcommand(1);
  Declaration create{group->add_subcommand("create", "Make a secret key; it is printed once"), chosen, app_key_create};
  create.text("--name", create.options().name, "NAME", "What it is for")->required();
  create
      ->add_option("--scope", create.options().scopes,
                   "read, write, or a scope like payment.read; may be given again; without it everything")
      ->type_name("SCOPE")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  create
      .text("--expires", create.options().expires_in, "TIME", "How long it opens, like 90d; without it until revoked")
      ->check(check_duration);
  add_application_flags(create);
  Declaration list{group->add_subcommand("list", "Show the keys, what they open and when they last did"), chosen,
                   app_key_list};
  add_application_flags(list);
  Declaration revoke{group->add_subcommand("revoke", "Let it open nothing any more, at once"), chosen, app_key_revoke};
  revoke.text("ID", revoke.options().id, "", "As `app key list` shows it")->required();
  add_application_flags(revoke);
}

void add_app_bank_verbs(CLI::App& app, Verb& chosen) {
  auto* const group = app.add_subcommand("bank", "Which banks an application offers to its payers");
  group->require_subcommand(1);
  const auto add_verb = [&](const char* name, const char* help, Task<int> (*work)(Context&, AppBankOptions)) {
    Declaration<AppBankOptions> verb{group->add_subcommand(name, help), chosen, work};
    verb.text("ID", verb.options().identifier, "", "The bank, as `bank list` shows it")->required();
    verb.text("--app-token", verb.options().app_token, "TOKEN", kAppTokenHelp)->envname("QANTARA_APP_TOKEN");
    verb.common_flags(kDataHelp);
  };
  add_verb("enable", "Offer the bank (so it is with every bank at first)", app_bank_enable);
  add_verb("disable", "Do not offer the bank, and let nobody pay from it", app_bank_disable);
}

void add_app_verbs(CLI::App& program, Verb& chosen) {
  auto* const group =
      program.add_subcommand("app", "Applications: a merchant's integrations, each with its credentials");
  group->group("Operator verbs")->require_subcommand(1);

  Declaration create{group->add_subcommand("create", "Make an application; its secrets are printed once"), chosen,
                     app_create};
  create.text("--name", create.options().name, "NAME", "Name of the merchant, as payers will see it")->required();
  create
      .text("--mode", create.options().mode, "MODE", "sandbox, whose token alone opens it, or live, which wants more")
      ->check(CLI::IsMember({"sandbox", "live"}))
      ->capture_default_str();
  create.text("--webhook-url", create.options().webhook_url, "URL", "Where its webhooks go")->check(check_url);
  create
      ->add_option("--origin", create.options().origins,
                   "Origin whose pages may frame the hosted flow, like https://shop.example; may be given again")
      ->type_name("ORIGIN")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  create.common_flags(kDataHelp);

  Declaration list{group->add_subcommand("list", "Show the applications and their app tokens"), chosen, app_list};
  list.common_flags(kDataHelp);

  add_origin_verbs(*group, chosen);
  add_app_bank_verbs(*group, chosen);
  add_redirect_verbs(*group, chosen);
  add_secret_verbs(*group, chosen);
  add_certificate_verbs(*group, chosen);
  add_key_verbs(*group, chosen);
}

void add_signing_key_verbs(CLI::App& program, Verb& chosen) {
  auto* const group = program.add_subcommand("signing-key", "What access tokens are signed with");
  group->group("Operator verbs")->require_subcommand(1);
  Declaration list{group->add_subcommand("list", "Show the key that signs, and those that are being retired"), chosen,
                   signing_key_list};
  list.common_flags(kDataHelp);
  Declaration rotate{group->add_subcommand("rotate", "Sign with a new key; tokens of the older one stay good"), chosen,
                     signing_key_rotate};
  rotate.common_flags(kDataHelp);
}

void add_bank_verbs(CLI::App& program, Verb& chosen) {
  auto* const group = program.add_subcommand("bank", "Banks: which the gateway reaches, and how they are");
  group->group("Operator verbs")->require_subcommand(1);

  Declaration add{
      group->add_subcommand("add", "Add a bank, in use at once; docs/reference/banks.md explains the settings"), chosen,
      bank_add};
  for (const auto& row : banking::bank_settings()) {
    std::string flag = "--" + std::string{row.name};
    std::ranges::replace(flag, '_', '-');
    const auto take = [options = add.shared(), name = std::string{row.name}](const std::string& typed) {
      options->settings[name] = typed;
    };
    auto* const option = add->add_option_function<std::string>(flag, take, std::string{row.meaning});
    option->type_name(row.form == banking::SettingForm::TABLE    ? "CURRENCY=VALUE,..."
                      : row.form == banking::SettingForm::LIST   ? "VALUE,..."
                      : row.form == banking::SettingForm::NUMBER ? "NUMBER"
                                                                 : "TEXT");
    if (row.usual == "required") {
      option->required();
    } else {
      option->default_str(std::string{row.usual});
    }
  }
  add.common_flags(kDataHelp);

  const auto add_verb = [&](const char* name, const char* help, Task<int> (*work)(Context&, BankOptions)) {
    Declaration<BankOptions> verb{group->add_subcommand(name, help), chosen, work};
    verb.text("ID", verb.options().identifier, "", "The bank, as `bank list` shows it")->required();
    verb.common_flags(kDataHelp);
  };
  Declaration<BankOptions> list{group->add_subcommand("list", "Show the banks and how they are"), chosen, bank_list};
  list.common_flags(kDataHelp);
  add_verb("test",
           "Show what works at a bank and what does not, without moving money; exit code 1 if something does not",
           bank_test);
  add_verb("enable", "Switch a bank on again", bank_enable);
  add_verb("disable", "Switch a bank off: nobody connects it or pays from it until it is switched on", bank_disable);
  add_verb("remove", "Take out a bank that was added; payments under way there wait until it is added again",
           bank_remove);
}

void add_destination_verbs(CLI::App& program, Verb& chosen) {
  auto* const group = program.add_subcommand("destination", "Destinations: the accounts that are paid");
  group->group("Operator verbs")->require_subcommand(1);
  Declaration set_default{group->add_subcommand("default", "Pay this destination where no other is named"), chosen,
                          destination_default};
  set_default.text("ID", set_default.options().id, "", "The destination's id, whole")->required();
  set_default.common_flags(kDataHelp);
}

void add_clock_verb(CLI::App& program, Verb& chosen) {
  Declaration clock_verb{program.add_subcommand("clock", "Show the sandbox's clock, or advance it"), chosen, clock};
  clock_verb->group("Operator verbs");
  clock_verb.common_flags(kDataHelp);
  auto* const advance = clock_verb->add_subcommand(
      "advance",
      "Advance gateway and sandbox bank together: cool-offs end, intents expire, retries fall due. The clock never "
      "goes back. The flags of `qantara clock` apply.");
  advance->fallthrough();
  advance->add_option("BY", clock_verb.options().advance_by, "How far: 24h, 90s, 1h30m, 2d")
      ->type_name("")
      ->required()
      ->check(check_duration);
}

void add_listen_verb(CLI::App& program, Verb& chosen) {
  Declaration verb{
      program.add_subcommand("listen", "Print every webhook as it comes, checked as a merchant would check it"), chosen,
      listen};
  verb->group("Operator verbs");
  verb.text("--forward-to", verb.options().forward_to, "URL",
            "Send each webhook on to this URL, byte for byte; the gateway gets what it answers")
      ->check(check_url);
  verb.text("--app-token", verb.options().app_token, "TOKEN", kAppTokenHelp)->envname("QANTARA_APP_TOKEN");
  verb.common_flags(kDataHelp);
}

template <class Options>
void add_payer_flags(Declaration<Options>& verb) {
  auto& options = verb.options();
  options.url = "http://127.0.0.1:7070";
  verb.text("--url", options.url, "URL", "The gateway")
      ->envname("QANTARA_URL")
      ->check(check_url)
      ->capture_default_str();
  verb.text("--app-token", options.app_token, "TOKEN", "The application (qantara app list shows its token)")
      ->envname("QANTARA_APP_TOKEN")
      ->required();
  verb.text("--user", options.payer.user, "USER", "Test user of the sandbox bank")->capture_default_str();
  verb.secret("--password", &Payer::password, "TEXT", "The user's password (default sandbox-pass)");
  verb.secret("--otp", &Payer::otp, "CODE", "One-time code, whenever one is asked for (default 1111)");
  verb.text("--method", options.payer.method, "METHOD", "How to confirm where the bank offers a choice: sms or app")
      ->capture_default_str();
  verb->template add_option_function<std::string>(
          "--timeout",
          [options = verb.shared()](const std::string& text) {
            options->patience = std::chrono::ceil<std::chrono::seconds>(parse_duration(text).value_or(Duration{0}));
          },
          "How long the whole flow may take (default 120s)")
      ->type_name("TIME")
      ->check(check_duration);
}

void add_sandbox_verbs(CLI::App& program, Verb& chosen) {
  auto* const group =
      program.add_subcommand("sandbox", "A payer for scripts and CI: walks the hosted flow without a browser");
  group->group("Client verbs")->require_subcommand(1);

  Declaration connect{group->add_subcommand("connect", "Connect a bank for a customer and add the payee"), chosen,
                      sandbox_connect};
  connect.text("--customer", connect.options().customer, "ID", "The customer (POST /customers/v1 makes one)")
      ->required();
  connect.text("--bank", connect.options().payer.bank, "ID",
               "The bank, like LEANMB1; without it the first that is available");
  connect.text("--destination", connect.options().destination, "ID",
               "The payee; without it the application's default destination");
  add_payer_flags(connect);
  connect.common_flags(kDataHelp);

  Declaration pay{group->add_subcommand("pay", "Pay an intent, or go on where an earlier try was left"), chosen,
                  sandbox_pay};
  pay.text("--intent", pay.options().intent, "ID", "The payment intent (POST /payments/v1/intents makes one)")
      ->required();
  pay.text("--account", pay.options().payer.account, "ID",
           "Account to pay from: its id, or the end of its id or number; without it the first that can pay");
  add_payer_flags(pay);
  const auto decide = [&](const char* flag, AppDecision decision, const char* help) {
    return pay->add_flag_function(
        flag, [options = pay.shared(), decision](std::int64_t) { options->payer.app_decision = decision; }, help);
  };
  auto* const approve =
      decide("--approve", AppDecision::APPROVE, "Approve in the bank's app where it asks (so by default)");
  auto* const deny = decide("--deny", AppDecision::DENY, "Deny in the bank's app where it asks");
  auto* const wait = decide("--wait", AppDecision::WAIT, "Leave the bank's app to somebody else and wait");
  approve->excludes(deny, wait);
  deny->excludes(wait);
  pay.common_flags(std::string(kDataHelp) + ", which knows where the bank's app is");
}

void add_explain_verb(CLI::App& program, Verb& chosen) {
  Declaration verb{program.add_subcommand("explain",
                                          "Tell the story of an intent, a payment or a payment source: how it stands, "
                                          "why, what comes next, and every fact in order"),
                   chosen, explain};
  verb->group("Operator verbs");
  verb.text("ID", verb.options().id, "", "Its id, or any ending of it that is unique (six characters or more)")
      ->required();
  verb.common_flags(kDataHelp);
}

/// The verb that a command line named, as far as it was understood.
const CLI::App& named_verb(const CLI::App& program) {
  const auto* verb = &program;
  while (!verb->get_subcommands().empty()) verb = verb->get_subcommands().front();
  return *verb;
}

/// "qantara sandbox pay"
std::string full_name(const CLI::App& verb) {
  return (verb.get_parent() == nullptr ? "" : full_name(*verb.get_parent()) + " ") + verb.get_name();
}

/// What to type instead: the verbs there are, or the flag that is missing and what it means.
std::string advice(const CLI::App& verb, const std::string& complaint) {
  std::string verbs;
  for (const auto* const below : verb.get_subcommands([](const CLI::App*) { return true; })) {
    verbs += (verbs.empty() ? "" : ", ") + below->get_name();
  }
  if (!verbs.empty()) return (verb.get_require_subcommand_min() > 0 ? "one of: " : "") + verbs;
  for (const auto* const option : verb.get_options()) {
    const bool is_meant = option->get_required() && complaint.starts_with(option->get_name() + " ");
    if (!is_meant) continue;
    const auto variable = option->get_envname().empty() ? "" : " (or " + option->get_envname() + " in the environment)";
    const auto type = option->get_type_name().empty() ? "" : " " + option->get_type_name();
    return option->get_name() + type + variable + ": " + option->get_description();
  }
  return {};
}

/// One form of help for every verb, whoever declared it.
void dress(CLI::App& verb, const std::shared_ptr<HelpFormatter>& formatter) {
  verb.formatter(formatter);
  if (verb.get_footer().empty()) verb.footer(kFooter);
  for (auto* const below : verb.get_subcommands([](CLI::App*) { return true; })) dress(*below, formatter);
}

}  // namespace

void add_client_verbs(CLI::App& program, Verb& chosen) {
  add_sandbox_verbs(program, chosen);
  add_app_verbs(program, chosen);
  add_bank_verbs(program, chosen);
  add_signing_key_verbs(program, chosen);
  add_destination_verbs(program, chosen);
  add_clock_verb(program, chosen);
  add_listen_verb(program, chosen);
  add_explain_verb(program, chosen);
}

std::optional<int> parse(CLI::App& program, int argc, const char* const* argv, std::ostream& out, std::ostream& err) {
  dress(program, std::make_shared<HelpFormatter>());
  try {
    program.parse(argc, argv);
    return std::nullopt;
  } catch (const CLI::Success& success) {
    return program.exit(success, out, err);
  } catch (const CLI::FileError& wrong) {
    err << full_name(program) << ": the configuration file cannot be read: " << wrong.what() << '\n';
    return kUsage;
  } catch (const CLI::ConfigError& wrong) {
    err << full_name(program) << ": the configuration file has a setting that nobody knows: " << wrong.what() << '\n'
        << "  see  tools/config/qantara.toml, which has every setting\n";
    return kUsage;
  } catch (const CLI::ParseError& wrong) {
    const auto& verb = named_verb(program);
    const auto unknown = program.remaining(true);
    const std::string complaint = unknown.empty() ? wrong.what() : "nothing here is called " + unknown.front();
    err << full_name(verb) << ": " << complaint << '\n';
    const auto remedy = advice(verb, complaint);
    if (!remedy.empty()) err << "  try  " << remedy << '\n';
    err << "  see  " << full_name(verb) << " --help\n";
    return kUsage;
  }
}

}  // namespace qantara::cli
