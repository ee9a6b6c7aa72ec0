// The SQL of payments.
#pragma once

#include <optional>
#include <vector>

#include "base/crypto.h"
#include "base/paging.h"
#include "base/result.h"
#include "db/transaction.h"
#include "payments/payment.h"

namespace qantara::payments {

/// Whether it was inserted: false if the intent has a payment already.
Result<bool> insert_payment(db::Transaction& tx, const Vault& vault, const Payment& payment);

/// Writes everything that can change. Errors: VERSION_CONFLICT if somebody else changed it meanwhile.
Result<void> update_payment(db::Transaction& tx, const Vault& vault, Payment& payment);

Result<std::optional<Payment>> select_payment(db::Transaction& tx, const Vault& vault, PaymentId id);
Result<std::optional<Payment>> select_payment_of_intent(db::Transaction& tx, const Vault& vault, IntentId intent);

Result<std::vector<PaymentId>> select_payments(db::Transaction& tx, ApplicationId application,
                                               const PaymentFilter& filter, const Slice& slice);
Result<std::int64_t> count_payments(db::Transaction& tx, ApplicationId application, const PaymentFilter& filter);

Result<std::vector<PaymentId>> select_newest_payments(db::Transaction& tx, int limit);

/// Whose leases of `holder`'s have run out, but for orders that may be on their way: the worker asks about those.
Result<std::vector<PaymentId>> select_lapsed(db::Transaction& tx, GatewayId holder, Instant real_now, Duration lease);
Result<void> end_payment_lease(db::Transaction& tx, PaymentId id);

/// Payments to ask the bank about, those due first; without those that are leased, to others or to `holder` at `real_now`.
Result<std::vector<DuePayment>> select_due_payments(db::Transaction& tx, GatewayId holder, Instant now,
                                                    Instant real_now, Duration lease, int limit);
Result<std::optional<Instant>> select_next_due(db::Transaction& tx, GatewayId holder, Instant real_now, Duration lease);
Result<std::vector<PaymentId>> select_submitting(db::Transaction& tx);
Result<std::vector<PaymentId>> select_submitting_of(db::Transaction& tx, GatewayId holder);
/// No call is in work for any payment, which is true only after a restart: every lease has run out.
Result<void> end_payment_leases(db::Transaction& tx);
Result<void> end_payment_leases_of(db::Transaction& tx, GatewayId holder);

}  // namespace qantara::payments
