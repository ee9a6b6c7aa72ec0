// The use cases of applications.
#pragma once

#include <optional>
#include <vector>

#include "applications/application.h"
#include "base/random.h"
#include "base/result.h"
#include "db/transaction.h"

namespace qantara::applications {

class Applications {
 public:
  Applications(const Clock& clock, Random& random) : clock_(clock), random_(random) {}

  /// Errors: INVALID_PARAMETERS for a blank or over-long name (field "name", 1–100 characters) or an origin that
  /// parse_origin does not take (field "origin").
  Result<CreatedApplication> create(db::Transaction& tx, const NewApplication& wanted) const;

  /// Nothing for an unknown id.
  Result<std::optional<Application>> find(db::Transaction& tx, ApplicationId id) const;
  /// Nothing for an unknown id, as for an application without one.
  Result<std::optional<DestinationId>> default_destination(db::Transaction& tx, ApplicationId id) const;
  Result<std::vector<Application>> list(db::Transaction& tx) const;
  /// As parse_origin gives them, sorted.
  Result<std::vector<std::string>> origins(db::Transaction& tx, ApplicationId id) const;

  /// One that is there already stays. Errors: UNKNOWN_APPLICATION; INVALID_PARAMETERS (field "origin") for what parse_origin
  /// does not take.
  Result<void> add_origin(db::Transaction& tx, ApplicationId id, std::string_view origin) const;
  /// Errors: as above; INVALID_PARAMETERS (field "origin") also for one that is not registered.
  Result<void> remove_origin(db::Transaction& tx, ApplicationId id, std::string_view origin) const;

  /// As they were registered, sorted.
  Result<std::vector<std::string>> redirect_urls(db::Transaction& tx, ApplicationId id) const;

  /// One that is there already stays. Errors: UNKNOWN_APPLICATION; INVALID_PARAMETERS (field "redirect_url") for what
  /// parse_redirect_url does not take, and for more than 50.
  Result<void> add_redirect_url(db::Transaction& tx, ApplicationId id, std::string_view url) const;
  /// Errors: UNKNOWN_APPLICATION; INVALID_PARAMETERS (field "redirect_url") for one that is not registered.
  Result<void> remove_redirect_url(db::Transaction& tx, ApplicationId id, std::string_view url) const;

  /// Whether payers of this application may be sent to `url` (redirect_url.h). Errors: UNKNOWN_APPLICATION.
  Result<bool> may_return_to(db::Transaction& tx, ApplicationId id, std::string_view url) const;

  /// The destination that intents and connections without one use from now on. The caller has checked that it is this
  /// application's own.
  Result<void> set_default_destination(db::Transaction& tx, ApplicationId id, DestinationId destination) const;

 private:
  /// Errors: UNKNOWN_APPLICATION.
  Result<Application> get(db::Transaction& tx, ApplicationId id) const;

  const Clock& clock_;
  Random& random_;
};

}  // namespace qantara::applications
