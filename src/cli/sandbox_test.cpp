#include "cli/sandbox.h"

#include "cli/verb_test.h"
#include "json/json.h"

namespace qantara::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto kSessions = "POST /link/v1/sessions";
constexpr auto kLook = "GET /link/v1/sessions/s1";

/// The API's answer with `step`, the inside of a JSON object.
std::string answer_with(const std::string& step) { return R"({"session_id":"s1","step":{)" + step + "}}"; }
std::string first_answer(const std::string& step) {
  return R"({"session_id":"s1","session_token":"t1","step":{)" + step + "}}";
}
std::string act_at(int number) { return "POST /link/v1/sessions/s1/steps/" + std::to_string(number); }

const std::string kAccepted =
    R"("number":6,"kind":"ACCEPTED","money":"accepted","bank":{"name":"Lean Mockbank 1"},
       "payee":{"name":"Acme Corp.","iban":"AE260260001008223921001"},"amount":{"amount":"1000.00","currency":"AED"},
       "reference":"ACME TXN001","bank_reference":"0492981211381081",
       "result":{"status":"SUCCESS","method":"PAY","message":"Done.","secondary_status":"ACCEPTED_BY_BANK"})";

class SandboxTest : public VerbTest {
 protected:
  PayOptions paying() {
    PayOptions options;
    options.url = gateway_.url();
    options.app_token = "app-1";
    options.data = data_;
    options.intent = "intent-1";
    return options;
  }
  ConnectOptions connecting() {
    ConnectOptions options;
    options.url = gateway_.url();
    options.app_token = "app-1";
    options.data = data_;
    options.customer = "customer-1";
    return options;
  }
};

TEST_F(SandboxTest, pays_from_the_first_step_to_the_last_and_gives_away_no_secret) {
  gateway_.on(kSessions, 201,
              first_answer(R"("number":1,"kind":"CREDENTIALS","stage":"LOGIN","fields":[{"name":"password"}])"));
  gateway_.on(act_at(1), 200, answer_with(R"("number":2,"kind":"CODE","stage":"LOGIN","fields":[{"name":"otp"}])"));
  gateway_.on(act_at(2), 200, answer_with(R"("number":3,"kind":"WORKING","ask_again_in_ms":1)"));
  gateway_.on(kLook, 200, answer_with(R"("number":4,"kind":"ACCOUNT","accounts":[{"id":"acc-1","usable":true}])"));
  gateway_.on(act_at(4), 200, answer_with(R"("number":5,"kind":"REVIEW")"));
  gateway_.on(act_at(5), 200, answer_with(kAccepted));

  EXPECT_EQ(run(sandbox_pay(context(), paying())), kDone);
  EXPECT_THAT(gateway_.bodies_of(kSessions),
              ElementsAre(R"({"app_token":"app-1","method":"PAY","payment_intent_id":"intent-1"})"));
  EXPECT_THAT(gateway_.bodies_of(act_at(1)),
              ElementsAre(R"({"action":"submit","fields":{"password":"sandbox-pass"}})"));
  EXPECT_THAT(gateway_.bodies_of(act_at(2)), ElementsAre(R"({"action":"submit","fields":{"otp":"1111"}})"));
  EXPECT_THAT(gateway_.bodies_of(act_at(4)), ElementsAre(R"({"action":"select","fields":{"account_id":"acc-1"}})"));
  EXPECT_THAT(gateway_.bodies_of(act_at(5)), ElementsAre(R"({"action":"pay","fields":{}})"));
  EXPECT_EQ(gateway_.calls.back().headers.value_or("link-session-token", ""), "t1");
  EXPECT_EQ(out_.str(),
            "ok  ACCEPTED  AED 1,000.00 to Acme Corp.\n"
            "result            SUCCESS (ACCEPTED_BY_BANK)\n"
            "message           Done.\n"
            "bank              Lean Mockbank 1\n"
            "bank reference    0492981211381081\n"
            "reference         ACME TXN001\n"
            "money             Your bank has accepted this payment.\n");
  EXPECT_THAT(err_.str(), HasSubstr("> sent     payer     CODE LOGIN                  submit otp\n"));
  for (const auto* const secret : {"sandbox-pass", "1111", "AE260260001008223921001", "t1"}) {
    EXPECT_THAT(out_.str() + err_.str(), Not(HasSubstr(secret)));
  }
}

