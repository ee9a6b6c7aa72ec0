// Written by hand because every library at hand loses what we need: the text of a number, or that a member came twice,
// or where the fault is. What is needed besides is small, and the tests compare it with a library's verdict.
#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "json/json.h"

namespace qantara::json {

namespace {

constexpr std::size_t kLevelsMax = 64;

/// Up to here a new member's name is compared with all before it; past it a set keeps hostile texts from taking
/// quadratic time. A set and not a hash table, since hashes can be made to collide.
constexpr std::size_t kFewMembers = 16;

/// Names in messages are cut to this many bytes.
constexpr std::size_t kShownMax = 64;

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

/// How many bytes at the start of `text` stand for themselves in a string: ASCII without quote, backslash, controls.
std::size_t plain_length(std::string_view text) {
  const auto special = std::ranges::find_if(
      text, [](unsigned char byte) { return byte < 0x20 || byte >= 0x80 || byte == '"' || byte == '\\'; });
  return static_cast<std::size_t>(special - text.begin());
}

std::string shortened(std::string_view text) {
  if (text.size() <= kShownMax) return std::string(text);
  auto end = kShownMax;
  while ((static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return std::string(text.substr(0, end)) + "…";
}

void append_utf8(std::string& out, unsigned code_point) {
  const auto put = [&](unsigned byte) { out += static_cast<char>(byte); };
  const auto put_continuation = [&](unsigned shift) { put(0x80U | (code_point >> shift & 0x3FU)); };
  if (code_point < 0x80) return put(code_point);
  if (code_point < 0x800) {
    put(0xC0U | code_point >> 6U);
  } else {
    if (code_point < 0x10000) {
      put(0xE0U | code_point >> 12U);
    } else {
      put(0xF0U | code_point >> 18U);
      put_continuation(12);
    }
    put_continuation(6);
  }
  put_continuation(0);
}

}  // namespace

/// A recursive descent over the text, at most `kLevelsMax` deep. `at_` is the next byte to read.
class Parser {
 public:
  Parser(std::string_view text, Nul nul) : text_(text), nul_(nul) {}

  Result<Value> whole() {
    if (text_.starts_with("\xEF\xBB\xBF")) return refused("a byte order mark must not stand in front");
    Value value;
    RETURN_IF_ERROR(read_value(value));
    skip_blanks();
    if (!at_end()) return refused("nothing may follow the value");
    return value;
  }

 private:
  bool at_end() const { return at_ == text_.size(); }
  bool next_is(char letter) const { return !at_end() && text_[at_] == letter; }
  bool take(char letter) {
    if (!next_is(letter)) return false;
    ++at_;
    return true;
  }
  void skip_blanks() {
    while (next_is(' ') || next_is('\n') || next_is('\r') || next_is('\t')) ++at_;
  }

  Error refused(std::string_view what) const { return refused_at(at_, what); }
  static Error refused_at(std::size_t byte, std::string_view what) {
    return error(ErrorCode::INVALID_PARAMETERS,
                 "invalid JSON at byte " + std::to_string(byte) + ": " + std::string(what));
  }

  Result<void> read_value(Value& out) {
    skip_blanks();
    if (at_end()) return refused("a value is missing");
    switch (text_[at_]) {
      case '{':
        return read_object(out);
      case '[':
        return read_array(out);
      case '"':
        out.kind_ = Kind::STRING;
        return read_text(out.text_);
      case 't':
        out.kind_ = Kind::BOOLEAN;
        out.boolean_ = true;
        return read_word("true");
      case 'f':
        out.kind_ = Kind::BOOLEAN;
        out.boolean_ = false;
        return read_word("false");
      case 'n':
        out.kind_ = Kind::NUL;
        return read_word("null");
      default:
        if (!next_is('-') && !is_digit(text_[at_])) return refused("a value is expected");
        out.kind_ = Kind::NUMBER;
        return read_number(out.text_);
    }
  }

  Result<void> read_word(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return refused("a value is expected");
    at_ += word.size();
    return {};
  }

  Result<void> read_array(Value& out) {
    out.kind_ = Kind::ARRAY;
    RETURN_IF_ERROR(enter(out, '['));
    if (!take(']')) {
      do {
        RETURN_IF_ERROR(read_value(out.items_.emplace_back()));
        skip_blanks();
      } while (take(','));
      if (!take(']')) return refused("',' or ']' is expected");
    }
    --levels_;
    return {};
  }

  Result<void> read_object(Value& out) {
    out.kind_ = Kind::OBJECT;
    RETURN_IF_ERROR(enter(out, '{'));
    std::set<std::string, std::less<>> names;
    if (!take('}')) {
      do {
        RETURN_IF_ERROR(read_member(out, names));
        skip_blanks();
      } while (take(','));
      if (!take('}')) return refused("',' or '}' is expected");
    }
    --levels_;
    return {};
  }

  /// Goes one level down, past the bracket and the blanks after it.
  Result<void> enter(const Value& value, char bracket) {
    if (levels_ == kLevelsMax) return refused("at most " + std::to_string(kLevelsMax) + " levels are allowed");
    open_[levels_++] = &value;
    CHECK(take(bracket));
    skip_blanks();
    return {};
  }

  Result<void> read_member(Value& object, std::set<std::string, std::less<>>& names) {
    skip_blanks();
    if (!next_is('"')) return refused("a member's name in quotes is expected");
    const auto start = at_;
    std::string name;
    RETURN_IF_ERROR(read_string(name));

    auto& members = object.members_;
    if (members.empty()) members.reserve(8);
    const bool known = is_known(name, members, names);
    members.emplace_back(std::move(name), Value{});
    if (known) return duplicate_at(start);

    skip_blanks();
    if (!take(':')) return refused("':' is expected after a member's name");
    return read_value(members.back().second);
  }

  static bool is_known(const std::string& name, const std::vector<Value::Member>& members,
                       std::set<std::string, std::less<>>& names) {
    if (members.size() < kFewMembers) return std::ranges::find(members, name, &Value::Member::first) != members.end();
    if (names.empty()) {
      for (const auto& member : members) names.insert(member.first);
    }
    return !names.insert(name).second;
  }

  /// A value.
  Result<void> read_text(std::string& out) {
    const auto start = at_;
    RETURN_IF_ERROR(read_string(out));
    if (nul_ == Nul::ALLOWED || !out.contains('\0')) return {};
    return field_refused_at(start, "a text must not hold U+0000");
  }

  /// The last member of the innermost object has a name that was there before.
  Error duplicate_at(std::size_t byte) const {
    const auto& name = open_[levels_ - 1]->members_.back().first;
    return field_refused_at(byte, "duplicate member \"" + shortened(name) + "\"");
  }

  /// The fault of the member or item that was begun last.
  Error field_refused_at(std::size_t byte, std::string_view what) const {
    std::string path;
    for (const auto* const value : std::span{open_}.first(levels_)) {
      if (value->is(Kind::ARRAY)) {
        path += "[" + std::to_string(value->items_.size() - 1) + "]";
      } else {
        if (!path.empty()) path += '.';
        path += shortened(value->members_.back().first);
      }
    }
    auto result = refused_at(byte, what);
    if (levels_ == 0) return result;
    result.fields.push_back({.field = std::move(path), .code = result.code, .message = result.message});
    return result;
  }

  Result<void> read_number(std::string& out) {
    const auto start = at_;
    take('-');
    if (!take('0')) {
      RETURN_IF_ERROR(read_digits());
    } else if (!at_end() && is_digit(text_[at_])) {
      return refused("a number must not have leading zeros");
    }
    if (take('.')) RETURN_IF_ERROR(read_digits());
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      RETURN_IF_ERROR(read_digits());
    }
    out = text_.substr(start, at_ - start);
    return {};
  }

  Result<void> read_digits() {
    if (at_end() || !is_digit(text_[at_])) return refused("a digit is expected");
    while (!at_end() && is_digit(text_[at_])) ++at_;
    return {};
  }

  Result<void> read_string(std::string& out) {
    CHECK(take('"'));
    while (true) {
      const auto plain = plain_length(text_.substr(at_));
      out.append(text_.substr(at_, plain));
      at_ += plain;
      if (at_end()) return refused("a string is not closed");
      if (take('"')) return {};
      if (next_is('\\')) {
        RETURN_IF_ERROR(read_escape(out));
        continue;
      }
      const auto character = text_.substr(at_, utf8_sequence(text_.substr(at_)));
      if (character.empty()) return refused("invalid UTF-8");
      if (character.size() == 1) return refused("a control character must be escaped");
      out.append(character);
      at_ += character.size();
    }
  }

  Result<void> read_escape(std::string& out) {
    const auto start = at_;
    ++at_;
    if (at_end()) return refused("a string is not closed");
    constexpr std::string_view kEscapeLetters = "\"\\/bfnrt";
    constexpr std::string_view kEscapeMeanings = "\"\\/\b\f\n\r\t";
    if (const auto found = kEscapeLetters.find(text_[at_]); found != std::string_view::npos) {
      out += kEscapeMeanings[found];
      ++at_;
      return {};
    }
    if (!take('u')) return refused_at(start, "unknown escape");

    ASSIGN_OR_RETURN(unsigned code_point, read_hex());
    if (code_point >= 0xD800 && code_point <= 0xDFFF) {  // RFC 8259, section 7: two escapes, the high half first
      const bool paired = code_point < 0xDC00 && take('\\') && take('u');
      if (!paired) return refused_at(start, "lone surrogate");
      ASSIGN_OR_RETURN(const unsigned low, read_hex());
      if (low < 0xDC00 || low > 0xDFFF) return refused_at(start, "lone surrogate");
      code_point = 0x10000U + ((code_point - 0xD800U) << 10U) + (low - 0xDC00U);
    }
    append_utf8(out, code_point);
    return {};
  }

  Result<unsigned> read_hex() {
    const auto digits = text_.substr(at_, 4);
    unsigned value = 0;
    const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16).ptr;
    if (end - digits.data() != 4) return refused("four hexadecimal digits are expected");
    at_ += 4;
    return value;
  }

  std::string_view text_;
  Nul nul_;
  std::size_t at_ = 0;
  std::array<const Value*, kLevelsMax> open_{};  ///< The arrays and objects being read, outermost first.
  std::size_t levels_ = 0;
};

Result<Value> parse(std::string_view text, Nul nul) { return Parser(text, nul).whole(); }

}  // namespace qantara::json
