#include "db/schema_history.h"

#include <fmt/format.h>

#include "base/check.h"
#include "base/crypto.h"
#include "base/text.h"

namespace qantara::db {

namespace {

Error refusal(std::string message) { return error(ErrorCode::STORAGE_FAILED, std::move(message)); }

}  // namespace

std::string checksum(const Migration& migration) { return to_hex(sha256(migration.sql)); }

Result<void> compare_history(std::span<const Applied> applied, std::span<const Migration> known) {
  for (std::size_t i = 1; i < known.size(); ++i) CHECK(known[i - 1].number < known[i].number);
  if (applied.size() > known.size()) {
    return refusal(fmt::format("The database has {} migrations, this version knows {}: a newer version wrote it",
                               applied.size(), known.size()));
  }
  for (std::size_t i = 0; i < applied.size(); ++i) {
    if (applied[i].number == known[i].number && applied[i].checksum == checksum(known[i])) continue;
    return refusal(fmt::format("Migration {} ({}) of the database is not the one that this version knows ({} {})",
                               applied[i].number, applied[i].name, known[i].number, known[i].name));
  }
  return {};
}

}  // namespace qantara::db
