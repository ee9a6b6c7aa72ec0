// What the shop's tests share: books in memory, and a gateway's hand for signing.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "base/crypto.h"
#include "base/text.h"
#include "db/test_database.h"
#include "demo_shop/wallet.h"
#include "http/message.h"
#include "migrations/demo_shop.h"

namespace qantara::demo_shop {

inline constexpr Instant kNow{std::chrono::seconds{1'790'000'000}};
inline const Secret kSecret{"whsec_" + to_base64("a secret of the endpoint")};

/// The headers of a delivery, as the gateway signs it.
inline http::Headers signed_headers(std::string_view body, Instant at = kNow, std::string_view id = "event-1",
                                    const std::string& key = "a secret of the endpoint") {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch()).count();
  const auto timestamp = std::to_string(seconds);
  const auto text = std::string{id} + "." + timestamp + "." + std::string{body};
  http::Headers headers;
  headers.add("webhook-id", id);
  headers.add("webhook-timestamp", timestamp);
  headers.add("webhook-signature", "v1," + to_base64(hmac_sha256(key, text)));
  return headers;
}

struct PaymentEvent {
  std::string id = "event-1";
  std::string type = "payment.created";
  std::int64_t sequence = 2;
  std::string customer = "customer-1";
  std::string intent = "intent-1";
  std::string status = "ACCEPTED_BY_BANK";
  std::string detail;
  std::string amount = "50.00";
  std::string currency = "AED";

  std::string json() const {
    json::Writer writer;
    writer.begin_object().name("payload").begin_object();
    writer.member("id", "payment-1").member("customer_id", customer).member("intent_id", intent);
    writer.member("status", status).raw_member("amount", amount).member("currency", currency);
    writer.member("bank_transaction_reference", "0492981211381081");
    writer.member("status_additional_info", detail.empty() ? std::nullopt : std::optional{detail}).end_object();
    writer.member("type", type).member("message", "").member("timestamp", "2026-11-21T12:50:47.521324Z");
    writer.member("event_id", id).member("sequence", sequence).end_object();
    return std::move(writer).text();
  }
};

/// A wallet whose customer the gateway knows, with one top-up of AED 50.00 that is being paid.
class WalletTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto made = database_.write([](db::Transaction& tx) -> Result<Customer> {
      ASSIGN_OR_RETURN(auto customer, current_customer(tx, "app-1", kNow));
      ASSIGN_OR_RETURN(customer, keep_customer_id(tx, customer, "customer-1"));
      return keep_destination_id(tx, customer, "destination-1");
    });
    ASSERT_TRUE(made);
    customer_ = *made;
    top_up_ = order("intent-1", 5000);
  }

  TopUp order(std::string_view intent, std::int64_t minor) {
    auto made = database_.write([&](db::Transaction& tx) -> Result<TopUp> {
      ASSIGN_OR_RETURN(auto top_up, order_top_up(tx, customer_, {minor, wallet_currency()}, kNow));
      RETURN_IF_ERROR(keep_intent_id(tx, top_up, intent));
      return top_up;
    });
    EXPECT_TRUE(made);
    return *made;
  }

  Verdict take(const std::string& body) {
    const auto event = read_event(body);
    EXPECT_TRUE(event);
    const auto verdict = database_.write([&](db::Transaction& tx) { return receive(tx, *event, body, kNow); });
    EXPECT_TRUE(verdict);
    return *verdict;
  }
  Verdict take(const PaymentEvent& event) { return take(event.json()); }

  View view() {
    auto seen = database_.read([&](db::Transaction& tx) { return look(tx, customer_, 0); });
    EXPECT_TRUE(seen);
    return *std::move(seen);
  }
  std::string balance() { return view().balance.to_text(); }
  TopUpStatus status() { return view().top_ups.back().status; }

  db::TestDatabase database_{migrations()};
  Customer customer_;
  TopUp top_up_{.amount = {0, wallet_currency()}};
};

}  // namespace qantara::demo_shop
