// The way to the bank's own pages and back.
#include <gtest/gtest.h>

#include "link/test_support.h"

namespace qantara::link {
namespace {

constexpr std::string_view kBankPage = "https://bank.test/authorise/1";
constexpr std::string_view kReturn = "https://pay.example/link/return/";

banking::NeedRedirect redirect(banking::Stage stage) {
  return {.stage = stage, .url = std::string{kBankPage}, .message = {}, .expires_at = {}};
}

std::string last_segment(const std::string& url) {
  const auto end = std::min(url.find('?'), url.size());
  return url.substr(url.rfind('/') + 1, end - url.rfind('/') - 1);
}

class link_redirect : public testing::Test {
 protected:
  link_redirect() {
    payer.bank.can.redirect = true;
    payer.bank.asks_on_pages = true;
  }

  /// The payer is asked to go to the bank to sign in.
  void to_login() {
    payer.to_banks();
    payer.bank.will(redirect(banking::Stage::LOGIN));
    payer.does(Action::SELECT, {{"bank_identifier", kTestBank}});
    ASSERT_EQ(payer.view.kind, K::REDIRECT);
  }
  void to_payment() {
    payer.to_paying(redirect(banking::Stage::PAYMENT));
    ASSERT_EQ(payer.view.kind, K::REDIRECT);
  }
  banking::ReturnUrls told() const { return *payer.bank.heard.back().return_urls; }
  std::string done() const { return last_segment(told().done); }
  std::string refused() const { return last_segment(told().refused); }

  /// Leaves by the page's link. Result: what the browser is given.
  std::string leave_for_bank() {
    const auto departure = payer.it.database.run(payer.flow.depart(last_segment(payer.view.redirect_url)));
    EXPECT_TRUE(departure);
    EXPECT_EQ(departure->bank_url, kBankPage);
    return departure->browser;
  }
  Result<LinkView> come_back(const std::string& token, const std::string& browser) {
    auto opened = payer.it.database.run(payer.flow.open_returned(token, browser));
    if (opened) payer.view = *opened;
    return opened;
  }
  std::string arrive(const std::string& token) { return *payer.it.database.run(payer.flow.arrive(token)); }
  Result<LinkView> capture(const std::string& token, std::optional<CustomerId> customer = {}) {
    auto opened = payer.it.database.run(payer.flow.capture({.application = payer.it.application,
                                                            .customer = customer.value_or(payer.it.customer),
                                                            .attempt = token,
                                                            .peer_address = {},
                                                            .language = {}}));
    if (opened) payer.view = *opened;
    return opened;
  }

