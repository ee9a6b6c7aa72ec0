#include "payments/payments.h"

#include <gtest/gtest.h>

#include "payments/test_support.h"

namespace qantara::payments {
namespace {

using banking::CallError;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

using Story = std::vector<std::string>;

class payments : public testing::Test {
 protected:
  payments()
      : bank(it.use_scripted_bank({.limits = {{.minimum = {5'000, *money::Currency::find("AED")},
                                               .maximum = {500'000, *money::Currency::find("AED")}}},
                                   .reference_length = 12})) {}

  /// A payment whose payer is asked for a code.
  Payment ready_for_a_code() {
    const auto payment = it.start();
    return it.hear(payment.id, bank_says::code());
  }
  /// A payment whose order is being sent.
  Claim submitting() {
    const auto payment = ready_for_a_code();
    return *it.claim(payment.id, Call::SUBMISSION);
  }
  /// A payment of which nobody knows what the bank did.
  Payment lost() {
    const auto claimed = submitting();
    return *it.record_failure(claimed, CallError::Kind::OUTCOME_UNKNOWN);
  }

  Installation it;
  banking::ScriptedBank& bank;
};

// Starting

TEST_F(payments, fix_the_order_when_they_start) {
  const auto source = it.connect();
  const auto intent = it.make_intent("1000.00", "Order 17 of Sara's");
  const auto started = it.start(intent.id, source.accounts[0].id);
  ASSERT_TRUE(started);
  const auto payment = it.look(started->id);
  EXPECT_EQ(payment.status, PaymentStatus::AWAITING_LOGIN_MFA);
  EXPECT_EQ(payment.intent, intent.id);
  EXPECT_EQ(payment.source, source.id);
  EXPECT_EQ(payment.amount.to_text(), "1000.00");
  EXPECT_EQ(payment.description, "Order 17 of Sara's");
  EXPECT_EQ(payment.reference_sent, "Order 17 of ") << "this bank holds 12 characters";
  EXPECT_EQ(payment.end_to_end_id, payment.id.to_plain_text());
  EXPECT_EQ(payment.created_at, it.clock.now());
  EXPECT_FALSE(payment.initiated_at);
  const auto order = payment.order();
  EXPECT_EQ(order.debtor.iban, kPayerIban);
  EXPECT_EQ(order.debtor.resource_id, "r1");
  EXPECT_EQ(order.creditor.iban, kPayeeIban);
  EXPECT_EQ(order.creditor.bic, "EBILAEAD");
  EXPECT_EQ(it.public_story_of(intent.id), Story{"payment_intent.created"})
      << "nothing is told before the initiation is complete";
  EXPECT_FALSE(it.database.holds_in_the_clear(kPayerIban));
  EXPECT_FALSE(it.database.holds_in_the_clear(kPayeeIban));
}

TEST_F(payments, are_one_for_each_intent) {
  const auto source = it.connect();
  const auto intent = it.make_intent();
  const auto first = it.start(intent.id, source.accounts[0].id);
  const auto second = it.start(intent.id, source.accounts[0].id);
  EXPECT_EQ(first->id, second->id);
  it.clock.advance(days{2});
  EXPECT_EQ(it.start(intent.id, source.accounts[0].id)->id, first->id) << "what was begun in time is not refused later";
}

TEST_F(payments, refuse_to_start) {
  const auto source = it.connect();
  const auto intent = it.make_intent();
  const auto elsewhere = it.make_destination();
  const auto refusal = [&](IntentId id, AccountId account) {
    const auto refused = it.start(id, account);
    EXPECT_FALSE(refused);
    return refused ? std::string{} : std::string{to_text(refused.error().code)};
  };
  EXPECT_EQ(refusal(IntentId{}, source.accounts[0].id), "UNKNOWN_PAYMENT_INTENT");
  EXPECT_EQ(refusal(intent.id, AccountId{}), "INVALID_PARAMETERS");
  EXPECT_EQ(refusal(intent.id, source.accounts[1].id), "INVALID_PARAMETERS") << "an account in dollars";
  EXPECT_EQ(refusal(it.make_intent("49.99").id, source.accounts[0].id), "AMOUNT_UNDER_MIN_VALUE")
      << "the bank's own limit";
  EXPECT_EQ(refusal(it.make_intent("5000.01").id, source.accounts[0].id), "AMOUNT_OVER_MAX_VALUE");
  EXPECT_TRUE(it.start(it.make_intent("50.00").id, source.accounts[0].id));
  EXPECT_TRUE(it.start(it.make_intent("5000.00").id, source.accounts[0].id));

  it.destination = elsewhere;
  EXPECT_EQ(refusal(it.make_intent().id, source.accounts[0].id), "BENEFICIARY_NOT_FOUND");
  it.clock.advance(hours{24});
  EXPECT_EQ(refusal(intent.id, source.accounts[0].id), "PAYMENT_INTENT_EXPIRED");
}

TEST_F(payments, wait_for_the_cool_off_of_the_payee) {
  const auto until = it.clock.now() + hours{4};
  const auto source = it.connect(until);
  const auto refused = it.start(it.make_intent().id, source.accounts[0].id);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::PENDING_BENEFICIARY_COOL_OFF);
  ASSERT_EQ(refused.error().details.size(), 1U);
  EXPECT_EQ(refused.error().details[0].name, "beneficiary_cool_off_expiry");
  EXPECT_EQ(refused.error().details[0].json, "\"" + qantara::to_text(until) + "\"");
}

TEST_F(payments, list_the_usable_accounts_first_and_say_why_not_of_the_others) {
  it.connect();
  const auto intent = it.make_intent();
  const auto accounts = *it.database.read([&](db::Transaction& tx) { return it.payments.paying_accounts(tx, intent); });
  ASSERT_EQ(accounts.size(), 2U);
  EXPECT_EQ(accounts[0].account.currency, "AED");
  EXPECT_FALSE(accounts[0].reason);
  EXPECT_EQ(accounts[1].reason, "CURRENCY");
}

TEST_F(payments, are_not_made_from_an_account_whose_bank_does_not_take_the_amount) {
  it.connect();
  for (const auto* const amount : {"49.99", "5000.01"}) {
    const auto intent = it.make_intent(amount);
    const auto accounts =
        *it.database.read([&](db::Transaction& tx) { return it.payments.paying_accounts(tx, intent); });
    EXPECT_EQ(accounts[0].reason, "LIMIT") << amount;
  }
}

// The submission protocol

TEST_F(payments, are_submitting_before_the_order_is_sent) {
  const auto before = ready_for_a_code();
  EXPECT_FALSE(before.initiated_at);
  it.clock.advance(minutes{1});
  const auto claimed = it.claim(before.id, Call::SUBMISSION);
  ASSERT_TRUE(claimed);
  EXPECT_EQ(claimed->link_state.json, kLinkState);
  const auto stored = it.look(before.id);
  EXPECT_EQ(stored.status, PaymentStatus::SUBMITTING);
  EXPECT_EQ(stored.public_status(), PaymentStatus::AWAITING_PAYMENT_MFA) << "outside it shows as what it was";
  EXPECT_EQ(stored.initiated_at, it.clock.now());
  EXPECT_EQ(stored.code_tries, 1);
  EXPECT_NE(stored.request_key, before.request_key);
  EXPECT_EQ(stored.request_key, claimed->payment.order().request_key) << "what is sent is what is stored";
}

TEST_F(payments, are_claimed_by_one_call_at_a_time) {
  const auto payment = ready_for_a_code();
  ASSERT_TRUE(it.claim(payment.id));
  for (const auto call : {Call::HARMLESS, Call::SUBMISSION}) {
    const auto refused = it.claim(payment.id, call);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::STEP_OUTDATED);
  }
  it.real_clock.advance(kLease);
  EXPECT_TRUE(it.claim(payment.id)) << "who held it is gone";
}

TEST_F(payments, are_not_held_for_ever_by_a_clock_that_was_set_back) {
  const auto payment = ready_for_a_code();
  ASSERT_TRUE(it.claim(payment.id));
  it.real_clock.advance(-hours{1});
  EXPECT_TRUE(it.claim(payment.id));
}

TEST_F(payments, are_claimed_for_the_step_that_the_payer_saw_only) {
  const auto payment = ready_for_a_code();
  for (const int other : {payment.steps - 1, payment.steps + 1}) {
    const auto refused = it.claim(payment.id, Call::SUBMISSION, other);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::STEP_OUTDATED);
  }
  EXPECT_EQ(it.look(payment.id).code_tries, 0);
  EXPECT_TRUE(it.claim(payment.id, Call::SUBMISSION, payment.steps));
}

TEST_F(payments, take_no_code_in_any_other_status) {
  const banking::Step steps[] = {bank_says::sign_in(), bank_says::approval(), bank_says::pending(),
                                 bank_says::accepted(), bank_says::rejected()};
  for (const auto& step : steps) {
    const auto intent = it.make_intent();
    const auto payment = *it.start(intent.id, it.connect().accounts[0].id);
    const auto there = it.hear(payment.id, step);
    const auto refused = it.claim(payment.id, Call::SUBMISSION);
    ASSERT_FALSE(refused) << to_text(there.status);
    EXPECT_EQ(refused.error().code, ErrorCode::STEP_OUTDATED) << to_text(there.status);
    EXPECT_EQ(it.look(payment.id).code_tries, 0);
  }
}

TEST_F(payments, send_five_codes_and_no_sixth) {
  auto payment = ready_for_a_code();
  for (int i = 1; i <= kCodeTriesMax; ++i) {
    payment = it.hear(payment.id, bank_says::wrong_code(), Call::SUBMISSION);
    EXPECT_EQ(payment.status, PaymentStatus::AWAITING_PAYMENT_MFA);
    EXPECT_EQ(payment.code_tries, i);
  }
  const auto refused = it.claim(payment.id, Call::SUBMISSION);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::RATE_LIMIT_EXCEEDED);
  EXPECT_EQ(it.look(payment.id).status, PaymentStatus::AWAITING_PAYMENT_MFA);
}

TEST_F(payments, do_not_count_codes_that_never_got_to_the_bank) {
  auto payment = ready_for_a_code();
  for (const auto kind : {CallError::Kind::NOT_SENT, CallError::Kind::THROTTLED}) {
    for (int i = 0; i < kCodeTriesMax; ++i) {
      payment = *it.record_failure(*it.claim(payment.id, Call::SUBMISSION), kind);
      EXPECT_EQ(payment.status, PaymentStatus::AWAITING_PAYMENT_MFA);
      EXPECT_EQ(payment.code_tries, 0);
    }
  }
  payment = *it.record_failure(*it.claim(payment.id, Call::SUBMISSION), CallError::Kind::REFUSED);
  EXPECT_EQ(payment.code_tries, 1);
}

// What the bank says

TEST_F(payments, tell_the_merchant_once_the_initiation_is_complete_and_of_every_later_change) {
  const auto payment = lost();
  EXPECT_EQ(it.public_story_of(payment.intent), (Story{"payment_intent.created", "payment.created"}));
  EXPECT_EQ(it.last_of(payment.intent, "payment.created").text("status"), "PENDING_WITH_BANK");
  EXPECT_EQ(it.last_of(payment.intent, "payment.created").text("status_additional_info"), "OUTCOME_UNKNOWN");

  it.hear(payment.id, bank_says::accepted());
  EXPECT_EQ(it.public_story_of(payment.intent),
            (Story{"payment_intent.created", "payment.created", "payment.updated"}));
  const auto told = it.last_of(payment.intent, "payment.updated");
  EXPECT_EQ(told.text("id"), payment.id.to_text());
  EXPECT_EQ(told.text("status"), "ACCEPTED_BY_BANK");
  EXPECT_EQ(told.text("bank_transaction_reference"), "REF-1");
  EXPECT_EQ(told.find("amount")->number_text(), "1000.00");
  EXPECT_FALSE(told.text("status_additional_info"));
}

TEST_F(payments, are_told_of_once_whatever_the_bank_repeats) {
  auto payment = it.hear(it.start().id, bank_says::pending());
  for (int i = 0; i < 3; ++i) payment = it.hear(payment.id, bank_says::pending());
  EXPECT_EQ(payment.status, PaymentStatus::PENDING_WITH_BANK);
  EXPECT_EQ(it.public_story_of(payment.intent), (Story{"payment_intent.created", "payment.created"}));
}

TEST_F(payments, are_not_accepted_without_the_banks_reference) {
  auto payment = it.hear(ready_for_a_code().id, bank_says::accepted_without_reference(), Call::SUBMISSION);
  EXPECT_EQ(payment.status, PaymentStatus::PENDING_WITH_BANK);
  EXPECT_EQ(payment.status_detail, "NO_REFERENCE");
  payment = it.hear(payment.id, bank_says::accepted_without_reference());
  EXPECT_EQ(payment.status, PaymentStatus::PENDING_WITH_BANK);
  payment = it.hear(payment.id, bank_says::accepted());
  EXPECT_EQ(payment.status, PaymentStatus::ACCEPTED_BY_BANK);
  EXPECT_EQ(payment.bank_transaction_reference, "REF-1");
  EXPECT_FALSE(payment.status_detail);
}

TEST_F(payments, keep_the_banks_words_beside_ours) {
  const auto payment = it.hear(ready_for_a_code().id, bank_says::rejected(), Call::SUBMISSION);
  EXPECT_EQ(payment.status, PaymentStatus::FAILED);
  EXPECT_EQ(payment.status_detail, "INSUFFICIENT_BALANCE");
  EXPECT_EQ(payment.failure_text, "not enough");
  EXPECT_EQ(payment.bank_status, "RJCT");
  EXPECT_EQ(payment.bank_reason_code, "AM04");
  EXPECT_FALSE(payment.next_check_at);
  EXPECT_EQ(it.last_of(payment.intent, "payment.created").text("status_additional_info"), "INSUFFICIENT_BALANCE");
}

TEST_F(payments, forget_what_the_payer_was_asked_when_they_end) {
  const auto payment = it.hear(ready_for_a_code().id, bank_says::accepted(), Call::SUBMISSION);
  EXPECT_FALSE(payment.step);
  EXPECT_FALSE(payment.lease_until);
}

TEST_F(payments, keep_what_contradicts_the_end_as_evidence_only) {
  const struct {
    banking::Outcome end;
    banking::Outcome later;
    bool is_contradiction;
  } rows[] = {
      {bank_says::rejected(), bank_says::accepted(), true},  {bank_says::accepted(), bank_says::rejected(), true},
      {bank_says::accepted(), bank_says::pending(), false},  {bank_says::accepted(), bank_says::accepted(), false},
      {bank_says::rejected(), bank_says::rejected(), false},
  };
  for (const auto& row : rows) {
    const auto payment = *it.start(it.make_intent().id, it.connect().accounts[0].id);
    const auto slow = *it.claim(payment.id);
    it.real_clock.advance(kLease);
    const auto ended = it.hear(payment.id, row.end);

    const auto after = *it.record(slow, row.later);
    EXPECT_EQ(after.status, ended.status);
    EXPECT_EQ(it.look(payment.id).version, ended.version) << "nothing of the row changes";
    EXPECT_EQ(it.public_story_of(payment.intent).size(), 2U);
    EXPECT_EQ(it.story_of(payment.intent).back().type == "payment.bank_contradicted", row.is_contradiction);
  }
}

TEST_F(payments, cannot_be_claimed_after_their_end) {
  const auto payment = it.hear(it.start().id, bank_says::rejected());
  for (const auto call : {Call::HARMLESS, Call::SUBMISSION}) {
    const auto refused = it.claim(payment.id, call);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::STEP_OUTDATED);
  }
}

TEST_F(payments, set_an_answer_aside_that_came_after_its_lease) {
  const auto payment = ready_for_a_code();
  const auto slow = *it.claim(payment.id);
  it.real_clock.advance(kLease);
  const auto now = it.hear(payment.id, bank_says::wrong_code(), Call::SUBMISSION);
  for (const banking::Step& step : {banking::Step{bank_says::accepted()}, banking::Step{bank_says::refused()},
                                    banking::Step{bank_says::sign_in()}}) {
    const auto after = *it.record(slow, step, R"({"old":1})");
    EXPECT_EQ(after.status, now.status);
    EXPECT_EQ(it.look(payment.id).connector_state.json, now.connector_state.json);
  }
  EXPECT_EQ(*it.look(payment.id).next_check_at, it.clock.now()) << "the bank is asked anew";
}

// Unknown outcomes

TEST_F(payments, have_an_unknown_outcome_when_the_submission_got_no_answer) {
  const auto payment = lost();
  EXPECT_EQ(payment.status, PaymentStatus::PENDING_WITH_BANK);
  EXPECT_EQ(payment.status_detail, "OUTCOME_UNKNOWN");
  EXPECT_FALSE(payment.step);
  EXPECT_EQ(payment.next_check_at, it.clock.now() + seconds{2});
}

TEST_F(payments, leave_an_unknown_outcome_only_by_the_banks_word) {
  const struct {
    banking::Outcome outcome;
    PaymentStatus status;
  } rows[] = {
      {bank_says::accepted(), PaymentStatus::ACCEPTED_BY_BANK},
      {bank_says::rejected(), PaymentStatus::FAILED},
      {bank_says::pending(), PaymentStatus::PENDING_WITH_BANK},
      {bank_says::accepted_without_reference(), PaymentStatus::PENDING_WITH_BANK},
  };
  for (const auto& row : rows) {
    const auto claimed =
        *it.claim(it.hear(it.start(it.make_intent().id, it.connect().accounts[0].id)->id, bank_says::code()).id,
                  Call::SUBMISSION);
    auto payment = *it.record_failure(claimed, CallError::Kind::OUTCOME_UNKNOWN);
    for (int i = 0; i < 20; ++i) {
      payment = it.hear(payment.id, bank_says::waiting());
      EXPECT_EQ(payment.status_detail, "OUTCOME_UNKNOWN");
      it.clock.advance(hours{24});
    }
    payment = it.hear(payment.id, row.outcome);
    EXPECT_EQ(payment.status, row.status);
    EXPECT_NE(payment.status_detail, "OUTCOME_UNKNOWN");
  }
}

TEST_F(payments, never_go_back_to_the_payer_from_an_unknown_outcome) {
  const auto payment = lost();
  for (const banking::Step& step :
       {banking::Step{bank_says::code()}, banking::Step{bank_says::sign_in()}, banking::Step{bank_says::approval()}}) {
    const auto claimed = *it.claim(payment.id);
    const auto refused = it.record(claimed, step);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::ILLEGAL_TRANSITION);
    EXPECT_EQ(it.look(payment.id).status_detail, "OUTCOME_UNKNOWN");
    it.real_clock.advance(kLease);
  }
}

