// The SQL of the gateways that share a database.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "db/transaction.h"

namespace qantara::gateway {

struct Listed {
  GatewayId id;
  std::int64_t beats = 0;  ///< Grows while it lives.
  std::string version;
  Instant started_at;  ///< By its own clock.
};

/// One more beat of `id`, which is entered if it is not there.
Result<void> upsert_beat(db::Transaction& tx, GatewayId id, std::string_view version, Instant started_at);
Result<void> delete_gateway(db::Transaction& tx, GatewayId id);
/// Oldest first.
Result<std::vector<Listed>> select_gateways(db::Transaction& tx);
/// Those who hold leases and are not on the roster: without a beat, a version or a start.
Result<std::vector<Listed>> select_strays(db::Transaction& tx);

}  // namespace qantara::gateway
