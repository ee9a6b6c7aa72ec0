#include "destinations/destinations.h"

#include <algorithm>

#include "base/text.h"
#include "destinations/destination_store.h"
#include "iban/iban.h"

namespace qantara::destinations {

namespace {

constexpr std::size_t kTextLengthMax = 140;
constexpr std::size_t kNameLengthMax = 70;  ///< What ISO 20022 holds: the name that is shown is the name that is sent.

bool is_blank(const std::optional<std::string>& text) { return !text || trim(*text).empty(); }

std::size_t count_words(std::string_view text) {
  std::size_t words = 0;
  for (auto rest = trim(text); !rest.empty();
       rest = trim(rest.substr(std::min(rest.find_first_of(" \t"), rest.size()))))
    ++words;
  return words;
}

Result<void> check_text(std::string_view field, const std::optional<std::string>& text,
                        std::size_t length_max = kTextLengthMax) {
  if (text && (utf8_length(*text) > length_max || !is_printable(*text))) {
    return field_error(
        ErrorCode::INVALID_PARAMETERS, std::string{field},
        std::string{field} + " must have at most " + std::to_string(length_max) + " printable characters");
  }
  return {};
}

Result<void> check_country(const std::optional<std::string>& country) {
  if (is_blank(country)) return {};
  const bool letters = std::ranges::all_of(*country, [](char letter) { return letter >= 'A' && letter <= 'Z'; });
  if (!letters || (country->size() != 3 && country->size() != 2)) {
    return field_error(ErrorCode::INVALID_PARAMETERS, "country",
                       "country must be an ISO 3166 code of three (or two) capital letters, such as ARE");
  }
  return {};
}

Result<void> check_details(DestinationDetails& details) {
  if (count_words(details.name) < 2) {
    return field_error(ErrorCode::INVALID_NAME, "name",
                       "name must be the account owner's full name: two words or more");
  }
  RETURN_IF_ERROR(check_text("name", details.name, kNameLengthMax));
  if (trim(details.display_name).empty()) {
    return field_error(ErrorCode::INVALID_PARAMETERS, "display_name", "display_name must not be blank");
  }
  RETURN_IF_ERROR(check_text("display_name", details.display_name));
  RETURN_IF_ERROR(check_text("bank_identifier", details.bank_identifier));
  RETURN_IF_ERROR(check_text("address", details.address));
  RETURN_IF_ERROR(check_text("city", details.city));
  RETURN_IF_ERROR(check_text("account_number", details.account_number));
  RETURN_IF_ERROR(check_country(details.country));
  if (!is_blank(details.swift_code) && !iban::is_bic(*details.swift_code)) {
    return field_error(ErrorCode::INVALID_PARAMETERS, "swift_code",
                       "swift_code must be a BIC of 8 or 11 characters, such as EBILAEAD");
  }
  if (is_blank(details.iban) && is_blank(details.account_number)) {
    return field_error(ErrorCode::MISSING_PARAMETERS, "iban", "iban or account_number must be given");
  }
  if (!is_blank(details.iban)) {
    ASSIGN_OR_RETURN(const auto checked, iban::Iban::parse(*details.iban));
    details.iban = checked.text();
  }
  return {};
}

Error unknown_destination() {
  return field_error(ErrorCode::UNKNOWN_PAYMENT_DESTINATION, "payment_destination_id",
                     "there is no payment destination with this id");
}

}  // namespace

Result<NewDestination> Destinations::check(NewDestination wanted) const {
  RETURN_IF_ERROR(check_details(wanted));
  return wanted;
}

Result<Destination> Destinations::create(db::Transaction& tx, ApplicationId application, NewDestination checked) const {
  Destination destination;
  static_cast<DestinationDetails&>(destination) = checked;
  destination.id = DestinationId::make(clock_, random_);
  destination.application = application;
  destination.customer = checked.customer;
  destination.created_at = clock_.now();
  RETURN_IF_ERROR(insert_destination(tx, vault_, destination));

  if (!destination.customer) {
    ASSIGN_OR_RETURN(const auto owner, applications_.find(tx, application));
    if (owner && !owner->default_destination) {
      RETURN_IF_ERROR(applications_.set_default_destination(tx, application, destination.id));
      destination.is_default = true;
    }
  }
  return destination;
}

Result<Destination> Destinations::get(db::Transaction& tx, ApplicationId application, DestinationId id) const {
  ASSIGN_OR_RETURN(auto destination, select_destination(tx, vault_, application, id));
  if (!destination) return unknown_destination();
  return *std::move(destination);
}

Result<std::optional<Destination>> Destinations::find(db::Transaction& tx, DestinationId id) const {
  ASSIGN_OR_RETURN(const auto application, select_application_of(tx, id));
  if (!application) return std::optional<Destination>{};
  return select_destination(tx, vault_, *application, id);
}

Result<Destination> Destinations::get_or_default(db::Transaction& tx, ApplicationId application,
                                                 std::optional<DestinationId> wanted) const {
  if (!wanted) {
    ASSIGN_OR_RETURN(const auto owner, applications_.find(tx, application));
    if (!owner || !owner->default_destination) {
      return field_error(ErrorCode::MISSING_PARAMETERS, "payment_destination_id",
                         "payment_destination_id must be given: the application has no default destination");
    }
    wanted = owner->default_destination;
  }
  return get(tx, application, *wanted);
}

Result<std::vector<Destination>> Destinations::list(db::Transaction& tx, ApplicationId application) const {
  return select_destinations(tx, vault_, application);
}

Result<std::vector<Destination>> Destinations::list_of_customer(db::Transaction& tx, ApplicationId application,
                                                                CustomerId customer) const {
  ASSIGN_OR_RETURN(auto destinations, list(tx, application));
  std::erase_if(destinations, [&](const Destination& destination) { return destination.customer != customer; });
  return destinations;
}

Result<Destination> Destinations::make_default(db::Transaction& tx, ApplicationId application, DestinationId id) const {
  ASSIGN_OR_RETURN(auto destination, get(tx, application, id));
  if (destination.customer) {
    return field_error(ErrorCode::INVALID_PARAMETERS, "payment_destination_id",
                       "a customer's own destination cannot be the application's default");
  }
  RETURN_IF_ERROR(applications_.set_default_destination(tx, application, id));
  destination.is_default = true;
  return destination;
}

}  // namespace qantara::destinations
