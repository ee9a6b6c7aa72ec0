// Marsa Wallet's books, as plain functions over a transaction: who tops up, with which banks, how much, and what webhooks said.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "db/transaction.h"
#include "demo_shop/top_up_states.h"
#include "demo_shop/webhook.h"
#include "money/money.h"

namespace qantara::demo_shop {

/// The wallet holds one currency.
money::Currency wallet_currency();

struct Customer {
  std::int64_t number = 0;
  std::string app_token;                      ///< Of the application it was made for.
  std::optional<std::string> customer_id;     ///< Once the gateway knows the customer,
  std::optional<std::string> destination_id;  ///< and the account that holds this customer's money.
};

struct Source {
  std::string id;
  std::int64_t customer = 0;
  std::string bank_identifier;
  std::string bank_name;
  std::string bank_arabic_name;  ///< Empty until looked up.
  std::string status;            ///< As webhooks tell; empty until one has.
  std::optional<Instant> cool_off_until;
  std::string account_ending;  ///< The last four digits; empty until looked up.
  std::int64_t sequence = 0;
};

struct TopUp {
  std::int64_t number = 0;
  std::int64_t customer = 0;
  money::Money amount;
  std::string intent_id;  ///< Empty until the gateway has made the intent.
  TopUpStatus status = TopUpStatus::OPEN;
  std::string reason;
  std::string bank_reference;
  std::int64_t sequence = 0;
  Instant created_at;

  std::string reference()
      const;  ///< As it stands on statements, "MARSA 000017": twelve characters, which every bank keeps.
};

/// What became of a webhook.
enum class Verdict {
  APPLIED,        ///< It changed something.
  NOTED,          ///< Genuine, and nothing follows from it here.
  REPEATED,       ///< This event came before.
  OUTDATED,       ///< A later event of the same thing came before.
  CONTRADICTORY,  ///< Genuine, but it does not fit what is known: for a person to look at. Changes nothing.
  NOT_OURS,       ///< About a customer that the shop does not have. Not even kept.
  REFUSED,        ///< Not genuine.
};
std::string_view to_text(Verdict verdict);

/// One line of "What happened behind": a call to the gateway, or a webhook from it.
struct JournalEntry {
  std::int64_t seq = 0;
  Instant at;
  enum class Kind { CALL, WEBHOOK } kind = Kind::CALL;
  std::string title;    ///< "POST /payments/v1/intents", "payment.created"
  int http_status = 0;  ///< Of the gateway's answer, or ours; 0 if there was none.
  std::string verdict;  ///< Of a webhook.
  std::string note;     ///< What went wrong.
  std::optional<std::int64_t> sequence;
  std::string event_id;
  std::string sent;  ///< Bodies, cut where they are long.
  std::string received;
};

/// The customer that the page shows: the last one, or a new one if there is none of this application.
Result<Customer> current_customer(db::Transaction& tx, std::string_view app_token, Instant now);
/// The same without making one: before anything was asked for there may be nobody, with nothing (number 0).
Result<Customer> last_customer(db::Transaction& tx, std::string_view app_token);
Result<std::optional<Customer>> find_customer(db::Transaction& tx, std::int64_t number);
/// Another customer, with nothing connected and nothing paid. What still arrives for the earlier ones is theirs.
Result<Customer> start_over(db::Transaction& tx, std::string_view app_token, Instant now);
/// Keeps what the gateway has made, unless another call was faster. Result: what stands.
Result<Customer> keep_customer_id(db::Transaction& tx, const Customer& customer, std::string_view customer_id);
Result<Customer> keep_destination_id(db::Transaction& tx, const Customer& customer, std::string_view destination_id);

/// A top-up is written down before the gateway hears of it: its number is its reference.
Result<TopUp> order_top_up(db::Transaction& tx, const Customer& customer, money::Money amount, Instant now);
Result<void> keep_intent_id(db::Transaction& tx, const TopUp& top_up, std::string_view intent_id);

/// Takes a verified event: applied at most once, never over a later one, and told in the journal, in one transaction.
Result<Verdict> receive(db::Transaction& tx, const Event& event, std::string_view body, Instant now);
/// Tells of a delivery that was not believed.
Result<void> note_refusal(db::Transaction& tx, std::string_view fault, std::string_view body, Instant now);
/// Tells of a call to the gateway.
Result<void> note_call(db::Transaction& tx, const JournalEntry& entry);

/// What the API says of a source beyond its events.
struct SourceDetails {
  std::string bank_name;
  std::string bank_arabic_name;
  std::optional<Instant> cool_off_until;
  std::string account_ending;
};
/// Sources with events that were applied after the API was last asked.
Result<std::vector<Source>> sources_to_look_up(db::Transaction& tx);
Result<void> keep_details(db::Transaction& tx, const Source& source, const SourceDetails& details);

/// All that the page shows.
struct View {
  Customer customer;
  money::Money balance;
  std::vector<Source> sources;  ///< Oldest first.
  std::vector<TopUp> top_ups;   ///< Newest first; those that have an intent.
  std::vector<JournalEntry> journal;
  std::int64_t journal_end = 0;  ///< The newest entry's number, shown or not.
};
/// `after`: the journal's entries that the page has already.
Result<View> look(db::Transaction& tx, const Customer& customer, std::int64_t after);

}  // namespace qantara::demo_shop
