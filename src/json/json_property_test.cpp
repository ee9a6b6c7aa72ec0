#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <optional>
#include <string>

#include "base/text.h"
#include "json/json.h"

namespace qantara::json {
namespace {

void write(Writer& writer, const Value& value) {
  switch (value.kind()) {
    case Kind::NUL:
      writer.null();
      return;
    case Kind::BOOLEAN:
      writer.boolean(value.boolean());
      return;
    case Kind::NUMBER:
      writer.raw(value.number_text());
      return;
    case Kind::STRING:
      writer.string(value.string());
      return;
    case Kind::ARRAY:
      writer.begin_array();
      for (const auto& item : value.items()) write(writer, item);
      writer.end_array();
      return;
    case Kind::OBJECT:
      writer.begin_object();
      for (const auto& [name, member] : value.members()) write(writer.name(name), member);
      writer.end_object();
      return;
  }
}

std::string written(const Value& value) {
  Writer writer;
  write(writer, value);
  return std::move(writer).text();
}

bool same(const Value& a, const Value& b) {
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case Kind::NUL:
      return true;
    case Kind::BOOLEAN:
      return a.boolean() == b.boolean();
    case Kind::NUMBER:
      return a.number_text() == b.number_text();
    case Kind::STRING:
      return a.string() == b.string();
    case Kind::ARRAY:
      return std::ranges::equal(a.items(), b.items(), same);
    case Kind::OBJECT:
      return std::ranges::equal(a.members(), b.members(), [](const auto& x, const auto& y) {
        return x.first == y.first && same(x.second, y.second);
      });
  }
  return false;
}

std::string any_number() {
  auto text = std::to_string(*rc::gen::arbitrary<std::int64_t>());
  if (*rc::gen::arbitrary<bool>()) text += "." + std::to_string(*rc::gen::arbitrary<std::uint64_t>());
  if (*rc::gen::arbitrary<bool>()) text += "e" + std::to_string(*rc::gen::arbitrary<int>());
  return text;
}

/// Any JSON text with blanks here and there, at most `levels` deep.
std::string any_json(int levels) {
  const auto blanks = *rc::gen::element<std::string>("", "", "", " ", "\n\t", "\r");
  const auto kind = *rc::gen::inRange(0, levels > 0 ? 6 : 4);
  if (kind == 0) return blanks + *rc::gen::element<std::string>("null", "true", "false");
  if (kind == 1) return any_number() + blanks;
  if (kind <= 3) return blanks + json::quoted(*rc::gen::arbitrary<std::string>());
  const auto count = *rc::gen::inRange(0, 5);
  std::string text;
  for (int i = 0; i < count; ++i) {
    text += i == 0 ? blanks : "," + blanks;
    if (kind == 5) text += json::quoted(std::to_string(i) + *rc::gen::arbitrary<std::string>()) + blanks + ":";
    text += any_json(levels - 1);
  }
  return kind == 4 ? "[" + text + "]" : "{" + blanks + text + "}" + blanks;
}

/// Whether Boost.JSON reads it; nothing if it has an exponent that Boost.JSON finds too large to read on.
std::optional<bool> boost_accepts(std::string_view text) {
  boost::json::parse_options options;
  options.max_depth = 64;
  boost::json::error_code failure;
  boost::json::parse(boost::json::string_view(text.data(), text.size()), failure, {}, options);
  if (failure == boost::json::error::exponent_overflow) return std::nullopt;
  return !failure;
}

RC_GTEST_PROP(Json, is_the_same_after_writing_and_reading, ()) {
  const auto value = parse(any_json(4));
  RC_ASSERT(value.has_value());
  const auto again = parse(written(*value));
  RC_ASSERT(again.has_value());
  RC_ASSERT(same(*value, *again));
}

RC_GTEST_PROP(Json, writes_any_bytes_as_a_string_that_reads_back, (const std::string& text)) {
  const auto json = json::quoted(text);
  RC_ASSERT(json.find_first_of("<>&\n") == std::string::npos);
  const auto value = parse(json);
  RC_ASSERT(value.has_value());
  if (is_valid_utf8(text)) RC_ASSERT(value->string() == text);
}

RC_GTEST_PROP(Json, agrees_with_boost_about_every_damaged_text, ()) {
  auto text = any_json(3);
  const auto damages = *rc::gen::inRange(0, 4);
  for (int i = 0; i < damages && !text.empty(); ++i) {
    const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
    const auto piece =
        *rc::gen::element<std::string>("", "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u00", "\\ud83d", "\\ude00", "0",
                                       "-", ".", "e", "true", " ", "\xC3", "\xA9", "\x01");
    text.replace(at, *rc::gen::inRange<std::size_t>(0, 3), piece);
  }
  const auto value = parse(text);
  const bool is_duplicate = !value && value.error().message.contains("duplicate member");
  if (is_duplicate) return;  // Boost.JSON lets it pass.
  RC_CLASSIFY(value.has_value(), "accepted");
  RC_ASSERT(value.has_value() == boost_accepts(text).value_or(value.has_value()));
}

}  // namespace
}  // namespace qantara::json
