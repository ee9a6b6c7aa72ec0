// The banks that this gateway knows, each with its connector, as they are now: an operator may add, change and remove them
// while payments are under way.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "banking/bank.h"
#include "banking/connector.h"

namespace qantara::banking {

/// The connector of a bank that is not there.
std::shared_ptr<BankConnector> make_missing_bank();

/// Any thread. What is handed out stays as it is and alive for whoever holds it: a call that is under way ends with the
/// connector it was begun with, whatever becomes of the bank meanwhile.
class Banks {
 public:
  struct Activity {
    bool active = true;
    std::optional<Instant> back_at;
  };

  /// Adds the bank as the last one; one with the same identifier is replaced and keeps its place.
  void put(Bank bank, std::shared_ptr<BankConnector> connector);
  void remove(std::string_view identifier);
  /// Says whether the bank can be used now. Nothing happens for one that is not there.
  void set_activity(std::string_view identifier, Activity activity);

  /// The bank with this identifier as it is now, or null.
  std::shared_ptr<const Bank> find(std::string_view identifier) const;

  /// The bank's connector, never null. For a bank that is not configured (any more) it is one that reaches nobody: every call is
  /// NOT_SENT, so what is under way waits until the operator brings the bank back.
  std::shared_ptr<BankConnector> connector(std::string_view identifier) const;

  /// In the order in which they were put.
  std::vector<std::shared_ptr<const Bank>> all() const;

 private:
  struct Entry {
    std::shared_ptr<const Bank> bank;
    std::shared_ptr<BankConnector> connector;
  };

  mutable std::mutex mutex_;
  std::vector<Entry> entries_;  ///< Guarded by mutex_.
  std::shared_ptr<BankConnector> missing_ = make_missing_bank();
};

}  // namespace qantara::banking
