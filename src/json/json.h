// JSON: a strict reader that keeps the text of numbers, and a writer that appends.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace qantara::json {

enum class Kind { NUL, BOOLEAN, NUMBER, STRING, ARRAY, OBJECT };

/// "null", "a boolean", "a number", "a string", "an array", "an object": for messages.
std::string_view describe(Kind kind);

/// One JSON value. A number keeps the text it was written with, so an amount never passes through a double.
class Value {
 public:
  using Member = std::pair<std::string, Value>;

  Kind kind() const { return kind_; }
  bool is(Kind kind) const { return kind_ == kind; }

  bool boolean() const;                         ///< Of a BOOLEAN.
  const std::string& number_text() const;       ///< Of a NUMBER, as written: "1000.00", "1e3", "-0".
  std::optional<std::int64_t> integer() const;  ///< Of a NUMBER without fraction or exponent that fits; else nothing.
  const std::string& string() const;            ///< Of a STRING, unescaped, valid UTF-8.
  const std::vector<Value>& items() const;      ///< Of an ARRAY.
  const std::vector<Member>& members() const;   ///< Of an OBJECT, in the order in which they were written.

  /// The member with this name, or null: of an OBJECT; null for every other kind, so lookups chain safely.
  const Value* find(std::string_view name) const;
  /// The string at `find(name)`, or nothing if there is none or it is not a string.
  std::optional<std::string_view> text(std::string_view name) const;

 private:
  friend class Parser;
  Kind kind_ = Kind::NUL;
  bool boolean_ = false;
  std::string text_;
  std::vector<Value> items_;
  std::vector<Member> members_;
};

/// Whether a string may hold U+0000. Texts of a database may not; what is sealed or stored as JSON may.
enum class Nul { ALLOWED, REFUSED };

/// Parses one whole JSON text (RFC 8259). Refused with INVALID_PARAMETERS, naming what and where (bytes count from 0):
/// duplicate members and, where `nul` says so, U+0000 in a string (as the field's fault, by its path
/// "customization.theme_color"), invalid UTF-8, lone surrogates, more than 64 levels, a byte order mark, anything after the
/// value.
Result<Value> parse(std::string_view text, Nul nul = Nul::ALLOWED);

/// Appends JSON to a string. Names and commas are its business; matching begin and end is the caller's (checked).
/// Everything is escaped so that the text can also stand inside HTML (`<`, `>`, `&`, U+2028/9 as \u escapes).
class Writer {
 public:
  Writer& begin_object();
  Writer& end_object();
  Writer& begin_array();
  Writer& end_array();
  Writer& name(std::string_view name);

  Writer& string(std::string_view text);  ///< Must be valid UTF-8; what is not becomes U+FFFD.
  Writer& optional_string(const std::optional<std::string>& text);  ///< The string, or null.
  Writer& integer(std::int64_t value);
  Writer& boolean(bool value);
  Writer& null();
  /// A value as it was read, numbers with the text they were written with.
  Writer& value(const Value& value);
  /// Text that is JSON already: an exact amount ("1000.00"), a part rendered before.
  Writer& raw(std::string_view json);

  /// Name and value at once: `w.member("status", "ACTIVE")`.
  Writer& member(std::string_view name, std::string_view text) { return this->name(name).string(text); }
  Writer& member(std::string_view name, const std::string& text) { return this->name(name).string(text); }
  Writer& member(std::string_view name, const char* text) { return this->name(name).string(text); }
  Writer& member(std::string_view name, const std::optional<std::string>& text) {
    return this->name(name).optional_string(text);
  }
  Writer& member(std::string_view name, std::int64_t value) { return this->name(name).integer(value); }
  Writer& member(std::string_view name, int value) { return this->name(name).integer(value); }
  Writer& member(std::string_view name, bool value) { return this->name(name).boolean(value); }
  Writer& raw_member(std::string_view name, std::string_view json) { return this->name(name).raw(json); }

  /// What was written; every level must have ended.
  const std::string& text() const& {
    CHECK(open_.empty());
    return out_;
  }
  std::string text() && {
    CHECK(open_.empty());
    return std::move(out_);
  }

 private:
  void separate();

  std::string out_;
  std::vector<char> open_;  ///< '{' or '[' for each level.
  bool first_ = true;       ///< Nothing stands yet on this level.
  bool named_ = false;      ///< A member's name waits for its value.
};

/// The text as a JSON string with its quotes.
std::string quoted(std::string_view text);

}  // namespace qantara::json
