#include "link/link_flow.h"

#include <algorithm>
#include <functional>

#include "link/test_support.h"

namespace qantara::link {
namespace {

// Connecting

TEST_F(link_flow, walks_a_payer_through_connecting) {
  payer.open(Method::CONNECT);
  EXPECT_STEP(K::WELCOME);
  EXPECT_EQ(payer.view.merchant, "Shop");
  EXPECT_EQ(payer.view.payee->display_name, "Falcon");
  payer.does(Action::CONTINUE);
  EXPECT_STEP(K::BANKS);
  EXPECT_EQ(payer.view.banks.size(), 1U);
  payer.does(Action::SELECT, {{"bank_identifier", kTestBank}});
  EXPECT_STEP(K::CREDENTIALS);
  EXPECT_TRUE(payer.bank.heard.empty()) << "nobody was asked so far";
  payer.bank.will(bank_says::login_code());
  payer.does(Action::SUBMIT, kCredentials);
  EXPECT_STEP(K::CODE);
  payer.bank.will(linked());
  payer.does(Action::SUBMIT, {{"otp", "1111"}});
  EXPECT_STEP(K::ACCOUNTS);
  EXPECT_EQ(payer.view.found_accounts.size(), 1U);
  payer.does(Action::CONTINUE);
  EXPECT_STEP(K::PAYEE);
  payer.bank.will(payee_code());
  payer.does(Action::CONFIRM);
  EXPECT_STEP(K::CODE);
  payer.bank.will(BeneficiaryAdded{.bank_beneficiary_id = "b1"});
  payer.does(Action::SUBMIT, {{"otp", "1111"}});
  EXPECT_STEP(K::CONNECTED);
  EXPECT_EQ(payer.view.result->status, LinkResult::Status::SUCCESS);

  EXPECT_EQ(payer.bank.calls(), (Calls{"submit username=payer password=sandbox-pass", "submit otp=1111",
                                       "add_beneficiary", "submit otp=1111"}));
  EXPECT_EQ(payer.bank.heard[2].creditor.iban, payments::kPayeeIban);
  const auto sources = *payer.it.database.read(
      [&](db::Transaction& tx) { return payer.it.sources.list(tx, payer.it.application, payer.it.customer); });
  ASSERT_EQ(sources.size(), 1U);
  EXPECT_EQ(sources[0].beneficiaries.at(0).destination, payer.it.destination);
  EXPECT_EQ(
      payer.it.database.read([&](db::Transaction& tx) { return payer.it.sources.connector_state(tx, sources[0].id); })
          ->json,
      R"({"calls":4})");
}

TEST_F(link_flow, keeps_no_password_and_no_code) {
  payer.to_login_code();
  payer.bank.will(linked());
  payer.does(Action::SUBMIT, {{"otp", "93171"}});
  for (const std::string_view secret : {"sandbox-pass", "93171", payments::kPayerIban}) {
    EXPECT_FALSE(payer.it.database.holds_in_the_clear(secret)) << secret;
  }
}

TEST_F(link_flow, ends_in_a_cool_off_where_the_bank_wants_one) {
  payer.to_payee();
  const auto until = payer.it.clock.now() + hours{24};
  payer.bank.will(BeneficiaryAdded{.bank_beneficiary_id = "b1", .cool_off_until = until});
  payer.does(Action::CONFIRM);
  EXPECT_STEP(K::COOL_OFF);
  EXPECT_EQ(payer.view.cool_off_until, until);
  EXPECT_EQ(payer.view.result->status, LinkResult::Status::SUCCESS);
}

TEST_F(link_flow, asks_no_bank_that_keeps_no_list_of_payees) {
  payer.bank.can.beneficiaries = false;
  payer.to_payee();
  payer.does(Action::CONFIRM);
  EXPECT_STEP(K::CONNECTED);
  EXPECT_EQ(payer.bank.heard.size(), 1U);
}

// Every step, every action

struct Place {
  std::string_view name;
  void (Payer::*go)();
  StepKind kind;
  std::vector<Action> actions;  // But CANCEL, which is asked for by leaving.
};

const Place kPlaces[] = {
    {"banks", &Payer::to_banks, K::BANKS, {Action::SELECT}},
    {"credentials", &Payer::to_credentials, K::CREDENTIALS, {Action::SUBMIT, Action::BACK}},
    {"login code", &Payer::to_login_code, K::CODE, {Action::SUBMIT}},
    {"login method", &Payer::to_login_method, K::METHOD, {Action::SUBMIT}},
    {"accounts", &Payer::to_accounts, K::ACCOUNTS, {Action::CONTINUE}},
    {"payee", &Payer::to_payee, K::PAYEE, {Action::CONFIRM}},
    {"connected", &Payer::to_connected, K::CONNECTED, {}},
    {"unreachable", &Payer::to_unreachable, K::BANK_UNREACHABLE, {Action::RETRY}},
    {"review", &Payer::to_review, K::REVIEW, {Action::PAY, Action::CHANGE_ACCOUNT}},
    {"code", &Payer::to_code, K::CODE, {Action::SUBMIT}},
};

TEST(link_steps, take_their_own_actions_and_no_other) {
  for (const auto& place : kPlaces) {
    Payer payer;
    (payer.*place.go)();
    EXPECT_STEP(place.kind) << place.name;
    const auto heard = payer.bank.heard.size();
    const auto before = payer.view;
    for (const auto action : kEveryAction) {
      if (std::ranges::find(place.actions, action) != place.actions.end()) continue;
      const auto refused =
          payer.try_to(action, {{"otp", "1111"}, {"username", "u"}, {"password", "p"}, {"bank_identifier", kTestBank}});
      EXPECT_EQ(code_of(refused), "INVALID_PARAMETERS") << place.name << " " << to_text(action);
    }
    EXPECT_EQ(payer.looks().number, before.number) << place.name;
    EXPECT_EQ(payer.view.kind, before.kind) << place.name;
    EXPECT_EQ(payer.bank.heard.size(), heard) << place.name << ": the bank heard of it";

    auto offered = actions_of(before);
    std::erase(offered, Action::CANCEL);
    EXPECT_EQ(offered, place.actions) << place.name;
  }
}

TEST(link_steps, take_nothing_from_an_older_page) {
  for (const auto& place : kPlaces) {
    Payer payer;
    (payer.*place.go)();
    for (const int number : {payer.view.number - 1, payer.view.number + 1}) {
      for (const auto action : place.actions) {
        const auto refused = payer.act_at(
            number, action, {{"otp", "1111"}, {"username", "u"}, {"password", "p"}, {"bank_identifier", kTestBank}});
        ASSERT_EQ(code_of(refused), "STEP_OUTDATED") << place.name;
        EXPECT_EQ(refused.error().details.at(0).name, "step_number");
        EXPECT_EQ(refused.error().details.at(0).json, std::to_string(payer.view.number));
      }
    }
  }
}

TEST(link_steps, want_every_field_and_pass_on_no_other) {
  const struct {
    void (Payer::*go)();
    Action action;
    Fields fields;
    ErrorCode code;
    std::string_view field;
  } rows[] = {
      {&Payer::to_banks, Action::SELECT, {}, ErrorCode::MISSING_PARAMETERS, "fields.bank_identifier"},
      {&Payer::to_banks, Action::SELECT, {{"bank_identifier", "NOBANK"}}, ErrorCode::UNKNOWN_BANK, "bank_identifier"},
      {&Payer::to_credentials, Action::SUBMIT, {}, ErrorCode::MISSING_PARAMETERS, "fields.username"},
      {&Payer::to_credentials,
       Action::SUBMIT,
       {{"username", "payer"}},
       ErrorCode::MISSING_PARAMETERS,
       "fields.password"},
      {&Payer::to_credentials,
       Action::SUBMIT,
       {{"username", "payer"}, {"password", ""}},
       ErrorCode::MISSING_PARAMETERS,
       "fields.password"},
      {&Payer::to_credentials,
       Action::SUBMIT,
       {{"username", "payer"}, {"password", std::string(257, 'x')}},
       ErrorCode::INVALID_PARAMETERS,
       "fields.password"},
      {&Payer::to_login_code, Action::SUBMIT, {{"otp", " - "}}, ErrorCode::MISSING_PARAMETERS, "fields.otp"},
      {&Payer::to_code, Action::SUBMIT, {{"code", "1111"}}, ErrorCode::MISSING_PARAMETERS, "fields.otp"},
  };
  for (const auto& row : rows) {
    Payer payer;
    (payer.*row.go)();
    const auto heard = payer.bank.heard.size();
    const auto refused = payer.try_to(row.action, row.fields);
    ASSERT_FALSE(refused) << row.field;
    EXPECT_EQ(qantara::to_text(refused.error().code), qantara::to_text(row.code)) << row.field;
    EXPECT_EQ(refused.error().fields.at(0).field, row.field);
    EXPECT_EQ(payer.bank.heard.size(), heard);
    EXPECT_EQ(payer.looks().number, payer.view.number);
  }
  Payer payer;
  payer.to_credentials();
  payer.bank.will(linked());
  payer.does(Action::SUBMIT, {{"password", std::string(256, 'x')}, {"pin", "0000"}, {"username", "payer"}});
  EXPECT_EQ(payer.bank.heard.back().call, "submit username=payer password=" + std::string(256, 'x'));
}

TEST(link_steps, read_codes_as_people_type_them) {
  for (const std::string typed : {"1234", "١٢٣٤", "۱۲۳۴", "12 34", "1-2-3-4", " ١2 ۳-4 "}) {
    Payer linking;
    linking.to_login_code();
    linking.bank.will(linked());
    linking.does(Action::SUBMIT, {{"otp", typed}});
    EXPECT_EQ(linking.bank.heard.back().call, "submit otp=1234") << typed;

    Payer paying;
    paying.to_code();
    paying.bank.will(bank_says::accepted());
    paying.does(Action::SUBMIT, {{"otp", typed}});
    EXPECT_EQ(paying.bank.heard.back().call, "submit_payment otp=1234") << typed;
  }
  Payer payer;
  payer.to_credentials();
  payer.bank.will(linked());
  payer.does(Action::SUBMIT, {{"username", "payer 1-2"}, {"password", "p ١-2"}});
  EXPECT_EQ(payer.bank.heard.back().call, "submit username=payer 1-2 password=p ١-2") << "a password is left as it is";
}

// Trouble while connecting

TEST(link_trouble, leads_to_where_the_payer_can_go_on) {
  const struct {
    CallError::Kind kind;
    StepKind step;
  } rows[] = {
      {CallError::Kind::NOT_SENT, K::BANK_UNREACHABLE},  {CallError::Kind::OUTCOME_UNKNOWN, K::BANK_UNREACHABLE},
      {CallError::Kind::THROTTLED, K::BANK_UNREACHABLE}, {CallError::Kind::REFUSED, K::FAILED},
      {CallError::Kind::MISCONFIGURED, K::FAILED},       {CallError::Kind::SESSION_ENDED, K::CREDENTIALS},
  };
  for (const auto& row : rows) {
    Payer payer;
    payer.to_payee();
    payer.bank.will(row.kind);
    payer.does(Action::CONFIRM);
    EXPECT_STEP(row.step);
    if (row.step == K::FAILED) {
      EXPECT_EQ(payer.view.failure_code, "BANK_ISSUE");
      EXPECT_EQ(payer.view.failure_kind, "bank_unreachable");
      EXPECT_EQ(payer.view.result->status, LinkResult::Status::ERROR);
    }
    if (row.step == K::BANK_UNREACHABLE) {
      payer.does(Action::RETRY);
      EXPECT_STEP(K::PAYEE) << "signed in already";
    }
  }
}

TEST_F(link_flow, begins_again_with_the_sign_in_when_that_failed) {
  payer.to_unreachable();
  payer.does(Action::RETRY);
  EXPECT_STEP(K::CREDENTIALS);
}

TEST_F(link_flow, says_why_the_bank_refused) {
  payer.to_credentials();
  payer.bank.will(banking::Refused{.code = "EU_ACCOUNT_LOCKED", .text = "locked"});
  payer.does(Action::SUBMIT, kCredentials);
  EXPECT_STEP(K::FAILED);
  EXPECT_EQ(payer.view.failure_kind, "login_exhausted");
  EXPECT_EQ(payer.view.result->secondary_status, "EU_ACCOUNT_LOCKED");
}

TEST_F(link_flow, sends_five_wrong_codes_and_no_sixth) {
  payer.to_login_code();
  auto wrong = bank_says::login_code();
  wrong.wrong_answer = true;
  for (int i = 0; i < 5; ++i) {
    payer.bank.will(wrong);
    payer.does(Action::SUBMIT, {{"otp", "2222"}});
    EXPECT_STEP(K::CODE);
  }
  const auto heard = payer.bank.heard.size();
  payer.does(Action::SUBMIT, {{"otp", "1111"}});
  EXPECT_STEP(K::FAILED);
  EXPECT_EQ(payer.view.failure_code, "MFA_ATTEMPTS_EXHAUSTED");
  EXPECT_EQ(payer.bank.heard.size(), heard);
}

TEST_F(link_flow, goes_back_to_the_banks_with_nothing_kept) {
  payer.to_credentials();
  payer.does(Action::BACK);
  EXPECT_STEP(K::BANKS);
  payer.does(Action::SELECT, {{"bank_identifier", kTestBank}});
  payer.bank.will(linked());
  payer.does(Action::SUBMIT, kCredentials);
  EXPECT_EQ(payer.bank.heard.back().state, "");
}

// Windows

TEST_F(link_flow, works_for_one_window_at_a_time) {
  payer.to_credentials();
  payer.begins(Action::SUBMIT, kCredentials);
  const auto number = payer.view.number;
  EXPECT_EQ(payer.looks().kind, K::WORKING);
  EXPECT_TRUE(payer.view.ask_again_in_ms);
  EXPECT_EQ(code_of(payer.act_at(number, Action::SUBMIT, kCredentials)), "STEP_OUTDATED");
  EXPECT_EQ(payer.bank.heard.size(), 1U);
  payer.bank.will(linked());
  const auto next = payer.gets_an_answer();
  ASSERT_TRUE(next);
  EXPECT_EQ(next->kind, K::ACCOUNTS);
  EXPECT_EQ(code_of(payer.act_at(number, Action::SUBMIT, kCredentials)), "STEP_OUTDATED")
      << "done once, however often it is sent";
}

TEST_F(link_flow, writes_down_what_the_bank_said_as_soon_as_the_database_is_back) {
  using payments::Failure;
  for (const auto failure : {Failure::AWAY, Failure::LOST, Failure::ANSWER_LOST}) {
    Payer somebody;
    payments::ShakyDatabase database{*somebody.it.database};
    payments::QuickTimers timers{somebody.it.real_clock};
    const payments::PaymentAuthorisation authorisation{database,          somebody.it.payments,   somebody.it.banks,
                                                       somebody.it.clock, somebody.it.real_clock, timers};
    const LinkFlow flow{somebody.parts_of(somebody.it.gateway, authorisation)};
    somebody.to_credentials();
    somebody.bank.will(linked());
    database.writes = {failure, Failure::AWAY};
    const auto act = Payer::act(somebody.view.number, Action::SUBMIT, kCredentials);
    const auto next = somebody.it.database.run(flow.act(somebody.key(), act, {}));
    ASSERT_TRUE(next) << next.error().message;
    EXPECT_EQ(next->kind, K::ACCOUNTS);
    EXPECT_EQ(next->number, somebody.view.number + 1) << "told once";
    EXPECT_FALSE(timers.waits.empty());
  }
}

TEST_F(link_flow, goes_on_with_its_own_call_however_the_clock_jumps) {
  for (const Duration jump : {Duration{minutes{20}}, Duration{-hours{3}}}) {
    Payer somebody;
    somebody.to_credentials();
    somebody.begins(Action::SUBMIT, kCredentials);
    const auto number = somebody.view.number;
    somebody.it.real_clock.advance(jump);
    EXPECT_EQ(code_of(somebody.act_at(number, Action::SUBMIT, kCredentials)), "STEP_OUTDATED");
    EXPECT_EQ(somebody.bank.heard.size(), 1U) << "nobody asks the bank beside it";
    somebody.bank.will(linked());
    ASSERT_TRUE(somebody.gets_an_answer());
    EXPECT_EQ(somebody.looks().found_accounts.size(), 1U);
  }
}

TEST_F(link_flow, waits_at_another_gateway_no_longer_than_somebody_works_at_the_first) {
  const LinkFlow with_nothing_in_work{payer.parts_of(payer.it.gateway)};
  const LinkFlow other{payer.parts_of(GatewayId::make(payer.it.clock, payer.it.random))};
  const auto tidy = [&](const LinkFlow& flow) {
    return payer.it.database.write([&](db::Transaction& tx) { return flow.end_idle_leases(tx); });
  };
  const auto kind = [&] { return payer.it.database.run(other.view(payer.key()))->kind; };
  payer.to_credentials();
  payer.begins(Action::SUBMIT, kCredentials);
  ASSERT_TRUE(tidy(with_nothing_in_work));
  EXPECT_EQ(kind(), K::WORKING) << "it may have begun this moment";
  payer.it.real_clock.advance(minutes{2});
  ASSERT_TRUE(tidy(payer.flow));
  EXPECT_EQ(kind(), K::WORKING) << "it is under way, whatever the clock says";
  ASSERT_TRUE(tidy(with_nothing_in_work));
  EXPECT_EQ(kind(), K::CREDENTIALS);
  payer.bank.will(linked());
  (void)payer.gets_an_answer();
}

TEST_F(link_flow, sets_an_answer_aside_that_came_after_the_payer_went_on) {
  payer.to_credentials();
  payer.begins(Action::SUBMIT, kCredentials);
  // It is given up, as it seems to be gone. The second try goes on at another gateway, to the accounts; then the first one's answer comes.
  const LinkFlow other{payer.parts_of(GatewayId::make(payer.it.clock, payer.it.random))};
  ASSERT_TRUE(payer.it.database.write([&](db::Transaction& tx) { return other.recover(tx, payer.it.gateway); }));
  payer.bank.will(linked());
  const auto second =
      payer.it.database.run(other.act(payer.key(), Payer::act(payer.view.number, Action::SUBMIT, kCredentials), {}));
  ASSERT_TRUE(second);
  EXPECT_EQ(second->kind, K::ACCOUNTS);
  payer.bank.will(bank_says::sign_in());
  const auto late = payer.gets_an_answer();
  ASSERT_TRUE(late);
  EXPECT_EQ(late->kind, K::ACCOUNTS);
  EXPECT_EQ(payer.looks().found_accounts.size(), 1U);
}

TEST_F(link_flow, shows_the_step_again_after_a_restart) {
  payer.to_login_code();
  payer.bank.will_see_the_process_end();
  EXPECT_THROW(payer.does(Action::SUBMIT, {{"otp", "1111"}}), banking::ProcessEnded);
  EXPECT_EQ(payer.looks().kind, K::WORKING);
  ASSERT_TRUE(payer.it.database.write([&](db::Transaction& tx) { return payer.flow.recover(tx); }));
  EXPECT_EQ(payer.looks().kind, K::CODE);
}

TEST_F(link_flow, is_one_flow_for_all_windows_that_pay_an_intent) {
  payer.to_review();
  const auto first = payer.view;
  const auto second = payer.open_to_pay(payer.intent);
  EXPECT_EQ(second->session, first.session);
  EXPECT_EQ(payer.flow.token_of(second->session), payer.flow.token_of(first.session));

  payer.bank.will(banking::Continue{}).will(bank_says::code());
  payer.does(Action::PAY);
  EXPECT_EQ(code_of(payer.act_at(first.number, Action::PAY)), "STEP_OUTDATED");
  EXPECT_EQ(payer.open_to_pay(payer.intent)->kind, K::CODE);
  EXPECT_EQ(payer.bank.heard.size(), 2U);
}

TEST_F(link_flow, shows_other_windows_that_the_order_is_under_way) {
  payer.to_code();
  const auto number = payer.view.number;
  payer.begins(Action::SUBMIT, {{"otp", "1111"}});
  EXPECT_EQ(payer.looks().kind, K::WORKING);
  EXPECT_EQ(payer.view.money, MoneyWord::UNKNOWN);
  EXPECT_EQ(code_of(payer.act_at(number, Action::SUBMIT, {{"otp", "1111"}})), "STEP_OUTDATED");
  EXPECT_EQ(code_of(payer.act_at(payer.view.number, Action::SUBMIT, {{"otp", "1111"}})), "STEP_OUTDATED");
  payer.bank.will(bank_says::accepted());
  EXPECT_EQ(payer.gets_an_answer()->kind, K::ACCEPTED);
  EXPECT_EQ(payer.bank.heard.size(), 1U + 2U);
}

TEST_F(link_flow, opens_to_nobody_without_its_token) {
  payer.to_banks();
  const auto other = payer.flow.token_of(LinkSessionId::make(payer.it.clock, payer.it.random));
  for (const std::string& token : {std::string{}, std::string{"x"}, other}) {
    EXPECT_EQ(code_of(payer.it.database.run(payer.flow.view({payer.view.session, token, {}}))), "UNKNOWN_LINK_SESSION");
    EXPECT_EQ(code_of(payer.it.database.run(payer.flow.leave({payer.view.session, token, {}}))),
              "UNKNOWN_LINK_SESSION");
    EXPECT_EQ(code_of(payer.it.database.run(payer.flow.act({payer.view.session, token, {}},
                                                           Payer::act(payer.view.number, Action::SELECT, {}), {}))),
              "UNKNOWN_LINK_SESSION");
  }
  const auto unknown = LinkSessionId::make(payer.it.clock, payer.it.random);
  EXPECT_EQ(code_of(payer.it.database.run(payer.flow.view({unknown, payer.flow.token_of(unknown), {}}))),
            "UNKNOWN_LINK_SESSION");
}

// Time

TEST_F(link_flow, lives_half_an_hour_of_real_time) {
  payer.to_credentials();
  payer.it.clock.advance(hours{24});  // The sandbox's time is not the page's.
  payer.it.real_clock.advance(minutes{29});
  EXPECT_EQ(payer.looks().kind, K::CREDENTIALS);
  payer.it.real_clock.advance(minutes{1});
  EXPECT_EQ(payer.looks().kind, K::END);
  EXPECT_EQ(payer.view.result->status, LinkResult::Status::CANCELLED);
  EXPECT_EQ(payer.view.reason, EndReason::TIMED_OUT);
  EXPECT_EQ(code_of(payer.try_to(Action::SUBMIT, kCredentials)), "STEP_OUTDATED");
  EXPECT_TRUE(payer.bank.heard.empty());
}

TEST_F(link_flow, lives_on_while_the_payer_does_something) {
  payer.to_code();
  for (int i = 0; i < 4; ++i) {
    payer.it.real_clock.advance(minutes{29});
    payer.bank.will(bank_says::wrong_code());
    payer.does(Action::SUBMIT, {{"otp", "2222"}});
    EXPECT_STEP(K::CODE);
    EXPECT_EQ(payer.view.expires_in, minutes{30});
  }
}

TEST_F(link_flow, does_not_forget_a_payment_when_the_page_times_out) {
  payer.to_code();
  payer.it.real_clock.advance(hours{1});
  EXPECT_EQ(payer.looks().kind, K::END);
  EXPECT_TRUE(payer.view.can_start_again);
  EXPECT_EQ(payer.open_to_pay(payer.intent)->kind, K::CODE);
}

TEST_F(link_flow, lives_anew_when_the_intent_is_opened_again) {
  payer.to_review();
  payer.it.real_clock.advance(minutes{31});
  EXPECT_EQ(payer.looks().kind, K::END);
  EXPECT_EQ(payer.open_to_pay(payer.intent)->kind, K::REVIEW);
}

// Paying

TEST_F(link_flow, reviews_what_the_bank_will_get) {
  payer.to_review();
  EXPECT_STEP(K::REVIEW);
  EXPECT_EQ(payer.view.amount->to_text(), "1000.00");
  EXPECT_EQ(payer.view.reference, "Order 17");
  EXPECT_EQ(payer.view.payee->name, "Falcon Trading LLC");
  ASSERT_EQ(payer.view.accounts.size(), 1U);
  EXPECT_EQ(payer.view.accounts[0].account.name, "Current");
  payer.does(Action::CHANGE_ACCOUNT);
  EXPECT_STEP(K::ACCOUNT);
  EXPECT_EQ(payer.view.accounts.size(), 2U);
}

TEST_F(link_flow, pays_what_was_reviewed) {
  payer.to_review();
  const auto shown = payer.view;
  payer.does(Action::CHANGE_ACCOUNT);
  payer.does(Action::SELECT, {{"account_id", payer.view.accounts[0].account.id.to_text()}});
  EXPECT_STEP(K::REVIEW);
  EXPECT_EQ(code_of(payer.act_at(shown.number, Action::PAY)), "STEP_OUTDATED") << "this is another review";
  EXPECT_TRUE(payer.bank.heard.empty());

  payer.bank.will(banking::Continue{}).will(bank_says::code());
  payer.does(Action::PAY);
  const auto& order = *payer.bank.heard.front().order;
  EXPECT_EQ(order.amount, *shown.amount);
  EXPECT_EQ(order.creditor.iban, shown.payee->iban);
  EXPECT_EQ(order.creditor.name, shown.payee->name);
  EXPECT_EQ(order.reference, shown.reference);
  EXPECT_EQ(order.debtor.iban, shown.accounts.at(0).account.iban);
}

TEST_F(link_flow, offers_another_account_where_there_is_one) {
  payer.to_credentials();
  payer.bank.will(linked()).will(BeneficiaryAdded{.bank_beneficiary_id = "b1"});
  payer.does(Action::SUBMIT, kCredentials);
  payer.does(Action::CONTINUE);
  payer.does(Action::CONFIRM);
  ASSERT_TRUE(payer.open_to_pay(payer.it.make_intent().id));
  EXPECT_STEP(K::REVIEW);
  EXPECT_EQ(actions_of(payer.view), (std::vector{Action::PAY, Action::CANCEL}));
  EXPECT_TRUE(json::parse(step_json(payer.view))->find("confirms_at_bank")->boolean());
}

TEST(link_accounts, say_why_none_can_pay) {
  const auto aed = *money::Currency::find("AED");
  Payer payer{{.limits = {{.minimum = {100, aed}, .maximum = {99'999, aed}}}}};
  payer.to_review();
  EXPECT_STEP(K::ACCOUNT);
  EXPECT_EQ(payer.view.accounts.at(0).reason, "LIMIT");
  EXPECT_EQ(code_of(payer.try_to(Action::SELECT, {{"account_id", payer.view.accounts[0].account.id.to_text()}})),
            "INVALID_PARAMETERS");
}

TEST_F(link_flow, asks_the_bank_sooner_when_the_payer_wants_news) {
  for (const bool is_known : {true, false}) {
    Payer at;
    at.to_code();
    if (is_known) {
      at.bank.will(bank_says::pending());
    } else {
      at.bank.will(CallError::Kind::OUTCOME_UNKNOWN);
    }
    at.does(Action::SUBMIT, {{"otp", "1111"}});
    EXPECT_EQ(at.view.kind, is_known ? K::PENDING : K::UNKNOWN);
    const auto asked_at = at.it.clock.now();
    EXPECT_EQ(at.view.asked_at, asked_at);
    at.it.clock.advance(hours{1});
    at.bank.will(bank_says::waiting());
    ASSERT_TRUE(at.it.check(at.payment().id));
    at.it.clock.advance(payments::kAskAgainMin);
    EXPECT_GT(at.payment().next_check_at, at.it.clock.now());

    const auto before = at.view.kind;
    at.does(Action::CHECK_AGAIN);
    EXPECT_EQ(at.view.kind, before);
    EXPECT_EQ(at.view.asked_at, asked_at + hours{1});
    EXPECT_EQ(at.payment().next_check_at, at.it.clock.now());
    at.bank.will(bank_says::accepted());
    ASSERT_TRUE(at.it.check(at.payment().id));
    EXPECT_EQ(at.looks().kind, K::ACCEPTED);
    EXPECT_EQ(code_of(at.try_to(Action::CHECK_AGAIN)), "INVALID_PARAMETERS") << "there is nothing left to ask";
  }
}

TEST_F(link_flow, takes_usable_accounts_of_the_list_only) {
  payer.to_review();
  payer.does(Action::CHANGE_ACCOUNT);
  const auto usable = payer.view.accounts[0].account.id.to_text();
  const auto in_dollars = payer.view.accounts[1].account.id.to_text();
  EXPECT_EQ(code_of(payer.try_to(Action::SELECT)), "MISSING_PARAMETERS");
  EXPECT_EQ(code_of(payer.try_to(Action::SELECT, {{"account_id", "mine"}})), "MISSING_PARAMETERS");
  EXPECT_EQ(code_of(payer.try_to(Action::SELECT, {{"account_id", in_dollars}})), "INVALID_PARAMETERS");
  EXPECT_EQ(code_of(payer.try_to(Action::SELECT, {{"account_id", AccountId{}.to_text()}})), "INVALID_PARAMETERS");
  payer.does(Action::SELECT, {{"account_id", usable}});
  EXPECT_STEP(K::REVIEW);
}

TEST_F(link_flow, pays) {
  payer.to_paying(bank_says::sign_in());
  EXPECT_STEP(K::CREDENTIALS);
  EXPECT_EQ(code_of(payer.try_to(Action::BACK)), "INVALID_PARAMETERS") << "there is no way back to the banks";
  payer.bank.will(bank_says::method());
  payer.does(Action::SUBMIT, kCredentials);
  EXPECT_STEP(K::METHOD);
  payer.bank.will(bank_says::code());
  payer.does(Action::SUBMIT, {{"method", "sms"}});
  EXPECT_STEP(K::CODE);
  payer.bank.will(bank_says::wrong_code());
  payer.does(Action::SUBMIT, {{"otp", "2222"}});
  EXPECT_STEP(K::CODE);
  payer.bank.will(bank_says::accepted());
  payer.does(Action::SUBMIT, {{"otp", "1111"}});
  EXPECT_STEP(K::ACCEPTED);
  EXPECT_EQ(payer.view.bank_reference, "REF-1");
  EXPECT_EQ(payer.view.result->secondary_status, "ACCEPTED_BY_BANK");
  EXPECT_EQ(payer.payment().status, payments::PaymentStatus::ACCEPTED_BY_BANK);
  EXPECT_TRUE(payer.payment().initiated_at);
}

TEST_F(link_flow, offers_to_connect_where_nothing_could_pay) {
  payer.intent = payer.it.make_intent().id;
  ASSERT_TRUE(payer.open_to_pay(payer.intent));
  EXPECT_STEP(K::WELCOME);
  payer.does(Action::CONTINUE);
  payer.does(Action::SELECT, {{"bank_identifier", kTestBank}});
  payer.bank.will(linked()).will(BeneficiaryAdded{.bank_beneficiary_id = "b1"});
  payer.does(Action::SUBMIT, kCredentials);
  payer.does(Action::CONTINUE);
  payer.does(Action::CONFIRM);
  EXPECT_STEP(K::ACCOUNT);
  EXPECT_EQ(payer.view.accounts.size(), 1U);
  EXPECT_FALSE(payer.view.result) << "connecting was on the way, not the end";
}

TEST_F(link_flow, does_not_open_what_could_only_be_refused) {
  EXPECT_EQ(code_of(payer.open_to_pay(IntentId{})), "UNKNOWN_PAYMENT_INTENT");
  auto wanted = OpenSession{.method = Method::CONNECT};
  wanted.customer = CustomerId{};
  EXPECT_EQ(code_of(payer.open(wanted)), "UNKNOWN_CUSTOMER");
  wanted.customer = payer.it.customer;
  wanted.destination = DestinationId{};
  EXPECT_EQ(code_of(payer.open(wanted)), "UNKNOWN_PAYMENT_DESTINATION");
  wanted.destination.reset();
  wanted.bank_identifier = "NOBANK";
  EXPECT_EQ(code_of(payer.open(wanted)), "UNKNOWN_BANK");
  wanted.bank_identifier = kTestBank;
  EXPECT_EQ(payer.open(wanted)->bank->identifier, kTestBank);
  payer.does(Action::CONTINUE);
  EXPECT_STEP(K::CREDENTIALS) << "the bank is chosen";

  const auto until = payer.it.clock.now() + hours{4};
  payer.it.connect(until);
  const auto intent = payer.it.make_intent().id;
  const auto refused = payer.open_to_pay(intent);
  ASSERT_EQ(code_of(refused), "PENDING_BENEFICIARY_COOL_OFF");
  EXPECT_EQ(refused.error().details.at(0).json, json::quoted(qantara::to_text(until)));
  payer.it.clock.advance(hours{24});
  EXPECT_EQ(code_of(payer.open_to_pay(intent)), "PAYMENT_INTENT_EXPIRED");
}

TEST_F(link_flow, goes_on_to_pay_when_the_cool_off_is_over) {
  payer.intent = payer.it.make_intent().id;
  ASSERT_TRUE(payer.open_to_pay(payer.intent));
  payer.does(Action::CONTINUE);
  payer.does(Action::SELECT, {{"bank_identifier", kTestBank}});
  payer.bank.will(linked()).will(
      BeneficiaryAdded{.bank_beneficiary_id = "b1", .cool_off_until = payer.it.clock.now() + hours{4}});
  payer.does(Action::SUBMIT, kCredentials);
  payer.does(Action::CONTINUE);
  payer.does(Action::CONFIRM);
  EXPECT_STEP(K::COOL_OFF);
  EXPECT_EQ(payer.view.result->secondary_status, "PENDING_BENEFICIARY_COOL_OFF");
  EXPECT_EQ(code_of(payer.open_to_pay(payer.intent)), "PENDING_BENEFICIARY_COOL_OFF");

  const auto due = *payer.it.database.read(
      [&](db::Transaction& tx) { return payer.it.sources.due_beneficiaries(tx, Instant::max(), 10); });
  ASSERT_TRUE(payer.it.database.write([&](db::Transaction& tx) {
    return payer.it.sources.cool_off_answered(tx, due.at(0).id, {.bank_beneficiary_id = "b1"});
  }));
  EXPECT_EQ(payer.open_to_pay(payer.intent)->kind, K::REVIEW);
}

// What is proved about the money, and what leaving means

struct PaymentPlace {
  std::string_view name;
  std::function<void(Payer&)> go;
  StepKind kind;
  MoneyWord money;
  LinkResult::Status left;
};

const PaymentPlace kPaymentPlaces[] = {
    {"review", [](Payer& p) { p.to_review(); }, K::REVIEW, MoneyWord::NOT_MOVED, LinkResult::Status::CANCELLED},
    {"order not taken over the wire",
     [](Payer& p) {
       p.to_review();
       p.bank.will(CallError::Kind::NOT_SENT);
       p.does(Action::PAY);
     },
     K::BANK_UNREACHABLE, MoneyWord::NOT_MOVED, LinkResult::Status::CANCELLED},
    {"order may have got there",
     [](Payer& p) {
       p.to_review();
       p.bank.will(CallError::Kind::OUTCOME_UNKNOWN);
       p.does(Action::PAY);
     },
     K::BANK_UNREACHABLE, MoneyWord::NOT_MOVED,
     LinkResult::Status::CANCELLED},  // Nobody can approve what nobody authorises.
    {"authorisation not started",
     [](Payer& p) {
       p.to_review();
       p.bank.will(banking::Continue{}).will(CallError::Kind::NOT_SENT);
       p.does(Action::PAY);
     },
     K::BANK_UNREACHABLE, MoneyWord::NOT_MOVED, LinkResult::Status::CANCELLED},
    {"authorisation started, perhaps",
     [](Payer& p) {
       p.to_review();
       p.bank.will(banking::Continue{}).will(CallError::Kind::OUTCOME_UNKNOWN);
       p.does(Action::PAY);
     },
     K::BANK_UNREACHABLE, MoneyWord::UNKNOWN, LinkResult::Status::SUCCESS},
    {"signing in", [](Payer& p) { p.to_paying(bank_says::sign_in()); }, K::CREDENTIALS, MoneyWord::NOT_MOVED,
     LinkResult::Status::CANCELLED},
    {"method", [](Payer& p) { p.to_paying(bank_says::method()); }, K::METHOD, MoneyWord::NOT_MOVED,
     LinkResult::Status::CANCELLED},
    {"code", [](Payer& p) { p.to_code(); }, K::CODE, MoneyWord::NOT_MOVED, LinkResult::Status::CANCELLED},
    {"wrong code",
     [](Payer& p) {
       p.to_code();
       p.bank.will(bank_says::wrong_code());
       p.does(Action::SUBMIT, {{"otp", "2222"}});
     },
     K::CODE, MoneyWord::NOT_MOVED, LinkResult::Status::CANCELLED},
    {"approval", [](Payer& p) { p.to_paying(bank_says::approval()); }, K::APPROVAL, MoneyWord::UNKNOWN,
     LinkResult::Status::SUCCESS},
    {"unknown",
     [](Payer& p) {
       p.to_code();
       p.bank.will(CallError::Kind::OUTCOME_UNKNOWN);
       p.does(Action::SUBMIT, {{"otp", "1111"}});
     },
     K::UNKNOWN, MoneyWord::UNKNOWN, LinkResult::Status::SUCCESS},
    {"pending", [](Payer& p) { p.to_paying(bank_says::pending()); }, K::PENDING, MoneyWord::UNKNOWN,
     LinkResult::Status::SUCCESS},
    {"accepted without reference", [](Payer& p) { p.to_paying(bank_says::accepted_without_reference()); }, K::PENDING,
     MoneyWord::ACCEPTED, LinkResult::Status::SUCCESS},
    {"accepted", [](Payer& p) { p.to_paying(bank_says::accepted()); }, K::ACCEPTED, MoneyWord::ACCEPTED,
     LinkResult::Status::SUCCESS},
    {"rejected", [](Payer& p) { p.to_paying(bank_says::rejected()); }, K::FAILED, MoneyWord::NOT_MOVED,
     LinkResult::Status::ERROR},
    {"order refused",
     [](Payer& p) {
       p.to_review();
       p.bank.will(CallError::Kind::REFUSED);
       p.does(Action::PAY);
     },
     K::FAILED, MoneyWord::NOT_MOVED, LinkResult::Status::ERROR},
};

TEST(link_money, says_what_is_proved_and_no_more) {
  for (const auto& place : kPaymentPlaces) {
    Payer payer;
    place.go(payer);
    EXPECT_STEP(place.kind) << place.name;
    EXPECT_EQ(to_text(payer.view.money), to_text(place.money)) << place.name;
  }
}

TEST(link_money, is_cancelled_by_leaving_only_while_no_order_can_have_left) {
  for (const auto& place : kPaymentPlaces) {
    Payer payer;
    place.go(payer);
    const auto before = payer.view;
    const auto left = payer.leaves();
    ASSERT_TRUE(left.result) << place.name;
    EXPECT_EQ(static_cast<int>(left.result->status), static_cast<int>(place.left)) << place.name;
    if (place.left == LinkResult::Status::SUCCESS && before.kind != K::ACCEPTED) {
      EXPECT_EQ(left.result->secondary_status, "PENDING_WITH_BANK") << place.name;
    }
    // Leaving changes nothing: a payer who comes back goes on where they were.
    EXPECT_EQ(to_text(payer.looks().kind), to_text(before.kind)) << place.name;
    EXPECT_EQ(payer.view.number, before.number) << place.name;
  }
}

TEST_F(link_flow, does_not_call_off_what_the_process_may_have_begun_before_it_ended) {
  payer.to_paying(bank_says::method());
  payer.bank.will_see_the_process_end();
  EXPECT_THROW(payer.does(Action::SUBMIT, {{"method", "app"}}), banking::ProcessEnded);
  payer.it.recover();
  EXPECT_EQ(payer.looks().kind, K::METHOD);
  EXPECT_EQ(payer.view.money, MoneyWord::UNKNOWN);
  EXPECT_EQ(payer.leaves().result->status, LinkResult::Status::SUCCESS);
}

TEST_F(link_flow, tries_the_bank_again_without_a_second_order) {
  payer.to_review();
  payer.bank.will(banking::Continue{}).will(CallError::Kind::OUTCOME_UNKNOWN).will(bank_says::code());
  payer.does(Action::PAY);
  payer.does(Action::RETRY);
  EXPECT_STEP(K::CODE);
  EXPECT_EQ(
      std::ranges::count_if(payer.bank.calls(), [](const auto& call) { return call.starts_with("begin_payment"); }), 1);
}

TEST_F(link_flow, is_over_when_a_payer_leaves_who_was_connecting) {
  payer.to_login_code();
  EXPECT_EQ(payer.leaves().result->status, LinkResult::Status::CANCELLED);
  EXPECT_EQ(payer.looks().kind, K::END);
}

TEST_F(link_flow, leaves_the_end_as_it_was) {
  payer.to_connected();
  EXPECT_EQ(payer.leaves().result->status, LinkResult::Status::SUCCESS);
  EXPECT_EQ(payer.looks().kind, K::CONNECTED);
}

// Adding a payee to a source

class link_update : public link_flow {
 protected:
  Result<LinkView> open(DestinationId destination) {
    auto wanted = OpenSession{.method = Method::UPDATE_PAYMENT_SOURCE, .destination = destination, .source = source.id};
    wanted.customer = payer.it.customer;
    return payer.open(std::move(wanted));
  }
  payment_sources::PaymentSource source = payer.it.connect();
  DestinationId other = payer.it.make_destination();
};

TEST_F(link_update, adds_the_payee_with_what_linking_left) {
  ASSERT_TRUE(open(other));
  EXPECT_STEP(K::PAYEE);
  payer.bank.will(BeneficiaryAdded{.bank_beneficiary_id = "b2"});
  payer.does(Action::CONFIRM);
  EXPECT_STEP(K::CONNECTED);
  EXPECT_EQ(payer.bank.heard.at(0).state, payments::kLinkState);
  const auto now = *payer.it.database.read([&](db::Transaction& tx) { return payer.it.sources.find(tx, source.id); });
  EXPECT_EQ(now->beneficiaries.size(), 2U);
}

TEST_F(link_update, asks_no_bank_for_a_payee_that_is_linked_already) {
  ASSERT_TRUE(open(payer.it.destination));
  EXPECT_STEP(K::FAILED);
  EXPECT_EQ(payer.view.failure_code, "BENEFICIARY_ALREADY_EXISTS");
  EXPECT_TRUE(payer.bank.heard.empty());
}

TEST_F(link_update, signs_in_again_as_the_same_user_only) {
  for (const bool is_same : {true, false}) {
    ASSERT_TRUE(open(other));
    payer.bank.will(CallError::Kind::SESSION_ENDED);
    payer.does(Action::CONFIRM);
    EXPECT_STEP(K::CREDENTIALS);
    auto signed_in = linked();
    if (!is_same) signed_in.bank_user = "somebody else";
    payer.bank.will(signed_in);
    payer.does(Action::SUBMIT, kCredentials);
    EXPECT_STEP(is_same ? K::ACCOUNTS : K::FAILED);
    if (!is_same) EXPECT_EQ(payer.view.failure_code, "INVALID_CREDENTIALS");
    payer.leaves();
  }
}

// The step as JSON

TEST_F(link_flow, renders_what_the_page_needs_and_nothing_more) {
  payer.to_code();
  const auto page = *json::parse(to_json(payer.view, "t0ken"));
  EXPECT_EQ(page.text("session_token"), "t0ken");
  const auto* const step = page.find("step");
  EXPECT_EQ(step->text("kind"), "CODE");
  EXPECT_EQ(step->text("money"), "not_moved");
  EXPECT_EQ(step->text("stage"), "PAYMENT");
  EXPECT_EQ(step->find("fields")->items().at(0).text("name"), "otp");
  EXPECT_EQ(step->find("amount")->text("amount"), "1000.00");
  EXPECT_EQ(step->find("actions")->items().size(), 2U);
  EXPECT_EQ(step->find("irrevocable"), nullptr);
  EXPECT_EQ(step->find("result"), nullptr);
  EXPECT_FALSE(json::parse(to_json(payer.view))->text("session_token"));
}

TEST_F(link_flow, reports_a_connection_as_what_it_made) {
  payer.to_connected();
  const auto page = *json::parse(to_json(payer.view));
  const auto* const result = page.find("step")->find("result");
  EXPECT_EQ(result->text("status"), "SUCCESS");
  EXPECT_EQ(result->text("method"), "CREATE_PAYMENT_SOURCE");
  EXPECT_EQ(result->text("message"), "Customer created Payment Source successfully");
  EXPECT_FALSE(result->text("secondary_status"));
}

TEST_F(link_flow, masks_account_numbers) {
  payer.to_review();
  const auto page = to_json(payer.view);
  EXPECT_FALSE(page.contains(payments::kPayerIban));
  EXPECT_TRUE(page.contains("3456"));
}

TEST(link_session, words_are_read_as_they_are_written) {
  for (int i = 0; i <= static_cast<int>(Method::PAY); ++i)
    EXPECT_EQ(parse_method(to_text(static_cast<Method>(i))), static_cast<Method>(i));
  for (int i = 0; i <= static_cast<int>(StepKind::END); ++i)
    EXPECT_EQ(parse_step_kind(to_text(static_cast<StepKind>(i))), static_cast<StepKind>(i));
  for (const auto action : kEveryAction) EXPECT_EQ(parse_action(to_text(action)), action);
  EXPECT_FALSE(parse_method("pay"));
  EXPECT_FALSE(parse_action("PAY"));
}

}  // namespace
}  // namespace qantara::link
