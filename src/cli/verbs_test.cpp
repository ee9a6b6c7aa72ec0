#include "cli/verbs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <sstream>
#include <vector>

#include "cli/context.h"

namespace qantara::cli {
namespace {

using ::testing::HasSubstr;

struct Parsed {
  std::optional<int> code;
  std::string out;
  std::string err;
  Verb chosen;
};

Parsed parse_line(std::vector<const char*> words) {
  Parsed parsed;
  CLI::App program{"A gateway.", "qantara"};
  program.require_subcommand(1);
  add_client_verbs(program, parsed.chosen);
  words.insert(words.begin(), "qantara");
  std::ostringstream out;
  std::ostringstream err;
  parsed.code = parse(program, static_cast<int>(words.size()), words.data(), out, err);
  parsed.out = out.str();
  parsed.err = err.str();
  return parsed;
}

class Verbs : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const auto* const name : {"QANTARA_URL", "QANTARA_APP_TOKEN", "QANTARA_DATA"}) ::unsetenv(name);
  }
};

TEST_F(Verbs, refuses_a_wrong_command_line_by_the_name_of_what_is_wrong) {
  const struct {
    std::vector<const char*> words;
    std::string_view named;
  } rows[] = {
      {{}, "sandbox, app, bank, signing-key, destination, clock, listen, explain"},
      {{"bogus"}, "nothing here is called bogus"},
      {{"app"}, "one of: create, list"},
      {{"app", "create"}, "--name is required"},
      {{"app", "create", "--name"}, "--name"},
      {{"app", "create", "--name", "N", "--mode", "demo"}, "--mode"},
      {{"app", "create", "--name", "N", "--webhook-url", "ftp://x"}, "--webhook-url"},
      {{"app", "create", "--nam", "N"}, "nothing here is called --nam"},
      {{"destination", "default"}, "ID is required"},
      {{"app", "origin"}, "one of: add, list, remove"},
      {{"app", "origin", "add"}, "ORIGIN is required"},
      {{"clock", "advance"}, "BY is required"},
      {{"clock", "advance", "24"}, "type one like 24h"},
      {{"clock", "advance", "-24h"}, "-24h"},
      {{"listen", "--forward-to", "localhost"}, "--forward-to"},
      {{"sandbox", "connect", "--app-token", "T"}, "--customer is required"},
      {{"sandbox", "connect", "--customer", "C"}, "QANTARA_APP_TOKEN"},
      {{"sandbox", "pay", "--app-token", "T"}, "--intent is required"},
      {{"sandbox", "pay", "--app-token", "T", "--intent", "I", "--url", "here"}, "--url"},
      {{"sandbox", "pay", "--app-token", "T", "--intent", "I", "--approve", "--deny"}, "--approve excludes --deny"},
      {{"sandbox", "pay", "--app-token", "T", "--intent", "I", "--timeout", "soon"}, "--timeout"},
      {{"explain"}, "ID is required"},
      {{"explain", "1", "2"}, "nothing here is called 2"},
      {{"clock", "--color", "pink"}, "--color"},
  };
  for (const auto& row : rows) {
    const auto parsed = parse_line(row.words);
    EXPECT_EQ(parsed.code, kUsage) << row.named;
    EXPECT_THAT(parsed.err, HasSubstr(std::string(row.named)));
    EXPECT_THAT(parsed.err, HasSubstr("--help"));
    EXPECT_EQ(parsed.out, "");
    EXPECT_FALSE(parsed.chosen);
  }
}

