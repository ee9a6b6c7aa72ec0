#include "banking/banks.h"

#include <algorithm>

#include "base/check.h"

namespace qantara::banking {

void Banks::add(Bank bank, std::unique_ptr<BankConnector> connector) {
  CHECK(find_entry(bank.identifier) == nullptr);
  entries_.push_back({std::move(bank), std::move(connector)});
}

const Bank* Banks::find(std::string_view identifier) const {
  const Entry* const entry = find_entry(identifier);
  return entry ? &entry->bank : nullptr;
}

BankConnector& Banks::connector(std::string_view identifier) const {
  const Entry* const entry = find_entry(identifier);
  return entry ? *entry->connector : *missing_;
}

std::vector<const Bank*> Banks::all() const {
  std::vector<const Bank*> banks;
  for (const auto& entry : entries_) banks.push_back(&entry.bank);
  return banks;
}

const Banks::Entry* Banks::find_entry(std::string_view identifier) const {
  const auto found = std::ranges::find(entries_, identifier,
                                       [](const Entry& entry) { return std::string_view{entry.bank.identifier}; });
  return found == entries_.end() ? nullptr : &*found;
}

}  // namespace qantara::banking
