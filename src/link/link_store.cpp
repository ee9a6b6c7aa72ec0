#include "link/link_store.h"

#include "json/json.h"

namespace qantara::link {

namespace {

std::string state_context(LinkSessionId id) { return "link_sessions.connector_state:" + id.to_text(); }
std::string link_context(LinkSessionId id) { return "link_sessions.link:" + id.to_text(); }

std::string linked_json(const banking::Linked& linked) {
  json::Writer writer;
  writer.begin_object().member("bank_user", linked.bank_user).name("accounts").begin_array();
  for (const auto& account : linked.accounts) {
    writer.begin_object()
        .member("resource_id", account.resource_id)
        .member("iban", account.iban)
        .member("account_number", account.account_number)
        .member("name", account.name)
        .member("owner_name", account.owner_name)
        .member("currency", account.currency)
        .end_object();
  }
  writer.end_array().end_object();
  return std::move(writer).text();
}

banking::Linked read_linked(const json::Value& object) {
  banking::Linked linked{.bank_user = std::string{object.text("bank_user").value_or("")}, .accounts = {}};
  const auto* const accounts = object.find("accounts");
  CHECK(accounts != nullptr);
  for (const auto& account : accounts->items()) {
    const auto text = [&](std::string_view name) { return std::string{account.text(name).value_or("")}; };
    linked.accounts.push_back({.resource_id = text("resource_id"),
                               .iban = text("iban"),
                               .account_number = text("account_number"),
                               .name = text("name"),
                               .owner_name = text("owner_name"),
                               .currency = text("currency")});
  }
  return linked;
}

struct Sealed {
  std::optional<std::string> state;
  std::optional<std::string> link;
};

Sealed seal(const Vault& vault, const LinkSession& session) {
  Sealed sealed;
  if (!session.connector_state.json.empty())
    sealed.state = vault.seal(session.connector_state.json, state_context(session.id));
  if (session.linked) sealed.link = vault.seal(linked_json(*session.linked), link_context(session.id));
  return sealed;
}

std::optional<db::Bytes> bytes_of(const std::optional<std::string>& text) {
  return text ? std::optional{db::Bytes{*text}} : std::nullopt;
}

std::optional<std::string_view> none_if_empty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional<std::string_view>{text};
}

struct SealedSession {
  LinkSession session;
  Sealed sealed;
};

SealedSession read_session(db::Row& row) {
  SealedSession read;
  LinkSession& session = read.session;
  session.id = row.take<LinkSessionId>();
  session.application = row.take<ApplicationId>();
  session.customer = row.take<CustomerId>();
  session.method = parse_method(row.take<std::string_view>()).value_or(Method::CONNECT);
  session.intent = row.take<std::optional<IntentId>>();
  session.destination = row.take<std::optional<DestinationId>>();
  session.source = row.take<std::optional<PaymentSourceId>>();
  session.account = row.take<std::optional<AccountId>>();
  session.wanted_bank = row.take<std::optional<std::string>>().value_or("");
  session.bank_identifier = row.take<std::optional<std::string>>().value_or("");
  session.language = row.take<std::string>();
  session.window = row.take<int>();
  session.step_number = row.take<int>();
  session.step_kind = parse_step_kind(row.take<std::string_view>()).value_or(StepKind::END);
  session.step = row.take<std::string>();
  read.sealed.state = row.take<std::optional<std::string>>();
  read.sealed.link = row.take<std::optional<std::string>>();
  session.lease_until = row.take<std::optional<Instant>>();
  session.code_tries = row.take<int>();
  session.created_at = row.take<Instant>();
  session.expires_at = row.take<Instant>();
  session.version = row.take<std::int64_t>();
  session.destination_alias = row.take<std::optional<std::string>>().value_or("");
  session.account_settled = row.take<int>() != 0;
  session.visit = row.take<std::optional<Uuid>>();
  session.came_back =
      row.take<std::optional<std::string>>().and_then([](const auto& text) { return parse_came_back(text); });
  session.came_back_at = row.take<std::optional<Instant>>();
  session.success_redirect_url = row.take<std::optional<std::string>>().value_or("");
  session.fail_redirect_url = row.take<std::optional<std::string>>().value_or("");
  session.lease_holder = row.take<std::optional<GatewayId>>();
  return read;
}

}  // namespace