TEST_F(SandboxTest, writes_the_last_answer_as_one_json_line_with_the_iban_masked) {
  gateway_.on(kSessions, 201, first_answer(kAccepted));
  EXPECT_EQ(run(sandbox_pay(context(kPipe, Output::JSON), paying())), kDone);
  const auto printed = out_.str();
  ASSERT_EQ(std::ranges::count(printed, '\n'), 1);
  const auto value = json::parse(printed);
  ASSERT_TRUE(value);
  EXPECT_EQ(value->find("step")->find("result")->text("secondary_status"), "ACCEPTED_BY_BANK");
  EXPECT_EQ(value->find("step")->find("payee")->text("iban"), "AE26****1001");
  EXPECT_EQ(value->find("step")->find("amount")->text("amount"), "1000.00");
}

TEST_F(SandboxTest, connects_with_the_permissions_and_choices_of_its_flags) {
  gateway_.on(kSessions, 201,
              first_answer(R"("number":1,"kind":"COOL_OFF","money":"not_moved","payee":{"name":"Acme Corp."},
                              "cool_off_until":"2025-11-22T05:40:00Z","result":{"status":"SUCCESS","method":"CREATE_PAYMENT_SOURCE","message":""})"));
  auto options = connecting();
  options.destination = "destination-1";
  options.payer.bank = "LEANMB1";
  EXPECT_EQ(run(sandbox_connect(context(kTerminal), options)), kDone);
  EXPECT_THAT(
      gateway_.bodies_of(kSessions),
      ElementsAre(R"({"app_token":"app-1","method":"CONNECT","customer_id":"customer-1","permissions":["payments"],)"
                  R"("payment_destination_id":"destination-1","bank_identifier":"LEANMB1"})"));
  EXPECT_EQ(out_.str(),
            "◷ waiting  COOL_OFF to Acme Corp.\n"
            "result            SUCCESS\n"
            "can pay from      2025-11-22 09:40:00\n"
            "money             No money has left your account.\n");
}

TEST_F(SandboxTest, fails_where_the_bank_has_rejected) {
  gateway_.on(kSessions, 201,
              first_answer(R"("number":1,"kind":"FAILED","money":"not_moved","failure":{"kind":"insufficient_funds",
                              "code":"INSUFFICIENT_BALANCE","text":"Too little money."},"result":{"status":"ERROR","message":"m"})"));
  EXPECT_EQ(run(sandbox_pay(context(), paying())), kRefused);
  EXPECT_THAT(out_.str(), HasSubstr("x fail  FAILED\n"));
  EXPECT_THAT(out_.str(), HasSubstr("code              INSUFFICIENT_BALANCE\n"));
}

TEST_F(SandboxTest, tells_a_refusal_with_its_facts_and_what_to_type_instead) {
  const std::string envelope =
      R"({"timestamp":"2025-11-21T05:40:00Z","status":"PENDING_BENEFICIARY_COOL_OFF","message":"The payee is new.",)"
      R"("metadata":{"beneficiary_cool_off_expiry":"2025-11-22T05:40:00Z","request_id":"AbCd"}})";
  gateway_.on(kSessions, 409, envelope);
  EXPECT_EQ(run(sandbox_pay(context(kPipe, Output::JSON), paying())), kRefused);
  EXPECT_EQ(err_.str(),
            "x fail  PENDING_BENEFICIARY_COOL_OFF: The payee is new.\n"
            "  beneficiary_cool_off_expiry  2025-11-22T05:40:00Z\n"
            "  request_id      AbCd\n"
            "  try  in a sandbox: qantara clock advance 24h, then with a new intent (this one expires meanwhile)\n");
  EXPECT_EQ(out_.str(), envelope + "\n");
}

TEST_F(SandboxTest, names_the_flag_behind_a_field_that_the_gateway_refuses) {
  gateway_.on(kSessions, 400,
              R"({"status":"INVALID_PARAMETERS","message":"Wrong.","metadata":{"errors":[{"field":"customer_id",
                  "code":"INVALID_PARAMETERS","message":"A UUID."}]}})");
  EXPECT_EQ(run(sandbox_connect(context(), connecting())), kRefused);
  EXPECT_THAT(err_.str(), HasSubstr("  --customer      A UUID.\n"));
}

