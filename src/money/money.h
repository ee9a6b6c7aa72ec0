// Money: integer minor units with their currency. Never a floating-point number.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace qantara::money {

/// An ISO 4217 currency: three capital letters and the number of decimals (its exponent, 0 to 4).
class Currency {
 public:
  /// The currency with this code ("AED"); nothing if ISO 4217 has no such active code.
  static std::optional<Currency> find(std::string_view code);

  std::string_view code() const { return {code_, 3}; }
  int decimals() const { return decimals_; }

  bool operator==(const Currency& other) const { return code() == other.code(); }

 private:
  constexpr Currency(const char (&code)[4], int decimals)
      : code_{code[0], code[1], code[2], '\0'}, decimals_(decimals) {}
  char code_[4];
  int decimals_;
};

/// An amount of one currency: `minor` counts fils, cents, …: AED 10.12 is 1012. Never negative where it is paid.
class Money {
 public:
  Money(std::int64_t minor, Currency currency) : minor_(minor), currency_(currency) {}

  /// Reads plain decimal text: "1000", "1000.00", "10.5". At most as many decimals as the currency has, counted as
  /// written ("10.120" is too precise for AED).
  /// Errors: INVALID_AMOUNT (field "amount") for an exponent, a sign, leading zeros or points, blanks, too many
  /// decimals, zero, or more than int64 holds.
  static Result<Money> parse(std::string_view text, Currency currency);

  std::int64_t minor() const { return minor_; }
  Currency currency() const { return currency_; }

  /// With all the currency's decimals: "1000.00", "10.123" (BHD), "1000" (JPY). A minus sign in front if negative.
  std::string to_text() const;

  bool operator==(const Money&) const = default;

 private:
  std::int64_t minor_;
  Currency currency_;
};

/// Errors: INVALID_PARAMETERS for two currencies, INVALID_AMOUNT when the result does not fit.
Result<Money> add(Money a, Money b);
Result<Money> subtract(Money a, Money b);

/// Negative, zero or positive, as `a` is below, equal to or above `b`. The currencies must be equal.
std::strong_ordering compare(Money a, Money b);

}  // namespace qantara::money
