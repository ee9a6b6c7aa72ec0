#include "iban/iban.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace qantara::iban {

namespace {

/// What the IBAN registry (ISO 13616, kept by SWIFT) says of one country. `structure` describes the BBAN, what follows
/// the country and the check digits: "4a14c" is four capitals and then fourteen capitals or digits; n is a digit.
struct Format {
  std::string_view country;
  std::size_t length;
  std::string_view structure;
};

// Sorted by country. A territory whose accounts carry another country's letters (FR for Réunion, FI for Åland, GB for
// Jersey) has no row, nor have countries that the registry does not list.
constexpr auto kFormats = std::to_array<Format>({
    {"AD", 24, "4n4n12c"},     {"AE", 23, "3n16n"},     {"AL", 28, "8n16c"},         {"AT", 20, "5n11n"},
    {"AZ", 28, "4a20c"},       {"BA", 20, "3n3n8n2n"},  {"BE", 16, "3n7n2n"},        {"BG", 22, "4a4n2n8c"},
    {"BH", 22, "4a14c"},       {"BI", 27, "5n5n11n2n"}, {"BR", 29, "8n5n10n1a1c"},   {"BY", 28, "4c4n16c"},
    {"CH", 21, "5n12c"},       {"CR", 22, "4n14n"},     {"CY", 28, "3n5n16c"},       {"CZ", 24, "4n6n10n"},
    {"DE", 22, "8n10n"},       {"DJ", 27, "5n5n11n2n"}, {"DK", 18, "4n9n1n"},        {"DO", 28, "4c20n"},
    {"EE", 20, "2n2n11n1n"},   {"EG", 29, "4n4n17n"},   {"ES", 24, "4n4n1n1n10n"},   {"FI", 18, "3n11n"},
    {"FK", 18, "2a12n"},       {"FO", 18, "4n9n1n"},    {"FR", 27, "5n5n11c2n"},     {"GB", 22, "4a6n8n"},
    {"GE", 22, "2a16n"},       {"GI", 23, "4a15c"},     {"GL", 18, "4n9n1n"},        {"GR", 27, "3n4n16c"},
    {"GT", 28, "4c20c"},       {"HN", 28, "4a20n"},     {"HR", 21, "7n10n"},         {"HU", 28, "3n4n1n15n1n"},
    {"IE", 22, "4a6n8n"},      {"IL", 23, "3n3n13n"},   {"IQ", 23, "4a3n12n"},       {"IS", 26, "4n2n6n10n"},
    {"IT", 27, "1a5n5n12c"},   {"JO", 30, "4a4n18c"},   {"KW", 30, "4a22c"},         {"KZ", 20, "3n13c"},
    {"LB", 28, "4n20c"},       {"LC", 32, "4a24c"},     {"LI", 21, "5n12c"},         {"LT", 20, "5n11n"},
    {"LU", 20, "3n13c"},       {"LV", 21, "4a13c"},     {"LY", 25, "3n3n15n"},       {"MC", 27, "5n5n11c2n"},
    {"MD", 24, "2c18c"},       {"ME", 22, "3n13n2n"},   {"MK", 19, "3n10c2n"},       {"MN", 20, "4n12n"},
    {"MR", 27, "5n5n11n2n"},   {"MT", 31, "4a5n18c"},   {"MU", 30, "4a2n2n12n3n3a"}, {"NI", 28, "4a20n"},
    {"NL", 18, "4a10n"},       {"NO", 15, "4n6n1n"},    {"OM", 23, "3n16c"},         {"PK", 24, "4a16c"},
    {"PL", 28, "8n16n"},       {"PS", 29, "4a21c"},     {"PT", 25, "4n4n11n2n"},     {"QA", 29, "4a21c"},
    {"RO", 24, "4a16c"},       {"RS", 22, "3n13n2n"},   {"RU", 33, "9n5n15c"},       {"SA", 24, "2n18c"},
    {"SC", 31, "4a2n2n16n3a"}, {"SD", 18, "2n12n"},     {"SE", 24, "3n16n1n"},       {"SI", 19, "5n8n2n"},
    {"SK", 24, "4n6n10n"},     {"SM", 27, "1a5n5n12c"}, {"SO", 23, "4n3n12n"},       {"ST", 25, "4n4n11n2n"},
    {"SV", 28, "4a20n"},       {"TL", 23, "3n14n2n"},   {"TN", 24, "2n3n13n2n"},     {"TR", 26, "5n1n16c"},
    {"UA", 29, "6n19c"},       {"VA", 22, "3n15n"},     {"VG", 24, "4a16n"},         {"XK", 20, "4n10n2n"},
    {"YE", 30, "4a4n18c"},
});

constexpr std::size_t kBbanStart = 4;

constexpr bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }
constexpr bool is_capital(char letter) { return letter >= 'A' && letter <= 'Z'; }
constexpr bool is_capital_or_digit(char letter) { return is_capital(letter) || is_digit(letter); }

