// An amount as it is stored: minor units beside a currency.
#pragma once

#include "base/check.h"
#include "db/transaction.h"
#include "money/money.h"

namespace qantara::payment_intents {

/// The next two columns of a row: `amount, currency`.
inline money::Money take_money(db::Row& row) {
  const auto minor = row.take<std::int64_t>();
  const auto currency = money::Currency::find(row.take<std::string_view>());
  CHECK(currency.has_value());  // Only known currencies are ever stored.
  return {minor, *currency};
}

}  // namespace qantara::payment_intents
