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
  WebhookEndpointId endpoint;
  std::string url;
  LiveSecrets secrets;
};

/// What became of an attempt.
struct Dispatcher::Outcome {
  enum class Endpoint { KEEPS_ON, IS_GONE };

  std::int64_t delivery = 0;
  WebhookEndpointId target;
  EventId event;
  Attempt attempt;
  DeliveryStatus status = DeliveryStatus::PENDING;
  std::optional<Instant> next_attempt_at;
  Endpoint endpoint = Endpoint::KEEPS_ON;
};

namespace {

/// What a round's attempts say of their endpoint; what stands lower here counts for more.
enum class Health { FAILS, ANSWERS, IS_GONE };

}  // namespace

/// What one round's transaction works on. It may run more than once, so it changes nothing here.
struct Dispatcher::Round {
  Instant now;
  int room = 0;  ///< New attempts that may start.
  Lanes lanes;
  std::vector<Outcome> outcomes;
};

struct Dispatcher::Work {
  GivenUp given_up;
  FanOut fan_out = FanOut::DONE;
  std::vector<std::pair<Receiver, std::vector<Claim>>> claims;
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
    const Instant poll_at = with_.domain_clock.now() + options_.poll;
    co_await bell_->wait_until(poll_at);
  }
  co_await sends_.finish();
}

void Dispatcher::stop() {
  stopping_ = true;
  bell_->ring();
}

void Dispatcher::wake() { bell_->ring(); }

Task<Dispatcher::Next> Dispatcher::round() {
  const auto running = static_cast<int>(in_flight_.size() - outcomes_.size());
  Round round{.now = with_.domain_clock.now(),
              .room = stopping_ ? 0 : options_.in_flight - running,
              .lanes = lanes_,
              .outcomes = std::exchange(outcomes_, {})};
  auto work = co_await with_.database.write([&](db::Transaction& tx) { return transact(tx, round); });
  if (!work) {
    log::warn("webhooks wait for the storage", {{"error", work.error().message}, {"cause", work.error().cause}});
    std::ranges::move(outcomes_, std::back_inserter(round.outcomes));
    outcomes_ = std::move(round.outcomes);
    co_return stopping_ ? Next::NEVER : Next::WHEN_RUNG;  // What is not recorded is sent again after the next start.
  }
  for (const Outcome& outcome : round.outcomes) settle(outcome);
  for (const auto& [endpoint, reason] : work->given_up) {
    log::warn("a webhook endpoint is disabled",
              {{"endpoint", endpoint.to_text()}, {"reason", webhooks::to_text(reason)}});
  }
  for (auto& [receiver, claims] : work->claims) start(receiver, std::move(claims));
  if (stopping_ && in_flight_.empty()) co_return Next::NEVER;
  co_return work->fan_out == FanOut::MORE ? Next::AT_ONCE : Next::WHEN_RUNG;
}

Result<Dispatcher::Work> Dispatcher::transact(db::Transaction& tx, const Round& round) const {
  Work work;
  ASSIGN_OR_RETURN(work.given_up, record(tx, round));
  if (round.room <= 0) return work;
  ASSIGN_OR_RETURN(work.fan_out, fan_out(tx, round.now, options_.events_per_round));

  ASSIGN_OR_RETURN(auto receivers, select_receivers(tx, round.now));
  const auto lane_of = [&](const Receiver& receiver) {
    const auto found = round.lanes.find(receiver.id);
    return found == round.lanes.end() ? Lane{} : found->second;
  };
  // Who has least in flight comes first, and nobody takes more than an even share of what is left.
  std::ranges::sort(receivers, {}, [&](const Receiver& receiver) { return lane_of(receiver).in_flight; });
  int room = round.room;
  auto waiting = static_cast<int>(receivers.size());
  for (Receiver& receiver : receivers) {
    const Lane lane = lane_of(receiver);
    const int wide = lane.failing ? options_.in_flight_when_failing : options_.in_flight_per_endpoint;
    const int share = (room + waiting - 1) / waiting;
    const int limit = std::min(wide - lane.in_flight, share);
    --waiting;
    if (limit <= 0) continue;
    ASSIGN_OR_RETURN(auto claims, claim_deliveries(tx, receiver.id, round.now, round.now + options_.lease, limit));
    room -= static_cast<int>(claims.size());
    work.claims.emplace_back(std::move(receiver), std::move(claims));
  }
  return work;
}

