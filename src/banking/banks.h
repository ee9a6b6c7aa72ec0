// The banks that this gateway knows, each with its connector. Fixed while it runs.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "banking/bank.h"
#include "banking/connector.h"

namespace qantara::banking {

/// The connector of a bank that is not there.
std::unique_ptr<BankConnector> make_missing_bank();

class Banks {
 public:
  /// `identifier` must not be there yet.
  void add(Bank bank, std::unique_ptr<BankConnector> connector);

  /// The bank with this identifier, or null.
  const Bank* find(std::string_view identifier) const;

  /// The bank's connector. For a bank that is not configured (any more) it is one that reaches nobody: every call is NOT_SENT,
  /// so what is under way waits until the operator brings the bank back.
  BankConnector& connector(std::string_view identifier) const;

  /// In the order of configuration.
  std::vector<const Bank*> all() const;

 private:
  struct Entry {
    Bank bank;
    std::unique_ptr<BankConnector> connector;
  };
  const Entry* find_entry(std::string_view identifier) const;

  std::vector<Entry> entries_;
  std::unique_ptr<BankConnector> missing_ = make_missing_bank();
};

}  // namespace qantara::banking
