#include "api/query.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "api/lists.h"
#include "base/text.h"

namespace qantara::api {

namespace {

constexpr std::int64_t kPageMax = 999'999'999;

Result<std::int64_t> query_number(const http::Request& request, std::string_view name, std::int64_t least,
                                  std::int64_t most, std::int64_t usual) {
  const auto text = query_text(request, name);
  if (!text) return usual;
  std::int64_t number = -1;
  const auto [end, failure] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (failure != std::errc{} || end != text->data() + text->size() || number < least || number > most) {
    return field_error(
        ErrorCode::INVALID_PARAMETERS, std::string{name},
        std::string{name} + " must be a number from " + std::to_string(least) + " to " + std::to_string(most));
  }
  return number;
}

}  // namespace

std::optional<std::string> query_text(const http::Request& request, std::string_view name) {
  auto text = request.query_parameter(name);
  if (text && text->empty()) return std::nullopt;
  return text;
}

std::vector<std::string> query_list(const http::Request& request, std::string_view name) {
  std::vector<std::string> values;
  std::string_view rest = request.query;
  while (!rest.empty()) {
    const auto pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
    const auto equals = std::min(pair.find('='), pair.size());
    auto spelled = http::percent_decode(pair.substr(0, equals)).value_or("");
    if (spelled.ends_with("[]")) spelled.resize(spelled.size() - 2);
    if (spelled != name) continue;
    const auto list = http::percent_decode(pair.substr(std::min(equals + 1, pair.size()))).value_or("");
    for (std::size_t begin = 0; begin <= list.size();) {
      const auto end = std::min(list.find(',', begin), list.size());
      const auto value = trim(std::string_view{list}.substr(begin, end - begin));
      if (!value.empty()) values.emplace_back(value);
      begin = end + 1;
    }
  }
  return values;
}

Result<PageWanted> query_page(const http::Request& request) {
  PageWanted page;
  ASSIGN_OR_RETURN(page.number, query_number(request, "page_number", 0, kPageMax, page.number));
  ASSIGN_OR_RETURN(page.number, query_number(request, "page", 0, kPageMax, page.number));
  ASSIGN_OR_RETURN(std::int64_t size, query_number(request, "page_size", 1, kPageSizeMax, page.size));
  ASSIGN_OR_RETURN(size, query_number(request, "size", 1, kPageSizeMax, size));
  page.size = static_cast<int>(size);
  return page;
}

Result<std::optional<Instant>> query_instant(const http::Request& request, std::string_view name) {
  const auto text = query_text(request, name);
  if (!text) return std::optional<Instant>{};
  const auto instant = parse_instant(*text);
  if (!instant) {
    return field_error(ErrorCode::INVALID_PARAMETERS, std::string{name},
                       std::string{name} + " must be a time in UTC, such as 2026-11-21T12:50:47Z");
  }
  return std::optional{*instant};
}

Result<ListWanted> query_list(const http::Request& request) {
  ListWanted wanted;
  ASSIGN_OR_RETURN(wanted.page, query_page(request));
  ASSIGN_OR_RETURN(wanted.after, query_id<Uuid>(request, "after"));
  wanted.by_cursor = request.query_parameter("after").has_value();
  return wanted;
}

}  // namespace qantara::api
