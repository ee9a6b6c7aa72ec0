// An account number that nobody has used before.
#pragma once

#include <string>

#include "base/clock.h"

namespace qantara::demo_shop {

/// An account at Emirates NBD that no payer has added as a payee, so that a cool-off can be seen: its thirteen digits are the
/// microsecond, its check digits the ones that fit.
std::string fresh_iban(Instant now);

}  // namespace qantara::demo_shop
