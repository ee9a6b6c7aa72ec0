// The operator's registry of banks: which there are, which are switched on, how they are, and who is told when that changes.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
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

/// Announced when a bank was added or removed, or stands otherwise than before: who shares the database takes it over.
inline constexpr db::Channel kBanksChanged{5};

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

  /// Takes over what the database says of banks: what other gateways have changed. Errors: those of its read.
  Task<Result<void>> refresh();

  /// Adds a bank, in use from now on. Errors: those of read_bank and of the connector; INVALID_PARAMETERS on `identifier` for one
  /// that is taken.
  Task<Result<RegisteredBank>> add(json::Value settings);

  /// Payments under way at the bank wait until it is added again. Errors: UNKNOWN_BANK; INVALID_PARAMETERS for a bank of the
  /// configuration.
  Task<Result<void>> remove(std::string identifier);

  /// The operator's switch. Errors: UNKNOWN_BANK.
  Task<Result<RegisteredBank>> set_switch(std::string identifier, Switch wanted);

  /// What the one that leads in `term` found out about the bank. Nothing happens for one that is not there.
  /// Errors: SERVICE_UNAVAILABLE once that term has ended.
  Task<Result<void>> set_health(db::Term term, std::string identifier, banking::Health health,
                                std::optional<Instant> back_at);

  /// The application's switch. Errors: UNKNOWN_APPLICATION; UNKNOWN_BANK, also for a bank that it cannot see.
  Task<Result<void>> set_application_switch(ApplicationId application, std::string identifier, Switch wanted);

  /// Every bank, with how it stands.
  Result<std::vector<RegisteredBank>> list(db::Transaction& tx) const;

 private:
  /// What the database says of banks.
  struct Known {
    std::vector<banking::StoredBank> added;
    std::vector<banking::Standing> standings;  ///< Of the configured ones, then of the added ones.
  };
  Task<Result<Known>> read() const;
  void take_over(const Known& known);
  void take_over(const banking::StoredBank& added, const banking::Standing& standing);
  /// What is read already is older than what is about to be known.
  void outdate_reads() { taken_over_ = ++asked_; }

  Task<Result<RegisteredBank>> change(std::string identifier, std::function<void(banking::Standing&)> edit,
                                      std::optional<db::Term> term);
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
  std::map<std::string, std::string, std::less<>>
      settings_;  ///< Of those that were added, as they stand in the database.
  // Reads are numbered as they begin: one that began earlier tells nothing that is not known.
  std::int64_t asked_ = 0;
  std::int64_t taken_over_ = 0;
};

}  // namespace qantara::bank_registry
