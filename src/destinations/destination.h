// A destination: the account to be paid. It never changes once created, so whoever refers to it has its snapshot.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "banking/government_identifier.h"
#include "base/clock.h"
#include "base/ids.h"

namespace qantara::destinations {

/// Which customers of a bank the account's owner is one of.
enum class BankType { RETAIL, SME, CORPORATE };

constexpr std::string_view to_text(BankType type) {
  switch (type) {
    case BankType::RETAIL:
      return "RETAIL";
    case BankType::SME:
      return "SME";
    case BankType::CORPORATE:
      return "CORPORATE";
  }
  return "RETAIL";
}

constexpr std::optional<BankType> parse_bank_type(std::string_view text) {
  for (const auto type : {BankType::RETAIL, BankType::SME, BankType::CORPORATE}) {
    if (text == to_text(type)) return type;
  }
  return std::nullopt;
}

/// What the merchant tells of the account. Blank texts are kept and echoed as sent; nothing where nothing was sent.
struct DestinationDetails {
  std::string name;                            ///< The legal owner: two words or more.
  std::string display_name;                    ///< Shown to the payer.
  std::optional<std::string> bank_identifier;  ///< Opaque, never checked against the bank registry.
  std::optional<std::string> swift_code;
  std::optional<std::string> address;
  std::optional<std::string> city;
  std::optional<std::string> country;  ///< ISO 3166 alpha-3 or alpha-2.
  std::optional<std::string> account_number;
  std::optional<std::string> iban;  ///< Valid, in electronic form; or blank.

  // What finds an account that has no IBAN, and what some banks ask for beside it.
  std::optional<std::string> routing_number;  ///< United States: nine digits.
  std::optional<std::string> sort_code;       ///< United Kingdom: six digits, hyphens between them or not.
  std::optional<std::string> ifsc;            ///< India: eleven characters.
  std::optional<std::string> transit_number;  ///< Canada: five digits, or with the institution eight or nine.
  std::optional<std::string> branch_address;
  std::optional<std::string> postal_code;
  std::optional<std::string> emirate;
  std::optional<std::string> currency;  ///< ISO 4217: the account's.
  std::optional<BankType> bank_type;
  std::optional<banking::GovernmentIdentifier> government_identifier;  ///< The owner's.
};

struct Destination : DestinationDetails {
  DestinationId id;
  ApplicationId application;
  std::optional<CustomerId> customer;  ///< Owner; nothing: the application itself.
  bool is_default = false;
  Instant created_at;
};

struct NewDestination : DestinationDetails {
  std::optional<CustomerId> customer;
};

}  // namespace qantara::destinations
