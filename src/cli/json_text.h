// Reading answers without fuss: what is missing or of another kind reads as nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "json/json.h"

namespace qantara::cli {

/// The string at `name`, or an empty one.
inline std::string text_of(const json::Value& object, std::string_view name) {
  return std::string(object.text(name).value_or(""));
}

/// The string at `name` of the object at `member`, or an empty one.
inline std::string text_of(const json::Value& object, std::string_view member, std::string_view name) {
  const auto* const inner = object.find(member);
  return inner == nullptr ? std::string{} : text_of(*inner, name);
}

/// The items of the array at `name`, or none.
inline std::span<const json::Value> items_of(const json::Value& object, std::string_view name) {
  const auto* const list = object.find(name);
  if (list == nullptr || !list->is(json::Kind::ARRAY)) return {};
  return list->items();
}

/// The number at `name` as it was written, or an empty text.
inline std::string number_of(const json::Value& object, std::string_view name) {
  const auto* const number = object.find(name);
  return number == nullptr || !number->is(json::Kind::NUMBER) ? std::string{} : number->number_text();
}

inline std::optional<std::int64_t> integer_of(const json::Value& object, std::string_view name) {
  const auto* const number = object.find(name);
  if (number == nullptr || !number->is(json::Kind::NUMBER)) return std::nullopt;
  return number->integer();
}

inline bool is_true(const json::Value& object, std::string_view name) {
  const auto* const flag = object.find(name);
  return flag != nullptr && flag->is(json::Kind::BOOLEAN) && flag->boolean();
}

}  // namespace qantara::cli
