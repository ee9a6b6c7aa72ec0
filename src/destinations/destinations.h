// The use cases of destinations.
#pragma once

#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "applications/applications.h"
#include "base/crypto.h"
#include "base/random.h"
#include "base/result.h"
#include "db/transaction.h"
#include "destinations/destination.h"

namespace qantara::destinations {

/// Destinations that were read before. They never change, in whatever gateway, so none is read and opened twice; only which
/// one is the default does, and is not held here. For any thread.
class ReadBefore {
 public:
  std::optional<Destination> find(DestinationId id) const;
  void note(const Destination& destination);

 private:
  mutable std::mutex mutex_;
  std::unordered_map<DestinationId, Destination> by_id_;
};

class Destinations {
 public:
  Destinations(const Clock& clock, Random& random, const Vault& vault, const applications::Applications& applications)
      : clock_(clock), random_(random), vault_(vault), applications_(applications) {}

  /// Everything that can be said of `wanted` without the database. Result: the same with the IBAN in its electronic form.
  /// Errors, in this order: INVALID_NAME (fewer than two words), INVALID_PARAMETERS (display_name blank, over-long or
  /// unprintable texts, country, currency, local bank codes, the owner's identifier, BIC), MISSING_PARAMETERS (neither IBAN
  /// nor account number), INVALID_IBAN, MISSING_PARAMETERS (an account number without anything that names its bank, in
  /// the United States, the United Kingdom, India and Canada).
  Result<NewDestination> check(NewDestination wanted) const;

  /// Stores what `check` let pass. The caller has seen that the owning customer, if any, is the application's. The first
  /// destination that an application owns itself becomes its default.
  Result<Destination> create(db::Transaction& tx, ApplicationId application, NewDestination checked) const;

  /// Errors: UNKNOWN_PAYMENT_DESTINATION, the same for another application's.
  Result<Destination> get(db::Transaction& tx, ApplicationId application, DestinationId id) const;

  /// By id alone: for operators, who see every application.
  Result<std::optional<Destination>> find(db::Transaction& tx, DestinationId id) const;

  /// The destination that `wanted` names, else the application's default.
  /// Errors: UNKNOWN_PAYMENT_DESTINATION; MISSING_PARAMETERS on payment_destination_id if there is no default.
  Result<Destination> get_or_default(db::Transaction& tx, ApplicationId application,
                                     std::optional<DestinationId> wanted) const;

  /// Every destination of the application, oldest first; or those that one customer owns.
  Result<std::vector<Destination>> list(db::Transaction& tx, ApplicationId application) const;
  Result<std::vector<Destination>> list_of_customer(db::Transaction& tx, ApplicationId application,
                                                    CustomerId customer) const;

  /// Errors: UNKNOWN_PAYMENT_DESTINATION; INVALID_PARAMETERS for a destination that a customer owns.
  Result<Destination> make_default(db::Transaction& tx, ApplicationId application, DestinationId id) const;

 private:
  /// As `get`, where the application's default is known.
  Result<Destination> read(db::Transaction& tx, ApplicationId application, DestinationId id,
                           std::optional<DestinationId> usual) const;

  const Clock& clock_;
  Random& random_;
  const Vault& vault_;
  const applications::Applications& applications_;
  mutable ReadBefore read_before_;
};

}  // namespace qantara::destinations
