#include "payments/payment_authorisation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "payments/test_support.h"

namespace qantara::payments {
namespace {

using banking::CallError;
using enum banking::CallError::Kind;
using S = PaymentStatus;
using Calls = std::vector<std::string>;

constexpr CallError::Kind kEveryKind[] = {NOT_SENT, REFUSED, OUTCOME_UNKNOWN, THROTTLED, MISCONFIGURED, SESSION_ENDED};

std::string name_of(CallError::Kind kind) {
  constexpr std::string_view kNames[] = {"NOT_SENT",  "REFUSED",       "OUTCOME_UNKNOWN",
                                         "THROTTLED", "MISCONFIGURED", "SESSION_ENDED"};
  return std::string{kNames[static_cast<std::size_t>(kind)]};
}

/// The bank is asked how the order stands before a refusal is believed.
bool asks_before(CallError::Kind kind) { return kind == REFUSED || kind == MISCONFIGURED || kind == SESSION_ENDED; }

/// One payment, on its way with a bank that follows a script.
struct Walk {
  Payment authorise() { return payment = *it.authorise(payment); }
  Payment answer(Call call, std::string name, std::string value) {
    return payment = *it.answer(payment, call, std::move(name), std::move(value));
  }
  Payment check() { return payment = *it.check(payment.id); }

  /// To where the payer is asked for a code.
  void to_code() {
    bank.will(banking::Continue{}).will(bank_says::code());
    authorise();
    bank.heard.clear();
  }
  void to_method() {
    bank.will(banking::Continue{}).will(bank_says::method());
    authorise();
    bank.heard.clear();
  }
  void to_approval() {
    bank.will(banking::Continue{}).will(bank_says::approval());
    authorise();
    bank.heard.clear();
  }
  void to_unknown_outcome() {
    to_code();
    bank.will(OUTCOME_UNKNOWN);
    answer(Call::SUBMISSION, "otp", "1111");
    bank.heard.clear();
  }

  /// The right code, up to where the bank has it and says nothing yet.
  void begins_to_answer() {
    bank.hold();
    const auto task = [](Walk* walk) -> Task<void> {
      banking::Answers answers;
      answers.emplace_back("otp", Secret{"1111"});
      auto brought = co_await walk->it.authorisation.answer(walk->payment.id, walk->payment.steps, Call::SUBMISSION,
                                                            std::move(answers), {});
      walk->later.emplace(std::move(brought));
    };
    it.database.start(task(this));
    ASSERT_TRUE(it.database.until([&] { return !bank.heard.empty(); }));
  }
  Result<Payment> gets_an_answer() {
    bank.let_go();
    EXPECT_TRUE(it.database.until([&] { return later.has_value(); }));
    return *std::exchange(later, std::nullopt);
  }

  /// The right code, by a gateway whose database fails as `database` is told to.
  Result<Payment> answer_shakily() {
    banking::Answers answers;
    answers.emplace_back("otp", Secret{"1111"});
    return it.database.run(shaky.answer(payment.id, payment.steps, Call::SUBMISSION, std::move(answers), {}));
  }
  Result<Payment> check_shakily() {
    const auto version = it.look(payment.id).version;
    return it.database.run(shaky.check({.id = payment.id, .version = version}));
  }
  /// How often a kind of event was told of the payment.
  std::int64_t told(std::string_view type) {
    const auto story = it.story_of(payment.intent);
    return std::ranges::count(story, type, &events::StoredEvent::type);
  }

