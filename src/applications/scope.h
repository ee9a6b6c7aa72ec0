// Scopes: what a credential opens. Each route of the API wants one of them (api/routes.cpp).
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace qantara::applications {

/// In the order and with the words in which they are published ("customer.read"). Some belong to products that this gateway has
/// not; no route wants these.
enum class Scope : std::uint8_t {
  CUSTOMER_READ,
  CUSTOMER_WRITE,
  DESTINATION_READ,
  DESTINATION_WRITE,
  BANK_READ,
  WEBHOOK_READ,
  WEBHOOK_WRITE,  ///< Our own: webhook endpoints are set up through the API here.
  PAYMENT_READ,
  PAYMENT_WRITE,
  INTENT_WRITE,
  BENEFICIARY_WRITE,
  CONNECT_READ,
  CONNECT_WRITE,
  APPLICATION_READ,
  KEY_READ,
  PAYOUT_READ,
  PAYOUT_WRITE,
  DEPOSIT_READ,
  DATA_READ,
  RECONCILIATION_READ,
  REFUNDS_READ,
  REFUNDS_WRITE,
  FILE_READ,
};
inline constexpr int kScopes = 23;

std::string_view to_text(Scope scope);
std::optional<Scope> parse_scope(std::string_view text);

class ScopeSet {
 public:
  constexpr ScopeSet() = default;
  constexpr ScopeSet(std::initializer_list<Scope> scopes) {
    for (const auto scope : scopes) add(scope);
  }

  constexpr void add(Scope scope) { bits_ |= bit(scope); }
  constexpr bool contains(Scope scope) const { return (bits_ & bit(scope)) != 0; }
  constexpr bool is_empty() const { return bits_ == 0; }
  constexpr bool operator==(const ScopeSet&) const = default;

 private:
  static constexpr std::uint32_t bit(Scope scope) { return std::uint32_t{1} << static_cast<unsigned>(scope); }
  std::uint32_t bits_ = 0;
};

/// What the scope `api` of OAuth2 stands for, and what an application itself may do.
ScopeSet scopes_of_api();
/// What `customer.<customer_id>` stands for: the payer's part, of this customer alone.
ScopeSet scopes_of_customer();

/// In the order of Scope.
std::vector<Scope> listed(ScopeSet scopes);
/// Separated by blanks: "customer.read payment.read".
std::string to_text(ScopeSet scopes);
/// What `to_text` wrote, or anybody else in this form; words that are no scope are passed over.
ScopeSet read_scopes(std::string_view text);

}  // namespace qantara::applications
