#include "demo_shop/wallet.h"

#include <array>

#include "demo_shop/wallet_store.h"

namespace qantara::demo_shop {

namespace {

constexpr std::int64_t kJournalShown = 100;
constexpr std::size_t kBodyKept = 8 * 1024;
constexpr std::size_t kForgedBodyKept = 1024;  ///< Anybody can send one, and as often as it likes.

constexpr auto kStatuses = std::to_array<std::pair<TopUpStatus, std::string_view>>({
    {TopUpStatus::OPEN, "OPEN"},
    {TopUpStatus::PENDING, "PENDING"},
    {TopUpStatus::UNKNOWN, "UNKNOWN"},
    {TopUpStatus::ACCEPTED, "ACCEPTED"},
    {TopUpStatus::FAILED, "FAILED"},
});

/// What became of an event, and why where the verdict does not say it.
struct Judgement {
  Verdict verdict;
  std::string note;
};

std::optional<PaymentNews> news_of(const Event& event) {
  const auto status = event.text("status");
  if (status == "ACCEPTED_BY_BANK") return PaymentNews::accepted;
  if (status == "FAILED") return PaymentNews::failed;
  if (status != "PENDING_WITH_BANK") return std::nullopt;
  return event.text("status_additional_info") == "OUTCOME_UNKNOWN" ? PaymentNews::unknown : PaymentNews::pending;
}

/// Whether the payment is of the very sum that was asked for. The text of the number is compared, never a floating-point value.
bool is_of(const Event& event, const money::Money& amount) {
  const auto* const number = event.payload.find("amount");
  if (number == nullptr || !number->is(json::Kind::NUMBER)) return false;
  if (event.text("currency") != amount.currency().code()) return false;
  const auto paid = money::Money::parse(number->number_text(), amount.currency());
  return paid && *paid == amount;
}

/// Whether a final status says what `news` says again.
bool is_settled_as(TopUpStatus status, PaymentNews news) {
  return next_state(kTopUpTransitions, TopUpStatus::OPEN, news) == status;
}

/// Events of one thing arrive in order, unless one was given up or comes again: what is older than the last one applied is old news.
bool is_old(const Event& event, std::int64_t applied) { return event.sequence && *event.sequence <= applied; }

Result<Judgement> apply_payment(db::Transaction& tx, const Event& event) {
  ASSIGN_OR_RETURN(auto top_up, select_top_up(tx, event.text("intent_id")));
  if (!top_up) return Judgement{Verdict::NOTED, "the wallet has no top-up with this intent"};
  if (is_old(event, top_up->sequence)) return Judgement{Verdict::OUTDATED, ""};
  const auto news = news_of(event);
  if (!news) return Judgement{Verdict::NOTED, "a status that the wallet does not know"};
  if (!is_of(event, top_up->amount)) return Judgement{Verdict::CONTRADICTORY, "another amount than was asked for"};
  const auto next = next_state(kTopUpTransitions, top_up->status, *news);
  if (!next && is_settled_as(top_up->status, *news)) return Judgement{Verdict::NOTED, "known already"};
  if (!next) return Judgement{Verdict::CONTRADICTORY, "the payment was " + std::string{to_text(top_up->status)}};

  top_up->status = *next;
  top_up->reason = event.text("status_additional_info");
  top_up->bank_reference = event.text("bank_transaction_reference");
  top_up->sequence = event.sequence.value_or(top_up->sequence);
  RETURN_IF_ERROR(update_top_up(tx, *top_up));
  return Judgement{Verdict::APPLIED, ""};
}

Source source_of(const Event& event, const Customer& customer, std::string_view id, std::string_view bank) {
  return {.id = std::string{id},
          .customer = customer.number,
          .bank_identifier = std::string{event.text(bank)},
          .bank_name = std::string{event.text(bank)}};
}

/// The event of the source itself tells the bank's name; how the payee stands is told by the beneficiary's events.
Result<Judgement> apply_source(db::Transaction& tx, const Customer& customer, const Event& event) {
  ASSIGN_OR_RETURN(auto known, select_source(tx, event.text("id")));
  auto source = known ? *std::move(known) : source_of(event, customer, event.text("id"), "bank_identifier");
  source.bank_name = event.text("bank_name");
  RETURN_IF_ERROR(upsert_source(tx, source));
  return Judgement{Verdict::APPLIED, ""};
}

Result<Judgement> apply_beneficiary(db::Transaction& tx, const Customer& customer, const Event& event) {
  if (event.text("payment_destination_id") != customer.destination_id) {
    return Judgement{Verdict::NOTED, "about another account than this wallet's"};
  }
  const auto id = event.text("payment_source_id");
  ASSIGN_OR_RETURN(auto known, select_source(tx, id));
  auto source = known ? *std::move(known) : source_of(event, customer, id, "payment_source_bank_identifier");
  if (is_old(event, source.sequence)) return Judgement{Verdict::OUTDATED, ""};
  source.status = event.text("status");
  source.sequence = event.sequence.value_or(source.sequence + 1);
  RETURN_IF_ERROR(upsert_source(tx, source));
  return Judgement{Verdict::APPLIED, ""};
}

Result<Judgement> apply(db::Transaction& tx, const Customer& customer, const Event& event) {
  if (event.type == "payment.created" || event.type == "payment.updated") return apply_payment(tx, event);
  if (event.type == "payment_source.created") return apply_source(tx, customer, event);
  if (event.type == "payment_source.beneficiary.created" || event.type == "payment_source.beneficiary.updated") {
    return apply_beneficiary(tx, customer, event);
  }
  return Judgement{Verdict::NOTED, ""};
}

std::string cut(std::string_view text, std::size_t length) {
  return text.size() <= length ? std::string{text} : std::string{text.substr(0, length)} + "…";
}

Result<Customer> reread(db::Transaction& tx, const Customer& customer) {
  ASSIGN_OR_RETURN(auto found, select_customer(tx, customer.number));
  CHECK(found.has_value());
  return *std::move(found);
}

}  // namespace

money::Currency wallet_currency() {
  static const auto kCurrency = money::Currency::find("AED");
  return *kCurrency;
}

std::string_view to_text(TopUpStatus status) {
  for (const auto& [value, text] : kStatuses) {
    if (value == status) return text;
  }
  CHECK(false);
}

std::optional<TopUpStatus> parse_top_up_status(std::string_view text) {
  for (const auto& [value, name] : kStatuses) {
    if (name == text) return value;
  }
  return std::nullopt;
}

std::string_view to_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::APPLIED:
      return "APPLIED";
    case Verdict::NOTED:
      return "NOTED";
    case Verdict::REPEATED:
      return "REPEATED";
    case Verdict::OUTDATED:
      return "OUTDATED";
    case Verdict::CONTRADICTORY:
      return "CONTRADICTORY";
    case Verdict::NOT_OURS:
      return "NOT_OURS";
    case Verdict::REFUSED:
      return "REFUSED";
  }
  return "REFUSED";
}