  Installation it;
  banking::ScriptedBank& bank = it.use_scripted_bank();
  Payment payment = it.start();
  std::optional<Result<Payment>> later;
  ShakyDatabase database{*it.database};
  QuickTimers timers{it.real_clock};
  PaymentAuthorisation shaky{database, it.payments, it.banks, it.clock, it.real_clock, timers};
};

/// As the leader does with what a gateway has left that seems to be gone.
Task<void> give_up(Walk& walk) {
  const auto recovered = co_await (*walk.it.database).write([&](db::Transaction& tx) {
    return walk.it.payments.recover(tx, walk.it.gateway);
  });
  EXPECT_TRUE(recovered);
}

Task<void> stop_in_the_second_wait(Walk& walk) {
  if (walk.timers.waits.size() == 2) walk.shaky.stop();
  co_return;
}

enum class Others { GAVE_IT_UP, WAITED };

Task<void> sleep_through(Walk& walk, Others others) {
  walk.it.real_clock.advance(2 * kClaimFresh);
  if (others == Others::WAITED) co_return;
  co_await give_up(walk);
}

TEST(PaymentAuthorisation, sends_no_order_after_a_sleep_in_which_it_was_given_up) {
  for (const auto others : {Others::GAVE_IT_UP, Others::WAITED}) {
    Walk walk;
    walk.to_code();
    walk.bank.will(bank_says::accepted());
    walk.database.meanwhile = [&] { return sleep_through(walk, others); };
    const auto answered = walk.answer_shakily();
    if (others == Others::WAITED) {
      EXPECT_EQ(answered->status, S::ACCEPTED_BY_BANK);
      continue;
    }
    ASSERT_FALSE(answered);
    EXPECT_EQ(answered.error().code, ErrorCode::STEP_OUTDATED);
    EXPECT_TRUE(walk.bank.calls().empty()) << "nothing has left";
    EXPECT_EQ(walk.it.look(walk.payment.id).status_detail, "OUTCOME_UNKNOWN") << "only the bank may say that";
  }
}

TEST(PaymentAuthorisation, creates_the_order_stores_that_and_starts_the_authorisation) {
  Walk walk;
  walk.bank.will(banking::Continue{}).will(bank_says::code());
  const auto payment = walk.authorise();
  EXPECT_EQ(walk.bank.calls(), (Calls{std::string{"begin_payment after "} + kLinkState, "advance_payment"}));
  EXPECT_EQ(walk.bank.heard[0].order->end_to_end_id, payment.id.to_plain_text());
  EXPECT_EQ(walk.bank.heard[0].order->amount.to_text(), "1000.00");
  EXPECT_EQ(walk.bank.heard[1].state, R"({"calls":1})");
  EXPECT_EQ(payment.connector_state.json, R"({"calls":2})");
  EXPECT_EQ(payment.status, S::AWAITING_PAYMENT_MFA);
  EXPECT_FALSE(payment.lease_until);
}

TEST(PaymentAuthorisation, goes_where_the_bank_leads) {
  const struct {
    banking::Step step;
    PaymentStatus status;
  } rows[] = {
      {bank_says::sign_in(), S::AWAITING_LOGIN_MFA},
      {bank_says::login_code(), S::AWAITING_LOGIN_MFA},
      {bank_says::method(), S::AWAITING_PAYMENT_MFA},
      {bank_says::code(), S::AWAITING_PAYMENT_MFA},
      {bank_says::approval(), S::AWAITING_APP_AUTH},
      {bank_says::accepted(), S::ACCEPTED_BY_BANK},
      {bank_says::pending(), S::PENDING_WITH_BANK},
      {bank_says::rejected(), S::FAILED},
      {bank_says::accepted_without_reference(), S::PENDING_WITH_BANK},
  };
  for (const auto& row : rows) {
    Walk walk;
    walk.bank.will(banking::Continue{}).will(row.step);
    EXPECT_EQ(to_text(walk.authorise().status), to_text(row.status));
  }
}

TEST(PaymentAuthorisation, sends_the_stored_request_key_and_a_new_one_for_each_code) {
  Walk walk;
  walk.to_code();
  walk.bank.will(bank_says::wrong_code()).will(bank_says::accepted());
  walk.answer(Call::SUBMISSION, "otp", "2222");
  const auto first = walk.payment.request_key;
  EXPECT_EQ(walk.bank.heard[0].call, "submit_payment otp=2222");
  EXPECT_EQ(walk.bank.heard[0].order->request_key, first);
  walk.answer(Call::SUBMISSION, "otp", "1111");
  EXPECT_NE(walk.bank.heard[1].order->request_key, first);
  EXPECT_EQ(walk.bank.heard[1].order->request_key, walk.payment.request_key);
  EXPECT_EQ(walk.payment.status, S::ACCEPTED_BY_BANK);
}

TEST(PaymentAuthorisation, has_committed_submitting_when_the_bank_gets_the_code) {
  Walk walk;
  walk.to_code();
  walk.bank.will(bank_says::accepted());
  walk.begins_to_answer();
  EXPECT_EQ(walk.it.look(walk.payment.id).status, S::SUBMITTING);

  // Whoever comes meanwhile finds it taken.
  const auto meanwhile = walk.it.check(walk.payment.id);
  ASSERT_FALSE(meanwhile);
  EXPECT_EQ(meanwhile.error().code, ErrorCode::STEP_OUTDATED);
  const auto answered = walk.gets_an_answer();
  ASSERT_TRUE(answered);
  EXPECT_EQ(answered->status, S::ACCEPTED_BY_BANK);
  EXPECT_EQ(walk.bank.heard.size(), 1U);
}

// Every way a call can fail, at every place

TEST(PaymentAuthorisation, fails_a_payment_whose_order_the_bank_would_not_take_and_no_other) {
  for (const auto kind : kEveryKind) {
    SCOPED_TRACE(name_of(kind));
    Walk walk;
    walk.bank.will(kind);
    const auto payment = walk.authorise();
    const bool has_lapsed = kind == SESSION_ENDED;  // The consent: the payer must connect again before any order.
    const bool is_no = kind == REFUSED || kind == MISCONFIGURED || has_lapsed;
    EXPECT_EQ(to_text(payment.status), to_text(is_no ? S::FAILED : S::AWAITING_LOGIN_MFA));
    EXPECT_EQ(walk.bank.heard.size(), 1U);
    if (is_no) {
      EXPECT_EQ(payment.status_detail, has_lapsed ? "RECONNECT_REQUIRED" : "BANK_ISSUE");
      continue;
    }
    EXPECT_FALSE(payment.is_silent()) << "there is no order that anybody could approve";
    EXPECT_FALSE(payment.next_check_at);
    // Once more.
    walk.bank.will(banking::Continue{}).will(bank_says::code());
    EXPECT_EQ(walk.authorise().status, S::AWAITING_PAYMENT_MFA);
  }
}

TEST(PaymentAuthorisation, fails_nothing_for_a_call_that_failed_once_the_order_is_there) {
  enum class At { ADVANCE, METHOD };
  for (const auto at : {At::ADVANCE, At::METHOD}) {
    for (const auto kind : kEveryKind) {
      SCOPED_TRACE(name_of(kind) + (at == At::ADVANCE ? " when it starts" : " when a method is chosen"));
      Walk walk;
      if (at == At::ADVANCE) {
        walk.bank.will(banking::Continue{}).will(kind);
        if (asks_before(kind)) walk.bank.will(bank_says::waiting());
        walk.authorise();
      } else {
        walk.to_method();
        walk.bank.will(kind);
        if (asks_before(kind)) walk.bank.will(bank_says::waiting());
        walk.answer(Call::HARMLESS, "method", "app");
      }
      EXPECT_TRUE(is_waiting(walk.payment.status)) << to_text(walk.payment.status);
      EXPECT_TRUE(walk.payment.step);
      EXPECT_TRUE(walk.payment.next_check_at);
      const bool nothing_left = kind == NOT_SENT || kind == THROTTLED;
      EXPECT_EQ(walk.payment.is_silent(), !nothing_left) << "the bank may have asked the payer in its app";

      // What the bank has from the payer counts, whenever it says so.
      walk.bank.will(bank_says::accepted());
      EXPECT_EQ(walk.check().status, S::ACCEPTED_BY_BANK);
    }
  }
}

TEST(PaymentAuthorisation, asks_the_bank_before_it_believes_a_refusal) {
  const struct {
    banking::Outcome outcome;
    PaymentStatus status;
  } rows[] = {
      {bank_says::accepted(), S::ACCEPTED_BY_BANK},
      {bank_says::pending(), S::PENDING_WITH_BANK},
      {bank_says::rejected(), S::FAILED},
  };
  for (const auto& row : rows) {
    for (const auto kind : {REFUSED, MISCONFIGURED, SESSION_ENDED}) {
      SCOPED_TRACE(name_of(kind));
      Walk walk;
      walk.to_code();
      walk.bank.will(kind).will(row.outcome);
      walk.answer(Call::SUBMISSION, "otp", "1111");
      EXPECT_EQ(walk.bank.calls(), (Calls{"submit_payment otp=1111", "poll_payment"}));
      EXPECT_EQ(to_text(walk.payment.status), to_text(row.status));
    }
  }
}

TEST(PaymentAuthorisation, says_why_the_authorisation_failed_where_the_bank_only_says_that_it_rejected) {
  Walk walk;
  walk.to_code();
  walk.bank.will(bank_says::refused()).will(bank_says::rejected());
  walk.answer(Call::SUBMISSION, "otp", "1111");
  EXPECT_EQ(walk.payment.status, S::FAILED);
  EXPECT_EQ(walk.payment.status_detail, "MFA_ATTEMPTS_EXHAUSTED");
  EXPECT_EQ(walk.payment.failure_text, "not enough");
  EXPECT_EQ(walk.payment.bank_reason_code, "AM04");
}

TEST(PaymentAuthorisation, takes_a_failed_authorisation_for_no_fact_about_the_money) {
  // The bank still has the order, or could not be asked: another authorisation may be under way in its app.
  for (const bool is_reachable : {true, false}) {
    Walk walk;
    walk.to_code();
    walk.bank.will(bank_says::refused());
    if (is_reachable) walk.bank.will(bank_says::waiting());
    if (!is_reachable) walk.bank.will(NOT_SENT);
    walk.answer(Call::SUBMISSION, "otp", "1111");
    EXPECT_EQ(walk.payment.status, S::PENDING_WITH_BANK);
    EXPECT_EQ(walk.payment.status_detail, "OUTCOME_UNKNOWN");
  }
}

TEST(PaymentAuthorisation, lets_the_payer_answer_again_only_when_nothing_was_submitted) {
  for (const auto kind : kEveryKind) {
    SCOPED_TRACE(name_of(kind));
    Walk walk;
    walk.to_code();
    const auto asked = walk.payment.step;
    walk.bank.will(kind);
    if (asks_before(kind)) walk.bank.will(bank_says::waiting());
    walk.answer(Call::SUBMISSION, "otp", "1111");
    const bool nothing_left = kind == NOT_SENT || kind == REFUSED || kind == THROTTLED;
    if (nothing_left) {
      EXPECT_EQ(walk.payment.status, S::AWAITING_PAYMENT_MFA);
      EXPECT_EQ(walk.payment.step, asked) << "the same is asked again";
    } else {
      EXPECT_EQ(walk.payment.status, S::PENDING_WITH_BANK);
      EXPECT_EQ(walk.payment.status_detail, "OUTCOME_UNKNOWN");
    }
  }
}

TEST(PaymentAuthorisation, changes_nothing_for_a_question_without_an_answer) {
  const std::pair<std::string_view, void (Walk::*)()> places[] = {{"method", &Walk::to_method},
                                                                  {"code", &Walk::to_code},
                                                                  {"approval", &Walk::to_approval},
                                                                  {"unknown", &Walk::to_unknown_outcome}};
  for (const auto& [place, go] : places) {
    for (const auto kind : kEveryKind) {
      SCOPED_TRACE(std::string{place} + " " + name_of(kind));
      Walk walk;
      (walk.*go)();
      const auto before = walk.payment;
      walk.bank.will(kind);
      walk.check();
      EXPECT_EQ(to_text(walk.payment.status), to_text(before.status));
      EXPECT_EQ(walk.payment.step, before.step);
      EXPECT_EQ(walk.payment.steps, before.steps) << "what the payer has on the page stays valid";
      EXPECT_EQ(walk.payment.status_detail, before.status_detail);
      EXPECT_EQ(walk.payment.connector_state.json, before.connector_state.json);
      EXPECT_EQ(walk.payment.checks, before.checks + 1);
      EXPECT_FALSE(walk.payment.lease_until);
      EXPECT_TRUE(walk.payment.next_check_at);
      EXPECT_EQ(walk.it.last_of(walk.payment.intent, "payment.bank_asked").text("failure"), name_of(kind));
    }
  }
}

TEST(PaymentAuthorisation, finds_what_the_payer_did_in_the_banks_app) {
  Walk walk;
  walk.to_approval();
  EXPECT_TRUE(walk.payment.initiated_at) << "the payer's act is the irrevocable one";
  walk.bank.will(bank_says::waiting()).will(bank_says::accepted());
  EXPECT_EQ(walk.check().status, S::AWAITING_APP_AUTH);
  EXPECT_EQ(walk.check().status, S::ACCEPTED_BY_BANK);
}

TEST(PaymentAuthorisation, makes_no_second_order_when_it_is_started_again) {
  Walk walk;
  walk.bank.will(banking::Continue{}).will(NOT_SENT).will(bank_says::code());
  walk.authorise();
  EXPECT_EQ(walk.authorise().status, S::AWAITING_PAYMENT_MFA);
  EXPECT_EQ(walk.bank.calls(),
            (Calls{std::string{"begin_payment after "} + kLinkState, "advance_payment", "advance_payment"}));
}

TEST(PaymentAuthorisation, refuses_what_the_payer_did_on_an_older_page) {
  Walk walk;
  walk.to_method();
  const auto older = walk.payment;
  walk.bank.will(bank_says::code());
  walk.answer(Call::HARMLESS, "method", "sms");
  walk.bank.heard.clear();

  // Another window sends its answer to the question before: it must not reach the bank as an answer to this one.
  for (const auto call : {Call::HARMLESS, Call::SUBMISSION}) {
    const auto refused = walk.it.answer(older, call, "otp", "1111");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::STEP_OUTDATED);
  }
  const auto refused = walk.it.authorise(older);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::STEP_OUTDATED);
  EXPECT_TRUE(walk.bank.heard.empty());
}

