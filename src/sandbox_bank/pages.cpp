#include "sandbox_bank/pages.h"

#include <algorithm>

#include "sandbox_bank/authorisation_store.h"
#include "sandbox_bank/ledger_store.h"
#include "sandbox_bank/payment_store.h"
#include "sandbox_bank/words.h"

namespace qantara::sandbox_bank {

namespace {

constexpr std::string_view kStyle = R"css(
:root { --ink: #1d1a33; --muted: #55506e; --indigo: #3b2f8f; --paper: #fff; --page: #efedf7; --line: #6f6998; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Arial, sans-serif; }
:lang(ar) { font-family: "SF Arabic", -apple-system, "Segoe UI", "Noto Sans Arabic", "Noto Naskh Arabic", Tahoma, sans-serif;
  line-height: 1.7; }
header { background: var(--indigo); color: #fff; padding: 4px 16px; display: flex; flex-wrap: wrap; gap: 4px 12px;
  align-items: center; }
header b { font-size: 1.0625rem; letter-spacing: .02em; }
:lang(ar) header b, header :lang(ar) { letter-spacing: 0; }
header .practice { border: 1px solid #fff; padding: 0 6px; font-size: .8125rem; }
header .lang { margin-inline-start: auto; }
header a, header a:visited { color: #fff; }
a { color: var(--indigo); text-underline-offset: .25em; }
nav { display: flex; flex-wrap: wrap; gap: 0 24px; padding: 0 16px; background: var(--paper); border-block-end: 1px solid var(--line); }
nav a, header .lang a, .more a { display: inline-block; min-height: 44px; padding: 10px 0; }
main { background: var(--paper); padding: 16px; max-width: 64rem; margin: 0 auto; }
h1 { font-size: 1.25rem; line-height: 1.3; margin: 8px 0 16px; }
h2 { font-size: 1.25rem; line-height: 1.3; margin: 0 0 8px; }
p { margin: 0 0 8px; }
.muted { color: var(--muted); }
article { border: 2px solid var(--indigo); padding: 16px; margin-block-end: 16px; }
.acts { display: grid; grid-template-columns: 1fr 1fr; gap: 12px; margin-block-start: 16px; }
.acts form { margin: 0; }
button { width: 100%; min-height: 48px; border: 2px solid var(--indigo); border-radius: 0; font: inherit; font-weight: 600; cursor: pointer; }
.approve button { background: var(--indigo); color: #fff; }
.deny button { background: #fff; color: var(--indigo); }
button:hover { outline: 2px solid var(--indigo); outline-offset: 1px; }
:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; }
.iban span + span { margin-inline-start: .3em; }
.iban { white-space: nowrap; }
.result { border-inline-start: 6px solid var(--indigo); padding: 8px 16px; background: var(--page); }
:lang(ar) code, code { font-family: ui-monospace, "SF Mono", "Cascadia Mono", "Roboto Mono", "DejaVu Sans Mono", monospace; }
code { white-space: nowrap; }
article p:last-child { margin: 0; }
.scroll { overflow-x: auto; margin-block-end: 24px; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: start; vertical-align: top; padding: 8px 12px 8px 0; border-block-end: 1px solid var(--line); }
[dir=rtl] th, [dir=rtl] td { padding: 8px 0 8px 12px; }
td.number, th.number { text-align: end; font-variant-numeric: tabular-nums; white-space: nowrap; }
.ledger th:last-child { text-align: end; }
.ledger tr.first td { border-block-end: 0; }
.ledger tr.second td { border-block-end: 2px solid var(--indigo); }
@media (max-width: 40rem) {
  .cards thead { display: none; }
  .cards, .cards tbody, .cards tr, .cards td { display: block; }
  .cards td { border: 0; padding: 2px 0; }
  .cards tr { border-block-end: 1px solid var(--line); padding-block: 8px; }
  .ledger .cards tr.first { border: 0; padding-block-end: 0; }
  .ledger .cards tr.second td { border: 0; }
  .cards td.number { text-align: start; }
  .cards td:empty { display: none; }
}
@media (min-width: 48rem) {
  .app .phone { max-width: 25rem; margin: 32px auto; border: 12px solid var(--ink); background: var(--paper); min-height: 40rem; }
}
)css";

struct Viewer {
  Language language;
  const Words& words;
  std::string user;  ///< The filter of the app page; empty for all.

  /// `path` in this language, with the filter kept.
  std::string href(std::string_view path, std::string_view lang) const {
    std::string address = std::string{path} + "?lang=" + std::string{lang};
    if (!user.empty()) address += "&user=" + http::percent_encode(user);
    return address;
  }
  std::string href(std::string_view path) const { return href(path, words.lang); }
};

Viewer viewer(const Visit& visit) {
  const Language language = visit.request.query_parameter("lang") == "ar" ? Language::ARABIC : Language::ENGLISH;
  return {.language = language, .words = words(language), .user = visit.request.query_parameter("user").value_or("")};
}

Html element(std::string_view tag, std::string_view css_class, const Html& content) {
  std::string html = "<" + std::string{tag};
  if (!css_class.empty()) html += " class=\"" + std::string{css_class} + "\"";
  return {html + ">" + content.text + "</" + std::string{tag} + ">\n"};
}

Html link(std::string_view href, std::string_view text) {
  return {"<a href=\"" + escape(href).text + "\">" + escape(text).text + "</a>"};
}

enum class Refresh { NO, SOON };

http::Response page(const Viewer& viewer, std::string_view path, std::string_view css_class, std::string_view title,
                    const Html& body, Refresh refresh = Refresh::NO, int status = 200) {
  const Words& w = viewer.words;
  Html html{"<!doctype html>\n<html lang=\""};
  html += escape(w.lang) + Html{"\" dir=\""} + escape(w.direction) + Html{"\">\n<head>\n<meta charset=\"utf-8\">\n"};
  html += {"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"};
  if (refresh == Refresh::SOON) html += {"<meta http-equiv=\"refresh\" content=\"5\">\n"};
  html += Html{"<link rel=\"stylesheet\" href=\"/style.css\">\n<link rel=\"icon\" href=\"data:,\">\n<title>"} +
          escape(title) + Html{" – "} + escape(w.bank) + Html{"</title>\n</head>\n<body class=\""} + escape(css_class) +
          Html{"\">\n<div class=\"phone\">\n"};
  html += element("header", "",
                  element("b", "", escape(w.bank)) + element("span", "practice", escape(w.practice)) +
                      Html{"<span class=\"lang\" lang=\"" + std::string{w.other_lang} + "\">"} +
                      link(viewer.href(path, w.other_lang), w.other_language) + Html{"</span>"});
  html += element(
      "nav", "",
      link(viewer.href("/"), w.home) + link(viewer.href("/app"), w.app) + link(viewer.href("/ledger"), w.ledger));
  html += element("main", "", body) + Html{"</div>\n</body>\n</html>\n"};

  http::Response response{.status = status};
  response.body = std::move(html.text);
  response.headers.set("Content-Type", "text/html; charset=utf-8");
  response.headers.set("Content-Security-Policy",
                       "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; "
                       "frame-ancestors 'none'");
  response.headers.set("X-Content-Type-Options", "nosniff");
  response.headers.set("Referrer-Policy", "no-referrer");
  response.headers.set("Cache-Control", "no-store");
  return response;
}

Html form(const Viewer& viewer, const Authorisation& authorisation, std::string_view act, std::string_view label) {
  const std::string action = viewer.href("/app/" + authorisation.id.to_plain_text() + "/" + std::string{act});
  return {"<form class=\"" + std::string{act} + "\" method=\"post\" action=\"" + escape(action).text + "\"><button>" +
          escape(label).text + "</button></form>\n"};
}

/// What the payer is asked: amount and payee, account, reference, payer, who asked and until when.
Html describe(const Viewer& viewer, const Authorisation& authorisation, const Payment& payment) {
  const Words& w = viewer.words;
  Html html = element("h2", "",
                      fill(w.amount_to_payee, {{"amount", amount(payment.amount, payment.currency, viewer.language)},
                                               {"payee", bdi(payment.creditor_name)}}));
  html += element("p", "", account_number(payment.creditor_account));
  if (!payment.remittance.empty()) html += element("p", "", bdi(payment.remittance));
  html += element("p", "", fill(w.from_account, {{"account", account_number(payment.debtor_account)}}));
  html += element("p", "muted",
                  fill(w.payer, {{"name", bdi(find_user(payment.username)->name)}, {"user", ltr(payment.username)}}));
  if (authorisation.is_open()) {
    html +=
        element("p", "muted",
                fill(payment.asked_by.empty() ? w.asked : w.asked_by, {{"who", bdi(payment.asked_by)},
                                                                       {"at", time_of_day(authorisation.started_at)},
                                                                       {"until", time_of_day(*authorisation.due_at)}}));
  }
  return html;
}

Html approval_forms(const Viewer& viewer, const Authorisation& authorisation) {
  const Words& w = viewer.words;
  const std::string self = viewer.href("/app/" + authorisation.id.to_plain_text()) + "&left=yes";
  return element("div", "acts",
                 form(viewer, authorisation, "approve", w.approve) + form(viewer, authorisation, "deny", w.deny)) +
         element("p", "more", link(self, w.let_time_out));
}

/// What became of a request that does not wait any more, with the ledger line it made.
Result<Html> outcome(db::Transaction& tx, const Viewer& viewer, const Authorisation& authorisation,
                     const Payment& payment) {
  const Words& w = viewer.words;
  const auto say = [](const Html& sentence) { return element("p", "result", sentence); };
  if (authorisation.status == ScaStatus::failed) {
    if (payment.reason_code == "CUST") return say(escape(w.denied));
    if (payment.reason_code == "DS24") return say(escape(w.timed_out));
    return say(escape(w.replaced));
  }
  if (payment.status == PaymentStatus::PDNG) return say(escape(w.approved_and_held));
  if (payment.status == PaymentStatus::RJCT) {
    return say(fill(w.approved_but_rejected, {{"reason", ltr(payment.reason_code.value_or(""))}}));
  }
  Html html = say(escape(w.approved));
  ASSIGN_OR_RETURN(const auto booked, find_booked_payment(tx, payment.id));
  if (booked) {
    html += element("p", "",
                    fill(w.booked, {{"at", date_and_time(booked->booked_at)},
                                    {"amount", amount(booked->amount, booked->currency, viewer.language)},
                                    {"debtor", account_number(booked->debtor_account)},
                                    {"creditor", account_number(booked->creditor_account)},
                                    {"reference", ltr(booked->bank_reference)}}));
  }
  return html;
}

/// A form of another site may not decide for a person here.
bool comes_from_elsewhere(const Visit& visit) {
  const auto site = visit.request.headers.value_or("Sec-Fetch-Site", "none");
  return site != "same-origin" && site != "none";
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

http::Response stylesheet() {
  http::Response response{.body = std::string{kStyle}};
  response.headers.set("Content-Type", "text/css; charset=utf-8");
  return response;
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
  return page(v, "/app", "app", w.app, body, waiting.empty() ? Refresh::SOON : Refresh::NO);
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
    return page(v, "/app", "app", w.app, element("h1", "", escape(w.no_such_request)), Refresh::NO, 404);
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
