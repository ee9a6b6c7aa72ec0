#include "base/error.h"

#include <array>
#include <utility>

namespace qantara {

namespace {

#define QANTARA_NAMED(code) ErrorCode::code, #code

using enum ErrorOrigin;
using enum Retry;

// One row for each code, in the order of the enumerators. What is new here gets its line in docs/reference/errors.md
// when api_test runs with QANTARA_RENDER=1.
constexpr auto kErrors = std::to_array<ErrorFacts>({
    {QANTARA_NAMED(MISSING_PARAMETERS), 400, CLIENT, NO, "A member or parameter that must be given is absent or null.",
     "Give what `metadata.errors[].field` names."},
    {QANTARA_NAMED(INVALID_PARAMETERS), 400, CLIENT, NO,
     "The request cannot be read, or a member has a wrong type, format or value, or is none of this request.",
     "Mend what `metadata.errors[].field` names; its message says what would be right."},
    {QANTARA_NAMED(INVALID_AMOUNT), 400, CLIENT, NO,
     "The amount is no plain decimal above zero with the decimals that its currency has.",
     "Write it as `1000.00`: no exponent, no more decimals than the currency has."},
    {QANTARA_NAMED(AMOUNT_UNDER_MIN_VALUE), 400, CLIENT, NO,
     "The amount is below what may be paid in this currency, or at this bank.",
     "Ask for at least the limit in `metadata`."},
    {QANTARA_NAMED(AMOUNT_OVER_MAX_VALUE), 400, CLIENT, NO,
     "The amount is above what may be paid in this currency, or at this bank.",
     "Ask for at most the limit in `metadata`."},
    {QANTARA_NAMED(INVALID_IBAN), 400, CLIENT, NO,
     "The IBAN has a wrong length, structure or check digits, or is a mask.",
     "Ask the account's owner for the IBAN as the bank prints it."},
    {QANTARA_NAMED(INVALID_NAME), 400, CLIENT, NO, "The name of an account's owner has fewer than two words.",
     "Give the full name as the bank knows it."},
    {QANTARA_NAMED(UNAUTHORIZED), 401, CLIENT, NO, "The credential is absent, unknown or withdrawn.",
     "Send the application's credential; the message tells how it is written."},
    {QANTARA_NAMED(CERTIFICATE_TOKEN_MISMATCH), 401, CLIENT, NO,
     "The client certificate belongs to another application than the token.",
     "Send the token of the application that the certificate was added to."},
    {QANTARA_NAMED(INVALID_CERTIFICATE), 403, CLIENT, NO,
     "A live application's token came without a client certificate, or with one that no application has.",
     "Present the certificate that `qantara app certificate add` was given, or send `Authorization: Bearer`."},
    {QANTARA_NAMED(INSUFFICIENT_ACCESS_LEVEL), 403, CLIENT, NO, "The credential lacks the scope that this call wants.",
     "Use a credential with the scope that the message names."},
    {QANTARA_NAMED(INCORRECT_ACCESS_LEVEL), 403, CLIENT, NO,
     "What is asked belongs to the other mode: sandbox or live.", "Use an application of the mode that has it."},
    {QANTARA_NAMED(INVALID_URL), 404, CLIENT, NO, "There is no such path.", "Compare the path with `/openapi.json`."},
    {QANTARA_NAMED(INVALID_HTTP_METHOD), 405, CLIENT, NO, "The path is known, but not with this method.",
     "Use a method that the `Allow` header names."},
    {QANTARA_NAMED(PAYLOAD_TOO_LARGE), 413, CLIENT, NO, "The body has more than 256 KiB.", "Send less."},
    {QANTARA_NAMED(UNSUPPORTED_MEDIA_TYPE), 415, CLIENT, NO,
     "The body is said to be something other than JSON in UTF-8.", "Send `Content-Type: application/json`."},
    {QANTARA_NAMED(IDEMPOTENCY_KEY_REUSED), 422, CLIENT, WITH_NEW_KEY,
     "The Idempotency-Key was used for another request. Keys are remembered for 30 days, or longer if the operator "
     "likes.",
     "Make a new key for each request; repeat one only with the very same body."},
    {QANTARA_NAMED(UNKNOWN_CUSTOMER), 404, CLIENT, NO, "The application has no such customer.",
     "Create the customer, or use the id of one that exists."},
    {QANTARA_NAMED(UNKNOWN_PAYMENT_DESTINATION), 404, CLIENT, NO, "The application has no such payment destination.",
     "Use the id of one that `GET /payments/v1/destinations` lists."},
    {QANTARA_NAMED(UNKNOWN_PAYMENT_INTENT), 404, CLIENT, NO, "The application has no such payment intent.",
     "Use the id that the creation of the intent answered."},
    {QANTARA_NAMED(UNKNOWN_PAYMENT_SOURCE), 404, CLIENT, NO,
     "The customer has no such payment source, or it was removed.", "Read the customer's payment sources again."},
    {QANTARA_NAMED(UNKNOWN_PAYMENT), 404, CLIENT, NO, "The application has no such payment.",
     "Use an id that an intent or an event has told."},
    {QANTARA_NAMED(UNKNOWN_BANK), 404, CLIENT, NO, "There is no such bank.",
     "Use an identifier that `GET /banks/v1` lists."},
    {QANTARA_NAMED(UNKNOWN_APPLICATION), 404, CLIENT, NO, "An operator named an application that does not exist.",
     "`qantara app list` shows those that do."},
    {QANTARA_NAMED(UNKNOWN_LINK_SESSION), 404, CLIENT, NO, "The payer's session does not exist or has ended.",
     "Call the SDK again: it opens a session that goes on where the payer was."},
    {QANTARA_NAMED(UNKNOWN_WEBHOOK_ENDPOINT), 404, CLIENT, NO, "The application has no such webhook endpoint.",
     "Use the id of one that `GET /webhooks/v1/endpoints` lists."},
    {QANTARA_NAMED(UNKNOWN_EVENT), 404, CLIENT, NO, "The application has no such event, or it is older than is kept.",
     "Use the id of one that `GET /events/v1` lists."},
    {QANTARA_NAMED(CUSTOMER_ALREADY_EXISTS), 409, CLIENT, NO, "The application has a customer with this app_user_id.",
     "Find it with `GET /customers/v1/app-user-id/{app_user_id}`."},
    {QANTARA_NAMED(PENDING_BENEFICIARY_COOL_OFF), 409, BANK, WHEN_CHANGED,
     "The payer's bank takes no payments to a new beneficiary yet.",
     "Wait for `payment_source.beneficiary.updated`, or until the expiry in `metadata`."},
    {QANTARA_NAMED(BENEFICIARY_NOT_FOUND), 409, PAYER, WHEN_CHANGED,
     "The payment source is not linked to the intent's destination.",
     "Let the payer link it with the SDK's `updatePaymentSource`."},
    {QANTARA_NAMED(BENEFICIARY_ALREADY_EXISTS), 409, CLIENT, NO,
     "The payment source is linked to this destination already.", "Go on: nothing is left to do."},
    {QANTARA_NAMED(RECONNECT_REQUIRED), 409, BANK, WHEN_CHANGED,
     "The payer's bank has ended the consent by which the gateway reads the payment source.",
     "Let the payer sign in again with the SDK's `reconnect` and the `metadata.reconnect_id`."},
    {QANTARA_NAMED(PAYMENT_INTENT_ALREADY_USED), 409, CLIENT, NO,
     "A payment was started with this intent: it is spent, whatever became of the payment.",
     "Read the intent's payment; create a new intent to ask again."},
    {QANTARA_NAMED(PAYMENT_INTENT_EXPIRED), 409, CLIENT, NO, "The intent has expired or was cancelled.",
     "Create a new intent."},
    {QANTARA_NAMED(IDEMPOTENCY_CONFLICT), 409, CLIENT, AFTER_RETRY_AFTER,
     "A request with this Idempotency-Key is in work.",
     "Send the same request again after `Retry-After`: it gets the answer of the first."},
    {QANTARA_NAMED(STEP_OUTDATED), 409, PAYER, NO, "The payer's flow has moved on, in another window or by itself.",
     "Read the session and go on from its step; the pages do so themselves."},
    {QANTARA_NAMED(ILLEGAL_TRANSITION), 409, CLIENT, NO, "What is asked cannot be done in the object's present state.",
     "Read the object again; the page of states has every change there is."},
    {QANTARA_NAMED(RATE_LIMIT_EXCEEDED), 429, CLIENT, AFTER_RETRY_AFTER,
     "Too many requests of this kind in a short time.",
     "Wait for the seconds in `Retry-After`, then go on more slowly."},
    {QANTARA_NAMED(NOT_SENT), 502, BANK, WHEN_CHANGED, "No byte reached the bank, so nothing happened there.",
     "Look whether the bank's address can be reached from the gateway."},
    {QANTARA_NAMED(REFUSED_BY_BANK), 502, BANK, NO, "The bank refused before any effect.",
     "Read the bank's words in `qantara explain`."},
    {QANTARA_NAMED(OUTCOME_UNKNOWN), 502, BANK, NO, "The bank's answer was lost: it may have happened.",
     "Nothing: the gateway asks the bank until it knows."},
    {QANTARA_NAMED(VERSION_CONFLICT), 503, GATEWAY, AFTER_RETRY_AFTER,
     "Two changes met at one row, and this one gave way.", "Ask again."},
    {QANTARA_NAMED(STORAGE_FAILED), 503, GATEWAY, AFTER_RETRY_AFTER, "The database could not be read or written.",
     "Look at the disk with `qantara doctor`."},
    {QANTARA_NAMED(SERVICE_UNAVAILABLE), 503, GATEWAY, AFTER_RETRY_AFTER,
     "The gateway cannot take this request now. Nothing was written.",
     "Send the same request again after `Retry-After`."},
    {QANTARA_NAMED(INTERNAL_SERVER_ERROR), 500, GATEWAY, NO, "Something went wrong inside the gateway.",
     "Tell the operator `metadata.request_id`: the log has the cause under it."},
});

#undef QANTARA_NAMED

constexpr bool one_row_per_code() {
  if (kErrors.size() != static_cast<std::size_t>(ErrorCode::INTERNAL_SERVER_ERROR) + 1) return false;
  for (std::size_t i = 0; i < kErrors.size(); ++i) {
    if (kErrors[i].code != static_cast<ErrorCode>(i)) return false;
  }
  return true;
}
static_assert(one_row_per_code(), "every ErrorCode needs its row, at its place");

}  // namespace

const ErrorFacts& facts(ErrorCode code) { return kErrors[static_cast<std::size_t>(code)]; }

ErrorCode published(ErrorCode code) {
  switch (http_status(code)) {
    case 503:
      return ErrorCode::SERVICE_UNAVAILABLE;
    case 500:
    case 502:
      return ErrorCode::INTERNAL_SERVER_ERROR;
    default:
      return code;
  }
}

std::string_view to_text(ErrorOrigin origin) {
  switch (origin) {
    case ErrorOrigin::CLIENT:
      return "client";
    case ErrorOrigin::GATEWAY:
      return "gateway";
    case ErrorOrigin::BANK:
      return "bank";
    case ErrorOrigin::PAYER:
      return "payer";
  }
  return "gateway";
}

std::string_view to_text(Retry retry) {
  switch (retry) {
    case Retry::NO:
      return "no";
    case Retry::WHEN_CHANGED:
      return "later";
    case Retry::AFTER_RETRY_AFTER:
      return "after `Retry-After`";
    case Retry::WITH_NEW_KEY:
      return "with a new key";
  }
  return "no";
}

Error field_error(ErrorCode code, std::string field, std::string message) {
  Error result = error(code, message);
  result.fields.push_back({.field = std::move(field), .code = code, .message = std::move(message)});
  return result;
}

}  // namespace qantara
