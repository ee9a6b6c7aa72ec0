#include "connectors/berlin_group/mapping.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace qantara::connectors::berlin_group {
namespace {

using banking::CallError;
using json::Kind;
using json::Value;

constexpr std::size_t kIdentifierMax = 256;
constexpr std::size_t kTextMax = 500;  // Characters: the standard's own maximum for texts to us.
constexpr std::size_t kLabelMax = 140;
constexpr std::size_t kLinksMax = 32;
constexpr std::size_t kMethodsMax = 16;
constexpr std::size_t kAccountsMax = 100;
constexpr std::size_t kCreditorNameMax = 70;

struct ReasonRow {
  std::string_view iso;
  std::string_view ours;
};

// ISO 20022 ExternalStatusReason1 → our failure codes. What is missing here is UNSEEN_BANK_ERROR.
constexpr auto kReasons = std::to_array<ReasonRow>({
    {"AM04", "INSUFFICIENT_BALANCE"},
    {"AM02", "EXCEEDS_DAILY_LIMIT"},
    {"AM14", "EXCEEDS_DAILY_LIMIT"},
    {"AM21", "EXCEEDS_DAILY_LIMIT"},
    {"AM23", "EXCEEDS_DAILY_LIMIT"},
    {"AM05", "DUPLICATED_REQUEST"},
    {"DUPL", "DUPLICATED_REQUEST"},
    {"DU01", "DUPLICATED_REQUEST"},
    {"DU03", "DUPLICATED_REQUEST"},
    {"RF01", "DUPLICATED_REQUEST"},
    {"DS02", "USER_CANCELLED"},
    {"CUST", "USER_CANCELLED"},
    {"DS24", "SESSION_EXPIRED_ON_OTP"},
    {"DS0H", "EU_FUNCTIONALITY_RESTRICTED"},
    {"AG01", "EU_FUNCTIONALITY_RESTRICTED"},
    {"AG03", "EU_FUNCTIONALITY_RESTRICTED"},
    {"AC06", "EU_ACCOUNT_LOCKED"},
    {"AC04", "EU_ACCOUNT_LOCKED"},
    {"AC01", "INVALID_DESTINATION"},
    {"AC03", "INVALID_DESTINATION"},
    {"RC01", "INVALID_DESTINATION"},
    {"RC04", "INVALID_DESTINATION"},
    {"CNOR", "INVALID_DESTINATION"},
    {"BE01", "INVALID_DESTINATION"},
    {"BE04", "INVALID_DESTINATION"},
    {"SL11", "BENEFICIARY_NOT_FOUND"},
    {"AB05", "BANK_ISSUE"},
    {"AB06", "BANK_ISSUE"},
    {"AB08", "BANK_ISSUE"},
    {"AB09", "BANK_ISSUE"},
    {"AB10", "BANK_ISSUE"},
    {"ED05", "BANK_ISSUE"},
    {"TA01", "BANK_ISSUE"},
    {"TM01", "AFTER_CUT_OFF"},
    {"CH03", "INVALID_DATE"},
    {"DT01", "INVALID_DATE"},
    {"FRAD", "BANK_RISK_REJECTED"},
    {"RR01", "BANK_RISK_REJECTED"},
    {"RR02", "BANK_RISK_REJECTED"},
    {"RR03", "BANK_RISK_REJECTED"},
    {"RR04", "BANK_RISK_REJECTED"},
    {"AM01", "INVALID_AMOUNT"},
    {"AM09", "INVALID_AMOUNT"},
    {"AM12", "INVALID_AMOUNT"},
    {"AM03", "INVALID_CURRENCY"},
    {"CURR", "INVALID_CURRENCY"},
});

struct RefusalRow {
  std::string_view code;
  CallError::Kind kind;
};

// Codes of tppMessages that are not about this one request. What is missing here is REFUSED.
constexpr auto kRefusals = std::to_array<RefusalRow>({
    {"CERTIFICATE_INVALID", CallError::Kind::MISCONFIGURED},
    {"CERTIFICATE_EXPIRED", CallError::Kind::MISCONFIGURED},
    {"CERTIFICATE_BLOCKED", CallError::Kind::MISCONFIGURED},
    {"CERTIFICATE_REVOKED", CallError::Kind::MISCONFIGURED},
    {"CERTIFICATE_MISSING", CallError::Kind::MISCONFIGURED},
    {"SIGNATURE_INVALID", CallError::Kind::MISCONFIGURED},
    {"SIGNATURE_MISSING", CallError::Kind::MISCONFIGURED},
    {"TOKEN_UNKNOWN", CallError::Kind::MISCONFIGURED},
    {"TOKEN_INVALID", CallError::Kind::MISCONFIGURED},
    {"TOKEN_EXPIRED", CallError::Kind::MISCONFIGURED},
    {"SCOPE_INVALID", CallError::Kind::MISCONFIGURED},
    {"ROLE_INVALID", CallError::Kind::MISCONFIGURED},
    {"PRODUCT_UNKNOWN", CallError::Kind::MISCONFIGURED},
    {"CONSENT_INVALID", CallError::Kind::SESSION_ENDED},
    {"CONSENT_EXPIRED", CallError::Kind::SESSION_ENDED},
    {"CONSENT_UNKNOWN", CallError::Kind::SESSION_ENDED},
    {"RESOURCE_UNKNOWN", CallError::Kind::SESSION_ENDED},
    {"RESOURCE_EXPIRED", CallError::Kind::SESSION_ENDED},
});

struct LinkRow {
  std::string_view link;
  ScaStep step;
  banking::ScaWay way = banking::ScaWay::EMBEDDED;
};

// The first link that is there decides.
constexpr auto kLinkSteps = std::to_array<LinkRow>({
    {"authoriseTransaction", ScaStep::CODE},
    {"selectAuthenticationMethod", ScaStep::METHOD},
    {"updatePsuAuthentication", ScaStep::PASSWORD},
    {"startAuthorisationWithPsuAuthentication", ScaStep::PASSWORD},
    {"scaRedirect", ScaStep::REDIRECT, banking::ScaWay::REDIRECT},
    {"scaOAuth", ScaStep::UNSUPPORTED, banking::ScaWay::REDIRECT},
    {"updatePsuIdentification", ScaStep::UNSUPPORTED},
    {"updateAdditionalPsuAuthentication", ScaStep::UNSUPPORTED},
    {"updateEncryptedPsuAuthentication", ScaStep::UNSUPPORTED},
});

/// The row whose `key` member equals `word`, or null.
template <class Rows, class Key>
auto find_row(const Rows& rows, Key key, std::string_view word) {
  const auto at = std::ranges::find(rows, word, key);
  return at == rows.end() ? nullptr : &*at;
}

/// At most `count` characters from the start of `text`.
std::string first_characters(std::string_view text, std::size_t count) {
  std::size_t end = 0;
  for (std::size_t seen = 0; end < text.size(); ++end) {
    const bool begins_character = (static_cast<unsigned char>(text[end]) & 0xC0) != 0x80;
    if (begins_character && seen++ == count) break;
  }
  return std::string{text.substr(0, end)};
}

std::string text_of(const Value* object, std::string_view name, std::size_t max) {
  if (object == nullptr) return {};
  return first_characters(object->text(name).value_or(""), max);
}

/// Text that may go into a header, a URL or a log as it stands.
bool is_identifier(std::string_view text) {
  return !text.empty() && text.size() <= kIdentifierMax &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter_or_digit(char c) { return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
bool is_alphanumeric(std::string_view text) { return std::ranges::all_of(text, is_letter_or_digit); }

/// "SMS to •••• 123" → "•••• 123": from the first character of a masked or international number on. In Arabic words the number
/// may be isolated, so that it reads from left to right.
std::string masked_target(std::string_view method_name) {
  constexpr std::string_view kBullet = "•";
  constexpr std::string_view kPopIsolate = "\u2069";
  if (method_name.ends_with(kPopIsolate)) method_name.remove_suffix(kPopIsolate.size());
  const std::size_t at = std::min(method_name.find(kBullet), method_name.find_first_of("*+"));
  return at == std::string_view::npos ? std::string{} : std::string{method_name.substr(at)};
}

std::string account_reference(std::string_view iban, std::string_view account_number) {
  json::Writer body;
  body.begin_object();
  if (iban.empty()) {
    body.member("bban", account_number);
  } else {
    body.member("iban", iban);
  }
  body.end_object();
  return std::move(body).text();
}

/// The number people know their account by. A BBAN of the Emirates is the bank's three digits and the account's sixteen, of
/// which banks that number with thirteen leave the first three zero.
std::string account_number_of(std::string_view iban, std::string_view bban) {
  if (!iban.starts_with("AE") || iban.size() != 23) return std::string{bban};
  const std::string_view account = iban.substr(7);
  return std::string{account.starts_with("000") ? account.substr(3) : account};
}

std::optional<banking::Account> read_account(const Value& item) {
  const auto currency = item.text("currency");
  if (!currency || currency->size() != 3 || !is_alphanumeric(*currency)) return std::nullopt;
  banking::Account account;
  account.currency = *currency;
  account.resource_id = read_identifier(item, "resourceId").value_or("");
  account.iban = read_identifier(item, "iban").value_or("");
  if (!is_alphanumeric(account.iban)) account.iban.clear();
  const std::string bban = read_identifier(item, "bban").value_or("");
  account.account_number = account_number_of(account.iban, is_alphanumeric(bban) ? bban : "");
  if (account.iban.empty() && account.account_number.empty()) return std::nullopt;
  account.name = text_of(&item, "name", kLabelMax);
  account.owner_name = text_of(&item, "ownerName", kLabelMax);
  return account;
}

banking::Outcome outcome(banking::BankStatus ours, const PaymentStatus& status) {
  return {.status = ours,
          .bank_status = status.word,
          .reference = status.reference,
          .failure_code = {},
          .reason_code = status.reason_code,
          .reason_text = status.reason_text};
}

}  // namespace

std::optional<Reading> read_transaction_status(std::string_view word) {
  const auto* row = find_row(kTransactionStatuses, &TransactionStatusRow::word, word);
  return row == nullptr ? std::nullopt : std::optional{row->reading};
}

std::optional<ScaPhase> read_sca_status(std::string_view word) {
  const auto* row = find_row(kScaStatuses, &ScaStatusRow::word, word);
  return row == nullptr ? std::nullopt : std::optional{row->phase};
}

std::string_view failure_code(std::string_view iso_reason) {
  const auto* row = find_row(kReasons, &ReasonRow::iso, iso_reason);
  return row == nullptr ? "UNSEEN_BANK_ERROR" : row->ours;
}

CallError::Kind kind_of_refusal(int status, std::string_view code) {
  if (status == 408) return CallError::Kind::OUTCOME_UNKNOWN;
  if (status == 429) return CallError::Kind::THROTTLED;
  const auto* row = find_row(kRefusals, &RefusalRow::code, code);
  return row == nullptr ? CallError::Kind::REFUSED : row->kind;
}

bool is_wrong_answer(std::string_view code) { return code == "PSU_CREDENTIALS_INVALID" || code == "SCA_INVALID"; }

std::optional<int> tries_left_in(std::string_view text) {
  if (!text.contains("left") && !text.contains("remain")) return std::nullopt;
  constexpr std::string_view kDigits = "0123456789";
  const std::size_t begin = text.find_first_of(kDigits);
  if (begin == std::string_view::npos) return std::nullopt;
  const std::size_t end = std::min(text.find_first_not_of(kDigits, begin), text.size());
  if (end - begin > 2 || text.find_first_of(kDigits, end) != std::string_view::npos) return std::nullopt;
  int tries = 0;
  std::from_chars(text.data() + begin, text.data() + end, tries);
  return tries;
}

std::string without_numbers(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const auto word_end =
        std::ranges::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), is_letter_or_digit);
    const std::string_view word{text.begin() + static_cast<std::ptrdiff_t>(at), word_end};
    if (word.empty()) {
      result += text[at++];
      continue;
    }
    result += std::ranges::count_if(word, is_digit) >= 6 ? std::string_view{"****"} : word;
    at += word.size();
  }
  return result;
}