std::string TopUp::reference() const {
  const auto digits = std::to_string(number);
  return "MARSA " + std::string(digits.size() < 6 ? 6 - digits.size() : 0, '0') + digits;
}

Result<Customer> current_customer(db::Transaction& tx, std::string_view app_token, Instant now) {
  ASSIGN_OR_RETURN(auto last, select_last_customer(tx));
  if (last && last->app_token == app_token) return *std::move(last);
  return insert_customer(tx, app_token, now);
}

Result<Customer> last_customer(db::Transaction& tx, std::string_view app_token) {
  ASSIGN_OR_RETURN(auto last, select_last_customer(tx));
  if (last && last->app_token == app_token) return *std::move(last);
  return Customer{.app_token = std::string{app_token}};
}

Result<std::optional<Customer>> find_customer(db::Transaction& tx, std::int64_t number) {
  return select_customer(tx, number);
}

Result<Customer> start_over(db::Transaction& tx, std::string_view app_token, Instant now) {
  return insert_customer(tx, app_token, now);
}

Result<Customer> keep_customer_id(db::Transaction& tx, const Customer& customer, std::string_view customer_id) {
  RETURN_IF_ERROR(set_customer_id(tx, customer.number, customer_id));
  return reread(tx, customer);
}

Result<Customer> keep_destination_id(db::Transaction& tx, const Customer& customer, std::string_view destination_id) {
  RETURN_IF_ERROR(set_destination_id(tx, customer.number, destination_id));
  return reread(tx, customer);
}

