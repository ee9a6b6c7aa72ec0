#include "cli/terminal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <sstream>

namespace qantara::cli {
namespace {

constexpr Look kPipe{};
constexpr Look kTerminal{.device = Device::TERMINAL, .letters = Letters::UTF8, .paint = Paint::OFF, .width = 120};
constexpr Look kAsciiTerminal{.device = Device::TERMINAL, .letters = Letters::ASCII, .paint = Paint::OFF, .width = 120};
constexpr std::string_view kId = "9dafc6f5-37e8-4f72-aa0b-53239be401f2";

Instant at(std::string_view text) { return *parse_instant(text); }

Look with_width(Look look, std::size_t width) {
  look.width = width;
  return look;
}

class Screen {
 public:
  explicit Screen(Look look) : terminal(stream_, look, [](Instant) { return std::chrono::hours{4}; }) {}
  std::string text() const { return stream_.str(); }

 private:
  std::ostringstream stream_;

 public:
  Terminal terminal;
};

std::string row_on(Look look, std::string_view subject = "payment.created …9be401f2",
                   std::string_view text = "200 in 9 ms, signature verified, sequence 1") {
  Screen screen{look};
  screen.terminal.row({.at = at("2025-11-22T05:40:03.640123Z"),
                       .symbol = Symbol::OK,
                       .source = "webhook",
                       .subject = subject,
                       .text = text});
  return screen.text();
}

TEST(Terminal, puts_facts_into_columns) {
  EXPECT_EQ(
      row_on(kTerminal),
      "09:40:03.640  ✓ ok       webhook   payment.created …9be401f2   200 in 9 ms, signature verified, sequence 1\n");
}

TEST(Terminal, writes_utc_and_ascii_signs_into_a_pipe_and_wraps_nothing) {
  EXPECT_EQ(row_on(with_width(kPipe, 20), "payment.created"),
            "2025-11-22T05:40:03.640Z  ok         webhook   payment.created             "
            "200 in 9 ms, signature verified, sequence 1\n");
}

TEST(Terminal, wraps_text_under_its_column_at_eighty) {
  EXPECT_EQ(row_on(with_width(kTerminal, 80)),
            "09:40:03.640  ✓ ok       webhook   payment.created …9be401f2   200 in 9 ms,\n"
            "                                                               signature\n"
            "                                                               verified,\n"
            "                                                               sequence 1\n");
}

TEST(Terminal, puts_text_below_where_the_columns_leave_no_room) {
  EXPECT_EQ(row_on(with_width(kTerminal, 60)),
            "09:40:03.640  ✓ ok       webhook   payment.created …9be401f2\n"
            "    200 in 9 ms, signature verified, sequence 1\n");
}

TEST(Terminal, never_writes_a_line_wider_than_the_terminal) {
  for (const std::size_t width : {80U, 72U, 64U, 61U}) {
    std::istringstream lines(
        row_on(with_width(kTerminal, width), "payment.created …9be401f2", std::string(200, 'x') + " tail"));
    for (std::string line; std::getline(lines, line);) EXPECT_LE(display_width(line), width) << line;
  }
}

TEST(Terminal, says_how_a_fact_stands_in_words_beside_each_sign) {
  const struct {
    Symbol symbol;
    std::string_view word, utf8, ascii;
  } rows[] = {
      {Symbol::OK, "ok", "✓ ok", "ok"},
      {Symbol::FAIL, "fail", "✕ fail", "x fail"},
      {Symbol::SENT, "sent", "▸ sent", "> sent"},
      {Symbol::UNKNOWN, "unknown", "? unknown", "? unknown"},
      {Symbol::WAITING, "waiting", "◷ waiting", "~ waiting"},
      {Symbol::LOOK, "look", "! look", "! look"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(Screen{kTerminal}.terminal.symbol(row.symbol), row.utf8);
    EXPECT_EQ(Screen{kAsciiTerminal}.terminal.symbol(row.symbol), row.ascii);
    EXPECT_EQ(parse_symbol(row.word), row.symbol);
  }
  EXPECT_EQ(parse_symbol("splendid"), std::nullopt);
}

TEST(Terminal, colours_only_where_it_may_and_columns_do_not_move) {
  auto look = kTerminal;
  look.paint = Paint::ON;
  EXPECT_EQ(row_on(look),
            "09:40:03.640  \x1b[32m✓ ok\x1b[0m       webhook   payment.created …9be401f2   "
            "200 in 9 ms, signature verified, sequence 1\n");
}

TEST(Terminal, shows_ids_short_on_a_terminal_and_whole_elsewhere) {
  EXPECT_EQ(Screen{kTerminal}.terminal.id(kId), "…9be401f2");
  EXPECT_EQ(Screen{kAsciiTerminal}.terminal.id(kId), "..9be401f2");
  EXPECT_EQ(Screen{kPipe}.terminal.id(kId), kId);
  const auto sentence = "payment " + std::string(kId) + " to Acme";
  EXPECT_EQ(Screen{kTerminal}.terminal.words(sentence), "payment …9be401f2 to Acme");
  EXPECT_EQ(Screen{kPipe}.terminal.words(sentence), sentence);
  EXPECT_EQ(Screen{kTerminal}.terminal.verbatim(sentence), sentence);
}

TEST(Terminal, makes_text_from_outside_harmless) {
  const struct {
    std::string_view given, terminal, ascii_terminal, pipe;
  } rows[] = {
      {"a\x1b[2Jb\r\nc\x7f", "a [2Jb  c ", "a [2Jb  c ", "a [2Jb  c "},
      {"\u202Ebank", "bank", "bank", "bank"},
      {"\u009B31m", " 31m", " 31m", " 31m"},
      {"bad \xFF byte", "bad \uFFFD byte", "bad ? byte", "bad \uFFFD byte"},
      {"AE26 •••• 1001 …", "AE26 •••• 1001 …", "AE26 **** 1001 ...", "AE26 **** 1001 ..."},
      {"Zoë", "Zoë", "Zo?", "Zoë"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(Screen{kTerminal}.terminal.words(row.given), row.terminal);
    EXPECT_EQ(Screen{kAsciiTerminal}.terminal.words(row.given), row.ascii_terminal);
    EXPECT_EQ(Screen{kPipe}.terminal.words(row.given), row.pipe);
  }
}

TEST(Terminal, isolates_arabic_words_on_a_terminal_only) {
  EXPECT_EQ(Screen{kTerminal}.terminal.words("to مرسى والت today"), "to \u2068مرسى والت\u2069 today");
  EXPECT_EQ(Screen{kTerminal}.terminal.words("مرسى"), "\u2068مرسى\u2069");
  EXPECT_EQ(Screen{kPipe}.terminal.words("to مرسى today"), "to مرسى today");
  EXPECT_EQ(display_width("\u2068مرسى\u2069"), 4U);
}

TEST(Terminal, tells_time_locally_on_a_terminal_and_in_utc_elsewhere) {
  const auto instant = at("2025-11-22T21:41:02.114999Z");
  const Screen terminal{kTerminal};
  EXPECT_EQ(terminal.terminal.time_of_day(instant), "01:41:02.114");
  EXPECT_EQ(terminal.terminal.date(instant), "2025-11-23");
  EXPECT_EQ(terminal.terminal.date_and_time(instant), "2025-11-23 01:41:02");
  EXPECT_EQ(Screen{kPipe}.terminal.time_of_day(instant), "2025-11-22T21:41:02.114Z");
  EXPECT_EQ(Screen{kPipe}.terminal.date_and_time(instant), "2025-11-22T21:41:02.114Z");
}

TEST(ChooseLook, obeys_flag_environment_and_device_in_this_order) {
  using Variables = std::map<std::string, std::string, std::less<>>;
  const Variables utf8{{"LANG", "en_US.UTF-8"}};
  const struct {
    std::string_view why;
    Device device;
    ColorWish wish;
    Variables environment;
    Letters letters;
    Paint paint;
  } rows[] = {
      {"a terminal", Device::TERMINAL, ColorWish::AUTO, utf8, Letters::UTF8, Paint::ON},
      {"a pipe", Device::STREAM, ColorWish::AUTO, utf8, Letters::ASCII, Paint::OFF},
      {"NO_COLOR",
       Device::TERMINAL,
       ColorWish::AUTO,
       {{"LANG", "C.utf8"}, {"NO_COLOR", "1"}},
       Letters::UTF8,
       Paint::OFF},
      {"an empty NO_COLOR says nothing",
       Device::TERMINAL,
       ColorWish::AUTO,
       {{"LANG", "C.utf8"}, {"NO_COLOR", ""}},
       Letters::UTF8,
       Paint::ON},
      {"a dumb terminal",
       Device::TERMINAL,
       ColorWish::AUTO,
       {{"TERM", "dumb"}, {"LANG", "C.utf8"}},
       Letters::UTF8,
       Paint::OFF},
      {"never", Device::TERMINAL, ColorWish::NEVER, utf8, Letters::UTF8, Paint::OFF},
      {"always beats NO_COLOR", Device::STREAM, ColorWish::ALWAYS, {{"NO_COLOR", "1"}}, Letters::ASCII, Paint::ON},
      {"no locale", Device::TERMINAL, ColorWish::AUTO, {}, Letters::ASCII, Paint::ON},
      {"another locale", Device::TERMINAL, ColorWish::AUTO, {{"LANG", "en_US.ISO-8859-1"}}, Letters::ASCII, Paint::ON},
      {"LC_ALL before LANG",
       Device::TERMINAL,
       ColorWish::AUTO,
       {{"LC_ALL", "C"}, {"LANG", "C.utf8"}},
       Letters::ASCII,
       Paint::ON},
      {"an empty LC_ALL says nothing",
       Device::TERMINAL,
       ColorWish::AUTO,
       {{"LC_ALL", ""}, {"LANG", "C.utf8"}},
       Letters::UTF8,
       Paint::ON},
  };
  for (const auto& row : rows) {
    const auto look = choose_look(row.device, 80, row.wish, [&](std::string_view name) -> std::optional<std::string> {
      const auto found = row.environment.find(name);
      if (found == row.environment.end()) return std::nullopt;
      return found->second;
    });
    EXPECT_EQ(look.letters, row.letters) << row.why;
    EXPECT_EQ(look.paint, row.paint) << row.why;
  }
}

TEST(Wrapped, breaks_at_blanks_and_cuts_what_has_none) {
  const struct {
    std::string_view text;
    std::size_t width;
    std::vector<std::string> lines;
  } rows[] = {
      {"", 10, {""}},
      {"one two three", 20, {"one two three"}},
      {"one two three", 8, {"one two", "three"}},
      {"one two three", 3, {"one", "two", "thr", "ee"}},
      {"a  b", 10, {"a  b"}},
      {"مرسى والت", 4, {"مرسى", "والت"}},
  };
  for (const auto& row : rows) EXPECT_EQ(wrapped(row.text, row.width), row.lines) << row.text;
}

}  // namespace
}  // namespace qantara::cli
