// The dispatcher: brings every public event to every endpoint that listened when it was committed.
//
// It works in rounds. A round is one write transaction: record the attempts that have ended since the last one, make
// deliveries of new events, claim what is due. Between rounds it sends, with many attempts in flight. A crash on any line
// loses no delivery: what was claimed and not recorded is sent again, with the same id and the same bytes.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/ids.h"
#include "base/nursery.h"
#include "base/random.h"
#include "base/task.h"
#include "base/timers.h"
#include "db/database.h"
#include "events/events.h"
#include "http/client.h"
#include "webhooks/endpoint_secrets.h"
#include "webhooks/webhook_store.h"

namespace qantara::webhooks {

struct DispatcherOptions {
  int in_flight = 256;  ///< Attempts at the same time, all endpoints together.
  int in_flight_per_endpoint = 32;
  /// For an endpoint whose latest attempt failed, until one succeeds: 64 dead endpoints that let every attempt time out
  /// leave the others their share of `in_flight`.
  int in_flight_when_failing = 4;
  std::chrono::milliseconds answer_within{10'000};  ///< Real time.
  /// Domain time. Well above `answer_within`, so that it ends only when the process that claimed has died.
  Duration lease = std::chrono::minutes{1};
  Duration poll = std::chrono::seconds{1};  ///< Domain time: how late a retry may be.
  int events_per_round = 512;
  /// An endpoint at which every attempt has failed for so long is disabled. Where more than `failing_gap` lies between two
  /// failures, nobody knows what was in between (it was paused, nothing happened), and the count begins anew. Retries are
  /// at most kRetryAfterMax apart, half of it.
  Duration failing_max = std::chrono::days{5};
  Duration failing_gap = std::chrono::days{2};
};

class Dispatcher {
 public:
  /// What it works with. Everything outlives the dispatcher.
  struct Surroundings {
    Executor executor;  ///< Everything but `wake` and `stop` runs on it.
    db::Database& database;
    http::Client& client;
    const Clock& domain_clock;  ///< The schedule's time.
    const Clock& real_clock;    ///< The signatures' time.
    Random& random;
    const Vault& vault;
    Timers& timers;  ///< Made with `domain_clock`.
    http::AddressPolicy addresses;
  };

  explicit Dispatcher(Surroundings surroundings, DispatcherOptions options = {});
  ~Dispatcher();

  /// Delivers until `stop()`, then lets the attempts in flight end (at most `answer_within`) and records them.
  /// Begins by ending all leases: no other process works on this database.
  Task<void> run();

  void stop();  ///< From any thread.

  /// There may be something to do: an event was committed (`Database::on_commit(events::kPublished, …)`), an endpoint
  /// resumed. From any thread. Without it, work is found within `poll`.
  void wake();

 private:
  enum class Next { AT_ONCE, WHEN_RUNG, NEVER };
  struct Target;
  struct Outcome;
  struct Lane {
    int in_flight = 0;
    bool failing = false;
  };
  using Lanes = std::unordered_map<WebhookEndpointId, Lane>;
  using GivenUp = std::vector<std::pair<WebhookEndpointId, DisabledReason>>;
  struct Round;
  struct Work;

  Result<Work> transact(db::Transaction& tx, const Round& round) const;
  Result<GivenUp> record(db::Transaction& tx, const Round& round) const;
  Result<void> give_up(db::Transaction& tx, WebhookEndpointId endpoint, DisabledReason reason) const;
  Task<Next> round();
  void start(const Receiver& receiver, std::vector<Claim> claims);
  Task<void> deliver(std::shared_ptr<const Target> target, Claim claim);
  Outcome judge(const Target& target, const Claim& claim, Instant started_at, Duration elapsed,
                const http::ClientResult& answer) const;
  void settle(const Outcome& outcome);

  const Surroundings with_;
  const DispatcherOptions options_;
  const events::Events events_{with_.domain_clock, with_.random};
  const std::unique_ptr<Bell> bell_;
  std::atomic<bool> stopping_{false};
  Nursery sends_;

  std::unordered_set<std::int64_t> in_flight_;  // Deliveries from their claim until their attempt is recorded.
  Lanes lanes_;                                 // Of the endpoints with attempts running, or failing.
  std::vector<Outcome> outcomes_;               // Attempts that have ended and are not recorded.
};

}  // namespace qantara::webhooks
