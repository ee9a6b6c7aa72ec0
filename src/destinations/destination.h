// A destination: the account to be paid. It never changes once created, so whoever refers to it has its snapshot.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/ids.h"

namespace qantara::destinations {

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