TEST_F(Verbs, chooses_the_verb_that_is_named) {
  const std::vector<std::vector<const char*>> lines = {
      {"app", "create", "--name", "N", "--mode", "live"},
      {"app", "create", "--name", "N", "--webhook-url", "http://h/", "--origin", "http://a", "--origin", "http://b",
       "--json"},
      {"app", "list", "--data", "d"},
      {"app", "origin", "add", "https://shop.example", "--app-token", "T"},
      {"app", "origin", "list", "--json"},
      {"app", "origin", "remove", "https://shop.example"},
      {"destination", "default", "D"},
      {"clock"},
      {"clock", "advance", "24h"},
      {"clock", "advance", "24h", "--data", "d", "--json"},
      {"listen", "--forward-to", "http://h/", "--color", "never"},
      {"sandbox", "connect", "--customer", "C", "--app-token", "T", "--bank", "B", "--user", "U", "--destination", "D"},
      {"sandbox", "pay", "--intent", "I", "--app-token", "T", "--otp", "9", "--password", "p", "--method", "app",
       "--deny"},
      {"explain", "3f2a9c01", "--json"},
  };
  for (const auto& line : lines) {
    const auto parsed = parse_line(line);
    EXPECT_EQ(parsed.code, std::nullopt) << parsed.err;
    EXPECT_TRUE(parsed.chosen) << line.front();
  }
}

TEST_F(Verbs, takes_the_application_from_the_environment) {
  ::setenv("QANTARA_APP_TOKEN", "T", 1);
  EXPECT_EQ(parse_line({"sandbox", "pay", "--intent", "I"}).code, std::nullopt);
  ::setenv("QANTARA_URL", "nonsense", 1);
  EXPECT_EQ(parse_line({"sandbox", "pay", "--intent", "I"}).code, kUsage);
}

TEST_F(Verbs, returns_what_the_verb_returned) {
  const auto parsed = parse_line({"clock", "--data", "/nonexistent"});
  ASSERT_TRUE(parsed.chosen);
  EXPECT_EQ(parsed.chosen(), kNoGateway);
}

using Words = std::vector<std::string>;

/// Calls `look` with each verb, the program included, and the words that name it.
void each_verb(const CLI::App& verb, const Words& words,
               const std::function<void(const CLI::App&, const Words&)>& look) {
  look(verb, words);
  for (const auto* const below : verb.get_subcommands([](const CLI::App*) { return true; })) {
    auto longer = words;
    longer.push_back(below->get_name());
    each_verb(*below, longer, look);
  }
}

TEST_F(Verbs, help_fits_eighty_columns_and_lists_the_exit_codes) {
  CLI::App program{"A gateway.", "qantara"};
  Verb chosen;
  add_client_verbs(program, chosen);
  each_verb(program, {}, [](const CLI::App&, const Words& words) {
    std::vector<const char*> line;
    for (const auto& word : words) line.push_back(word.c_str());
    line.push_back("--help");
    const auto parsed = parse_line(line);
    EXPECT_EQ(parsed.code, kDone);
    EXPECT_THAT(parsed.out, HasSubstr("0 done, 1 refused or failed, 2 usage, 3 no gateway"));
    std::istringstream lines(parsed.out);
    for (std::string text; std::getline(lines, text);) EXPECT_LE(text.size(), 80U) << text;
  });
}

TEST_F(Verbs, every_verb_and_flag_stands_in_the_reference) {
  std::ifstream file(QANTARA_DOCS "/reference/command-line.md");
  const std::string page{std::istreambuf_iterator<char>{file}, {}};
  ASSERT_NE(page, "");
  CLI::App program{"A gateway.", "qantara"};
  Verb chosen;
  add_client_verbs(program, chosen);
  each_verb(program, {}, [&](const CLI::App& verb, const Words& words) {
    std::string name = "qantara";
    for (const auto& word : words) name += " " + word;
    const auto begin = page.find("\n### `" + name);
    const bool is_leaf = verb.get_subcommands([](const CLI::App*) { return true; }).empty();
    if (!is_leaf) return;
    ASSERT_NE(begin, std::string::npos) << name << " has no section";
    const auto section = page.substr(begin, page.find("\n#", begin + 1) - begin);
    for (const auto* const option : verb.get_options()) {
      const auto flag = option->get_name();
      const bool is_everywhere = flag == "--help" || flag == "--json" || flag == "--color" || flag == "--data";
      EXPECT_THAT(is_everywhere ? page : section, HasSubstr(flag)) << name;
      if (!option->get_envname().empty()) EXPECT_THAT(page, HasSubstr(option->get_envname()));
    }
  });
}

}  // namespace
}  // namespace qantara::cli
