#include "sandbox_bank/ledger.h"

#include "iban/iban.h"
#include "sandbox_bank/ledger_store.h"
#include "sandbox_bank/users.h"
#include "sandbox_bank/wire.h"

namespace qantara::sandbox_bank {

namespace {

Result<std::string> clearing_account(db::Transaction& tx, money::Currency currency) {
  Account clearing{.number = "CLEARING-",
                   .username = {},
                   .currency = std::string{currency.code()},
                   .name = "CLEARING",
                   .balance = 0};
  clearing.number += currency.code();
  ASSIGN_OR_RETURN([[maybe_unused]] const bool is_new, insert_account(tx, clearing));
  return clearing.number;
}

}  // namespace

std::string Account::masked() const { return username ? iban::mask_account(number) : number; }

Result<Booking> book(db::Transaction& tx, const Transfer& transfer) {
  const std::int64_t amount = transfer.amount.minor();
  ASSIGN_OR_RETURN(const bool covered, add_to_balance(tx, transfer.debit_account, -amount));
  if (!covered) return Booking::NOT_ENOUGH_MONEY;
  ASSIGN_OR_RETURN(const bool credited, add_to_balance(tx, transfer.credit_account, amount));
  CHECK(credited);
  ASSIGN_OR_RETURN(const std::int64_t seq, insert_transfer(tx, transfer));
  RETURN_IF_ERROR(insert_entry(tx, seq, transfer.debit_account, -amount));
  RETURN_IF_ERROR(insert_entry(tx, seq, transfer.credit_account, amount));
  return Booking::BOOKED;
}

Result<void> open_accounts(db::Transaction& tx, Instant at) {
  for (const TestUser& user : test_users()) {
    for (const TestAccount& account : user.accounts) {
      ASSIGN_OR_RETURN(const bool is_new, insert_account(tx, {.number = std::string{account.iban},
                                                              .username = std::string{user.username},
                                                              .currency = std::string{account.currency},
                                                              .name = std::string{account.name},
                                                              .balance = 0}));
      if (!is_new) continue;
      const auto currency = money::Currency::find(account.currency);
      CHECK(currency);
      ASSIGN_OR_RETURN(const auto opening, money::Money::parse(account.opening_balance, *currency));
      ASSIGN_OR_RETURN(const auto clearing, clearing_account(tx, *currency));
      ASSIGN_OR_RETURN(const Booking booked, book(tx, {.payment_id = {},
                                                       .amount = opening,
                                                       .debit_account = clearing,
                                                       .credit_account = std::string{account.iban},
                                                       .reference = "OPENING",
                                                       .booked_at = at}));
      CHECK(booked == Booking::BOOKED);
    }
  }
  return {};
}

Result<std::string> receiving_account(db::Transaction& tx, std::string_view number, money::Currency currency) {
  ASSIGN_OR_RETURN(const auto ours, find_account(tx, number));
  if (ours && ours->currency == currency.code()) return ours->number;
  return clearing_account(tx, currency);
}

}  // namespace qantara::sandbox_bank
