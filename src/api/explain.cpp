#include "api/explain.h"

#include <algorithm>

#include "json/json.h"

namespace qantara::api {

namespace {

constexpr int kNewestSearched = 10'000;
constexpr std::size_t kEndingMin = 6;

/// What an id names.
struct Target {
  std::string_view kind;
  Uuid id;
};

Result<std::vector<Target>> candidates(db::Transaction& tx, const Services& services) {
  std::vector<Target> targets;
  ASSIGN_OR_RETURN(const auto intents, services.intents.newest(tx, kNewestSearched));
  ASSIGN_OR_RETURN(const auto payments, services.payments.newest(tx, kNewestSearched));
  ASSIGN_OR_RETURN(const auto sources, services.sources.newest(tx, kNewestSearched));
  for (const auto id : intents) targets.push_back({.kind = "payment_intent", .id = id.uuid});
  for (const auto id : payments) targets.push_back({.kind = "payment", .id = id.uuid});
  for (const auto id : sources) targets.push_back({.kind = "payment_source", .id = id.uuid});
  return targets;
}

Error unknown_id() {
  return error(ErrorCode::UNKNOWN_PAYMENT, "there is no payment intent, payment or payment source with this id");
}

Result<Target> find_target(db::Transaction& tx, const Services& services, std::string_view text) {
  if (const auto id = Uuid::parse(text)) {
    ASSIGN_OR_RETURN(const auto intent, services.intents.find(tx, IntentId{*id}));
    if (intent) return Target{.kind = "payment_intent", .id = *id};
    ASSIGN_OR_RETURN(const auto payment, services.payments.find(tx, PaymentId{*id}));
    if (payment) return Target{.kind = "payment", .id = *id};
    ASSIGN_OR_RETURN(const auto source, services.sources.find(tx, PaymentSourceId{*id}));
    ASSIGN_OR_RETURN(const auto removed, services.sources.find_removed(tx, PaymentSourceId{*id}));
    if (source || removed) return Target{.kind = "payment_source", .id = *id};
    return unknown_id();
  }
  if (text.size() < kEndingMin)
    return field_error(ErrorCode::INVALID_PARAMETERS, "id", "id must be a UUID or at least its last 6 characters");
  ASSIGN_OR_RETURN(auto targets, candidates(tx, services));
  std::erase_if(targets, [&](const Target& target) {
    return !target.id.to_text().ends_with(text) && !target.id.to_plain_text().ends_with(text);
  });
  if (targets.empty()) return unknown_id();
  if (targets.size() > 1)
    return field_error(ErrorCode::INVALID_PARAMETERS, "id", "several ids end like this: give more of it");
  return targets.front();
}

std::string text_of(const json::Value& object, std::string_view name) {
  return std::string{object.text(name).value_or("")};
}

std::string with_note(std::string text, const json::Value& payload) {
  const auto note = text_of(payload, "note");
  return note.empty() ? text : text + " (" + note + ")";
}

StoryEntry tell_change(Instant at, const json::Value& payload) {
  const auto on = text_of(payload, "on");
  const auto detail = text_of(payload, "status_detail");
  const auto bank_status = text_of(payload, "bank_status");
  const std::string bank_words = bank_status.empty() ? "" : ", bank status " + bank_status;
  if (on == "login_needed") return {at, "bank", "waiting", with_note("asks the payer to sign in", payload)};
  if (on == "code_needed") return {at, "bank", "waiting", with_note("asks the payer for a code", payload)};
  if (on == "approval_needed")
    return {at, "bank", "waiting", with_note("asks the payer to approve in its app", payload)};
  if (on == "submission_started") return {at, "gateway", "sent", "SUBMITTING committed; the order leaves now"};
  if (on == "outcome_unknown")
    return {at, "bank", "unknown", with_note("outcome unknown: PENDING_WITH_BANK until the bank says", payload)};
  if (on == "bank_accepted")
    return {at, "bank", "ok",
            "ACCEPTED_BY_BANK, reference " + text_of(payload, "bank_transaction_reference") + bank_words};
  if (on == "bank_pending") {
    return {at, "bank", "waiting",
            with_note("PENDING_WITH_BANK" + (detail.empty() ? "" : " (" + detail + ")") + bank_words, payload)};
  }
  if (on == "bank_rejected") {
    const auto reason = text_of(payload, "bank_reason_code");
    return {at, "bank", "fail",
            with_note("FAILED (" + detail + (reason.empty() ? "" : ", " + reason) + ")" + bank_words, payload)};
  }
  return {at, "gateway", "look", on};
}

StoryEntry tell_asked(Instant at, const json::Value& payload) {
  const auto failure = text_of(payload, "failure");
  if (!failure.empty()) return {at, "bank", "look", with_note("no answer to our question: " + failure, payload)};
  const auto sca = text_of(payload, "sca_status");
  return {at, "bank", "waiting",
          "asked: " + text_of(payload, "bank_status") + (sca.empty() ? "" : ", authorisation " + sca)};
}

std::optional<StoryEntry> tell(const events::StoredEvent& event) {
  const auto body = json::parse(event.body);
  if (!body) return StoryEntry{event.created_at, "gateway", "look", event.type};
  const auto* const envelope = body->find("payload");
  const auto& payload = event.sequence && envelope != nullptr ? *envelope : *body;
  const Instant at = event.created_at;

  if (event.type == "payment_intent.created") {
    const auto* const amount = payload.find("amount");
    const auto number = amount != nullptr && amount->is(json::Kind::NUMBER) ? amount->number_text() : "";
    return StoryEntry{at, "shop", "ok", "asked for " + text_of(payload, "currency") + " " + number};
  }
  if (event.type == "payment.started") {
    const auto* const amount = payload.find("amount");
    const auto number = amount != nullptr && amount->is(json::Kind::NUMBER) ? amount->number_text() : "";
    return StoryEntry{at, "payer", "ok",
                      "confirmed the review: " + text_of(payload, "currency") + " " + number + " to " +
                          text_of(payload, "payee") + ", reference " + text_of(payload, "reference") + ", from " +
                          text_of(payload, "bank")};
  }
  if (event.type == "payment.changed") return tell_change(at, payload);
  if (event.type == "payment.bank_asked") return tell_asked(at, payload);
  if (event.type == "payment.bank_contradicted")
    return StoryEntry{at, "bank", "look",
                      "said " + text_of(payload, "bank_status") + " after the end; kept as evidence"};
  if (event.type == "payment_source.created")
    return StoryEntry{at, "payer", "ok", "connected " + text_of(payload, "bank_name")};
  if (event.type == "payment_intent.cancelled")
    return StoryEntry{at, "shop", "look", "cancelled the request before anybody began to pay"};
  if (event.type == "payment_intent.expired") return StoryEntry{at, "timer", "look", "nobody began to pay in time"};
  if (event.type == "payment_source.deleted") return StoryEntry{at, "shop", "look", "removed the payment source"};
  if (event.type == "payment_source.refreshed") return StoryEntry{at, "payer", "ok", "connected the same bank again"};
  if (event.type == "payment_source.beneficiary.created")
    return StoryEntry{at, "bank", text_of(payload, "status") == "ACTIVE" ? "ok" : "waiting",
                      "beneficiary added: " + text_of(payload, "status")};
  if (event.type == "payment_source.beneficiary.updated")
    return StoryEntry{at, "timer", "ok", "beneficiary " + text_of(payload, "status")};
  if (event.type == "payment_source.beneficiary.checked") {
    const auto failure = text_of(payload, "failure");
    return StoryEntry{at, "bank", failure.empty() ? "waiting" : "look",
                      failure.empty() ? "the cool-off lasts until " + text_of(payload, "cool_off_until")
                                      : "could not be asked about the cool-off: " + failure};
  }
  // payment.created and payment.updated repeat what the change before them said; their deliveries are told below.
  return std::nullopt;
}

std::string host_of(std::string_view url) {
  const auto parsed = http::parse_url(url);
  return parsed ? parsed->authority() : std::string{"its endpoint"};
}

Result<void> tell_deliveries(db::Transaction& tx, const Services& services, const Uuid& aggregate, Story& story) {
  ASSIGN_OR_RETURN(const auto deliveries, services.webhooks.deliveries_of_aggregate(tx, aggregate));
  for (const auto& delivery : deliveries) {
    ASSIGN_OR_RETURN(const auto endpoint, services.webhooks.find_endpoint(tx, delivery.endpoint));
    const auto host = endpoint ? host_of(endpoint->url) : std::string{"its endpoint"};
    ASSIGN_OR_RETURN(const auto attempts, services.webhooks.attempts(tx, delivery.id));
    for (const auto& attempt : attempts) {
      const bool ok = attempt.status && *attempt.status / 100 == 2;
      const auto outcome = attempt.status ? std::to_string(*attempt.status) : attempt.failure.value_or("no answer");
      StoryEntry entry{attempt.started_at, "webhook", ok ? "ok" : "fail",
                       delivery.event_type + " to " + host + ": " + outcome + " in " +
                           std::to_string(attempt.elapsed.count() / 1000) + " ms"};
      const auto place = std::ranges::upper_bound(story.entries, entry.at, {}, &StoryEntry::at);
      story.entries.insert(place, std::move(entry));
    }
  }
  return {};
}

struct Reading {
  std::string why;
  std::string next;
};

Reading read_payment(const payments::Payment& payment) {
  using payments::PaymentStatus;
  const std::string next =
      payment.next_check_at ? "The bank is asked again at " + qantara::to_text(*payment.next_check_at) + "." : "";
  switch (payment.status) {
    case PaymentStatus::AWAITING_LOGIN_MFA:
      return {"The payer has to sign in at the bank, or left there. Nothing was sent.", next};
    case PaymentStatus::AWAITING_PAYMENT_MFA:
      return {"The payer has to confirm with a code, or left there. Nothing was sent.", next};
    case PaymentStatus::AWAITING_APP_AUTH:
      return {"The payer has to approve at the bank. Only the bank knows whether that has happened.", next};
    case PaymentStatus::SUBMITTING:
      return {"The order is being sent right now.", ""};
    case PaymentStatus::PENDING_WITH_BANK:
      if (payment.status_detail == "OUTCOME_UNKNOWN") {
        return {
            "The bank gave no clear answer after the order was sent. Only the bank, a statement line or an operator "
            "can end this.",
            next + (next.empty() ? "" : " ") + "Nothing will be sent again."};
      }
      if (payment.status_detail == "NO_REFERENCE") return {"The bank accepted the order but gave no reference.", next};
      return {"The bank has the order and has not executed it yet.", next};
    case PaymentStatus::ACCEPTED_BY_BANK:
      return {"The bank accepted the order. Reconcile it before releasing value.", ""};
    case PaymentStatus::FAILED:
      return {"The bank did not execute the order: " + payment.status_detail.value_or("no reason given") +
                  (payment.failure_text && !payment.failure_text->empty() ? " (" + *payment.failure_text + ")" : "") +
                  ". No money moved.",
              ""};
  }
  return {};
}

/// An intent without a payment. Whoever comes after its time is too late, whether its status says so already or not.
void read_unpaid(const payment_intents::PaymentIntent& intent, Instant now, Story& story) {
  using payment_intents::IntentStatus;
  const bool is_cancelled = intent.status == IntentStatus::INTENT_CANCELLED;
  const bool is_late = !is_cancelled && intent.expires_at <= now;
  story.status = to_text(is_late ? IntentStatus::INTENT_EXPIRED : intent.status);
  if (is_cancelled) {
    story.why = "The merchant cancelled it before anybody began to pay.";
  } else if (is_late) {
    story.why = "The payer did not come in time. Create a new intent.";
  } else {
    story.why = "The payer has not started to pay.";
    story.next = "It expires at " + qantara::to_text(intent.expires_at) + ".";
  }
}

Result<Uuid> describe_intent(db::Transaction& tx, const Services& services, const Uuid& intent_id, Story& story) {
  ASSIGN_OR_RETURN(const auto intent, services.intents.find(tx, IntentId{intent_id}));
  CHECK(intent.has_value());
  ASSIGN_OR_RETURN(const auto destination, services.destinations.find(tx, intent->destination));
  ASSIGN_OR_RETURN(const auto payment, services.payments.of_intent(tx, intent->id));
  story.title = std::string{intent->amount.currency().code()} + " " + intent->amount.to_text() + " to " +
                (destination ? destination->display_name : std::string{"an unknown destination"});
  if (payment) {
    auto reading = read_payment(*payment);
    story.status = to_text(payment->status);
    story.status_detail = payment->status_detail;
    story.why = std::move(reading.why);
    story.next = std::move(reading.next);
  } else {
    read_unpaid(*intent, services.clock.now(), story);
  }
  return intent->id.uuid;
}

Result<void> describe_removed(db::Transaction& tx, const Services& services, PaymentSourceId id, Story& story) {
  ASSIGN_OR_RETURN(const auto removed, services.sources.find_removed(tx, id));
  CHECK(removed.has_value());
  const auto bank = services.banks.find(removed->bank_identifier);
  story.title = bank ? bank->name : removed->bank_identifier;
  story.status = "REMOVED";
  story.status_detail = to_text(removed->reason);
  story.why = "It was removed at " + qantara::to_text(removed->removed_at) + ". ";
  story.why += removed->consent_due_at ? "Its bank has not yet forgotten the payer's consent."
                                       : "Its bank has forgotten the payer's consent.";
  if (removed->consent_due_at) story.next = "The bank is told at " + qantara::to_text(*removed->consent_due_at) + ".";
  return {};
}

Result<void> describe_source(db::Transaction& tx, const Services& services, const Uuid& id, Story& story) {
  ASSIGN_OR_RETURN(const auto source, services.sources.find(tx, PaymentSourceId{id}));
  if (!source) return describe_removed(tx, services, PaymentSourceId{id}, story);
  const auto bank = services.banks.find(source->bank_identifier);
  story.title = bank ? bank->name : source->bank_identifier;
  story.status =
      source->beneficiaries.empty() ? "CONNECTED" : std::string{to_text(source->beneficiaries.front().status)};
  story.why = std::to_string(source->accounts.size()) + " accounts, " + std::to_string(source->beneficiaries.size()) +
              " beneficiaries.";
  for (const auto& beneficiary : source->beneficiaries) {
    if (beneficiary.status == payment_sources::BeneficiaryStatus::ACTIVE || !beneficiary.cool_off_expires_at) continue;
    story.next = "A beneficiary becomes usable at " + qantara::to_text(*beneficiary.cool_off_expires_at) + ".";
  }
  return {};
}

}  // namespace

Result<Story> explain(db::Transaction& tx, const Services& services, std::string_view id) {
  ASSIGN_OR_RETURN(const auto target, find_target(tx, services, id));
  Story story{.kind = target.kind, .id = target.id.to_text()};
  Uuid aggregate = target.id;
  if (target.kind == "payment") {
    ASSIGN_OR_RETURN(const auto payment, services.payments.find(tx, PaymentId{target.id}));
    CHECK(payment.has_value());
    aggregate = payment->intent.uuid;
  }
  if (target.kind == "payment_source") {
    RETURN_IF_ERROR(describe_source(tx, services, target.id, story));
  } else {
    RETURN_IF_ERROR(describe_intent(tx, services, aggregate, story));
  }

  ASSIGN_OR_RETURN(const auto events, services.events.of_aggregate(tx, aggregate));
  for (const auto& event : events) {
    if (auto entry = tell(event)) story.entries.push_back(*std::move(entry));
  }
  RETURN_IF_ERROR(tell_deliveries(tx, services, aggregate, story));
  return story;
}

std::string to_json(const Story& story) {
  json::Writer writer;
  writer.begin_object()
      .member("kind", story.kind)
      .member("id", story.id)
      .member("title", story.title)
      .member("status", story.status)
      .member("status_detail", story.status_detail)
      .member("why", story.why)
      .member("next", story.next)
      .name("entries")
      .begin_array();
  std::optional<Instant> last;
  for (const auto& entry : story.entries) {
    const auto since = last ? std::chrono::duration_cast<std::chrono::milliseconds>(entry.at - *last).count() : 0;
    writer.begin_object()
        .member("at", qantara::to_text(entry.at))
        .member("since_ms", static_cast<std::int64_t>(since))
        .member("source", entry.source)
        .member("symbol", entry.symbol)
        .member("text", entry.text)
        .end_object();
    last = entry.at;
  }
  writer.end_array().end_object();
  return std::move(writer).text();
}

}  // namespace qantara::api
