// The bank's ledger: double entry, in minor units. The sum over all entries of a currency is zero at any time.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "db/transaction.h"
#include "money/money.h"

namespace qantara::sandbox_bank {

/// A payer's account, or the bank's own side of a currency (`username` absent).
struct Account {
  std::string number;  ///< The IBAN, or "CLEARING-AED".
  std::optional<std::string> username;
  std::string currency;
  std::string name;
  std::int64_t balance;  ///< Minor units; never negative where there is a username.

  std::string bban() const { return number.substr(4); }
  std::string masked() const;
};

/// Money from one account to another. `payment_id` absent: an opening balance.
struct Transfer {
  std::optional<PaymentId> payment_id;
  money::Money amount;
  std::string debit_account;
  std::string credit_account;
  std::string reference;  ///< The bank's, 16 digits for a payment.
  Instant booked_at;
};

enum class Booking { BOOKED, NOT_ENOUGH_MONEY };

/// Writes the transfer and its two entries. A payment that was booked already is STORAGE_FAILED: the database says so.
Result<Booking> book(db::Transaction& tx, const Transfer& transfer);

/// Opens the accounts of the test users that are not open yet, with their opening balances.
Result<void> open_accounts(db::Transaction& tx, Instant at);

/// The account that takes what is paid to `number`: that account if it is ours and in this currency, else clearing.
Result<std::string> receiving_account(db::Transaction& tx, std::string_view number, money::Currency currency);

}  // namespace qantara::sandbox_bank