TEST_F(payments, are_asked_about_until_the_bank_speaks) {
  const auto payment = lost();
  EXPECT_TRUE(it.due().empty());
  for (int i = 0; i < 300; ++i) {  // twelve days of them
    const auto next = *it.database.read([&](db::Transaction& tx) { return it.payments.next_due(tx); });
    ASSERT_TRUE(next);
    ASSERT_GT(*next, it.clock.now());
    it.clock.advance(*next - it.clock.now());
    ASSERT_EQ(it.due(), std::vector{payment.id});
    it.hear(payment.id, bank_says::waiting());
  }
  EXPECT_GT(it.clock.now() - payment.created_at, days{10});
  it.hear(payment.id, bank_says::accepted());
  EXPECT_FALSE(*it.database.read([&](db::Transaction& tx) { return it.payments.next_due(tx); }));
}

TEST_F(payments, are_asked_about_sooner_when_the_payer_wants_news) {
  const auto payment = lost();
  const auto hasten = [&] {
    EXPECT_TRUE(it.database.write([&](db::Transaction& tx) { return it.payments.hasten_check(tx, payment.id); }));
    return it.look(payment.id);
  };
  for (int i = 0; i < 4; ++i) {
    it.clock.advance(hours{1});
    it.hear(payment.id, bank_says::waiting());
  }
  const auto before = it.look(payment.id);
  EXPECT_EQ(before.next_check_at, it.clock.now() + minutes{5});
  EXPECT_EQ(hasten().next_check_at, before.next_check_at) << "it was asked just now";

  it.clock.advance(kAskAgainMin);
  EXPECT_EQ(hasten().next_check_at, it.clock.now());
  EXPECT_EQ(hasten().version, before.version + 1) << "asked for twice, due once";
  it.hear(payment.id, bank_says::waiting());
  EXPECT_EQ(it.look(payment.id).asked_at, it.clock.now());
  EXPECT_EQ(it.look(payment.id).next_check_at, it.clock.now() + minutes{5}) << "the schedule goes on as it was";
}