TEST(PaymentAuthorisation, keeps_a_payment_of_a_bank_that_is_configured_no_more) {
  Installation it;
  {
    // Nobody brings a bank, so there is none; the payment is from a time when there was.
    auto& bank = it.use_scripted_bank();
    bank.will(banking::Continue{}).will(bank_says::approval());
  }
  auto payment = it.start();
  payment = *it.authorise(payment);
  const banking::Banks none;
  const PaymentAuthorisation later{*it.database, it.payments, none, it.clock, it.real_clock, *it.real_timers};
  const auto checked = it.database.run(later.check({.id = payment.id, .version = payment.version}));
  ASSERT_TRUE(checked);
  EXPECT_EQ(checked->status, S::AWAITING_APP_AUTH);
  EXPECT_TRUE(checked->next_check_at);
}

// Crashes in the midst of a call

TEST(PaymentAuthorisation, leaves_an_unknown_outcome_when_the_process_ends_while_the_code_is_under_way) {
  Walk walk;
  walk.to_code();
  walk.bank.will_see_the_process_end();
  EXPECT_THROW(walk.answer(Call::SUBMISSION, "otp", "1111"), banking::ProcessEnded);
  EXPECT_EQ(walk.it.look(walk.payment.id).status, S::SUBMITTING);
  EXPECT_EQ(walk.it.recover(), 1);
  walk.bank.will(bank_says::accepted());
  EXPECT_EQ(walk.check().status, S::ACCEPTED_BY_BANK);
}

