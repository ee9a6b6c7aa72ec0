#include "connectors/berlin_group/mapping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <variant>

#include "connectors/berlin_group/state.h"
#include "connectors/berlin_group/test_describe.h"

namespace qantara::connectors::berlin_group {
namespace {

using banking::CallError;
using testing::SizeIs;

json::Value parse(std::string_view text) {
  auto value = json::parse(text);
  EXPECT_TRUE(value) << text;
  return *std::move(value);
}

/// The words of `schema`'s enum in the standard's own file, whose schemas stand four blanks deep.
std::vector<std::string> enum_of(const std::filesystem::path& file, const std::string& schema) {
  std::ifstream in{file};
  std::vector<std::string> words;
  enum { OUTSIDE, IN_SCHEMA, IN_ENUM } place = OUTSIDE;
  for (std::string line; std::getline(in, line);) {
    const std::size_t depth = std::min(line.find_first_not_of(' '), line.size());
    if (place == OUTSIDE) {
      if (line == "    " + schema + ":") place = IN_SCHEMA;
    } else if (depth <= 4 && depth < line.size()) {
      break;
    } else if (line.ends_with("enum:")) {
      place = IN_ENUM;
    } else if (place == IN_ENUM && line.contains("- ")) {
      words.push_back(line.substr(line.find("- ") + 2));
      std::erase_if(words.back(), [](char c) { return c == '"' || c == ' ' || c == '\r'; });
    } else if (place == IN_ENUM) {
      break;
    }
  }
  return words;
}

class OfficialFile : public testing::Test {
 protected:
  void SetUp() override {
    const char* folder = std::getenv("QANTARA_BANK_SPECS");
    if (folder == nullptr) GTEST_SKIP() << "QANTARA_BANK_SPECS names no folder of official files";
    file_ = std::filesystem::path{folder} / "berlin-group" / "psd2-api_v1.3.11-prism-patched.yaml";
    ASSERT_TRUE(std::filesystem::exists(file_)) << file_;
  }
  std::filesystem::path file_;
};

TEST_F(OfficialFile, every_transaction_status_has_a_row) {
  const auto words = enum_of(file_, "transactionStatus");
  EXPECT_THAT(words, SizeIs(kTransactionStatuses.size()));
  for (const auto& word : words) EXPECT_TRUE(read_transaction_status(word)) << word;
}

TEST_F(OfficialFile, every_sca_status_has_a_row) {
  const auto words = enum_of(file_, "scaStatus");
  EXPECT_THAT(words, SizeIs(kScaStatuses.size()));
  for (const auto& word : words) EXPECT_TRUE(read_sca_status(word)) << word;
}

struct StatusCase {
  std::string_view word;
  std::string_view sca_status;
  std::string_view expected;
};

TEST(payment_step, reads_every_status_beside_the_authorisation) {
  constexpr auto kCases = std::to_array<StatusCase>({
      {"RCVD", "", "waiting RCVD "},
      {"RCVD", "scaMethodSelected", "waiting RCVD scaMethodSelected"},
      {"RCVD", "failed", "waiting RCVD failed"},
      {"RCVD", "finalised", "PENDING RCVD "},
      {"ACTC", "started", "waiting ACTC started"},
      {"ACTC", "exempted", "PENDING ACTC "},
      {"ACCP", "finalised", "PENDING ACCP "},
      {"ACFC", "received", "waiting ACFC received"},
      {"PATC", "finalised", "waiting PATC finalised"},
      {"PDNG", "", "PENDING PDNG "},
      {"PART", "", "PENDING PART "},
      {"ACSP", "", "ACCEPTED ACSP "},
      {"ACWC", "", "ACCEPTED ACWC "},
      {"ACSC", "failed", "ACCEPTED ACSC "},
      {"ACWP", "", "ACCEPTED ACWP "},
      {"ACCC", "", "ACCEPTED ACCC "},
      {"RJCT", "finalised", "REJECTED RJCT UNSEEN_BANK_ERROR"},
      {"CANC", "", "REJECTED CANC USER_CANCELLED"},
      {"acsc", "finalised", "PENDING acsc "},
      {"WXYZ", "finalised", "PENDING WXYZ "},
      {"WXYZ", "started", "waiting WXYZ started"},
      {"RCVD", "hocus", "waiting RCVD hocus"},
  });
  for (const StatusCase& c : kCases) {
    EXPECT_EQ(std::visit(Describe{}, payment_step({.word = std::string{c.word}}, c.sca_status)), c.expected);
  }
}

TEST(failure_code, translates_reasons_and_leaves_no_gap) {
  EXPECT_EQ(failure_code("AM04"), "INSUFFICIENT_BALANCE");
  EXPECT_EQ(failure_code("AM02"), "EXCEEDS_DAILY_LIMIT");
  EXPECT_EQ(failure_code("DUPL"), "DUPLICATED_REQUEST");
  EXPECT_EQ(failure_code("CUST"), "USER_CANCELLED");
  EXPECT_EQ(failure_code("DS24"), "SESSION_EXPIRED_ON_OTP");
  EXPECT_EQ(failure_code("AC04"), "EU_ACCOUNT_LOCKED");
  EXPECT_EQ(failure_code("SL11"), "BENEFICIARY_NOT_FOUND");
  EXPECT_EQ(failure_code("RR03"), "BANK_RISK_REJECTED");
  for (const auto* unseen : {"MS03", "NARR", "", "ZZZZ"})
    EXPECT_EQ(failure_code(unseen), "UNSEEN_BANK_ERROR") << unseen;
}

TEST(kind_of_refusal, tells_whose_business_a_refusal_is) {
  using Kind = CallError::Kind;
  EXPECT_EQ(kind_of_refusal(400, "FORMAT_ERROR"), Kind::REFUSED);
  EXPECT_EQ(kind_of_refusal(409, "STATUS_INVALID"), Kind::REFUSED);
  EXPECT_EQ(kind_of_refusal(401, "CERTIFICATE_EXPIRED"), Kind::MISCONFIGURED);
  EXPECT_EQ(kind_of_refusal(403, "TOKEN_INVALID"), Kind::MISCONFIGURED);
  EXPECT_EQ(kind_of_refusal(401, "CONSENT_EXPIRED"), Kind::SESSION_ENDED);
  EXPECT_EQ(kind_of_refusal(404, "RESOURCE_UNKNOWN"), Kind::SESSION_ENDED);
  EXPECT_EQ(kind_of_refusal(403, "RESOURCE_EXPIRED"), Kind::SESSION_ENDED);
  EXPECT_EQ(kind_of_refusal(429, "ACCESS_EXCEEDED"), Kind::THROTTLED);
  EXPECT_EQ(kind_of_refusal(408, "FORMAT_ERROR"), Kind::OUTCOME_UNKNOWN);
}

TEST(tries_left_in, believes_only_a_sentence_with_one_number) {
  EXPECT_EQ(tries_left_in("The code is wrong. 2 tries left."), 2);
  EXPECT_EQ(tries_left_in("1 attempt remaining"), 1);
  EXPECT_EQ(tries_left_in("The code is wrong."), std::nullopt);
  EXPECT_EQ(tries_left_in("Error 4711"), std::nullopt);
  EXPECT_EQ(tries_left_in("2 of 3 tries left"), std::nullopt);
  EXPECT_EQ(tries_left_in("99999999999999999999 left"), std::nullopt);
}

TEST(without_numbers, hides_account_numbers_from_logs) {
  EXPECT_EQ(without_numbers("debtorAccount AE340260001015528734001 is closed"), "debtorAccount **** is closed");
  EXPECT_EQ(without_numbers("try again in 30 s, TX4711"), "try again in 30 s, TX4711");
}

struct StepCase {
  std::string_view answer;
  ScaStep expected;
};

constexpr banking::ScaWay kAllWays[] = {banking::ScaWay::EMBEDDED, banking::ScaWay::DECOUPLED,
                                        banking::ScaWay::REDIRECT};

TEST(next_step, goes_by_final_status_then_links) {
  const auto kCases = std::to_array<StepCase>({
      {R"({"scaStatus":"scaMethodSelected","_links":{"authoriseTransaction":{"href":"/a"}}})", ScaStep::CODE},
      {R"({"scaStatus":"psuAuthenticated","_links":{"authoriseTransaction":{"href":"/a"}}})", ScaStep::CODE},
      {R"({"scaStatus":"psuAuthenticated","scaMethods":[{"authenticationMethodId":"sms"}],
           "_links":{"selectAuthenticationMethod":{"href":"/a"}}})",
       ScaStep::METHOD},
      {R"({"scaStatus":"psuAuthenticated","_links":{"selectAuthenticationMethod":{"href":"/a"}}})",
       ScaStep::UNSUPPORTED},
      {R"({"scaStatus":"psuIdentified","_links":{"updatePsuAuthentication":{"href":"/a"}}})", ScaStep::PASSWORD},
      {R"({"scaStatus":"received","_links":{"startAuthorisationWithPsuAuthentication":{"href":"/a"}}})",
       ScaStep::PASSWORD},
      {R"({"scaStatus":"received","_links":{"scaRedirect":{"href":"https://bank.test/"}}})", ScaStep::REDIRECT},
      {R"({"scaStatus":"received","_links":{"scaOAuth":{"href":"https://bank.test/"}}})", ScaStep::UNSUPPORTED},
      {R"({"scaStatus":"started","_links":{"scaStatus":{"href":"/a"}}})", ScaStep::APPROVAL},
      {R"({"scaStatus":"scaMethodSelected"})", ScaStep::APPROVAL},
      {R"({"scaStatus":"unconfirmed"})", ScaStep::APPROVAL},
      {R"({"scaStatus":"hocus"})", ScaStep::APPROVAL},
      {R"({"scaStatus":"finalised","_links":{"authoriseTransaction":{"href":"/a"}}})", ScaStep::DONE},
      {R"({"scaStatus":"exempted"})", ScaStep::DONE},
      {R"({"scaStatus":"failed","_links":{"authoriseTransaction":{"href":"/a"}}})", ScaStep::FAILED},
  });
  for (const StepCase& c : kCases) {
    const auto answer = read_sca_answer(parse(c.answer));
    ASSERT_TRUE(answer) << c.answer;
    EXPECT_EQ(next_step(*answer, kAllWays), c.expected) << c.answer;
  }
}

TEST(next_step, passes_over_links_to_ways_that_may_not_be_used) {
  const auto both = read_sca_answer(parse(
      R"({"scaStatus":"received","_links":{"updatePsuAuthentication":{"href":"/a"},"scaRedirect":{"href":"https://b.test/"}}})"));
  const auto step = [&](std::initializer_list<banking::ScaWay> ways) {
    return next_step(*both, std::vector<banking::ScaWay>{ways});
  };
  EXPECT_EQ(step({banking::ScaWay::EMBEDDED, banking::ScaWay::REDIRECT}), ScaStep::PASSWORD);
  EXPECT_EQ(step({banking::ScaWay::REDIRECT}), ScaStep::REDIRECT);
  EXPECT_EQ(step({banking::ScaWay::DECOUPLED}), ScaStep::UNSUPPORTED);
  // What the bank has asked for in its app may be approved there, whatever may be used.
  EXPECT_EQ(next_step(*read_sca_answer(parse(R"({"scaStatus":"started"})")), {}), ScaStep::APPROVAL);
}

TEST(read_sca_answer, takes_an_isolated_number_out_of_its_isolate) {
  const auto answer = read_sca_answer(
      parse("{\"scaStatus\":\"scaMethodSelected\",\"chosenScaMethod\":{\"name\":\"رسالة إلى \u2066•••• 123\u2069\"}}"));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->challenge.target, "•••• 123");
}

TEST(read_sca_answer, keeps_what_the_payer_must_know) {
  const auto answer = read_sca_answer(parse(R"({"scaStatus":"scaMethodSelected","authorisationId":"a1",
      "chosenScaMethod":{"name":"SMS to •••• 123"},
      "challengeData":{"otpMaxLength":4,"otpFormat":"integer","additionalInformation":"Type the code."}})"));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->challenge.target, "•••• 123");
  EXPECT_EQ(answer->challenge.message, "Type the code.");
  EXPECT_EQ(answer->challenge.max_length, 4);
  EXPECT_TRUE(answer->challenge.numeric);
}

TEST(read_sca_answer, drops_members_of_the_wrong_type) {
  const auto answer =
      read_sca_answer(parse(R"({"scaStatus":"started","authorisationId":7,"scaMethods":[1,{"authenticationMethodId":2}],
      "challengeData":{"otpMaxLength":"4","otpFormat":null},"_links":{"a":"b","c":{"href":5},"d":[]},"psuMessage":{}})"));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->authorisation_id, "");
  EXPECT_THAT(answer->methods, SizeIs(0));
  EXPECT_THAT(answer->links.hrefs, SizeIs(0));
  EXPECT_EQ(answer->challenge.max_length, 0);
  EXPECT_FALSE(read_sca_answer(parse(R"({"scaStatus":3})")));
}

TEST(read_identifier, takes_only_what_fits_a_header_and_a_url) {
  EXPECT_EQ(read_identifier(parse(R"({"id":"a-1/../x?"})"), "id"), "a-1/../x?");
  for (const auto* bad :
       {R"({"id":""})", R"({"id":"a b"})", R"({"id":"a\r\nX: y"})", R"({"id":"é"})", R"({"id":5})", R"({})"}) {
    EXPECT_FALSE(read_identifier(parse(bad), "id")) << bad;
  }
  EXPECT_FALSE(read_identifier(parse("{\"id\":\"" + std::string(257, 'a') + "\"}"), "id"));
}

TEST(read_accounts, keeps_only_accounts_that_can_pay) {
  const auto accounts = read_accounts(parse(R"({"accounts":[
      {"resourceId":"1","iban":"AE340260001015528734001","currency":"AED","ownerName":"Amal Haddad","balance":{"x":1}},
      {"resourceId":"2","bban":"0260000315528734002","currency":"USD"}, {"iban":"AE790260000315528734002","bban":"0260000315528734002","currency":"USD"},
      {"resourceId":"3","currency":"AED"}, {"iban":"AE34<script>","currency":"AED"}, {"iban":"AE34"}, 7, null]})"));
  ASSERT_TRUE(accounts);
  ASSERT_THAT(*accounts, SizeIs(3));
  EXPECT_EQ((*accounts)[0].owner_name, "Amal Haddad");
  EXPECT_EQ((*accounts)[0].account_number, "1015528734001");
  EXPECT_EQ((*accounts)[1].account_number, "0260000315528734002");
  EXPECT_EQ((*accounts)[2].account_number, "0315528734002");
  EXPECT_FALSE(read_accounts(parse(R"({"accounts":{}})")));
}

TEST(read_retry_after, reads_seconds_up_to_a_day) {
  using std::chrono::seconds;
  EXPECT_EQ(read_retry_after("120"), seconds{120});
  EXPECT_EQ(read_retry_after(" 7 "), seconds{7});
  EXPECT_EQ(read_retry_after("999999999"), seconds{86400});
  for (const auto* bad : {"", "-1", "soon", "1.5", "99999999999999999999", "Fri, 31 Dec 1999 23:59:59 GMT"}) {
    EXPECT_EQ(read_retry_after(bad), std::nullopt) << bad;
  }
}

TEST(psu_ip_address, is_always_ipv4) {
  EXPECT_EQ(psu_ip_address("203.0.113.9"), "203.0.113.9");
  EXPECT_EQ(psu_ip_address("::ffff:203.0.113.9"), "203.0.113.9");
  for (const auto* other : {"", "2001:db8::1", "203.0.113", "203.0.113.9\r\nX: y", "localhost"}) {
    EXPECT_EQ(psu_ip_address(other), kSubstituteAddress) << other;
  }
}

TEST(payment_body, says_what_was_ordered_and_no_more) {
  const banking::PaymentOrder order{
      .end_to_end_id = "e2e-1",
      .request_key = "never in a body",
      .amount = {100'000, *money::Currency::find("AED")},
      .debtor = {.iban = "AE340260001015528734001", .account_number = "1015528734001"},
      .creditor = {.name = std::string(80, 'x'), .iban = "", .account_number = "42", .bic = "EBILAEAD"},
      .reference = "INV-1",
  };
  EXPECT_EQ(
      payment_body(order),
      R"({"endToEndIdentification":"e2e-1","instructedAmount":{"currency":"AED","amount":"1000.00"},)"
      R"("debtorAccount":{"iban":"AE340260001015528734001"},"creditorName":")" +
          std::string(70, 'x') +
          R"(","creditorAccount":{"bban":"42"},"creditorAgent":"EBILAEAD","remittanceInformationUnstructured":"INV-1"})");
}

TEST(State, comes_back_as_it_was_stored) {
  State state;
  state.psu_id = "payer-otp";
  state.stage = banking::Stage::PAYMENT;
  state.payment_id = "pay-1";
  state.authorisation_id = "auth-1";
  state.sca_status = "psuAuthenticated";
  state.asked = Asked::METHOD;
  state.challenge = {.message = "Choose.", .target = "•••• 123", .max_length = 4, .numeric = true};
  state.methods = {{.id = "sms", .type = "SMS_OTP", .name = "SMS"}};
  const auto again = State::parse(state.to_json());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->to_json(), state.to_json());
  EXPECT_EQ(again->asked, Asked::METHOD);
  EXPECT_EQ(again->methods.at(0).id, "sms");
  EXPECT_TRUE(again->challenge.numeric);
}

TEST(State, refuses_what_another_version_wrote) {
  EXPECT_TRUE(State::parse(""));
  const std::string good = State{}.to_json();
  EXPECT_TRUE(State::parse(good));
  EXPECT_FALSE(State::parse(good.substr(0, good.size() / 2)));
  EXPECT_FALSE(State::parse("{}"));
  EXPECT_FALSE(State::parse("[]"));
  std::string other = good;
  other.replace(other.find("\"version\":1"), 11, "\"version\":2");
  EXPECT_FALSE(State::parse(other));
}

}  // namespace
}  // namespace qantara::connectors::berlin_group
