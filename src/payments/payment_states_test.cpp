// docs/reference/states.md is rendered from the tables; a stale page fails here. QANTARA_RENDER=1 writes it anew.
#include "payments/payment_states.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "payment_sources/beneficiary_states.h"
#include "payments/check_schedule.h"
#include "payments/payments.h"

namespace qantara::payments {
namespace {

using payment_intents::IntentEvent;
using payment_intents::IntentStatus;
using payment_sources::BeneficiaryEvent;
using payment_sources::BeneficiaryStatus;
using payment_sources::kBeneficiaryTransitions;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

std::vector<PaymentStatus> every_status() {
  std::vector<PaymentStatus> statuses;
  for (int i = 0; i <= static_cast<int>(PaymentStatus::FAILED); ++i) statuses.push_back(static_cast<PaymentStatus>(i));
  return statuses;
}
std::vector<PaymentEvent> every_event() {
  std::vector<PaymentEvent> all;
  for (int i = 0; i <= static_cast<int>(PaymentEvent::outcome_unknown); ++i)
    all.push_back(static_cast<PaymentEvent>(i));
  return all;
}

TEST(payment_states, are_read_as_they_are_written) {
  for (const auto status : every_status()) EXPECT_EQ(parse_payment_status(to_text(status)), status) << to_text(status);
  EXPECT_FALSE(parse_payment_status("PENDING"));
  EXPECT_FALSE(parse_payment_status(""));
}

TEST(payment_states, are_each_waiting_or_completed_or_ours) {
  for (const auto status : every_status()) {
    EXPECT_EQ(int{is_waiting(status)} + int{is_completed(status)} + int{status == PaymentStatus::SUBMITTING}, 1)
        << to_text(status);
    if (is_final(status)) EXPECT_TRUE(is_completed(status)) << to_text(status);
  }
}

TEST(payment_states, never_lead_from_completed_back_to_waiting) {
  for (const auto& row : kPaymentTransitions) {
    if (is_completed(row.from)) EXPECT_TRUE(is_completed(row.to)) << to_text(row.from) << " on " << to_text(row.on);
  }
}

TEST(payment_states, fail_only_by_the_banks_word) {
  for (const auto& row : kPaymentTransitions) {
    if (row.to == PaymentStatus::FAILED) EXPECT_EQ(row.on, PaymentEvent::bank_rejected) << to_text(row.from);
    if (row.to == PaymentStatus::ACCEPTED_BY_BANK) EXPECT_EQ(row.on, PaymentEvent::bank_accepted) << to_text(row.from);
  }
}

TEST(payment_states, submit_only_what_waits_for_a_code) {
  for (const auto status : every_status()) {
    const auto next = next_state(kPaymentTransitions, status, PaymentEvent::submission_started);
    EXPECT_EQ(next.has_value(), status == PaymentStatus::AWAITING_PAYMENT_MFA) << to_text(status);
    const auto lost = next_state(kPaymentTransitions, status, PaymentEvent::outcome_unknown);
    EXPECT_EQ(lost.has_value(), status == PaymentStatus::SUBMITTING) << to_text(status);
  }
}

std::string_view name_of_event(IntentEvent event) {
  switch (event) {
    case IntentEvent::payment_started:
      return "payment_started";
    case IntentEvent::time_ran_out:
      return "time_ran_out";
    case IntentEvent::cancelled:
      return "cancelled";
  }
  return "";
}

// The page

std::string cell(std::string_view text) { return "`" + std::string{text} + "`"; }

template <class Statuses, class Events, class Table, class Name, class EventName>
std::string render_table(const Statuses& statuses, const Events& events_of_table, const Table& table, Name name,
                         EventName event_name) {
  std::string page = "| in \\ on |";
  for (const auto on : events_of_table) page += " " + cell(event_name(on)) + " |";
  page += "\n|---|";
  for (std::size_t i = 0; i < std::size(events_of_table); ++i) page += "---|";
  page += "\n";
  for (const auto from : statuses) {
    page += "| " + cell(name(from)) + " |";
    for (const auto on : events_of_table) {
      const auto to = next_state(table, from, on);
      page += to ? " " + cell(name(*to)) + " |" : " – |";
    }
    page += "\n";
  }
  return page;
}

std::string render_states() {
  std::string page =
      "# States\n\n"
      "Rendered from `src/payments/payment_states.h`, `src/payment_intents/intent_states.h` and\n"
      "`src/payment_sources/beneficiary_states.h`. A status changes only by an entry of its table, in the transaction "
      "that appends the\n"
      "event which tells of it. A dash is a change that cannot happen: it is refused, and nothing is written.\n\n"
      "## Payments\n\n"
      "| status | the payer | told as |\n|---|---|---|\n";
  for (const auto status : every_status()) {
    page += "| " + cell(to_text(status)) + " | ";
    page += is_waiting(status) ? "has something to do" : is_final(status) ? "is done" : "waits";
    page += " | ";
    page += status == PaymentStatus::SUBMITTING ? "the waiting status before it"
            : is_completed(status)              ? "`payment.created`, later `payment.updated`"
                                                : "the intent's payment";
    page += " |\n";
  }
  page +=
      "\n`SUBMITTING` is committed before the one request that can move money leaves. `bank_accepted`, `bank_pending` "
      "and `bank_rejected`\n"
      "are facts that the bank has stated; no timer is one. `outcome_unknown` is a submission without an answer that "
      "can be trusted:\n"
      "the bank is asked until it states a fact. What is final never changes; what contradicts it is kept beside "
      "it.\n\n";
  page += render_table(
      every_status(), every_event(), kPaymentTransitions, [](auto status) { return to_text(status); },
      [](auto event) { return to_text(event); });
  page +=
      "\n## Payment intents\n\n"
      "An intent is used once, or not at all. `payment_started` is the payer's word, `time_ran_out` the clock's "
      "(`payment_intent.expired`),\n"
      "`cancelled` the merchant's (`payment_intent.cancelled`). What is not `INTENT_CREATED` any more is refused as "
      "`PAYMENT_INTENT_ALREADY_USED`\n"
      "or `PAYMENT_INTENT_EXPIRED`; to cancel a second time changes nothing.\n\n";
  page += render_table(
      std::array{IntentStatus::INTENT_CREATED, IntentStatus::INTENT_USED, IntentStatus::INTENT_EXPIRED,
                 IntentStatus::INTENT_CANCELLED},
      std::array{IntentEvent::payment_started, IntentEvent::time_ran_out, IntentEvent::cancelled},
      payment_intents::kIntentTransitions, [](auto status) { return payment_intents::to_text(status); }, name_of_event);
  page += "\n## Beneficiaries\n\nWhere a beneficiary begins is the bank's word: cooling off, or usable at once.\n\n";
  page += render_table(
      std::array{BeneficiaryStatus::AWAITING_BENEFICIARY_COOL_OFF, BeneficiaryStatus::ACTIVE},
      std::array{BeneficiaryEvent::cool_off_ended}, kBeneficiaryTransitions,
      [](auto status) { return payment_sources::to_text(status); }, [](auto) { return "cool_off_ended"; });
  return page;
}

TEST(payment_states, stand_in_the_reference_as_the_code_has_them) {
  const std::filesystem::path page = std::filesystem::path{QANTARA_SOURCE_DIR} / "docs/reference/states.md";
  const auto rendered = render_states();
  if (std::getenv("QANTARA_RENDER") != nullptr) std::ofstream{page} << rendered;
  std::ifstream in{page};
  const std::string stored{std::istreambuf_iterator<char>{in}, {}};
  EXPECT_EQ(stored, rendered) << "stale: run payments_test with QANTARA_RENDER=1";
}

// When to ask again

TEST(check_schedule, asks_about_unknown_outcomes_ever_more_rarely_and_never_stops) {
  const Duration expected[] = {seconds{2}, seconds{5},  seconds{15}, minutes{1},
                               minutes{5}, minutes{15}, hours{1},    hours{1}};
  for (int i = 0; i < static_cast<int>(std::size(expected)); ++i) {
    EXPECT_EQ(next_check_delay(PaymentStatus::PENDING_WITH_BANK, i), expected[i]) << i;
    EXPECT_EQ(next_check_delay(PaymentStatus::SUBMITTING, i), expected[i]) << i;
  }
  EXPECT_EQ(next_check_delay(PaymentStatus::PENDING_WITH_BANK, 1'000'000), hours{1});

  const Duration of_bank[] = {seconds{7}, minutes{9}};
  EXPECT_EQ(next_check_delay(PaymentStatus::PENDING_WITH_BANK, 0, of_bank), seconds{7});
  EXPECT_EQ(next_check_delay(PaymentStatus::PENDING_WITH_BANK, 5, of_bank), minutes{9});
  EXPECT_EQ(next_check_delay(PaymentStatus::AWAITING_APP_AUTH, 0, of_bank), seconds{2})
      << "a person's act has its own pace";
}

TEST(check_schedule, asks_often_while_a_person_looks_at_a_phone) {
  EXPECT_EQ(next_check_delay(PaymentStatus::AWAITING_APP_AUTH, 0), seconds{2});
  EXPECT_EQ(next_check_delay(PaymentStatus::AWAITING_APP_AUTH, 14), seconds{2});
  EXPECT_EQ(next_check_delay(PaymentStatus::AWAITING_APP_AUTH, 15), seconds{5});
  EXPECT_EQ(next_check_delay(PaymentStatus::AWAITING_APP_AUTH, 119), seconds{5});
  EXPECT_EQ(next_check_delay(PaymentStatus::AWAITING_APP_AUTH, 120), minutes{5});
  EXPECT_EQ(next_check_delay(PaymentStatus::AWAITING_APP_AUTH, 1'000'000), minutes{5});
}

TEST(check_schedule, asks_about_a_code_that_nobody_typed_when_it_should_have_lapsed) {
  for (const auto status : {PaymentStatus::AWAITING_LOGIN_MFA, PaymentStatus::AWAITING_PAYMENT_MFA}) {
    EXPECT_EQ(next_check_delay(status, 0), minutes{16});
    EXPECT_EQ(next_check_delay(status, 1), minutes{16});
    EXPECT_EQ(next_check_delay(status, 2), hours{1});
    EXPECT_EQ(next_check_delay(status, 1'000'000), hours{1});
  }
}

TEST(check_schedule, waits_longer_or_as_long_but_always_a_while) {
  for (const auto status : every_status()) {
    for (int checks = 0; checks < 200; ++checks) {
      const auto delay = next_check_delay(status, checks);
      EXPECT_GE(delay, seconds{2});
      EXPECT_LE(delay, next_check_delay(status, checks + 1));
    }
  }
}

// What goes to the statement

TEST(reference_for, is_made_of_what_the_bank_takes) {
  const auto id = *IntentId::parse("01a1fe52d181710f8fb6837d937ba468");
  const struct {
    std::string_view description;
    std::string_view characters;
    std::size_t length;
    std::string_view sent;
  } rows[] = {
      {"Order #17, Dubai", "", 32, "Order #17, Dubai"},
      {"Order #17, Dubai", "A-Za-z0-9 ", 32, "Order 17 Dubai"},
      {"Order #17, Dubai", "A-Z0-9 ", 12, "ORDER 17 DUB"},
      {" (a) ", "0-9a-f", 32, "a"},
      {"طلب 17", "A-F0-9", 32, "17"},
      {"طلب", "A-F0-9", 12, "837D937BA468"},
      {"طلب", "", 2, "طل"},
      {"###", "a-z0-9", 12, "837d937ba468"},
  };
  for (const auto& row : rows) {
    const payment_intents::PaymentIntent intent{
        .id = id, .amount = {100, *money::Currency::find("AED")}, .description = std::string{row.description}};
    const banking::Bank bank{.reference_length = row.length, .reference_characters = std::string{row.characters}};
    EXPECT_EQ(reference_for(intent, bank), row.sent) << row.description << " at " << row.characters;
  }
}

TEST(cut_reference, keeps_the_beginning_of_the_merchants_words_and_the_end_of_ours) {
  const struct {
    std::string_view description;
    bool is_default;
    std::size_t length;
    std::string_view kept;
  } rows[] = {
      {"Order 17", false, 32, "Order 17"},
      {"Order 17", false, 8, "Order 17"},
      {"Order 17", false, 7, "Order 1"},
      {"Order 17", false, 0, ""},
      {"طلب رقم ١٧", false, 32, "طلب رقم ١٧"},
      {"طلب رقم ١٧", false, 3, "طلب"},
      {"a\u20acb", false, 2, "a\u20ac"},
      {"a\U0001f600b", false, 1, "a"},
      {"0123456789abcdef", true, 16, "0123456789abcdef"},
      {"0123456789abcdef", true, 12, "456789abcdef"},
  };
  for (const auto& row : rows)
    EXPECT_EQ(cut_reference(row.description, row.is_default, row.length), row.kept) << row.description << row.length;
}

}  // namespace
}  // namespace qantara::payments