const std::string* Links::find(std::string_view name) const {
  const auto at = std::ranges::find(hrefs, name, [](const auto& link) -> std::string_view { return link.first; });
  return at == hrefs.end() ? nullptr : &at->second;
}

Links read_links(const Value& answer) {
  Links links;
  const Value* object = answer.find("_links");
  if (object == nullptr || !object->is(Kind::OBJECT)) return links;
  for (const auto& [name, link] : object->members()) {
    if (links.hrefs.size() == kLinksMax) break;
    if (const auto href = link.text("href")) links.hrefs.emplace_back(name, *href);
  }
  return links;
}

std::optional<ScaAnswer> read_sca_answer(const Value& answer) {
  const auto status = answer.text("scaStatus");
  if (!status) return std::nullopt;
  ScaAnswer result;
  result.sca_status = first_characters(*status, kLabelMax);
  result.authorisation_id = read_identifier(answer, "authorisationId").value_or("");
  result.links = read_links(answer);

  if (const Value* methods = answer.find("scaMethods"); methods != nullptr && methods->is(Kind::ARRAY)) {
    for (const Value& item : methods->items()) {
      if (result.methods.size() == kMethodsMax) break;
      const auto id = read_identifier(item, "authenticationMethodId");
      if (!id) continue;
      result.methods.push_back({.id = *id,
                                .type = text_of(&item, "authenticationType", kLabelMax),
                                .name = text_of(&item, "name", kLabelMax)});
    }
  }

  const Value* data = answer.find("challengeData");
  result.challenge.message = text_of(data, "additionalInformation", kTextMax);
  if (result.challenge.message.empty()) result.challenge.message = text_of(&answer, "psuMessage", kTextMax);
  result.challenge.target = masked_target(text_of(answer.find("chosenScaMethod"), "name", kLabelMax));
  result.challenge.numeric = text_of(data, "otpFormat", kLabelMax) == "integer";
  if (const Value* length = data == nullptr ? nullptr : data->find("otpMaxLength");
      length != nullptr && length->is(Kind::NUMBER)) {
    const auto value = length->integer().value_or(0);
    if (value > 0 && value <= 64) result.challenge.max_length = static_cast<int>(value);
  }
  return result;
}

