#include "sandbox_bank/clock_store.h"

namespace qantara::sandbox_bank {

Result<Duration> clock_offset(db::Transaction& tx) {
  ASSIGN_OR_RETURN(const auto micros, tx.one("SELECT offset_micros FROM clock WHERE only_row = 1",
                                             [](db::Row& row) { return row.take<std::int64_t>(); }));
  return Duration{micros.value_or(0)};
}

Result<bool> advance_clock(db::Transaction& tx, Duration offset) {
  ASSIGN_OR_RETURN(
      const auto changed,
      tx.execute("UPDATE clock SET offset_micros = $1 WHERE only_row = 1 AND offset_micros <= $1", offset.count()));
  return changed == 1;
}

}  // namespace qantara::sandbox_bank
