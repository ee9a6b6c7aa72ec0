// The SQL of payment sources, accounts and beneficiaries.
#pragma once

#include <optional>
#include <vector>

#include "base/crypto.h"
#include "base/result.h"
#include "db/transaction.h"
#include "payment_sources/payment_source.h"

namespace qantara::payment_sources {

/// Rows without their accounts and beneficiaries.
Result<std::optional<PaymentSource>> select_source(db::Transaction& tx, PaymentSourceId id);
Result<std::optional<PaymentSource>> select_source_of_bank_user(db::Transaction& tx, CustomerId customer,
                                                                std::string_view bank_identifier,
                                                                std::string_view bank_user_index);
Result<std::vector<PaymentSource>> select_sources(db::Transaction& tx, ApplicationId application, CustomerId customer);
Result<std::vector<PaymentSourceId>> select_newest_sources(db::Transaction& tx, int limit);
Result<void> insert_source(db::Transaction& tx, const PaymentSource& source, std::string_view bank_user_index,
                           std::string_view state_sealed);
/// Using a source takes its `reconnect_id` away.
Result<void> update_source_state(db::Transaction& tx, PaymentSourceId id, std::string_view state_sealed, Instant now);
Result<std::optional<std::string>> select_source_state(db::Transaction& tx, PaymentSourceId id);

Result<void> update_reconnect_id(db::Transaction& tx, PaymentSourceId id, std::optional<Uuid> reconnect_id);
Result<std::optional<PaymentSource>> select_source_to_reconnect(db::Transaction& tx, Uuid reconnect_id);

Result<std::vector<Account>> select_accounts(db::Transaction& tx, const Vault& vault, PaymentSourceId source);
/// Inserts, or refreshes the account with the same index; its ids stay.
Result<void> upsert_account(db::Transaction& tx, const Vault& vault, PaymentSourceId source, int position,
                            std::string_view account_index, const Account& account);

Result<std::vector<Beneficiary>> select_beneficiaries(db::Transaction& tx, PaymentSourceId source);
Result<std::optional<Beneficiary>> select_beneficiary(db::Transaction& tx, BeneficiaryId id);
Result<std::vector<Beneficiary>> select_due_beneficiaries(db::Transaction& tx, Instant now, int limit);
Result<std::optional<Instant>> select_next_due(db::Transaction& tx);
/// Whether it was inserted: false if source and destination are linked already.
Result<bool> insert_beneficiary(db::Transaction& tx, const Beneficiary& beneficiary, Instant now);
/// Errors: VERSION_CONFLICT if somebody else changed it meanwhile.
Result<void> update_beneficiary(db::Transaction& tx, const Beneficiary& beneficiary,
                                std::optional<Instant> next_check_at);
/// Lets the beneficiaries of the source that cool off be looked at from `due_at` on.
Result<void> hasten_checks(db::Transaction& tx, PaymentSourceId source, Instant due_at);

/// Marks the source as removed, which others here that read sources do not see any more, and its bank's consent as due to be ended.
Result<void> remove_source(db::Transaction& tx, PaymentSourceId id, RemovalReason reason, Instant now);
Result<std::optional<RemovedSource>> select_removed_source(db::Transaction& tx, PaymentSourceId id);
Result<std::vector<RemovedSource>> select_consents_due(db::Transaction& tx, Instant now, int limit);
Result<std::optional<Instant>> select_next_consent_due(db::Transaction& tx);
Result<void> postpone_consent(db::Transaction& tx, PaymentSourceId id, Instant due_at);
/// The bank has forgotten the consent, and so does the row.
Result<void> forget_consent(db::Transaction& tx, PaymentSourceId id);

}  // namespace qantara::payment_sources