ScaStep next_step(const ScaAnswer& answer, std::span<const banking::ScaWay> ways) {
  const auto phase = read_sca_status(answer.sca_status);
  if (phase == ScaPhase::DONE) return ScaStep::DONE;
  if (phase == ScaPhase::FAILED) return ScaStep::FAILED;
  bool is_closed = false;
  for (const LinkRow& row : kLinkSteps) {
    if (answer.links.find(row.link) == nullptr) continue;
    // To choose a method is no secret, and may lead to the app.
    if (row.step != ScaStep::METHOD && std::ranges::find(ways, row.way) == ways.end()) {
      is_closed = true;
      continue;
    }
    if (row.step == ScaStep::METHOD && answer.methods.empty()) return ScaStep::UNSUPPORTED;
    return row.step;
  }
  return is_closed ? ScaStep::UNSUPPORTED : ScaStep::APPROVAL;  // Nothing for us to do: the payer acts at the bank.
}

std::optional<ScaPhase> read_consent_status(const Value& answer) {
  const auto word = answer.text("consentStatus").value_or("");
  if (word == "valid") return ScaPhase::DONE;
  if (word == "received" || word == "partiallyAuthorised") return ScaPhase::OPEN;
  for (const std::string_view over : {"rejected", "revokedByPsu", "expired", "terminatedByTpp"}) {
    if (word == over) return ScaPhase::FAILED;
  }
  return std::nullopt;
}

