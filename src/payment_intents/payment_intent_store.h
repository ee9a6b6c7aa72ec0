// The SQL of payment intents.
#pragma once

#include <optional>
#include <vector>

#include "base/paging.h"
#include "base/result.h"
#include "db/transaction.h"
#include "payment_intents/payment_intent.h"

namespace qantara::payment_intents {

Result<void> insert_intent(db::Transaction& tx, const PaymentIntent& intent);
Result<std::optional<PaymentIntent>> select_intent(db::Transaction& tx, ApplicationId application, IntentId id);
/// By id alone.
Result<std::optional<PaymentIntent>> select_any_intent(db::Transaction& tx, IntentId id);
Result<std::vector<IntentId>> select_newest_intents(db::Transaction& tx, int limit);
Result<std::vector<PaymentIntent>> select_intents(db::Transaction& tx, ApplicationId application,
                                                  const IntentFilter& filter, const Slice& slice);
Result<std::int64_t> count_intents(db::Transaction& tx, ApplicationId application, const IntentFilter& filter);

/// Status, update and expiry. False if the row's status is no longer `from`.
Result<bool> update_intent(db::Transaction& tx, const PaymentIntent& intent, IntentStatus from);

/// Unused intents that expire at `now` or before, at most `limit`, those due first; and when the first one does.
Result<std::vector<PaymentIntent>> select_due_intents(db::Transaction& tx, Instant now, int limit);
Result<std::optional<Instant>> select_next_due(db::Transaction& tx);

}  // namespace qantara::payment_intents