TEST_F(SandboxTest, does_not_say_the_same_thing_twice) {
  gateway_.on(kSessions, 400,
              R"({"status":"INVALID_PARAMETERS","message":"A UUID.","metadata":{"errors":[{"field":"customer_id",
                  "code":"INVALID_PARAMETERS","message":"A UUID."}]}})");
  EXPECT_EQ(run(sandbox_connect(context(), connecting())), kRefused);
  EXPECT_EQ(err_.str(), "x fail  INVALID_PARAMETERS: A UUID.\n  flag            --customer\n");
}

TEST_F(SandboxTest, goes_on_where_another_window_was_faster) {
  gateway_.on(kSessions, 201, first_answer(R"("number":1,"kind":"REVIEW")"));
  gateway_.on(act_at(1), 409, R"({"status":"STEP_OUTDATED","message":"m","metadata":{"step_number":6}})");
  gateway_.on(kLook, 200, answer_with(kAccepted));
  EXPECT_EQ(run(sandbox_pay(context(), paying())), kDone);
}

TEST_F(SandboxTest, stops_at_a_wrong_code_before_the_bank_locks_anything) {
  gateway_.on(kSessions, 201, first_answer(R"("number":1,"kind":"CODE","fields":[{"name":"otp"}])"));
  gateway_.on(act_at(1), 200,
              answer_with(R"("number":2,"kind":"CODE","fields":[{"name":"otp"}],"wrong_answer":true,"tries_left":2)"));
  auto options = paying();
  options.payer.otp = Secret{"9999"};
  EXPECT_EQ(run(sandbox_pay(context(), options)), kRefused);
  EXPECT_EQ(gateway_.calls.size(), 2U);
  EXPECT_THAT(err_.str(), HasSubstr("The bank did not take --otp. Tries left: 2."));
}

TEST_F(SandboxTest, does_not_guess_at_a_step_it_does_not_know) {
  gateway_.on(kSessions, 201, first_answer(R"("number":1,"kind":"IRIS_SCAN","actions":["submit"])"));
  EXPECT_EQ(run(sandbox_pay(context(), paying())), kRefused);
  EXPECT_EQ(gateway_.calls.size(), 1U);
  EXPECT_THAT(err_.str(), HasSubstr("IRIS_SCAN"));
}

TEST_F(SandboxTest, gives_up_when_its_patience_ends) {
  gateway_.on(kSessions, 201, first_answer(R"("number":1,"kind":"WORKING","ask_again_in_ms":1)"));
  gateway_.on(kLook, 200, answer_with(R"("number":1,"kind":"WORKING","ask_again_in_ms":1)"));
  auto options = paying();
  options.patience = std::chrono::seconds{0};
  EXPECT_EQ(run(sandbox_pay(context(), options)), kRefused);
  EXPECT_THAT(err_.str(), HasSubstr("still stands at WORKING"));
}

TEST_F(SandboxTest, tries_an_unreachable_bank_three_times) {
  gateway_.on(kSessions, 201,
              first_answer(R"("number":1,"kind":"BANK_UNREACHABLE","money":"not_moved","ask_again_in_ms":1)"));
  gateway_.on(act_at(1), 200,
              answer_with(R"("number":1,"kind":"BANK_UNREACHABLE","money":"not_moved","ask_again_in_ms":1)"));
  EXPECT_EQ(run(sandbox_pay(context(), paying())), kRefused);
  EXPECT_EQ(gateway_.bodies_of(act_at(1)).size(), 3U);
}

