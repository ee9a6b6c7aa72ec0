#include "cli/bank.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "banking/bank_settings.h"
#include "base/text.h"
#include "cli/gateway.h"
#include "cli/json_text.h"
#include "cli/masked_json.h"

namespace qantara::cli {

namespace {

using banking::SettingForm;

template <class Each>
void each_item(std::string_view list, Each each) {
  while (!list.empty()) {
    const auto item = list.substr(0, list.find(','));
    each(trim(item));
    list.remove_prefix(std::min(item.size() + 1, list.size()));
  }
}

/// What was typed, as the JSON that the setting has; what does not fit its form is left for the gateway to refuse.
void write_setting(json::Writer& writer, const banking::SettingRow& row, const std::string& typed) {
  writer.name(row.name);
  const bool is_number =
      !typed.empty() && typed.size() < 10 &&
      std::ranges::all_of(typed, [](char c) { return c >= '0' && c <= '9'; }) && typed.front() != '0';
  switch (row.form) {
    case SettingForm::TEXT:
      writer.string(typed);
      return;
    case SettingForm::NUMBER:
      is_number ? writer.raw(typed) : writer.string(typed);
      return;
    case SettingForm::SWITCH:
      typed == "true" || typed == "false" ? writer.raw(typed) : writer.string(typed);
      return;
    case SettingForm::LIST:
      writer.begin_array();
      each_item(typed, [&](std::string_view item) { writer.string(item); });
      writer.end_array();
      return;
    case SettingForm::TABLE:
      writer.begin_object();
      each_item(typed, [&](std::string_view item) {
        const auto equals = std::min(item.find('='), item.size());
        writer.member(item.substr(0, equals), item.substr(std::min(equals + 1, item.size())));
      });
      writer.end_object();
      return;
  }
}

/// A file is named from where the verb is run; the gateway may be running elsewhere.
bool names_a_file(std::string_view setting) {
  return setting == "client_certificate" || setting == "client_key" || setting == "certificate_authority";
}

std::string standing_of(const Context& context, const json::Value& bank) {
  if (!is_true(bank, "switched_on")) return "switched off";
  const auto health = text_of(bank, "health");
  if (health == "WELL") return "in use";
  const auto back_at = parse_instant(text_of(bank, "back_at"));
  if (health == "MAINTENANCE") return "closed" + (back_at ? " until " + context.out.date_and_time(*back_at) : "");
  return "does not answer";
}

int show_bank(Context& context, const json::Value& bank) {
  auto& out = context.out;
  if (context.output == Output::JSON) {
    out.json(masked_json(bank));
    return kDone;
  }
  const auto lead = padded(text_of(bank, "identifier"), 22, 2) + padded(standing_of(context, bank), 16, 2);
  out.hang(lead, out.verbatim(text_of(bank, "name")) + ", " + out.verbatim(text_of(bank, "settings", "base_url")) +
                     (text_of(bank, "origin") == "ADDED" ? ", added" : ""));
  return kDone;
}

std::string path_of(const std::string& identifier, std::string_view act = "") {
  return "/admin/v1/banks/" + http::percent_encode(identifier) + std::string{act};
}

Task<int> switch_bank(Context& context, BankOptions options, std::string_view act) {
  const auto gateway = Gateway::in_folder(context.client, options.data);
  const auto answer = co_await gateway.call(http::Method::POST, path_of(options.identifier, act));
  if (!answer) co_return tell(context, answer.error());
  co_return show_bank(context, *answer);
}

Task<int> switch_for_application(Context& context, AppBankOptions options, std::string_view enabled) {
  const auto gateway = Gateway::in_folder(context.client, options.data);
  const auto app_token = co_await find_app_token(gateway, options.app_token);
  if (!app_token) co_return tell(context, app_token.error());
  json::Writer wanted;
  wanted.begin_object()
      .member("app_token", *app_token)
      .member("bank_identifier", options.identifier)
      .raw_member("enabled", enabled)
      .end_object();
  const auto answer = co_await gateway.call(http::Method::PUT, "/admin/v1/application-banks", wanted.text());
  if (!answer) co_return tell(context, answer.error());
  auto& out = context.out;
  if (context.output == Output::JSON) {
    out.json(masked_json(*answer));
  } else {
    out.line(out.symbol(Symbol::OK) + "  the application " + (enabled == "true" ? "offers " : "does not offer ") +
             out.verbatim(options.identifier));
  }
  co_return kDone;
}

}  // namespace

Task<int> bank_add(Context& context, BankAddOptions options) {
  json::Writer settings;
  settings.begin_object();
  for (const auto& row : banking::bank_settings()) {
    const auto typed = options.settings.find(std::string{row.name});
    if (typed == options.settings.end()) continue;
    write_setting(settings, row,
                  names_a_file(row.name) ? std::filesystem::absolute(typed->second).string() : typed->second);
  }
  settings.end_object();
  const auto gateway = Gateway::in_folder(context.client, options.data);
  const auto added = co_await gateway.call(http::Method::POST, "/admin/v1/banks", settings.text());
  if (!added) co_return tell(context, added.error());
  const int code = show_bank(context, *added);
  context.err.hang("next  ", "qantara bank test " + text_of(*added, "identifier") + " says what works there.");
  co_return code;
}

Task<int> bank_list(Context& context, BankOptions options) {
  const auto gateway = Gateway::in_folder(context.client, options.data);
  const auto banks = co_await gateway.call(http::Method::GET, "/admin/v1/banks");
  if (!banks) co_return tell(context, banks.error());
  for (const auto& bank : banks->items()) show_bank(context, bank);
  if (banks->items().empty())
    context.err.hang("none yet  ", "qantara bank add adds one; [[bank]] in the configuration file does too.");
  co_return kDone;
}

Task<int> bank_test(Context& context, BankOptions options) {
  const auto gateway = Gateway::in_folder(context.client, options.data);
  const auto checks = co_await gateway.call(http::Method::POST, path_of(options.identifier, "/test"));
  if (!checks) co_return tell(context, checks.error());
  auto& out = context.out;
  int code = kDone;
  for (const auto& check : checks->items()) {
    const auto verdict = text_of(check, "verdict");
    if (verdict == "fail") code = kRefused;
    if (context.output == Output::JSON) {
      out.json(masked_json(check));
      continue;
    }
    out.hang(padded(out.symbol(parse_symbol(verdict).value_or(Symbol::UNKNOWN)), 8, 2) +
                 padded(text_of(check, "subject"), 18, 2),
             out.words(text_of(check, "found")));
    if (const auto remedy = text_of(check, "remedy"); !remedy.empty()) out.fact("  try", out.words(remedy));
  }
  co_return code;
}

Task<int> bank_enable(Context& context, BankOptions options) {
  return switch_bank(context, std::move(options), "/enable");
}
Task<int> bank_disable(Context& context, BankOptions options) {
  return switch_bank(context, std::move(options), "/disable");
}

Task<int> bank_remove(Context& context, BankOptions options) {
  const auto gateway = Gateway::in_folder(context.client, options.data);
  const auto removed = co_await gateway.call(http::Method::DELETE, path_of(options.identifier));
  if (!removed) co_return tell(context, removed.error());
  auto& out = context.out;
  if (context.output == Output::JSON) {
    json::Writer writer;
    writer.begin_object().member("identifier", options.identifier).member("removed", true).end_object();
    out.json(writer.text());
  } else {
    out.line(out.symbol(Symbol::OK) + "  " + out.verbatim(options.identifier) +
             " is removed; its payments under way wait until it is added again");
  }
  co_return kDone;
}

Task<int> app_bank_enable(Context& context, AppBankOptions options) {
  return switch_for_application(context, std::move(options), "true");
}
Task<int> app_bank_disable(Context& context, AppBankOptions options) {
  return switch_for_application(context, std::move(options), "false");
}

}  // namespace qantara::cli
