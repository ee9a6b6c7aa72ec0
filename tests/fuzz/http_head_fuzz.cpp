// Any bytes: however they are cut into pieces they are read in the same way, and what is accepted has one meaning only.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/text.h"
#include "http/head.h"

namespace http = qantara::http;

namespace {

constexpr std::size_t kBodyMax = 100;

std::size_t count(const http::Headers& headers, std::string_view name) {
  return static_cast<std::size_t>(std::ranges::count_if(
      headers.fields(), [&](const auto& field) { return qantara::equals_ignoring_case(field.first, name); }));
}

/// The state after the last byte, whether they come at once or in two pieces.
http::HeadScanner::State scan(std::string_view text, std::size_t cut, http::HeadScanner& scanner) {
  const auto state = scanner.scan(text.substr(0, cut));
  return state == http::HeadScanner::State::INCOMPLETE ? scanner.scan(text) : state;
}

void check_framing(const http::Framing& framing, const http::Headers& headers) {
  CHECK(headers.fields().size() <= 100);
  CHECK(count(headers, "Content-Length") == (framing.content_length ? 1 : 0));
  CHECK(count(headers, "Transfer-Encoding") == (framing.chunked ? 1 : 0));
  CHECK(!framing.content_length || !framing.chunked);
  for (const auto& [name, value] : headers.fields()) {
    const auto breaks_lines = [](char c) { return c == '\r' || c == '\n' || c == '\0'; };
    CHECK(!name.empty() && std::ranges::none_of(name, breaks_lines) && std::ranges::none_of(value, breaks_lines));
  }
}

void read_request(std::string_view head) {
  const auto parsed = http::parse_request_head(head);
  if (!parsed) {
    CHECK(!parsed.error().message.empty());
    return;
  }
  const auto& request = parsed->request;
  check_framing(parsed->framing, request.headers);
  CHECK(count(request.headers, "Host") <= 1);
  CHECK(request.path.starts_with('/') && qantara::is_valid_utf8(request.path));
  CHECK(std::ranges::none_of(request.path, [](char c) { return c >= 0 && c < ' '; }));

  // Written out plainly, it means the same.
  std::string again = std::string(http::to_text(request.method)) + ' ';
  for (const char c : request.path) again += c == '/' ? "/" : http::percent_encode({&c, 1});
  if (!request.query.empty()) again += '?' + request.query;
  again += parsed->framing.keep_alive || count(request.headers, "Host") == 1 ? " HTTP/1.1\r\n" : " HTTP/1.0\r\n";
  for (const auto& [name, value] : request.headers.fields()) http::append_field(again, name, value);
  const auto twin = http::parse_request_head(again + "\r\n");
  if (!twin) {
    CHECK(twin.error().refusal == http::Refusal::EXPECTATION);  // HTTP/1.0 does not know it.
    return;
  }
  CHECK(twin->request.method == request.method);
  // A path that ended in two slashes has lost both by now.
  CHECK(twin->request.path == request.path || twin->request.path + '/' == request.path);
  CHECK(twin->request.query == request.query);
  CHECK(twin->request.headers.fields() == request.headers.fields());
  CHECK(twin->framing.content_length == parsed->framing.content_length &&
        twin->framing.chunked == parsed->framing.chunked);
}

void read_response(std::string_view head) {
  const auto parsed = http::parse_response_head(head);
  if (!parsed) return;
  CHECK(parsed->status >= 100 && parsed->status <= 599);
  check_framing(parsed->framing, parsed->headers);
}

void read_chunks(std::string_view text, std::size_t cut) {
  using State = http::ChunkedBody::State;
  http::ChunkedBody at_once;
  std::string whole;
  const auto end = at_once.read(text, whole, kBodyMax);

  http::ChunkedBody in_pieces;
  std::string joined;
  auto progress = in_pieces.read(text.substr(0, cut), joined, kBodyMax);
  const auto taken = progress.consumed;
  CHECK(taken <= cut);
  if (progress.state == State::INCOMPLETE) {
    progress = in_pieces.read(text.substr(taken), joined, kBodyMax);
    progress.consumed += taken;
  }
  CHECK(progress.state == end.state);
  CHECK(whole.size() <= kBodyMax);
  if (end.state == State::COMPLETE) CHECK(joined == whole && progress.consumed == end.consumed);
}

void read_url(std::string_view text) {
  const auto url = http::parse_url(text);
  if (!url) return;
  const auto again = http::parse_url(url->origin() + url->target);
  CHECK(again && again->host == url->host && again->port == url->port && again->target == url->target);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text{reinterpret_cast<const char*>(data) + 1, size - 1};
  const std::size_t cut = std::min<std::size_t>(data[0], text.size());

  http::HeadScanner at_once;
  http::HeadScanner in_pieces;
  const auto state = at_once.scan(text);
  CHECK(scan(text, cut, in_pieces) == state);
  if (state == http::HeadScanner::State::COMPLETE) {
    CHECK(in_pieces.size() == at_once.size() && at_once.size() <= text.size());
    read_request(text.substr(0, at_once.size()));
    read_response(text.substr(0, at_once.size()));
  }
  read_chunks(text, cut);
  read_url(text);
  return 0;
}
