#include <charconv>

#include "base/check.h"
#include "json/json.h"

namespace qantara::json {

std::string_view describe(Kind kind) {
  switch (kind) {
    case Kind::NUL:
      return "null";
    case Kind::BOOLEAN:
      return "a boolean";
    case Kind::NUMBER:
      return "a number";
    case Kind::STRING:
      return "a string";
    case Kind::ARRAY:
      return "an array";
    case Kind::OBJECT:
      return "an object";
  }
  return "null";
}

bool Value::boolean() const {
  CHECK(is(Kind::BOOLEAN));
  return boolean_;
}

const std::string& Value::number_text() const {
  CHECK(is(Kind::NUMBER));
  return text_;
}

std::optional<std::int64_t> Value::integer() const {
  const auto& text = number_text();
  std::int64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

const std::string& Value::string() const {
  CHECK(is(Kind::STRING));
  return text_;
}

const std::vector<Value>& Value::items() const {
  CHECK(is(Kind::ARRAY));
  return items_;
}

const std::vector<Value::Member>& Value::members() const {
  CHECK(is(Kind::OBJECT));
  return members_;
}

const Value* Value::find(std::string_view name) const {
  for (const auto& member : members_) {
    if (member.first == name) return &member.second;
  }
  return nullptr;
}

std::optional<std::string_view> Value::text(std::string_view name) const {
  const auto* const value = find(name);
  if (value == nullptr || !value->is(Kind::STRING)) return std::nullopt;
  return value->text_;
}

}  // namespace qantara::json