TEST(PaymentAuthorisation, fails_nothing_that_may_have_been_approved_before_the_process_ended) {
  for (const bool is_restarted : {true, false}) {
    Walk walk;
    walk.bank.will(banking::Continue{}).will(bank_says::sign_in());
    walk.authorise();
    walk.bank.will_see_the_process_end();  // The password was right, and the bank asked the payer in its app.
    EXPECT_THROW(walk.answer(Call::HARMLESS, "password", "right"), banking::ProcessEnded);
    if (is_restarted) {
      walk.it.recover();
    } else {
      walk.it.real_clock.advance(kLease);
    }
    EXPECT_LE(*walk.it.look(walk.payment.id).next_check_at, walk.it.clock.now()) << "somebody looks at once";

    // The page still asks for the password; now the bank has locked the payer out, and still has the order.
    walk.bank.will(banking::Refused{.code = "EU_ACCOUNT_LOCKED"}).will(bank_says::waiting());
    walk.answer(Call::HARMLESS, "password", "right");
    EXPECT_EQ(walk.payment.status, S::AWAITING_LOGIN_MFA);
    walk.bank.will(bank_says::accepted());
    EXPECT_EQ(walk.check().status, S::ACCEPTED_BY_BANK);
  }
}

TEST(PaymentAuthorisation, fails_when_the_bank_locks_out_a_payer_whom_it_asked_for_nothing_else) {
  Walk walk;
  walk.bank.will(banking::Continue{}).will(bank_says::sign_in());
  walk.authorise();
  walk.bank.will(banking::Refused{.code = "EU_ACCOUNT_LOCKED"}).will(bank_says::waiting());
  walk.answer(Call::HARMLESS, "password", "wrong");
  EXPECT_EQ(walk.payment.status, S::FAILED);
  EXPECT_EQ(walk.payment.status_detail, "EU_ACCOUNT_LOCKED");
}

