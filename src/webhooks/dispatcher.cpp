#include "webhooks/dispatcher.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "base/log.h"
#include "json/json.h"
#include "webhooks/receiver_url.h"
#include "webhooks/retry_schedule.h"
#include "webhooks/signing.h"

namespace qantara::webhooks {

namespace {

constexpr std::size_t kAnswerKept = 1024;
constexpr int kGone = 410;  // The receiver wants no more, ever.

std::string_view to_text(http::ClientFailure::Reason reason) {
  using enum http::ClientFailure::Reason;
  switch (reason) {
    case BAD_URL:
      return "BAD_URL";
    case FORBIDDEN_ADDRESS:
      return "FORBIDDEN_ADDRESS";
    case RESOLVE:
      return "RESOLVE";
    case CONNECT:
      return "CONNECT";
    case TLS:
      return "TLS";
    case TIMED_OUT:
      return "TIMED_OUT";
    case CONNECTION_LOST:
      return "CONNECTION_LOST";
    case MALFORMED_ANSWER:
      return "MALFORMED_ANSWER";
    case ANSWER_TOO_LARGE:
      return "ANSWER_TOO_LARGE";
  }
  return "CONNECTION_LOST";
}

/// Why nothing is sent to `url`; an empty answer if it may be.
http::ClientResult refusal(std::string_view url, const http::AddressPolicy& addresses) {
  const auto checked = check_url(url, addresses);
  if (checked) return http::ClientResponse{};
  const auto reason =
      http::parse_url(url) ? http::ClientFailure::Reason::FORBIDDEN_ADDRESS : http::ClientFailure::Reason::BAD_URL;
  return std::unexpected{
      http::ClientFailure{.reached = http::Reached::NOT_SENT, .reason = reason, .message = "The URL is not allowed."}};
}

bool is_success(int status) { return status >= 200 && status <= 299; }

}  // namespace

/// An endpoint, ready to be sent to.
struct Dispatcher::Target {
  std::string url;
  SealedSecrets sealed;
  LiveSecrets secrets;
  http::ClientResult refused;  ///< Why nothing is sent to `url`; an empty answer if it may be.
};

/// What became of an attempt.
struct Dispatcher::Outcome {
  enum class Endpoint { KEEPS_ON, IS_GONE };

  WebhookEndpointId target;
  std::int64_t event_seq = 0;
  EventId event;
  Uuid aggregate;
  std::optional<std::int64_t> delivery;  ///< Its row, if it was claimed.
  Attempt attempt;
  DeliveryStatus status = DeliveryStatus::PENDING;
  std::optional<Instant> next_attempt_at;
  Endpoint endpoint = Endpoint::KEEPS_ON;
};

namespace {

/// What a round's attempts say of their endpoint; what stands lower here counts for more.
enum class Health { FAILS, ANSWERS, IS_GONE };

// How often, in rounds with new events, the table is looked at for what may have become due meanwhile.
constexpr int kReadsPerLook = 16;

}  // namespace

/// What one round's transaction writes. It may run more than once, so it changes nothing here.
struct Dispatcher::Round {
  Instant now;
  std::vector<Outcome> outcomes;
  std::vector<std::pair<WebhookEndpointId, Unstored>> new_rows;  ///< Of events that were just read.
  std::vector<std::pair<WebhookEndpointId, Unstored>> rows;      ///< All, in the order of the log.
  std::vector<WebhookEndpointId> released;       ///< Their lanes' waiting deliveries are among the rows.
  std::vector<WebhookEndpointId> given_back;     ///< Those of them to whom nothing may be sent now.
  std::vector<std::pair<Receiver, int>> claims;  ///< Of whom, and how many.
  std::int64_t mark = 0;

