// A customer: the merchant's user, who pays.
#pragma once

#include <string>
#include <vector>

#include "banking/government_identifier.h"
#include "base/clock.h"
#include "base/ids.h"

namespace qantara::customers {

using banking::GovernmentIdentifier;
using banking::GovernmentIdentifierType;

struct Customer {
  CustomerId id;
  ApplicationId application;
  std::string app_user_id;  ///< The merchant's own name for the user: 1–255 characters, unique per application.
  std::vector<GovernmentIdentifier> government_identifiers;
  Instant created_at;
};

struct NewCustomer {
  std::string app_user_id;
  std::vector<GovernmentIdentifier> government_identifiers = {};
};

}  // namespace qantara::customers
