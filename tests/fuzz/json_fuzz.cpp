// Any bytes: the reader does not crash, and what it accepts reads back the same after it was written.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "base/text.h"
#include "json/json.h"

namespace json = qantara::json;

namespace {

void write(json::Writer& writer, const json::Value& value) {
  switch (value.kind()) {
    case json::Kind::NUL:
      writer.null();
      return;
    case json::Kind::BOOLEAN:
      writer.boolean(value.boolean());
      return;
    case json::Kind::NUMBER:
      writer.raw(value.number_text());
      return;
    case json::Kind::STRING:
      CHECK(qantara::is_valid_utf8(value.string()));
      writer.string(value.string());
      return;
    case json::Kind::ARRAY:
      writer.begin_array();
      for (const auto& item : value.items()) write(writer, item);
      writer.end_array();
      return;
    case json::Kind::OBJECT:
      writer.begin_object();
      for (const auto& [name, member] : value.members()) {
        CHECK(value.find(name) == &member);  // A name occurs once.
        write(writer.name(name), member);
      }
      writer.end_object();
      return;
  }
}

std::string written(const json::Value& value) {
  json::Writer writer;
  write(writer, value);
  return std::move(writer).text();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)json::quoted(bytes);
  const auto value = json::parse(bytes);
  if (!value) {
    CHECK(qantara::is_valid_utf8(value.error().message));
    return 0;
  }
  const auto text = written(*value);
  const auto again = json::parse(text);
  CHECK(again.has_value());
  CHECK(written(*again) == text);
  return 0;
}
