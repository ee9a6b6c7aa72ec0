#include "banking/bank_settings.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace qantara::banking {
namespace {

constexpr std::string_view kLeast =
    R"("identifier":"HOME_UAE","name":"Home Bank","country":"ARE","standard":"berlin_group",)"
    R"("base_url":"https://xs2a.home.example/psd2","products":{"AED":"cross-border-credit-transfers"})";

Result<Bank> read(std::string_view members) { return read_bank(*json::parse(fmt::format("{{{}}}", members))); }

/// The least that a bank needs, and `member` in it.
Result<Bank> read_with(std::string_view member) {
  std::string text;
  const auto name = member.substr(0, member.find(':'));
  const auto least = *json::parse(fmt::format("{{{}}}", kLeast));
  for (const auto& [known, value] : least.members()) {
    if (name == json::quoted(known)) continue;
    json::Writer writer;
    writer.begin_object().name(known).value(value).end_object();
    text += writer.text().substr(1, writer.text().size() - 2) + ",";
  }
  return read(text + std::string{member});
}

TEST(bank_settings, need_no_more_than_who_and_where) {
  const auto bank = read(kLeast);
  ASSERT_TRUE(bank) << bank.error().message;
  EXPECT_EQ(bank->arabic_name, "Home Bank");
  EXPECT_EQ(bank->reference_length, 32U);
  EXPECT_EQ(bank->sca_ways, (std::vector{ScaWay::DECOUPLED, ScaWay::REDIRECT}))
      << "passwords only where the operator says so";
  EXPECT_FALSE(bank->mock);
  EXPECT_TRUE(bank->limits.empty());
  EXPECT_EQ(bank->account_types, std::vector<std::string>{"PERSONAL"});
}

TEST(bank_settings, come_back_as_they_were_written) {
  const auto bank = read(std::string{kLeast} + R"(,"arabic_name":"بنك الدار","swift_code":"EBILAEAD","version":"1.3",
      "client_certificate":"/etc/qantara/qwac.pem","client_key":"/etc/qantara/qwac.key","certificate_authority":"/etc/qantara/ca.pem",
      "limits":{"AED":"10:50000.5"},"reference_length":12,"reference_characters":"A-Z0-9 -","cool_off":"4h",
      "sca_ways":["REDIRECT","EMBEDDED"],"poll_schedule":["1500ms","1m"],"call_timeout":"5s","mock":true,
      "account_types":["BUSINESS","PERSONAL"],"main_color":"#00aA11","background_color":"#000000",
      "logo":"https://home.example/logo.svg")");
  ASSERT_TRUE(bank) << bank.error().message;
  EXPECT_EQ(bank->limits.front().minimum.to_text(), "10.00");
  EXPECT_EQ(bank->limits.front().maximum.to_text(), "50000.50");
  EXPECT_EQ(bank->poll_schedule, (std::vector<Duration>{std::chrono::milliseconds{1500}, std::chrono::minutes{1}}));
  EXPECT_EQ(bank->cool_off_default, std::chrono::hours{4});
  const auto written = settings_json(*bank);
  const auto again = read_bank(*json::parse(written));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(settings_json(*again), written);
  EXPECT_EQ(again->sca_ways, bank->sca_ways);
  EXPECT_EQ(again->client_key, "/etc/qantara/qwac.key");
}

TEST(bank_settings, are_refused_by_name_with_what_would_be_right) {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {R"("identifier":"home")", "identifier"},
      {R"("identifier":"1BANK")", "identifier"},
      {R"("identifier":7)", "identifier"},
      {R"("identifier":null)", "identifier"},
      {R"("name":"  ")", "name"},
      {R"("arabic_name":"a\u202Eb")", "arabic_name"},
      {R"("country":"AE")", "country"},
      {R"("country":"are")", "country"},
      {R"("swift_code":"EBIL")", "swift_code"},
      {R"("base_url":"home.example")", "base_url"},
      {R"("base_url":"http://home.example")", "base_url"},
      {R"("base_url":"https://home.example/?a=b")", "base_url"},
      {R"("client_certificate":"qwac.pem","client_key":"/k.pem")", "client_certificate"},
      {R"("client_certificate":"/qwac.pem")", "client_key"},
      {R"("client_key":"/qwac.key")", "client_certificate"},
      {R"("products":{})", "products"},
      {R"("products":{"XYZ":"sepa"})", "products"},
      {R"("products":{"AED":"../admin"})", "products"},
      {R"("products":{"AED":7})", "products"},
      {R"("limits":{"AED":"10"})", "limits"},
      {R"("limits":{"AED":"10:5"})", "limits"},
      {R"("limits":{"AED":"10:5.001"})", "limits"},
      {R"("limits":{"USD":"10:50"})", "limits"},
      {R"("reference_length":7)", "reference_length"},
      {R"("reference_length":141)", "reference_length"},
      {R"("reference_length":"12")", "reference_length"},
      {R"("reference_length":12.5)", "reference_length"},
      {R"("reference_characters":"A-Z")", "reference_characters"},
      {R"("reference_characters":"0-9")", "reference_characters"},
      {R"("reference_characters":"9-0A-F")", "reference_characters"},
      {R"("reference_characters":"0-9a-fä")", "reference_characters"},
      {R"("cool_off":"200h")", "cool_off"},
      {R"("cool_off":"soon")", "cool_off"},
      {R"("sca_ways":[])", "sca_ways"},
      {R"("sca_ways":["OAUTH"])", "sca_ways"},
      {R"("sca_ways":["REDIRECT","REDIRECT"])", "sca_ways"},
      {R"("sca_ways":"REDIRECT")", "sca_ways"},
      {R"("poll_schedule":["10ms"])", "poll_schedule"},
      {R"("poll_schedule":["25h"])", "poll_schedule"},
      {R"("call_timeout":"21s")", "call_timeout"},
      {R"("call_timeout":"10ms")", "call_timeout"},
      {R"("mock":"yes")", "mock"},
      {R"("account_types":["CORPORATE"])", "account_types"},
      {R"("main_color":"navy")", "main_color"},
      {R"("background_color":"#12345g")", "background_color"},
      {R"("logo":"http://home.example/logo.svg")", "logo"},
      {R"("password":"x")", "password"},
  };
  for (const auto& [member, field] : rows) {
    const auto bank = read_with(member);
    ASSERT_FALSE(bank) << member;
    ASSERT_EQ(bank.error().fields.size(), 1U) << member;
    EXPECT_EQ(bank.error().fields.front().field, field) << member;
    EXPECT_GT(bank.error().fields.front().message.size(), field.size() + 10) << member;
  }
}

TEST(bank_settings, are_all_checked_at_once) {
  const auto bank = read(R"("identifier":"x","colour":"red")");
  ASSERT_FALSE(bank);
  std::vector<std::string> fields;
  for (const auto& fault : bank.error().fields) fields.push_back(fault.field);
  EXPECT_EQ(fields,
            (std::vector<std::string>{"identifier", "name", "country", "standard", "base_url", "products", "colour"}));
}

TEST(bank_settings, let_http_reach_this_machine_only) {
  for (const auto* const url : {"http://127.0.0.1:7071", "http://localhost:7071/psd2", "http://[::1]:7071"}) {
    EXPECT_TRUE(read_with(fmt::format(R"("base_url":"{}")", url))) << url;
  }
}

TEST(reference_characters, are_single_ones_and_ranges) {
  const struct {
    std::string_view characters;
    char wanted;
    bool is_allowed;
  } rows[] = {
      {"", '#', true},   {"A-F", 'C', true},     {"A-F", 'G', false},   {"A-F", '-', false},    {"A-F-", '-', true},
      {"-A", '-', true}, {"A-F0-9 ", ' ', true}, {"A-F0-9", '5', true}, {"A-F0-9", ' ', false},
  };
  for (const auto& row : rows)
    EXPECT_EQ(allows(row.characters, row.wanted), row.is_allowed) << row.characters << row.wanted;
}

std::string_view form_of(SettingForm form) {
  switch (form) {
    case SettingForm::TEXT:
      return "text";
    case SettingForm::NUMBER:
      return "number";
    case SettingForm::SWITCH:
      return "true or false";
    case SettingForm::LIST:
      return "list of texts";
    case SettingForm::TABLE:
      return "table of texts, by currency";
  }
  return "";
}

std::string render_settings() {
  std::string page =
      "# The settings of a bank\n\n"
      "Rendered from `src/banking/bank_settings.cpp`. In the configuration file each bank is a table `[[bank]]` with "
      "these members; "
      "`qantara bank add` has them as flags, with hyphens for underscores. [The guide](../guides/connect-a-bank.md) "
      "shows both. What "
      "is missing, unknown or wrong is refused by name.\n\n"
      "| setting | | usual | |\n|---|---|---|---|\n";
  for (const auto& row : bank_settings()) {
    page += fmt::format("| `{}` | {} | {} | {} |\n", row.name, form_of(row.form), row.usual, row.meaning);
  }
  return page;
}

TEST(bank_settings, stand_in_the_reference) {
  const std::filesystem::path page = std::filesystem::path{QANTARA_SOURCE_DIR} / "docs/reference/banks.md";
  const auto rendered = render_settings();
  if (std::getenv("QANTARA_RENDER") != nullptr) std::ofstream{page} << rendered;
  std::ifstream in{page};
  const std::string stored{std::istreambuf_iterator<char>{in}, {}};
  EXPECT_EQ(stored, rendered) << "stale: run banking_test with QANTARA_RENDER=1";
}

}  // namespace
}  // namespace qantara::banking
