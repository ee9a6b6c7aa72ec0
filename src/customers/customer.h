// A customer: the merchant's user, who pays.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"

namespace qantara::customers {

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
  std::string value;  ///< 1–255 characters, not blank; sealed in the database.
};

struct Customer {
  CustomerId id;
  ApplicationId application;
  std::string app_user_id;  ///< The merchant's own name for the user: 1–255 characters, unique per application.
  std::vector<GovernmentIdentifier> government_identifiers;
  Instant created_at;
};

struct NewCustomer {
  std::string app_user_id;
  std::vector<GovernmentIdentifier> government_identifiers = {};
};

}  // namespace qantara::customers
