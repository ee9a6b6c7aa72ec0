// Berlin Group NextGenPSD2 XS2A 1.3 in our words: what its words, answers and errors mean, and how our requests read in it.
// Pure functions; every word the standard lists has a row in a table here, and mapping_test.cpp compares the tables with the
// standard's own file. Identifiers come back only if they can stand in a URL and a header; texts are cut to a sane length.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "banking/bank.h"
#include "banking/connector.h"
#include "json/json.h"

namespace qantara::connectors::berlin_group {

// ---- Words ----

/// What a transactionStatus says of a payment.
enum class Reading {
  BY_SCA,              ///< The bank holds the order: waiting until the payer has authorised it, pending from then on.
  FURTHER_AUTHORISER,  ///< Somebody else at the payer's side must authorise too.
  PENDING,
  ACCEPTED,
  REJECTED,
};

struct TransactionStatusRow {
  std::string_view word;
  Reading reading;
};

inline constexpr auto kTransactionStatuses = std::to_array<TransactionStatusRow>({
    {"RCVD", Reading::BY_SCA},
    {"ACTC", Reading::BY_SCA},
    {"ACCP", Reading::BY_SCA},
    {"ACFC", Reading::BY_SCA},
    {"PATC", Reading::FURTHER_AUTHORISER},
    {"PDNG", Reading::PENDING},
    {"PART", Reading::PENDING},  // Of bulk payments, which we do not send.
    {"ACSP", Reading::ACCEPTED},
    {"ACWC", Reading::ACCEPTED},
    {"ACSC", Reading::ACCEPTED},
    {"ACWP", Reading::ACCEPTED},
    {"ACCC", Reading::ACCEPTED},
    {"RJCT", Reading::REJECTED},
    {"CANC", Reading::REJECTED},
});

/// Nothing for a word the standard does not have.
std::optional<Reading> read_transaction_status(std::string_view word);

/// What a scaStatus says of an authorisation.
enum class ScaPhase { OPEN, DONE, FAILED };

struct ScaStatusRow {
  std::string_view word;
  ScaPhase phase;
};

inline constexpr auto kScaStatuses = std::to_array<ScaStatusRow>({
    {"received", ScaPhase::OPEN},
    {"psuIdentified", ScaPhase::OPEN},
    {"psuAuthenticated", ScaPhase::OPEN},
    {"scaMethodSelected", ScaPhase::OPEN},
    {"started", ScaPhase::OPEN},
    {"unconfirmed", ScaPhase::OPEN},
    {"finalised", ScaPhase::DONE},
    {"exempted", ScaPhase::DONE},
    {"failed", ScaPhase::FAILED},
});

/// Nothing for a word the standard does not have.
std::optional<ScaPhase> read_sca_status(std::string_view word);

/// Our failure code for an ISO 20022 status reason ("AM04" → "INSUFFICIENT_BALANCE"); "UNSEEN_BANK_ERROR" for all others.
std::string_view failure_code(std::string_view iso_reason);

/// What a refusal in the bank's own words means: `status` from 400 to 499, `code` from tppMessages. A 408 may have had an
/// effect and is OUTCOME_UNKNOWN.
banking::CallError::Kind kind_of_refusal(int status, std::string_view code);

/// Whether a refusal's code says that a password or code was wrong.
bool is_wrong_answer(std::string_view code);

/// How many tries are left, if the bank's sentence says so with exactly one number: "2 tries left".
std::optional<int> tries_left_in(std::string_view text);

/// The bank's sentence for a log: account numbers, and whatever else has six digits or more in one word, become ****.
std::string without_numbers(std::string_view text);

// ---- Answers ----

/// `_links` by name, as the bank wrote them.
struct Links {
  std::vector<std::pair<std::string, std::string>> hrefs;
  const std::string* find(std::string_view name) const;  ///< Null if there is none.
};
Links read_links(const json::Value& answer);

/// One way to authorise: of scaMethods.
struct ScaMethod {
  std::string id;
  std::string type;  ///< "SMS_OTP"
  std::string name;  ///< "SMS to •••• 123"
};

/// What a payer must know to type a code or approve.
struct Challenge {
  std::string message;
  std::string target;  ///< Where a code went: "•••• 123"; may be empty.
  int max_length = 0;  ///< 0: not said.
  bool numeric = false;
};

/// The answer that starts or updates an authorisation.
struct ScaAnswer {
  std::string sca_status;
  std::string authorisation_id;  ///< Empty if the answer has none.
  Links links;
  std::vector<ScaMethod> methods;
  Challenge challenge;
};
/// Nothing if there is no scaStatus.
std::optional<ScaAnswer> read_sca_answer(const json::Value& answer);

/// What an authorisation wants next. Links decide, not the approach header; a final scaStatus comes before both.
enum class ScaStep { PASSWORD, METHOD, CODE, APPROVAL, REDIRECT, DONE, FAILED, UNSUPPORTED };
/// `ways`: what may be used. A link to another way is as if it were not there; where nothing else is, UNSUPPORTED. An approval
/// that the bank has asked for is one, whatever may be used: the payer may give it.
ScaStep next_step(const ScaAnswer& answer, std::span<const banking::ScaWay> ways);

/// The answer to a status question of a payment.
struct PaymentStatus {
  std::string word;
  std::string reference;    ///< bankTransactionReference, an extension.
  std::string reason_code;  ///< reasonCode, an extension.
  std::string reason_text;
};
/// Nothing if there is no transactionStatus.
std::optional<PaymentStatus> read_payment_status(const json::Value& answer);

/// Outcome or StillWaiting. `sca_status` of the payment's authorisation; empty if not known. A word that nobody knows keeps
/// the payment in flight.
banking::Step payment_step(const PaymentStatus& status, std::string_view sca_status);

/// What a consentStatus says of a login: `terminatedByTpp` and the like are FAILED. Nothing for an unknown word or none.
std::optional<ScaPhase> read_consent_status(const json::Value& answer);

/// Accounts that can be paid from: those with a currency and an IBAN or account number. Nothing if `accounts` is no array.
std::optional<std::vector<banking::Account>> read_accounts(const json::Value& answer);

/// A beneficiary of the documented extension.
struct Beneficiary {
  std::string id;
  std::string status;  ///< "pendingAuthorisation", "coolOff", "active", "rejected", "removed".
  std::optional<Instant> cool_off_until;
};
/// Nothing if id or status is missing.
std::optional<Beneficiary> read_beneficiary(const json::Value& answer);

/// The last segment of the scaStatus link, which ends in the authorisation's id. Empty if there is none.
std::string authorisation_in(const Links& links);

/// By whom a login goes that was made on the bank's own pages, where no user name is told: the least of the accounts' numbers.
std::string user_of(const std::vector<banking::Account>& accounts);

/// The first error of tppMessages; `code` "UNREADABLE" if it is none. Nothing if the bank did not answer in its own words.
struct TppMessage {
  std::string code;
  std::string text;
};
std::optional<TppMessage> read_tpp_message(const json::Value& answer);

/// Retry-After in seconds, at most a day; a date is not read.
std::optional<std::chrono::seconds> read_retry_after(std::string_view text);

/// An identifier given by the bank: 1 to 256 printable ASCII characters without blanks. Nothing for anything else.
std::optional<std::string> read_identifier(const json::Value& answer, std::string_view name);

// ---- Requests ----

std::string consent_body(std::chrono::year_month_day valid_until);
std::string password_body(const Secret& password);
std::string method_body(std::string_view method_id);
std::string code_body(const Secret& code);
std::string beneficiary_body(const banking::Creditor& creditor);
std::string payment_body(const banking::PaymentOrder& order);

/// The payer's address as PSU-IP-Address takes it: IPv4 only. An IPv4-mapped IPv6 address is unwrapped; for any other text,
/// the substitute.
std::string psu_ip_address(std::string_view address);

/// Sent where the payer's address is not IPv4. The header is mandatory and its schema refuses IPv6; an address reserved for
/// documentation (RFC 5737) is valid, belongs to nobody and is recognisable in the bank's records.
inline constexpr std::string_view kSubstituteAddress = "192.0.2.1";

}  // namespace qantara::connectors::berlin_group
