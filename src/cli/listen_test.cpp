#include "cli/listen.h"

#include "base/crypto.h"
#include "base/nursery.h"
#include "cli/verb_test.h"
#include "json/json.h"

namespace qantara::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view kEndpointSecret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";

/// Runs `listen` beside a gateway that delivers to it, then presses Ctrl-C.
class ListenTest : public VerbTest {
 protected:
  struct Sent {
    std::string body;
    std::string secret{kEndpointSecret};
  };

  void SetUp() override {
    operators_.on("POST /admin/v1/webhook-endpoints", 201,
                  R"({"id":"e1","webhook_secret":")" + std::string(kEndpointSecret) + "\"}");
    operators_.on("DELETE /admin/v1/webhook-endpoints/e1", 200, "{}");
    operators_.on("GET /admin/v1/clock", 200, R"({"now":"2025-11-21T05:40:00Z","offset_seconds":0})");
  }

  std::string event(std::string_view id, Instant at) {
    return R"({"payload":{"status":"ACTIVE","iban":"AE260260001008223921001"},"type":"payment.created","message":"m","timestamp":")" +
           to_text(at) + R"(","event_id":")" + std::string(id) + R"(","sequence":1})";
  }

  /// Result: what `listen` returned; the statuses it gave to the deliveries are in `statuses_`.
  int listen_to(std::vector<Sent> deliveries, ListenOptions options) {
    return run(play(this, std::move(deliveries), std::move(options)));
  }

  static Task<void> keep(Task<int> verb, int* code) { *code = co_await std::move(verb); }

  static Task<int> play(ListenTest* test, std::vector<Sent> deliveries, ListenOptions options) {
    Nursery nursery{test->loop_.executor()};
    int code = -1;
    nursery.start(keep(listen(*test->context_, std::move(options)), &code));
    const auto bell = test->timers_->make_bell();
    while (code < 0 && test->err_.str().find("listening") == std::string::npos) {
      co_await bell->wait_until(test->clock_.now() + std::chrono::milliseconds{1});
    }
    for (const auto& sent : deliveries) co_await test->deliver(sent);
    if (code < 0) test->stop_();
    co_await nursery.finish();
    co_return code;
  }

  Task<void> deliver(const Sent& sent) {
    const auto wanted = json::parse(operators_.bodies_of("POST /admin/v1/webhook-endpoints").front());
    const auto seconds = std::chrono::floor<std::chrono::seconds>(clock_.now()).time_since_epoch().count();
    const auto timestamp = std::to_string(seconds);
    const auto key = from_base64(sent.secret.substr(6)).value_or("");
    http::ClientRequest request{
        .method = http::Method::POST, .url = std::string(*wanted->text("url")), .body = sent.body};
    request.headers.set("Content-Type", "application/json");
    request.headers.set("lean-signature", "sha512=" + to_hex(as_bytes(hmac_sha512(sent.secret, sent.body))));
    request.headers.set("webhook-id", "w1");
    request.headers.set("webhook-timestamp", timestamp);
    request.headers.set("webhook-signature", "v1," + to_base64(hmac_sha256(key, "w1." + timestamp + "." + sent.body)));
    const auto answer = co_await client_->send(std::move(request));
    statuses_.push_back(answer ? answer->status : -1);
  }

  std::vector<int> statuses_;
};

