#include "applications/scope.h"

#include <algorithm>

namespace qantara::applications {

namespace {

using enum Scope;

template <class TakeWord>
void each_word(std::string_view text, TakeWord take) {
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    if (end > 0) take(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

}  // namespace

std::string_view to_text(Scope scope) {
  switch (scope) {
    case CUSTOMER_READ:
      return "customer.read";
    case CUSTOMER_WRITE:
      return "customer.write";
    case DESTINATION_READ:
      return "destination.read";
    case DESTINATION_WRITE:
      return "destination.write";
    case BANK_READ:
      return "bank.read";
    case WEBHOOK_READ:
      return "webhook.read";
    case WEBHOOK_WRITE:
      return "webhook.write";
    case PAYMENT_READ:
      return "payment.read";
    case PAYMENT_WRITE:
      return "payment.write";
    case INTENT_WRITE:
      return "intent.write";
    case BENEFICIARY_WRITE:
      return "beneficiary.write";
    case CONNECT_READ:
      return "connect.read";
    case CONNECT_WRITE:
      return "connect.write";
    case APPLICATION_READ:
      return "application.read";
    case KEY_READ:
      return "key.read";
    case PAYOUT_READ:
      return "payout.read";
    case PAYOUT_WRITE:
      return "payout.write";
    case DEPOSIT_READ:
      return "deposit.read";
    case DATA_READ:
      return "data.read";
    case RECONCILIATION_READ:
      return "reconciliation.read";
    case REFUNDS_READ:
      return "refunds.read";
    case REFUNDS_WRITE:
      return "refunds.write";
    case FILE_READ:
      return "file.read";
  }
  return "";
}

std::optional<Scope> parse_scope(std::string_view text) {
  for (int i = 0; i < kScopes; ++i) {
    if (to_text(static_cast<Scope>(i)) == text) return static_cast<Scope>(i);
  }
  return std::nullopt;
}

ScopeSet scopes_of_api() {
  return {CUSTOMER_READ, CUSTOMER_WRITE,      DESTINATION_READ, DESTINATION_WRITE, BANK_READ,    WEBHOOK_READ,
          WEBHOOK_WRITE, PAYMENT_READ,        INTENT_WRITE,     PAYOUT_READ,       PAYOUT_WRITE, DEPOSIT_READ,
          DATA_READ,     RECONCILIATION_READ, REFUNDS_READ,     REFUNDS_WRITE,     FILE_READ};
}

ScopeSet scopes_of_customer() {
  return {CUSTOMER_READ, BENEFICIARY_WRITE, PAYMENT_WRITE, PAYMENT_READ,     DESTINATION_READ,
          CONNECT_READ,  CONNECT_WRITE,     BANK_READ,     APPLICATION_READ, KEY_READ};
}

std::vector<Scope> listed(ScopeSet scopes) {
  std::vector<Scope> found;
  for (int i = 0; i < kScopes; ++i) {
    if (scopes.contains(static_cast<Scope>(i))) found.push_back(static_cast<Scope>(i));
  }
  return found;
}

std::string to_text(ScopeSet scopes) {
  std::string text;
  for (const auto scope : listed(scopes)) text.append(text.empty() ? "" : " ").append(to_text(scope));
  return text;
}

ScopeSet read_scopes(std::string_view text) {
  ScopeSet scopes;
  each_word(text, [&](std::string_view word) {
    if (const auto scope = parse_scope(word)) scopes.add(*scope);
  });
  return scopes;
}

}  // namespace qantara::applications
