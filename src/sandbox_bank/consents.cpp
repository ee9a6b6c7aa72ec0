#include "sandbox_bank/consents.h"

#include "sandbox_bank/consent_store.h"
#include "sandbox_bank/ledger_store.h"
#include "sandbox_bank/wire.h"

namespace qantara::sandbox_bank {

namespace {

constexpr Method kLoginCode[] = {Method::sms};

std::string path_of(ConsentId id) { return "/v1/consents/" + id.to_plain_text(); }

Result<std::optional<Consent>> consent_in_path(db::Transaction& tx, const Call& call) {
  const auto id = ConsentId::parse(call.request.path_parameter("consent_id"));
  if (!id) return std::optional<Consent>{};
  return find_consent(tx, *id);
}

Duration session_life(const TestUser& user) {
  return user.login == Login::PASSWORD_AND_CODE ? kSessionLife : kLongSessionLife;
}

/// A session is kept alive by use, where it is short.
Result<void> prolong(db::Transaction& tx, Consent consent, Instant now) {
  const TestUser* user = find_user(consent.username);
  if (user == nullptr || user->login != Login::PASSWORD_AND_CODE) return {};
  consent.session_until = now + kSessionLife;
  return update_consent(tx, consent);
}

}  // namespace

ConsentStatus Consent::status_at(Instant now) const {
  return status == ConsentStatus::valid && session_until <= now ? ConsentStatus::expired : status;
}

// POST /v1/consents · 201 · 400 FORMAT_ERROR
Result<http::Response> create_consent(db::Transaction& tx, const Call& call) {
  const json::Value* recurring = call.body.find("recurringIndicator");
  const json::Value* frequency = call.body.find("frequencyPerDay");
  const json::Value* access = call.body.find("access");
  const auto valid_until = call.body.text("validUntil");
  const auto times = frequency != nullptr && frequency->is(json::Kind::NUMBER) ? frequency->integer() : std::nullopt;
  if (access == nullptr || !access->is(json::Kind::OBJECT)) return format_error("access: missing.");
  if (recurring == nullptr || !recurring->is(json::Kind::BOOLEAN)) return format_error("recurringIndicator: missing.");
  if (!times || *times < 1 || *times > 1000) return format_error("frequencyPerDay: a whole number above zero.");
  if (!valid_until || !is_date(*valid_until)) return format_error("validUntil: a date, YYYY-MM-DD.");

  if (auto refusal = check_return_urls(call)) return *std::move(refusal);
  const bool visits = asks_on_pages(call);

  const Consent consent{.id = ConsentId{call.fresh_id},
                        .username = std::string{call.header("PSU-ID")},
                        .status = ConsentStatus::received,
                        .recurring = recurring->boolean(),
                        .frequency_per_day = static_cast<int>(*times),
                        .valid_until = std::string{*valid_until},
                        .session_until = call.now,
                        .created_at = call.now};
  RETURN_IF_ERROR(insert_consent(tx, consent));

  const std::string path = path_of(consent.id);
  json::Writer json;
  json.begin_object().member("consentStatus", to_text(consent.status)).member("consentId", consent.id.to_plain_text());
  const auto start = call.link(path + "/authorisations");
  if (visits && !wants_explicit_start(call)) {
    ASSIGN_OR_RETURN(const auto authorisation,
                     start_authorisation(tx, call, Subject::consent, consent.id.uuid, consent.username, kPagesOnly));
    write_links(json, {{"scaRedirect", visit_url(call, authorisation.id)},
                       {"scaStatus", start + "/" + authorisation.id.to_plain_text()},
                       {"self", call.link(path)},
                       {"status", call.link(path + "/status")}});
  } else {
    write_links(json, {{visits ? "startAuthorisation" : "startAuthorisationWithPsuAuthentication", start},
                       {"self", call.link(path)},
                       {"status", call.link(path + "/status")}});
  }
  json.end_object();
  auto response = sca_answer(201, std::move(json).text(), visits ? Method::page : Method::sms);
  response.headers.set("Location", call.location(path));
  return response;
}

// POST /v1/consents/{consent_id}/authorisations · 201 · 401 PSU_CREDENTIALS_INVALID · 403 SERVICE_BLOCKED · 404 · 409
Result<http::Response> sign_in(db::Transaction& tx, const Call& call) {
  ASSIGN_OR_RETURN(auto consent, consent_in_path(tx, call));
  if (!consent) return unknown_resource();
  if (consent->status != ConsentStatus::received)
    return wrong_status("This consent is not waiting for an authorisation.");
  if (asks_on_pages(call))
    return start_visit(tx, call, Subject::consent, consent->id.uuid, consent->username, path_of(consent->id));
  const json::Value* psu_data = call.body.find("psuData");
  const auto password = psu_data == nullptr ? std::nullopt : psu_data->text("password");
  if (!password) return format_error("psuData.password: missing.");
  if (const auto psu_id = call.header("PSU-ID"); !psu_id.empty()) consent->username = std::string{psu_id};
  ASSIGN_OR_RETURN(auto refusal, check_password(tx, consent->username, *password));
  if (refusal) return *std::move(refusal);

  const TestUser& user = *find_user(consent->username);
  const auto methods =
      user.login == Login::PASSWORD_AND_CODE ? std::span<const Method>{kLoginCode} : std::span<const Method>{};
  RETURN_IF_ERROR(update_consent(tx, *consent));
  ASSIGN_OR_RETURN(const auto authorisation,
                   start_authorisation(tx, call, Subject::consent, consent->id.uuid, user.username, methods));
  if (!authorisation.is_open()) RETURN_IF_ERROR(consent_authorised(tx, consent->id, ScaEvent::confirmed, call.now));

  json::Writer json;
  json.begin_object();
  write_authorisation(json, call, authorisation, methods, path_of(consent->id));
  json.end_object();
  auto response = sca_answer(201, std::move(json).text(), Method::sms);
  response.headers.set("Location",
                       call.location(path_of(consent->id) + "/authorisations/" + authorisation.id.to_plain_text()));
  return response;
}

// PUT /v1/consents/{consent_id}/authorisations/{authorisation_id} · 200 · 401 PSU_CREDENTIALS_INVALID · 404 · 409
Result<http::Response> authorise_consent(db::Transaction& tx, const Call& call) {
  ASSIGN_OR_RETURN(const auto consent, consent_in_path(tx, call));
  if (!consent) return unknown_resource();
  ASSIGN_OR_RETURN(const auto authorisation, authorisation_in_path(tx, call, consent->id.uuid));
  if (!authorisation) return unknown_resource();
  if (!call.body.text("scaAuthenticationData")) return format_error("scaAuthenticationData: missing.");
  return answer_code(tx, call, *authorisation, path_of(consent->id));
}

Result<http::Response> consent_sca_status(db::Transaction& tx, const Call& call) {
  ASSIGN_OR_RETURN(const auto consent, consent_in_path(tx, call));
  if (!consent) return unknown_resource();
  return tell_sca_status(tx, call, consent->id.uuid);
}

Result<http::Response> get_consent(db::Transaction& tx, const Call& call) {
  ASSIGN_OR_RETURN(const auto consent, consent_in_path(tx, call));
  if (!consent) return unknown_resource();
  json::Writer json;
  json.begin_object();
  json.name("access").begin_object().member("allPsd2", "allAccounts").end_object();  // It grants nothing less.
  json.member("recurringIndicator", consent->recurring).member("validUntil", consent->valid_until);
  json.member("frequencyPerDay", consent->frequency_per_day);
  json.member("lastActionDate", qantara::to_text(consent->created_at).substr(0, 10));
  json.member("consentStatus", to_text(consent->status_at(call.now)));
  json.end_object();
  return http::Response::json(200, std::move(json).text());
}

Result<http::Response> get_consent_status(db::Transaction& tx, const Call& call) {
  ASSIGN_OR_RETURN(const auto consent, consent_in_path(tx, call));
  if (!consent) return unknown_resource();
  json::Writer json;
  json.begin_object().member("consentStatus", to_text(consent->status_at(call.now))).end_object();
  return http::Response::json(200, std::move(json).text());
}

// DELETE /v1/consents/{consent_id} · 204 · 404 · 409
Result<http::Response> delete_consent(db::Transaction& tx, const Call& call) {
  ASSIGN_OR_RETURN(auto consent, consent_in_path(tx, call));
  if (!consent) return unknown_resource();
  const auto status = next_state(kConsentTransitions, consent->status, ConsentEvent::deleted);
  if (!status) return wrong_status("This consent has ended already.");
  consent->status = *status;
  RETURN_IF_ERROR(supersede_open(tx, consent->id.uuid));
  RETURN_IF_ERROR(update_consent(tx, *consent));
  return http::Response{.status = 204};
}

// GET /v1/accounts · 200 · 401 CONSENT_INVALID, CONSENT_EXPIRED
Result<http::Response> get_accounts(db::Transaction& tx, const Call& call) {
  ASSIGN_OR_RETURN(auto session, use_session(tx, call));
  if (session.refusal) return *std::move(session.refusal);
  const TestUser& user = *find_user(session.consent->username);
  ASSIGN_OR_RETURN(const auto accounts, accounts_of(tx, user.username));
  json::Writer json;
  json.begin_object().name("accounts").begin_array();
  for (const Account& account : accounts) {
    json.begin_object();
    json.member("resourceId", account.number.substr(account.number.size() - 13));
    json.member("iban", account.number).member("bban", account.bban()).member("currency", account.currency);
    json.member("name", account.name).member("product", "Current").member("ownerName", user.name);
    json.member("cashAccountType", "CACC").end_object();
  }
  json.end_array().end_object();
  return http::Response::json(200, std::move(json).text());
}

Result<void> consent_authorised(db::Transaction& tx, ConsentId id, ScaEvent event, Instant at) {
  ASSIGN_OR_RETURN(auto consent, find_consent(tx, id));
  CHECK(consent);
  const bool confirmed = event == ScaEvent::confirmed;
  const auto status =
      next_state(kConsentTransitions, consent->status, confirmed ? ConsentEvent::authorised : ConsentEvent::refused);
  if (!status) return {};
  consent->status = *status;
  if (confirmed) consent->session_until = at + session_life(*find_user(consent->username));
  return update_consent(tx, *consent);
}

Result<Session> use_session(db::Transaction& tx, const Call& call) {
  const auto header = call.header("Consent-ID");
  if (header.empty()) return Session{.refusal = format_error("Consent-ID: missing.")};
  const auto id = ConsentId::parse(header);
  if (!id) return Session{.refusal = refuse(401, "CONSENT_INVALID", "There is no such consent.")};
  ASSIGN_OR_RETURN(const auto consent, find_consent(tx, *id));
  if (!consent) return Session{.refusal = refuse(401, "CONSENT_INVALID", "There is no such consent.")};
  const ConsentStatus status = consent->status_at(call.now);
  if (status == ConsentStatus::expired)
    return Session{.refusal = refuse(401, "CONSENT_EXPIRED", "The session is over.")};
  if (status != ConsentStatus::valid)
    return Session{.refusal = refuse(401, "CONSENT_INVALID", "The consent is not valid.")};
  RETURN_IF_ERROR(prolong(tx, *consent, call.now));
  return Session{.consent = consent};
}

Result<bool> has_session(db::Transaction& tx, ConsentId id, std::string_view username, Instant now) {
  ASSIGN_OR_RETURN(const auto consent, find_consent(tx, id));
  if (!consent || consent->username != username || consent->status_at(now) != ConsentStatus::valid) return false;
  RETURN_IF_ERROR(prolong(tx, *consent, now));
  return true;
}

}  // namespace qantara::sandbox_bank