/// Walks a structure: calls `each(count, kind)` for its parts until one says false. Whether all said true.
template <class Each>
constexpr bool every_part(std::string_view structure, Each each) {
  std::size_t count = 0;
  for (const char letter : structure) {
    if (is_digit(letter)) {
      count = count * 10 + static_cast<std::size_t>(letter - '0');
    } else {
      if (!each(count, letter)) return false;
      count = 0;
    }
  }
  return true;
}

static_assert(std::ranges::is_sorted(kFormats, {}, &Format::country));
static_assert(std::ranges::all_of(kFormats, [](const Format& format) {
  std::size_t length = kBbanStart;
  return every_part(format.structure,
                    [&](std::size_t count, char kind) {
                      length += count;
                      return count > 0 && (kind == 'n' || kind == 'a' || kind == 'c');
                    }) &&
         length == format.length;
}));

const Format* format_of(std::string_view country) {
  const auto* const found = std::ranges::lower_bound(kFormats, country, {}, &Format::country);
  return found != kFormats.end() && found->country == country ? found : nullptr;
}

bool has_structure(std::string_view bban, std::string_view structure) {
  return every_part(structure, [&](std::size_t count, char kind) {
    const auto part = bban.substr(0, count);
    bban.remove_prefix(count);
    return std::ranges::all_of(part, [kind](char letter) {
      return kind == 'n' ? is_digit(letter) : kind == 'a' ? is_capital(letter) : is_capital_or_digit(letter);
    });
  });
}

/// ISO 7064 mod 97-10: moved to the end, country and check digits leave the remainder 1 (A counts 10, Z counts 35).
/// 00, 01 and 99 would leave it too, but are never assigned.
bool has_right_check_digits(std::string_view iban) {
  const auto check = iban.substr(2, 2);
  if (check == "00" || check == "01" || check == "99") return false;
  unsigned remainder = 0;
  for (const auto part : {iban.substr(kBbanStart), iban.substr(0, kBbanStart)}) {
    for (const char letter : part) {
      remainder = is_digit(letter) ? remainder * 10 + static_cast<unsigned>(letter - '0')
                                   : remainder * 100 + static_cast<unsigned>(letter - 'A') + 10;
      remainder %= 97;
    }
  }
  return remainder == 1;
}

/// "AEXXXX…" and the like: what documents and bank pages print in place of an account. No bank numbers accounts with
/// four X in a row.
bool is_masked(std::string_view text) {
  return text.contains("XXXX") || text.contains('*') || text.contains("•") || text.contains("…");
}

Error invalid_iban(std::string message) { return field_error(ErrorCode::INVALID_IBAN, "iban", std::move(message)); }

std::string without_blanks_in_capitals(std::string_view text) {
  std::string iban;
  iban.reserve(text.size());
  for (const char letter : text) {
    if (letter == ' ' || letter == '\t') continue;
    iban += letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
  }
  return iban;
}

}  // namespace

Result<Iban> Iban::parse(std::string_view text) {
  auto iban = without_blanks_in_capitals(text);
  if (iban.empty()) return invalid_iban("iban must not be empty");
  if (is_masked(iban)) return invalid_iban("a masked IBAN cannot be used: iban must have all its characters");
  if (!std::ranges::all_of(iban, is_capital_or_digit)) {
    return invalid_iban("iban must consist of letters and digits");
  }
  const bool starts_like_one =
      iban.size() > kBbanStart && is_capital(iban[0]) && is_capital(iban[1]) && is_digit(iban[2]) && is_digit(iban[3]);
  if (!starts_like_one) return invalid_iban("iban must start with two letters for the country and two check digits");

  const auto country = iban.substr(0, 2);
  const auto* const format = format_of(country);
  if (format == nullptr) return invalid_iban("iban must be of a country in the IBAN registry: " + country + " is not");
  if (iban.size() != format->length) {
    return invalid_iban("iban must have " + std::to_string(format->length) + " characters for " + country +
                        ", this one has " + std::to_string(iban.size()));
  }
  if (!has_structure(std::string_view{iban}.substr(kBbanStart), format->structure)) {
    return invalid_iban("iban must have digits and letters in the places that " + country + " gives them");
  }
  if (!has_right_check_digits(iban))
    return invalid_iban("iban must have the right check digits: is there a typing error?");
  return Iban(std::move(iban));
}

std::string Iban::masked() const { return text_.substr(0, kBbanStart) + " •••• " + text_.substr(text_.size() - 4); }

std::string mask_account(std::string_view account) {
  // A short number would be given away by its last four characters, so never more than half of it is kept.
  auto kept = account.size() - std::min<std::size_t>(4, account.size() / 2);
  while (kept < account.size() && (static_cast<unsigned char>(account[kept]) & 0xC0U) == 0x80U) ++kept;
  std::string text = "••••";
  if (kept < account.size()) text.append(" ").append(account.substr(kept));
  return text;
}

bool is_bic(std::string_view text) {
  if (text.size() != 8 && text.size() != 11) return false;
  return std::ranges::all_of(text, is_capital_or_digit) && is_capital(text[4]) && is_capital(text[5]);
}

}  // namespace qantara::iban
