// The number by which a state, and so a bank, knows a person or a company.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/text.h"

namespace qantara::banking {

enum class GovernmentIdentifierType { EMIRATES_ID, TRADE_LICENSE_NUMBER };

constexpr std::string_view to_text(GovernmentIdentifierType type) {
  return type == GovernmentIdentifierType::EMIRATES_ID ? "EMIRATES_ID" : "TRADE_LICENSE_NUMBER";
}

constexpr std::optional<GovernmentIdentifierType> parse_government_identifier_type(std::string_view text) {
  for (const auto type : {GovernmentIdentifierType::EMIRATES_ID, GovernmentIdentifierType::TRADE_LICENSE_NUMBER}) {
    if (text == to_text(type)) return type;
  }
  return std::nullopt;
}

struct GovernmentIdentifier {
  GovernmentIdentifierType type;
  std::string value;  ///< 1–255 printable characters, not blank; sealed in the database.

  bool operator==(const GovernmentIdentifier&) const = default;
};

/// `path`: the member's own, "government_identifiers[0]". Errors: INVALID_PARAMETERS on its `value`.
inline Result<void> check(const GovernmentIdentifier& identifier, const std::string& path) {
  constexpr std::size_t kValueLengthMax = 255;
  const auto& value = identifier.value;
  if (trim(value).empty() || utf8_length(value) > kValueLengthMax || !is_printable(value)) {
    return field_error(ErrorCode::INVALID_PARAMETERS, path + ".value",
                       path + ".value must have 1 to 255 printable characters and not be blank");
  }
  return {};
}

}  // namespace qantara::banking
