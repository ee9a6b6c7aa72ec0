// Which migrations a database has, as it remembers them itself, beside those that this version knows.
#pragma once

#include <span>
#include <string>

#include "base/result.h"
#include "db/database.h"

namespace qantara::db {

struct Applied {
  int number;
  std::string name;
  std::string checksum;
};

/// Lower-case hex SHA-256 of its text.
std::string checksum(const Migration& migration);

/// What was applied is what this version would apply first, in its order. Errors: STORAGE_FAILED, saying why not: the database
/// has migrations that we do not know (a newer version wrote it), or one of them has another text than ours.
Result<void> compare_history(std::span<const Applied> applied, std::span<const Migration> known);

}  // namespace qantara::db
