#include "demo_shop/webhook.h"

#include "demo_shop/test_support.h"

namespace qantara::demo_shop {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kBody = R"({"event_id":"event-1","type":"payment.created","payload":{}})";

TEST(Signature, holds_for_what_the_gateway_has_signed) {
  EXPECT_EQ(signature_fault(signed_headers(kBody), kBody, kSecret, kNow), std::nullopt);
}

TEST(Signature, holds_if_one_of_several_does) {
  auto headers = signed_headers(kBody);
  headers.set("webhook-signature", "v1,AAAA v1a,whatever " + *headers.find("webhook-signature"));
  EXPECT_EQ(signature_fault(headers, kBody, kSecret, kNow), std::nullopt);
}

struct Forgery {
  const char* what;
  http::Headers headers;
  std::string body;
};

http::Headers with(std::string_view name, std::string_view value) {
  auto headers = signed_headers(kBody);
  headers.set(name, value);
  return headers;
}

http::Headers without(std::string_view name) {
  http::Headers headers;
  const auto all = signed_headers(kBody);
  for (const auto& [field, value] : all.fields()) {
    if (field != name) headers.add(field, value);
  }
  return headers;
}

TEST(Signature, refuses_every_forgery) {
  const std::string body{kBody};
  const Forgery forgeries[] = {
      {"another body", signed_headers(kBody), body + " "},
      {"an empty body", signed_headers(kBody), ""},
      {"another key", signed_headers(kBody, kNow, "event-1", "a guess"), body},
      {"no key", signed_headers(kBody, kNow, "event-1", ""), body},
      {"another id", with("webhook-id", "event-2"), body},
      {"another time", with("webhook-timestamp", "1790000001"), body},
      {"no signature", with("webhook-signature", ""), body},
      {"another scheme", with("webhook-signature", "v2,AAAA"), body},
      {"half a signature", with("webhook-signature", signed_headers(kBody).find("webhook-signature")->substr(0, 20)),
       body},
      {"no id", without("webhook-id"), body},
      {"no timestamp", without("webhook-timestamp"), body},
      {"no signature header", without("webhook-signature"), body},
      {"nothing", {}, body},
  };
  for (const auto& [what, headers, sent] : forgeries) {
    EXPECT_NE(signature_fault(headers, sent, kSecret, kNow), std::nullopt) << what;
  }
}

TEST(Signature, refuses_a_delivery_of_another_time) {
  struct Row {
    Duration away;
    bool good;
  };
  for (const auto& [away, good] : {Row{-6min, false}, Row{-4min, true}, Row{4min, true}, Row{6min, false}}) {
    const auto headers = signed_headers(kBody, kNow + away);
    EXPECT_EQ(!signature_fault(headers, kBody, kSecret, kNow), good) << away.count();
  }
}

TEST(Signature, refuses_a_timestamp_that_is_none_although_it_is_signed) {
  for (const std::string timestamp : {"", "now", "-1", "1790000000.5", "99999999999999999999", "1000000000001"}) {
    http::Headers headers;
    headers.add("webhook-id", "event-1");
    headers.add("webhook-timestamp", timestamp);
    const auto text = "event-1." + timestamp + "." + std::string{kBody};
    headers.add("webhook-signature", "v1," + to_base64(hmac_sha256("a secret of the endpoint", text)));
    EXPECT_NE(signature_fault(headers, kBody, kSecret, kNow), std::nullopt) << timestamp;
  }
}

TEST(Signature, holds_for_nothing_where_there_is_no_secret) {
  for (const auto* const text : {"", "whsec_", "whsec_!"}) {
    EXPECT_NE(signature_fault(signed_headers(kBody, kNow, "event-1", ""), kBody, Secret{text}, kNow), std::nullopt)
        << text;
  }
}

TEST(Event, is_read_from_its_envelope) {
  const auto event = read_event(PaymentEvent{.id = "event-7", .sequence = 3}.json());
  ASSERT_TRUE(event);
  EXPECT_EQ(event->id, "event-7");
  EXPECT_EQ(event->type, "payment.created");
  EXPECT_EQ(event->sequence, 3);
  EXPECT_EQ(event->text("intent_id"), "intent-1");
}

TEST(Event, is_not_read_from_anything_else) {
  for (const auto* const body :
       {"", "null", "[]", "{", "{}", R"({"event_id":"e","type":"t"})", R"({"event_id":"e","type":"t","payload":[]})",
        R"({"event_id":1,"type":"t","payload":{}})", R"({"event_id":"","type":"t","payload":{}})", "\xff",
        R"({"event_id":"e","event_id":"f","type":"t","payload":{}})"}) {
    EXPECT_FALSE(read_event(body)) << body;
  }
}

}  // namespace
}  // namespace qantara::demo_shop
