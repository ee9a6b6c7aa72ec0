// What the engine's tests share.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "db/database.h"
#include "db/test_support.h"

namespace qantara::db::sqlite {

/// A new directory, removed with all that is in it.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string path = (std::filesystem::temp_directory_path() / "qantara-db-XXXXXX").string();
    if (::mkdtemp(path.data()) == nullptr) std::terminate();
    path_ = path;
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

/// A payment and its outbox row, written together: each has the other, or neither is there.
inline constexpr Migration kLedgerMigrations[] = {
    {1, "payments", "CREATE TABLE payments (id INTEGER PRIMARY KEY, note TEXT NOT NULL) STRICT"},
    {2, "outbox",
     "CREATE TABLE outbox (payment_id INTEGER PRIMARY KEY REFERENCES payments (id)) STRICT, WITHOUT ROWID"},
};

/// What is wrong with a ledger in which `acknowledged` were written and `refused` were not: empty if nothing is.
inline std::string fault_in_ledger(Database& database, const std::vector<int>& acknowledged,
                                   const std::vector<int>& refused) {
  const auto read_int = [](Row& row) { return row.take<int>(); };
  const Result<std::string> fault = finish(database.read([&](Transaction& tx) -> Result<std::string> {
    const auto read_text = [](Row& row) { return row.take<std::optional<std::string>>(); };
    ASSIGN_OR_RETURN(const std::vector<std::optional<std::string>> integrity,
                     tx.all("PRAGMA integrity_check", read_text));
    if (integrity.size() != 1 || integrity.front() != "ok") return "corrupt";
    ASSIGN_OR_RETURN(const std::vector<int> found, tx.all("SELECT id FROM payments ORDER BY id", read_int));
    ASSIGN_OR_RETURN(const std::vector<int> told,
                     tx.all("SELECT payment_id FROM outbox ORDER BY payment_id", read_int));
    if (found != told) return "half a transaction is there";
    const auto is_there = [&](int id) { return std::ranges::binary_search(found, id); };
    if (!std::ranges::all_of(acknowledged, is_there)) return "an acknowledged write is lost";
    if (std::ranges::any_of(refused, is_there)) return "a refused write is there";
    return "";
  }));
  return fault ? *fault : "unreadable: " + fault.error().cause;
}

}  // namespace qantara::db::sqlite
