#include "gateway/roster_store.h"

namespace qantara::gateway {

Result<void> upsert_beat(db::Transaction& tx, GatewayId id, std::string_view version, Instant started_at) {
  return tx.post(
      "INSERT INTO gateways (id, beats, version, started_at) VALUES ($1, 1, $2, $3) "
      "ON CONFLICT (id) DO UPDATE SET beats = gateways.beats + 1",
      id, version, started_at);
}

Result<void> delete_gateway(db::Transaction& tx, GatewayId id) {
  return tx.post("DELETE FROM gateways WHERE id = $1", id);
}

namespace {

Listed read_listed(db::Row& row) {
  return {.id = row.take<GatewayId>(),
          .beats = row.take<std::int64_t>(),
          .version = row.take<std::string>(),
          .started_at = row.take<Instant>()};
}

}  // namespace

Result<std::vector<Listed>> select_gateways(db::Transaction& tx) {
  return tx.all("SELECT id, beats, version, started_at FROM gateways ORDER BY started_at, id", read_listed);
}

Result<std::vector<Listed>> select_strays(db::Transaction& tx) {
  return tx.all(
      "SELECT lease_holder, 0, '', 0 FROM payments "
      "WHERE lease_holder IS NOT NULL AND lease_holder NOT IN (SELECT id FROM gateways) "
      "UNION SELECT lease_holder, 0, '', 0 FROM link_sessions "
      "WHERE lease_holder IS NOT NULL AND lease_holder NOT IN (SELECT id FROM gateways)",
      read_listed);
}

}  // namespace qantara::gateway