Result<bool> insert_session(db::Transaction& tx, const Vault& vault, const LinkSession& session) {
  const auto sealed = seal(vault, session);
  ASSIGN_OR_RETURN(
      const auto inserted,
      tx.execute("INSERT INTO link_sessions (id, application_id, customer_id, method, intent_id, destination_id, "
                 "payment_source_id, account_id, "
                 "wanted_bank_identifier, bank_identifier, language, window_number, step_number, step_kind, step, "
                 "connector_state_sealed, link_sealed, created_at, expires_at, destination_alias, account_settled, "
                 "success_redirect_url, fail_redirect_url) "
                 "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, "
                 "$21, $22, $23) "
                 "ON CONFLICT DO NOTHING",
                 session.id, session.application, session.customer, to_text(session.method), session.intent,
                 session.destination, session.source, session.account, none_if_empty(session.wanted_bank),
                 none_if_empty(session.bank_identifier), session.language, session.window, session.step_number,
                 to_text(session.step_kind), session.step, bytes_of(sealed.state), bytes_of(sealed.link),
                 session.created_at, session.expires_at, none_if_empty(session.destination_alias),
                 session.account_settled ? 1 : 0, none_if_empty(session.success_redirect_url),
                 none_if_empty(session.fail_redirect_url)));
  return inserted == 1;
}

Result<void> update_session(db::Transaction& tx, const Vault& vault, LinkSession& session) {
  const auto sealed = seal(vault, session);
  ASSIGN_OR_RETURN(
      const auto updated,
      tx.execute("UPDATE link_sessions SET account_id = $3, bank_identifier = $4, step_number = $5, "
                 "step_kind = $6, step = $7, "
                 "connector_state_sealed = $8, link_sealed = $9, lease_until = $10, code_tries = $11, "
                 "expires_at = $12, language = $13, window_number = $14, method = $15, "
                 "destination_alias = $16, account_settled = $17, visit = $18, came_back = $19, "
                 "came_back_at = $20, success_redirect_url = $21, fail_redirect_url = $22, lease_holder = $23, "
                 "version = version + 1 "
                 "WHERE id = $1 AND version = $2",
                 session.id, session.version, session.account, none_if_empty(session.bank_identifier),
                 session.step_number, to_text(session.step_kind), session.step, bytes_of(sealed.state),
                 bytes_of(sealed.link), session.lease_until, session.code_tries, session.expires_at, session.language,
                 session.window, to_text(session.method), none_if_empty(session.destination_alias),
                 session.account_settled ? 1 : 0, session.visit,
                 session.came_back.transform([](CameBack way) { return to_text(way); }), session.came_back_at,
                 none_if_empty(session.success_redirect_url), none_if_empty(session.fail_redirect_url),
                 session.lease_until ? session.lease_holder : std::nullopt));
  if (updated != 1) return error(ErrorCode::VERSION_CONFLICT, "the session was changed meanwhile");
  ++session.version;
  return {};
}

Result<std::vector<LinkSessionId>> select_lapsed_sessions(db::Transaction& tx, GatewayId holder, Instant real_now,
                                                          Duration lease) {
  return tx.all(
      "SELECT id FROM link_sessions WHERE lease_holder = $1 AND (lease_until <= $2 OR lease_until > $3) ORDER BY id",
      [](db::Row& row) { return row.take<LinkSessionId>(); }, holder, real_now, real_now + lease);
}

Result<void> release_session_lease(db::Transaction& tx, LinkSessionId id) {
  return tx.post(
      "UPDATE link_sessions SET lease_until = NULL, lease_holder = NULL, version = version + 1 WHERE id = $1", id);
}