  Payer payer;
};

TEST_F(link_redirect, a_bank_that_asks_on_its_pages_is_called_at_once_and_says_where_they_are) {
  to_login();
  EXPECT_EQ(payer.bank.heard.back().call, "submit");
  EXPECT_TRUE(told().done.starts_with(kReturn));
  EXPECT_NE(done(), refused());
  EXPECT_TRUE(payer.view.redirect_url.starts_with("https://pay.example/link/redirect/"));
  EXPECT_EQ(payer.view.money, MoneyWord::NOT_MOVED);
  EXPECT_EQ(actions_of(payer.view), (std::vector{Action::BACK, Action::CANCEL}));
  // Neither the bank's address nor a way back is in what the page is sent.
  const auto sent = to_json(payer.view);
  for (const auto& hidden : {std::string{kBankPage}, done(), refused()}) EXPECT_FALSE(sent.contains(hidden)) << hidden;
}

TEST_F(link_redirect, a_connection_goes_on_in_the_browser_that_left_and_is_back) {
  to_login();
  const auto browser = leave_for_bank();
  EXPECT_EQ(arrive(done()), "");
  ASSERT_TRUE(come_back(done(), browser));
  EXPECT_STEP(K::REDIRECT);
  EXPECT_TRUE(payer.view.came_back);
  EXPECT_EQ(payer.view.redirect_url, "");
  payer.bank.will(linked());
  payer.does(Action::CHECK_AGAIN);
  EXPECT_STEP(K::ACCOUNTS);
  payer.does(Action::CONTINUE);
  payer.bank.will(redirect(banking::Stage::BENEFICIARY));
  payer.does(Action::CONFIRM);
  EXPECT_STEP(K::REDIRECT);
  EXPECT_EQ(actions_of(payer.view), std::vector{Action::CANCEL});
  ASSERT_TRUE(come_back(done(), leave_for_bank()));
  payer.bank.will(BeneficiaryAdded{.bank_beneficiary_id = "b1"});
  payer.does(Action::CHECK_AGAIN);
  EXPECT_STEP(K::CONNECTED);
}

TEST_F(link_redirect, another_browser_learns_nothing_and_completes_nothing) {
  to_login();
  const auto own = leave_for_bank();
  const auto token = done();
  for (const auto& browser :
       std::vector<std::string>{std::string{}, std::string(64, '0'), token, own + "0", own.substr(1)}) {
    EXPECT_EQ(code_of(come_back(token, browser)), "UNKNOWN_LINK_SESSION") << browser;
  }
  EXPECT_EQ(arrive(token), "");
  payer.looks();
  EXPECT_FALSE(payer.view.came_back);
  EXPECT_EQ(payer.bank.heard.size(), 1U);
  ASSERT_TRUE(come_back(token, own));
}

TEST_F(link_redirect, the_way_of_a_refusal_completes_nothing_whatever_the_bank_says) {
  to_login();
  ASSERT_TRUE(come_back(refused(), leave_for_bank()));
  payer.bank.will(linked());
  payer.does(Action::CHECK_AGAIN);
  EXPECT_STEP(K::REDIRECT);
  EXPECT_FALSE(payer.view.came_back);
  ASSERT_TRUE(come_back(refused(), leave_for_bank()));
  payer.bank.will(banking::Refused{.code = "REJECTED_BY_BANK", .text = {}});
  payer.does(Action::CHECK_AGAIN);
  EXPECT_STEP(K::FAILED);
}

TEST_F(link_redirect, a_visit_that_came_to_nothing_can_be_made_again) {
  to_login();
  ASSERT_TRUE(come_back(done(), leave_for_bank()));
  payer.bank.will(redirect(banking::Stage::LOGIN));  // The bank still waits.
  payer.does(Action::CHECK_AGAIN);
  EXPECT_STEP(K::REDIRECT);
  EXPECT_FALSE(payer.view.came_back);
  ASSERT_TRUE(come_back(done(), leave_for_bank()));
  payer.bank.will(CallError::Kind::NOT_SENT);
  payer.does(Action::CHECK_AGAIN);
  EXPECT_STEP(K::BANK_UNREACHABLE);
  payer.bank.will(linked());
  payer.does(Action::RETRY);  // Asked again about the visit: nothing is begun anew.
  EXPECT_STEP(K::ACCOUNTS);
}

TEST_F(link_redirect, a_later_visit_ends_the_ways_of_an_earlier_one) {
  to_login();
  const auto browser = leave_for_bank();
  const auto old_done = done();
  const auto old_way = last_segment(payer.view.redirect_url);
  payer.does(Action::BACK);
  payer.bank.will(redirect(banking::Stage::LOGIN));
  payer.does(Action::SELECT, {{"bank_identifier", kTestBank}});
  EXPECT_EQ(code_of(come_back(old_done, browser)), "UNKNOWN_LINK_SESSION");
  EXPECT_EQ(code_of(capture(old_done)), "UNKNOWN_LINK_SESSION");
  EXPECT_FALSE(payer.it.database.run(payer.flow.depart(old_way)));
  EXPECT_NE(done(), old_done);
}

TEST_F(link_redirect, a_payment_is_committed_before_its_link_is_shown) {
  to_payment();
  EXPECT_EQ(payer.payment().status, payments::PaymentStatus::AWAITING_APP_AUTH);
  EXPECT_TRUE(payer.payment().initiated_at);
  EXPECT_TRUE(payer.payment().next_check_at);
  EXPECT_EQ(payer.view.money, MoneyWord::UNKNOWN);
  EXPECT_EQ(actions_of(payer.view), std::vector{Action::CANCEL});
  const auto left = payer.leaves();
  EXPECT_EQ(left.result->status, LinkResult::Status::SUCCESS);
  EXPECT_EQ(left.result->secondary_status, "PENDING_WITH_BANK");
}

TEST_F(link_redirect, a_payment_is_asked_about_when_its_payer_is_back_from_anywhere) {
  to_payment();
  payer.it.clock.advance(minutes{20});
  const auto browser = leave_for_bank();
  const auto token = done();
  EXPECT_EQ(arrive(token), "");  // In a browser that nobody knows.
  EXPECT_LE(*payer.payment().next_check_at, payer.it.clock.now());
  ASSERT_TRUE(come_back(refused(), browser));  // What the address claims is no matter.
  EXPECT_STEP(K::REDIRECT);
  EXPECT_TRUE(payer.view.came_back);
  EXPECT_EQ(actions_of(payer.view), std::vector{Action::CANCEL});
  payer.bank.will(banking::StillWaiting{.bank_status = "RCVD", .sca_status = "received"});
  ASSERT_TRUE(payer.it.check(payer.payment().id));
  EXPECT_FALSE(payer.looks().came_back);
  payer.bank.will(bank_says::accepted());
  ASSERT_TRUE(payer.it.check(payer.payment().id));
  payer.looks();
  EXPECT_STEP(K::ACCEPTED);
  EXPECT_FALSE(payer.it.database.run(payer.flow.depart(last_segment(payer.view.redirect_url))));
  ASSERT_TRUE(come_back(token, browser));  // A return that is replayed shows what became of it.
  EXPECT_STEP(K::ACCEPTED);
}

TEST_F(link_redirect, a_payer_who_never_comes_back_goes_on_when_the_intent_is_opened_again) {
  to_payment();
  payer.bank.will(bank_says::accepted());
  ASSERT_TRUE(payer.it.check(payer.payment().id));
  ASSERT_TRUE(payer.open_to_pay(payer.intent));
  EXPECT_STEP(K::ACCEPTED);
}

TEST_F(link_redirect, the_shop_captures_for_its_own_customer_alone) {
  to_login();
  EXPECT_EQ(code_of(capture(done(), CustomerId::make(payer.it.clock, payer.it.random))), "UNKNOWN_LINK_SESSION");
  for (const std::string& token :
       {std::string{}, std::string{"0"}, std::string(64, 'a'), last_segment(payer.view.redirect_url)}) {
    EXPECT_EQ(code_of(capture(token)), "UNKNOWN_LINK_SESSION") << token;
  }
  ASSERT_TRUE(capture(done()));
  EXPECT_TRUE(payer.view.came_back);
  payer.bank.will(linked());
  payer.does(Action::CHECK_AGAIN);
  EXPECT_STEP(K::ACCOUNTS);
}

TEST_F(link_redirect, the_browser_goes_on_to_the_shops_pages_with_the_attempt) {
  auto wanted = OpenSession{.method = Method::CONNECT, .destination = payer.it.destination};
  wanted.customer = payer.it.customer;
  wanted.success_redirect_url = "http://127.0.0.1:7072/back?way=ok";
  wanted.fail_redirect_url = "http://127.0.0.1:7072/back";
  ASSERT_TRUE(payer.open(wanted));
  payer.does(Action::CONTINUE);
  payer.bank.will(redirect(banking::Stage::LOGIN));
  payer.does(Action::SELECT, {{"bank_identifier", kTestBank}});
  EXPECT_EQ(arrive(done()), "http://127.0.0.1:7072/back?way=ok&consent_attempt_id=" + done());
  EXPECT_EQ(arrive(refused()), "http://127.0.0.1:7072/back?consent_attempt_id=" + refused());
  EXPECT_EQ(arrive(std::string(64, 'a')), "");
}

TEST(link_redirect_bank, is_offered_in_the_sandbox_without_the_shops_addresses) {
  Payer payer{{.sca_ways = {banking::ScaWay::REDIRECT}}};
  payer.to_banks();
  EXPECT_EQ(payer.view.banks.size(), 1U);  // In the sandbox the hosted page stands in for the shop's.
}

TEST_F(link_redirect, takes_both_addresses_or_none_and_only_the_applications_own) {
  auto wanted = OpenSession{.method = Method::CONNECT, .destination = payer.it.destination};
  wanted.customer = payer.it.customer;
  wanted.success_redirect_url = "http://127.0.0.1:7072/back";
  EXPECT_EQ(code_of(payer.open(wanted)), "MISSING_PARAMETERS");
  for (const std::string url : {"https://evil.example/", "http://127.0.0.1:7072@evil.example/", "javascript:alert(1)",
                                "leanlink://redirect", "//evil.example", "http://127.0.0.1.evil.example/", ""}) {
    wanted.fail_redirect_url = url;
    EXPECT_EQ(code_of(payer.open(wanted)), "INVALID_PARAMETERS") << url;
  }
}

}  // namespace
}  // namespace qantara::link
