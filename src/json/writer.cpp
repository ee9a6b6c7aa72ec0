#include <array>
#include <charconv>

#include "base/check.h"
#include "base/text.h"
#include "json/json.h"

namespace qantara::json {

namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

/// How each byte stands in a string: as it is (0), as the start of a longer sequence ('*'), as \u00XX ('u'), or as a
/// backslash and this letter.
constexpr auto kEscapes = [] {
  std::array<char, 256> escapes{};
  for (std::size_t byte = 0; byte < 0x20; ++byte) escapes[byte] = 'u';
  for (std::size_t byte = 0x80; byte <= 0xFF; ++byte) escapes[byte] = '*';
  escapes['"'] = '"';
  escapes['\\'] = '\\';
  escapes['\b'] = 'b';
  escapes['\f'] = 'f';
  escapes['\n'] = 'n';
  escapes['\r'] = 'r';
  escapes['\t'] = 't';
  escapes['<'] = escapes['>'] = escapes['&'] = 'u';
  return escapes;
}();

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  std::size_t run = 0;  // From here on nothing was copied yet.
  std::size_t at = 0;
  const auto replace = [&](std::size_t length, std::string_view with) {
    out.append(text.substr(run, at - run)).append(with);
    at += length;
    run = at;
  };
  while (at < text.size()) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const char escape = kEscapes[byte];
    if (escape == 0) {
      ++at;
    } else if (escape == 'u') {
      const char escaped[] = {'\\', 'u', '0', '0', kHexDigits[byte >> 4U], kHexDigits[byte & 0xFU]};
      replace(1, {escaped, sizeof escaped});
    } else if (escape != '*') {
      const char escaped[] = {'\\', escape};
      replace(1, {escaped, sizeof escaped});
    } else {
      const auto rest = text.substr(at);
      const auto length = utf8_sequence(rest);
      if (length == 0) {
        replace(1, "\uFFFD");
      } else if (rest.starts_with("\u2028")) {
        replace(length, "\\u2028");
      } else if (rest.starts_with("\u2029")) {
        replace(length, "\\u2029");
      } else {
        at += length;
      }
    }
  }
  out.append(text.substr(run)).append(1, '"');
}

}  // namespace

void Writer::separate() {
  if (open_.empty()) {
    CHECK(out_.empty());  // A text is one value.
  } else if (named_) {
    named_ = false;
  } else {
    CHECK(open_.back() == '[');  // A member needs a name.
    if (!first_) out_ += ',';
  }
  first_ = false;
}

Writer& Writer::begin_object() {
  separate();
  out_ += '{';
  open_.push_back('{');
  first_ = true;
  return *this;
}

Writer& Writer::end_object() {
  CHECK(!open_.empty() && open_.back() == '{' && !named_);
  out_ += '}';
  open_.pop_back();
  first_ = false;
  return *this;
}

Writer& Writer::begin_array() {
  separate();
  out_ += '[';
  open_.push_back('[');
  first_ = true;
  return *this;
}

Writer& Writer::end_array() {
  CHECK(!open_.empty() && open_.back() == '[');
  out_ += ']';
  open_.pop_back();
  first_ = false;
  return *this;
}

Writer& Writer::name(std::string_view name) {
  CHECK(!open_.empty() && open_.back() == '{' && !named_);
  if (!first_) out_ += ',';
  append_quoted(out_, name);
  out_ += ':';
  first_ = false;
  named_ = true;
  return *this;
}

Writer& Writer::string(std::string_view text) {
  separate();
  append_quoted(out_, text);
  return *this;
}

Writer& Writer::optional_string(const std::optional<std::string>& text) { return text ? string(*text) : null(); }

Writer& Writer::integer(std::int64_t value) {
  std::array<char, 20> digits;  // "-9223372036854775808"
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  return raw({digits.data(), end});
}

Writer& Writer::boolean(bool value) { return raw(value ? "true" : "false"); }

Writer& Writer::null() { return raw("null"); }

Writer& Writer::raw(std::string_view json) {
  CHECK(!json.empty());
  separate();
  out_.append(json);
  return *this;
}

std::string quoted(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  append_quoted(out, text);
  return out;
}

}  // namespace qantara::json
