#include <algorithm>
#include <array>
#include <span>

#include "api/body.h"
#include "api/handlers.h"
#include "api/query.h"
#include "api/responses.h"
#include "bank_registry/bank_registry.h"
#include "banking/bank_store.h"
#include "base/text.h"

namespace qantara::api {

namespace {

using banking::Bank;
using banking::ScaWay;

/// Every bank is reached through an interface that it has published itself.
constexpr std::string_view kConnectionType = "OPEN_BANKING";

/// A bank for companies alone is what the older `bank_type` calls SME.
std::string_view bank_type_of(const Bank& bank) {
  return std::ranges::find(bank.account_types, "PERSONAL") != bank.account_types.end() ? "RETAIL" : "SME";
}

/// Whether dark texts stand out on this colour ("#RRGGBB"): by its luma (ITU-R BT.601).
bool is_light(std::string_view color) {
  const auto channel = [&](std::size_t at) { return 16 * hex_value(color[at]) + hex_value(color[at + 1]); };
  return 299 * channel(1) + 587 * channel(3) + 114 * channel(5) >= 128 * 1000;
}

/// What the query asks for; what is empty does not matter.
struct Filter {
  std::vector<std::string> account_types;
  std::vector<std::string> country_codes;
  std::vector<std::string> connection_types;
  std::vector<std::string> bank_types;

