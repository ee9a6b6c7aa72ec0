#include "sandbox_bank/admin.h"

#include "sandbox_bank/authorisation_store.h"
#include "sandbox_bank/clock_store.h"
#include "sandbox_bank/consent_store.h"
#include "sandbox_bank/ledger_store.h"
#include "sandbox_bank/payment_store.h"
#include "sandbox_bank/scenario_store.h"
#include "sandbox_bank/wire.h"

namespace qantara::sandbox_bank {

namespace {

std::string amount_text(std::int64_t minor, std::string_view currency) { return to_money(minor, currency).to_text(); }

http::Response no_content() { return {.status = 204}; }

}  // namespace

// GET /_admin/ledger: what really happened, for comparison with what a gateway believes.
Result<http::Response> get_ledger(db::Transaction& tx, const Visit&) {
  ASSIGN_OR_RETURN(const auto payments, booked_payments(tx));
  ASSIGN_OR_RETURN(const auto all_entries, entries(tx));
  ASSIGN_OR_RETURN(const auto totals, sums(tx));
  json::Writer json;
  json.begin_object().name("transfers").begin_array();
  for (const BookedPayment& payment : payments) {
    json.begin_object().member("transfer", payment.seq).member("paymentId", payment.payment_id.to_plain_text());
    json.member("endToEndIdentification", payment.end_to_end_id).member("user", payment.username);
    json.member("debtorIban", payment.debtor_account).member("creditorIban", payment.creditor_account);
    json.member("currency", payment.currency).member("amount", amount_text(payment.amount, payment.currency));
    json.member("reference", payment.remittance).member("bankTransactionReference", payment.bank_reference);
    json.member("bookedAt", qantara::to_text(payment.booked_at)).end_object();
  }
  json.end_array().name("entries").begin_array();
  for (const Entry& entry : all_entries) {
    json.begin_object().member("transfer", entry.transfer_seq).member("account", entry.account_number);
    json.member("currency", entry.currency).member("amount", amount_text(entry.amount, entry.currency));
    json.member("bankTransactionReference", entry.reference).member("bookedAt", qantara::to_text(entry.booked_at));
    json.end_object();
  }
  json.end_array().name("sums").begin_object();
  for (const auto& [currency, sum] : totals) json.member(currency, amount_text(sum, currency));
  json.end_object().end_object();
  return http::Response::json(200, std::move(json).text());
}

Result<http::Response> get_users(db::Transaction& tx, const Visit&) {
  json::Writer json;
  json.begin_object().name("users").begin_array();
  for (const TestUser& user : test_users()) {
    ASSIGN_OR_RETURN(const int wrong, wrong_passwords(tx, user.username));
    ASSIGN_OR_RETURN(const auto accounts, accounts_of(tx, user.username));
    json.begin_object().member("username", user.username).member("name", user.name);
    json.member("loginCode", user.login == Login::PASSWORD_AND_CODE).name("methods").begin_array();
    for (const Method method : user.methods) json.string(to_text(method));
    json.end_array();
    json.member("coolOffSeconds", std::chrono::duration_cast<std::chrono::seconds>(user.cool_off).count());
    json.member("locked", wrong >= kTries).member("note", user.note).name("accounts").begin_array();
    for (const Account& account : accounts) {
      json.begin_object().member("iban", account.number).member("currency", account.currency);
      json.member("name", account.name).member("balance", amount_text(account.balance, account.currency)).end_object();
    }
    json.end_array().end_object();
  }
  json.end_array().end_object();
  return http::Response::json(200, std::move(json).text());
}

Result<http::Response> unlock_user(db::Transaction& tx, const Visit& visit) {
  const auto username = visit.request.path_parameter("username");
  if (find_user(username) == nullptr) return unknown_resource();
  RETURN_IF_ERROR(set_wrong_passwords(tx, username, 0));
  return no_content();
}

Result<http::Response> end_user_sessions(db::Transaction& tx, const Visit& visit) {
  const auto username = visit.request.path_parameter("username");
  if (find_user(username) == nullptr) return unknown_resource();
  ASSIGN_OR_RETURN(const auto ended, end_sessions(tx, username, visit.now));
  json::Writer json;
  json.begin_object().member("ended", ended).end_object();
  return http::Response::json(200, std::move(json).text());
}

Result<http::Response> create_scenario(db::Transaction& tx, const Visit& visit) {
  const auto scenario = read_scenario(visit.body);
  if (!scenario) return format_error(scenario.error());
  ASSIGN_OR_RETURN(const auto seq, insert_scenario(tx, *scenario));
  json::Writer json;
  json.begin_object().member("id", seq).end_object();
  return http::Response::json(201, std::move(json).text());
}

Result<http::Response> get_scenarios(db::Transaction& tx, const Visit&) {
  ASSIGN_OR_RETURN(const auto scenarios, all_scenarios(tx));
  json::Writer json;
  json.begin_object().name("scenarios").begin_array();
  for (const Scenario& scenario : scenarios) write(json, scenario);
  json.end_array().end_object();
  return http::Response::json(200, std::move(json).text());
}

Result<http::Response> clear_scenarios(db::Transaction& tx, const Visit&) {
  RETURN_IF_ERROR(delete_scenarios(tx));
  return no_content();
}

Result<http::Response> get_approvals(db::Transaction& tx, const Visit& visit) {
  ASSIGN_OR_RETURN(const auto waiting, waiting_approvals(tx, visit.request.query_parameter("user").value_or("")));
  json::Writer json;
  json.begin_object().name("approvals").begin_array();
  for (const Authorisation& authorisation : waiting) {
    ASSIGN_OR_RETURN(const auto payment, find_payment(tx, PaymentId{authorisation.subject_id}));
    CHECK(payment);
    json.begin_object()
        .member("authorisationId", authorisation.id.to_plain_text())
        .member("user", authorisation.username);
    json.member("paymentId", payment->id.to_plain_text()).member("endToEndIdentification", payment->end_to_end_id);
    json.member("currency", payment->currency).member("amount", amount_text(payment->amount, payment->currency));
    json.member("creditorName", payment->creditor_name).member("creditorAccount", payment->creditor_account);
    json.member("reference", payment->remittance);
    json.member("until", qantara::to_text(*authorisation.due_at)).end_object();
  }
  json.end_array().end_object();
  return http::Response::json(200, std::move(json).text());
}

Result<http::Response> decide_approval(db::Transaction& tx, const Visit& visit) {
  const auto id = AuthorisationId::parse(visit.request.path_parameter("authorisation_id"));
  const auto word = visit.body.text("decision");
  if (word != "approve" && word != "deny") return format_error("decision: \"approve\" or \"deny\".");
  if (!id) return unknown_resource();
  ASSIGN_OR_RETURN(const bool decided,
                   decide(tx, *id, word == "approve" ? Decision::approve : Decision::deny, visit.now, visit.dice));
  if (!decided) return wrong_status("Nothing waits for a decision here.");
  return no_content();
}

Result<http::Response> get_clock(db::Transaction& tx, const Visit& visit) {
  ASSIGN_OR_RETURN(const auto offset, clock_offset(tx));
  return http::Response::json(200, clock_json(visit.now, offset));
}

std::optional<Duration> read_offset(const json::Value& body) {
  const json::Value* value = body.find("offset_micros");
  const auto micros = value != nullptr && value->is(json::Kind::NUMBER) ? value->integer() : std::nullopt;
  if (!micros || *micros < 0 || Duration{*micros} > std::chrono::years{100}) return std::nullopt;
  return Duration{*micros};
}

std::string clock_json(Instant now, Duration offset) {
  json::Writer json;
  json.begin_object().member("now", qantara::to_text(now)).member("offset_micros", offset.count()).end_object();
  return std::move(json).text();
}

}  // namespace qantara::sandbox_bank
