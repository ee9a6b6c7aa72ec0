#include "cli/masked_json.h"

#include <algorithm>
#include <array>

namespace qantara::cli {

namespace {

constexpr auto kAccountMembers = std::to_array<std::string_view>({"account_number", "bban", "iban"});

}  // namespace

std::string masked_account(std::string_view number) {
  if (number.size() < 12) return std::string(number.empty() ? 0 : 4, '*');
  return std::string(number.substr(0, 4)) + "****" + std::string(number.substr(number.size() - 4));
}

void write_masked(json::Writer& writer, const json::Value& value) {
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
      writer.string(value.string());
      return;
    case json::Kind::ARRAY:
      writer.begin_array();
      for (const auto& item : value.items()) write_masked(writer, item);
      writer.end_array();
      return;
    case json::Kind::OBJECT:
      writer.begin_object();
      for (const auto& [name, member] : value.members()) {
        writer.name(name);
        const bool is_account =
            std::ranges::find(kAccountMembers, name) != kAccountMembers.end() && member.is(json::Kind::STRING);
        if (is_account) {
          writer.string(masked_account(member.string()));
        } else {
          write_masked(writer, member);
        }
      }
      writer.end_object();
      return;
  }
}

std::string masked_json(const json::Value& value) {
  json::Writer writer;
  write_masked(writer, value);
  return std::move(writer).text();
}

}  // namespace qantara::cli