Result<void> release_session_leases(db::Transaction& tx) {
  return tx.post(
      "UPDATE link_sessions SET lease_until = NULL, lease_holder = NULL, version = version + 1 "
      "WHERE lease_until IS NOT NULL");
}

Result<void> release_session_leases_of(db::Transaction& tx, GatewayId holder) {
  return tx.post(
      "UPDATE link_sessions SET lease_until = NULL, lease_holder = NULL, version = version + 1 WHERE lease_holder = $1",
      holder);
}

Result<std::optional<LinkSession>> select_session(db::Transaction& tx, const Vault& vault, LinkSessionId id) {
  ASSIGN_OR_RETURN(
      auto read,
      tx.one(
          "SELECT id, application_id, customer_id, method, intent_id, destination_id, payment_source_id, account_id, "
          "wanted_bank_identifier, bank_identifier, language, window_number, step_number, step_kind, step, "
          "connector_state_sealed, link_sealed, lease_until, code_tries, created_at, expires_at, version, "
          "destination_alias, "
          "account_settled, visit, came_back, came_back_at, success_redirect_url, fail_redirect_url, lease_holder "
          "FROM link_sessions WHERE id = $1",
          read_session, id));
  if (!read) return std::optional<LinkSession>{};
  if (read->sealed.state) {
    ASSIGN_OR_RETURN(read->session.connector_state.json, vault.unseal(*read->sealed.state, state_context(id)));
  }
  if (read->sealed.link) {
    ASSIGN_OR_RETURN(const auto text, vault.unseal(*read->sealed.link, link_context(id)));
    ASSIGN_OR_RETURN(const auto object, json::parse(text));
    read->session.linked = read_linked(object);
  }
  return std::optional{std::move(read->session)};
}

Result<std::optional<LinkSession>> select_session_of_intent(db::Transaction& tx, const Vault& vault, IntentId intent) {
  ASSIGN_OR_RETURN(const auto id, tx.one(
                                      "SELECT id FROM link_sessions WHERE intent_id = $1",
                                      [](db::Row& row) { return row.take<LinkSessionId>(); }, intent));
  if (!id) return std::optional<LinkSession>{};
  return select_session(tx, vault, *id);
}

Result<std::optional<LinkSession>> select_session_of_visit(db::Transaction& tx, const Vault& vault, const Uuid& visit) {
  ASSIGN_OR_RETURN(const auto id, tx.one(
                                      "SELECT id FROM link_sessions WHERE visit = $1",
                                      [](db::Row& row) { return row.take<LinkSessionId>(); }, visit));
  if (!id) return std::optional<LinkSession>{};
  return select_session(tx, vault, *id);
}

Result<std::optional<LinkSession>> select_unfinished_session(db::Transaction& tx, const Vault& vault,
                                                             const LinkSession& like) {
  // The conditions are those of the index link_sessions_unfinished.
  ASSIGN_OR_RETURN(const auto id,
                   tx.one(
                       "SELECT id FROM link_sessions WHERE customer_id = $1 AND method = $2 AND "
                       "destination_id IS NOT DISTINCT FROM $3 AND payment_source_id IS NOT DISTINCT FROM $4 AND "
                       "intent_id IS NULL AND "
                       "step_kind NOT IN ('CONNECTED', 'COOL_OFF', 'FAILED', 'END')",
                       [](db::Row& row) { return row.take<LinkSessionId>(); }, like.customer, to_text(like.method),
                       like.destination, like.source));
  if (!id) return std::optional<LinkSession>{};
  return select_session(tx, vault, *id);
}

Result<int> count_unfinished_sessions(db::Transaction& tx, CustomerId customer, Instant now) {
  ASSIGN_OR_RETURN(const auto count,
                   tx.one(
                       "SELECT COUNT(*) FROM link_sessions WHERE customer_id = $1 AND intent_id IS NULL AND "
                       "step_kind NOT IN ('CONNECTED', 'COOL_OFF', 'FAILED', 'END') AND expires_at > $2",
                       [](db::Row& row) { return row.take<int>(); }, customer, now));
  return count.value_or(0);
}

}  // namespace qantara::link
