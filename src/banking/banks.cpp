#include "banking/banks.h"

#include <algorithm>
#include <utility>

namespace qantara::banking {

namespace {

template <class Entries>
auto find_entry(Entries& entries, std::string_view identifier) {
  return std::ranges::find(entries, identifier,
                           [](const auto& entry) { return std::string_view{entry.bank->identifier}; });
}

}  // namespace

void Banks::put(Bank bank, std::shared_ptr<BankConnector> connector) {
  Entry entry{.bank = std::make_shared<const Bank>(std::move(bank)), .connector = std::move(connector)};
  const std::scoped_lock lock{mutex_};
  const auto known = find_entry(entries_, entry.bank->identifier);
  if (known == entries_.end()) {
    entries_.push_back(std::move(entry));
  } else {
    *known = std::move(entry);
  }
}

void Banks::remove(std::string_view identifier) {
  const std::scoped_lock lock{mutex_};
  const auto known = find_entry(entries_, identifier);
  if (known != entries_.end()) entries_.erase(known);
}

void Banks::set_activity(std::string_view identifier, Activity activity) {
  const std::scoped_lock lock{mutex_};
  const auto known = find_entry(entries_, identifier);
  if (known == entries_.end()) return;
  auto changed = std::make_shared<Bank>(*known->bank);
  changed->active = activity.active;
  changed->back_at = activity.back_at;
  known->bank = std::move(changed);
}

std::shared_ptr<const Bank> Banks::find(std::string_view identifier) const {
  const std::scoped_lock lock{mutex_};
  const auto known = find_entry(entries_, identifier);
  return known == entries_.end() ? nullptr : known->bank;
}

std::shared_ptr<BankConnector> Banks::connector(std::string_view identifier) const {
  const std::scoped_lock lock{mutex_};
  const auto known = find_entry(entries_, identifier);
  return known == entries_.end() ? missing_ : known->connector;
}

std::vector<std::shared_ptr<const Bank>> Banks::all() const {
  std::vector<std::shared_ptr<const Bank>> banks;
  const std::scoped_lock lock{mutex_};
  for (const auto& entry : entries_) banks.push_back(entry.bank);
  return banks;
}

}  // namespace qantara::banking
