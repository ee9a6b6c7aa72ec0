// Reading the query of lists: numbers, times and ids. What is absent or blank is not asked for.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "http/message.h"

namespace qantara::api {

/// How a list is cut: `size` elements from page `number` (from 0).
struct PageWanted {
  std::int64_t number = 0;
  int size = 50;
};

inline constexpr int kPageSizeMax = 100;

/// A parameter that is there and not blank.
std::optional<std::string> query_text(const http::Request& request, std::string_view name);

/// Every value of a list parameter, in the order of the query: `name=A&name=B`, `name[]=A&name[]=B` and `name=A,B` are one list.
std::vector<std::string> query_list(const http::Request& request, std::string_view name);

/// `page` and `size`, also spelled `page_number` and `page_size`. Errors: INVALID_PARAMETERS on either: pages are 0 to 999,999,999, sizes 1 to kPageSizeMax.
Result<PageWanted> query_page(const http::Request& request);

/// Errors: INVALID_PARAMETERS on `name` for what is not RFC 3339 in UTC.
Result<std::optional<Instant>> query_instant(const http::Request& request, std::string_view name);

/// Errors: INVALID_PARAMETERS on `name` for what is not a UUID.
template <class IdType>
Result<std::optional<IdType>> query_id(const http::Request& request, std::string_view name) {
  const auto text = query_text(request, name);
  if (!text) return std::optional<IdType>{};
  const auto id = IdType::parse(*text);
  if (!id) return field_error(ErrorCode::INVALID_PARAMETERS, std::string{name}, std::string{name} + " must be a UUID");
  return std::optional{*id};
}

}  // namespace qantara::api
