#include "db/postgres/many_rows.h"

#include <fmt/format.h>

#include <bit>
#include <cstdint>
#include <utility>

#include "db/postgres/types.h"

namespace qantara::db::postgres {
namespace {

void append_big_endian(std::string& out, std::int32_t number) {
  const auto bytes = std::byteswap(number);
  out.append(reinterpret_cast<const char*>(&bytes), sizeof bytes);
}

const char* name_of(Type type) {
  switch (type) {
    case Type::INTEGER:
      return "bigint";
    case Type::TEXT:
      return "text";
    case Type::BYTES:
      return "bytea";
  }
  std::unreachable();
}

}  // namespace

std::optional<std::string> for_many_rows(std::string_view statement, std::span<const Value> parameters) {
  std::string values = " VALUES (";
  std::string arrays = " SELECT * FROM unnest(";
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const auto* const separator = i == 0 ? "" : ", ";
    values += fmt::format("{}${}", separator, i + 1);
    arrays += fmt::format("{}${}::{}[]", separator, i + 1, name_of(type_of(parameters[i])));
  }
  values += ")";
  if (parameters.empty() || !statement.starts_with("INSERT INTO ") || !statement.ends_with(values)) return std::nullopt;
  return std::string{statement.substr(0, statement.size() - values.size())} + arrays + ")";
}

std::optional<std::string> for_many_questions(std::string_view statement, std::span<const Value> parameters) {
  const bool fits = statement.starts_with("SELECT ") && statement.find("LIMIT $") == statement.npos &&
                    statement.find("OFFSET") == statement.npos;
  if (!fits || parameters.empty()) return std::nullopt;
  std::string arrays;
  std::string names;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    arrays += fmt::format("{}${}::{}[]", i == 0 ? "" : ", ", i + 1, name_of(type_of(parameters[i])));
    names += fmt::format("p{}, ", i + 1);
  }
  std::string each;
  for (const char& c : statement) each += c == '$' ? std::string_view{"asked.p"} : std::string_view{&c, 1};
  return fmt::format(
      "SELECT answer.*, asked.n FROM unnest({}) WITH ORDINALITY AS asked ({}n) CROSS JOIN LATERAL ({} OFFSET 0) AS "
      "answer",
      arrays, names, each);
}

void ArrayColumn::add(const Value& value) {
  ++count_;
  if (std::holds_alternative<Null>(value)) {
    append_big_endian(elements_, -1);
  } else if (const auto* const number = std::get_if<std::int64_t>(&value)) {
    const auto bytes = std::byteswap(*number);
    append_big_endian(elements_, sizeof bytes);
    elements_.append(reinterpret_cast<const char*>(&bytes), sizeof bytes);
  } else {
    const auto* const text = std::get_if<std::string_view>(&value);
    const auto data = text != nullptr ? *text : std::get<Bytes>(value).data;
    append_big_endian(elements_, static_cast<std::int32_t>(data.size()));
    elements_.append(data);
  }
}

std::string ArrayColumn::take() {
  constexpr std::int32_t kDimensions = 1;
  constexpr std::int32_t kMayHoldNulls = 1;
  constexpr std::int32_t kFirst = 1;
  std::string array;
  for (const std::int32_t number :
       {kDimensions, kMayHoldNulls, static_cast<std::int32_t>(oid_of(type_)), std::exchange(count_, 0), kFirst}) {
    append_big_endian(array, number);
  }
  array += std::exchange(elements_, {});
  return array;
}

}  // namespace qantara::db::postgres