TEST_F(payments, are_not_asked_about_sooner_than_may_be) {
  const auto payment = lost();
  const auto hastened = [&] {
    it.clock.advance(minutes{1});
    const auto before = it.look(payment.id);
    EXPECT_TRUE(it.database.write([&](db::Transaction& tx) { return it.payments.hasten_check(tx, payment.id); }));
    return it.look(payment.id).version != before.version;
  };
  it.clock.advance(hours{1});
  auto claimed = it.claim(payment.id);
  EXPECT_FALSE(hastened()) << "a question is in work";
  const CallError throttled{.kind = CallError::Kind::THROTTLED, .code = "", .message = "", .retry_after = seconds{600}};
  ASSERT_TRUE(
      it.database.write([&](db::Transaction& tx) { return it.payments.record_no_answer(tx, *claimed, throttled); }));
  EXPECT_FALSE(hastened()) << "the bank asked for patience";
  it.clock.advance(minutes{10});
  claimed = it.claim(payment.id);
  ASSERT_TRUE(it.record(*claimed, bank_says::waiting()));
  it.clock.advance(-minutes{1});
  EXPECT_FALSE(hastened()) << "it was asked just now";
  ASSERT_TRUE(it.hear(payment.id, bank_says::accepted()).status == PaymentStatus::ACCEPTED_BY_BANK);
  EXPECT_FALSE(hastened()) << "there is nothing left to ask";

  const auto waiting = it.hear(it.start(it.make_intent().id, payment.account)->id, bank_says::code());
  it.clock.advance(minutes{1});
  ASSERT_TRUE(it.database.write([&](db::Transaction& tx) { return it.payments.hasten_check(tx, waiting.id); }));
  EXPECT_EQ(it.look(waiting.id).version, waiting.version) << "the payer's own act comes first";
}

