// The SQL of the shop's books.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "demo_shop/wallet.h"

namespace qantara::demo_shop {

Result<std::optional<Customer>> select_last_customer(db::Transaction& tx);
Result<std::optional<Customer>> select_customer(db::Transaction& tx, std::int64_t number);
Result<std::optional<Customer>> select_customer_by_id(db::Transaction& tx, std::string_view customer_id);
Result<Customer> insert_customer(db::Transaction& tx, std::string_view app_token, Instant now);
/// Each only where there is none yet.
Result<void> set_customer_id(db::Transaction& tx, std::int64_t number, std::string_view customer_id);
Result<void> set_destination_id(db::Transaction& tx, std::int64_t number, std::string_view destination_id);

Result<std::optional<Source>> select_source(db::Transaction& tx, std::string_view id);
Result<std::vector<Source>> select_sources(db::Transaction& tx, std::int64_t customer);
Result<std::vector<Source>> select_sources_to_look_up(db::Transaction& tx);
Result<void> upsert_source(db::Transaction& tx, const Source& source);
Result<void> update_source_details(db::Transaction& tx, const Source& source, const SourceDetails& details);

Result<std::int64_t> insert_top_up(db::Transaction& tx, const TopUp& top_up);
Result<void> set_intent_id(db::Transaction& tx, std::int64_t number, std::string_view intent_id);
Result<std::optional<TopUp>> select_top_up(db::Transaction& tx, std::string_view intent_id);
Result<std::vector<TopUp>> select_top_ups(db::Transaction& tx, std::int64_t customer);
Result<void> update_top_up(db::Transaction& tx, const TopUp& top_up);
/// Minor units.
Result<std::int64_t> sum_of_accepted(db::Transaction& tx, std::int64_t customer);

/// False if the event is there already.
Result<bool> insert_event(db::Transaction& tx, std::string_view event_id);

Result<void> insert_journal_entry(db::Transaction& tx, const JournalEntry& entry);
/// Of those after `after` the newest `limit`, oldest first.
Result<std::vector<JournalEntry>> select_journal(db::Transaction& tx, std::int64_t after, std::int64_t limit);
Result<std::int64_t> select_journal_end(db::Transaction& tx);

}  // namespace qantara::demo_shop
