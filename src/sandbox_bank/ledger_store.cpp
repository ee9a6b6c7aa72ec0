#include "sandbox_bank/ledger_store.h"

namespace qantara::sandbox_bank {

namespace {

Account read_account(db::Row& row) {
  return {.number = row.take<std::string>(),
          .username = row.take<std::optional<std::string>>(),
          .currency = row.take<std::string>(),
          .name = row.take<std::string>(),
          .balance = row.take<std::int64_t>()};
}

BookedPayment read_booked_payment(db::Row& row) {
  return {.seq = row.take<std::int64_t>(),
          .payment_id = row.take<PaymentId>(),
          .username = row.take<std::string>(),
          .end_to_end_id = row.take<std::string>(),
          .debtor_account = row.take<std::string>(),
          .creditor_account = row.take<std::string>(),
          .creditor_name = row.take<std::string>(),
          .currency = row.take<std::string>(),
          .amount = row.take<std::int64_t>(),
          .remittance = row.take<std::string>(),
          .bank_reference = row.take<std::string>(),
          .booked_at = row.take<Instant>()};
}

}  // namespace

Result<std::optional<Account>> find_account(db::Transaction& tx, std::string_view number) {
  return tx.one("SELECT number, username, currency, name, balance FROM accounts WHERE number = $1", read_account,
                number);
}

Result<std::vector<Account>> accounts_of(db::Transaction& tx, std::string_view username) {
  return tx.all("SELECT number, username, currency, name, balance FROM accounts WHERE username = $1 ORDER BY number",
                read_account, username);
}

Result<bool> insert_account(db::Transaction& tx, const Account& account) {
  ASSIGN_OR_RETURN(
      const auto changed,
      tx.execute("INSERT INTO accounts (number, username, currency, name, balance) VALUES ($1, $2, $3, $4, $5) "
                 "ON CONFLICT (number) DO NOTHING",
                 account.number, account.username, account.currency, account.name, account.balance));
  return changed == 1;
}

Result<bool> add_to_balance(db::Transaction& tx, std::string_view number, std::int64_t amount) {
  ASSIGN_OR_RETURN(const auto changed, tx.execute("UPDATE accounts SET balance = balance + $2 "
                                                  "WHERE number = $1 AND (username IS NULL OR balance + $2 >= 0)",
                                                  number, amount));
  return changed == 1;
}

Result<std::int64_t> insert_transfer(db::Transaction& tx, const Transfer& transfer) {
  ASSIGN_OR_RETURN(const auto seq, tx.one(
                                       "INSERT INTO transfers (payment_id, currency, amount, reference, booked_at) "
                                       "VALUES ($1, $2, $3, $4, $5) RETURNING seq",
                                       [](db::Row& row) { return row.take<std::int64_t>(); }, transfer.payment_id,
                                       transfer.amount.currency().code(), transfer.amount.minor(), transfer.reference,
                                       transfer.booked_at));
  CHECK(seq);
  return *seq;
}

Result<void> insert_entry(db::Transaction& tx, std::int64_t transfer_seq, std::string_view account,
                          std::int64_t amount) {
  RETURN_IF_ERROR(tx.execute("INSERT INTO entries (transfer_seq, account_number, amount) VALUES ($1, $2, $3)",
                             transfer_seq, account, amount));
  return {};
}

Result<std::vector<BookedPayment>> booked_payments(db::Transaction& tx) {
  return tx.all(
      "SELECT t.seq, p.id, p.username, p.end_to_end_id, p.debtor_account, p.creditor_account, p.creditor_name, "
      "t.currency, "
      "t.amount, p.remittance, t.reference, t.booked_at "
      "FROM transfers t JOIN payments p ON p.id = t.payment_id ORDER BY t.seq",
      read_booked_payment);
}

Result<std::optional<BookedPayment>> find_booked_payment(db::Transaction& tx, PaymentId payment) {
  return tx.one(
      "SELECT t.seq, p.id, p.username, p.end_to_end_id, p.debtor_account, p.creditor_account, p.creditor_name, "
      "t.currency, "
      "t.amount, p.remittance, t.reference, t.booked_at "
      "FROM transfers t JOIN payments p ON p.id = t.payment_id WHERE t.payment_id = $1",
      read_booked_payment, payment);
}

Result<std::vector<Entry>> entries(db::Transaction& tx) {
  return tx.all(
      "SELECT e.transfer_seq, e.account_number, t.currency, e.amount, t.reference, t.booked_at "
      "FROM entries e JOIN transfers t ON t.seq = e.transfer_seq ORDER BY e.transfer_seq, e.amount",
      [](db::Row& row) {
        return Entry{.transfer_seq = row.take<std::int64_t>(),
                     .account_number = row.take<std::string>(),
                     .currency = row.take<std::string>(),
                     .amount = row.take<std::int64_t>(),
                     .reference = row.take<std::string>(),
                     .booked_at = row.take<Instant>()};
      });
}

Result<std::map<std::string, std::int64_t>> sums(db::Transaction& tx) {
  ASSIGN_OR_RETURN(const auto rows, tx.all("SELECT t.currency, SUM(e.amount) FROM entries e "
                                           "JOIN transfers t ON t.seq = e.transfer_seq GROUP BY t.currency",
                                           [](db::Row& row) {
                                             auto currency = row.take<std::string>();
                                             return std::pair{std::move(currency), row.take<std::int64_t>()};
                                           }));
  return std::map<std::string, std::int64_t>{rows.begin(), rows.end()};
}

}  // namespace qantara::sandbox_bank
