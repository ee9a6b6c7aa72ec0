#include "api/body.h"
#include "api/handlers.h"
#include "api/responses.h"
#include "base/text.h"

namespace qantara::api {

namespace {

void write_switches(json::Writer& writer, std::string_view name, bool payments) {
  writer.name(name).begin_object().member("payments", payments).member("data", false).end_object();
}

void write_bank(json::Writer& writer, const banking::Bank& bank, std::string_view origin) {
  const auto logo = std::string{origin} + "/banks/v1/logos/" + bank.identifier + ".svg";
  writer.begin_object()
      .member("identifier", bank.identifier)
      .member("name", bank.name)
      .member("arabic_name", bank.arabic_name)
      .member("logo", logo)
      .member("logo_alt", logo)
      .member("main_color", bank.main_color)
      .member("background_color", bank.background_color)
      .member("theme", "light")
      .member("country_code", bank.country)
      .member("swift_code", bank.swift_code.empty() ? std::nullopt : std::optional{bank.swift_code})
      .member("active", bank.active)
      .member("mock", bank.mock)
      .name("traits")
      .begin_array()
      .string("auth-credentials")
      .end_array()
      .name("supported_account_types")
      .begin_array()
      .string("CURRENT")
      .string("SAVINGS")
      .end_array()
      .member("bank_type", "RETAIL")
      .member("account_type", "PERSONAL")
      .member("connection_type", "OPEN_BANKING")
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
  writer.name("availability").begin_object();
  write_switches(writer, "active", bank.active);
  write_switches(writer, "enabled", true);
  writer.end_object().end_object();
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

// GET /banks/v1 · 200 an array
Task<HandlerResult> list_banks(const http::Request& request, const Caller&, const Services& services) {
  const auto origin = "http://" + std::string{request.headers.value_or("host", "")};
  co_return http::Response::json(200, to_json_array(services.banks.all(), [&](json::Writer& writer, const auto& bank) {
                                   write_bank(writer, *bank, origin);
                                 }));
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
