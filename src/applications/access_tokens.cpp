#include "applications/access_tokens.h"

#include <algorithm>

#include "applications/credentials_store.h"
#include "base/check.h"
#include "jose/jwt.h"

namespace qantara::applications {

namespace {

using std::chrono::seconds;

std::int64_t seconds_of(Instant instant) { return std::chrono::floor<seconds>(instant).time_since_epoch().count(); }

std::string context_of(std::string_view key) { return "signing_keys.private_key:" + std::string{key}; }

Error refused(std::string_view why) {
  return caused_by(ErrorCode::UNAUTHORIZED, "the token is not valid", std::string{why});
}

/// The id in `[{"id": …}]`; nothing where there is not exactly one.
template <class IdType>
std::optional<IdType> only_id(const json::Value* list) {
  if (list == nullptr || !list->is(json::Kind::ARRAY) || list->items().size() != 1) return std::nullopt;
  return IdType::parse(list->items().front().text("id").value_or(""));
}

}  // namespace

std::string AccessTokens::issue(const SigningKeys& keys, ApplicationId application,
                                std::optional<CustomerId> customer) const {
  CHECK(!keys.empty());
  const Instant now = real_clock_.now();
  const auto issued = seconds_of(now);
  const auto id = application.to_text();
  json::Writer claims;
  claims.begin_object().member("sub", id).name("aud").begin_array().string(issuer_).end_array();
  claims.member("iss", issuer_).member("iat", issued).member("nbf", issued);
  claims.member("exp", issued + kAccessTokenLife.count());
  claims.member("jti", Uuid::make(real_clock_, random_).to_text());
  claims.name("scope").begin_array();
  for (const auto scope : listed(customer ? scopes_of_customer() : scopes_of_api())) claims.string(to_text(scope));
  claims.end_array().name("applications").begin_array().begin_object().member("id", id).end_object().end_array();
  if (customer) {
    claims.name("customers").begin_array().begin_object().member("id", customer->to_text()).end_object().end_array();
  }
  claims.end_object();
  return jose::sign(keys.front(), claims.text());
}

Result<AccessToken> AccessTokens::verify(const SigningKeys& keys, std::string_view token) const {
  ASSIGN_OR_RETURN(
      const auto claims,
      jose::verify_claims(token, keys, {.issuer = issuer_, .audience = issuer_, .now = real_clock_.now()}));
  AccessToken read;
  const auto application = ApplicationId::parse(claims.text("sub").value_or(""));
  if (!application || only_id<ApplicationId>(claims.find("applications")) != application)
    return refused("it is no application's");
  read.application = *application;
  if (const auto* const customers = claims.find("customers")) {
    read.customer = only_id<CustomerId>(customers);
    if (!read.customer) return refused("it is not one customer's");
  }
  const auto* const scopes = claims.find("scope");
  if (scopes == nullptr || !scopes->is(json::Kind::ARRAY)) return refused("it has no scopes");
  for (const auto& scope : scopes->items()) {
    const auto known = scope.is(json::Kind::STRING) ? parse_scope(scope.string()) : std::nullopt;
    if (known) read.scopes.add(*known);
  }
  read.expires_at = Instant{seconds{*claims.find("exp")->integer()}};
  return read;
}

/// Keys that were retired before it have signed nothing that is still alive.
Instant AccessTokens::cutoff() const { return real_clock_.now() - kAccessTokenLife; }

Result<SigningKeys> AccessTokens::keys(db::Transaction& tx) const {
  ASSIGN_OR_RETURN(const auto rows, select_signing_keys(tx));
  SigningKeys keys;
  for (const auto& row : rows) {
    if (row.retired_at && *row.retired_at < cutoff()) continue;
    ASSIGN_OR_RETURN(auto pem, vault_.unseal(row.private_key_sealed, context_of(row.id)));
    auto key = jose::Key::from_private_pem(Secret{std::move(pem)});
    if (!key) return caused_by(ErrorCode::STORAGE_FAILED, "a signing key cannot be read", key.error().message);
    keys.push_back(*std::move(key));
  }
  return keys;
}

Result<void> AccessTokens::ensure_key(db::Transaction& tx) const {
  ASSIGN_OR_RETURN(const auto rows, select_signing_keys(tx));
  if (std::ranges::any_of(rows, [](const auto& row) { return !row.retired_at; })) return {};
  return make_key(tx);
}

Result<void> AccessTokens::rotate_key(db::Transaction& tx) const {
  RETURN_IF_ERROR(delete_signing_keys_retired_before(tx, cutoff()));
  RETURN_IF_ERROR(retire_signing_keys(tx, real_clock_.now()));
  return make_key(tx);
}

Result<void> AccessTokens::make_key(db::Transaction& tx) const {
  const auto key = jose::Key::generate();
  const auto pem = key.private_pem();
  return insert_signing_key(tx, {.id = key.id(),
                                 .private_key_sealed = vault_.seal(pem.reveal(), context_of(key.id())),
                                 .created_at = real_clock_.now(),
                                 .retired_at = std::nullopt});
}

Result<std::vector<SigningKeyRow>> AccessTokens::list_keys(db::Transaction& tx) const {
  ASSIGN_OR_RETURN(const auto rows, select_signing_keys(tx));
  std::vector<SigningKeyRow> listed;
  for (const auto& row : rows) {
    if (row.retired_at && *row.retired_at < cutoff()) continue;
    listed.push_back({.id = row.id, .created_at = row.created_at, .retired_at = row.retired_at});
  }
  return listed;
}

}  // namespace qantara::applications
