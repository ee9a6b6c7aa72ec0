#include "db/transaction.h"

#include "base/check.h"
#include "base/text.h"

namespace qantara::db {

Type type_of(const Value& value) {
  switch (value.index()) {
    case 0:
      return std::get<Null>(value).type;
    case 1:
      return Type::INTEGER;
    case 2:
      return Type::TEXT;
    default:
      return Type::BYTES;
  }
}

Uuid Row::uuid(int column) const {
  const std::optional<Uuid> found = Uuid::from_bytes(as_bytes(text(column)));
  CHECK(found.has_value());
  return *found;
}

}  // namespace qantara::db