TEST(PaymentAuthorisation, takes_up_an_order_again_when_the_process_ended_after_it_was_made) {
  Walk walk;
  walk.bank.will(banking::Continue{}).will_see_the_process_end();
  EXPECT_THROW(walk.authorise(), banking::ProcessEnded);
  EXPECT_EQ(walk.it.recover(), 0);
  walk.payment = walk.it.look(walk.payment.id);
  EXPECT_TRUE(walk.payment.is_silent());
  EXPECT_TRUE(walk.payment.next_check_at) << "the payer may have approved it meanwhile";
  walk.bank.will(bank_says::code());
  EXPECT_EQ(walk.authorise().status, S::AWAITING_PAYMENT_MFA);
  EXPECT_EQ(walk.bank.heard.back().call, "advance_payment");
}

// A database that is away for a moment

constexpr Failure kEveryFailure[] = {Failure::AWAY, Failure::LOST, Failure::ANSWER_LOST};

TEST(PaymentAuthorisation, writes_down_what_the_bank_said_as_soon_as_the_database_is_back) {
  for (const auto failure : kEveryFailure) {
    SCOPED_TRACE(static_cast<int>(failure));
    Walk walk;
    walk.to_code();
    walk.it.clock.advance(std::chrono::seconds{10});
    walk.bank.will(bank_says::pending());
    // The claim is well; then the answer fails, and so do further tries.
    walk.database.writes = {Failure::NONE, failure, Failure::AWAY, Failure::AWAY, Failure::LOST};
    const auto answered = walk.answer_shakily();
    ASSERT_TRUE(answered) << answered.error().message;
    EXPECT_EQ(answered->status, S::PENDING_WITH_BANK);
    EXPECT_FALSE(answered->status_detail) << "the outcome is known";
    EXPECT_EQ(walk.bank.calls(), Calls{"submit_payment otp=1111"});
    EXPECT_EQ(walk.told("payment.created"), 1);
    EXPECT_EQ(walk.told("payment.bank_asked"), 0) << "no answer was set aside";
    EXPECT_FALSE(walk.it.look(walk.payment.id).lease_until);

    walk.it.clock.advance(std::chrono::seconds{10});
    walk.bank.will(bank_says::accepted());
    walk.database.writes = {Failure::NONE, failure, Failure::AWAY};
    const auto checked = walk.check_shakily();
    ASSERT_TRUE(checked) << checked.error().message;
    EXPECT_EQ(checked->status, S::ACCEPTED_BY_BANK);
    EXPECT_EQ(walk.told("payment.updated"), 1);
    EXPECT_EQ(walk.told("payment.bank_contradicted"), 0);
  }
}

