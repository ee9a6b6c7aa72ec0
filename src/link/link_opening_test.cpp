// Opening a session again: the same one, in another window, or after its end.
#include <algorithm>

#include "link/link_store.h"
#include "link/test_support.h"

namespace qantara::link {
namespace {

OpenSession wanting(const Payer& payer, Method method) {
  OpenSession wanted{.method = method, .destination = payer.it.destination};
  wanted.customer = payer.it.customer;
  return wanted;
}

class link_opening : public link_flow {};

// The session of a connection

TEST_F(link_opening, finds_the_unfinished_connection_at_the_step_where_it_stands) {
  payer.to_login_code();
  const auto before = payer.view;
  payer.it.real_clock.advance(minutes{20});
  const auto again = *payer.open(wanting(payer, Method::CONNECT));
  EXPECT_EQ(again.session, before.session);
  EXPECT_EQ(again.number, before.number);
  EXPECT_EQ(again.kind, K::CODE);
  EXPECT_EQ(again.expires_in, minutes{30}) << "its life begins anew";
  EXPECT_FALSE(again.already);

  payer.bank.will(linked());
  payer.does(Action::SUBMIT, {{"otp", "1111"}});
  EXPECT_STEP(K::ACCOUNTS);
}

TEST_F(link_opening, makes_a_new_session_after_the_end_of_the_last) {
  const struct {
    std::string_view name;
    std::function<void(Payer&)> ends;
  } rows[] = {
      {"connected", [](Payer& p) { p.to_connected(); }},
      {"left", [](Payer& p) { p.to_credentials(), p.leaves(); }},
      {"timed out", [](Payer& p) { p.to_credentials(), p.it.real_clock.advance(minutes{30}); }},
      {"failed",
       [](Payer& p) {
         p.to_credentials();
         p.bank.will(banking::Refused{.code = "EU_ACCOUNT_LOCKED", .text = "locked"});
         p.does(Action::SUBMIT, kCredentials);
       }},
  };
  for (const auto& row : rows) {
    Payer at;
    row.ends(at);
    const auto before = at.view.session;
    const auto again = *at.open(wanting(at, Method::CONNECT));
    EXPECT_NE(again.session, before) << row.name;
    EXPECT_EQ(again.kind, K::WELCOME) << row.name;
  }
}

TEST_F(link_opening, keeps_connections_apart_that_are_not_the_same) {
  const auto first = payer.open(Method::CONNECT);
  const auto other = payer.it.make_destination();
  const auto source = payer.it.connect();
  auto to_other = wanting(payer, Method::CONNECT);
  to_other.destination = other;
  auto update = wanting(payer, Method::UPDATE_PAYMENT_SOURCE);
  update.destination = other;
  update.source = source.id;
  auto of_another = wanting(payer, Method::CONNECT);
  of_another.customer = payer.it.database
                            .write([&](db::Transaction& tx) {
                              return payer.it.customers.create(tx, payer.it.application, {.app_user_id = "user-2"});
                            })
                            ->id;
  std::vector<LinkSessionId> sessions{first.session};
  for (const auto& wanted : {to_other, wanting(payer, Method::CREATE_PAYMENT_SOURCE), update, of_another}) {
    const auto opened = payer.open(wanted)->session;
    EXPECT_EQ(std::ranges::count(sessions, opened), 0);
    sessions.push_back(opened);
    EXPECT_EQ(payer.open(wanted)->session, opened);
  }
}

TEST_F(link_opening, goes_on_only_with_the_bank_that_is_asked_for) {
  auto wanted = wanting(payer, Method::CONNECT);
  wanted.bank_identifier = kTestBank;
  const auto chosen = *payer.open(wanted);
  payer.does(Action::CONTINUE);
  payer.does(Action::BACK);
  EXPECT_STEP(K::BANKS);
  EXPECT_EQ(payer.open(wanted)->kind, K::BANKS) << "the page was loaded again after the payer went back to the banks";

  payer.it.banks.put({.identifier = "OTHERBANK"}, banking::make_missing_bank());
  wanted.bank_identifier = "OTHERBANK";
  const auto other = *payer.open(wanted);
  EXPECT_NE(other.session, chosen.session);
  EXPECT_EQ(other.bank->identifier, "OTHERBANK");
  payer.view = chosen;
  EXPECT_EQ(payer.looks().kind, K::END);
}

TEST_F(link_opening, is_one_session_however_many_open_at_once) {
  std::vector<LinkSessionId> opened;
  const auto task = [](Payer* at, std::vector<LinkSessionId>* into) -> Task<void> {
    auto wanted = wanting(*at, Method::CONNECT);
    wanted.application = at->it.application;
    auto view = co_await at->flow.open(std::move(wanted));
    into->push_back(view->session);
  };
  for (int i = 0; i < 8; ++i) payer.it.database.start(task(&payer, &opened));
  ASSERT_TRUE(payer.it.database.until([&] { return opened.size() == 8; }));
  EXPECT_EQ(std::ranges::count(opened, opened[0]), 8);
}

TEST_F(link_opening, has_no_room_in_the_database_for_a_second_unfinished_session) {
  payer.open(Method::CONNECT);
  LinkSession second{.id = LinkSessionId::make(payer.it.clock, payer.it.random),
                     .application = payer.it.application,
                     .customer = payer.it.customer,
                     .method = Method::CONNECT,
                     .destination = payer.it.destination};
  const auto insert = [&](const LinkSession& session) {
    return *payer.it.database.write([&](db::Transaction& tx) { return insert_session(tx, payer.it.vault, session); });
  };
  EXPECT_FALSE(insert(second));
  second.step_kind = K::FAILED;
  EXPECT_TRUE(insert(second));
}

TEST_F(link_opening, speaks_the_language_that_was_given_last) {
  auto wanted = wanting(payer, Method::CONNECT);
  wanted.bank_identifier = kTestBank;
  wanted.language = "ar";
  ASSERT_TRUE(payer.open(wanted));
  wanted.language.reset();
  ASSERT_TRUE(payer.open(wanted));
  payer.does(Action::CONTINUE);
  payer.bank.will(bank_says::login_code());
  payer.does(Action::SUBMIT, kCredentials);
  EXPECT_EQ(payer.bank.heard.back().language, "ar");
  wanted.language = "en";
  ASSERT_TRUE(payer.open(wanted));
  payer.bank.will(linked());
  payer.does(Action::SUBMIT, {{"otp", "1111"}});
  EXPECT_EQ(payer.bank.heard.back().language, "en");
}

// Windows

TEST_F(link_opening, lets_the_window_act_that_was_opened_last) {
  payer.to_review();
  const auto older = payer.view.window;
  payer.bank.will(banking::Continue{}).will(bank_says::code());
  const int newer = payer.open_to_pay(payer.intent)->window;
  EXPECT_GT(newer, older);

  const auto seen = *payer.it.database.run(payer.flow.view(payer.key(older)));
  EXPECT_TRUE(seen.elsewhere);
  EXPECT_EQ(seen.kind, K::REVIEW);
  EXPECT_TRUE(seen.ask_again_in_ms) << "it follows";
  EXPECT_EQ(code_of(payer.act_in(older, Action::PAY)), "STEP_OUTDATED");
  EXPECT_TRUE(payer.bank.heard.empty());

  EXPECT_FALSE(payer.it.database.run(payer.flow.view(payer.key(newer)))->elsewhere);
  EXPECT_EQ(payer.act_in(newer, Action::PAY)->kind, K::CODE);
}

TEST_F(link_opening, shows_an_older_window_the_same_end) {
  payer.to_code();
  const int older = payer.view.window;
  ASSERT_TRUE(payer.open_to_pay(payer.intent));
  payer.bank.will(bank_says::accepted());
  payer.does(Action::SUBMIT, {{"otp", "1111"}});
  const auto seen = *payer.it.database.run(payer.flow.view(payer.key(older)));
  EXPECT_EQ(seen.kind, K::ACCEPTED);
  EXPECT_FALSE(seen.elsewhere);
}

TEST_F(link_opening, ends_nothing_when_an_older_window_is_left) {
  payer.to_login_code();
  const int older = payer.view.window;
  ASSERT_TRUE(payer.open(wanting(payer, Method::CONNECT)));
  const auto left = *payer.it.database.run(payer.flow.leave(payer.key(older)));
  EXPECT_EQ(left.kind, K::END);
  EXPECT_EQ(left.reason, EndReason::LEFT);
  EXPECT_EQ(payer.looks().kind, K::CODE);
}

TEST_F(link_opening, sends_one_order_when_two_windows_act_at_once) {
  payer.to_code();
  const auto number = payer.view.number;
  std::vector<Result<LinkView>> answers;
  const auto task = [](Payer* at, int window, int step, std::vector<Result<LinkView>>* into) -> Task<void> {
    auto key = at->key(window);
    auto answered = co_await at->flow.act(std::move(key), Payer::act(step, Action::SUBMIT, {{"otp", "1111"}}), {});
    into->push_back(std::move(answered));
  };
  const int older = payer.view.window;
  payer.bank.hold();
  payer.bank.will(bank_says::accepted());
  payer.it.database.start(task(&payer, older, number, &answers));
  ASSERT_TRUE(payer.it.database.until([&] { return payer.bank.heard.size() == 3; }));
  const int newer = payer.open_to_pay(payer.intent)->window;
  EXPECT_STEP(K::WORKING);
  for (const int window : {older, newer}) {
    payer.it.database.start(task(&payer, window, number, &answers));
    payer.it.database.start(task(&payer, window, payer.view.number, &answers));
  }
  ASSERT_TRUE(payer.it.database.until([&] { return answers.size() == 4; }));
  for (const auto& answer : answers) EXPECT_EQ(code_of(answer), "STEP_OUTDATED");
  payer.bank.let_go();
  ASSERT_TRUE(payer.it.database.until([&] { return answers.size() == 5; }));
  EXPECT_EQ(answers.back()->kind, K::ACCEPTED);
  EXPECT_EQ(std::ranges::count(payer.bank.calls(), "submit_payment otp=1111"), 1);
}

// Limits

TEST_F(link_opening, is_refused_when_it_comes_too_often) {
  auto wanted = wanting(payer, Method::CONNECT);
  wanted.peer_address = "203.0.113.7";
  int opened = 0;
  while (opened < 1000 && payer.open(wanted)) ++opened;
  EXPECT_EQ(opened, 200);
  const auto refused = payer.open(wanted);
  ASSERT_EQ(code_of(refused), "RATE_LIMIT_EXCEEDED");
  ASSERT_EQ(refused.error().details.size(), 1U);
  EXPECT_EQ(refused.error().details[0].name, "retry_after_seconds");
  EXPECT_EQ(refused.error().details[0].json, "1");

  wanted.peer_address = "203.0.113.8";
  EXPECT_TRUE(payer.open(wanted)) << "another address";
  wanted.peer_address = "203.0.113.7";
  payer.it.real_clock.advance(std::chrono::seconds{1});
  EXPECT_TRUE(payer.open(wanted));
}

TEST_F(link_opening, is_refused_when_an_application_opens_too_many) {
  auto wanted = wanting(payer, Method::CONNECT);
  int opened = 0;
  for (; opened < 5000; ++opened) {
    wanted.peer_address = std::to_string(opened);
    if (!payer.open(wanted)) break;
  }
  EXPECT_EQ(opened, 1000);
  EXPECT_EQ(payer.view.window, 1000);
  payer.it.real_clock.advance(std::chrono::seconds{1});
  EXPECT_TRUE(payer.open(wanted));
}

TEST_F(link_opening, is_counted_by_the_network_of_an_ipv6_address) {
  auto wanted = wanting(payer, Method::CONNECT);
  int opened = 0;
  const auto open_from = [&](const std::string& network) {
    wanted.peer_address = network + std::to_string(1 + opened);
    return payer.open(wanted);
  };
  while (opened < 1000 && open_from("2001:db8:0:7::")) ++opened;
  EXPECT_EQ(opened, 200);
  EXPECT_TRUE(open_from("2001:db8:0:8::"));
}

TEST_F(link_opening, leaves_a_customer_so_many_unfinished_connections) {
  auto wanted = wanting(payer, Method::CONNECT);
  for (int i = 0; i < kUnfinishedMax; ++i) {
    wanted.destination = payer.it.make_destination();
    ASSERT_TRUE(payer.open(wanted));
  }
  EXPECT_TRUE(payer.open(wanted)) << "the same one again";
  wanted.destination = payer.it.make_destination();
  EXPECT_EQ(code_of(payer.open(wanted)), "RATE_LIMIT_EXCEEDED");
  payer.leaves();
  EXPECT_TRUE(payer.open(wanted)) << "one was left";
  wanted.destination = payer.it.make_destination();
  EXPECT_EQ(code_of(payer.open(wanted)), "RATE_LIMIT_EXCEEDED");
  payer.it.real_clock.advance(minutes{30});
  EXPECT_TRUE(payer.open(wanted)) << "the others have run out of time";
}

// Refusals that a page can draw

std::optional<json::Value> step_of(const Error& refused) {
  for (const auto& detail : refused.details) {
    if (detail.name == "step") return *json::parse(detail.json);
  }
  return std::nullopt;
}

TEST_F(link_opening, draws_the_cool_off_that_it_refuses_for) {
  const auto until = payer.it.clock.now() + hours{4};
  payer.it.connect(until);
  const auto refused = payer.open_to_pay(payer.it.make_intent().id);
  ASSERT_EQ(code_of(refused), "PENDING_BENEFICIARY_COOL_OFF");
  const auto step = step_of(refused.error());
  ASSERT_TRUE(step);
  EXPECT_EQ(step->text("kind"), "COOL_OFF");
  EXPECT_EQ(step->text("method"), "PAY");
  EXPECT_EQ(step->text("money"), "not_moved");
  EXPECT_EQ(step->text("cool_off_until"), qantara::to_text(until));
  EXPECT_EQ(step->find("bank")->text("identifier"), kTestBank);
  EXPECT_EQ(step->find("payee")->text("display_name"), "Falcon");
  EXPECT_EQ(step->find("merchant")->text("name"), "Shop");
  EXPECT_EQ(step->find("result")->text("secondary_status"), "PENDING_BENEFICIARY_COOL_OFF");
}

TEST_F(link_opening, draws_the_end_of_an_intent_that_has_expired) {
  payer.it.connect();
  payer.intent = payer.it.make_intent().id;
  payer.it.clock.advance(hours{24});
  const auto refused = payer.open_to_pay(payer.intent);
  ASSERT_EQ(code_of(refused), "PAYMENT_INTENT_EXPIRED");
  const auto step = step_of(refused.error());
  ASSERT_TRUE(step);
  EXPECT_EQ(step->text("kind"), "END");
  EXPECT_EQ(step->text("reason"), "intent_expired");
  EXPECT_EQ(step->find("result")->text("status"), "ERROR");
  EXPECT_EQ(step->find("can_start_again"), nullptr);
}

TEST_F(link_opening, draws_another_end_of_an_intent_that_its_merchant_took_back) {
  payer.it.connect();
  payer.intent = payer.it.make_intent().id;
  ASSERT_TRUE(payer.it.cancel(payer.intent));
  const auto refused = payer.open_to_pay(payer.intent);
  ASSERT_EQ(code_of(refused), "PAYMENT_INTENT_EXPIRED");
  const auto step = step_of(refused.error());
  ASSERT_TRUE(step);
  EXPECT_EQ(step->text("reason"), "cancelled_by_merchant");
  EXPECT_EQ(step->text("money"), "not_moved");
  EXPECT_EQ(step->find("result")->text("status"), "ERROR");
  EXPECT_EQ(step->find("result")->text("message"), "The payment intent was cancelled");
  EXPECT_EQ(step->find("can_start_again"), nullptr);
}

TEST_F(link_opening, ends_in_an_open_page_too_when_the_merchant_takes_the_intent_back) {
  payer.to_review();
  ASSERT_TRUE(payer.it.cancel(payer.intent));
  EXPECT_EQ(payer.looks().kind, K::END);
  EXPECT_EQ(payer.view.reason, EndReason::CANCELLED_BY_MERCHANT);
  EXPECT_FALSE(payer.view.can_start_again);
  EXPECT_EQ(code_of(payer.try_to(Action::PAY)), "STEP_OUTDATED");
}

TEST_F(link_opening, ends_in_an_open_page_too_when_the_intent_expires) {
  payer.to_review();
  payer.it.clock.advance(hours{24});
  EXPECT_EQ(payer.looks().kind, K::END);
  EXPECT_EQ(payer.view.reason, EndReason::INTENT_EXPIRED);
  EXPECT_FALSE(payer.view.can_start_again);
  EXPECT_EQ(code_of(payer.try_to(Action::PAY)), "STEP_OUTDATED");
}

// Ends

TEST_F(link_opening, can_look_at_an_end_for_a_day) {
  payer.to_connected();
  payer.it.real_clock.advance(minutes{30} + hours{24} - std::chrono::seconds{1});
  EXPECT_EQ(payer.looks().kind, K::CONNECTED);
  payer.it.real_clock.advance(std::chrono::seconds{1});
  EXPECT_EQ(code_of(payer.it.database.run(payer.flow.view(payer.key()))), "UNKNOWN_LINK_SESSION");
}

TEST_F(link_opening, says_nothing_of_money_that_is_not_proved_when_the_page_times_out) {
  payer.to_paying(bank_says::approval());
  payer.it.real_clock.advance(minutes{30});
  EXPECT_EQ(payer.looks().kind, K::END);
  EXPECT_EQ(payer.view.reason, EndReason::TIMED_OUT);
  EXPECT_EQ(payer.view.money, MoneyWord::UNKNOWN);
  EXPECT_EQ(payer.view.result->secondary_status, "PENDING_WITH_BANK");
  EXPECT_FALSE(payer.view.can_start_again);
}

TEST_F(link_opening, tells_what_had_ended_before) {
  payer.to_code();
  EXPECT_FALSE(payer.view.already);
  payer.bank.will(bank_says::accepted());
  payer.does(Action::SUBMIT, {{"otp", "1111"}});
  EXPECT_FALSE(payer.view.already);
  const auto again = *payer.open_to_pay(payer.intent);
  EXPECT_EQ(again.kind, K::ACCEPTED);
  EXPECT_TRUE(again.already);
  EXPECT_EQ(again.amount->to_text(), "1000.00");
  EXPECT_EQ(again.payee->display_name, "Falcon");
  EXPECT_EQ(again.bank_reference, "REF-1");
  EXPECT_TRUE(again.ordered_at);
}

TEST_F(link_opening, offers_to_start_again_only_where_that_can_help) {
  payer.to_paying(bank_says::rejected());
  EXPECT_STEP(K::FAILED);
  EXPECT_FALSE(payer.view.can_start_again) << "an intent is paid once";

  Payer connecting;
  connecting.to_connected();
  EXPECT_FALSE(connecting.view.can_start_again);
  connecting.to_credentials();
  connecting.bank.will(banking::Refused{.code = "EU_ACCOUNT_LOCKED", .text = "locked"});
  connecting.does(Action::SUBMIT, kCredentials);
  EXPECT_TRUE(connecting.view.can_start_again);
  connecting.to_credentials();
  EXPECT_FALSE(connecting.view.can_start_again) << "it is no end";
  EXPECT_TRUE(connecting.leaves().can_start_again);
}

// What a page needs besides

TEST_F(link_opening, tells_who_runs_it_and_that_it_is_a_sandbox) {
  payer.open(Method::CONNECT);
  const auto page = *json::parse(to_json(payer.view, "t0ken"));
  EXPECT_EQ(page.find("window")->number_text(), "1");
  const auto* const step = page.find("step");
  EXPECT_EQ(step->text("method"), "CONNECT");
  EXPECT_EQ(step->find("operator")->text("name"), "Qantara");
  EXPECT_EQ(step->find("operator")->find("terms_url"), nullptr);
  EXPECT_TRUE(step->find("sandbox")->boolean());
  EXPECT_EQ(step->find("expires_in_ms")->number_text(), "1800000");
}

TEST(link_test_code, is_told_where_a_mock_bank_asks_for_one) {
  for (const bool mock : {true, false}) {
    Payer payer{{.app_url = "http://bank.example/app", .mock = mock, .test_code = "1111"}};
    payer.to_credentials();
    EXPECT_EQ(payer.view.test_code, "");
    payer.bank.will(bank_says::login_code());
    payer.does(Action::SUBMIT, kCredentials);
    EXPECT_EQ(payer.view.test_code, mock ? "1111" : "");
    EXPECT_EQ(json::parse(to_json(payer.view))->find("step")->find("bank")->text("app_url"), "http://bank.example/app");
  }
}

TEST_F(link_opening, says_when_the_order_left) {
  payer.to_code();
  EXPECT_FALSE(payer.view.order_sent);
  EXPECT_FALSE(payer.view.ordered_at);
  payer.it.clock.advance(minutes{1});
  const auto at = payer.it.clock.now();
  payer.bank.will(CallError::Kind::OUTCOME_UNKNOWN);
  payer.does(Action::SUBMIT, {{"otp", "1111"}});
  EXPECT_STEP(K::UNKNOWN);
  EXPECT_TRUE(payer.view.order_sent);
  EXPECT_EQ(payer.view.ordered_at, at);

  Payer approving;
  approving.to_paying(bank_says::approval());
  EXPECT_FALSE(approving.view.order_sent) << "nobody has approved it yet";
}

}  // namespace
}  // namespace qantara::link