class AppApprovalTest : public SandboxTest {
 protected:
  void SetUp() override {
    gateway_.on(
        kSessions, 201,
        first_answer(R"("number":1,"kind":"APPROVAL","money":"not_moved","message":"Open your app.","ask_again_in_ms":1,
                                "amount":{"amount":"1000.00","currency":"AED"},"reference":"REF-1")"));
    gateway_.on(kLook, 200, answer_with(R"("number":1,"kind":"APPROVAL","ask_again_in_ms":1)"));
    gateway_.on(kLook, 200, answer_with(kAccepted));
    operators_.on("GET /admin/v1/info", 200, R"({"sandbox_bank_url":")" + gateway_.url() + R"("})");
    gateway_.on("GET /_admin/approvals", 200,
                R"({"approvals":[
                    {"authorisationId":"earlier","currency":"AED","amount":"1000.00","until":"2025-11-22T07:00:00.000000Z"},
                    {"authorisationId":"ours","currency":"AED","amount":"1000.00","until":"2025-11-22T08:00:00.000000Z"},
                    {"authorisationId":"other","currency":"AED","amount":"5.00","until":"2025-11-22T09:00:00.000000Z"}]})");
    gateway_.on("POST /_admin/approvals/ours", 200, "{}");
  }
};

TEST_F(AppApprovalTest, approves_the_very_payment_at_the_sandbox_bank_once) {
  EXPECT_EQ(run(sandbox_pay(context(), paying())), kDone);
  EXPECT_THAT(gateway_.bodies_of("POST /_admin/approvals/ours"), ElementsAre(R"({"decision":"approve"})"));
  EXPECT_THAT(err_.str(), HasSubstr("Open your app."));
}

TEST_F(AppApprovalTest, denies_if_told_to) {
  auto options = paying();
  options.payer.app_decision = AppDecision::DENY;
  EXPECT_EQ(run(sandbox_pay(context(), options)), kDone);
  EXPECT_THAT(gateway_.bodies_of("POST /_admin/approvals/ours"), ElementsAre(R"({"decision":"deny"})"));
}

TEST_F(AppApprovalTest, leaves_it_to_others_if_told_to_and_says_where) {
  auto options = paying();
  options.payer.app_decision = AppDecision::WAIT;
  EXPECT_EQ(run(sandbox_pay(context(), options)), kDone);
  EXPECT_THAT(gateway_.bodies_of("GET /_admin/approvals"), ElementsAre());
  EXPECT_THAT(err_.str(), HasSubstr(gateway_.url() + "/app"));
}

TEST_F(AppApprovalTest, waits_where_no_operator_socket_says_where_the_bank_is) {
  auto options = paying();
  options.data = data_ / "elsewhere";
  EXPECT_EQ(run(sandbox_pay(context(), options)), kDone);
  EXPECT_THAT(gateway_.bodies_of("GET /_admin/approvals"), ElementsAre());
  EXPECT_THAT(err_.str(), HasSubstr("--data"));
}

TEST_F(SandboxTest, says_that_there_is_no_gateway) {
  auto options = paying();
  options.url = "http://127.0.0.1:1";
  EXPECT_EQ(run(sandbox_pay(context(), options)), kNoGateway);
  EXPECT_THAT(err_.str(), HasSubstr("No gateway answers at http://127.0.0.1:1."));
}

TEST_F(SandboxTest, takes_another_server_for_no_gateway) {
  gateway_.on(kSessions, 200, "<html>");
  EXPECT_EQ(run(sandbox_pay(context(), paying())), kNoGateway);
  EXPECT_THAT(err_.str(), HasSubstr("does not speak as a gateway does"));
}

}  // namespace
}  // namespace qantara::cli
