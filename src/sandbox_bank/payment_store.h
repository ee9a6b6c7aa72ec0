// The SQL of payments.
#pragma once

#include <optional>

#include "sandbox_bank/payments.h"

namespace qantara::sandbox_bank {

Result<void> insert_payment(db::Transaction& tx, const Payment& payment);
/// Its status and all that comes with it.
Result<void> update_payment(db::Transaction& tx, const Payment& payment);
Result<std::optional<Payment>> find_payment(db::Transaction& tx, PaymentId id);

}  // namespace qantara::sandbox_bank