std::string authorisation_in(const Links& links) {
  const std::string* href = links.find("scaStatus");
  if (href == nullptr) return {};
  const auto id = std::string_view{*href}.substr(href->rfind('/') + 1);
  return is_identifier(id) && id.find_first_of("?#%") == id.npos ? std::string{id} : std::string{};
}

std::string user_of(const std::vector<banking::Account>& accounts) {
  std::string least;
  for (const auto& account : accounts) {
    const std::string& number = account.iban.empty() ? account.account_number : account.iban;
    if (least.empty() || number < least) least = number;
  }
  return least;
}

std::optional<PaymentStatus> read_payment_status(const Value& answer) {
  const auto word = answer.text("transactionStatus");
  if (!word || word->empty()) return std::nullopt;
  return PaymentStatus{.word = first_characters(*word, kLabelMax),
                       .reference = read_identifier(answer, "bankTransactionReference").value_or(""),
                       .reason_code = text_of(&answer, "reasonCode", kLabelMax),
                       .reason_text = text_of(&answer, "reasonText", kTextMax)};
}

banking::Step payment_step(const PaymentStatus& status, std::string_view sca_status) {
  switch (read_transaction_status(status.word).value_or(Reading::BY_SCA)) {
    case Reading::BY_SCA:
      if (read_sca_status(sca_status) == ScaPhase::DONE) return outcome(banking::BankStatus::PENDING, status);
      break;
    case Reading::FURTHER_AUTHORISER:
      break;
    case Reading::PENDING:
      return outcome(banking::BankStatus::PENDING, status);
    case Reading::ACCEPTED:
      return outcome(banking::BankStatus::ACCEPTED, status);
    case Reading::REJECTED: {
      banking::Outcome rejected = outcome(banking::BankStatus::REJECTED, status);
      rejected.failure_code = status.word == "CANC" ? "USER_CANCELLED" : failure_code(status.reason_code);
      return rejected;
    }
  }
  return banking::StillWaiting{.bank_status = status.word, .sca_status = std::string{sca_status}};
}

std::optional<std::vector<banking::Account>> read_accounts(const Value& answer) {
  const Value* list = answer.find("accounts");
  if (list == nullptr || !list->is(Kind::ARRAY)) return std::nullopt;
  std::vector<banking::Account> accounts;
  for (const Value& item : list->items()) {
    if (accounts.size() == kAccountsMax) break;
    if (auto account = read_account(item)) accounts.push_back(*std::move(account));
  }
  return accounts;
}

