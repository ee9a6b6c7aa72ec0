// The SQL of payment intents.
#pragma once

#include <optional>

#include "base/result.h"
#include "db/transaction.h"
#include "payment_intents/payment_intent.h"

namespace qantara::payment_intents {

Result<void> insert_intent(db::Transaction& tx, const PaymentIntent& intent);
Result<std::optional<PaymentIntent>> select_intent(db::Transaction& tx, ApplicationId application, IntentId id);
/// By id alone.
Result<std::optional<PaymentIntent>> select_any_intent(db::Transaction& tx, IntentId id);
Result<std::vector<IntentId>> select_newest_intents(db::Transaction& tx, int limit);

}  // namespace qantara::payment_intents
