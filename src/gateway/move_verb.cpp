#include "gateway/move_verb.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>
#include <map>
#include <memory>
#include <string>

#include "base/event_loop.h"
#include "cli/context.h"
#include "cli/terminal.h"
#include "gateway/move_to_postgres.h"
#include "gateway/server_options.h"
#include "json/json.h"

namespace qantara::gateway {

namespace {

using db::postgres::move::Progress;

constexpr Duration kTellEvery = std::chrono::seconds{1};

struct Wish {
  std::filesystem::path data = "qantara-data";
  std::string to;
  cli::Output output = cli::Output::TEXT;
  cli::ColorWish color = cli::ColorWish::AUTO;
};

std::string_view to_text(Progress::Doing doing) {
  switch (doing) {
    case Progress::Doing::READING:
      return "reading";
    case Progress::Doing::COPYING:
      return "copying";
    case Progress::Doing::COMPARING:
      return "comparing";
  }
  return "";
}

/// Tells a person every second how far it is.
class Reporter {
 public:
  Reporter(const Clock& clock, cli::Terminal& out) : clock_(clock), out_(out), told_at_(clock.now()) {}

  void tell(const Progress& progress) {
    const Instant now = clock_.now();
    if (now - told_at_ < kTellEvery) return;
    told_at_ = now;
    out_.line(fmt::format("{:<10}{} {} of {}", to_text(progress.doing), progress.table, progress.rows, progress.of));
  }

 private:
  const Clock& clock_;
  cli::Terminal& out_;
  Instant told_at_;
};

void print_facts(cli::Terminal& out, const Wish& wish, const MoveFacts& facts) {
  const bool is_done_now = facts.outcome == MoveFacts::Outcome::MOVED;
  if (wish.output == cli::Output::JSON) {
    json::Writer line;
    line.begin_object()
        .member("from", (wish.data / "qantara.db").string())
        .member("to", facts.target)
        .member("outcome", is_done_now ? "MOVED" : "WAS_MOVED_BEFORE")
        .member("tables", facts.totals.tables)
        .member("rows", facts.totals.rows)
        .end_object();
    return out.json(line.text());
  }
  out.hang(
      out.symbol(cli::Symbol::OK) + "  ",
      out.verbatim(wish.data.string() + (is_done_now ? " has moved to " : " had moved before to ") + facts.target));
  if (!is_done_now) return;
  out.fact("tables", std::to_string(facts.totals.tables));
  out.fact("rows", std::to_string(facts.totals.rows) + ", every value compared");
}

Task<int> run_move(const Wish& wish) {
  const SystemClock clock;
  SystemRandom random;
  cli::Terminal out{std::cout, cli::look_of(STDOUT_FILENO, wish.color), cli::system_utc_offset()};
  cli::Terminal err{std::cerr, cli::look_of(STDERR_FILENO, wish.color), cli::system_utc_offset()};
  Reporter reporter{clock, err};
  MoveOptions options{.data = wish.data, .to = wish.to, .on_progress = [&](const Progress& progress) -> Result<void> {
                        reporter.tell(progress);
                        return {};
                      }};
  const auto facts = co_await move_to_postgres(clock, random, std::move(options));
  if (!facts) {
    const int code = refuse_to_start(facts.error());
    if (facts.error().code != ErrorCode::INVALID_PARAMETERS) {
      err.hang("not moved  ",
               "The same command again goes on where this one ended. To stay with the file, see whether it "
               "stands by: qantara doctor");
    }
    co_return code;
  }
  print_facts(out, wish, *facts);
  err.hang("serve it  ", err.verbatim("qantara serve --data " + wish.data.string() +
                                      " --database, with the same URL. The file stands by."));
  co_return cli::kDone;
}

}  // namespace

void add_move_verb(CLI::App& program, cli::Verb& chosen) {
  const auto wish = std::make_shared<Wish>();
  auto* const verb = program.add_subcommand(
      "migrate", "Move an installation from its file into PostgreSQL. Interrupted, it goes on when it is run again");
  verb->group("Operator verbs");
  verb->add_option("--data", wish->data, "The data folder; no gateway may run on it")
      ->type_name("DIR")
      ->envname("QANTARA_DATA")
      ->capture_default_str();
  verb->add_option("--to", wish->to, "The PostgreSQL database, an empty one: postgres://user@host/name")
      ->type_name("URL")
      ->check(check_database_url)
      ->required();
  verb->add_flag_function(
      "--json", [wish](std::int64_t) { wish->output = cli::Output::JSON; },
      "One JSON object on standard output, and nothing else");
  const std::map<std::string, cli::ColorWish> colors{
      {"auto", cli::ColorWish::AUTO}, {"never", cli::ColorWish::NEVER}, {"always", cli::ColorWish::ALWAYS}};
  verb->add_option_function<std::string>(
          "--color", [wish, colors](const std::string& text) { wish->color = colors.at(text); },
          "auto, never or always; auto colours terminals only and obeys NO_COLOR and TERM=dumb")
      ->check(CLI::IsMember({"auto", "never", "always"}))
      ->type_name("WHEN");
  verb->callback([&chosen, wish] {
    chosen = [wish] {
      EventLoop loop;
      return loop.run(run_move(*wish));
    };
  });
}

}  // namespace qantara::gateway
