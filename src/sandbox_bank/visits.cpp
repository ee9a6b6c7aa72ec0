#include "sandbox_bank/visits.h"

#include <algorithm>

#include "base/crypto.h"
#include "base/text.h"
#include "sandbox_bank/authorisation_store.h"
#include "sandbox_bank/beneficiary_store.h"
#include "sandbox_bank/consent_store.h"
#include "sandbox_bank/page_parts.h"
#include "sandbox_bank/payment_store.h"

namespace qantara::sandbox_bank {

namespace {

constexpr std::string_view kCookie = "visitor=";

Result<std::optional<Authorisation>> visited(db::Transaction& tx, const Visit& visit) {
  const auto id = AuthorisationId::parse(visit.request.path_parameter("authorisation_id"));
  if (!id) return std::optional<Authorisation>{};
  ASSIGN_OR_RETURN(auto authorisation, find_authorisation(tx, *id));
  if (authorisation && !authorisation->pages) authorisation.reset();
  return authorisation;
}

/// A member of a form; browsers write a blank as "+".
std::string form_value(const Visit& visit, std::string_view name) {
  http::Request form{.query = visit.request.body};
  std::ranges::replace(form.query, '+', ' ');
  return form.query_parameter(name).value_or("");
}

/// Whether this browser is the one that signed in.
bool is_signed_in(const Visit& visit, const Authorisation& authorisation) {
  const std::string& secret = authorisation.pages->visitor;
  std::string_view rest = visit.request.headers.value_or("Cookie", "");
  while (!secret.empty() && !rest.empty()) {
    const auto end = std::min(rest.find(';'), rest.size());
    const auto pair = trim(rest.substr(0, end));
    if (pair.starts_with(kCookie) && equals_in_constant_time(pair.substr(kCookie.size()), secret)) return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

std::string path_of(const Authorisation& authorisation, std::string_view act = "") {
  return visit_path(authorisation.id) + (act.empty() ? "" : "/" + std::string{act});
}

http::Response go_to(std::string_view address) {
  http::Response response{.status = 303};
  response.headers.set("Location", address);
  return response;
}

std::string_view title_of(const Words& w, const Authorisation& authorisation) {
  const bool is_named = !authorisation.pages->asked_by.empty();
  switch (authorisation.subject) {
    case Subject::consent:
      return is_named ? w.asks_for_accounts : w.asked_for_accounts;
    case Subject::beneficiary:
      return is_named ? w.asks_for_payee : w.asked_for_payee;
    case Subject::payment:
      return is_named ? w.asks_to_pay : w.asked_to_pay;
  }
  return w.asked_to_pay;
}

Html heading(const Words& w, const Authorisation& authorisation) {
  return element("h1", "", fill(title_of(w, authorisation), {{"who", bdi(authorisation.pages->asked_by)}}));
}

enum class Stage { SIGN_IN, APPROVE };

Html steps(const Words& w, Stage stage) {
  const auto step = [&](Stage which, std::string_view text) {
    const std::string_view current = which == stage ? " aria-current=\"step\"" : "";
    return Html{"<li" + std::string{current} + ">" + escape(text).text + "</li>"};
  };
  return element("ol", "steps", step(Stage::SIGN_IN, w.step_sign_in) + step(Stage::APPROVE, w.step_approve));
}

Html input(std::string_view name, std::string_view type, std::string_view autocomplete, std::string_view label) {
  const std::string id{name};
  return {"<label for=\"" + id + "\">" + escape(label).text + "</label><input id=\"" + id + "\" name=\"" + id +
          "\" type=\"" + std::string{type} + "\" autocomplete=\"" + std::string{autocomplete} +
          "\" autocapitalize=\"none\" spellcheck=\"false\" dir=\"ltr\" required maxlength=\"256\">\n"};
}

Html sign_in_form(const Viewer& v, const Authorisation& authorisation) {
  const Words& w = v.words;
  const Html password{"<code>" + escape(kPassword).text + "</code>"};
  const Html code{"<code>" + escape(kCode).text + "</code>"};
  Html form{"<form class=\"sign-in\" method=\"post\" action=\"" +
            escape(v.href(path_of(authorisation, "sign-in"))).text + "\">\n"};
  form += input("username", "text", "username", w.user_name) +
          input("password", "password", "current-password", w.password);
  form += Html{"<button>"} + escape(w.sign_in) + Html{"</button></form>\n"};
  return form + element("p", "muted", fill(w.password_and_code, {{"password", password}, {"code", code}}));
}

/// What is asked, once the payer has signed in.
Result<Html> request(db::Transaction& tx, const Viewer& v, const Authorisation& authorisation) {
  const Words& w = v.words;
  if (authorisation.subject == Subject::payment) {
    ASSIGN_OR_RETURN(const auto payment, find_payment(tx, PaymentId{authorisation.subject_id}));
    CHECK(payment);
    return describe(v, authorisation, *payment);
  }
  if (authorisation.subject == Subject::consent) return element("p", "", escape(w.accounts_shown));
  ASSIGN_OR_RETURN(const auto payee, find_beneficiary(tx, BeneficiaryId{authorisation.subject_id}));
  CHECK(payee);
  return element("p", "", fill(w.payee_added, {{"payee", bdi(payee->creditor_name)}})) +
         element("p", "", account_number(payee->creditor_account));
}

Result<Html> ending(db::Transaction& tx, const Viewer& v, const Authorisation& authorisation) {
  const Words& w = v.words;
  if (authorisation.subject == Subject::payment) {
    ASSIGN_OR_RETURN(const auto payment, find_payment(tx, PaymentId{authorisation.subject_id}));
    CHECK(payment);
    return outcome(tx, v, authorisation, *payment);
  }
  const bool is_allowed = authorisation.status == ScaStatus::finalised;
  return element("p", "result", escape(is_allowed ? w.allowed : w.refused));
}

/// The payer who signs in becomes the one of whatever is asked, where that is not known yet. False if it is another's.
Result<bool> take_user(db::Transaction& tx, Authorisation& authorisation, std::string_view username) {
  if (!authorisation.username.empty()) return authorisation.username == username;
  authorisation.username = username;
  if (authorisation.subject != Subject::consent) return true;
  ASSIGN_OR_RETURN(auto consent, find_consent(tx, ConsentId{authorisation.subject_id}));
  CHECK(consent);
  consent->username = username;
  RETURN_IF_ERROR(update_consent(tx, *consent));
  return true;
}

enum class Trouble { WRONG_PASSWORD, LOCKED, WRONG_USER };

http::Response ask_again(const Viewer& v, const Authorisation& authorisation, Trouble trouble) {
  const Words& w = v.words;
  const std::string_view text = trouble == Trouble::LOCKED       ? w.locked
                                : trouble == Trouble::WRONG_USER ? w.wrong_user
                                                                 : w.wrong_password;
  const Html alert{"<p class=\"result\" role=\"alert\">" + escape(text).text + "</p>\n"};
  const Html body = steps(w, Stage::SIGN_IN) + heading(w, authorisation) + alert + sign_in_form(v, authorisation) +
                    element("p", "more", link(authorisation.pages->refused_url, w.go_on));
  return page(v, path_of(authorisation), "visit", w.visit, body);
}

Result<http::Response> decide_on_page(db::Transaction& tx, const Visit& visit, ScaEvent decision) {
  if (comes_from_elsewhere(visit)) return http::Response::text(403, "This form was sent from another site.\n");
  ASSIGN_OR_RETURN(const auto authorisation, visited(tx, visit));
  if (!authorisation) return show_visit(tx, visit);
  const Viewer v = viewer(visit);
  if (!is_signed_in(visit, *authorisation)) return go_to(v.href(path_of(*authorisation)));
  // A second press finds nothing to decide; the page tells what became of the first.
  ASSIGN_OR_RETURN(const bool decided, conclude(tx, *authorisation, decision, visit.now, visit.dice));
  return go_to(v.href(path_of(*authorisation)) + (decided ? "&go=on" : ""));
}

}  // namespace

Result<http::Response> show_visit(db::Transaction& tx, const Visit& visit) {
  const Viewer v = viewer(visit);
  const Words& w = v.words;
  ASSIGN_OR_RETURN(const auto authorisation, visited(tx, visit));
  if (!authorisation) return page(v, "/", "visit", w.visit, element("h1", "", escape(w.no_such_request)), {}, 404);
  const auto& pages = *authorisation->pages;
  if (!authorisation->is_open()) {
    const std::string& address = authorisation->status == ScaStatus::finalised ? pages.done_url : pages.refused_url;
    const bool goes_on = visit.request.query_parameter("go") == "on";
    ASSIGN_OR_RETURN(const auto ended, ending(tx, v, *authorisation));
    // The ledger line is the business of whoever signed in here.
    const Html told = is_signed_in(visit, *authorisation) ? ended : element("p", "result", escape(w.no_such_request));
    return page(v, path_of(*authorisation), "visit", w.visit,
                heading(w, *authorisation) + told + element("p", "more", link(address, w.go_on)),
                {.what = goes_on ? Refresh::What::GO_ON : Refresh::What::NO, .address = address});
  }
  if (!is_signed_in(visit, *authorisation)) {
    return page(v, path_of(*authorisation), "visit", w.visit,
                steps(w, Stage::SIGN_IN) + heading(w, *authorisation) + sign_in_form(v, *authorisation));
  }
  ASSIGN_OR_RETURN(const auto asked, request(tx, v, *authorisation));
  const Html forms = button_form(v.href(path_of(*authorisation, "approve")), "approve", w.approve_and_return) +
                     button_form(v.href(path_of(*authorisation, "refuse")), "refuse", w.refuse_and_return);
  return page(v, path_of(*authorisation), "visit", w.visit,
              steps(w, Stage::APPROVE) + heading(w, *authorisation) +
                  element("article", "", asked + element("div", "acts", forms)));
}

Result<http::Response> sign_in_on_page(db::Transaction& tx, const Visit& visit) {
  if (comes_from_elsewhere(visit)) return http::Response::text(403, "This form was sent from another site.\n");
  ASSIGN_OR_RETURN(auto authorisation, visited(tx, visit));
  if (!authorisation || !authorisation->is_open()) return show_visit(tx, visit);
  const Viewer v = viewer(visit);
  const std::string username = form_value(visit, "username");
  ASSIGN_OR_RETURN(const auto refusal, check_password(tx, username, form_value(visit, "password")));
  if (refusal) return ask_again(v, *authorisation, refusal->status == 403 ? Trouble::LOCKED : Trouble::WRONG_PASSWORD);
  ASSIGN_OR_RETURN(const bool is_theirs, take_user(tx, *authorisation, username));
  if (!is_theirs) return ask_again(v, *authorisation, Trouble::WRONG_USER);
  authorisation->pages->visitor = visit.secret;
  RETURN_IF_ERROR(update_authorisation(tx, *authorisation));
  auto response = go_to(v.href(path_of(*authorisation)));
  response.headers.set("Set-Cookie", std::string{kCookie} + visit.secret + "; Path=" + path_of(*authorisation) +
                                         "; HttpOnly; SameSite=Lax");
  return response;
}

Result<http::Response> approve_on_page(db::Transaction& tx, const Visit& visit) {
  return decide_on_page(tx, visit, ScaEvent::confirmed);
}

Result<http::Response> refuse_on_page(db::Transaction& tx, const Visit& visit) {
  return decide_on_page(tx, visit, ScaEvent::refused);
}

}  // namespace qantara::sandbox_bank