TEST(PaymentAuthorisation, tells_once_of_a_question_without_an_answer) {
  for (const auto failure : kEveryFailure) {
    SCOPED_TRACE(static_cast<int>(failure));
    Walk walk;
    walk.to_unknown_outcome();
    walk.it.clock.advance(std::chrono::seconds{10});
    const auto asked = walk.told("payment.bank_asked");
    const auto checks = walk.payment.checks;
    walk.bank.will(NOT_SENT);
    walk.database.writes = {Failure::NONE, failure};
    ASSERT_TRUE(walk.check_shakily());
    EXPECT_EQ(walk.told("payment.bank_asked"), asked + 1);
    EXPECT_NE(walk.it.last_of(walk.payment.intent, "payment.bank_asked").text("failure"), "LATE_ANSWER");
    EXPECT_EQ(walk.it.look(walk.payment.id).checks, checks + 1);
  }
}

TEST(PaymentAuthorisation, goes_on_with_an_order_whose_making_was_hard_to_write_down) {
  for (const auto failure : kEveryFailure) {
    SCOPED_TRACE(static_cast<int>(failure));
    Walk walk;
    walk.bank.will(banking::Continue{}).will(bank_says::code());
    walk.database.writes = {Failure::NONE, failure, Failure::AWAY};
    const auto started = walk.it.database.run(walk.shaky.start(walk.payment.id, walk.payment.steps, {}));
    ASSERT_TRUE(started) << started.error().message;
    EXPECT_EQ(started->status, S::AWAITING_PAYMENT_MFA);
    EXPECT_EQ(walk.bank.calls(), (Calls{std::string{"begin_payment after "} + kLinkState, "advance_payment"}));
  }
}

TEST(PaymentAuthorisation, goes_no_further_with_an_order_that_it_was_given_up_for_meanwhile) {
  Walk walk;
  walk.bank.will(banking::Continue{});
  walk.database.writes = {Failure::NONE, Failure::ANSWER_LOST};
  walk.timers.meanwhile = [&] { return give_up(walk); };
  ASSERT_TRUE(walk.it.database.run(walk.shaky.start(walk.payment.id, walk.payment.steps, {})));
  EXPECT_EQ(walk.bank.heard.size(), 1U) << "others may have gone on from the order that they know of";
}

