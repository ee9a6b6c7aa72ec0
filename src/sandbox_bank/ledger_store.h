// The SQL of the ledger.
#pragma once

#include <map>

#include "sandbox_bank/ledger.h"

namespace qantara::sandbox_bank {

Result<std::optional<Account>> find_account(db::Transaction& tx, std::string_view number);
Result<std::vector<Account>> accounts_of(db::Transaction& tx, std::string_view username);

/// False if it was there already.
Result<bool> insert_account(db::Transaction& tx, const Account& account);

/// False, and nothing is changed, if a payer's balance would become negative.
Result<bool> add_to_balance(db::Transaction& tx, std::string_view number, std::int64_t amount);

/// Result: its place in the order of bookings.
Result<std::int64_t> insert_transfer(db::Transaction& tx, const Transfer& transfer);
Result<void> insert_entry(db::Transaction& tx, std::int64_t transfer_seq, std::string_view account,
                          std::int64_t amount);

/// A booked payment, with both sides.
struct BookedPayment {
  std::int64_t seq;
  PaymentId payment_id;
  std::string username;
  std::string end_to_end_id;
  std::string debtor_account;
  std::string creditor_account;
  std::string creditor_name;
  std::string currency;
  std::int64_t amount;
  std::string remittance;
  std::string bank_reference;
  Instant booked_at;
};
Result<std::vector<BookedPayment>> booked_payments(db::Transaction& tx);
Result<std::optional<BookedPayment>> find_booked_payment(db::Transaction& tx, PaymentId payment);

struct Entry {
  std::int64_t transfer_seq;
  std::string account_number;
  std::string currency;
  std::int64_t amount;
  std::string reference;
  Instant booked_at;
};
Result<std::vector<Entry>> entries(db::Transaction& tx);  ///< In the order in which they were booked.

/// The sum of all entries of each currency.
Result<std::map<std::string, std::int64_t>> sums(db::Transaction& tx);

}  // namespace qantara::sandbox_bank
