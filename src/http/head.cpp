#include "http/head.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/text.h"
#include "http/url.h"

namespace qantara::http {
namespace {

constexpr std::size_t kFieldsMax = 100;     // Browsers send about 20, proxies add a few.
constexpr std::size_t kChunkLineMax = 256;  // A size needs 16; the rest is for extensions nobody sends.
constexpr std::size_t kTrailerBytesMax = 8 * 1024;

// Which characters may stand where (RFC 9110, section 5.6.2 and 5.5; the target is visible ASCII but '#').
enum CharacterClass : std::uint8_t { kToken = 1, kValue = 2, kTarget = 4 };

constexpr auto kCharacters = [] {
  std::array<std::uint8_t, 256> table{};
  for (std::size_t c = 0; c < table.size(); ++c) {
    if (c == '\t' || (c >= 0x20 && c != 0x7f)) table[c] |= kValue;
    if (c > 0x20 && c < 0x7f && c != '#') table[c] |= kTarget;
  }
  for (const char c :
       std::string_view{"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"}) {
    table[static_cast<std::uint8_t>(c)] |= kToken;
  }
  return table;
}();

bool is(CharacterClass wanted, char c) { return (kCharacters[static_cast<std::uint8_t>(c)] & wanted) != 0; }

bool all(CharacterClass wanted, std::string_view text) {
  return std::ranges::all_of(text, [=](char c) { return is(wanted, c); });
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::unexpected<Fault> malformed(std::string_view message) {
  return std::unexpected(Fault{Refusal::MALFORMED, message});
}

/// Cuts the first line off `head`; HeadScanner has seen to it that each ends in CRLF.
std::string_view take_line(std::string_view& head) {
  const auto end = head.find('\n');
  const auto line = head.substr(0, end - 1);
  head.remove_prefix(end + 1);
  return line;
}

std::string_view trim_blanks(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

struct Field {
  std::string_view name;
  std::string_view value;
};

/// Nothing for a line that is not a field, among them one that continues the line before it (obs-fold).
std::optional<Field> parse_field(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  const Field field{line.substr(0, colon), trim_blanks(line.substr(colon + 1))};
  if (!all(kToken, field.name) || !all(kValue, field.value)) return std::nullopt;
  return field;
}

bool lists(std::string_view value, std::string_view token) {
  while (!value.empty()) {
    const auto comma = std::min(value.find(','), value.size());
    if (equals_ignoring_case(trim_blanks(value.substr(0, comma)), token)) return true;
    value.remove_prefix(std::min(comma + 1, value.size()));
  }
  return false;
}

std::optional<std::uint64_t> parse_length(std::string_view text) {
  std::uint64_t length = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (failure != std::errc{} || end != text.data() + text.size() || !std::ranges::all_of(text, is_digit))
    return std::nullopt;
  return length;
}

/// Notes what `field` says about framing. Result: what is wrong with it, or empty.
std::string_view note(Framing& framing, const Field& field) {
  const auto is = [&](std::string_view name) { return equals_ignoring_case(field.name, name); };
  switch (field.name.size()) {
    case std::string_view{"Connection"}.size():
      if (is("Connection") && lists(field.value, "close")) framing.keep_alive = false;
      break;
    case std::string_view{"Content-Length"}.size():
      if (!is("Content-Length")) break;
      if (framing.content_length) return "There is more than one Content-Length.";
      framing.content_length = parse_length(field.value);
      if (!framing.content_length) return "The Content-Length is not a number.";
      break;
    case std::string_view{"Transfer-Encoding"}.size():
      if (!is("Transfer-Encoding")) break;
      if (framing.chunked) return "There is more than one Transfer-Encoding.";
      if (field.value != "chunked") return "The Transfer-Encoding is not exactly 'chunked'.";
      framing.chunked = true;
      break;
    default:
      break;
  }
  return {};
}

/// What only the whole head can tell. `minor`: of HTTP/1.x.
std::string_view check(Framing& framing, char minor) {
  if (framing.chunked && framing.content_length) return "Transfer-Encoding and Content-Length stand together.";
  if (framing.chunked && minor == '0') return "HTTP/1.0 has no Transfer-Encoding.";
  if (minor == '0') framing.keep_alive = false;
  return {};
}

bool is_version(std::string_view text) {
  return text.size() == 8 && text.starts_with("HTTP/") && is_digit(text[5]) && text[6] == '.' && is_digit(text[7]);
}

/// Broken escapes, invalid UTF-8 and control characters have no place in what handlers compare, log and echo.
bool is_clean(const std::optional<std::string>& decoded) {
  return decoded && is_valid_utf8(*decoded) &&
         std::ranges::none_of(*decoded, [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; });
}

/// Decodes all escapes of a path but that of the slash.
std::optional<std::string> decode_path(std::string_view path) {
  std::string decoded;
  for (;;) {
    auto slash = path.find('%');
    while (slash != std::string_view::npos && !equals_ignoring_case(path.substr(slash, 3), "%2F")) {
      slash = path.find('%', slash + 1);
    }
    auto part = percent_decode(path.substr(0, slash));
    if (!is_clean(part)) return std::nullopt;
    decoded += *part;
    if (slash == std::string_view::npos) return decoded;
    decoded += "%2F";
    path.remove_prefix(slash + 3);
  }
}

/// Result: what is wrong with `target`, or empty.
std::string_view set_target(Request& request, std::string_view target) {
  if (!target.starts_with('/') || !all(kTarget, target)) return "The request target is not a path of visible ASCII.";
  const auto question = std::min(target.find('?'), target.size());
  auto path = target.substr(0, question);
  if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  if (path.contains('%')) {
    auto decoded = decode_path(path);
    if (!decoded) return "The path has a broken escape.";
    request.path = std::move(*decoded);
  } else {
    request.path = path;
  }
  request.query = target.substr(std::min(question + 1, target.size()));
  if (request.query.contains('%') && !is_clean(percent_decode(request.query))) return "The query has a broken escape.";
  return {};
}

}  // namespace

HeadScanner::State HeadScanner::scan(std::string_view text) {
  // What is no HTTP at all, a TLS greeting for one, need not wait for its time-out.
  if (!text.empty() && text.front() != '\r' && !is(kToken, text.front())) return State::MALFORMED;
  for (;;) {
    const auto feed = text.find('\n', scanned_);
    if (feed == std::string_view::npos) {
      scanned_ = text.size();
      return State::INCOMPLETE;
    }
    if (feed == line_ || text[feed - 1] != '\r') return State::MALFORMED;
    const bool is_empty = feed == line_ + 1;
    const bool is_first = line_ == 0;
    line_ = scanned_ = feed + 1;
    if (is_empty && !is_first) return State::COMPLETE;  // One empty line before a message is let pass (RFC 9112, 2.2).
  }
}

std::expected<RequestHead, Fault> parse_request_head(std::string_view head) {
  auto line = take_line(head);
  if (line.empty()) line = take_line(head);
  const auto method_end = std::min(line.find(' '), line.size());
  const auto target_end = std::min(line.find(' ', method_end + 1), line.size());
  const auto method_text = line.substr(0, method_end);
  if (target_end == line.size() || method_text.empty() || !all(kToken, method_text)) {
    return malformed("The request line is not 'METHOD target HTTP/1.1'.");
  }
  const auto version = line.substr(target_end + 1);
  if (!is_version(version)) return malformed("The request line does not end in an HTTP version.");
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    return std::unexpected(Fault{Refusal::VERSION, "Only HTTP/1.1 and HTTP/1.0 are spoken here."});
  }

  RequestHead result;
  auto wrong = set_target(result.request, line.substr(method_end + 1, target_end - method_end - 1));
  if (!wrong.empty()) return malformed(wrong);

  std::size_t fields = 0;
  std::size_t hosts = 0;
  std::optional<Fault> unmet;  // Told only of a message that is well-framed.
  result.request.headers.reserve(16);
  for (line = take_line(head); !line.empty(); line = take_line(head)) {
    const auto field = parse_field(line);
    if (!field) return malformed("A header line is malformed.");
    if (++fields > kFieldsMax)
      return std::unexpected(Fault{Refusal::HEAD_TOO_LARGE, "There are too many header fields."});
    wrong = note(result.framing, *field);
    if (!wrong.empty()) return malformed(wrong);
    if (equals_ignoring_case(field->name, "Host")) {
      ++hosts;
      if (!parse_authority(field->value)) return malformed("The Host is malformed.");
    } else if (equals_ignoring_case(field->name, "Expect") && version == "HTTP/1.1") {
      if (!equals_ignoring_case(field->value, "100-continue")) {
        unmet = Fault{Refusal::EXPECTATION, "Only 'Expect: 100-continue' can be met."};
      }
      result.expects_continue = true;
    }
    result.request.headers.add(field->name, field->value);
  }
  if (hosts > 1 || (hosts == 0 && version == "HTTP/1.1")) return malformed("There must be exactly one Host.");
  wrong = check(result.framing, version.back());
  if (!wrong.empty()) return malformed(wrong);

  const auto method = parse_method(method_text);
  if (!method) return std::unexpected(Fault{Refusal::UNKNOWN_METHOD, "The method is not known here."});
  if (unmet) return std::unexpected(*unmet);
  result.request.method = *method;
  return result;
}

std::expected<ResponseHead, Fault> parse_response_head(std::string_view head) {
  auto line = take_line(head);
  const auto version = line.substr(0, 8);
  const auto code = line.substr(std::min<std::size_t>(9, line.size())).substr(0, 3);
  const auto reason = line.substr(std::min<std::size_t>(12, line.size()));
  if ((version != "HTTP/1.1" && version != "HTTP/1.0") || code.size() != 3 || line[8] != ' ' ||
      !std::ranges::all_of(code, is_digit) || code < "100" || code > "599" ||
      (!reason.empty() && (reason.front() != ' ' || !all(kValue, reason)))) {
    return malformed("The status line is malformed.");
  }

  ResponseHead result;
  result.status = static_cast<int>(*parse_length(code));
  std::size_t fields = 0;
  for (line = take_line(head); !line.empty(); line = take_line(head)) {
    const auto field = parse_field(line);
    if (!field) return malformed("A header line is malformed.");
    if (++fields > kFieldsMax) return malformed("There are too many header fields.");
    const auto wrong = note(result.framing, *field);
    if (!wrong.empty()) return malformed(wrong);
    result.headers.add(field->name, field->value);
  }
  const auto wrong = check(result.framing, version.back());
  if (!wrong.empty()) return malformed(wrong);
  return result;
}

ChunkedBody::Progress ChunkedBody::read(std::string_view input, std::string& body, std::size_t limit) {
  const auto size = input.size();
  auto state = State::INCOMPLETE;
  auto before = input.size() + 1;
  while (state == State::INCOMPLETE && input.size() < before) {
    before = input.size();
    state = step(input, body, limit);
  }
  return {state, size - input.size()};
}

/// Takes one line or one run of data; INCOMPLETE without taking anything when it needs more bytes.
ChunkedBody::State ChunkedBody::step(std::string_view& input, std::string& body, std::size_t limit) {
  if (part_ == Part::END) return State::COMPLETE;
  if (part_ == Part::DATA) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size()));
    const auto kept = std::min(size, limit - body.size());
    body.append(input.substr(0, kept));
    if (kept < size) return State::TOO_LARGE;
    input.remove_prefix(size);
    left_ -= size;
    if (left_ == 0) part_ = Part::DATA_END;
    return State::INCOMPLETE;
  }

  const auto feed = input.find('\n');
  const auto line_max = part_ == Part::TRAILER ? kTrailerBytesMax - trailer_bytes_ : kChunkLineMax;
  if (feed == std::string_view::npos) return input.size() > line_max ? State::MALFORMED : State::INCOMPLETE;
  if (feed == 0 || feed >= line_max || input[feed - 1] != '\r') return State::MALFORMED;
  const auto line = take_line(input);

  if (part_ == Part::DATA_END) {
    part_ = Part::SIZE;
    return line.empty() ? State::INCOMPLETE : State::MALFORMED;
  }
  if (part_ == Part::TRAILER) {
    if (line.empty()) {
      part_ = Part::END;
      return State::COMPLETE;
    }
    trailer_bytes_ += line.size() + 2;
    const auto field = parse_field(line);
    const auto frames = [&](std::string_view name) { return equals_ignoring_case(field->name, name); };
    const bool is_sane = field && !frames("Content-Length") && !frames("Transfer-Encoding") && !frames("Host");
    return is_sane ? State::INCOMPLETE : State::MALFORMED;
  }
  const auto [end, failure] = std::from_chars(line.data(), line.data() + line.size(), left_, 16);
  const auto extension = trim_blanks(line.substr(static_cast<std::size_t>(end - line.data())));
  if (failure != std::errc{} || (end != line.data() + line.size() && !extension.starts_with(';')) ||
      !all(kValue, extension)) {
    return State::MALFORMED;
  }
  part_ = left_ > 0 ? Part::DATA : Part::TRAILER;
  return State::INCOMPLETE;
}

void append_field(std::string& head, std::string_view name, std::string_view value) {
  head += name;
  head += ": ";
  const auto begin = head.size();
  head += value;
  for (auto i = begin; i < head.size(); ++i) {
    if (!is(kValue, head[i])) head[i] = ' ';
  }
  head += "\r\n";
}

}  // namespace qantara::http
