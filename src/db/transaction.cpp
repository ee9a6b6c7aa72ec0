#include "db/transaction.h"

#include "base/check.h"
#include "base/text.h"

namespace qantara::db {

Uuid Row::uuid(int column) const {
  const std::optional<Uuid> found = Uuid::from_bytes(as_bytes(text(column)));
  CHECK(found.has_value());
  return *found;
}

}  // namespace qantara::db
