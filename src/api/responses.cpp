#include "api/responses.h"

namespace qantara::api {

namespace {

void write_instant(json::Writer& writer, std::string_view name, const std::optional<Instant>& instant) {
  writer.name(name);
  if (instant) {
    writer.string(qantara::to_text(*instant));
  } else {
    writer.null();
  }
}

void write_party(json::Writer& writer, std::string_view name, std::string_view account_number, std::string_view iban,
                 std::string_view owner) {
  const auto none_if_empty = [](std::string_view text) {
    return text.empty() ? std::nullopt : std::optional{std::string{text}};
  };
  writer.name(name)
      .begin_object()
      .member("account_number", none_if_empty(account_number))
      .member("iban", none_if_empty(iban))
      .member("name", none_if_empty(owner))
      .end_object();
}

void write_government_identifier(json::Writer& writer, const banking::GovernmentIdentifier& identifier) {
  writer.begin_object()
      .member("type", banking::to_text(identifier.type))
      .member("value", identifier.value)
      .end_object();
}

/// What a client is told of an error: our own troubles have one face, whatever stands in the log.
Error as_published(const Error& error) {
  const auto code = published(error.code);
  if (code == ErrorCode::SERVICE_UNAVAILABLE) {
    return qantara::error(code, "the gateway cannot take this request now: try again");
  }
  if (code == ErrorCode::INTERNAL_SERVER_ERROR) return qantara::error(code, "something went wrong on our side");
  return error;
}

void set_unless_said(http::Response& response, std::string_view name, std::string_view value) {
  if (response.headers.find(name) == nullptr) response.headers.add(name, value);
}

/// How long to wait before the same request may do better; nothing where waiting for seconds does not help.
std::optional<std::string_view> retry_after(const Error& error) {
  for (const auto& detail : error.details) {
    if (detail.name == "retry_after_seconds") return detail.json;
  }
  return facts(error.code).retry == Retry::AFTER_RETRY_AFTER ? std::optional{"1"} : std::nullopt;
}

}  // namespace

http::Response error_response(const Error& cause, std::string_view request_id, Instant now) {
  const Error error = as_published(cause);
  json::Writer writer;
  writer.begin_object()
      .member("timestamp", qantara::to_text(now))
      .member("status", to_text(error.code))
      .member("message", error.message)
      .name("metadata")
      .begin_object()
      .member("request_id", request_id);
  if (!error.fields.empty()) {
    writer.name("errors").begin_array();
    for (const auto& field : error.fields) {
      writer.begin_object()
          .member("field", field.field)
          .member("code", to_text(field.code))
          .member("message", field.message)
          .end_object();
    }
    writer.end_array();
  }
  for (const auto& detail : error.details) writer.raw_member(detail.name, detail.json);
  writer.end_object().end_object();

  auto response = http::Response::json(http_status(error.code), std::move(writer).text());
  response.headers.add("x-error-origin", to_text(origin(error.code)));
  if (const auto seconds = retry_after(error)) response.headers.add("Retry-After", *seconds);
  return response;
}

void add_common_headers(http::Response& response, std::string_view request_id) {
  response.headers.set("lean-correlation-id", request_id);
  set_unless_said(response, "Cache-Control", "no-store");
  response.headers.set("X-Content-Type-Options", "nosniff");
}

void add_browser_headers(http::Response& response) {
  set_unless_said(response, "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
  set_unless_said(response, "Cross-Origin-Resource-Policy", "same-origin");
  response.headers.set("Referrer-Policy", "no-referrer");
}

void write_customer(json::Writer& writer, const customers::Customer& customer) {
  writer.begin_object().member("customer_id", customer.id.to_text()).member("app_user_id", customer.app_user_id);
  if (!customer.government_identifiers.empty()) {
    writer.name("government_identifiers").begin_array();
    for (const auto& identifier : customer.government_identifiers) write_government_identifier(writer, identifier);
    writer.end_array();
  }
  writer.end_object();
}

namespace {

/// The members that every version has, which an intent repeats. The object is left open.
json::Writer& begin_destination(json::Writer& writer, const destinations::Destination& destination) {
  return writer.begin_object()
      .member("id", destination.id.to_text())
      .member("bank_identifier", destination.bank_identifier)
      .member("name", destination.name)
      .member("iban", destination.iban)
      .member("display_name", destination.display_name)
      .member("account_number", destination.account_number)
      .member("swift_code", destination.swift_code)
      .member("status", "CONFIRMED")
      .member("address", destination.address)
      .member("country", destination.country)
      .member("city", destination.city)
      .member("default", destination.is_default)
      .member("customer_id", destination.customer ? std::optional{destination.customer->to_text()} : std::nullopt)
      .member("owner_type", destination.customer ? "CUSTOMER" : "APPLICATION");
}

}  // namespace

void write_destination(json::Writer& writer, const destinations::Destination& destination) {
  begin_destination(writer, destination)
      .member("routing_number", destination.routing_number)
      .member("sort_code", destination.sort_code)
      .member("ifsc", destination.ifsc)
      .member("transit_code", destination.transit_number)
      .member("branch_address", destination.branch_address)
      .member("postal_code", destination.postal_code)
      .member("emirate", destination.emirate)
      .member("currency_iso_code", destination.currency)
      .member("bank_type",
              destination.bank_type ? std::optional{std::string{to_text(*destination.bank_type)}} : std::nullopt)
      .name("government_identifier");
  if (destination.government_identifier) {
    write_government_identifier(writer, *destination.government_identifier);
  } else {
    writer.null();
  }
  // No bank has been asked who owns the account.
  writer.name("confirmation_of_payee_status").null().end_object();
}

void write_payment_source(json::Writer& writer, const payment_sources::PaymentSource& source) {
  writer.begin_object()
      .member("id", source.id.to_text())
      .member("customer_id", source.customer.to_text())
      .member("app_id", source.application.to_text());
  if (!source.beneficiaries.empty()) writer.member("status", to_text(source.beneficiaries.front().status));
  writer.member("bank_identifier", source.bank_identifier).name("beneficiaries").begin_array();
  for (const auto& beneficiary : source.beneficiaries) {
    writer.begin_object()
        .member("id", beneficiary.id.to_text())
        .member("payment_destination_id", beneficiary.destination.to_text())
        .member("status", to_text(beneficiary.status));
    write_instant(writer, "beneficiary_cool_off_expiry", beneficiary.cool_off_expires_at);
    writer.end_object();
  }
  writer.end_array().name("accounts").begin_array();
  for (const auto& account : source.accounts) {
    writer.begin_object()
        .member("id", account.id.to_text())
        .member("account_id", account.account_id.to_text())
        .member("account_name", account.name)
        .member("account_number", account.account_number)
        .member("iban", account.iban)
        .name("balance")
        .null()
        .member("currency", account.currency)
        .name("balance_last_updated")
        .null()
        .end_object();
  }
  writer.end_array();
  if (source.reconnect_id) writer.member("reconnect_id", source.reconnect_id->to_text());
  writer.end_object();
}

void write_payment(json::Writer& writer, const payments::Payment& payment) {
  const auto& debtor = payment.parties.debtor;
  const auto& creditor = payment.parties.creditor;
  writer.begin_object()
      .member("id", payment.id.to_text())
      .member("payment_intent_id", payment.intent.to_text())
      .member("payment_source_id", payment.source.to_text());
  write_party(writer, "sender_details", debtor.account_number, debtor.iban, debtor.owner_name);
  write_party(writer, "recipient_details", creditor.account_number, creditor.iban, creditor.name);
  writer.raw_member("amount", payment.amount.to_text())
      .member("currency", payment.amount.currency().code())
      .member("description", payment.description)
      .member("submission_timestamp", qantara::to_text(payment.created_at));
  write_instant(writer, "initiation_timestamp", payment.initiated_at);
  writer.member("status", to_text(payment.public_status()))
      .member("status_detail", payment.status_detail)
      .member("bank_transaction_reference", payment.bank_transaction_reference)
      .member("reference_sent", payment.reference_sent)
      .end_object();
}

void write_intent(json::Writer& writer, const payment_intents::PaymentIntent& intent,
                  const destinations::Destination& destination, const std::optional<payments::Payment>& payment) {
  writer.begin_object()
      .member("payment_intent_id", intent.id.to_text())
      .member("customer_id", intent.customer.to_text())
      .raw_member("amount", intent.amount.to_text())
      .member("currency", intent.amount.currency().code())
      .member("description", intent.description);
  if (intent.purpose_code) writer.member("purpose_code", *intent.purpose_code);
  writer.member("status", payment_intents::to_text(intent.status))
      .member("created_at", qantara::to_text(intent.created_at))
      .member("updated_at", qantara::to_text(intent.updated_at))
      .member("expires_at", qantara::to_text(intent.expires_at))
      .name("payments")
      .begin_array();
  if (payment) write_payment(writer, *payment);
  writer.end_array().name("payment_destination");
  begin_destination(writer, destination).end_object();
  writer.end_object();
}

}  // namespace qantara::api
