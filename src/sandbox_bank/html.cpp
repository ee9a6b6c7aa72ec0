#include "sandbox_bank/html.h"

#include <array>

#include "iban/iban.h"
#include "sandbox_bank/wire.h"

namespace qantara::sandbox_bank {

namespace {

struct CurrencyName {
  std::string_view code;
  std::string_view arabic;
};
constexpr auto kCurrencyNames = std::to_array<CurrencyName>({
    {"AED", "درهم إماراتي"},
    {"SAR", "ريال سعودي"},
    {"BHD", "دينار بحريني"},
    {"USD", "دولار أمريكي"},
});

/// "1234567.89" → "1,234,567.89"
std::string grouped(std::string figure) {
  const std::size_t start = figure.starts_with('-') ? 1 : 0;
  std::size_t at = figure.find('.');
  if (at == std::string::npos) at = figure.size();
  while (at > start + 3) {
    at -= 3;
    figure.insert(at, ",");
  }
  return figure;
}

}  // namespace

Html escape(std::string_view text) {
  Html html;
  html.text.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        html.text += "&amp;";
        break;
      case '<':
        html.text += "&lt;";
        break;
      case '>':
        html.text += "&gt;";
        break;
      case '"':
        html.text += "&quot;";
        break;
      case '\'':
        html.text += "&#39;";
        break;
      default:
        html.text += c;
    }
  }
  return html;
}

Html fill(std::string_view words, std::initializer_list<std::pair<std::string_view, Html>> slots) {
  Html html;
  while (!words.empty()) {
    const std::size_t open = words.find('{');
    html += escape(words.substr(0, open));
    if (open == std::string_view::npos) break;
    const std::size_t close = words.find('}', open);
    const auto name = words.substr(open + 1, close - open - 1);
    for (const auto& [slot, value] : slots) {
      if (slot == name) html += value;
    }
    words.remove_prefix(close + 1);
  }
  return html;
}

Html bdi(std::string_view text) { return {"<bdi dir=\"auto\">" + escape(text).text + "</bdi>"}; }

Html ltr(std::string_view text) { return {"<bdi dir=\"ltr\">" + escape(text).text + "</bdi>"}; }

Html account_number(std::string_view number) {
  if (!iban::Iban::parse(number)) return ltr(number);
  Html html{"<bdi dir=\"ltr\" class=\"iban\">"};
  for (std::size_t at = 0; at < number.size(); at += 4) {
    html += {"<span>" + escape(number.substr(at, 4)).text + "</span>"};
  }
  html += {"</bdi>"};
  return html;
}

Html amount(std::int64_t minor, std::string_view currency, Language language) {
  const std::string figure = grouped(to_money(minor, currency).to_text());
  if (language == Language::ARABIC) {
    for (const auto& row : kCurrencyNames) {
      if (row.code == currency) return {ltr(figure).text + " " + std::string{row.arabic}};
    }
  }
  return ltr(std::string{currency} + "\u00A0" + figure);
}

Html time_of_day(Instant at) { return ltr(qantara::to_text(at).substr(11, 5) + " UTC"); }

Html date_and_time(Instant at) {
  const std::string text = qantara::to_text(at);
  return ltr(text.substr(0, 10) + " " + text.substr(11, 8) + " UTC");
}

}  // namespace qantara::sandbox_bank