TEST_F(payments, are_not_due_while_a_call_is_in_work) {
  const auto payment = lost();
  it.clock.advance(hours{1});
  EXPECT_EQ(it.due().size(), 1U);
  ASSERT_TRUE(it.claim(payment.id));
  EXPECT_EQ(it.due().size(), 0U);
  it.real_clock.advance(kLease);
  EXPECT_EQ(it.due().size(), 1U);
}

// Crashes

TEST_F(payments, have_an_unknown_outcome_after_a_restart_in_the_midst_of_a_submission) {
  const auto claimed = submitting();
  EXPECT_EQ(it.recover(), 1);
  const auto payment = it.look(claimed.payment.id);
  EXPECT_EQ(payment.status, PaymentStatus::PENDING_WITH_BANK);
  EXPECT_EQ(payment.status_detail, "OUTCOME_UNKNOWN");
  EXPECT_FALSE(payment.lease_until);
  EXPECT_EQ(it.public_story_of(payment.intent).back(), "payment.created");
  EXPECT_EQ(it.recover(), 0);
}

TEST_F(payments, have_an_unknown_outcome_when_whoever_submitted_does_not_come_back) {
  const auto claimed = submitting();
  it.real_clock.advance(kLease);
  it.clock.advance(kLease);
  ASSERT_EQ(it.due(), std::vector{claimed.payment.id});
  ASSERT_TRUE(it.claim(claimed.payment.id)) << "whoever asks the bank next writes it down first";
  EXPECT_EQ(it.look(claimed.payment.id).status_detail, "OUTCOME_UNKNOWN");
}

