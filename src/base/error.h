// Errors as values: whose fault it is, what was wrong, and whether trying again helps.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace qantara {

/// Every way an operation can be refused or fail. The spelling is the one on the wire (`status` in the error
/// envelope). Families answer two questions: whose fault is it, and does trying again help? What is known of a code
/// stands in its row of the table in error.cpp, from which docs/reference/errors.md is rendered.
enum class ErrorCode {
  // The caller's request is wrong. The same request will be refused again.
  MISSING_PARAMETERS,
  INVALID_PARAMETERS,
  INVALID_AMOUNT,
  AMOUNT_UNDER_MIN_VALUE,
  AMOUNT_OVER_MAX_VALUE,
  INVALID_IBAN,
  INVALID_NAME,
  UNAUTHORIZED,
  CERTIFICATE_TOKEN_MISMATCH,
  INVALID_CERTIFICATE,
  INSUFFICIENT_ACCESS_LEVEL,
  INCORRECT_ACCESS_LEVEL,
  INVALID_URL,
  INVALID_HTTP_METHOD,
  PAYLOAD_TOO_LARGE,
  UNSUPPORTED_MEDIA_TYPE,
  IDEMPOTENCY_KEY_REUSED,
  // The caller names something that does not exist for it.
  UNKNOWN_CUSTOMER,
  UNKNOWN_PAYMENT_DESTINATION,
  UNKNOWN_PAYMENT_INTENT,
  UNKNOWN_PAYMENT_SOURCE,
  UNKNOWN_PAYMENT,
  UNKNOWN_BANK,
  UNKNOWN_APPLICATION,
  UNKNOWN_LINK_SESSION,
  UNKNOWN_WEBHOOK_ENDPOINT,
  UNKNOWN_EVENT,
  // The request is right, the state of things is not. Another time it may be accepted.
  CUSTOMER_ALREADY_EXISTS,
  PENDING_BENEFICIARY_COOL_OFF,
  BENEFICIARY_NOT_FOUND,
  BENEFICIARY_ALREADY_EXISTS,
  RECONNECT_REQUIRED,
  PAYMENT_INTENT_ALREADY_USED,
  PAYMENT_INTENT_EXPIRED,
  IDEMPOTENCY_CONFLICT,
  STEP_OUTDATED,
  ILLEGAL_TRANSITION,
  RATE_LIMIT_EXCEEDED,
  // The bank's or the wire's part. `NOT_SENT`: no byte left, nothing happened. `REFUSED_BY_BANK`: an explicit
  // refusal before any effect. `OUTCOME_UNKNOWN`: it may have happened; never a failure (architecture §5).
  NOT_SENT,
  REFUSED_BY_BANK,
  OUTCOME_UNKNOWN,
  // Ours. Nothing was written.
  VERSION_CONFLICT,
  STORAGE_FAILED,
  SERVICE_UNAVAILABLE,
  INTERNAL_SERVER_ERROR,
};

/// Whose part an error is, as told in the `x-error-origin` header: whoever can do something about it.
enum class ErrorOrigin { CLIENT, GATEWAY, BANK, PAYER };
std::string_view to_text(ErrorOrigin origin);

/// When asking again helps.
enum class Retry {
  NO,                 ///< The same request will be refused again.
  WHEN_CHANGED,       ///< The same request, once what `what_to_do` names has happened.
  AFTER_RETRY_AFTER,  ///< The same request, after the seconds that the Retry-After header tells.
  WITH_NEW_KEY,       ///< The request with another Idempotency-Key.
};
std::string_view to_text(Retry retry);

/// Everything that is known of a code.
struct ErrorFacts {
  ErrorCode code;
  std::string_view text;  ///< The code as it stands on the wire, for example "INVALID_IBAN".
  int http_status;        ///< Of the answer to a request that was refused with this code.
  ErrorOrigin origin;
  Retry retry;
  std::string_view meaning;     ///< One sentence, for those who call the API.
  std::string_view what_to_do;  ///< One sentence, for the same people.
};

const ErrorFacts& facts(ErrorCode code);

inline std::string_view to_text(ErrorCode code) { return facts(code).text; }
inline int http_status(ErrorCode code) { return facts(code).http_status; }
inline ErrorOrigin origin(ErrorCode code) { return facts(code).origin; }

/// The code that a client is told: troubles of ours and of the bank have one face each, whatever stands in the log.
ErrorCode published(ErrorCode code);

/// One member of a request that was refused, for `metadata.errors[]`.
struct FieldError {
  std::string field;  ///< Path of the member, for example "amount" or "customization.theme_color".
  ErrorCode code;
  std::string message;  ///< What would be right, in one sentence.
};

/// A further fact of a refusal, told in `metadata` under `name`: a limit, an expiry.
struct ErrorDetail {
  std::string name;
  /// The value as JSON text, for example `"2026-11-22T09:40:00.000000Z"` with its quotes, or `10.00`.
  std::string json;
};

struct [[nodiscard]] Error {
  ErrorCode code = ErrorCode::INTERNAL_SERVER_ERROR;
  std::string message;             ///< For people; no secret, no personal data, no internals.
  std::vector<FieldError> fields;  ///< The members at fault, in the order in which they were found.
  std::vector<ErrorDetail> details;
  std::string cause;  ///< For the log only: what the layer below said.
};

inline Error error(ErrorCode code, std::string message) { return {.code = code, .message = std::move(message)}; }

/// An error that is one field's fault; `message` says what would be right and becomes the envelope's message too.
Error field_error(ErrorCode code, std::string field, std::string message);

/// An error of our own, with what the layer below said. The caller's message stays general.
inline Error caused_by(ErrorCode code, std::string message, std::string cause) {
  return {.code = code, .message = std::move(message), .fields = {}, .details = {}, .cause = std::move(cause)};
}

}  // namespace qantara
