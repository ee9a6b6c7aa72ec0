// The use cases of payment sources.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "banking/connector.h"
#include "base/crypto.h"
#include "base/random.h"
#include "base/result.h"
#include "db/transaction.h"
#include "events/events.h"
#include "payment_sources/payment_source.h"

namespace qantara::payment_sources {

/// Announced when a beneficiary begins to cool off: the timer has a new earliest end.
inline constexpr db::Channel kCoolOffStarted{1};
/// Announced when a source was removed: its bank is to forget the payer's consent.
inline constexpr db::Channel kSourceRemoved{3};

/// What a finished connection brought. `linked` and `state` are the connector's words.
struct Connection {
  ApplicationId application;
  CustomerId customer;
  std::string bank_identifier;
  std::string bank_name;
  banking::Linked linked;
  banking::ConnectorState state;
  DestinationId destination;
  banking::BeneficiaryAdded beneficiary;
};

class PaymentSources {
 public:
  PaymentSources(const Clock& clock, Random& random, const Vault& vault, const events::Events& events)
      : clock_(clock), random_(random), vault_(vault), events_(events) {}

  /// Writes source, accounts, beneficiary and their events. The same customer, bank and bank user: the existing source is
  /// refreshed (accounts, connector state) and gets the new beneficiary; a destination already linked stays as it is.
  Result<PaymentSource> connect(db::Transaction& tx, const Connection& connection) const;

  /// Adds a beneficiary to a source that exists; `state` is what the connector remembers now.
  /// Errors: BENEFICIARY_ALREADY_EXISTS.
  Result<Beneficiary> add_beneficiary(db::Transaction& tx, const PaymentSource& source, DestinationId destination,
                                      const banking::BeneficiaryAdded& added,
                                      const banking::ConnectorState& state) const;

  /// Errors: UNKNOWN_PAYMENT_SOURCE, the same for another customer's or application's.
  Result<PaymentSource> get(db::Transaction& tx, ApplicationId application, CustomerId customer,
                            PaymentSourceId id) const;
  /// Oldest first.
  Result<std::vector<PaymentSource>> list(db::Transaction& tx, ApplicationId application, CustomerId customer) const;

  /// Removes the source with its beneficiaries; payments that were made from it stay. The bank forgets the payer's consent soon
  /// (ConsentRemover). Errors: UNKNOWN_PAYMENT_SOURCE, also for one that was removed.
  Result<void> remove(db::Transaction& tx, ApplicationId application, CustomerId customer, PaymentSourceId id,
                      RemovalReason reason) const;
  /// Removed sources whose banks are to be told by `now`; at most `limit`, those due first.
  Result<std::vector<RemovedSource>> consents_due(db::Transaction& tx, Instant now, int limit) const;
  Result<std::optional<Instant>> next_consent_due(db::Transaction& tx) const;
  /// The bank has forgotten the consent; nothing is left to be remembered of it.
  Result<void> consent_ended(db::Transaction& tx, PaymentSourceId id) const;
  Result<void> postpone_consent_end(db::Transaction& tx, PaymentSourceId id, Instant due_at) const;

  /// The bank does not honour the payer's consent any more: the source gets a `reconnect_id`, unless it has one. Using the
  /// source with success, in whatever way, takes it away again.
  Result<void> consent_lapsed(db::Transaction& tx, PaymentSourceId id) const;
  /// The source that waits to be reconnected under this id. Errors: UNKNOWN_PAYMENT_SOURCE.
  Result<PaymentSource> of_reconnect_id(db::Transaction& tx, ApplicationId application, Uuid reconnect_id) const;
  /// The payer has signed in again: accounts and connector state are what that brought, and beneficiaries that cool off are
  /// looked at anew. Errors: UNKNOWN_PAYMENT_SOURCE.
  Result<void> reconnect(db::Transaction& tx, PaymentSourceId id, const banking::Linked& linked,
                         const banking::ConnectorState& state) const;

  /// By id alone: for workers, which act for every application.
  Result<std::optional<PaymentSource>> find(db::Transaction& tx, PaymentSourceId id) const;

  /// A source that was removed, by id alone: for operators.
  Result<std::optional<RemovedSource>> find_removed(db::Transaction& tx, PaymentSourceId id) const;

  /// Ids of the newest sources, removed ones too, newest first.
  Result<std::vector<PaymentSourceId>> newest(db::Transaction& tx, int limit) const;

  /// Whether the source belongs to this user of its bank.
  Result<bool> is_bank_user(db::Transaction& tx, PaymentSourceId id, std::string_view bank_user) const;

  Result<banking::ConnectorState> connector_state(db::Transaction& tx, PaymentSourceId id) const;
  Result<void> set_connector_state(db::Transaction& tx, PaymentSourceId id, const banking::ConnectorState& state) const;

  /// Beneficiaries whose cool-off should have ended by `now`; at most `limit`, those due first.
  Result<std::vector<Beneficiary>> due_beneficiaries(db::Transaction& tx, Instant now, int limit) const;
  /// When the next one is due; nothing if none waits.
  Result<std::optional<Instant>> next_due(db::Transaction& tx) const;

  /// The bank says how the beneficiary stands: usable now (moves it to ACTIVE, with its event), or until when it cools off.
  /// A beneficiary that is active already stays so, quietly.
  Result<void> cool_off_answered(db::Transaction& tx, BeneficiaryId id, const banking::BeneficiaryAdded& answer) const;
  /// The bank could not be asked: look again later.
  Result<void> postpone_check(db::Transaction& tx, BeneficiaryId id, Instant next_check_at, std::string_view why) const;

 private:
  std::string bank_user_index(std::string_view bank_user) const;
  Result<PaymentSource> complete(db::Transaction& tx, PaymentSource source) const;
  Result<Beneficiary> create_beneficiary(db::Transaction& tx, const PaymentSource& source, DestinationId destination,
                                         const banking::BeneficiaryAdded& added) const;
  Result<void> store_accounts(db::Transaction& tx, PaymentSourceId source,
                              const std::vector<banking::Account>& accounts) const;
  Result<void> append_beneficiary_event(db::Transaction& tx, events::Type type, const Beneficiary& beneficiary,
                                        std::string_view bank_identifier) const;

  const Clock& clock_;
  Random& random_;
  const Vault& vault_;
  const events::Events& events_;
};

}  // namespace qantara::payment_sources
