// A server's database as a thing that is looked at, while gateways serve it or none does. Nothing is changed.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "base/result.h"
#include "db/database.h"
#include "db/transaction.h"

namespace qantara::db::postgres {

struct ServerExamination {
  std::string version;              ///< "15.20".
  std::string where;                ///< "database qantara on db.internal, port 5432"; no password.
  std::vector<std::string> unsafe;  ///< Settings by which it may lose what it has acknowledged: "fsync is off".
  std::string standby_weakness;     ///< Why a standby may lack what was acknowledged; empty if it does not.
  std::string place;                ///< As Database::place.
  int migrations = 0;               ///< Applied to it, all of them known. 0: it is new.
  int migrations_missing = 0;       ///< Known, and applied when a gateway next starts.
  std::int64_t term = 0;            ///< The one that has begun last.
  enum class Leader { NOBODY, SOMEBODY } leader = Leader::NOBODY;
};

/// Errors: those of open_postgres, but for a server that is not durable.
Result<ServerExamination> examine_server(const std::string& url, std::span<const Migration> migrations);

/// Runs `closure(Transaction&) -> Result<void>` on a snapshot, which it cannot change. Blocks.
/// Errors besides the closure's own: those of open_postgres.
Result<void> look_into_server(const std::string& url, const std::function<Result<void>(Transaction&)>& closure);

template <class Closure>
auto read_server(const std::string& url, Closure closure) -> std::invoke_result_t<Closure&, Transaction&> {
  std::optional<std::invoke_result_t<Closure&, Transaction&>> result;
  RETURN_IF_ERROR(look_into_server(url, [&](Transaction& transaction) -> Result<void> {
    result.emplace(closure(transaction));
    return {};
  }));
  return std::move(*result);
}

}  // namespace qantara::db::postgres
