// The SQL of the bank's clock.
#pragma once

#include "db/transaction.h"

namespace qantara::sandbox_bank {

Result<Duration> clock_offset(db::Transaction& tx);
/// False, and nothing is changed, if the clock would go back.
Result<bool> advance_clock(db::Transaction& tx, Duration offset);

}  // namespace qantara::sandbox_bank
