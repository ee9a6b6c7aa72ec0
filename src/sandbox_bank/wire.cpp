#include "sandbox_bank/wire.h"

#include <charconv>
#include <chrono>

#include "base/check.h"

namespace qantara::sandbox_bank {

namespace {

/// Takes a number of `min_digits` to `max_digits` digits off the front; -1 if there is none.
int take_number(std::string_view& text, std::size_t min_digits, std::size_t max_digits) {
  std::size_t digits = 0;
  while (digits < text.size() && digits < max_digits && text[digits] >= '0' && text[digits] <= '9') ++digits;
  if (digits < min_digits) return -1;
  int number = 0;
  std::from_chars(text.data(), text.data() + digits, number);
  text.remove_prefix(digits);
  return number;
}

bool take(std::string_view& text, char expected) {
  if (text.empty() || text.front() != expected) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

http::Response refuse(int status, std::string_view code, std::string_view text) {
  json::Writer json;
  json.begin_object().name("tppMessages").begin_array().begin_object();
  json.member("category", "ERROR").member("code", code).member("text", text);
  json.end_object().end_array().end_object();
  return http::Response::json(status, std::move(json).text());
}

http::Response format_error(std::string_view text) { return refuse(400, "FORMAT_ERROR", text); }

http::Response unknown_resource() { return refuse(404, "RESOURCE_UNKNOWN", "There is nothing here by this id."); }

http::Response wrong_status(std::string_view text) { return refuse(409, "STATUS_INVALID", text); }

void write_links(json::Writer& json, std::initializer_list<std::pair<std::string_view, std::string>> links) {
  json.name("_links").begin_object();
  for (const auto& [name, href] : links) {
    if (!href.empty()) json.name(name).begin_object().member("href", href).end_object();
  }
  json.end_object();
}

money::Money to_money(std::int64_t minor, std::string_view currency) {
  const auto known = money::Currency::find(currency);
  CHECK(known);
  return {minor, *known};
}

bool is_date(std::string_view text) {
  const int year = take_number(text, 4, 4);
  if (year < 0 || !take(text, '-')) return false;
  const int month = take_number(text, 2, 2);
  if (month < 0 || !take(text, '-')) return false;
  const int day = take_number(text, 2, 2);
  if (day < 0 || !text.empty()) return false;
  return std::chrono::year_month_day{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                     std::chrono::day{static_cast<unsigned>(day)}}
      .ok();
}

bool is_ipv4(std::string_view text) {
  for (int part = 0; part < 4; ++part) {
    if (part > 0 && !take(text, '.')) return false;
    const int number = take_number(text, 1, 3);
    if (number < 0 || number > 255) return false;
  }
  return text.empty();
}

}  // namespace qantara::sandbox_bank
