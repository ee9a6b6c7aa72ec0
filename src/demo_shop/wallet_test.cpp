#include "demo_shop/wallet.h"

#include "demo_shop/test_support.h"
#include "demo_shop/wallet_store.h"

namespace qantara::demo_shop {
namespace {

using enum TopUpStatus;

TEST_F(WalletTest, counts_a_payment_that_the_bank_has_accepted) {
  EXPECT_EQ(balance(), "0.00");
  EXPECT_EQ(take(PaymentEvent{}), Verdict::APPLIED);
  EXPECT_EQ(balance(), "50.00");
  EXPECT_EQ(view().top_ups.front().bank_reference, "0492981211381081");
}

TEST_F(WalletTest, counts_it_once_however_often_it_is_told) {
  take(PaymentEvent{});
  EXPECT_EQ(take(PaymentEvent{}), Verdict::REPEATED);
  EXPECT_EQ(take(PaymentEvent{.id = "event-2", .type = "payment.updated", .sequence = 3}), Verdict::NOTED);
  EXPECT_EQ(balance(), "50.00");
}

TEST_F(WalletTest, counts_nothing_else) {
  struct Row {
    const char* status;
    const char* detail;
    TopUpStatus expected;
  };
  std::int64_t sequence = 2;
  for (const auto& [status, detail, expected] :
       {Row{"PENDING_WITH_BANK", "", PENDING}, Row{"PENDING_WITH_BANK", "OUTCOME_UNKNOWN", UNKNOWN},
        Row{"PENDING_WITH_BANK", "NO_REFERENCE", PENDING}, Row{"FAILED", "INSUFFICIENT_BALANCE", FAILED}}) {
    const auto id = "event-" + std::to_string(sequence);
    EXPECT_EQ(take(PaymentEvent{.id = id, .sequence = sequence++, .status = status, .detail = detail}),
              Verdict::APPLIED);
    EXPECT_EQ(this->status(), expected) << status;
    EXPECT_EQ(balance(), "0.00") << status;
  }
}

TEST_F(WalletTest, applies_no_event_over_a_later_one) {
  EXPECT_EQ(take(PaymentEvent{.id = "event-3", .type = "payment.updated", .sequence = 3}), Verdict::APPLIED);
  EXPECT_EQ(take(PaymentEvent{.id = "event-2", .sequence = 2, .status = "PENDING_WITH_BANK"}), Verdict::OUTDATED);
  EXPECT_EQ(status(), ACCEPTED);
  EXPECT_EQ(balance(), "50.00");
}

TEST_F(WalletTest, overwrites_no_final_status) {
  take(PaymentEvent{.id = "event-2", .sequence = 2, .status = "FAILED"});
  EXPECT_EQ(take(PaymentEvent{.id = "event-3", .type = "payment.updated", .sequence = 3}), Verdict::CONTRADICTORY);
  EXPECT_EQ(status(), FAILED);
  EXPECT_EQ(balance(), "0.00");
}

TEST_F(WalletTest, believes_no_other_amount_than_it_asked_for) {
  struct Row {
    const char* amount;
    const char* currency;
  };
  int number = 10;
  for (const auto& [amount, currency] :
       {Row{"50.01", "AED"}, Row{"5000.00", "AED"}, Row{"5e1", "AED"}, Row{"-50.00", "AED"}, Row{"50.000", "AED"},
        Row{"50.00", "USD"}, Row{"\"50.00\"", "AED"}, Row{"null", "AED"}, Row{"92233720368547758070", "AED"}}) {
    const auto id = "event-" + std::to_string(++number);
    EXPECT_EQ(take(PaymentEvent{.id = id, .amount = amount, .currency = currency}), Verdict::CONTRADICTORY) << amount;
  }
  EXPECT_EQ(balance(), "0.00");
  EXPECT_EQ(status(), OPEN);
  EXPECT_EQ(take(PaymentEvent{.amount = "50"}), Verdict::APPLIED);  // The same sum, written otherwise.
}

TEST_F(WalletTest, leaves_alone_what_is_not_its_own) {
  EXPECT_EQ(take(PaymentEvent{.customer = "customer-2"}), Verdict::NOT_OURS);
  EXPECT_TRUE(view().journal.empty());
  EXPECT_EQ(take(PaymentEvent{.id = "event-2", .intent = "intent-9"}), Verdict::NOTED);
  EXPECT_EQ(take(PaymentEvent{.id = "event-3", .type = "payment_intent.created"}), Verdict::NOTED);
  EXPECT_EQ(take(PaymentEvent{.id = "event-4", .status = "SOMETHING_NEW"}), Verdict::NOTED);
  EXPECT_EQ(balance(), "0.00");
}

TEST_F(WalletTest, keeps_each_customers_money_apart) {
  take(PaymentEvent{});
  const auto second = database_.write([](db::Transaction& tx) { return start_over(tx, "app-1", kNow); });
  ASSERT_TRUE(second);
  const auto first = customer_;
  customer_ = *second;
  EXPECT_EQ(balance(), "0.00");
  customer_ = first;
  order("intent-2", 10000);
  EXPECT_EQ(take(PaymentEvent{.id = "event-9", .intent = "intent-2", .amount = "100.00"}), Verdict::APPLIED);
  EXPECT_EQ(balance(), "150.00");  // What comes late for the first one is the first one's.
}

TEST_F(WalletTest, begins_anew_for_another_application) {
  const auto other = database_.write([](db::Transaction& tx) { return current_customer(tx, "app-2", kNow); });
  ASSERT_TRUE(other);
  EXPECT_NE(other->number, customer_.number);
  EXPECT_EQ(other->customer_id, std::nullopt);
}

TEST_F(WalletTest, numbers_its_top_ups_as_banks_keep_them) {
  EXPECT_EQ(top_up_.reference(), "MARSA 000001");
  EXPECT_EQ(top_up_.reference().size(), 12U);
}

TEST_F(WalletTest, tells_what_came_and_what_became_of_it) {
  take(PaymentEvent{});
  take(PaymentEvent{});
  ASSERT_TRUE(
      database_.write([](db::Transaction& tx) { return note_refusal(tx, "a guess", std::string(5000, 'x'), kNow); }));
  const auto journal = view().journal;
  ASSERT_EQ(journal.size(), 3U);
  EXPECT_EQ(journal[0].verdict, "APPLIED");
  EXPECT_EQ(journal[0].sequence, 2);
  EXPECT_EQ(journal[0].received, PaymentEvent{}.json());
  EXPECT_EQ(journal[1].verdict, "REPEATED");
  EXPECT_EQ(journal[2].verdict, "REFUSED");
  EXPECT_LT(journal[2].received.size(), 1100U);
  EXPECT_EQ(view().journal_end, 3);
}

TEST_F(WalletTest, keeps_a_bounded_journal) {
  for (int i = 0; i < 1050; ++i) {
    ASSERT_TRUE(database_.write([](db::Transaction& tx) { return note_refusal(tx, "a guess", "", kNow); }));
  }
  EXPECT_EQ(view().journal.size(), 100U);
  const auto kept = database_.read([](db::Transaction& tx) { return select_journal(tx, 0, 5000); });
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->size(), 1000U);
  EXPECT_EQ(kept->front().seq, 51);
}

std::string source_event(std::string_view type, std::int64_t sequence, std::string_view status,
                         std::string_view destination = "destination-1") {
  json::Writer writer;
  writer.begin_object().name("payload").begin_object().member("customer_id", "customer-1");
  if (type == "payment_source.created") {
    writer.member("id", "source-1").member("bank_identifier", "LEANMB1").member("bank_name", "Lean Mockbank 1");
  } else {
    writer.member("id", "beneficiary-1").member("payment_source_id", "source-1");
    writer.member("payment_destination_id", destination).member("payment_source_bank_identifier", "LEANMB1");
  }
  writer.member("status", status).end_object().member("type", type);
  writer.member("event_id", "source-event-" + std::to_string(sequence)).member("sequence", sequence).end_object();
  return std::move(writer).text();
}

constexpr std::string_view kCreated = "payment_source.beneficiary.created";
constexpr std::string_view kUpdated = "payment_source.beneficiary.updated";

TEST_F(WalletTest, learns_of_banks_and_their_cool_off) {
  EXPECT_EQ(take(source_event("payment_source.created", 1, "AWAITING_BENEFICIARY_COOL_OFF")), Verdict::APPLIED);
  EXPECT_EQ(take(source_event(kCreated, 2, "AWAITING_BENEFICIARY_COOL_OFF")), Verdict::APPLIED);
  ASSERT_EQ(view().sources.size(), 1U);
  EXPECT_EQ(view().sources[0].bank_name, "Lean Mockbank 1");
  EXPECT_EQ(view().sources[0].status, "AWAITING_BENEFICIARY_COOL_OFF");
  EXPECT_EQ(take(source_event(kUpdated, 3, "ACTIVE")), Verdict::APPLIED);
  EXPECT_EQ(view().sources[0].status, "ACTIVE");
}

TEST_F(WalletTest, learns_of_banks_in_any_order) {
  EXPECT_EQ(take(source_event(kUpdated, 3, "ACTIVE")), Verdict::APPLIED);
  EXPECT_EQ(take(source_event(kCreated, 2, "AWAITING_BENEFICIARY_COOL_OFF")), Verdict::OUTDATED);
  EXPECT_EQ(take(source_event("payment_source.created", 1, "AWAITING_BENEFICIARY_COOL_OFF")), Verdict::APPLIED);
  ASSERT_EQ(view().sources.size(), 1U);
  EXPECT_EQ(view().sources[0].status, "ACTIVE");
  EXPECT_EQ(view().sources[0].bank_name, "Lean Mockbank 1");
}

TEST_F(WalletTest, ignores_payees_of_other_accounts) {
  EXPECT_EQ(take(source_event(kCreated, 1, "ACTIVE", "destination-2")), Verdict::NOTED);
  EXPECT_TRUE(view().sources.empty());
}

TEST_F(WalletTest, looks_up_a_bank_after_each_event_until_it_has_the_details) {
  take(source_event(kCreated, 2, "AWAITING_BENEFICIARY_COOL_OFF"));
  const auto waiting = [&] {
    const auto found = database_.read([](db::Transaction& tx) { return sources_to_look_up(tx); });
    EXPECT_TRUE(found);
    return *found;
  };
  const auto before = waiting();
  ASSERT_EQ(before.size(), 1U);
  take(source_event(kUpdated, 3, "ACTIVE"));  // While the API was being asked.
  const SourceDetails details{.bank_name = "Lean Mockbank 1", .account_ending = "4001"};
  ASSERT_TRUE(database_.write([&](db::Transaction& tx) { return keep_details(tx, before[0], details); }));
  ASSERT_EQ(waiting().size(), 1U);
  const auto source = waiting().front();
  ASSERT_TRUE(database_.write([&](db::Transaction& tx) { return keep_details(tx, source, details); }));
  EXPECT_TRUE(waiting().empty());
  EXPECT_EQ(view().sources[0].account_ending, "4001");
  EXPECT_EQ(view().sources[0].status, "ACTIVE");
}

}  // namespace
}  // namespace qantara::demo_shop
