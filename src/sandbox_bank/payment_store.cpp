#include "sandbox_bank/payment_store.h"

namespace qantara::sandbox_bank {

namespace {

std::optional<std::string_view> text_of(const std::optional<DueEvent>& event) {
  return event.transform([](DueEvent known) { return to_text(known); });
}

}  // namespace

Result<void> insert_payment(db::Transaction& tx, const Payment& payment) {
  RETURN_IF_ERROR(tx.execute(
      "INSERT INTO payments (id, username, consent_id, product, end_to_end_id, currency, amount, debtor_account, "
      "creditor_name, creditor_account, remittance, asked_by, status, due_at, due_event, created_at) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
      payment.id, payment.username, payment.consent_id, payment.product, payment.end_to_end_id, payment.currency,
      payment.amount, payment.debtor_account, payment.creditor_name, payment.creditor_account, payment.remittance,
      payment.asked_by, to_text(payment.status), payment.due_at, text_of(payment.due_event), payment.created_at));
  return {};
}

Result<void> update_payment(db::Transaction& tx, const Payment& payment) {
  RETURN_IF_ERROR(tx.execute(
      "UPDATE payments SET status = $2, reason_code = $3, reason_text = $4, bank_reference = $5, reference_from = $6, "
      "due_at = $7, due_event = $8 WHERE id = $1",
      payment.id, to_text(payment.status), payment.reason_code, payment.reason_text, payment.bank_reference,
      payment.reference_from, payment.due_at, text_of(payment.due_event)));
  return {};
}

Result<std::optional<Payment>> find_payment(db::Transaction& tx, PaymentId id) {
  return tx.one(
      "SELECT id, username, consent_id, product, end_to_end_id, currency, amount, debtor_account, creditor_name, "
      "creditor_account, remittance, asked_by, status, reason_code, reason_text, bank_reference, reference_from, "
      "due_at, "
      "due_event, created_at FROM payments WHERE id = $1",
      [](db::Row& row) {
        return Payment{.id = row.take<PaymentId>(),
                       .username = row.take<std::string>(),
                       .consent_id = row.take<std::optional<ConsentId>>(),
                       .product = row.take<std::string>(),
                       .end_to_end_id = row.take<std::string>(),
                       .currency = row.take<std::string>(),
                       .amount = row.take<std::int64_t>(),
                       .debtor_account = row.take<std::string>(),
                       .creditor_name = row.take<std::string>(),
                       .creditor_account = row.take<std::string>(),
                       .remittance = row.take<std::string>(),
                       .asked_by = row.take<std::string>(),
                       .status = *parse<PaymentStatus>(row.take<std::string_view>()),
                       .reason_code = row.take<std::optional<std::string>>(),
                       .reason_text = row.take<std::optional<std::string>>(),
                       .bank_reference = row.take<std::optional<std::string>>(),
                       .reference_from = row.take<std::optional<Instant>>(),
                       .due_at = row.take<std::optional<Instant>>(),
                       .due_event = row.take<std::optional<std::string>>().and_then(
                           [](const auto& text) { return parse<DueEvent>(text); }),
                       .created_at = row.take<Instant>()};
      },
      id);
}

}  // namespace qantara::sandbox_bank
