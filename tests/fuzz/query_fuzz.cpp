// Any bytes behind the '?' of a request for a list: what is taken is in its bounds, and reads the same however it is encoded.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "api/query.h"
#include "base/check.h"
#include "base/ids.h"
#include "base/text.h"
#include "http/head.h"

namespace api = qantara::api;
namespace http = qantara::http;

namespace {

constexpr std::string_view kNames[] = {"page", "size",  "page_number", "page_size",  "from",
                                       "to",   "after", "status",      "customer_id"};

/// A refusal names the parameter at fault and repeats nothing that a terminal or a log could choke on.
template <class Read>
void check_refusal(const qantara::Result<Read>& read, std::initializer_list<std::string_view> names) {
  if (read) return;
  const auto& error = read.error();
  CHECK(error.code == qantara::ErrorCode::INVALID_PARAMETERS && error.fields.size() == 1);
  CHECK(std::ranges::find(names, error.fields.front().field) != names.end());
  CHECK(qantara::is_printable(error.message));
}

http::Request request_of(const std::string& query) {
  http::Request request;
  request.query = query;
  return request;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto head =
      http::parse_request_head("GET /payments/v1/intents?" + std::string{bytes} + " HTTP/1.1\r\nHost: a\r\n\r\n");
  if (!head) return 0;
  const auto& request = head->request;

  const auto page = api::query_page(request);
  check_refusal(page, {"page", "size", "page_number", "page_size"});
  if (page) {
    CHECK(page->number >= 0 && page->number <= 999'999'999);
    CHECK(page->size >= 1 && page->size <= api::kPageSizeMax);
  }
  const auto from = api::query_instant(request, "from");
  check_refusal(from, {"from"});
  if (from && *from) {
    const auto again = api::query_instant(request_of("from=" + qantara::to_text(**from)), "from");
    CHECK(again && *again == *from);
  }
  const auto customer = api::query_id<qantara::CustomerId>(request, "customer_id");
  check_refusal(customer, {"customer_id"});

  std::string encoded;
  for (const auto name : kNames) {
    const auto value = request.query_parameter(name);
    if (!value) continue;
    CHECK(qantara::is_valid_utf8(*value));
    CHECK(std::ranges::none_of(*value, [](char c) { return c >= 0 && c < ' '; }));
    encoded.append(encoded.empty() ? "" : "&").append(name).append("=").append(http::percent_encode(*value));
  }
  const auto twin = request_of(encoded);
  for (const auto name : kNames) CHECK(twin.query_parameter(name) == request.query_parameter(name));
  return 0;
}
