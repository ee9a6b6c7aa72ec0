#include "money/money.h"

#include <limits>

#include "base/check.h"

namespace qantara::money {

namespace {

/// ISO 4217's active codes by their number of decimals. Left out: metals, test codes and units of account that have
/// no minor unit (XAU, XTS, XDR, …), since nothing can be paid in them.
struct Decimals {
  int count;
  std::string_view codes;
};

constexpr Decimals kDecimals[] = {
    {2,
     "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY "
     "COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS "
     "INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR "
     "MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP "
     "STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG"},
    {3, "BHD IQD JOD KWD LYD OMR TND"},
    {0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"},
    {4, "CLF UYW"},
};

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }
bool is_capital(char letter) { return letter >= 'A' && letter <= 'Z'; }

/// What a right amount looks like, for people: "… with at most 2 decimals for AED".
std::string expected_form(Currency currency) {
  const int decimals = currency.decimals();
  std::string text = "amount must be plain decimal text with ";
  text += decimals == 0 ? "no" : "at most " + std::to_string(decimals);
  return text.append(" decimals for ").append(currency.code());
}

Error invalid_amount(std::string message) {
  return field_error(ErrorCode::INVALID_AMOUNT, "amount", std::move(message));
}

Error out_of_range() { return invalid_amount("the amount does not fit into 64 bits of minor units"); }

Error two_currencies(Money a, Money b) {
  return error(ErrorCode::INVALID_PARAMETERS, "amounts in " + std::string(a.currency().code()) + " and " +
                                                  std::string(b.currency().code()) + " cannot be combined");
}

}  // namespace

std::optional<Currency> Currency::find(std::string_view code) {
  if (code.size() != 3 || !is_capital(code[0]) || !is_capital(code[1]) || !is_capital(code[2])) return std::nullopt;
  for (const auto& [count, codes] : kDecimals) {
    if (codes.contains(code)) return Currency({code[0], code[1], code[2], '\0'}, count);
  }
  return std::nullopt;
}

Result<Money> Money::parse(std::string_view text, Currency currency) {
  const auto point = text.find('.');
  const auto whole = text.substr(0, point);
  const auto fraction = point == std::string_view::npos ? std::string_view{} : text.substr(point + 1);
  const auto decimals = static_cast<std::size_t>(currency.decimals());

  const bool written_plainly = !whole.empty() && (whole.size() == 1 || whole[0] != '0') &&
                               (point == std::string_view::npos || !fraction.empty()) && fraction.size() <= decimals;
  if (!written_plainly) return invalid_amount(expected_form(currency));

  std::int64_t minor = 0;
  bool fits = true;
  const auto append = [&](char digit) {
    fits = fits && !__builtin_mul_overflow(minor, 10, &minor) && !__builtin_add_overflow(minor, digit - '0', &minor);
  };
  for (const auto part : {whole, fraction}) {
    for (const char digit : part) {
      if (!is_digit(digit)) return invalid_amount(expected_form(currency));
      append(digit);
    }
  }
  for (auto i = fraction.size(); i < decimals; ++i) append('0');

  if (!fits) {
    const Money largest(std::numeric_limits<std::int64_t>::max(), currency);
    return invalid_amount("amount must be at most " + largest.to_text());
  }
  if (minor == 0) return invalid_amount("amount must be above zero");
  return Money(minor, currency);
}

std::string Money::to_text() const {
  const auto decimals = static_cast<std::size_t>(currency_.decimals());
  // Negated as unsigned, since the smallest int64 has no positive twin.
  const auto magnitude = minor_ < 0 ? 0 - static_cast<std::uint64_t>(minor_) : static_cast<std::uint64_t>(minor_);
  std::string text = std::to_string(magnitude);
  if (text.size() <= decimals) text.insert(0, decimals + 1 - text.size(), '0');
  if (decimals > 0) text.insert(text.size() - decimals, 1, '.');
  if (minor_ < 0) text.insert(0, 1, '-');
  return text;
}

Result<Money> add(Money a, Money b) {
  if (a.currency() != b.currency()) return two_currencies(a, b);
  std::int64_t sum = 0;
  if (__builtin_add_overflow(a.minor(), b.minor(), &sum)) return out_of_range();
  return Money(sum, a.currency());
}

Result<Money> subtract(Money a, Money b) {
  if (a.currency() != b.currency()) return two_currencies(a, b);
  std::int64_t difference = 0;
  if (__builtin_sub_overflow(a.minor(), b.minor(), &difference)) return out_of_range();
  return Money(difference, a.currency());
}

std::strong_ordering compare(Money a, Money b) {
  CHECK(a.currency() == b.currency());
  return a.minor() <=> b.minor();
}

}  // namespace qantara::money