TEST(PaymentAuthorisation, sets_an_answer_aside_that_could_not_be_written_down_before_it_was_given_up) {
  Walk walk;
  walk.to_code();
  walk.bank.will(bank_says::pending());
  walk.database.writes = {Failure::NONE, Failure::LOST};
  walk.timers.meanwhile = [&] { return give_up(walk); };
  ASSERT_TRUE(walk.answer_shakily());
  EXPECT_EQ(walk.it.last_of(walk.payment.intent, "payment.bank_asked").text("failure"), "LATE_ANSWER");
  EXPECT_EQ(walk.it.look(walk.payment.id).status_detail, "OUTCOME_UNKNOWN");
}

TEST(PaymentAuthorisation, waits_longer_each_time_and_gives_up_before_the_lease_ends) {
  Walk walk;
  walk.to_code();
  walk.bank.will(bank_says::accepted());
  walk.database.writes = {Failure::NONE};
  walk.database.writes.insert(walk.database.writes.end(), 1000, Failure::AWAY);
  const auto answered = walk.answer_shakily();
  ASSERT_FALSE(answered);
  EXPECT_EQ(answered.error().code, ErrorCode::SERVICE_UNAVAILABLE);

  const auto& waits = walk.timers.waits;
  ASSERT_GT(waits.size(), 10U);
  EXPECT_TRUE(std::ranges::is_sorted(waits));
  EXPECT_LE(waits.front(), waits.back() / 10);
  EXPECT_LE(waits.back(), std::chrono::seconds{2}) << "the answer is not kept from the payer for long";
  const auto waited = std::accumulate(waits.begin(), waits.end(), Duration{});
  EXPECT_GT(waited, std::chrono::seconds{30}) << "longer than a failover takes";
  EXPECT_LE(waited, kInsistFor);

  // What it said is lost, and the bank is asked once the lease has run out.
  EXPECT_EQ(walk.it.look(walk.payment.id).status, S::SUBMITTING);
  walk.it.real_clock.advance(kLease);
  walk.bank.will(bank_says::accepted());
  EXPECT_EQ(walk.check().status, S::ACCEPTED_BY_BANK);
}

TEST(PaymentAuthorisation, tries_once_more_when_the_gateway_stops) {
  for (const auto then : {Failure::NONE, Failure::AWAY}) {
    Walk walk;
    walk.to_code();
    walk.bank.will(bank_says::accepted());
    walk.database.writes = {Failure::NONE, Failure::AWAY, Failure::AWAY, then, Failure::AWAY};
    walk.timers.meanwhile = [&] { return stop_in_the_second_wait(walk); };
    EXPECT_EQ(walk.answer_shakily().has_value(), then == Failure::NONE);
    EXPECT_EQ(walk.database.written, 4);
  }
}

TEST(PaymentAuthorisation, sends_nothing_while_it_cannot_look_at_its_claim) {
  for (const auto failure : {Failure::AWAY, Failure::LOST}) {
    Walk walk;
    walk.to_code();
    const auto asked = walk.payment;
    walk.database.meanwhile = [&] { return sleep_through(walk, Others::WAITED); };
    walk.database.reads = {failure};
    walk.database.writes = {Failure::NONE, Failure::AWAY, Failure::LOST};
    const auto answered = walk.answer_shakily();
    ASSERT_TRUE(answered) << answered.error().message;
    EXPECT_TRUE(walk.bank.heard.empty());
    EXPECT_EQ(answered->status, S::AWAITING_PAYMENT_MFA) << "nothing has left, so the outcome is known";
    EXPECT_EQ(answered->step, asked.step);
    EXPECT_EQ(answered->code_tries, 0);
    EXPECT_EQ(walk.told("payment.created"), 0);

    walk.payment = *answered;
    walk.bank.will(bank_says::accepted());
    EXPECT_EQ(walk.answer(Call::SUBMISSION, "otp", "1111").status, S::ACCEPTED_BY_BANK);
  }
}

