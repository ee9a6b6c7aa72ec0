// Lists in the three ways in which they are asked for: `page` and `size`, `page_number` and `page_size`, and a cursor. The order
// is that of creation, so nothing that is new shifts a page, and whoever follows the cursor meets everything once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/query.h"
#include "base/paging.h"
#include "json/json.h"

namespace qantara::api {

/// What a request wants of a list.
struct ListWanted {
  PageWanted page;
  bool by_cursor = false;  ///< `after` is there, if only blank: for the first ones.
  std::optional<Uuid> after;

  /// For a cursor one element more than wanted, which tells that there are more.
  Slice slice() const {
    if (by_cursor) return {.after = after.value_or(Uuid{}), .offset = 0, .limit = page.size + 1};
    return {.after = {}, .offset = page.number * page.size, .limit = page.size};
  }
  /// Whether a list that has this one element shows it.
  bool shows_the_only(const Uuid& id) const { return by_cursor ? after.value_or(Uuid{}) < id : page.number == 0; }
  /// Whether the number of all elements is told.
  bool counts() const { return !by_cursor; }
};

/// Errors: INVALID_PARAMETERS on `page`, `size`, `page_number`, `page_size` or `after`.
Result<ListWanted> query_list(const http::Request& request);

template <class Item>
struct Listed {
  std::vector<Item> items;
  std::int64_t total = 0;  ///< Of all pages, where the request counts.
};

/// `{"data", "page"}`, or `{"data", "cursor", "has_more"}`: `cursor` is the next request's `after`.
template <class Item, class WriteOne, class IdOf>
std::string to_json(const Listed<Item>& list, const ListWanted& wanted, WriteOne write_one, IdOf id_of) {
  const auto size = static_cast<std::size_t>(wanted.page.size);
  const bool has_more = wanted.by_cursor && list.items.size() > size;
  const std::size_t shown = has_more ? size : list.items.size();
  json::Writer writer;
  writer.begin_object().name("data").begin_array();
  for (std::size_t i = 0; i < shown; ++i) write_one(writer, list.items[i]);
  writer.end_array();
  if (wanted.by_cursor) {
    const auto cursor = shown == 0 ? wanted.after : std::optional{Uuid{id_of(list.items[shown - 1])}};
    writer.member("cursor", cursor ? std::optional{cursor->to_text()} : std::nullopt).member("has_more", has_more);
  } else {
    writer.name("page")
        .begin_object()
        .member("number", wanted.page.number)
        .member("size", wanted.page.size)
        .member("total_elements", list.total)
        .member("total_pages", (list.total + wanted.page.size - 1) / wanted.page.size)
        .end_object();
  }
  writer.end_object();
  return std::move(writer).text();
}

}  // namespace qantara::api
