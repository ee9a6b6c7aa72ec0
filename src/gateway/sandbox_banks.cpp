#include "gateway/sandbox_banks.h"

#include "sandbox_bank/users.h"

namespace qantara::gateway {

namespace {

struct Row {
  std::string_view identifier;
  std::string_view name;
  std::string_view arabic_name;
  std::string_view country;
  std::string_view swift_code;
  std::string_view color;
  std::string_view prefix;  ///< Of the sandbox bank's paths: which behaviour.
  enum class Asks { HERE, ON_ITS_PAGES } asks = Asks::HERE;
};

constexpr Row kBanks[] = {
    {"LEANMB1", "Lean Mockbank 1", "بنك لين التجريبي 1", "ARE", "EBILAEAD", "#1B5E8C", ""},
    {"LEANMB1_SAU", "Lean Mockbank 1 Saudi Arabia", "بنك لين التجريبي 1 السعودية", "SAU", "", "#0B6B4F", "/sau"},
    {"SANDBOX_SLOW", "Sandbox Slow Bank", "بنك التجربة البطيء", "ARE", "", "#7A5C00", "/slow"},
    {"SANDBOX_APP", "Sandbox App Bank", "بنك التجربة بالتطبيق", "ARE", "", "#3B2F8F", "/app"},
    {"SANDBOX_REDIRECT", "Sandbox Redirect Bank", "بنك التجربة بإعادة التوجيه", "ARE", "", "#5B2C6F", "/redirect",
     Row::Asks::ON_ITS_PAGES},
    {"SANDBOX_MAINTENANCE", "Sandbox Maintenance Bank", "بنك التجربة قيد الصيانة", "ARE", "", "#8C2F1B",
     "/maintenance"},
};

}  // namespace

std::vector<banking::Bank> sandbox_banks(const std::string& url, std::chrono::milliseconds call_timeout) {
  constexpr auto kProduct = "cross-border-credit-transfers";
  std::vector<banking::Bank> banks;
  for (const auto& row : kBanks) {
    banks.push_back({.identifier = std::string{row.identifier},
                     .name = std::string{row.name},
                     .arabic_name = std::string{row.arabic_name},
                     .country = std::string{row.country},
                     .swift_code = std::string{row.swift_code},
                     .main_color = std::string{row.color},
                     .app_url = url + "/app",
                     .mock = true,
                     .test_code = std::string{sandbox_bank::kCode},
                     .standard = "berlin_group",
                     .base_url = url + std::string{row.prefix},
                     .product_by_currency = {{"AED", kProduct}, {"USD", kProduct}, {"BHD", kProduct}},
                     .call_timeout = call_timeout});
    if (row.asks == Row::Asks::ON_ITS_PAGES) banks.back().sca_ways = {banking::ScaWay::REDIRECT};
  }
  return banks;
}

}  // namespace qantara::gateway
