#include "banking/bank_store.h"

#include <array>

namespace qantara::banking {

namespace {

constexpr auto kHealths = std::to_array<Health>({Health::WELL, Health::UNREACHABLE, Health::MAINTENANCE});

Health read_health(std::string_view text) {
  for (const auto health : kHealths) {
    if (text == to_text(health)) return health;
  }
  return Health::WELL;
}

}  // namespace

std::string_view to_text(Health health) {
  switch (health) {
    case Health::WELL:
      return "WELL";
    case Health::UNREACHABLE:
      return "UNREACHABLE";
    case Health::MAINTENANCE:
      return "MAINTENANCE";
  }
  return "WELL";
}

Result<std::int64_t> insert_bank(db::Transaction& tx, const StoredBank& bank, Instant created_at) {
  return tx.execute(
      "INSERT INTO banks (identifier, settings, created_at) VALUES ($1, $2, $3) ON CONFLICT (identifier) DO NOTHING",
      bank.identifier, bank.settings, created_at);
}

Result<std::int64_t> delete_bank(db::Transaction& tx, std::string_view identifier) {
  return tx.execute("DELETE FROM banks WHERE identifier = $1", identifier);
}

Result<std::vector<StoredBank>> select_banks(db::Transaction& tx) {
  return tx.all("SELECT identifier, settings FROM banks ORDER BY created_at, identifier", [](db::Row& row) {
    return StoredBank{.identifier = row.take<std::string>(), .settings = row.take<std::string>()};
  });
}

Result<Standing> select_standing(db::Transaction& tx, std::string_view identifier) {
  ASSIGN_OR_RETURN(const auto found,
                   tx.one(
                       "SELECT switched_on, health, back_at FROM bank_standings WHERE identifier = $1",
                       [](db::Row& row) {
                         return Standing{.is_switched_on = row.take<bool>(),
                                         .health = read_health(row.take<std::string_view>()),
                                         .back_at = row.take<std::optional<Instant>>()};
                       },
                       identifier));
  return found.value_or(Standing{});
}

Result<void> upsert_standing(db::Transaction& tx, std::string_view identifier, const Standing& standing,
                             Instant changed_at) {
  return tx.post(
      "INSERT INTO bank_standings (identifier, switched_on, health, back_at, changed_at) VALUES ($1, $2, $3, $4, $5) "
      "ON CONFLICT (identifier) DO UPDATE SET switched_on = excluded.switched_on, health = excluded.health, "
      "back_at = excluded.back_at, changed_at = excluded.changed_at",
      identifier, standing.is_switched_on, to_text(standing.health), standing.back_at, changed_at);
}

Result<void> delete_standing(db::Transaction& tx, std::string_view identifier) {
  return tx.post("DELETE FROM bank_standings WHERE identifier = $1", identifier);
}

Result<std::int64_t> insert_switched_off(db::Transaction& tx, ApplicationId application, std::string_view identifier,
                                         Instant created_at) {
  return tx.execute(
      "INSERT INTO switched_off_banks (application_id, bank_identifier, created_at) VALUES ($1, $2, $3) "
      "ON CONFLICT DO NOTHING",
      application, identifier, created_at);
}

Result<std::int64_t> delete_switched_off(db::Transaction& tx, ApplicationId application, std::string_view identifier) {
  return tx.execute("DELETE FROM switched_off_banks WHERE application_id = $1 AND bank_identifier = $2", application,
                    identifier);
}

Result<std::vector<std::string>> select_switched_off(db::Transaction& tx, ApplicationId application) {
  return tx.all(
      "SELECT bank_identifier FROM switched_off_banks WHERE application_id = $1 ORDER BY bank_identifier",
      [](db::Row& row) { return row.take<std::string>(); }, application);
}

Result<bool> is_switched_off(db::Transaction& tx, ApplicationId application, std::string_view identifier) {
  ASSIGN_OR_RETURN(const auto found,
                   tx.one(
                       "SELECT 1 FROM switched_off_banks WHERE application_id = $1 AND bank_identifier = $2",
                       [](db::Row& row) { return row.take<std::int64_t>(); }, application, identifier));
  return found.has_value();
}

}  // namespace qantara::banking
