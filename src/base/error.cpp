#include "base/error.h"

#include <utility>

namespace qantara {

std::string_view to_text(ErrorCode code) {
  switch (code) {
#define QANTARA_CODE(name) \
  case ErrorCode::name:    \
    return #name
    QANTARA_CODE(MISSING_PARAMETERS);
    QANTARA_CODE(INVALID_PARAMETERS);
    QANTARA_CODE(INVALID_AMOUNT);
    QANTARA_CODE(AMOUNT_UNDER_MIN_VALUE);
    QANTARA_CODE(AMOUNT_OVER_MAX_VALUE);
    QANTARA_CODE(INVALID_IBAN);
    QANTARA_CODE(INVALID_NAME);
    QANTARA_CODE(UNAUTHORIZED);
    QANTARA_CODE(INVALID_URL);
    QANTARA_CODE(INVALID_HTTP_METHOD);
    QANTARA_CODE(PAYLOAD_TOO_LARGE);
    QANTARA_CODE(UNSUPPORTED_MEDIA_TYPE);
    QANTARA_CODE(IDEMPOTENCY_KEY_REUSED);
    QANTARA_CODE(UNKNOWN_CUSTOMER);
    QANTARA_CODE(UNKNOWN_PAYMENT_DESTINATION);
    QANTARA_CODE(UNKNOWN_PAYMENT_INTENT);
    QANTARA_CODE(UNKNOWN_PAYMENT_SOURCE);
    QANTARA_CODE(UNKNOWN_PAYMENT);
    QANTARA_CODE(UNKNOWN_BANK);
    QANTARA_CODE(UNKNOWN_APPLICATION);
    QANTARA_CODE(UNKNOWN_LINK_SESSION);
    QANTARA_CODE(UNKNOWN_WEBHOOK_ENDPOINT);
    QANTARA_CODE(UNKNOWN_EVENT);
    QANTARA_CODE(CUSTOMER_ALREADY_EXISTS);
    QANTARA_CODE(PENDING_BENEFICIARY_COOL_OFF);
    QANTARA_CODE(BENEFICIARY_NOT_FOUND);
    QANTARA_CODE(BENEFICIARY_ALREADY_EXISTS);
    QANTARA_CODE(PAYMENT_INTENT_ALREADY_USED);
    QANTARA_CODE(PAYMENT_INTENT_EXPIRED);
    QANTARA_CODE(IDEMPOTENCY_CONFLICT);
    QANTARA_CODE(STEP_OUTDATED);
    QANTARA_CODE(ILLEGAL_TRANSITION);
    QANTARA_CODE(RATE_LIMIT_EXCEEDED);
    QANTARA_CODE(NOT_SENT);
    QANTARA_CODE(REFUSED_BY_BANK);
    QANTARA_CODE(OUTCOME_UNKNOWN);
    QANTARA_CODE(VERSION_CONFLICT);
    QANTARA_CODE(STORAGE_FAILED);
    QANTARA_CODE(SERVICE_UNAVAILABLE);
    QANTARA_CODE(INTERNAL_SERVER_ERROR);
#undef QANTARA_CODE
  }
  return "INTERNAL_SERVER_ERROR";
}

int http_status(ErrorCode code) {
  switch (code) {
    case ErrorCode::MISSING_PARAMETERS:
    case ErrorCode::INVALID_PARAMETERS:
    case ErrorCode::INVALID_AMOUNT:
    case ErrorCode::AMOUNT_UNDER_MIN_VALUE:
    case ErrorCode::AMOUNT_OVER_MAX_VALUE:
    case ErrorCode::INVALID_IBAN:
    case ErrorCode::INVALID_NAME:
      return 400;
    case ErrorCode::UNAUTHORIZED:
      return 401;
    case ErrorCode::INVALID_URL:
    case ErrorCode::UNKNOWN_CUSTOMER:
    case ErrorCode::UNKNOWN_PAYMENT_DESTINATION:
    case ErrorCode::UNKNOWN_PAYMENT_INTENT:
    case ErrorCode::UNKNOWN_PAYMENT_SOURCE:
    case ErrorCode::UNKNOWN_PAYMENT:
    case ErrorCode::UNKNOWN_BANK:
    case ErrorCode::UNKNOWN_APPLICATION:
    case ErrorCode::UNKNOWN_LINK_SESSION:
    case ErrorCode::UNKNOWN_WEBHOOK_ENDPOINT:
    case ErrorCode::UNKNOWN_EVENT:
      return 404;
    case ErrorCode::INVALID_HTTP_METHOD:
      return 405;
    case ErrorCode::CUSTOMER_ALREADY_EXISTS:
    case ErrorCode::PENDING_BENEFICIARY_COOL_OFF:
    case ErrorCode::BENEFICIARY_NOT_FOUND:
    case ErrorCode::BENEFICIARY_ALREADY_EXISTS:
    case ErrorCode::PAYMENT_INTENT_ALREADY_USED:
    case ErrorCode::PAYMENT_INTENT_EXPIRED:
    case ErrorCode::IDEMPOTENCY_CONFLICT:
    case ErrorCode::STEP_OUTDATED:
    case ErrorCode::ILLEGAL_TRANSITION:
      return 409;
    case ErrorCode::PAYLOAD_TOO_LARGE:
      return 413;
    case ErrorCode::UNSUPPORTED_MEDIA_TYPE:
      return 415;
    case ErrorCode::IDEMPOTENCY_KEY_REUSED:
      return 422;
    case ErrorCode::RATE_LIMIT_EXCEEDED:
      return 429;
    case ErrorCode::INTERNAL_SERVER_ERROR:
      return 500;
    case ErrorCode::NOT_SENT:
    case ErrorCode::REFUSED_BY_BANK:
    case ErrorCode::OUTCOME_UNKNOWN:
      return 502;
    case ErrorCode::VERSION_CONFLICT:
    case ErrorCode::STORAGE_FAILED:
    case ErrorCode::SERVICE_UNAVAILABLE:
      return 503;
  }
  return 500;
}

bool retryable(ErrorCode code) {
  switch (code) {
    case ErrorCode::PENDING_BENEFICIARY_COOL_OFF:
    case ErrorCode::IDEMPOTENCY_CONFLICT:
    case ErrorCode::RATE_LIMIT_EXCEEDED:
    case ErrorCode::NOT_SENT:
    case ErrorCode::VERSION_CONFLICT:
    case ErrorCode::STORAGE_FAILED:
    case ErrorCode::SERVICE_UNAVAILABLE:
      return true;
    case ErrorCode::MISSING_PARAMETERS:
    case ErrorCode::INVALID_PARAMETERS:
    case ErrorCode::INVALID_AMOUNT:
    case ErrorCode::AMOUNT_UNDER_MIN_VALUE:
    case ErrorCode::AMOUNT_OVER_MAX_VALUE:
    case ErrorCode::INVALID_IBAN:
    case ErrorCode::INVALID_NAME:
    case ErrorCode::UNAUTHORIZED:
    case ErrorCode::INVALID_URL:
    case ErrorCode::INVALID_HTTP_METHOD:
    case ErrorCode::PAYLOAD_TOO_LARGE:
    case ErrorCode::UNSUPPORTED_MEDIA_TYPE:
    case ErrorCode::IDEMPOTENCY_KEY_REUSED:
    case ErrorCode::UNKNOWN_CUSTOMER:
    case ErrorCode::UNKNOWN_PAYMENT_DESTINATION:
    case ErrorCode::UNKNOWN_PAYMENT_INTENT:
    case ErrorCode::UNKNOWN_PAYMENT_SOURCE:
    case ErrorCode::UNKNOWN_PAYMENT:
    case ErrorCode::UNKNOWN_BANK:
    case ErrorCode::UNKNOWN_APPLICATION:
    case ErrorCode::UNKNOWN_LINK_SESSION:
    case ErrorCode::UNKNOWN_WEBHOOK_ENDPOINT:
    case ErrorCode::UNKNOWN_EVENT:
    case ErrorCode::CUSTOMER_ALREADY_EXISTS:
    case ErrorCode::BENEFICIARY_NOT_FOUND:
    case ErrorCode::BENEFICIARY_ALREADY_EXISTS:
    case ErrorCode::PAYMENT_INTENT_ALREADY_USED:
    case ErrorCode::PAYMENT_INTENT_EXPIRED:
    case ErrorCode::STEP_OUTDATED:
    case ErrorCode::ILLEGAL_TRANSITION:
    case ErrorCode::REFUSED_BY_BANK:
    case ErrorCode::OUTCOME_UNKNOWN:
    case ErrorCode::INTERNAL_SERVER_ERROR:
      return false;
  }
  return false;
}

ErrorOrigin origin(ErrorCode code) {
  const int status = http_status(code);
  if (status == 502) return ErrorOrigin::BANK;
  return status >= 500 ? ErrorOrigin::GATEWAY : ErrorOrigin::CLIENT;
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

Error field_error(ErrorCode code, std::string field, std::string message) {
  Error result = error(code, message);
  result.fields.push_back({.field = std::move(field), .code = code, .message = std::move(message)});
  return result;
}

}  // namespace qantara
