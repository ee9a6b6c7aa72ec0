// The SQL of banks: those that were added, how each stands, and which an application has switched off.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "db/transaction.h"

namespace qantara::banking {

struct StoredBank {
  std::string identifier;
  std::string settings;  ///< JSON, as read_bank takes it.
};

/// Result: how many rows were written; none where the identifier is taken.
Result<std::int64_t> insert_bank(db::Transaction& tx, const StoredBank& bank, Instant created_at);
Result<std::int64_t> delete_bank(db::Transaction& tx, std::string_view identifier);
/// In the order in which they were added.
Result<std::vector<StoredBank>> select_banks(db::Transaction& tx);

/// What is known of a bank that can be reached or not.
enum class Health {
  WELL,
  UNREACHABLE,  ///< It has not answered for a while.
  MAINTENANCE,  ///< It says that it is closed.
};

std::string_view to_text(Health health);

struct Standing {
  bool is_switched_on = true;  ///< The operator's word.
  Health health = Health::WELL;
  std::optional<Instant> back_at;  ///< Of MAINTENANCE, if the bank said.

  bool is_active() const { return is_switched_on && health == Health::WELL; }
  bool operator==(const Standing&) const = default;
};

/// How the bank stands; as a new one where nothing is known of it.
Result<Standing> select_standing(db::Transaction& tx, std::string_view identifier);
Result<void> upsert_standing(db::Transaction& tx, std::string_view identifier, const Standing& standing,
                             Instant changed_at);
Result<void> delete_standing(db::Transaction& tx, std::string_view identifier);

/// Result: how many rows were written.
Result<std::int64_t> insert_switched_off(db::Transaction& tx, ApplicationId application, std::string_view identifier,
                                         Instant created_at);
Result<std::int64_t> delete_switched_off(db::Transaction& tx, ApplicationId application, std::string_view identifier);
/// The banks that the application does not offer to its payers, by identifier.
Result<std::vector<std::string>> select_switched_off(db::Transaction& tx, ApplicationId application);
Result<bool> is_switched_off(db::Transaction& tx, ApplicationId application, std::string_view identifier);

}  // namespace qantara::banking
