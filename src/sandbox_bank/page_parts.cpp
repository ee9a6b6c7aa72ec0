#include "sandbox_bank/page_parts.h"

#include "sandbox_bank/ledger_store.h"
#include "sandbox_bank/pages.h"

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
article { border: 2px solid var(--indigo); padding: 16px; margin-block-end: 16px; overflow-wrap: anywhere; }
.acts { display: grid; grid-template-columns: 1fr 1fr; gap: 12px; margin-block-start: 16px; }
.acts form { margin: 0; }
button { width: 100%; min-height: 48px; border: 2px solid var(--indigo); border-radius: 0; font: inherit; font-weight: 600; cursor: pointer; }
.approve button { background: var(--indigo); color: #fff; }
.deny button { background: #fff; color: var(--indigo); }
button:hover { outline: 2px solid var(--indigo); outline-offset: 1px; }
:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; }
.iban span + span { margin-inline-start: .3em; }
.iban { white-space: nowrap; }
.steps { display: flex; gap: 16px; margin: 8px 0 0; padding: 0; list-style-position: inside; color: var(--muted); }
.steps [aria-current] { color: var(--ink); font-weight: 600; }
form.sign-in { max-width: 24rem; }
form.sign-in label { display: block; margin-block-start: 12px; font-weight: 600; }
form.sign-in input { width: 100%; min-height: 44px; padding: 8px; border: 1px solid var(--line); border-radius: 0; font: inherit; }
form.sign-in button { margin-block-start: 16px; }
.sign-in button { background: var(--indigo); color: #fff; }
.refuse button { background: #fff; color: var(--indigo); }
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

}  // namespace

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

http::Response page(const Viewer& viewer, std::string_view path, std::string_view css_class, std::string_view title,
                    const Html& body, const Refresh& refresh, int status) {
  const Words& w = viewer.words;
  Html html{"<!doctype html>\n<html lang=\""};
  html += escape(w.lang) + Html{"\" dir=\""} + escape(w.direction) + Html{"\">\n<head>\n<meta charset=\"utf-8\">\n"};
  html += {"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"};
  if (refresh.what == Refresh::What::SOON) html += {"<meta http-equiv=\"refresh\" content=\"5\">\n"};
  // Not a redirect: form-action would have to name every third party that a form may lead back to.
  if (refresh.what == Refresh::What::GO_ON) {
    html += Html{"<meta http-equiv=\"refresh\" content=\"0;url="} + escape(refresh.address) + Html{"\">\n"};
  }
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

Html button_form(std::string_view action, std::string_view css_class, std::string_view label) {
  return {"<form class=\"" + std::string{css_class} + "\" method=\"post\" action=\"" + escape(action).text +
          "\"><button>" + escape(label).text + "</button></form>\n"};
}

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

bool comes_from_elsewhere(const Visit& visit) {
  const auto site = visit.request.headers.value_or("Sec-Fetch-Site", "none");
  return site != "same-origin" && site != "none";
}

http::Response stylesheet() {
  http::Response response{.body = std::string{kStyle}};
  response.headers.set("Content-Type", "text/css; charset=utf-8");
  return response;
}

}  // namespace qantara::sandbox_bank