TEST_F(ListenTest, registers_itself_prints_what_comes_and_removes_itself) {
  context();
  EXPECT_EQ(
      listen_to({{event("9dafc6f5-37e8-4f72-aa0b-53239be401f2", clock_.now())}}, {.data = data_, .app_token = "t1"}),
      kDone);
  EXPECT_THAT(statuses_, ElementsAre(200));
  EXPECT_THAT(operators_.bodies_of("POST /admin/v1/webhook-endpoints"),
              ElementsAre(HasSubstr(R"("app_token":"t1","url":"http://127.0.0.1:)")));
  EXPECT_THAT(operators_.calls.back().what, "DELETE /admin/v1/webhook-endpoints/e1");
  EXPECT_THAT(out_.str(), HasSubstr("ok         webhook   payment.created 9dafc6f5-37e8-4f72-aa0b-53239be401f2  "
                                    "signature verified, sequence 1, ACTIVE\n"));
}

TEST_F(ListenTest, marks_what_is_forged_repeated_or_late) {
  context(kPipe, Output::JSON);
  const auto now = clock_.now();
  EXPECT_EQ(listen_to({{event("a", now), "whsec_Zm9yZ2Vk"},
                       {event("b", now)},
                       {event("b", now)},
                       {event("c", now - std::chrono::minutes{3})}},
                      {.data = data_, .app_token = "t1"}),
            kDone);
  EXPECT_THAT(statuses_, ElementsAre(401, 200, 200, 200));
  std::istringstream lines(out_.str());
  std::vector<json::Value> printed;
  for (std::string line; std::getline(lines, line);) {
    const auto value = json::parse(line);
    ASSERT_TRUE(value) << line;
    printed.push_back(*value);
  }
  ASSERT_EQ(printed.size(), 4U);
  const auto flag = [&](std::size_t i, std::string_view name) { return printed[i].find(name)->boolean(); };
  EXPECT_FALSE(flag(0, "verified"));
  EXPECT_EQ(printed[0].text("signature_fault"), "lean-signature does not match the body");
  EXPECT_TRUE(flag(1, "verified"));
  EXPECT_FALSE(flag(1, "repeated"));
  EXPECT_TRUE(flag(2, "repeated"));
  EXPECT_EQ(printed[2].find("late_by_ms"), nullptr);
  EXPECT_GE(printed[3].find("late_by_ms")->integer(), 180'000);
  EXPECT_EQ(printed[3].find("payload")->text("iban"), "AE26****1001");
}

TEST_F(ListenTest, bids_people_look_at_what_is_repeated_or_late) {
  context();
  const auto now = clock_.now();
  EXPECT_EQ(listen_to({{event("a", now)}, {event("a", now)}, {event("b", now - std::chrono::minutes{3})}},
                      {.data = data_, .app_token = "t1"}),
            kDone);
  EXPECT_THAT(
      out_.str(),
      HasSubstr(
          "! look     webhook   payment.created a           signature verified, sequence 1, repeated (arrival 2)"));
  EXPECT_THAT(
      out_.str(),
      HasSubstr("! look     webhook   payment.created b           signature verified, sequence 1, late by 3 min"));
}

TEST_F(ListenTest, knows_that_the_sandbox_clock_was_advanced) {
  context();
  operators_.on("GET /admin/v1/clock", 200, R"({"now":"2025-11-21T05:40:00Z","offset_seconds":86400})");
  const auto tomorrow = clock_.now() + std::chrono::hours{24};
  EXPECT_EQ(listen_to({{event("a", tomorrow)}, {event("b", tomorrow)}, {event("c", tomorrow)}},
                      {.data = data_, .app_token = "t1"}),
            kDone);
  EXPECT_THAT(out_.str(), ::testing::Not(HasSubstr("late")));
}

TEST_F(ListenTest, forwards_byte_for_byte_and_hands_the_answer_back) {
  context();
  gateway_.on("POST /hook", 503, "no");
  const auto body = event("a", clock_.now());
  EXPECT_EQ(listen_to({{body}}, {.data = data_, .app_token = "t1", .forward_to = gateway_.url() + "/hook"}), kDone);
  EXPECT_THAT(gateway_.bodies_of("POST /hook"), ElementsAre(body));
  EXPECT_NE(gateway_.calls.front().headers.find("lean-signature"), nullptr);
  EXPECT_THAT(statuses_, ElementsAre(503));
  EXPECT_THAT(out_.str(), HasSubstr("! look     webhook"));
}

TEST_F(ListenTest, answers_502_where_nobody_is_to_forward_to) {
  context();
  EXPECT_EQ(
      listen_to({{event("a", clock_.now())}}, {.data = data_, .app_token = "t1", .forward_to = "http://127.0.0.1:1/"}),
      kDone);
  EXPECT_THAT(statuses_, ElementsAre(502));
  EXPECT_THAT(out_.str(), HasSubstr("not forwarded"));
}

TEST_F(ListenTest, takes_the_only_application_without_being_told) {
  context();
  operators_.on("GET /admin/v1/applications", 200, R"([{"app_token":"only"}])");
  EXPECT_EQ(listen_to({}, {.data = data_}), kDone);
  EXPECT_THAT(operators_.bodies_of("POST /admin/v1/webhook-endpoints"),
              ElementsAre(HasSubstr(R"("app_token":"only")")));
}

TEST_F(ListenTest, asks_which_application_where_there_are_several) {
  context();
  operators_.on("GET /admin/v1/applications", 200, R"([{"app_token":"t1"},{"app_token":"t2"}])");
  EXPECT_EQ(listen_to({}, {.data = data_}), kUsage);
  EXPECT_THAT(err_.str(), HasSubstr("--app-token"));
  EXPECT_THAT(operators_.bodies_of("POST /admin/v1/webhook-endpoints"), IsEmpty());
}

}  // namespace
}  // namespace qantara::cli