  bool lets_through(const Bank& bank) const {
    const auto names = [](const std::vector<std::string>& wanted, std::string_view value) {
      return wanted.empty() || std::ranges::find(wanted, value) != wanted.end();
    };
    const bool has_accounts = account_types.empty() || std::ranges::any_of(bank.account_types, [&](const auto& type) {
                                return names(account_types, type);
                              });
    return has_accounts && names(country_codes, bank.country) && names(connection_types, kConnectionType) &&
           names(bank_types, bank_type_of(bank));
  }
};

/// The values of a list parameter, each one of `allowed` (none: any three capital letters).
Result<std::vector<std::string>> query_words(const http::Request& request, std::string_view name,
                                             std::span<const std::string_view> allowed) {
  auto words = query_list(request, name);
  std::string right = "country codes of three capital letters, like ARE";
  if (!allowed.empty()) {
    right = "of";
    for (const auto word : allowed) right += (right == "of" ? " " : ", ") + std::string{word};
  }
  for (const auto& word : words) {
    const bool is_country = word.size() == 3 && std::ranges::all_of(word, [](char c) { return c >= 'A' && c <= 'Z'; });
    if (allowed.empty() ? is_country : std::ranges::find(allowed, word) != allowed.end()) continue;
    return field_error(ErrorCode::INVALID_PARAMETERS, std::string{name}, std::string{name} + " must be " + right);
  }
  return words;
}

Result<Filter> read_filter(const http::Request& request) {
  constexpr auto kAccountTypes = std::to_array<std::string_view>({"PERSONAL", "BUSINESS"});
  constexpr auto kConnectionTypes =
      std::to_array<std::string_view>({"REVERSE_ENGINEERED", "OPEN_BANKING", "DIRECT_CONNECTION"});
  constexpr auto kBankTypes = std::to_array<std::string_view>({"RETAIL", "SME"});
  Filter filter;
  ASSIGN_OR_RETURN(filter.account_types, query_words(request, "account_types", kAccountTypes));
  ASSIGN_OR_RETURN(filter.country_codes, query_words(request, "country_codes", {}));
  ASSIGN_OR_RETURN(filter.connection_types, query_words(request, "connection_types", kConnectionTypes));
  ASSIGN_OR_RETURN(filter.bank_types, query_words(request, "bank_type", kBankTypes));
  return filter;
}

void write_texts(json::Writer& writer, std::string_view name, std::span<const std::string_view> texts) {
  writer.name(name).begin_array();
  for (const auto text : texts) writer.string(text);
  writer.end_array();
}

/// One bank as the application has it.
struct Row {
  std::shared_ptr<const Bank> bank;
  bool enabled;
};

void write_bank(json::Writer& writer, const Row& row, std::string_view origin) {
  const auto& bank = *row.bank;
  const auto monogram = std::string{origin} + "/banks/v1/logos/" + bank.identifier + ".svg";
  const auto& logo = bank.logo.empty() ? monogram : bank.logo;
  std::vector<std::string_view> traits;
  if (bank.may_use(ScaWay::EMBEDDED)) traits.push_back("auth-credentials");
  if (bank.may_use(ScaWay::REDIRECT)) traits.insert(traits.end(), {"auth-redirect", "web-auth-redirect"});
  const std::vector<std::string_view> account_types{"CURRENT", "SAVINGS"};
  writer.begin_object()
      .member("identifier", bank.identifier)
      .member("name", bank.name)
      .member("arabic_name", bank.arabic_name)
      .member("logo", logo)
      .member("logo_alt", logo)
      .member("main_color", bank.main_color)
      .member("background_color", bank.background_color)
      .member("theme", is_light(bank.background_color) ? "light" : "dark")
      .member("country_code", bank.country)
      .member("swift_code", bank.swift_code.empty() ? std::nullopt : std::optional{bank.swift_code})
      .member("active", bank.active)
      .member("mock", bank.mock);
  write_texts(writer, "traits", traits);
  write_texts(writer, "supported_account_types", account_types);
  writer.member("bank_type", bank_type_of(bank))
      .member("account_type", bank.account_types.front())
      .member("connection_type", kConnectionType)
      .name("transfer_limits")
      .begin_array();
  for (const auto& limits : bank.limits) {
    writer.begin_object()
        .member("currency", limits.minimum.currency().code())
        .raw_member("min", limits.minimum.to_text())
        .raw_member("max", limits.maximum.to_text())
        .end_object();
  }
  writer.end_array();
  writer.name("international_transfer_limits").begin_array().end_array();
  writer.name("international_destinations").begin_array().end_array();
  writer.name("availability");
  bank_registry::write_availability(writer, {.active = bank.active, .enabled = row.enabled});
  writer.end_object();
}

/// The first letters of a bank's name: "Lean Mockbank 1" → "LM".
std::string monogram(std::string_view name) {
  std::string letters;
  bool at_start = true;
  for (const char letter : name) {
    const bool is_letter = letter >= 'A' && letter <= 'Z';
    if (at_start && is_letter && letters.size() < 2) letters += letter;
    at_start = letter == ' ';
  }
  return letters;
}

}  // namespace

// GET /banks/v1 · 200 an array · 400 INVALID_PARAMETERS · 404 UNKNOWN_CUSTOMER
Task<HandlerResult> list_banks(const http::Request& request, const Caller& caller, const Services& services) {
  CO_ASSIGN_OR_RETURN(const auto customer, query_id<CustomerId>(request, "customer_id"));
  CO_ASSIGN_OR_RETURN(const auto filter, read_filter(request));
  CO_ASSIGN_OR_RETURN(const auto rows,
                      co_await services.database.read([&](db::Transaction& tx) -> Result<std::vector<Row>> {
                        if (customer) {
                          const auto seen = caller.may_see(*customer) ? *customer : CustomerId{};
                          RETURN_IF_ERROR(services.customers.get(tx, caller.application, seen));
                        }
                        ASSIGN_OR_RETURN(const auto off, banking::select_switched_off(tx, caller.application));
                        std::vector<Row> found;
                        for (auto& bank : services.banks.all()) {
                          if (!bank_registry::is_seen(*bank, caller.mode) || !filter.lets_through(*bank)) continue;
                          const bool is_off = std::ranges::find(off, bank->identifier) != off.end();
                          found.push_back({.bank = std::move(bank), .enabled = !is_off});
                        }
                        return found;
                      }));
  const auto origin = (request.secure ? "https://" : "http://") + std::string{request.headers.value_or("host", "")};
  co_return http::Response::json(
      200, to_json_array(rows, [&](json::Writer& writer, const Row& row) { write_bank(writer, row, origin); }));
}

// GET /banks/v1/logos/{file} · 200 image/svg+xml: the bank's monogram on its colour · 404 UNKNOWN_BANK
Task<HandlerResult> get_bank_logo(const http::Request& request, const Services& services) {
  auto identifier = request.path_parameter("file");
  if (identifier.ends_with(".svg")) identifier.remove_suffix(4);
  const auto bank = services.banks.find(identifier);
  if (bank == nullptr) co_return error(ErrorCode::UNKNOWN_BANK, "there is no bank with this identifier");
  http::Response response;
  response.headers.add("Content-Type", "image/svg+xml");
  response.headers.add("Cross-Origin-Resource-Policy", "cross-origin");  // Shops show it too.
  response.body =
      R"(<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64" viewBox="0 0 64 64" role="img"><rect width="64" height="64" rx="14" fill=")" +
      bank->main_color +
      R"("/><text x="32" y="41" text-anchor="middle" font-family="sans-serif" font-size="26" font-weight="600" fill=")" +
      bank->background_color + R"(">)" + monogram(bank->name) + "</text></svg>";
  co_return response;
}

}  // namespace qantara::api
