#include "demo_shop/fresh_iban.h"

#include "iban/iban.h"

namespace qantara::demo_shop {

std::string fresh_iban(Instant now) {
  const auto digits = std::to_string(now.time_since_epoch().count() % 10'000'000'000'000);
  const auto account = "026000" + std::string(13 - digits.size(), '0') + digits;
  for (int check = 2; check <= 98; ++check) {
    const auto text = (check < 10 ? "AE0" : "AE") + std::to_string(check) + account;
    if (iban::Iban::parse(text)) return text;
  }
  CHECK(false);  // One of the 97 fits.
}

}  // namespace qantara::demo_shop
