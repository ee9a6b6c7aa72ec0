#include "payment_sources/payment_sources.h"

#include <algorithm>

#include "json/json.h"
#include "payment_sources/payment_source_store.h"

namespace qantara::payment_sources {

namespace {

std::string state_context(PaymentSourceId id) { return "payment_sources.connector_state:" + id.to_text(); }

constexpr auto kClockSlack = std::chrono::seconds{5};  ///< A bank whose clock is a little behind ours.

Error unknown_source() { return error(ErrorCode::UNKNOWN_PAYMENT_SOURCE, "there is no payment source with this id"); }

events::Subject subject_of(ApplicationId application, PaymentSourceId source) {
  return {.application = application, .aggregate = source.uuid};
}

std::string source_payload(const PaymentSource& source, const Beneficiary& first, std::string_view bank_name) {
  json::Writer writer;
  writer.begin_object()
      .member("id", source.id.to_text())
      .member("customer_id", source.customer.to_text())
      .member("status", to_text(first.status))
      .member("bank_identifier", source.bank_identifier)
      .member("bank_name", bank_name)
      .name("end_user_id")
      .null()
      .end_object();
  return std::move(writer).text();
}

}  // namespace

Result<PaymentSource> PaymentSources::connect(db::Transaction& tx, const Connection& connection) const {
  const auto user_index = bank_user_index(connection.linked.bank_user);
  ASSIGN_OR_RETURN(auto source,
                   select_source_of_bank_user(tx, connection.customer, connection.bank_identifier, user_index));
  const bool is_new = !source;
  if (is_new) {
    source = PaymentSource{.id = PaymentSourceId::make(clock_, random_),
                           .application = connection.application,
                           .customer = connection.customer,
                           .bank_identifier = connection.bank_identifier,
                           .beneficiaries = {},
                           .accounts = {},
                           .created_at = clock_.now(),
                           .reconnect_id = {}};
    RETURN_IF_ERROR(
        insert_source(tx, *source, user_index, vault_.seal(connection.state.json, state_context(source->id))));
  } else {
    RETURN_IF_ERROR(set_connector_state(tx, source->id, connection.state));
    RETURN_IF_ERROR(
        events_.append(tx, subject_of(source->application, source->id), events::Type::PAYMENT_SOURCE_REFRESHED, "{}"));
  }
  RETURN_IF_ERROR(store_accounts(tx, source->id, connection.linked.accounts));

  ASSIGN_OR_RETURN(const auto existing, select_beneficiaries(tx, source->id));
  const bool is_linked =
      std::ranges::any_of(existing, [&](const auto& found) { return found.destination == connection.destination; });
  if (is_linked) return complete(tx, *std::move(source));

  ASSIGN_OR_RETURN(const auto beneficiary,
                   create_beneficiary(tx, *source, connection.destination, connection.beneficiary));
  if (is_new) {
    RETURN_IF_ERROR(events_.append(tx, subject_of(source->application, source->id),
                                   events::Type::PAYMENT_SOURCE_CREATED,
                                   source_payload(*source, beneficiary, connection.bank_name)));
  }
  RETURN_IF_ERROR(
      append_beneficiary_event(tx, events::Type::BENEFICIARY_CREATED, beneficiary, source->bank_identifier));
  return complete(tx, *std::move(source));
}

Result<Beneficiary> PaymentSources::add_beneficiary(db::Transaction& tx, const PaymentSource& source,
                                                    DestinationId destination, const banking::BeneficiaryAdded& added,
                                                    const banking::ConnectorState& state) const {
  ASSIGN_OR_RETURN(const auto still_there, select_source(tx, source.id));
  if (!still_there) return unknown_source();
  RETURN_IF_ERROR(set_connector_state(tx, source.id, state));
  ASSIGN_OR_RETURN(auto beneficiary, create_beneficiary(tx, source, destination, added));
  RETURN_IF_ERROR(append_beneficiary_event(tx, events::Type::BENEFICIARY_CREATED, beneficiary, source.bank_identifier));
  return beneficiary;
}

Result<PaymentSource> PaymentSources::get(db::Transaction& tx, ApplicationId application, CustomerId customer,
                                          PaymentSourceId id) const {
  ASSIGN_OR_RETURN(auto source, select_source(tx, id));
  if (!source || source->application != application || source->customer != customer) return unknown_source();
  return complete(tx, *std::move(source));
}

Result<std::vector<PaymentSource>> PaymentSources::list(db::Transaction& tx, ApplicationId application,
                                                        CustomerId customer) const {
  ASSIGN_OR_RETURN(auto rows, select_sources(tx, application, customer));
  std::vector<PaymentSource> sources;
  for (auto& row : rows) {
    ASSIGN_OR_RETURN(auto source, complete(tx, std::move(row)));
    sources.push_back(std::move(source));
  }
  return sources;
}

Result<void> PaymentSources::remove(db::Transaction& tx, ApplicationId application, CustomerId customer,
                                    PaymentSourceId id, RemovalReason reason) const {
  ASSIGN_OR_RETURN(const auto source, get(tx, application, customer, id));
  RETURN_IF_ERROR(remove_source(tx, id, reason, clock_.now()));
  tx.announce(kSourceRemoved);
  json::Writer payload;
  payload.begin_object()
      .member("id", id.to_text())
      .member("customer_id", customer.to_text())
      .member("bank_identifier", source.bank_identifier)
      .member("reason", to_text(reason))
      .end_object();
  return events_.append(tx, subject_of(application, id), events::Type::PAYMENT_SOURCE_DELETED, payload.text());
}

Result<std::vector<RemovedSource>> PaymentSources::consents_due(db::Transaction& tx, Instant now, int limit) const {
  return select_consents_due(tx, now, limit);
}

Result<std::optional<Instant>> PaymentSources::next_consent_due(db::Transaction& tx) const {
  return select_next_consent_due(tx);
}

Result<void> PaymentSources::consent_ended(db::Transaction& tx, PaymentSourceId id) const {
  return forget_consent(tx, id);
}

Result<void> PaymentSources::postpone_consent_end(db::Transaction& tx, PaymentSourceId id, Instant due_at) const {
  return postpone_consent(tx, id, due_at);
}

Result<void> PaymentSources::consent_lapsed(db::Transaction& tx, PaymentSourceId id) const {
  ASSIGN_OR_RETURN(const auto source, select_source(tx, id));
  if (!source || source->reconnect_id) return {};
  RETURN_IF_ERROR(update_reconnect_id(tx, id, Uuid::make(clock_, random_)));
  return events_.append(tx, subject_of(source->application, id), events::Type::CONSENT_LAPSED, "{}");
}

Result<PaymentSource> PaymentSources::of_reconnect_id(db::Transaction& tx, ApplicationId application,
                                                      Uuid reconnect_id) const {
  ASSIGN_OR_RETURN(auto source, select_source_to_reconnect(tx, reconnect_id));
  if (!source || source->application != application)
    return error(ErrorCode::UNKNOWN_PAYMENT_SOURCE, "no payment source waits to be reconnected under this id");
  return complete(tx, *std::move(source));
}

Result<void> PaymentSources::reconnect(db::Transaction& tx, PaymentSourceId id, const banking::Linked& linked,
                                       const banking::ConnectorState& state) const {
  ASSIGN_OR_RETURN(const auto source, select_source(tx, id));
  if (!source) return unknown_source();
  RETURN_IF_ERROR(set_connector_state(tx, id, state));
  RETURN_IF_ERROR(store_accounts(tx, id, linked.accounts));
  RETURN_IF_ERROR(hasten_checks(tx, id, clock_.now()));
  tx.announce(kCoolOffStarted);
  return events_.append(tx, subject_of(source->application, id), events::Type::PAYMENT_SOURCE_REFRESHED, "{}");
}

Result<std::optional<PaymentSource>> PaymentSources::find(db::Transaction& tx, PaymentSourceId id) const {
  ASSIGN_OR_RETURN(auto row, select_source(tx, id));
  if (!row) return std::optional<PaymentSource>{};
  ASSIGN_OR_RETURN(auto source, complete(tx, *std::move(row)));
  return std::optional{std::move(source)};
}

Result<std::optional<RemovedSource>> PaymentSources::find_removed(db::Transaction& tx, PaymentSourceId id) const {
  return select_removed_source(tx, id);
}

Result<std::vector<PaymentSourceId>> PaymentSources::newest(db::Transaction& tx, int limit) const {
  return select_newest_sources(tx, limit);
}

Result<bool> PaymentSources::is_bank_user(db::Transaction& tx, PaymentSourceId id, std::string_view bank_user) const {
  ASSIGN_OR_RETURN(const auto source, select_source(tx, id));
  if (!source) return unknown_source();
  ASSIGN_OR_RETURN(const auto found, select_source_of_bank_user(tx, source->customer, source->bank_identifier,
                                                                bank_user_index(bank_user)));
  return found && found->id == id;
}

Result<banking::ConnectorState> PaymentSources::connector_state(db::Transaction& tx, PaymentSourceId id) const {
  ASSIGN_OR_RETURN(const auto sealed, select_source_state(tx, id));
  if (!sealed) return unknown_source();
  ASSIGN_OR_RETURN(auto json, vault_.unseal(*sealed, state_context(id)));
  return banking::ConnectorState{std::move(json)};
}

Result<void> PaymentSources::set_connector_state(db::Transaction& tx, PaymentSourceId id,
                                                 const banking::ConnectorState& state) const {
  return update_source_state(tx, id, vault_.seal(state.json, state_context(id)), clock_.now());
}

Result<std::vector<Beneficiary>> PaymentSources::due_beneficiaries(db::Transaction& tx, Instant now, int limit) const {
  return select_due_beneficiaries(tx, now, limit);
}

Result<std::optional<Instant>> PaymentSources::next_due(db::Transaction& tx) const { return select_next_due(tx); }

Result<void> PaymentSources::cool_off_answered(db::Transaction& tx, BeneficiaryId id,
                                               const banking::BeneficiaryAdded& answer) const {
  ASSIGN_OR_RETURN(auto beneficiary, select_beneficiary(tx, id));
  if (!beneficiary || beneficiary->status == BeneficiaryStatus::ACTIVE) return {};
  RETURN_IF_ERROR(update_reconnect_id(tx, beneficiary->source, std::nullopt));

  if (answer.cool_off_until) {
    // The bank still lets it cool off, whatever our clock says: its clock is behind ours, or it has made the wait longer.
    beneficiary->cool_off_expires_at = answer.cool_off_until;
    RETURN_IF_ERROR(update_beneficiary(tx, *beneficiary, std::max(*answer.cool_off_until, clock_.now() + kClockSlack)));
    tx.announce(kCoolOffStarted);
    json::Writer payload;
    payload.begin_object().member("cool_off_until", qantara::to_text(*answer.cool_off_until)).end_object();
    return events_.append(tx, subject_of(beneficiary->application, beneficiary->source),
                          events::Type::BENEFICIARY_CHECKED, payload.text());
  }

  const auto next = next_state(kBeneficiaryTransitions, beneficiary->status, BeneficiaryEvent::cool_off_ended);
  CHECK(next.has_value());
  beneficiary->status = *next;
  RETURN_IF_ERROR(update_beneficiary(tx, *beneficiary, std::nullopt));
  ASSIGN_OR_RETURN(const auto source, select_source(tx, beneficiary->source));
  CHECK(source.has_value());
  return append_beneficiary_event(tx, events::Type::BENEFICIARY_UPDATED, *beneficiary, source->bank_identifier);
}

Result<void> PaymentSources::postpone_check(db::Transaction& tx, BeneficiaryId id, Instant next_check_at,
                                            std::string_view why) const {
  ASSIGN_OR_RETURN(const auto beneficiary, select_beneficiary(tx, id));
  if (!beneficiary || beneficiary->status == BeneficiaryStatus::ACTIVE) return {};
  RETURN_IF_ERROR(update_beneficiary(tx, *beneficiary, next_check_at));
  json::Writer payload;
  payload.begin_object().member("failure", why).member("next_check_at", qantara::to_text(next_check_at)).end_object();
  return events_.append(tx, subject_of(beneficiary->application, beneficiary->source),
                        events::Type::BENEFICIARY_CHECKED, payload.text());
}

std::string PaymentSources::bank_user_index(std::string_view bank_user) const {
  return vault_.blind_index(bank_user, "payment_sources.bank_user");
}

Result<PaymentSource> PaymentSources::complete(db::Transaction& tx, PaymentSource source) const {
  ASSIGN_OR_RETURN(source.beneficiaries, select_beneficiaries(tx, source.id));
  ASSIGN_OR_RETURN(source.accounts, select_accounts(tx, vault_, source.id));
  return source;
}

Result<Beneficiary> PaymentSources::create_beneficiary(db::Transaction& tx, const PaymentSource& source,
                                                       DestinationId destination,
                                                       const banking::BeneficiaryAdded& added) const {
  const Instant now = clock_.now();
  const bool cooling = added.cool_off_until.has_value();
  Beneficiary beneficiary{
      .id = BeneficiaryId::make(clock_, random_),
      .application = source.application,
      .customer = source.customer,
      .source = source.id,
      .destination = destination,
      .status = cooling ? BeneficiaryStatus::AWAITING_BENEFICIARY_COOL_OFF : BeneficiaryStatus::ACTIVE,
      .cool_off_expires_at = added.cool_off_until,
      .bank_beneficiary_id = added.bank_beneficiary_id};
  ASSIGN_OR_RETURN(const bool inserted, insert_beneficiary(tx, beneficiary, now));
  if (!inserted) {
    return field_error(ErrorCode::BENEFICIARY_ALREADY_EXISTS, "payment_destination_id",
                       "this destination is linked to the payment source already");
  }
  if (cooling) tx.announce(kCoolOffStarted);
  return beneficiary;
}

Result<void> PaymentSources::store_accounts(db::Transaction& tx, PaymentSourceId source,
                                            const std::vector<banking::Account>& accounts) const {
  int position = 0;
  for (const auto& account : accounts) {
    const auto& key = account.iban.empty() ? account.account_number : account.iban;
    RETURN_IF_ERROR(upsert_account(tx, vault_, source, position++,
                                   vault_.blind_index(key + account.currency, "payment_source_accounts"),
                                   {.id = AccountId::make(clock_, random_),
                                    .account_id = Uuid::make(clock_, random_),
                                    .bank_resource_id = account.resource_id,
                                    .name = account.name,
                                    .owner_name = account.owner_name,
                                    .account_number = account.account_number,
                                    .iban = account.iban,
                                    .currency = account.currency}));
  }
  return {};
}

Result<void> PaymentSources::append_beneficiary_event(db::Transaction& tx, events::Type type,
                                                      const Beneficiary& beneficiary,
                                                      std::string_view bank_identifier) const {
  json::Writer payload;
  payload.begin_object()
      .member("id", beneficiary.id.to_text())
      .member("customer_id", beneficiary.customer.to_text())
      .member("payment_source_id", beneficiary.source.to_text())
      .member("payment_destination_id", beneficiary.destination.to_text())
      .member("status", to_text(beneficiary.status))
      .member("payment_source_bank_identifier", bank_identifier)
      .end_object();
  return events_.append(tx, subject_of(beneficiary.application, beneficiary.source), type, payload.text());
}

}  // namespace qantara::payment_sources
