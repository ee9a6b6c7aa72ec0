// The operator's registry of banks: which there are, which are switched on, how they are, and who is told when that changes.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "applications/applications.h"
#include "banking/bank_store.h"
#include "banking/banks.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/task.h"
#include "db/database.h"
#include "events/events.h"
#include "json/json.h"

namespace qantara::bank_registry {

enum class Switch { ON, OFF };

/// Where a bank's settings stand.
enum class Origin {
  CONFIGURED,  ///< In the configuration file, or the sandbox's own: fixed while the gateway runs.
  ADDED,       ///< In the database: added, and to be removed, while it runs.
};

std::string_view to_text(Origin origin);

struct RegisteredBank {
  std::shared_ptr<const banking::Bank> bank;
  Origin origin;
  banking::Standing standing;
};

/// Of a bank as one application has it; it can be used when both are true.
struct Availability {
  bool active;   ///< Here: the operator's switch is on, and the bank is well.
  bool enabled;  ///< The application's switch.
};

/// `{"active": {"payments", "data"}, "enabled": {"payments", "data"}}`; there is no data to be had here.
void write_availability(json::Writer& writer, Availability availability);

/// Whether applications of this mode know the bank: no mock bank is seen in live mode.
bool is_seen(const banking::Bank& bank, applications::Mode mode);

class BankRegistry {
 public:
  using MakeConnector = std::function<Result<std::shared_ptr<banking::BankConnector>>(const banking::Bank&)>;

  /// `banks` is what everybody else looks banks up in; from now on it changes here only.
  BankRegistry(db::Database& database, const Clock& clock, const events::Events& events,
               const applications::Applications& applications, banking::Banks& banks, MakeConnector make_connector)
      : database_(database),
        clock_(clock),
        events_(events),
        applications_(applications),
        banks_(banks),
        make_connector_(std::move(make_connector)) {}

  /// At start: puts `configured` banks and those that were added where everybody looks them up. Once.
  /// Errors: INVALID_PARAMETERS for two banks with one identifier and for one that no connector can be made for; an added one
  /// for which that is so is left out, and logged.
  Task<Result<void>> open(std::vector<banking::Bank> configured);

  /// Adds a bank, in use from now on. Errors: those of read_bank and of the connector; INVALID_PARAMETERS on `identifier` for one
  /// that is taken.
  Task<Result<RegisteredBank>> add(json::Value settings);

  /// Payments under way at the bank wait until it is added again. Errors: UNKNOWN_BANK; INVALID_PARAMETERS for a bank of the
  /// configuration.
  Task<Result<void>> remove(std::string identifier);

  /// The operator's switch. Errors: UNKNOWN_BANK.
  Task<Result<RegisteredBank>> set_switch(std::string identifier, Switch wanted);

  /// What was found out about the bank. Nothing happens for one that is not there.
  Task<Result<void>> set_health(std::string identifier, banking::Health health, std::optional<Instant> back_at);

  /// The application's switch. Errors: UNKNOWN_APPLICATION; UNKNOWN_BANK, also for a bank that it cannot see.
  Task<Result<void>> set_application_switch(ApplicationId application, std::string identifier, Switch wanted);

  /// Every bank, with how it stands.
  Result<std::vector<RegisteredBank>> list(db::Transaction& tx) const;

 private:
  Task<Result<RegisteredBank>> change(std::string identifier, std::function<void(banking::Standing&)> edit);
  Result<void> tell_everybody(db::Transaction& tx, const banking::Bank& bank, const banking::Standing& standing) const;
  Result<void> tell(db::Transaction& tx, ApplicationId application, const banking::Bank& bank,
                    const banking::Standing& standing) const;
  bool is_configured(std::string_view identifier) const;

  db::Database& database_;
  const Clock& clock_;
  const events::Events& events_;
  const applications::Applications& applications_;
  banking::Banks& banks_;
  MakeConnector make_connector_;
  std::vector<std::string> configured_;  ///< Identifiers. Fixed once `open` is through.
};

}  // namespace qantara::bank_registry
