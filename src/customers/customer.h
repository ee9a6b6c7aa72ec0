// A customer: the merchant's user, who pays.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/ids.h"

namespace qantara::customers {

struct Customer {
  CustomerId id;
  ApplicationId application;
  std::string app_user_id;  ///< The merchant's own name for the user: 1–255 characters, unique per application.
  Instant created_at;
};

}  // namespace qantara::customers