  bool is_empty() const { return outcomes.empty() && rows.empty() && claims.empty(); }
};

struct Dispatcher::Claimed {
  Receiver receiver;
  std::vector<Claim> claims;
  enum class Rest { NONE, MORE } rest = Rest::NONE;
};

struct Dispatcher::Work {
  GivenUp given_up;
  std::vector<Claimed> claimed;
};

/// What the database has that memory does not know.
struct Dispatcher::News {
  FreshEvents events;
  std::optional<std::int64_t> listeners;           ///< ACTIVE endpoints; nothing if nobody counted.
  std::vector<std::optional<Receiver>> receivers;  ///< Of `asked`, in its order.
  std::vector<WebhookEndpointId> asked;            ///< Who has something to be sent.
  std::optional<std::vector<Receiver>> due;        ///< Nothing if nobody looked.
};

Dispatcher::Dispatcher(Surroundings surroundings, DispatcherOptions options)
    : with_(std::move(surroundings)), options_(options), bell_(with_.timers.make_bell()), sends_(with_.executor) {}

Dispatcher::~Dispatcher() = default;

Task<void> Dispatcher::run() {
  const Instant now = with_.domain_clock.now();
  const auto ended = co_await with_.database.write([&](db::Transaction& tx) { return end_leases(tx, now); });
  if (!ended) log::warn("leases of an earlier run were not ended: they run out", {{"cause", ended.error().cause}});

  for (;;) {
    const Next next = co_await round();
    if (next == Next::NEVER) break;
    if (next == Next::AT_ONCE) continue;
    Instant wake_at = with_.domain_clock.now() + options_.poll;
    if (const auto row_at = next_row_at()) {
      wake_at = std::min(wake_at, with_.domain_clock.now() + std::max(*row_at - with_.real_clock.now(), Duration{1}));
    }
    co_await bell_->wait_until(wake_at);
  }
  co_await sends_.finish();
}

void Dispatcher::stop() {
  stopping_ = true;
  bell_->ring();
}

void Dispatcher::wake() { bell_->ring(); }

Task<Dispatcher::Next> Dispatcher::round() {
  Round round = prepare();
  const bool moves_mark = in_flight_ == 0 && round.mark != stored_mark_;
  if (!round.is_empty() || moves_mark) {
    auto work = co_await with_.database.write([&](db::Transaction& tx) { return transact(tx, round); });
    if (!work) {
      log::warn("webhooks wait for the storage", {{"error", work.error().message}, {"cause", work.error().cause}});
      watermark_.drop();
      std::ranges::move(outcomes_, std::back_inserter(round.outcomes));
      outcomes_ = std::move(round.outcomes);
      to_store_ = std::move(round.new_rows);
      co_return stopping_ ? Next::NEVER : Next::LATER;  // What is not recorded is sent again after the next start.
    }
    watermark_.keep();
    stored_mark_ = round.mark;
    settle(round, *work);
  }
  if (stopping_) co_return in_flight_ == 0 && outcomes_.empty() ? Next::NEVER : Next::LATER;

  auto news = co_await read();
  if (!news) {
    log::warn("webhooks wait for the storage", {{"error", news.error().message}, {"cause", news.error().cause}});
    co_return Next::LATER;
  }
  accept(*news);
  pump();
  const bool has_more = news->events.rest == FanOut::MORE && has_room();
  const auto row_at = next_row_at();
  const bool is_held_up = std::ranges::any_of(
      stations_, [](const auto& entry) { return entry.second.must_store && entry.second.lane.waiting() > 0; });
  const bool needs_rows = !to_store_.empty() || is_held_up || (row_at && *row_at <= with_.real_clock.now());
  co_return has_more || needs_rows || !due_.empty() ? Next::AT_ONCE : Next::LATER;
}

Dispatcher::Round Dispatcher::prepare() {
  const Instant real_now = with_.real_clock.now();
  Round round{.now = with_.domain_clock.now(),
              .outcomes = std::exchange(outcomes_, {}),
              .new_rows = std::exchange(to_store_, {})};
  round.rows = round.new_rows;
  for (const Outcome& outcome : round.outcomes) {
    // What waits is given up with it, by rows that say so.
    if (outcome.endpoint == Outcome::Endpoint::IS_GONE) stations_.at(outcome.target).must_store = true;
    const bool is_of_log = !outcome.delivery && !stations_.at(outcome.target).lane.has_row(outcome.event_seq);
    if (is_of_log) watermark_.settling(outcome.event_seq);
  }
  const Instant overdue = real_now - options_.row_after;
  for (auto& [id, station] : stations_) {
    Lane& lane = station.lane;
    if (lane.held() == 0) continue;
    std::vector<Unstored> unstored;
    const bool must_go =
        station.must_store || lane.is_failing() || lane.stands_still() || keeps_others_waiting(lane, real_now);
    if ((lane.waiting() > 0 && must_go) || station.must_follow) {
      unstored = lane.all_without_row();
      round.released.push_back(id);
      if (station.must_store) round.given_back.push_back(id);
    } else {
      unstored = lane.in_flight_without_row(overdue);
    }
    for (const Unstored& one : unstored) round.rows.emplace_back(id, one);
  }
  // The first row of a line is due, whatever comes after.
  std::ranges::sort(round.rows, {}, [](const auto& entry) { return entry.second.event_seq; });
  for (const auto& [id, row] : round.rows) watermark_.settling(row.event_seq);

  std::size_t room = stopping_ ? 0 : options_.waiting_max - std::min(options_.waiting_max, waiting());
  for (Receiver& receiver : std::exchange(due_, {})) {
    const std::size_t limit = std::min(room, room_for_claims(receiver.id));
    if (limit == 0) continue;
    room -= limit;
    round.claims.emplace_back(std::move(receiver), static_cast<int>(limit));
  }
  round.mark = watermark_.mark();
  return round;
}

Result<Dispatcher::Work> Dispatcher::transact(db::Transaction& tx, const Round& round) const {
  Work work;
  ASSIGN_OR_RETURN(work.given_up, record(tx, round));
  for (const auto& [receiver, limit] : round.claims) {
    Claimed claimed{.receiver = receiver};
    ASSIGN_OR_RETURN(claimed.claims, claim_deliveries(tx, receiver.id, round.now, round.now + options_.lease, limit));
    if (std::ssize(claimed.claims) == limit) claimed.rest = Claimed::Rest::MORE;
    work.claimed.push_back(std::move(claimed));
  }
  RETURN_IF_ERROR(move_mark(tx, round.mark));
  return work;
}

Result<Dispatcher::GivenUp> Dispatcher::record(db::Transaction& tx, const Round& round) const {
  std::unordered_map<WebhookEndpointId, Health> health;
  for (const Outcome& outcome : round.outcomes) {
    if (outcome.delivery) {
      RETURN_IF_ERROR(
          record_attempt(tx, *outcome.delivery, outcome.attempt, outcome.status, outcome.next_attempt_at, round.now));
    } else {
      RETURN_IF_ERROR(record_first_attempt(tx, outcome.target, outcome.event_seq, outcome.aggregate, outcome.attempt,
                                           outcome.status, outcome.next_attempt_at, round.now));
    }
    Health& found = health.try_emplace(outcome.target, Health::FAILS).first->second;
    if (outcome.status == DeliveryStatus::DELIVERED) found = std::max(found, Health::ANSWERS);
    if (outcome.endpoint == Outcome::Endpoint::IS_GONE) found = Health::IS_GONE;
  }
  for (const auto& [endpoint, row] : round.rows) {
    RETURN_IF_ERROR(store_delivery(tx, endpoint, row.event_seq, row.aggregate, row.started_at, round.now,
                                   round.now + options_.lease));
  }
  for (const WebhookEndpointId endpoint : round.given_back) {
    RETURN_IF_ERROR(end_leases_of(tx, endpoint, round.now));
  }
  GivenUp given_up;
  for (const auto& [endpoint, found] : health) {
    std::optional<DisabledReason> reason;
    if (found == Health::IS_GONE) {
      reason = DisabledReason::GONE;
    } else if (found == Health::ANSWERS) {
      RETURN_IF_ERROR(clear_failures(tx, endpoint));
    } else {
      ASSIGN_OR_RETURN(const auto since, note_failure(tx, endpoint, round.now, options_.failing_gap));
      if (since && round.now - *since >= options_.failing_max) reason = DisabledReason::FAILING;
    }
    if (!reason) continue;
    RETURN_IF_ERROR(give_up(tx, endpoint, *reason));
    given_up.emplace_back(endpoint, *reason);
  }
  return given_up;
}

Result<void> Dispatcher::give_up(db::Transaction& tx, WebhookEndpointId id, DisabledReason reason) const {
  ASSIGN_OR_RETURN(const auto endpoint, select_endpoint(tx, id));
  if (!endpoint || endpoint->status == EndpointStatus::DISABLED) return {};
  RETURN_IF_ERROR(disable_endpoint(tx, id, reason, with_.domain_clock.now()));
  const auto since = endpoint->failing_since;
  json::Writer payload;
  payload.begin_object()
      .member("id", id.to_text())
      .member("url", endpoint->url)
      .member("status", webhooks::to_text(EndpointStatus::DISABLED))
      .member("reason", webhooks::to_text(reason))
      .member("failing_since", since ? std::optional{qantara::to_text(*since)} : std::nullopt)
      .end_object();
  return events_.append(tx, {.application = endpoint->application, .aggregate = id.uuid},
                        events::Type::WEBHOOK_ENDPOINT_DISABLED, payload.text());
}

void Dispatcher::settle(const Round& round, Work& work) {
  for (const Outcome& outcome : round.outcomes) {
    stations_.at(outcome.target).lane.settle(outcome.event_seq);
    if (outcome.status != DeliveryStatus::DELIVERED) has_rows_to_look_at_ = true;
    if (outcome.delivery) has_rows_to_look_at_ = true;  // The next of its line is due.
    if (outcome.status != DeliveryStatus::DEAD) continue;
    log::warn("a webhook delivery is given up", {{"endpoint", outcome.target.to_text()},
                                                 {"event", outcome.event.to_text()},
                                                 {"attempts", outcome.attempt.number}});
  }
  for (const auto& [id, row] : round.rows) station(id).lane.note_row(row.event_seq);
  if (!round.rows.empty()) has_rows_to_look_at_ = true;
  for (const WebhookEndpointId id : round.released) {
    Station& released = station(id);
    released.lane.release(released.must_store ? Lane::Released::ALL : Lane::Released::FROM_THE_LOG);
    released.way = Station::Way::TABLE;
    released.must_follow = false;
  }
  for (const auto& [id, reason] : work.given_up) {
    station(id).lane.release(Lane::Released::ALL);
    log::warn("a webhook endpoint is disabled", {{"endpoint", id.to_text()}, {"reason", webhooks::to_text(reason)}});
  }
  for (Claimed& claimed : work.claimed) take_over(claimed);
}

void Dispatcher::take_over(Claimed& claimed) {
  Station& claiming = station(claimed.receiver.id);
  if (claimed.rest == Claimed::Rest::MORE) {
    has_rows_to_look_at_ = true;
  } else if (!claiming.lane.is_failing()) {
    claiming.way = Station::Way::LOG;
  }
  refresh(claiming, claimed.receiver);
  if (!claiming.target) return;  // The leases run out, and then we look again.
  const Instant real_now = with_.real_clock.now();
  for (Claim& claim : claimed.claims) {
    // It is under way from the log, or the clock was moved past the lease of an attempt that still runs: one at a time.
    if (claiming.lane.holds(claim.event_seq)) continue;
    claiming.lane.add_claimed({.event_seq = claim.event_seq,
                               .event = claim.event,
                               .aggregate = claim.aggregate,
                               .body = std::move(claim.body),
                               .delivery = claim.delivery,
                               .attempts = claim.attempts,
                               .first_attempt_at = claim.first_attempt_at},
                              real_now);
  }
  give_turn(claimed.receiver.id, claiming);
}

Task<Result<Dispatcher::News>> Dispatcher::read() {
  News empty;
  for (const auto& [id, known] : stations_) {
    if (known.lane.waiting() > 0) empty.asked.push_back(id);
  }
  const bool wants_events = has_room();
  const bool wants_due = std::exchange(has_rows_to_look_at_, false) || ++reads_without_a_look_ >= kReadsPerLook;
  const Instant now = with_.domain_clock.now();
  const std::int64_t cursor = watermark_.cursor();
  auto news = co_await with_.database.read([&](db::Transaction& tx) -> Result<News> {
    News found = empty;
    found.events.read_up_to = cursor;
    if (wants_events) {
      ASSIGN_OR_RETURN(found.events, select_fresh(tx, cursor, options_.events_per_read));
    } else {
      ASSIGN_OR_RETURN(found.listeners, count_listeners(tx));
    }
    for (const Fresh& fresh : found.events.deliveries) {
      const bool is_new =
          fresh.way == Fresh::Way::MAY_GO && std::ranges::find(found.asked, fresh.endpoint) == found.asked.end();
      if (is_new) found.asked.push_back(fresh.endpoint);
    }
    for (const WebhookEndpointId id : found.asked) {
      ASSIGN_OR_RETURN(auto receiver, select_receiver(tx, id));
      found.receivers.push_back(std::move(receiver));
    }
    const bool is_idle = found.events.deliveries.empty() && found.events.endpoints == FreshEvents::Endpoints::SOME;
    if (wants_due || is_idle) {
      ASSIGN_OR_RETURN(found.due, select_receivers(tx, now));
    }
    return found;
  });
  if (!news) has_rows_to_look_at_ = true;
  co_return news;
}

void Dispatcher::accept(News& news) {
  for (std::size_t i = 0; i < news.asked.size(); ++i) {
    Station& asked = station(news.asked[i]);
    const auto& receiver = news.receivers[i];
    asked.must_store = !receiver || receiver->status != EndpointStatus::ACTIVE;
    if (receiver) refresh(asked, *receiver);
    if (!asked.target) asked.must_store = true;
    if (!asked.must_store) give_turn(news.asked[i], asked);
  }
  listeners_ = news.listeners.value_or(listeners_);
  if (news.due) {
    due_ = *std::move(news.due);
    std::erase_if(due_, [&](const Receiver& receiver) { return room_for_claims(receiver.id) == 0; });
    reads_without_a_look_ = 0;
  }
  const Instant real_now = with_.real_clock.now();
  for (Fresh& fresh : news.events.deliveries) {
    watermark_.open(fresh.event_seq);
    Station& goal = station(fresh.endpoint);
    const bool may_go =
        fresh.way == Fresh::Way::MAY_GO && goal.way == Station::Way::LOG && !goal.lane.is_failing() && !goal.must_store;
    if (!may_go) {
      if (goal.lane.has_line(fresh.aggregate)) goal.must_follow = true;
      to_store_.emplace_back(fresh.endpoint, Unstored{.event_seq = fresh.event_seq, .aggregate = fresh.aggregate});
      continue;
    }
    goal.lane.add({.event_seq = fresh.event_seq,
                   .event = fresh.event,
                   .aggregate = fresh.aggregate,
                   .body = std::move(fresh.body)},
                  real_now);
    give_turn(fresh.endpoint, goal);
  }
  watermark_.read_up_to(news.events.read_up_to);
}

Dispatcher::Station& Dispatcher::station(WebhookEndpointId id) {
  return stations_.try_emplace(id, options_.lane).first->second;
}

void Dispatcher::refresh(Station& station, const Receiver& receiver) {
  const Instant now = with_.domain_clock.now();
  const auto is_current = [&](const Target& target) {
    const bool is_over = target.secrets.previous && now >= *target.sealed.previous_expires_at;
    return !is_over && target.url == receiver.url && target.sealed == receiver.secrets;
  };
  if (station.target && is_current(*station.target)) return;
  station.target = nullptr;
  auto secrets = open_secrets(with_.vault, receiver.id, receiver.secrets, now);
  if (!secrets) {  // Not the receiver's fault, so it costs no attempt.
    log::error("a webhook endpoint's secret cannot be opened",
               {{"endpoint", receiver.id.to_text()}, {"error", secrets.error().message}});
    return;
  }
  station.target = std::make_shared<const Target>(receiver.url, receiver.secrets, *std::move(secrets),
                                                  refusal(receiver.url, with_.addresses));
}

std::size_t Dispatcher::waiting() const {
  std::size_t sum = 0;
  for (const auto& [id, known] : stations_) sum += known.lane.waiting();
  return sum;
}

bool Dispatcher::has_room() const {
  const bool has_full_lane =
      std::ranges::any_of(stations_, [&](const auto& entry) { return is_full(entry.second.lane); });
  return !has_full_lane && waiting() < options_.waiting_max;
}

/// A full lane stops the reading of the log. Where everybody who listens is busy that is as it should be: the log is their
/// queue.
bool Dispatcher::keeps_others_waiting(const Lane& lane, Instant real_now) const {
  const auto since = lane.ready_since();
  if (!since) return false;
  if (options_.row_after == Duration::zero()) return true;
  const bool stops_reading = is_full(lane) || waiting() >= options_.waiting_max;
  if (!stops_reading || real_now - *since < options_.patience) return false;
  return std::ranges::count_if(stations_, [](const auto& entry) { return entry.second.lane.waiting() > 0; }) <
         listeners_;
}

/// When (real time) something needs a row at the latest.
std::optional<Instant> Dispatcher::next_row_at() const {
  std::optional<Instant> first;
  for (const auto& [id, known] : stations_) {
    const auto since = known.lane.in_flight_since();
    if (since && (!first || *since < *first)) first = since;
  }
  if (first) *first += options_.row_after;
  return first;
}

/// What is claimed ahead of its turn bridges the time until the next round. What comes straight from the log, however much,
/// takes no room from what is due in the table.
std::size_t Dispatcher::room_for_claims(WebhookEndpointId id) {
  const Lane& lane = station(id).lane;
  const auto wanted = static_cast<std::size_t>(2 * lane.window());
  return wanted - std::min(wanted, lane.held_from_table());
}

void Dispatcher::give_turn(WebhookEndpointId id, Station& station) {
  if (station.has_turn || !station.lane.may_start()) return;
  station.has_turn = true;
  turns_.push_back(id);
}

void Dispatcher::pump() {
  if (is_pumping_) return;  // What ends at once is started behind the others, not on top of them.
  is_pumping_ = true;
  while (!turns_.empty() && in_flight_ < options_.in_flight && !stopping_) {
    const WebhookEndpointId id = turns_.front();
    turns_.pop_front();
    Station& next = station(id);
    next.has_turn = false;
    if (next.must_store || !next.lane.may_start()) continue;
    Parcel parcel = next.lane.start(with_.domain_clock.now(), with_.real_clock.now());
    give_turn(id, next);
    ++in_flight_;
    sends_.start(deliver(id, next.target, std::move(parcel)));
  }
  is_pumping_ = false;
}

Task<void> Dispatcher::deliver(WebhookEndpointId id, std::shared_ptr<const Target> target, Parcel parcel) {
  const Instant started_at = with_.domain_clock.now();
  const Instant sent_at = with_.real_clock.now();
  // The client looks at what a name resolves to; a host that is an address in a spelling of its own never gets there.
  http::ClientResult answer = target->refused;
  if (answer) {
    http::ClientRequest request{.method = http::Method::POST,
                                .url = target->url,
                                .deadline = options_.answer_within,
                                .response_limit = kAnswerKept,
                                .excess = http::ClientRequest::Excess::CUT,
                                .addresses = with_.addresses};
    request.headers.add("content-type", "application/json; charset=utf-8");
    sign(request.headers, target->secrets, parcel.event.to_text(), sent_at, parcel.body);
    request.body = std::move(parcel.body);
    answer = co_await with_.client.send(std::move(request));
  }
  const Duration elapsed = with_.real_clock.now() - sent_at;
  outcomes_.push_back(judge(id, parcel, started_at, elapsed, answer));
  Station& at = station(id);
  auto came_back = elapsed > options_.slow ? Lane::Answer::SLOW : Lane::Answer::QUICK;
  if (outcomes_.back().status != DeliveryStatus::DELIVERED) came_back = Lane::Answer::FAILURE;
  at.lane.end(parcel.event_seq, came_back);
  --in_flight_;
  give_turn(id, at);
  bell_->ring();
  pump();
}

Dispatcher::Outcome Dispatcher::judge(WebhookEndpointId id, const Parcel& parcel, Instant started_at, Duration elapsed,
                                      const http::ClientResult& answer) const {
  Outcome outcome{.target = id,
                  .event_seq = parcel.event_seq,
                  .event = parcel.event,
                  .aggregate = parcel.aggregate,
                  .delivery = parcel.delivery,
                  .attempt = {.number = parcel.attempts + 1, .started_at = started_at, .elapsed = elapsed}};
  Duration asked_to_wait{};
  if (answer) {
    outcome.attempt.status = answer->status;
    outcome.attempt.answer = answer->body;
    const auto wish = parse_retry_after(answer->headers.value_or("retry-after", ""), with_.real_clock.now());
    asked_to_wait = wish.value_or(Duration::zero());
  } else {
    outcome.attempt.failure.emplace(to_text(answer.error().reason)).append(": ").append(answer.error().message);
  }

  if (answer && is_success(answer->status)) {
    outcome.status = DeliveryStatus::DELIVERED;
  } else if (answer && answer->status == kGone) {
    outcome.status = DeliveryStatus::DEAD;
    outcome.endpoint = Outcome::Endpoint::IS_GONE;
  } else {
    outcome.next_attempt_at = next_attempt(parcel.first_attempt_at.value_or(started_at), with_.domain_clock.now(),
                                           asked_to_wait, with_.random);
    outcome.status = outcome.next_attempt_at ? DeliveryStatus::PENDING : DeliveryStatus::DEAD;
  }
  return outcome;
}

}  // namespace qantara::webhooks