Result<TopUp> order_top_up(db::Transaction& tx, const Customer& customer, money::Money amount, Instant now) {
  TopUp top_up{.customer = customer.number, .amount = amount, .created_at = now};
  ASSIGN_OR_RETURN(top_up.number, insert_top_up(tx, top_up));
  return top_up;
}

Result<void> keep_intent_id(db::Transaction& tx, const TopUp& top_up, std::string_view intent_id) {
  return set_intent_id(tx, top_up.number, intent_id);
}

Result<Verdict> receive(db::Transaction& tx, const Event& event, std::string_view body, Instant now) {
  ASSIGN_OR_RETURN(const auto customer, select_customer_by_id(tx, event.text("customer_id")));
  if (!customer) return Verdict::NOT_OURS;

  ASSIGN_OR_RETURN(const bool is_new, insert_event(tx, event.id));
  Judgement judgement{Verdict::REPEATED, ""};
  if (is_new) {
    ASSIGN_OR_RETURN(judgement, apply(tx, *customer, event));
  }
  RETURN_IF_ERROR(insert_journal_entry(tx, {.at = now,
                                            .kind = JournalEntry::Kind::WEBHOOK,
                                            .title = event.type,
                                            .http_status = 200,
                                            .verdict = std::string{to_text(judgement.verdict)},
                                            .note = judgement.note,
                                            .sequence = event.sequence,
                                            .event_id = event.id,
                                            .received = cut(body, kBodyKept)}));
  return judgement.verdict;
}

Result<void> note_refusal(db::Transaction& tx, std::string_view fault, std::string_view body, Instant now) {
  return insert_journal_entry(tx, {.at = now,
                                   .kind = JournalEntry::Kind::WEBHOOK,
                                   .http_status = 400,
                                   .verdict = std::string{to_text(Verdict::REFUSED)},
                                   .note = std::string{fault},
                                   .received = cut(body, kForgedBodyKept)});
}

Result<void> note_call(db::Transaction& tx, const JournalEntry& entry) {
  auto kept = entry;
  kept.sent = cut(entry.sent, kBodyKept);
  kept.received = cut(entry.received, kBodyKept);
  return insert_journal_entry(tx, kept);
}

Result<std::vector<Source>> sources_to_look_up(db::Transaction& tx) { return select_sources_to_look_up(tx); }

Result<void> keep_details(db::Transaction& tx, const Source& source, const SourceDetails& details) {
  return update_source_details(tx, source, details);
}

Result<View> look(db::Transaction& tx, const Customer& customer, std::int64_t after) {
  ASSIGN_OR_RETURN(const auto accepted, sum_of_accepted(tx, customer.number));
  View view{.customer = customer, .balance = {accepted, wallet_currency()}};
  ASSIGN_OR_RETURN(view.sources, select_sources(tx, customer.number));
  ASSIGN_OR_RETURN(view.top_ups, select_top_ups(tx, customer.number));
  ASSIGN_OR_RETURN(view.journal, select_journal(tx, after, kJournalShown));
  ASSIGN_OR_RETURN(view.journal_end, select_journal_end(tx));
  return view;
}

}  // namespace qantara::demo_shop
