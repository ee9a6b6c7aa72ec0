// PostgreSQL's types by number (pg_type.dat): the same on every server.
#pragma once

#include <postgres_ext.h>

#include <utility>

#include "db/transaction.h"

namespace qantara::db::postgres {

inline constexpr Oid kBool = 16;
inline constexpr Oid kBytea = 17;
inline constexpr Oid kInt8 = 20;
inline constexpr Oid kInt2 = 21;
inline constexpr Oid kInt4 = 23;
inline constexpr Oid kText = 25;
inline constexpr Oid kByteaArray = 1001;
inline constexpr Oid kTextArray = 1009;
inline constexpr Oid kInt8Array = 1016;

inline Oid oid_of(Type type) {
  switch (type) {
    case Type::INTEGER:
      return kInt8;
    case Type::TEXT:
      return kText;
    case Type::BYTES:
      return kBytea;
  }
  std::unreachable();
}

inline Oid array_oid_of(Type type) {
  switch (type) {
    case Type::INTEGER:
      return kInt8Array;
    case Type::TEXT:
      return kTextArray;
    case Type::BYTES:
      return kByteaArray;
  }
  std::unreachable();
}

}  // namespace qantara::db::postgres