std::optional<Beneficiary> read_beneficiary(const Value& answer) {
  auto id = read_identifier(answer, "beneficiaryId");
  const auto status = answer.text("beneficiaryStatus");
  if (!id || !status) return std::nullopt;
  return Beneficiary{.id = *std::move(id),
                     .status = first_characters(*status, kLabelMax),
                     .cool_off_until = parse_instant(answer.text("coolOffUntil").value_or(""))};
}

std::optional<TppMessage> read_tpp_message(const Value& answer) {
  const Value* messages = answer.find("tppMessages");
  if (messages == nullptr || !messages->is(Kind::ARRAY)) return std::nullopt;
  for (const Value& item : messages->items()) {
    if (item.text("category").value_or("ERROR") != "ERROR") continue;
    return TppMessage{.code = read_identifier(item, "code").value_or("UNREADABLE"),
                      .text = text_of(&item, "text", kTextMax)};
  }
  return std::nullopt;
}

std::optional<std::chrono::seconds> read_retry_after(std::string_view text) {
  constexpr long kDay = 24 * 60 * 60;
  const std::string_view digits = trim(text);
  if (digits.empty() || digits.size() > 9 || digits.find_first_not_of("0123456789") != std::string_view::npos)
    return std::nullopt;
  long value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return std::chrono::seconds{std::min(value, kDay)};
}

std::optional<std::string> read_identifier(const Value& answer, std::string_view name) {
  const auto text = answer.text(name);
  if (!text || !is_identifier(*text)) return std::nullopt;
  return std::string{*text};
}

std::string consent_body(std::chrono::year_month_day valid_until) {
  json::Writer body;
  body.begin_object();
  body.name("access").begin_object().member("allPsd2", "allAccounts").end_object();
  body.member("recurringIndicator", true);
  body.member("validUntil",
              fmt::format("{:04}-{:02}-{:02}", static_cast<int>(valid_until.year()),
                          static_cast<unsigned>(valid_until.month()), static_cast<unsigned>(valid_until.day())));
  body.member("frequencyPerDay", 4);
  body.member("combinedServiceIndicator", true);
  body.end_object();
  return std::move(body).text();
}

std::string password_body(const Secret& password) {
  json::Writer body;
  body.begin_object().name("psuData").begin_object().member("password", password.reveal()).end_object().end_object();
  return std::move(body).text();
}

std::string method_body(std::string_view method_id) {
  json::Writer body;
  body.begin_object().member("authenticationMethodId", method_id).end_object();
  return std::move(body).text();
}

std::string code_body(const Secret& code) {
  json::Writer body;
  body.begin_object().member("scaAuthenticationData", code.reveal()).end_object();
  return std::move(body).text();
}

std::string beneficiary_body(const banking::Creditor& creditor) {
  json::Writer body;
  body.begin_object();
  body.member("creditorName", first_characters(creditor.name, kCreditorNameMax));
  body.raw_member("creditorAccount", account_reference(creditor.iban, creditor.account_number));
  body.end_object();
  return std::move(body).text();
}

std::string payment_body(const banking::PaymentOrder& order) {
  json::Writer body;
  body.begin_object();
  body.member("endToEndIdentification", order.end_to_end_id);
  body.name("instructedAmount").begin_object();
  body.member("currency", order.amount.currency().code()).member("amount", order.amount.to_text());
  body.end_object();
  body.raw_member("debtorAccount", account_reference(order.debtor.iban, order.debtor.account_number));
  body.member("creditorName", first_characters(order.creditor.name, kCreditorNameMax));
  body.raw_member("creditorAccount", account_reference(order.creditor.iban, order.creditor.account_number));
  // An account number alone does not say at which bank it is.
  if (order.creditor.iban.empty() && !order.creditor.bic.empty()) body.member("creditorAgent", order.creditor.bic);
  if (!order.reference.empty()) body.member("remittanceInformationUnstructured", order.reference);
  body.end_object();
  return std::move(body).text();
}

std::string psu_ip_address(std::string_view address) {
  constexpr std::string_view kMapped = "::ffff:";
  if (address.starts_with(kMapped)) address.remove_prefix(kMapped.size());
  const std::string text{address};
  in_addr parsed{};
  return inet_pton(AF_INET, text.c_str(), &parsed) == 1 ? text : std::string{kSubstituteAddress};
}

}  // namespace qantara::connectors::berlin_group
