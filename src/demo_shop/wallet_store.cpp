#include "demo_shop/wallet_store.h"

#include <algorithm>

namespace qantara::demo_shop {

namespace {

constexpr std::int64_t kJournalKept = 1000;

std::int64_t read_integer(db::Row& row) { return row.take<std::int64_t>(); }

Customer read_customer(db::Row& row) {
  return {.number = row.take<std::int64_t>(),
          .app_token = row.take<std::string>(),
          .customer_id = row.take<std::optional<std::string>>(),
          .destination_id = row.take<std::optional<std::string>>()};
}

Source read_source(db::Row& row) {
  return {.id = row.take<std::string>(),
          .customer = row.take<std::int64_t>(),
          .bank_identifier = row.take<std::string>(),
          .bank_name = row.take<std::string>(),
          .bank_arabic_name = row.take<std::string>(),
          .status = row.take<std::string>(),
          .cool_off_until = row.take<std::optional<Instant>>(),
          .account_ending = row.take<std::string>(),
          .sequence = row.take<std::int64_t>()};
}

TopUp read_top_up(db::Row& row) {
  const auto number = row.take<std::int64_t>();
  const auto customer = row.take<std::int64_t>();
  const money::Money amount{row.take<std::int64_t>(), wallet_currency()};
  auto intent_id = row.take<std::optional<std::string>>();
  const auto status = parse_top_up_status(row.take<std::string>());
  CHECK(status.has_value());
  return {.number = number,
          .customer = customer,
          .amount = amount,
          .intent_id = std::move(intent_id).value_or(""),
          .status = *status,
          .reason = row.take<std::string>(),
          .bank_reference = row.take<std::string>(),
          .sequence = row.take<std::int64_t>(),
          .created_at = row.take<Instant>()};
}

JournalEntry read_journal_entry(db::Row& row) {
  return {.seq = row.take<std::int64_t>(),
          .at = row.take<Instant>(),
          .kind = row.take<std::string>() == "CALL" ? JournalEntry::Kind::CALL : JournalEntry::Kind::WEBHOOK,
          .title = row.take<std::string>(),
          .http_status = row.take<int>(),
          .verdict = row.take<std::string>(),
          .note = row.take<std::string>(),
          .sequence = row.take<std::optional<std::int64_t>>(),
          .event_id = row.take<std::string>(),
          .sent = row.take<std::string>(),
          .received = row.take<std::string>()};
}

}  // namespace

Result<std::optional<Customer>> select_last_customer(db::Transaction& tx) {
  return tx.one("SELECT number, app_token, customer_id, destination_id FROM customers ORDER BY number DESC LIMIT 1",
                read_customer);
}

Result<std::optional<Customer>> select_customer(db::Transaction& tx, std::int64_t number) {
  return tx.one("SELECT number, app_token, customer_id, destination_id FROM customers WHERE number = $1", read_customer,
                number);
}

Result<std::optional<Customer>> select_customer_by_id(db::Transaction& tx, std::string_view customer_id) {
  return tx.one("SELECT number, app_token, customer_id, destination_id FROM customers WHERE customer_id = $1",
                read_customer, customer_id);
}

Result<Customer> insert_customer(db::Transaction& tx, std::string_view app_token, Instant now) {
  ASSIGN_OR_RETURN(const auto number,
                   tx.one("INSERT INTO customers (app_token, created_at) VALUES ($1, $2) RETURNING number",
                          read_integer, app_token, now));
  CHECK(number.has_value());
  return Customer{.number = *number, .app_token = std::string{app_token}};
}

Result<void> set_customer_id(db::Transaction& tx, std::int64_t number, std::string_view customer_id) {
  RETURN_IF_ERROR(tx.execute("UPDATE customers SET customer_id = $2 WHERE number = $1 AND customer_id IS NULL", number,
                             customer_id));
  return {};
}

Result<void> set_destination_id(db::Transaction& tx, std::int64_t number, std::string_view destination_id) {
  RETURN_IF_ERROR(tx.execute("UPDATE customers SET destination_id = $2 WHERE number = $1 AND destination_id IS NULL",
                             number, destination_id));
  return {};
}

Result<std::optional<Source>> select_source(db::Transaction& tx, std::string_view id) {
  return tx.one(
      "SELECT id, customer_number, bank_identifier, bank_name, bank_arabic_name, status, cool_off_until, "
      "account_ending, sequence FROM sources WHERE id = $1",
      read_source, id);
}

Result<std::vector<Source>> select_sources(db::Transaction& tx, std::int64_t customer) {
  // The gateway's ids sort by the time they were made at.
  return tx.all(
      "SELECT id, customer_number, bank_identifier, bank_name, bank_arabic_name, status, cool_off_until, "
      "account_ending, sequence FROM sources WHERE customer_number = $1 ORDER BY id",
      read_source, customer);
}

Result<std::vector<Source>> select_sources_to_look_up(db::Transaction& tx) {
  return tx.all(
      "SELECT id, customer_number, bank_identifier, bank_name, bank_arabic_name, status, cool_off_until, "
      "account_ending, sequence FROM sources WHERE looked_up < sequence ORDER BY id",
      read_source);
}

Result<void> upsert_source(db::Transaction& tx, const Source& source) {
  RETURN_IF_ERROR(
      tx.execute("INSERT INTO sources (id, customer_number, bank_identifier, bank_name, status, sequence) "
                 "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO UPDATE SET bank_name = excluded.bank_name, "
                 "status = excluded.status, sequence = excluded.sequence",
                 source.id, source.customer, source.bank_identifier, source.bank_name, source.status, source.sequence));
  return {};
}

Result<void> update_source_details(db::Transaction& tx, const Source& source, const SourceDetails& details) {
  RETURN_IF_ERROR(
      tx.execute("UPDATE sources SET bank_name = $2, bank_arabic_name = $3, cool_off_until = $4, account_ending = $5, "
                 "looked_up = $6 WHERE id = $1",
                 source.id, details.bank_name, details.bank_arabic_name, details.cool_off_until, details.account_ending,
                 source.sequence));
  return {};
}

Result<std::int64_t> insert_top_up(db::Transaction& tx, const TopUp& top_up) {
  ASSIGN_OR_RETURN(
      const auto number,
      tx.one("INSERT INTO top_ups (customer_number, amount, status, created_at) VALUES ($1, $2, $3, $4) "
             "RETURNING number",
             read_integer, top_up.customer, top_up.amount.minor(), to_text(top_up.status), top_up.created_at));
  CHECK(number.has_value());
  return *number;
}

Result<void> set_intent_id(db::Transaction& tx, std::int64_t number, std::string_view intent_id) {
  RETURN_IF_ERROR(tx.execute("UPDATE top_ups SET intent_id = $2 WHERE number = $1", number, intent_id));
  return {};
}

Result<std::optional<TopUp>> select_top_up(db::Transaction& tx, std::string_view intent_id) {
  return tx.one(
      "SELECT number, customer_number, amount, intent_id, status, reason, bank_reference, sequence, created_at "
      "FROM top_ups WHERE intent_id = $1",
      read_top_up, intent_id);
}

Result<std::vector<TopUp>> select_top_ups(db::Transaction& tx, std::int64_t customer) {
  return tx.all(
      "SELECT number, customer_number, amount, intent_id, status, reason, bank_reference, sequence, created_at "
      "FROM top_ups WHERE customer_number = $1 AND intent_id IS NOT NULL ORDER BY number DESC LIMIT 50",
      read_top_up, customer);
}

Result<void> update_top_up(db::Transaction& tx, const TopUp& top_up) {
  RETURN_IF_ERROR(
      tx.execute("UPDATE top_ups SET status = $2, reason = $3, bank_reference = $4, sequence = $5 WHERE number = $1",
                 top_up.number, to_text(top_up.status), top_up.reason, top_up.bank_reference, top_up.sequence));
  return {};
}

Result<std::int64_t> sum_of_accepted(db::Transaction& tx, std::int64_t customer) {
  ASSIGN_OR_RETURN(
      const auto sum,
      tx.one("SELECT COALESCE(SUM(amount), 0) FROM top_ups WHERE customer_number = $1 AND status = 'ACCEPTED'",
             read_integer, customer));
  return sum.value_or(0);
}

Result<bool> insert_event(db::Transaction& tx, std::string_view event_id) {
  ASSIGN_OR_RETURN(const auto inserted,
                   tx.execute("INSERT INTO events (event_id) VALUES ($1) ON CONFLICT DO NOTHING", event_id));
  return inserted == 1;
}

Result<void> insert_journal_entry(db::Transaction& tx, const JournalEntry& entry) {
  const std::string_view kind = entry.kind == JournalEntry::Kind::CALL ? "CALL" : "WEBHOOK";
  RETURN_IF_ERROR(tx.execute(
      "INSERT INTO journal (at, kind, title, http_status, verdict, note, sequence, event_id, sent, received) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
      entry.at, kind, entry.title, entry.http_status, entry.verdict, entry.note, entry.sequence, entry.event_id,
      entry.sent, entry.received));
  RETURN_IF_ERROR(tx.execute("DELETE FROM journal WHERE seq <= (SELECT MAX(seq) FROM journal) - $1", kJournalKept));
  return {};
}

Result<std::vector<JournalEntry>> select_journal(db::Transaction& tx, std::int64_t after, std::int64_t limit) {
  ASSIGN_OR_RETURN(auto newest_first,
                   tx.all("SELECT seq, at, kind, title, http_status, verdict, note, sequence, event_id, sent, received "
                          "FROM journal WHERE seq > $1 ORDER BY seq DESC LIMIT $2",
                          read_journal_entry, after, limit));
  std::ranges::reverse(newest_first);
  return newest_first;
}

Result<std::int64_t> select_journal_end(db::Transaction& tx) {
  ASSIGN_OR_RETURN(const auto end, tx.one("SELECT COALESCE(MAX(seq), 0) FROM journal", read_integer));
  return end.value_or(0);
}

}  // namespace qantara::demo_shop
