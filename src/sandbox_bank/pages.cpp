#include "sandbox_bank/pages.h"

#include <algorithm>

#include "sandbox_bank/authorisation_store.h"
#include "sandbox_bank/ledger_store.h"
#include "sandbox_bank/page_parts.h"
#include "sandbox_bank/payment_store.h"
#include "sandbox_bank/words.h"

namespace qantara::sandbox_bank {

namespace {

Html form(const Viewer& viewer, const Authorisation& authorisation, std::string_view act, std::string_view label) {
  return button_form(viewer.href("/app/" + authorisation.id.to_plain_text() + "/" + std::string{act}), act, label);
}

Html approval_forms(const Viewer& viewer, const Authorisation& authorisation) {
  const Words& w = viewer.words;
  const std::string self = viewer.href("/app/" + authorisation.id.to_plain_text()) + "&left=yes";
  return element("div", "acts",
                 form(viewer, authorisation, "approve", w.approve) + form(viewer, authorisation, "deny", w.deny)) +
         element("p", "more", link(self, w.let_time_out));
}

Result<http::Response> decide_in_app(db::Transaction& tx, const Visit& visit, Decision decision) {
  if (comes_from_elsewhere(visit)) return http::Response::text(403, "This form was sent from another site.\n");
  const auto id = AuthorisationId::parse(visit.request.path_parameter("authorisation_id"));
  if (id) {
    // A second press finds nothing to decide; the page tells what became of the first.
    ASSIGN_OR_RETURN([[maybe_unused]] const bool decided, decide(tx, *id, decision, visit.now, visit.dice));
  }
  http::Response response{.status = 303};
  response.headers.set("Location", viewer(visit).href("/app/" + (id ? id->to_plain_text() : std::string{"unknown"})));
  return response;
}

std::string_view manner(const Words& w, House::Temper temper) {
  switch (temper) {
    case House::Temper::USUAL:
      return w.usual;
    case House::Temper::SLOW:
      return w.slow;
    case House::Temper::APP_ONLY:
      return w.app_only;
    case House::Temper::REDIRECT_ONLY:
      return w.redirect_only;
    case House::Temper::CLOSED:
      return w.closed;
  }
  return "";
}

Html head_row(std::initializer_list<std::string_view> titles) {
  Html cells;
  for (const auto title : titles) cells += {"<th scope=\"col\">" + escape(title).text + "</th>"};
  return element("thead", "", element("tr", "", cells));
}

Html cell(const Html& content, std::string_view css_class = "") { return element("td", css_class, content); }

Html table(std::string_view css_class, const Html& head, const Html& rows) {
  return element("div", "scroll", element("table", css_class, head + element("tbody", "", rows)));
}

}  // namespace

Result<http::Response> show_landing(db::Transaction& tx, const Visit& visit) {
  const Viewer v = viewer(visit);
  const Words& w = v.words;
  Html body = element("h1", "", escape(w.welcome)) + element("p", "", escape(w.welcome_text));
  const Html password{"<code>" + escape(kPassword).text + "</code>"};
  const Html code{"<code>" + escape(kCode).text + "</code>"};
  body += element("p", "", fill(w.password_and_code, {{"password", password}, {"code", code}}));
  Html rows;
  for (const TestUser& user : test_users()) {
    ASSIGN_OR_RETURN(const auto accounts, accounts_of(tx, user.username));
    Html held;
    for (const Account& account : accounts) {
      held += element("div", "", account_number(account.number)) +
              element("div", "", amount(account.balance, account.currency, v.language));
    }
    rows += element("tr", "",
                    cell(element("div", "", Html{"<code>"} + ltr(user.username) + Html{"</code>"}) +
                         element("div", "muted", bdi(user.name))) +
                        cell(escape(v.language == Language::ARABIC ? user.arabic_note : user.note)) + cell(held));
  }
  body += table("cards", head_row({w.column_user, w.column_for, w.column_accounts}), rows);

  body += element("h2", "", escape(w.banks)) + element("p", "", escape(w.banks_text));
  rows = {};
  for (const House& house : houses()) {
    rows += element("tr", "",
                    cell(ltr(house.identifier)) +
                        cell(Html{"<code>"} + ltr(std::string{house.prefix} + "/v1/…") + Html{"</code>"}) +
                        cell(escape(manner(w, house.temper))));
  }
  body += table("cards", head_row({w.column_bank, w.column_address, w.column_temper}), rows);
  return page(v, "/", "landing", w.home, body);
}

Result<http::Response> show_ledger(db::Transaction& tx, const Visit& visit) {
  constexpr std::size_t kShown = 200;  // Entries, two for each of 100 transfers.
  const Viewer v = viewer(visit);
  const Words& w = v.words;
  ASSIGN_OR_RETURN(const auto all, entries(tx));
  ASSIGN_OR_RETURN(const auto totals, sums(tx));
  Html body = element("h1", "", escape(w.ledger)) + element("p", "", escape(w.ledger_intro));
  Html rows;
  for (const auto& [currency, sum] : totals) {
    rows += element("tr", "", cell(escape(w.sum)) + cell(amount(sum, currency, v.language), "number"));
  }
  body += table("", Html{}, rows);
  if (all.size() > kShown) body += element("p", "muted", escape(w.newest_only));
  rows = {};
  const std::size_t shown = std::min(kShown, all.size());
  for (std::size_t i = 0; i + 1 < shown; i += 2) {
    for (std::size_t side = 0; side < 2; ++side) {
      const Entry& entry = all[all.size() - i - 2 + side];
      const bool first = side == 0;
      rows += element("tr", first ? "first" : "second",
                      cell(first ? date_and_time(entry.booked_at) : Html{}) +
                          cell(!first                         ? Html{}
                               : entry.reference == "OPENING" ? escape(w.opening)
                                                              : ltr(entry.reference)) +
                          cell(account_number(entry.account_number)) +
                          cell(amount(entry.amount, entry.currency, v.language), "number"));
    }
  }
  body += table("cards", head_row({w.column_time, w.column_reference, w.column_account, w.column_amount}), rows);
  return page(v, "/ledger", "ledger", w.ledger, body);
}

Result<http::Response> show_app(db::Transaction& tx, const Visit& visit) {
  const Viewer v = viewer(visit);
  const Words& w = v.words;
  ASSIGN_OR_RETURN(const auto waiting, waiting_approvals(tx, v.user));
  Html body = element("h1", "", fill(w.waiting, {{"count", ltr(std::to_string(waiting.size()))}}));
  for (const Authorisation& authorisation : waiting) {
    ASSIGN_OR_RETURN(const auto payment, find_payment(tx, PaymentId{authorisation.subject_id}));
    CHECK(payment);
    body += element("article", "", describe(v, authorisation, *payment) + approval_forms(v, authorisation));
  }
  if (waiting.empty()) body += element("p", "", escape(w.nothing_waits));
  return page(v, "/app", "app", w.app, body, Refresh{waiting.empty() ? Refresh::What::SOON : Refresh::What::NO});
}

Result<http::Response> show_approval(db::Transaction& tx, const Visit& visit) {
  const Viewer v = viewer(visit);
  const Words& w = v.words;
  const auto id = AuthorisationId::parse(visit.request.path_parameter("authorisation_id"));
  std::optional<Authorisation> authorisation;
  if (id) {
    ASSIGN_OR_RETURN(authorisation, find_authorisation(tx, *id));
  }
  if (!authorisation || authorisation->subject != Subject::payment || authorisation->method != Method::app) {
    return page(v, "/app", "app", w.app, element("h1", "", escape(w.no_such_request)), {}, 404);
  }
  const std::string path = "/app/" + authorisation->id.to_plain_text();
  ASSIGN_OR_RETURN(const auto payment, find_payment(tx, PaymentId{authorisation->subject_id}));
  CHECK(payment);
  Html body = element("h1", "", escape(w.app));
  if (!authorisation->is_open()) {
    ASSIGN_OR_RETURN(const auto ended, outcome(tx, v, *authorisation, *payment));
    body += ended + element("article", "", describe(v, *authorisation, *payment));
  } else {
    if (visit.request.query_parameter("left")) {
      body += element("p", "result", fill(w.left, {{"until", time_of_day(*authorisation->due_at)}}));
    }
    body += element("article", "", describe(v, *authorisation, *payment) + approval_forms(v, *authorisation));
  }
  body += element("p", "more", link(v.href("/app"), w.show_all));
  return page(v, path, "app", w.app, body);
}

Result<http::Response> approve_in_app(db::Transaction& tx, const Visit& visit) {
  return decide_in_app(tx, visit, Decision::approve);
}

Result<http::Response> deny_in_app(db::Transaction& tx, const Visit& visit) {
  return decide_in_app(tx, visit, Decision::deny);
}

}  // namespace qantara::sandbox_bank
