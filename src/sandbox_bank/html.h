// HTML as text that is escaped unless it was made here.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"

namespace qantara::sandbox_bank {

enum class Language { ENGLISH, ARABIC };

/// Markup. Text becomes markup only through `escape`.
struct Html {
  std::string text;

  Html& operator+=(const Html& more) {
    text += more.text;
    return *this;
  }
  friend Html operator+(Html a, const Html& b) {
    a += b;
    return a;
  }
};

Html escape(std::string_view text);

/// `words` with each {name} replaced; the words themselves are escaped. One sentence per language, never joined pieces.
Html fill(std::string_view words, std::initializer_list<std::pair<std::string_view, Html>> slots);

Html bdi(std::string_view text);  ///< Text of either direction: names, references.
Html ltr(std::string_view text);  ///< Codes, times, ids.
/// An account's number; an IBAN in groups of four by margins, so that a copy has no blanks.
Html account_number(std::string_view number);
/// "AED 1,000.00", or in Arabic the figure and the currency's name.
Html amount(std::int64_t minor, std::string_view currency, Language language);
Html time_of_day(Instant at);  ///< "09:41 UTC"
Html date_and_time(Instant at);

}  // namespace qantara::sandbox_bank
