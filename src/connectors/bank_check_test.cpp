// What `qantara bank test` finds, against a bank that answers by script.
#include "connectors/bank_check.h"

#include <gtest/gtest.h>

#include "connectors/berlin_group/test_bench.h"

namespace qantara::connectors {
namespace {

using berlin_group::ScriptedBank;
using Reason = http::ClientFailure::Reason;

/// Every name but one has an address.
class ScriptedDns final : public http::Dns {
 public:
  Task<Result<std::vector<std::string>>> resolve(std::string host) override {
    if (host == "nowhere.test") co_return error(ErrorCode::NOT_SENT, "no address");
    co_return std::vector<std::string>{"192.0.2.7"};
  }
};

class bank_check : public testing::Test {
 protected:
  /// "address ok, connection fail": each subject with its verdict.
  std::string check() {
    const auto checks = berlin_group::run(check_bank(bank, server, dns, random, clock));
    std::string told;
    for (const auto& one : checks) {
      told += (told.empty() ? "" : ", ") + one.subject + " " + std::string{to_text(one.verdict)};
      EXPECT_EQ(one.remedy.empty(), one.verdict == Verdict::OK) << one.subject;
      EXPECT_FALSE(one.found.empty()) << one.subject;
    }
    EXPECT_TRUE(server.is_over());
    return told;
  }

  /// What every bank that is there says to a question without a consent.
  http::ClientResult refusal_of_the_knock() {
    auto answer = ScriptedBank::response(401, berlin_group::refusal("CONSENT_UNKNOWN"));
    answer.headers.set("Date", "Sat, 21 Nov 2026 09:40:30 GMT");
    return answer;
  }

  ScriptedBank server;
  ScriptedDns dns;
  SeededRandom random{1};
  ManualClock clock{*parse_instant("2026-11-21T09:40:00Z")};
  banking::Bank bank{.identifier = "HOME_UAE",
                     .standard = "berlin_group",
                     .base_url = "https://bank.test/xs2a/",
                     .sca_ways = {banking::ScaWay::REDIRECT}};
};

constexpr std::string_view kThere = "address ok, connection ok, certificate ok, clock ok, answer ok";

TEST_F(bank_check, finds_nothing_wrong_with_a_bank_that_is_well_and_leaves_nothing_there) {
  server.then(refusal_of_the_knock());
  server.then(
      201, R"({"consentId":"c1","consentStatus":"received","_links":{"scaRedirect":{"href":"https://bank.test/x"}}})");
  server.then(204, "");
  EXPECT_EQ(check(), std::string{kThere} + ", consent ok, ways to authorise ok");
  EXPECT_EQ(server.last(), "DELETE https://bank.test/xs2a/v1/consents/c1 ");
  EXPECT_EQ(server.requests[1].headers.value_or("TPP-Redirect-Preferred", ""), "true");
}

TEST_F(bank_check, finds_where_the_way_ends) {
  bank.base_url = "https://nowhere.test";
  EXPECT_EQ(check(), "address fail");
  bank.base_url = "https://bank.test";
  const std::pair<Reason, std::string_view> rows[] = {
      {Reason::CONNECT, "address ok, connection fail"},
      {Reason::TIMED_OUT, "address ok, connection fail"},
      {Reason::TLS, "address ok, connection ok, certificate fail"},
      {Reason::CONNECTION_LOST, "address ok, connection ok, answer fail"},
      {Reason::MALFORMED_ANSWER, "address ok, connection ok, answer fail"},
  };
  for (const auto& [reason, found] : rows) {
    server.then(berlin_group::failed(http::Reached::NOT_SENT, reason));
    EXPECT_EQ(check(), found);
  }
}

TEST_F(bank_check, finds_answers_that_are_no_banks) {
  const std::tuple<int, std::string, std::string_view> rows[] = {
      {404, "<html>", "answer fail"}, {200, "<html>", "answer fail"},
      {200, "{}", "answer ok"},       {503, berlin_group::refusal("SERVICE_BLOCKED"), "answer fail"},
      {500, "", "answer fail"},       {401, berlin_group::refusal("CERTIFICATE_MISSING"), "answer fail"},
  };
  for (const auto& [status, body, found] : rows) {
    server.then(status, body);
    if (found == "answer ok") server.then(403, berlin_group::refusal("SERVICE_INVALID"));
    const auto told = check();
    EXPECT_TRUE(told.contains(found)) << status << " " << told;
  }
}

TEST_F(bank_check, finds_a_clock_that_is_wrong) {
  clock.advance(std::chrono::minutes{5});
  server.then(refusal_of_the_knock());
  server.then(401, berlin_group::refusal("PSU_CREDENTIALS_INVALID"));
  EXPECT_EQ(check(), "address ok, connection ok, certificate ok, clock look, answer ok, consent look");
}

TEST_F(bank_check, finds_ways_that_the_settings_do_not_allow) {
  server.then(refusal_of_the_knock());
  server.then(201, R"({"consentId":"c1","_links":{"startAuthorisationWithPsuAuthentication":{"href":"/x"}}})");
  server.then(500, "");
  EXPECT_EQ(check(), std::string{kThere} + ", consent look, ways to authorise fail");
}

TEST(http_date, is_read_in_its_one_form) {
  EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), parse_instant("1994-11-06T08:49:37Z"));
  for (const auto* const wrong :
       {"", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 31 Feb 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 25:49:37 GMT", "Sun, 06 Xxx 1994 08:49:37 GMT"}) {
    EXPECT_FALSE(parse_http_date(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace qantara::connectors