TEST_F(payments, are_free_after_a_restart) {
  const auto payment = ready_for_a_code();
  ASSERT_TRUE(it.claim(payment.id));
  EXPECT_EQ(it.recover(), 0);
  EXPECT_EQ(it.look(payment.id).status, PaymentStatus::AWAITING_PAYMENT_MFA);
  EXPECT_TRUE(it.claim(payment.id));
}

TEST_F(payments, are_asked_about_though_the_process_died_after_the_order_was_made) {
  const auto payment = it.start();
  const auto claimed = *it.claim(payment.id);
  ASSERT_TRUE(it.record(claimed, banking::Continue{}));
  EXPECT_TRUE(it.payments.is_leased(it.look(payment.id))) << "the caller goes on";
  EXPECT_TRUE(it.look(payment.id).is_silent()) << "the bank may have asked the payer in its app";
  it.recover();
  EXPECT_TRUE(it.database.read([&](db::Transaction& tx) { return it.payments.next_due(tx); })->has_value());
}

// Several gateways on one database

TEST_F(payments, give_back_what_nobody_works_on_and_nothing_else) {
  const auto tidy = [&] {
    return it.database.write([&](db::Transaction& tx) { return it.payments.end_idle_leases(tx); });
  };
  const auto payment = it.start();
  ASSERT_TRUE(it.claim(payment.id));
  ASSERT_TRUE(tidy());
  EXPECT_TRUE(it.payments.is_leased(it.look(payment.id))) << "its time has not come";
  it.real_clock.advance(kLease);
  {
    const auto held = it.payments.hold(payment.id);
    ASSERT_TRUE(tidy());
    EXPECT_TRUE(it.look(payment.id).lease_holder) << "a call is under way, whatever the clock says";
  }
  ASSERT_TRUE(tidy());
  EXPECT_FALSE(it.look(payment.id).lease_holder);

  const auto id = submitting().payment.id;
  it.real_clock.advance(kLease);
  ASSERT_TRUE(tidy());
  EXPECT_TRUE(it.look(id).lease_holder) << "its bank is asked first";
}