Result<Dispatcher::GivenUp> Dispatcher::record(db::Transaction& tx, const Round& round) const {
  GivenUp given_up;
  std::unordered_map<WebhookEndpointId, Health> health;
  for (const Outcome& outcome : round.outcomes) {
    RETURN_IF_ERROR(
        record_attempt(tx, outcome.delivery, outcome.attempt, outcome.status, outcome.next_attempt_at, round.now));
    Health& found = health.try_emplace(outcome.target, Health::FAILS).first->second;
    if (outcome.status == DeliveryStatus::DELIVERED) found = std::max(found, Health::ANSWERS);
    if (outcome.endpoint == Outcome::Endpoint::IS_GONE) found = Health::IS_GONE;
  }
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
  RETURN_IF_ERROR(disable_endpoint(tx, id, reason));
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

void Dispatcher::start(const Receiver& receiver, std::vector<Claim> claims) {
  auto secrets = open_secrets(with_.vault, receiver.id, receiver.secrets, with_.domain_clock.now());
  if (!secrets) {
    // Not the receiver's fault, so it costs no attempt: the lease runs out, and then we look again.
    log::error("a webhook endpoint's secret cannot be opened",
               {{"endpoint", receiver.id.to_text()}, {"error", secrets.error().message}});
    return;
  }
  const auto target = std::make_shared<const Target>(receiver.id, receiver.url, *std::move(secrets));
  for (Claim& claim : claims) {
    // The clock was moved past the lease of an attempt that still runs: one at a time.
    if (!in_flight_.insert(claim.delivery).second) continue;
    ++lanes_[receiver.id].in_flight;
    sends_.start(deliver(target, std::move(claim)));
  }
}

Task<void> Dispatcher::deliver(std::shared_ptr<const Target> target, Claim claim) {
  const Instant started_at = with_.domain_clock.now();
  const Instant sent_at = with_.real_clock.now();
  http::ClientRequest request{.method = http::Method::POST,
                              .url = target->url,
                              .deadline = options_.answer_within,
                              .response_limit = kAnswerKept,
                              .excess = http::ClientRequest::Excess::CUT,
                              .addresses = with_.addresses};
  request.headers.add("content-type", "application/json; charset=utf-8");
  sign(request.headers, target->secrets, claim.event.to_text(), sent_at, claim.body);
  request.body = std::move(claim.body);

  // The client looks at what a name resolves to; a host that is an address in a spelling of its own never gets there.
  http::ClientResult answer = refusal(target->url, with_.addresses);
  if (answer) answer = co_await with_.client.send(std::move(request));
  Outcome outcome = judge(*target, claim, started_at, with_.real_clock.now() - sent_at, answer);
  const auto lane = lanes_.find(target->endpoint);
  lane->second.failing = outcome.status != DeliveryStatus::DELIVERED;
  if (--lane->second.in_flight == 0 && !lane->second.failing) lanes_.erase(lane);
  outcomes_.push_back(std::move(outcome));
  bell_->ring();
}

Dispatcher::Outcome Dispatcher::judge(const Target& target, const Claim& claim, Instant started_at, Duration elapsed,
                                      const http::ClientResult& answer) const {
  Outcome outcome{.delivery = claim.delivery,
                  .target = target.endpoint,
                  .event = claim.event,
                  .attempt = {.number = claim.attempts + 1, .started_at = started_at, .elapsed = elapsed}};
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
    outcome.next_attempt_at =
        next_attempt(claim.first_attempt_at, with_.domain_clock.now(), asked_to_wait, with_.random);
    outcome.status = outcome.next_attempt_at ? DeliveryStatus::PENDING : DeliveryStatus::DEAD;
  }
  return outcome;
}

void Dispatcher::settle(const Outcome& outcome) {
  in_flight_.erase(outcome.delivery);
  if (outcome.status == DeliveryStatus::DEAD) {
    log::warn("a webhook delivery is given up", {{"endpoint", outcome.target.to_text()},
                                                 {"event", outcome.event.to_text()},
                                                 {"attempts", outcome.attempt.number}});
  }
}

}  // namespace qantara::webhooks
