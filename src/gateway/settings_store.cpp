#include "gateway/settings_store.h"

namespace qantara::gateway {

Result<std::optional<std::string>> select_setting(db::Transaction& tx, std::string_view name) {
  return tx.one(
      "SELECT value FROM settings WHERE name = $1", [](db::Row& row) { return row.take<std::string>(); }, name);
}

Result<void> upsert_setting(db::Transaction& tx, std::string_view name, std::string_view value) {
  return tx.post(
      "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
      name, value);
}

}  // namespace qantara::gateway
