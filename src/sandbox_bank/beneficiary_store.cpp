#include "sandbox_bank/beneficiary_store.h"

namespace qantara::sandbox_bank {

namespace {

Beneficiary read_beneficiary(db::Row& row) {
  return {.id = row.take<BeneficiaryId>(),
          .username = row.take<std::string>(),
          .creditor_name = row.take<std::string>(),
          .creditor_account = row.take<std::string>(),
          .status = *parse<BeneficiaryStatus>(row.take<std::string_view>()),
          .cool_off_until = row.take<std::optional<Instant>>(),
          .created_at = row.take<Instant>()};
}

}  // namespace

Result<void> insert_beneficiary(db::Transaction& tx, const Beneficiary& beneficiary) {
  RETURN_IF_ERROR(tx.execute(
      "INSERT INTO beneficiaries (id, username, creditor_name, creditor_account, status, cool_off_until, created_at) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7)",
      beneficiary.id, beneficiary.username, beneficiary.creditor_name, beneficiary.creditor_account,
      to_text(beneficiary.status), beneficiary.cool_off_until, beneficiary.created_at));
  return {};
}

Result<void> update_beneficiary(db::Transaction& tx, const Beneficiary& beneficiary) {
  RETURN_IF_ERROR(tx.execute("UPDATE beneficiaries SET status = $2, cool_off_until = $3 WHERE id = $1", beneficiary.id,
                             to_text(beneficiary.status), beneficiary.cool_off_until));
  return {};
}

Result<std::optional<Beneficiary>> find_beneficiary(db::Transaction& tx, BeneficiaryId id) {
  return tx.one(
      "SELECT id, username, creditor_name, creditor_account, status, cool_off_until, created_at FROM beneficiaries "
      "WHERE id = $1",
      read_beneficiary, id);
}

Result<std::optional<Beneficiary>> find_payee(db::Transaction& tx, std::string_view username,
                                              std::string_view creditor_account) {
  return tx.one(
      "SELECT id, username, creditor_name, creditor_account, status, cool_off_until, created_at FROM beneficiaries "
      "WHERE username = $1 AND creditor_account = $2 AND status IN ('pendingAuthorisation', 'listed')",
      read_beneficiary, username, creditor_account);
}

}  // namespace qantara::sandbox_bank
