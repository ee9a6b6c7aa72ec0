// IBAN (ISO 13616) and BIC (ISO 9362): checked when read, masked when printed.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace qantara::iban {

/// A valid IBAN in electronic form: capitals and digits, no blanks.
class Iban {
 public:
  /// Blanks are dropped and letters raised. Checked: characters, country, its length and structure (IBAN registry),
  /// and the check digits (ISO 7064 mod 97-10).
  /// Errors: INVALID_IBAN (field "iban"), saying which of these failed, or that the text is a mask ("AEXXXX…").
  static Result<Iban> parse(std::string_view text);

  const std::string& text() const { return text_; }
  std::string_view country() const { return std::string_view{text_}.substr(0, 2); }  ///< ISO 3166 alpha-2.

  /// For people and logs: "AE34 •••• 4001".
  std::string masked() const;

  bool operator==(const Iban&) const = default;

 private:
  explicit Iban(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

/// Masks any account number for people and logs: keeps its last four characters, but never more than half of it.
std::string mask_account(std::string_view account);

/// Whether `text` has the form of a BIC: 8 or 11 characters, country letters in their place.
bool is_bic(std::string_view text);

}  // namespace qantara::iban
