#include "destinations/destinations.h"

#include <algorithm>
#include <array>
#include <initializer_list>

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

/// A member that finds an account without an IBAN: its form, and the country whose accounts need it.
struct LocalCode {
  std::string_view field;
  std::optional<std::string> DestinationDetails::* member;
  bool (*is_right)(std::string_view text);
  std::string_view wanted;
  std::string_view alpha_3;
  std::string_view alpha_2;
};

bool is_digits(std::string_view text, std::initializer_list<std::size_t> lengths) {
  return std::ranges::find(lengths, text.size()) != lengths.end() &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string without_hyphens(std::string_view text) {
  std::string bare{text};
  std::erase_if(bare, [](char c) { return c == '-' || c == ' '; });
  return bare;
}

/// Nine digits whose sum weighted 3, 7, 1 … is a multiple of ten (ABA routing number policy).
bool is_routing_number(std::string_view text) {
  if (!is_digits(text, {9})) return false;
  int sum = 0;
  for (std::size_t i = 0; i < text.size(); ++i) sum += (text[i] - '0') * std::array{3, 7, 1}[i % 3];
  return sum % 10 == 0;
}

bool is_sort_code(std::string_view text) { return is_digits(without_hyphens(text), {6}); }

/// Four letters of the bank, a zero, six characters of the branch (Reserve Bank of India).
bool is_ifsc(std::string_view text) {
  const auto is_letter = [](char c) { return c >= 'A' && c <= 'Z'; };
  return text.size() == 11 && std::ranges::all_of(text.substr(0, 4), is_letter) && text[4] == '0' &&
         std::ranges::all_of(text.substr(5), [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

/// The branch alone, or with its institution: "12345-678", "067812345" (Payments Canada, rule A4).
bool is_transit_number(std::string_view text) { return is_digits(without_hyphens(text), {5, 8, 9}); }

constexpr LocalCode kLocalCodes[] = {
    {"routing_number", &DestinationDetails::routing_number, is_routing_number,
     "nine digits with the right check digit, such as 021000021", "USA", "US"},
    {"sort_code", &DestinationDetails::sort_code, is_sort_code, "six digits, such as 60-16-13", "GBR", "GB"},
    {"ifsc", &DestinationDetails::ifsc, is_ifsc, "an IFSC of eleven characters, such as HDFC0001234", "IND", "IN"},
    {"transit_number", &DestinationDetails::transit_number, is_transit_number,
     "five digits, or eight or nine with the institution, such as 12345-678", "CAN", "CA"},
};

Result<void> check_local_codes(const DestinationDetails& details) {
  for (const auto& code : kLocalCodes) {
    const auto& given = details.*code.member;
    if (is_blank(given) || code.is_right(*given)) continue;
    return field_error(ErrorCode::INVALID_PARAMETERS, std::string{code.field},
                       std::string{code.field} + " must be " + std::string{code.wanted});
  }
  return {};
}

/// A bare account number says nothing of its bank: an IBAN, a BIC or the country's own code must.
Result<void> check_bank_is_told(const DestinationDetails& details) {
  if (!is_blank(details.iban) || !is_blank(details.swift_code)) return {};
  for (const auto& code : kLocalCodes) {
    if (details.country != code.alpha_3 && details.country != code.alpha_2) continue;
    if (!is_blank(details.*code.member)) continue;
    return field_error(
        ErrorCode::MISSING_PARAMETERS, std::string{code.field},
        std::string{code.field} + " must be given for an account in this country (or iban, or swift_code)");
  }
  return {};
}

Result<void> check_currency(const std::optional<std::string>& currency) {
  if (is_blank(currency)) return {};
  if (currency->size() == 3 && std::ranges::all_of(*currency, [](char c) { return c >= 'A' && c <= 'Z'; })) return {};
  return field_error(ErrorCode::INVALID_PARAMETERS, "currency",
                     "currency must be an ISO 4217 code of three capital letters, such as AED");
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
  RETURN_IF_ERROR(check_text("branch_address", details.branch_address));
  RETURN_IF_ERROR(check_text("postal_code", details.postal_code));
  RETURN_IF_ERROR(check_text("emirate", details.emirate));
  RETURN_IF_ERROR(check_country(details.country));
  RETURN_IF_ERROR(check_currency(details.currency));
  RETURN_IF_ERROR(check_local_codes(details));
  if (details.government_identifier) {
    RETURN_IF_ERROR(banking::check(*details.government_identifier, "government_identifier"));
  }
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
  return check_bank_is_told(details);
}

Error unknown_destination() {
  return field_error(ErrorCode::UNKNOWN_PAYMENT_DESTINATION, "payment_destination_id",
                     "there is no payment destination with this id");
}

constexpr std::size_t kReadBeforeMax = 1'000;  ///< About a kilobyte each.

}  // namespace

std::optional<Destination> ReadBefore::find(DestinationId id) const {
  const std::scoped_lock lock{mutex_};
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? std::nullopt : std::optional{found->second};
}

void ReadBefore::note(const Destination& destination) {
  const std::scoped_lock lock{mutex_};
  if (by_id_.size() >= kReadBeforeMax) by_id_.clear();
  by_id_.try_emplace(destination.id, destination);
}

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

Result<Destination> Destinations::read(db::Transaction& tx, ApplicationId application, DestinationId id,
                                       std::optional<DestinationId> usual) const {
  auto destination = read_before_.find(id);
  // Another application's takes as long to be unknown as one that does not exist.
  if (destination && destination->application != application) destination.reset();
  if (!destination) {
    ASSIGN_OR_RETURN(destination, select_destination(tx, vault_, application, id));
    // If the transaction that made it comes to nothing, nobody has heard of its id.
    if (destination) read_before_.note(*destination);
  }
  if (!destination) return unknown_destination();
  destination->is_default = id == usual;
  return *std::move(destination);
}

Result<Destination> Destinations::get(db::Transaction& tx, ApplicationId application, DestinationId id) const {
  ASSIGN_OR_RETURN(const auto usual, applications_.default_destination(tx, application));
  return read(tx, application, id, usual);
}

Result<std::optional<Destination>> Destinations::find(db::Transaction& tx, DestinationId id) const {
  ASSIGN_OR_RETURN(const auto application, select_application_of(tx, id));
  if (!application) return std::optional<Destination>{};
  ASSIGN_OR_RETURN(auto destination, get(tx, *application, id));
  return std::optional{std::move(destination)};
}

Result<Destination> Destinations::get_or_default(db::Transaction& tx, ApplicationId application,
                                                 std::optional<DestinationId> wanted) const {
  ASSIGN_OR_RETURN(const auto usual, applications_.default_destination(tx, application));
  if (!wanted) wanted = usual;
  if (!wanted) {
    return field_error(ErrorCode::MISSING_PARAMETERS, "payment_destination_id",
                       "payment_destination_id must be given: the application has no default destination");
  }
  return read(tx, application, *wanted, usual);
}

Result<std::vector<Destination>> Destinations::list(db::Transaction& tx, ApplicationId application) const {
  ASSIGN_OR_RETURN(auto destinations, select_destinations(tx, vault_, application));
  ASSIGN_OR_RETURN(const auto usual, applications_.default_destination(tx, application));
  for (auto& destination : destinations) destination.is_default = destination.id == usual;
  return destinations;
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
