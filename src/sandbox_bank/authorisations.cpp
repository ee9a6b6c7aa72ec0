#include "sandbox_bank/authorisations.h"

#include <algorithm>

#include "base/text.h"
#include "sandbox_bank/authorisation_store.h"
#include "sandbox_bank/beneficiaries.h"
#include "sandbox_bank/consents.h"
#include "sandbox_bank/payments.h"
#include "sandbox_bank/scenarios.h"
#include "sandbox_bank/wire.h"

namespace qantara::sandbox_bank {

namespace {

bool reads_arabic(const Call& call) { return call.header("PSU-Accept-Language").starts_with("ar"); }

http::Response blocked() { return refuse(403, "SERVICE_BLOCKED", "This user is locked."); }

/// The payer is asked for a code, or in the app; a scenario may have set the answer.
Result<void> ask(db::Transaction& tx, const Call& call, Authorisation& authorisation, Method method) {
  authorisation.method = method;
  authorisation.due_event = DueEvent::time_out;
  if (method == Method::sms) {
    authorisation.due_at = call.now + kCodeLife;
    return {};
  }
  if (method == Method::page) {
    const auto refused = call.header("TPP-Nok-Redirect-URI");
    authorisation.due_at = call.now + kVisitLife;
    authorisation.pages = {.visitor = {},
                           .asked_by = std::string{call.header("TPP-Brand-Logging-Information")},
                           .done_url = std::string{call.header("TPP-Redirect-URI")},
                           .refused_url = std::string{refused.empty() ? call.header("TPP-Redirect-URI") : refused}};
    return {};
  }
  authorisation.due_at = call.now + kApprovalLife;
  ASSIGN_OR_RETURN(const auto scenario, take(tx, Moment::app_request, authorisation.username, call.dice));
  if (scenario && *scenario->duration < kApprovalLife) {
    authorisation.due_at = call.now + *scenario->duration;
    authorisation.due_event = scenario->what() == Effect::approval_after ? DueEvent::approve : DueEvent::deny;
  }
  return {};
}

ScaStatus first_status(std::span<const Method> methods) {
  if (methods.empty()) return ScaStatus::exempted;
  if (methods.size() > 1) return ScaStatus::psuAuthenticated;
  if (methods.front() == Method::page) return ScaStatus::received;
  return methods.front() == Method::sms ? ScaStatus::scaMethodSelected : ScaStatus::started;
}

std::string_view name_of(const Call& call, Method method) {
  if (method == Method::sms) return reads_arabic(call) ? "رسالة نصية إلى \u2066•••• 123\u2069" : "SMS to •••• 123";
  return reads_arabic(call) ? "موافقة في تطبيق البنك" : "Approval in the bank’s app";
}

void write_method(json::Writer& json, const Call& call, Method method) {
  json.begin_object();
  json.member("authenticationType", method == Method::sms ? "SMS_OTP" : "PUSH_OTP");
  json.member("authenticationMethodId", to_text(method)).member("name", name_of(call, method));
  json.end_object();
}

ScaEvent sca_event(DueEvent event) {
  if (event == DueEvent::approve) return ScaEvent::confirmed;
  return event == DueEvent::deny ? ScaEvent::refused : ScaEvent::timed_out;
}

}  // namespace

std::string visit_path(AuthorisationId id) { return "/authorise/" + id.to_plain_text(); }

std::string visit_url(const Call& call, AuthorisationId id) {
  return call.origin() + visit_path(id) + (reads_arabic(call) ? "?lang=ar" : "");
}

bool Authorisation::is_open() const {
  return status != ScaStatus::finalised && status != ScaStatus::failed && status != ScaStatus::exempted;
}

Result<std::optional<http::Response>> check_password(db::Transaction& tx, std::string_view username,
                                                     std::string_view password) {
  using Refusal = std::optional<http::Response>;
  if (find_user(username) == nullptr)
    return Refusal{refuse(401, "PSU_CREDENTIALS_INVALID", "Wrong user name or password.")};
  ASSIGN_OR_RETURN(const int wrong, wrong_passwords(tx, username));
  if (wrong >= kTries) return Refusal{blocked()};
  if (equals_in_constant_time(password, kPassword)) {
    if (wrong > 0) RETURN_IF_ERROR(set_wrong_passwords(tx, username, 0));
    return Refusal{};
  }
  RETURN_IF_ERROR(set_wrong_passwords(tx, username, wrong + 1));
  if (wrong + 1 == kTries) return Refusal{blocked()};
  return Refusal{refuse(401, "PSU_CREDENTIALS_INVALID",
                        "Wrong user name or password. Tries left: " + std::to_string(kTries - wrong - 1) + ".")};
}

Result<std::optional<http::Response>> check_not_locked(db::Transaction& tx, std::string_view username) {
  ASSIGN_OR_RETURN(const int wrong, wrong_passwords(tx, username));
  return wrong >= kTries ? std::optional{blocked()} : std::nullopt;
}

bool asks_on_pages(const Call& call) {
  if (call.house.temper == House::Temper::REDIRECT_ONLY) return true;
  return call.header("TPP-Redirect-Preferred") == "true" && !call.header("TPP-Redirect-URI").empty();
}

std::optional<http::Response> check_return_urls(const Call& call) {
  if (!asks_on_pages(call)) return std::nullopt;
  for (const std::string_view name : {"TPP-Redirect-URI", "TPP-Nok-Redirect-URI"}) {
    const auto url = call.header(name);
    const bool may_be_missing = name == "TPP-Nok-Redirect-URI" && url.empty();
    if (!may_be_missing && !http::parse_url(url))
      return format_error(std::string{name} +
                          ": an http or https URL is needed, because payers are asked on this bank's pages.");
  }
  return std::nullopt;
}

Result<Authorisation> start_authorisation(db::Transaction& tx, const Call& call, Subject subject,
                                          const Uuid& subject_id, std::string_view username,
                                          std::span<const Method> methods) {
  RETURN_IF_ERROR(supersede_open(tx, subject_id));
  Authorisation authorisation{.id = AuthorisationId{call.fresh_authorisation_id},
                              .subject = subject,
                              .subject_id = subject_id,
                              .username = std::string{username},
                              .status = first_status(methods),
                              .started_at = call.now};
  if (methods.size() == 1) {
    RETURN_IF_ERROR(ask(tx, call, authorisation, methods.front()));
  } else if (methods.size() > 1) {
    authorisation.due_at = call.now + kCodeLife;
    authorisation.due_event = DueEvent::time_out;
  }
  RETURN_IF_ERROR(insert_authorisation(tx, authorisation));
  return authorisation;
}

bool wants_explicit_start(const Call& call) { return call.header("TPP-Explicit-Authorisation-Preferred") == "true"; }

Result<http::Response> start_visit(db::Transaction& tx, const Call& call, Subject subject, const Uuid& subject_id,
                                   std::string_view username, std::string_view path) {
  if (auto refusal = check_return_urls(call)) return *std::move(refusal);
  ASSIGN_OR_RETURN(const auto authorisation, start_authorisation(tx, call, subject, subject_id, username, kPagesOnly));
  json::Writer json;
  json.begin_object();
  write_authorisation(json, call, authorisation, {}, path);
  json.end_object();
  auto response = sca_answer(201, std::move(json).text(), Method::page);
  response.headers.set("Location",
                       call.location(std::string{path} + "/authorisations/" + authorisation.id.to_plain_text()));
  return response;
}

Result<http::Response> answer_code(db::Transaction& tx, const Call& call, Authorisation authorisation,
                                   std::string_view path) {
  if (authorisation.status != ScaStatus::scaMethodSelected || authorisation.method != Method::sms) {
    return wrong_status("No code is expected here.");
  }
  if (call.body.text("scaAuthenticationData") == kCode) {
    ASSIGN_OR_RETURN(const bool moved, conclude(tx, authorisation, ScaEvent::confirmed, call.now, call.dice));
    CHECK(moved);
    authorisation.status = ScaStatus::finalised;
    json::Writer json;
    json.begin_object();
    write_authorisation(json, call, authorisation, {}, path);
    json.end_object();
    return sca_answer(200, std::move(json).text(), Method::sms);
  }
  ++authorisation.wrong_codes;
  RETURN_IF_ERROR(update_authorisation(tx, authorisation));
  if (authorisation.wrong_codes == kTries) {
    ASSIGN_OR_RETURN(const bool moved, conclude(tx, authorisation, ScaEvent::codes_exhausted, call.now, call.dice));
    CHECK(moved);
  }
  return refuse(401, "PSU_CREDENTIALS_INVALID",
                "Wrong code. Tries left: " + std::to_string(kTries - authorisation.wrong_codes) + ".");
}

Result<http::Response> answer_method(db::Transaction& tx, const Call& call, Authorisation authorisation,
                                     std::span<const Method> methods, std::string_view path) {
  const auto method = parse<Method>(call.body.text("authenticationMethodId").value_or(""));
  if (!method || std::ranges::find(methods, *method) == methods.end()) {
    return refuse(400, "SCA_METHOD_UNKNOWN", "This user has no such method.");
  }
  const auto status = next_state(kScaTransitions, authorisation.status, ScaEvent::method_chosen);
  if (!status) return wrong_status("There is no method to choose any more.");
  authorisation.status = *status;
  RETURN_IF_ERROR(ask(tx, call, authorisation, *method));
  RETURN_IF_ERROR(update_authorisation(tx, authorisation));
  json::Writer json;
  json.begin_object();
  write_authorisation(json, call, authorisation, methods, path);
  json.end_object();
  return sca_answer(200, std::move(json).text(), authorisation.method);
}

Result<bool> conclude(db::Transaction& tx, Authorisation authorisation, ScaEvent event, Instant at,
                      std::uint64_t dice) {
  const auto status = next_state(kScaTransitions, authorisation.status, event);
  if (!status) return false;
  authorisation.status = *status;
  authorisation.due_at.reset();
  authorisation.due_event.reset();
  RETURN_IF_ERROR(update_authorisation(tx, authorisation));
  if (event == ScaEvent::superseded) return true;
  switch (authorisation.subject) {
    case Subject::consent:
      RETURN_IF_ERROR(consent_authorised(tx, ConsentId{authorisation.subject_id}, event, at));
      break;
    case Subject::beneficiary:
      RETURN_IF_ERROR(beneficiary_authorised(tx, BeneficiaryId{authorisation.subject_id}, event, at, dice));
      break;
    case Subject::payment:
      RETURN_IF_ERROR(payment_authorised(tx, PaymentId{authorisation.subject_id}, event, at, dice));
      break;
  }
  return true;
}

Result<void> supersede_open(db::Transaction& tx, const Uuid& subject_id) {
  ASSIGN_OR_RETURN(const auto earlier, authorisations_of(tx, subject_id));
  for (const Authorisation& authorisation : earlier) {
    if (!authorisation.is_open()) continue;
    ASSIGN_OR_RETURN([[maybe_unused]] const bool moved,
                     conclude(tx, authorisation, ScaEvent::superseded, authorisation.started_at, 0));
  }
  return {};
}

Result<void> catch_up(db::Transaction& tx, Instant now, std::uint64_t dice) {
  while (true) {
    ASSIGN_OR_RETURN(const auto due, next_due(tx, now));
    if (!due) return {};
    if (due->of == Due::Of::payment) {
      RETURN_IF_ERROR(payment_due(tx, PaymentId{due->id}));
      continue;
    }
    ASSIGN_OR_RETURN(const auto authorisation, find_authorisation(tx, AuthorisationId{due->id}));
    CHECK(authorisation && authorisation->due_event);
    ASSIGN_OR_RETURN(const bool moved,
                     conclude(tx, *authorisation, sca_event(*authorisation->due_event), due->at, dice));
    CHECK(moved);
  }
}

void write_authorisation(json::Writer& json, const Call& call, const Authorisation& authorisation,
                         std::span<const Method> methods, std::string_view path) {
  const std::string self = call.link(path) + "/authorisations/" + authorisation.id.to_plain_text();
  const bool choosing = authorisation.status == ScaStatus::psuAuthenticated;
  const bool wants_code = authorisation.status == ScaStatus::scaMethodSelected && authorisation.method == Method::sms;
  const bool wants_visit = authorisation.status == ScaStatus::received;
  json.member("scaStatus", to_text(authorisation.status)).member("authorisationId", authorisation.id.to_plain_text());
  if (choosing) {
    json.name("scaMethods").begin_array();
    for (const Method method : methods) write_method(json, call, method);
    json.end_array();
  }
  if (authorisation.status == ScaStatus::scaMethodSelected) {
    json.name("chosenScaMethod");
    write_method(json, call, *authorisation.method);
  }
  if (wants_code) {
    json.name("challengeData").begin_object().member("otpMaxLength", static_cast<int>(kCode.size()));
    json.member("otpFormat", "integer");
    json.member("additionalInformation",
                reads_arabic(call) ? "اكتب الرمز المرسل إلى \u2066•••• 123\u2069." : "Type the code sent to •••• 123.");
    json.end_object();
  }
  if (authorisation.waits_for_app()) {
    json.member("psuMessage",
                reads_arabic(call) ? "وافق على الدفعة في تطبيق البنك." : "Approve the payment in the bank’s app.");
  }
  write_links(json, {{"selectAuthenticationMethod", choosing ? self : ""},
                     {"authoriseTransaction", wants_code ? self : ""},
                     {"scaRedirect", wants_visit ? visit_url(call, authorisation.id) : ""},
                     {"scaStatus", self}});
}

http::Response sca_answer(int status, std::string body, std::optional<Method> method) {
  auto response = http::Response::json(status, std::move(body));
  const std::string_view approach = method == Method::app    ? "DECOUPLED"
                                    : method == Method::page ? "REDIRECT"
                                                             : "EMBEDDED";
  response.headers.set("ASPSP-SCA-Approach", approach);
  return response;
}

Result<std::optional<Authorisation>> authorisation_in_path(db::Transaction& tx, const Call& call,
                                                           const Uuid& subject_id) {
  const auto id = AuthorisationId::parse(call.request.path_parameter("authorisation_id"));
  if (!id) return std::optional<Authorisation>{};
  ASSIGN_OR_RETURN(auto authorisation, find_authorisation(tx, *id));
  if (authorisation && authorisation->subject_id != subject_id) authorisation.reset();
  return authorisation;
}

Result<http::Response> tell_sca_status(db::Transaction& tx, const Call& call, const Uuid& subject_id) {
  ASSIGN_OR_RETURN(const auto authorisation, authorisation_in_path(tx, call, subject_id));
  if (!authorisation) return unknown_resource();
  json::Writer json;
  json.begin_object().member("scaStatus", to_text(authorisation->status)).end_object();
  return http::Response::json(200, std::move(json).text());
}

}  // namespace qantara::sandbox_bank
