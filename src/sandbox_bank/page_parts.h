// What the bank's pages are made of.
#pragma once

#include <string>
#include <string_view>

#include "sandbox_bank/authorisations.h"
#include "sandbox_bank/payments.h"
#include "sandbox_bank/words.h"

namespace qantara::sandbox_bank {

/// Who looks at a page, and how.
struct Viewer {
  Language language;
  const Words& words;
  std::string user;  ///< The filter of the app page; empty for all.

  /// `path` in this language, with the filter kept.
  std::string href(std::string_view path, std::string_view lang) const {
    std::string address = std::string{path} + "?lang=" + std::string{lang};
    if (!user.empty()) address += "&user=" + http::percent_encode(user);
    return address;
  }
  std::string href(std::string_view path) const { return href(path, words.lang); }
};

Viewer viewer(const Visit& visit);

Html element(std::string_view tag, std::string_view css_class, const Html& content);
Html link(std::string_view href, std::string_view text);
/// A form of one button.
Html button_form(std::string_view action, std::string_view css_class, std::string_view label);

/// What a page does by itself: nothing, look again in five seconds, or go on to another address at once.
struct Refresh {
  enum class What { NO, SOON, GO_ON } what = What::NO;
  std::string address = {};
};

/// A whole page. `path` is where it is, for the other language's link.
http::Response page(const Viewer& viewer, std::string_view path, std::string_view css_class, std::string_view title,
                    const Html& body, const Refresh& refresh = {}, int status = 200);

/// What the payer is asked: amount and payee, account, reference, payer, who asked and until when.
Html describe(const Viewer& viewer, const Authorisation& authorisation, const Payment& payment);

/// What became of a payment whose authorisation is over, with the ledger line it made.
Result<Html> outcome(db::Transaction& tx, const Viewer& viewer, const Authorisation& authorisation,
                     const Payment& payment);

/// A form of another site may not decide for a person here.
bool comes_from_elsewhere(const Visit& visit);

}  // namespace qantara::sandbox_bank
