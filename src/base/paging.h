// The part of a list that is wanted. Lists are ordered by id, and ids by time: what is new comes last and shifts no page.
#pragma once

#include <cstdint>

#include "base/uuid.h"

namespace qantara {

/// Of the elements behind the one with id `after` (all are behind the nil UUID) `offset` are left out, and `limit` follow.
struct Slice {
  Uuid after;
  std::int64_t offset = 0;
  int limit = 50;
};

}  // namespace qantara
