#include "sandbox_bank/beneficiaries.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "iban/iban.h"
#include "sandbox_bank/beneficiary_store.h"
#include "sandbox_bank/consents.h"
#include "sandbox_bank/scenarios.h"
#include "sandbox_bank/wire.h"

namespace qantara::sandbox_bank {

namespace {

constexpr Method kCodeOnly[] = {Method::sms};

std::string path_of(BeneficiaryId id) { return "/v1/beneficiaries/" + id.to_plain_text(); }

Result<std::optional<Beneficiary>> beneficiary_in_path(db::Transaction& tx, const Call& call) {
  const auto id = BeneficiaryId::parse(call.request.path_parameter("beneficiary_id"));
  if (!id) return std::optional<Beneficiary>{};
  return find_beneficiary(tx, *id);
}

void write_beneficiary(json::Writer& json, const Beneficiary& beneficiary, Instant now) {
  std::string_view status = to_text(beneficiary.status);
  if (beneficiary.status == BeneficiaryStatus::listed) status = beneficiary.cools_at(now) ? "coolOff" : "active";
  json.member("beneficiaryId", beneficiary.id.to_plain_text()).member("beneficiaryStatus", status);
  if (beneficiary.cools_at(now)) json.member("coolOffUntil", qantara::to_text(*beneficiary.cool_off_until));
}

http::Response tell(const Beneficiary& beneficiary, Instant now) {
  json::Writer json;
  json.begin_object();
  write_beneficiary(json, beneficiary, now);
  json.end_object();
  return http::Response::json(200, std::move(json).text());
}

Result<void> move(db::Transaction& tx, Beneficiary& beneficiary, BeneficiaryEvent event) {
  const auto status = next_state(kBeneficiaryTransitions, beneficiary.status, event);
  if (!status) return {};
  beneficiary.status = *status;
  return update_beneficiary(tx, beneficiary);
}

}  // namespace

// POST /v1/beneficiaries · 201 · 200 if it is on the list already · 400 FORMAT_ERROR · 401 CONSENT_INVALID, CONSENT_EXPIRED
Result<http::Response> create_beneficiary(db::Transaction& tx, const Call& call) {
  ASSIGN_OR_RETURN(auto session, use_session(tx, call));
  if (session.refusal) return *std::move(session.refusal);
  const std::string& username = session.consent->username;
  const auto name = call.body.text("creditorName");
  if (!name || name->empty() || utf8_length(*name) > 70) return format_error("creditorName: 1 to 70 characters.");
  const auto account = read_account_reference(call.body.find("creditorAccount"));
  if (!account) return format_error("creditorAccount: a valid iban, or a bban.");

  if (auto refusal = check_return_urls(call)) return *std::move(refusal);

  ASSIGN_OR_RETURN(auto known, find_payee(tx, username, *account));
  if (known && known->status == BeneficiaryStatus::listed) return tell(*known, call.now);
  if (known) {
    RETURN_IF_ERROR(supersede_open(tx, known->id.uuid));
    RETURN_IF_ERROR(move(tx, *known, BeneficiaryEvent::replaced));
  }

  const Beneficiary beneficiary{.id = BeneficiaryId{call.fresh_id},
                                .username = username,
                                .creditor_name = std::string{*name},
                                .creditor_account = *account,
                                .status = BeneficiaryStatus::pendingAuthorisation,
                                .created_at = call.now};
  RETURN_IF_ERROR(insert_beneficiary(tx, beneficiary));
  const auto methods = std::span<const Method>{asks_on_pages(call) ? kPagesOnly : kCodeOnly};
  ASSIGN_OR_RETURN(const auto authorisation,
                   start_authorisation(tx, call, Subject::beneficiary, beneficiary.id.uuid, username, methods));
  const std::string path = path_of(beneficiary.id);
  json::Writer json;
  json.begin_object();
  write_beneficiary(json, beneficiary, call.now);
  write_authorisation(json, call, authorisation, methods, path);
  json.end_object();
  auto response = sca_answer(201, std::move(json).text(), methods.front());
  response.headers.set("Location", call.location(path));
  return response;
}

// PUT /v1/beneficiaries/{beneficiary_id}/authorisations/{authorisation_id} · 200 · 401 PSU_CREDENTIALS_INVALID · 404 · 409
Result<http::Response> authorise_beneficiary(db::Transaction& tx, const Call& call) {
  ASSIGN_OR_RETURN(const auto beneficiary, beneficiary_in_path(tx, call));
  if (!beneficiary) return unknown_resource();
  ASSIGN_OR_RETURN(const auto authorisation, authorisation_in_path(tx, call, beneficiary->id.uuid));
  if (!authorisation) return unknown_resource();
  if (!call.body.text("scaAuthenticationData")) return format_error("scaAuthenticationData: missing.");
  return answer_code(tx, call, *authorisation, path_of(beneficiary->id));
}

Result<http::Response> beneficiary_sca_status(db::Transaction& tx, const Call& call) {
  ASSIGN_OR_RETURN(const auto beneficiary, beneficiary_in_path(tx, call));
  if (!beneficiary) return unknown_resource();
  return tell_sca_status(tx, call, beneficiary->id.uuid);
}

// GET /v1/beneficiaries/{beneficiary_id} · 200 · 404. No session is needed: the third party may ask whether the wait is over.
Result<http::Response> get_beneficiary(db::Transaction& tx, const Call& call) {
  ASSIGN_OR_RETURN(const auto beneficiary, beneficiary_in_path(tx, call));
  if (!beneficiary) return unknown_resource();
  return tell(*beneficiary, call.now);
}

Result<void> beneficiary_authorised(db::Transaction& tx, BeneficiaryId id, ScaEvent event, Instant at,
                                    std::uint64_t dice) {
  ASSIGN_OR_RETURN(auto beneficiary, find_beneficiary(tx, id));
  CHECK(beneficiary);
  if (event != ScaEvent::confirmed) return move(tx, *beneficiary, BeneficiaryEvent::refused);
  ASSIGN_OR_RETURN(const auto scenario, take(tx, Moment::listing, beneficiary->username, dice));
  if (scenario) return move(tx, *beneficiary, BeneficiaryEvent::refused);
  const Duration cool_off = find_user(beneficiary->username)->cool_off;
  if (cool_off > Duration::zero()) beneficiary->cool_off_until = at + cool_off;
  return move(tx, *beneficiary, BeneficiaryEvent::authorised);
}

Result<bool> may_pay(db::Transaction& tx, std::string_view username, std::string_view creditor_account, Instant now) {
  ASSIGN_OR_RETURN(const auto payee, find_payee(tx, username, creditor_account));
  return payee && payee->status == BeneficiaryStatus::listed && !payee->cools_at(now);
}

std::optional<std::string> read_account_reference(const json::Value* reference) {
  if (reference == nullptr) return std::nullopt;
  if (const auto iban = reference->text("iban")) {
    auto parsed = iban::Iban::parse(*iban);
    return parsed ? std::optional{parsed->text()} : std::nullopt;
  }
  const auto bban = reference->text("bban");
  const auto is_letter_or_digit = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  };
  if (!bban || bban->empty() || bban->size() > 30 || !std::ranges::all_of(*bban, is_letter_or_digit))
    return std::nullopt;
  return std::string{*bban};
}

}  // namespace qantara::sandbox_bank
