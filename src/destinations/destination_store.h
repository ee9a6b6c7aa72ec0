// The SQL of destinations. Account numbers are sealed on the way in and opened on the way out. Which one is the default is the
// application's to say: nothing here is_default.
#pragma once

#include <optional>
#include <vector>

#include "base/crypto.h"
#include "base/result.h"
#include "db/transaction.h"
#include "destinations/destination.h"

namespace qantara::destinations {

Result<void> insert_destination(db::Transaction& tx, const Vault& vault, const Destination& destination);
Result<std::optional<Destination>> select_destination(db::Transaction& tx, const Vault& vault,
                                                      ApplicationId application, DestinationId id);
Result<std::optional<ApplicationId>> select_application_of(db::Transaction& tx, DestinationId id);
Result<std::vector<Destination>> select_destinations(db::Transaction& tx, const Vault& vault,
                                                     ApplicationId application);

}  // namespace qantara::destinations
