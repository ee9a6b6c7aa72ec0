#include <algorithm>
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

/// How many bytes at the start of `text` stand as they are.
std::size_t harmless_length(std::string_view text) {
  const auto special = std::ranges::find_if(text, [](unsigned char byte) { return kEscapes[byte] != 0; });
  return static_cast<std::size_t>(special - text.begin());
}

/// Appends the character that `text` starts with, escaped or replaced as it needs; its length in `text`.
std::size_t append_special(std::string& out, std::string_view text) {
  const auto byte = static_cast<unsigned char>(text[0]);
  const char escape = kEscapes[byte];
  if (escape == 'u') {
    out.append("\\u00").append(1, kHexDigits[byte >> 4U]).append(1, kHexDigits[byte & 0xFU]);
    return 1;
  }
  if (escape != '*') {
    out.append(1, '\\').append(1, escape);
    return 1;
  }
  const auto length = utf8_sequence(text);
  if (length == 0) {
    out.append("\uFFFD");
    return 1;
  }
  const auto character = text.substr(0, length);
  if (character == "\u2028") {
    out.append("\\u2028");
  } else if (character == "\u2029") {
    out.append("\\u2029");
  } else {
    out.append(character);
  }
  return length;
}

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  while (true) {
    const auto harmless = harmless_length(text);
    out.append(text.substr(0, harmless));
    text.remove_prefix(harmless);
    if (text.empty()) break;
    text.remove_prefix(append_special(out, text));
  }
  out += '"';
}

}  // namespace

void Writer::separate() {
  if (open_.empty()) {
    CHECK(out_.empty());  // A text is one value.
    out_.reserve(512);
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

Writer& Writer::value(const Value& value) {
  switch (value.kind()) {
    case Kind::NUL:
      return null();
    case Kind::BOOLEAN:
      return boolean(value.boolean());
    case Kind::NUMBER:
      return raw(value.number_text());
    case Kind::STRING:
      return string(value.string());
    case Kind::ARRAY:
      begin_array();
      for (const auto& item : value.items()) this->value(item);
      return end_array();
    case Kind::OBJECT:
      begin_object();
      for (const auto& [member, inner] : value.members()) name(member).value(inner);
      return end_object();
  }
  return *this;
}

std::string quoted(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  append_quoted(out, text);
  return out;
}

}  // namespace qantara::json
