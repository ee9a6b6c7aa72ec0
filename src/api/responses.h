// From domain to wire: objects as JSON, errors as the envelope.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "customers/customer.h"
#include "destinations/destination.h"
#include "http/message.h"
#include "json/json.h"
#include "payment_intents/payment_intent.h"
#include "payment_sources/payment_source.h"
#include "payments/payment.h"

namespace qantara::api {

/// The error envelope: `{"timestamp","status","message","metadata"}`. `metadata.errors[]` names each bad field,
/// `metadata.request_id` the request. Errors of our own are told as SERVICE_UNAVAILABLE or INTERNAL_SERVER_ERROR.
http::Response error_response(const Error& cause, std::string_view request_id, Instant now);

/// Headers that every answer carries. Unless the handler has said otherwise, nothing is stored.
void add_common_headers(http::Response& response, std::string_view request_id);

/// Headers of what browsers ask for. Unless the handler has said otherwise, nobody frames it, other sites do not load it,
/// and as a page it could do nothing. There are no CORS headers: no other site reads an answer.
void add_browser_headers(http::Response& response);

void write_customer(json::Writer& writer, const customers::Customer& customer);
void write_destination(json::Writer& writer, const destinations::Destination& destination);
void write_payment_source(json::Writer& writer, const payment_sources::PaymentSource& source);
void write_payment(json::Writer& writer, const payments::Payment& payment);
void write_intent(json::Writer& writer, const payment_intents::PaymentIntent& intent,
                  const destinations::Destination& destination, const std::optional<payments::Payment>& payment);

/// An array of objects, each written by `write_one`.
template <class Items, class WriteOne>
std::string to_json_array(const Items& items, WriteOne write_one) {
  json::Writer writer;
  writer.begin_array();
  for (const auto& item : items) write_one(writer, item);
  writer.end_array();
  return std::move(writer).text();
}

}  // namespace qantara::api
