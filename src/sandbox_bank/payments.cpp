#include "sandbox_bank/payments.h"

#include <algorithm>
#include <array>
#include <expected>

#include "base/crypto.h"
#include "base/text.h"
#include "iban/iban.h"
#include "sandbox_bank/authorisation_store.h"
#include "sandbox_bank/beneficiaries.h"
#include "sandbox_bank/consents.h"
#include "sandbox_bank/ledger_store.h"
#include "sandbox_bank/payment_store.h"
#include "sandbox_bank/scenarios.h"
#include "sandbox_bank/wire.h"

namespace qantara::sandbox_bank {

namespace {

/// Payment products of XS2A that this bank offers.
constexpr auto kProducts = std::to_array<std::string_view>({"cross-border-credit-transfers"});
constexpr auto kAppOnly = std::to_array({Method::app});

std::string path_of(const Payment& payment) {
  return "/v1/payments/" + payment.product + "/" + payment.id.to_plain_text();
}

/// How this payer confirms payments at this house.
std::span<const Method> methods_of(const Call& call, std::string_view username) {
  if (asks_on_pages(call)) return kPagesOnly;
  return call.house.temper == House::Temper::APP_ONLY ? std::span<const Method>{kAppOnly}
                                                      : find_user(username)->methods;
}

std::optional<Method> only(std::span<const Method> methods) {
  return methods.size() == 1 ? std::optional{methods.front()} : std::nullopt;
}

Result<std::optional<Payment>> payment_in_path(db::Transaction& tx, const Call& call) {
  const auto id = PaymentId::parse(call.request.path_parameter("payment_id"));
  if (!id) return std::optional<Payment>{};
  ASSIGN_OR_RETURN(auto payment, find_payment(tx, *id));
  if (payment && payment->product != call.request.path_parameter("product")) payment.reset();
  return payment;
}

struct Order {
  money::Money amount;
  std::string debtor_account;
  std::string creditor_account;
};

/// What must be understood before anything is looked up; the rest of the body is text.
std::expected<Order, http::Response> read_order(const json::Value& body) {
  const auto text_within = [&](std::string_view name, std::size_t least, std::size_t most) {
    const std::size_t length = utf8_length(body.text(name).value_or(""));
    return length >= least && length <= most;
  };
  if (!text_within("creditorName", 1, 70)) return std::unexpected{format_error("creditorName: 1 to 70 characters.")};
  if (!text_within("endToEndIdentification", 0, 35)) {
    return std::unexpected{format_error("endToEndIdentification: at most 35 characters.")};
  }
  if (!text_within("remittanceInformationUnstructured", 0, 140)) {
    return std::unexpected{format_error("remittanceInformationUnstructured: at most 140 characters.")};
  }
  const json::Value* instructed = body.find("instructedAmount");
  const auto figure = instructed == nullptr ? std::nullopt : instructed->text("amount");
  const auto code = instructed == nullptr ? std::nullopt : instructed->text("currency");
  if (!figure || !code) return std::unexpected{format_error("instructedAmount: a currency and an amount, both text.")};
  const auto currency = money::Currency::find(*code);
  if (!currency) return std::unexpected{format_error("instructedAmount.currency: not a currency.")};
  auto amount = money::Money::parse(*figure, *currency);
  if (!amount) return std::unexpected{format_error("instructedAmount: " + amount.error().message)};
  auto debtor = read_account_reference(body.find("debtorAccount"));
  if (!debtor) return std::unexpected{format_error("debtorAccount: a valid iban.")};
  auto creditor = read_account_reference(body.find("creditorAccount"));
  if (!creditor) return std::unexpected{format_error("creditorAccount: a valid iban, or a bban.")};
  if (*debtor == *creditor) return std::unexpected{format_error("creditorAccount: the debtor's own account.")};
  return Order{.amount = *amount, .debtor_account = *std::move(debtor), .creditor_account = *std::move(creditor)};
}

/// Sixteen digits that are always the same for one payment.
std::string reference_of(PaymentId id) {
  const Sha256 digest = sha256({reinterpret_cast<const char*>(id.uuid.bytes().data()), Uuid::kSize});
  std::uint64_t number = 0;
  for (int i = 0; i < 8; ++i)
    number = number << 8U | std::to_integer<std::uint64_t>(digest[static_cast<std::size_t>(i)]);
  const std::string digits = std::to_string(number % 10'000'000'000'000'000U);
  return std::string(16 - digits.size(), '0') + digits;
}

/// Moves the payment by `event`; what was due is over unless the caller sets it anew afterwards. False if it cannot.
bool move(Payment& payment, PaymentEvent event) {
  const auto status = next_state(kPaymentTransitions, payment.status, event);
  if (!status) return false;
  payment.status = *status;
  payment.due_at.reset();
  payment.due_event.reset();
  return true;
}

Result<void> reject(db::Transaction& tx, Payment payment, std::string_view code, std::string_view text) {
  if (!move(payment, PaymentEvent::rejected)) return {};
  payment.reason_code = std::string{code};
  payment.reason_text = std::string{text};
  return update_payment(tx, payment);
}

/// Checks that the payment is possible and books it, or rejects it.
Result<void> execute(db::Transaction& tx, Payment payment, Instant at) {
  const money::Money amount = to_money(payment.amount, payment.currency);
  ASSIGN_OR_RETURN(const bool listed, may_pay(tx, payment.username, payment.creditor_account, at));
  if (!listed) return reject(tx, payment, "SL11", "The payee is not on the payer's list, or still waits there.");
  ASSIGN_OR_RETURN(const auto debtor, find_account(tx, payment.debtor_account));
  CHECK(debtor);
  if (debtor->currency != payment.currency) return reject(tx, payment, "AM03", "The account holds another currency.");
  ASSIGN_OR_RETURN(const auto creditor, receiving_account(tx, payment.creditor_account, amount.currency()));
  if (!next_state(kPaymentTransitions, payment.status, PaymentEvent::booked)) return {};
  payment.bank_reference = reference_of(payment.id);
  ASSIGN_OR_RETURN(const Booking booked, book(tx, {.payment_id = payment.id,
                                                   .amount = amount,
                                                   .debit_account = debtor->number,
                                                   .credit_account = creditor,
                                                   .reference = *payment.bank_reference,
                                                   .booked_at = at}));
  if (booked == Booking::NOT_ENOUGH_MONEY) {
    payment.bank_reference.reset();
    return reject(tx, payment, "AM04", "There is not enough money on the account.");
  }
  CHECK(move(payment, PaymentEvent::booked));
  return update_payment(tx, payment);
}

/// The payer has confirmed: what a scenario has in store for the execution, or the execution.
Result<void> execute_or_hold(db::Transaction& tx, Payment payment, Instant at, std::uint64_t dice) {
  ASSIGN_OR_RETURN(const auto scenario, take(tx, Moment::execution, payment.username, dice));
  if (!scenario) return execute(tx, std::move(payment), at);
  const Effect effect = scenario->what();
  if (effect == Effect::accepted_without_reference) {
    payment.reference_from = scenario->duration ? at + *scenario->duration : Instant::max();
    return execute(tx, std::move(payment), at);
  }
  const bool rejected = effect == Effect::rejected;
  if (rejected && !scenario->duration)
    return reject(tx, std::move(payment), *scenario->reason, "Rejected by the bank.");
  if (!move(payment, PaymentEvent::held)) return {};
  payment.due_at = at + *scenario->duration;
  payment.due_event = rejected ? DueEvent::reject : DueEvent::execute;
  if (rejected) payment.reason_code = scenario->reason;
  return update_payment(tx, payment);
}

/// From now on the authorisation's own time counts.
Result<void> leave_time_to_authorisation(db::Transaction& tx, Payment payment) {
  payment.due_at.reset();
  payment.due_event.reset();
  return update_payment(tx, payment);
}

void write_status(json::Writer& json, const Payment& payment, Instant now, std::string_view word) {
  json.member("transactionStatus", word);
  if (payment.bank_reference && payment.reference_from.value_or(now) <= now) {
    json.member("bankTransactionReference", *payment.bank_reference);
  }
  if (payment.status != PaymentStatus::RJCT) return;
  json.member("reasonCode", payment.reason_code).member("reasonText", payment.reason_text);
}

}  // namespace

// POST /v1/payments/{product} · 201 · 400 FORMAT_ERROR, RESOURCE_UNKNOWN · 404 PRODUCT_UNKNOWN
Result<http::Response> create_payment(db::Transaction& tx, const Call& call) {
  const auto product = call.request.path_parameter("product");
  if (std::ranges::find(kProducts, product) == kProducts.end()) {
    return refuse(404, "PRODUCT_UNKNOWN", "This bank has no such payment product.");
  }
  auto order = read_order(call.body);
  if (!order) return std::move(order).error();
  ASSIGN_OR_RETURN(const auto debtor, find_account(tx, order->debtor_account));
  const auto psu_id = call.header("PSU-ID");
  if (!debtor || !debtor->username || (!psu_id.empty() && psu_id != *debtor->username)) {
    return refuse(400, "RESOURCE_UNKNOWN", "debtorAccount: this payer has no such account.");
  }

  if (auto refusal = check_return_urls(call)) return *std::move(refusal);

  const Payment payment{
      .id = PaymentId{call.fresh_id},
      .username = *debtor->username,
      .consent_id = ConsentId::parse(call.header("Consent-ID")),
      .product = std::string{product},
      .end_to_end_id = std::string{call.body.text("endToEndIdentification").value_or("")},
      .currency = std::string{order->amount.currency().code()},
      .amount = order->amount.minor(),
      .debtor_account = order->debtor_account,
      .creditor_name = std::string{call.body.text("creditorName").value_or("")},
      .creditor_account = order->creditor_account,
      .remittance = std::string{call.body.text("remittanceInformationUnstructured").value_or("")},
      .asked_by = std::string{call.header("TPP-Brand-Logging-Information")},
      .status = PaymentStatus::RCVD,
      .due_at = call.now + kOrderLife,
      .due_event = DueEvent::expire,
      .created_at = call.now,
  };
  RETURN_IF_ERROR(insert_payment(tx, payment));
  const bool visits = asks_on_pages(call);
  bool session = visits;  // Who is asked on the bank's pages signs in there.
  if (!visits && payment.consent_id) {
    ASSIGN_OR_RETURN(session, has_session(tx, *payment.consent_id, payment.username, call.now));
  }

  const std::string path = path_of(payment);
  json::Writer json;
  json.begin_object()
      .member("transactionStatus", to_text(payment.status))
      .member("paymentId", payment.id.to_plain_text());
  const auto start = call.link(path + "/authorisations");
  if (visits && !wants_explicit_start(call)) {
    ASSIGN_OR_RETURN(const auto authorisation,
                     start_authorisation(tx, call, Subject::payment, payment.id.uuid, payment.username, kPagesOnly));
    RETURN_IF_ERROR(leave_time_to_authorisation(tx, payment));
    write_links(json, {{"scaRedirect", visit_url(call, authorisation.id)},
                       {"scaStatus", start + "/" + authorisation.id.to_plain_text()},
                       {"self", call.link(path)},
                       {"status", call.link(path + "/status")}});
  } else {
    write_links(json, {{session ? "startAuthorisation" : "startAuthorisationWithPsuAuthentication", start},
                       {"self", call.link(path)},
                       {"status", call.link(path + "/status")}});
  }
  json.end_object();
  auto response = sca_answer(201, std::move(json).text(), only(methods_of(call, payment.username)));
  response.headers.set("Location", call.location(path));
  return response;
}

// POST …/{payment_id}/authorisations · 201 · 401 PSU_CREDENTIALS_INVALID · 403 SERVICE_BLOCKED · 404 · 409 STATUS_INVALID
Result<http::Response> start_payment_authorisation(db::Transaction& tx, const Call& call) {
  ASSIGN_OR_RETURN(auto payment, payment_in_path(tx, call));
  if (!payment) return unknown_resource();
  if (payment->status != PaymentStatus::RCVD) return wrong_status("This payment is not waiting for an authorisation.");
  if (const auto psu_id = call.header("PSU-ID"); !psu_id.empty() && psu_id != payment->username) {
    return refuse(401, "PSU_CREDENTIALS_INVALID", "The account belongs to another user.");
  }
  if (asks_on_pages(call)) {
    RETURN_IF_ERROR(leave_time_to_authorisation(tx, *payment));
    return start_visit(tx, call, Subject::payment, payment->id.uuid, payment->username, path_of(*payment));
  }
  const json::Value* psu_data = call.body.find("psuData");
  if (const auto password = psu_data == nullptr ? std::nullopt : psu_data->text("password")) {
    ASSIGN_OR_RETURN(auto refusal, check_password(tx, payment->username, *password));
    if (refusal) return *std::move(refusal);
  } else {
    ASSIGN_OR_RETURN(auto refusal, check_not_locked(tx, payment->username));
    if (refusal) return *std::move(refusal);
    auto consent = ConsentId::parse(call.header("Consent-ID"));
    if (!consent) consent = payment->consent_id;
    bool session = false;
    if (consent) {
      ASSIGN_OR_RETURN(session, has_session(tx, *consent, payment->username, call.now));
    }
    if (!session) return refuse(401, "PSU_CREDENTIALS_INVALID", "The session is over: a password is needed.");
  }

  const auto methods = methods_of(call, payment->username);
  ASSIGN_OR_RETURN(const auto authorisation,
                   start_authorisation(tx, call, Subject::payment, payment->id.uuid, payment->username, methods));
  RETURN_IF_ERROR(leave_time_to_authorisation(tx, *payment));

  json::Writer json;
  json.begin_object();
  write_authorisation(json, call, authorisation, methods, path_of(*payment));
  json.end_object();
  auto response = sca_answer(201, std::move(json).text(), authorisation.method);
  response.headers.set("Location",
                       call.location(path_of(*payment) + "/authorisations/" + authorisation.id.to_plain_text()));
  return response;
}

// PUT …/{payment_id}/authorisations/{authorisation_id} · 200 · 400 · 401 PSU_CREDENTIALS_INVALID · 404 · 409 STATUS_INVALID
Result<http::Response> authorise_payment(db::Transaction& tx, const Call& call) {
  ASSIGN_OR_RETURN(const auto payment, payment_in_path(tx, call));
  if (!payment) return unknown_resource();
  ASSIGN_OR_RETURN(const auto authorisation, authorisation_in_path(tx, call, payment->id.uuid));
  if (!authorisation) return unknown_resource();
  if (call.body.text("authenticationMethodId")) {
    return answer_method(tx, call, *authorisation, methods_of(call, payment->username), path_of(*payment));
  }
  if (call.body.text("scaAuthenticationData")) return answer_code(tx, call, *authorisation, path_of(*payment));
  return format_error("authenticationMethodId or scaAuthenticationData: missing.");
}

Result<http::Response> payment_sca_status(db::Transaction& tx, const Call& call) {
  ASSIGN_OR_RETURN(const auto payment, payment_in_path(tx, call));
  if (!payment) return unknown_resource();
  return tell_sca_status(tx, call, payment->id.uuid);
}

Result<http::Response> get_payment(db::Transaction& tx, const Call& call) {
  ASSIGN_OR_RETURN(const auto payment, payment_in_path(tx, call));
  if (!payment) return unknown_resource();
  json::Writer json;
  json.begin_object();
  write_status(json, *payment, call.now, to_text(payment->status));
  if (!payment->end_to_end_id.empty()) json.member("endToEndIdentification", payment->end_to_end_id);
  json.name("instructedAmount").begin_object().member("currency", payment->currency);
  json.member("amount", to_money(payment->amount, payment->currency).to_text()).end_object();
  json.name("debtorAccount").begin_object().member("iban", payment->debtor_account).end_object();
  json.member("creditorName", payment->creditor_name);
  const bool has_iban = iban::Iban::parse(payment->creditor_account).has_value();
  json.name("creditorAccount")
      .begin_object()
      .member(has_iban ? "iban" : "bban", payment->creditor_account)
      .end_object();
  if (!payment->remittance.empty()) json.member("remittanceInformationUnstructured", payment->remittance);
  json.end_object();
  return http::Response::json(200, std::move(json).text());
}

// GET …/{payment_id}/status · 200 · 404. Beyond the standard: bankTransactionReference, reasonCode, reasonText.
Result<http::Response> get_payment_status(db::Transaction& tx, const Call& call) {
  ASSIGN_OR_RETURN(const auto payment, payment_in_path(tx, call));
  if (!payment) return unknown_resource();
  ASSIGN_OR_RETURN(const auto scenario, take(tx, Moment::status_word, call));
  json::Writer json;
  json.begin_object();
  write_status(json, *payment, call.now, scenario ? "QQQQ" : to_text(payment->status));
  json.end_object();
  return http::Response::json(200, std::move(json).text());
}

// DELETE …/{payment_id} · 204 · 404 · 405 CANCELLATION_INVALID
Result<http::Response> cancel_payment(db::Transaction& tx, const Call& call) {
  ASSIGN_OR_RETURN(auto payment, payment_in_path(tx, call));
  if (!payment) return unknown_resource();
  if (!move(*payment, PaymentEvent::cancelled))
    return refuse(405, "CANCELLATION_INVALID", "This payment cannot be cancelled any more.");
  RETURN_IF_ERROR(supersede_open(tx, payment->id.uuid));
  RETURN_IF_ERROR(update_payment(tx, *payment));
  return http::Response{.status = 204};
}

Result<void> payment_authorised(db::Transaction& tx, PaymentId id, ScaEvent event, Instant at, std::uint64_t dice) {
  ASSIGN_OR_RETURN(auto payment, find_payment(tx, id));
  CHECK(payment);
  switch (event) {
    case ScaEvent::confirmed:
      return execute_or_hold(tx, *std::move(payment), at, dice);
    case ScaEvent::refused:
      return reject(tx, *std::move(payment), "CUST", "The payer refused.");
    case ScaEvent::codes_exhausted:
      return reject(tx, *std::move(payment), "NARR", "Three wrong codes.");
    case ScaEvent::timed_out:
      return reject(tx, *std::move(payment), "DS24", "The payer did not confirm in time.");
    case ScaEvent::method_chosen:
    case ScaEvent::superseded:
      return {};
  }
  return {};
}

Result<void> payment_due(db::Transaction& tx, PaymentId id) {
  ASSIGN_OR_RETURN(auto payment, find_payment(tx, id));
  CHECK(payment && payment->due_at && payment->due_event);
  const Instant at = *payment->due_at;
  if (payment->due_event == DueEvent::execute) return execute(tx, *std::move(payment), at);
  if (payment->due_event == DueEvent::expire) {
    return reject(tx, *std::move(payment), "DS24", "Nobody authorised this order.");
  }
  const std::string reason = payment->reason_code.value_or("NARR");
  return reject(tx, *std::move(payment), reason, "Rejected by the bank.");
}

Result<bool> decide(db::Transaction& tx, AuthorisationId id, Decision decision, Instant now, std::uint64_t dice) {
  ASSIGN_OR_RETURN(const auto authorisation, find_authorisation(tx, id));
  if (!authorisation || authorisation->subject != Subject::payment || !authorisation->waits_for_app()) return false;
  return conclude(tx, *authorisation, decision == Decision::approve ? ScaEvent::confirmed : ScaEvent::refused, now,
                  dice);
}

}  // namespace qantara::sandbox_bank