TEST(PaymentAuthorisation, sends_nothing_while_it_does_not_know_that_the_payment_is_claimed) {
  for (const auto failure : kEveryFailure) {
    SCOPED_TRACE(static_cast<int>(failure));
    Walk walk;
    walk.to_code();
    walk.database.writes = {failure};
    if (failure != Failure::AWAY) walk.database.writes.insert(walk.database.writes.end(), 3, Failure::ANSWER_LOST);
    const auto answered = walk.answer_shakily();
    EXPECT_EQ(answered.has_value(), failure != Failure::AWAY) << "nobody waits where nothing can have been written";
    EXPECT_TRUE(walk.bank.heard.empty());
    walk.payment = walk.it.look(walk.payment.id);
    EXPECT_EQ(walk.payment.status, S::AWAITING_PAYMENT_MFA);
    EXPECT_EQ(walk.payment.code_tries, 0);
    walk.bank.will(bank_says::accepted());
    EXPECT_EQ(walk.answer(Call::SUBMISSION, "otp", "1111").status, S::ACCEPTED_BY_BANK);
  }
}

TEST(PaymentAuthorisation, takes_back_no_order_but_the_one_that_it_did_not_send) {
  Walk walk;
  walk.to_code();
  walk.bank.will_see_the_process_end();  // The order has left.
  EXPECT_THROW(walk.answer(Call::SUBMISSION, "otp", "1111"), banking::ProcessEnded);
  walk.database.writes = {Failure::LOST};
  ASSERT_TRUE(walk.answer_shakily());  // Of the same page, and its claim is not heard of.
  EXPECT_EQ(walk.it.look(walk.payment.id).status, S::SUBMITTING);
}

// Clocks that jump, and gateways beside each other

TEST(PaymentAuthorisation, has_one_call_under_way_however_the_clocks_jump) {
  for (const Duration jump : {Duration{std::chrono::hours{1}}, Duration{-std::chrono::hours{1}}}) {
    Walk walk;
    walk.to_code();
    walk.bank.will(bank_says::accepted());
    walk.begins_to_answer();
    walk.it.real_clock.advance(jump);
    walk.it.clock.advance(std::chrono::hours{1});
    EXPECT_TRUE(walk.it.payments.is_leased(walk.it.look(walk.payment.id)));
    EXPECT_TRUE(walk.it.due().empty());
    const auto checked = walk.it.check(walk.payment.id);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, ErrorCode::STEP_OUTDATED);

    const auto answered = walk.gets_an_answer();
    ASSERT_TRUE(answered);
    EXPECT_EQ(answered->status, S::ACCEPTED_BY_BANK) << "its answer is not set aside";
    EXPECT_EQ(walk.bank.heard.size(), 1U);
    EXPECT_FALSE(walk.it.payments.is_leased(walk.it.look(walk.payment.id)));
  }
}

TEST(PaymentAuthorisation, asks_once_when_several_gateways_see_that_a_payment_is_due) {
  Walk walk;
  walk.to_unknown_outcome();
  const Payments other_payments{GatewayId::make(walk.it.clock, walk.it.random),
                                walk.it.clock,
                                walk.it.real_clock,
                                walk.it.random,
                                walk.it.vault,
                                walk.it.events,
                                walk.it.intents,
                                walk.it.destinations,
                                walk.it.sources,
                                walk.it.banks};
  const PaymentAuthorisation other{*walk.it.database, other_payments,     walk.it.banks,
                                   walk.it.clock,     walk.it.real_clock, *walk.it.real_timers};
  const auto due_at = [&](const Payments& payments) {
    return *walk.it.database.read([&](db::Transaction& tx) { return payments.due(tx, walk.it.clock.now(), 10); });
  };
  walk.it.clock.advance(std::chrono::minutes{1});
  const auto seen_here = due_at(walk.it.payments);
  const auto seen_there = due_at(other_payments);
  ASSERT_EQ(seen_here.size(), 1U);
  ASSERT_EQ(seen_here, seen_there);

  walk.bank.will(bank_says::waiting());
  EXPECT_TRUE(walk.it.database.run(walk.it.authorisation.check(seen_here[0])));
  const auto second = walk.it.database.run(other.check(seen_there[0]));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::STEP_OUTDATED);
  EXPECT_EQ(walk.bank.heard.size(), 1U);

  walk.it.clock.advance(std::chrono::hours{1});
  walk.bank.will(bank_says::accepted());
  EXPECT_EQ(walk.it.database.run(other.check(due_at(other_payments).at(0)))->status, S::ACCEPTED_BY_BANK);
}

}  // namespace
}  // namespace qantara::payments
