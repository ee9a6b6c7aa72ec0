#include "cli/payer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace qantara::cli {
namespace {

using ::testing::HasSubstr;

Move move_at(std::string_view step, const Payer& payer = {}, Submitted submitted = Submitted::NO) {
  const auto value = json::parse(step);
  EXPECT_TRUE(value) << step;
  return next_move(*value, payer, submitted);
}

Stuck stuck_at(std::string_view step, const Payer& payer = {}, Submitted submitted = Submitted::NO) {
  const auto move = move_at(step, payer, submitted);
  const auto* const stuck = std::get_if<Stuck>(&move);
  if (stuck == nullptr) ADD_FAILURE() << "not stuck at " << step;
  return stuck == nullptr ? Stuck{} : *stuck;
}

TEST(Payer, takes_the_natural_action_at_each_step) {
  const struct {
    std::string_view step;
    Move move;
  } rows[] = {
      {R"({"kind":"WELCOME"})", Act{"continue", {}}},
      {R"({"kind":"BANKS","banks":[{"identifier":"DOWN","available":false},{"identifier":"UP","available":true}]})",
       Act{"select", {{"bank_identifier", "UP"}}}},
      {R"({"kind":"CREDENTIALS","stage":"LOGIN","fields":[{"name":"username"},{"name":"password"}]})",
       Act{"submit", {{"username", "payer-otp"}, {"password", "sandbox-pass"}}}},
      {R"({"kind":"CREDENTIALS","stage":"LOGIN","fields":[{"name":"password"}]})",
       Act{"submit", {{"password", "sandbox-pass"}}}},
      {R"({"kind":"CODE","stage":"PAYMENT","fields":[{"name":"otp"}]})", Act{"submit", {{"otp", "1111"}}}},
      {R"({"kind":"METHOD","fields":[{"name":"method","options":[{"value":"app"},{"value":"sms"}]}]})",
       Act{"submit", {{"method", "sms"}}}},
      {R"({"kind":"ACCOUNTS","accounts":[]})", Act{"continue", {}}},
      {R"({"kind":"PAYEE"})", Act{"confirm", {}}},
      {R"({"kind":"ACCOUNT","accounts":[{"id":"usd","usable":false},{"id":"aed","usable":true}]})",
       Act{"select", {{"account_id", "aed"}}}},
      {R"({"kind":"REVIEW"})", Act{"pay", {}}},
      {R"({"kind":"BANK_UNREACHABLE"})", Act{"try_again", {}}},
      {R"({"kind":"APPROVAL"})", DecideInApp{}},
      {R"({"kind":"WORKING"})", Wait{}},
      {R"({"kind":"ACCEPTED","result":{"status":"SUCCESS"}})", End{}},
      {R"({"kind":"A_NEW_END","result":{"status":"ERROR"}})", End{}},
  };
  for (const auto& row : rows) EXPECT_EQ(move_at(row.step), row.move) << row.step;
}

TEST(Payer, chooses_what_it_was_told_to) {
  const Payer payer{.user = "payer-app",
                    .password = Secret{"p"},
                    .otp = Secret{"2"},
                    .method = "app",
                    .bank = "LEANMB2",
                    .account = "4002"};
  EXPECT_EQ(move_at(R"({"kind":"BANKS","banks":[{"identifier":"LEANMB1","available":true},{"identifier":"LEANMB2"}]})",
                    payer),
            Move(Act{"select", {{"bank_identifier", "LEANMB2"}}}));
  EXPECT_EQ(move_at(R"({"kind":"ACCOUNT","accounts":[{"id":"a1","number_masked":"AE34 •••• 4001","usable":true},
                                                     {"id":"b2","number_masked":"AE79 •••• 4002","usable":false}]})",
                    payer),
            Move(Act{"select", {{"account_id", "b2"}}}));
  EXPECT_EQ(
      move_at(R"({"kind":"METHOD","fields":[{"name":"method","options":[{"value":"app"},{"value":"sms"}]}]})", payer),
      Move(Act{"submit", {{"method", "app"}}}));
}

TEST(Payer, pays_from_no_other_account_than_it_was_told_to) {
  constexpr std::string_view kReview = R"({"kind":"REVIEW","accounts":[{"id":"a1","number_masked":"AE34 •••• 4001"}]})";
  EXPECT_EQ(move_at(kReview, {.account = "4001"}), Move(Act{"pay", {}}));
  EXPECT_EQ(move_at(kReview, {.account = "4002"}), Move(Act{"change_account", {}}));
}

TEST(Payer, says_at_a_step_it_does_not_know_that_it_does_not) {
  EXPECT_THAT(stuck_at(R"({"kind":"IRIS_SCAN"})").why, HasSubstr("IRIS_SCAN"));
  EXPECT_THAT(stuck_at(R"({})").why, HasSubstr("does not know"));
  EXPECT_THAT(stuck_at(R"({"kind":"CREDENTIALS","fields":[{"name":"mothers_maiden_name"}]})").why,
              HasSubstr("mothers_maiden_name"));
}

TEST(Payer, names_the_flag_and_the_choices_where_it_cannot_go_on) {
  auto stuck =
      stuck_at(R"({"kind":"BANKS","banks":[{"identifier":"LEANMB1"},{"identifier":"LEANMB2"}]})", {.bank = "NOBANK"});
  EXPECT_THAT(stuck.why, HasSubstr("NOBANK"));
  EXPECT_EQ(stuck.remedy, "--bank LEANMB1, LEANMB2");

  stuck = stuck_at(R"({"kind":"METHOD","fields":[{"name":"method","options":[{"value":"app"}]}]})");
  EXPECT_EQ(stuck.remedy, "--method app");

  stuck = stuck_at(R"({"kind":"ACCOUNT","accounts":[{"name":"SAVINGS","number_masked":"AE79 •••• 4002","usable":false,
                      "reason":"Another currency"}]})");
  EXPECT_EQ(stuck.why, "No account can pay this (SAVINGS AE79 •••• 4002: Another currency).");
}

TEST(Payer, sends_people_to_a_browser_where_the_bank_asks_on_its_own_page) {
  const auto paying =
      stuck_at(R"({"kind":"REDIRECT","stage":"PAYMENT","url":"http://127.0.0.1:7070/link/redirect/1"})");
  EXPECT_THAT(paying.remedy, HasSubstr("open http://127.0.0.1:7070/link/redirect/1 in a browser"));
  EXPECT_THAT(stuck_at(R"({"kind":"REDIRECT","stage":"LOGIN","url":"http://x/"})").why,
              HasSubstr("the browser that went"));
  EXPECT_EQ(move_at(R"({"kind":"REDIRECT","came_back":true,"actions":["check_again","cancel"]})"),
            Move(Act{"check_again", {}}));
  EXPECT_EQ(move_at(R"({"kind":"REDIRECT","came_back":true,"actions":["cancel"]})"), Move(Wait{}));
}

TEST(Payer, gives_no_wrong_answer_twice) {
  constexpr std::string_view kRefused =
      R"({"kind":"CODE","fields":[{"name":"otp"}],"wrong_answer":true,"tries_left":2})";
  const auto stuck = stuck_at(kRefused, {}, Submitted::YES);
  EXPECT_EQ(stuck.why, "The bank did not take --otp. Tries left: 2.");
  EXPECT_EQ(stuck.remedy, "another --otp");
  // Refused in an earlier run: this one may know better.
  EXPECT_EQ(move_at(kRefused, {.otp = Secret{"9"}}, Submitted::NO), Move(Act{"submit", {{"otp", "9"}}}));
}

}  // namespace
}  // namespace qantara::cli