TEST_F(payments, leave_a_call_to_the_gateway_that_makes_it_until_that_one_is_gone) {
  const auto claimed = submitting();
  const auto id = claimed.payment.id;
  const Payments others{GatewayId::make(it.clock, it.random),
                        it.clock,
                        it.real_clock,
                        it.random,
                        it.vault,
                        it.events,
                        it.intents,
                        it.destinations,
                        it.sources,
                        it.banks};
  const auto due_for_others = [&] {
    return *it.database.read([&](db::Transaction& tx) { return others.due(tx, it.clock.now(), 10); });
  };
  const auto claim_by_others = [&] {
    return it.database.write(
        [&](db::Transaction& tx) { return others.claim(tx, id, Call::HARMLESS, std::nullopt, {}); });
  };
  const auto recover = [&](GatewayId gone) {
    return *it.database.write([&](db::Transaction& tx) { return others.recover(tx, gone); });
  };
  it.real_clock.advance(hours{24});  // Of the other machine.
  it.clock.advance(hours{24});
  EXPECT_TRUE(due_for_others().empty());
  EXPECT_FALSE(claim_by_others());
  EXPECT_EQ(recover(GatewayId::make(it.clock, it.random)), 0) << "a third one is gone";
  EXPECT_EQ(it.look(id).status, PaymentStatus::SUBMITTING);

  EXPECT_EQ(recover(it.gateway), 1);
  EXPECT_EQ(it.look(id).status_detail, "OUTCOME_UNKNOWN");
  it.clock.advance(minutes{1});
  ASSERT_EQ(due_for_others().size(), 1U) << "its bank is asked";
  EXPECT_EQ(due_for_others()[0].id, id);
  EXPECT_EQ(it.record(claimed, bank_says::accepted())->status, PaymentStatus::PENDING_WITH_BANK)
      << "it only slept: what it brings is set aside";
  EXPECT_TRUE(claim_by_others());
}

TEST_F(payments, hide_the_connectors_memory_in_the_database) {
  ASSERT_TRUE(it.record(*it.claim(it.start().id), bank_says::code(), R"({"authorisation":"5ecret"})"));
  EXPECT_FALSE(it.database.holds_in_the_clear("5ecret"));
  EXPECT_FALSE(it.database.holds_in_the_clear("c0ffee"));
}

TEST_F(payments, are_unknown_to_everybody_but_their_application) {
  const auto payment = it.start();
  const auto other =
      it.database.write([&](db::Transaction& tx) { return it.applications.create(tx, {.name = "Other"}); })
          ->application.id;
  for (const auto& [who, id] : {std::pair{other, payment.id}, std::pair{it.application, PaymentId{}}}) {
    const auto refused = it.database.read([&](db::Transaction& tx) { return it.payments.get(tx, who, id); });
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::UNKNOWN_PAYMENT);
  }
}

}  // namespace
}  // namespace qantara::payments
