// The dispatcher: brings every public event to every endpoint that listened when it was committed.
//
// An event that was just committed is read from the log and sent at once; its row in `webhook_deliveries` is born with its
// end, together with those of all other attempts that ended meanwhile, in one transaction. Only what cannot be sent at once
// (the endpoint is slow, failing or paused, or an earlier event of the aggregate waits) gets a row before, and is claimed
// from the table when it is due. A mark in the database says how far the log has been dealt with; after a crash the log is
// read again from there, so that no line of this code loses a delivery: what was sent and not recorded is sent again, with
// the same id and the same bytes.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <unordered_map>
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
#include "webhooks/lane.h"
#include "webhooks/watermark.h"
#include "webhooks/webhook_store.h"

namespace qantara::webhooks {

struct DispatcherOptions {
  int in_flight = 1024;  ///< Attempts at the same time, all endpoints together: about 20 kB each.
  LaneLimits lane;       ///< Of one endpoint.
  /// Events in memory that have not been sent. Nothing more is read beyond either.
  std::size_t waiting_max = 8192;
  std::size_t waiting_per_endpoint = 2048;
  /// Real time. An attempt that runs longer gets a row, so that lists show it.
  Duration row_after = std::chrono::milliseconds{200};
  /// Real time. What waits longer for an endpoint gets rows if it keeps others from their events.
  Duration patience = std::chrono::milliseconds{500};
  /// Real time. An answer that takes longer narrows the endpoint's window.
  Duration slow = std::chrono::seconds{1};
  std::chrono::milliseconds answer_within{10'000};  ///< Real time.
  /// Domain time. Well above `answer_within`, so that it ends only when the process that claimed has died.
  Duration lease = std::chrono::minutes{1};
  Duration poll = std::chrono::seconds{1};  ///< Domain time: how late a retry may be.
  int events_per_read = 1024;
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
  enum class Next { AT_ONCE, LATER, NEVER };
  struct Target;
  struct Outcome;
  /// An endpoint that something is known of.
  struct Station {
    explicit Station(const LaneLimits& limits) : lane(limits) {}

    Lane lane;
    std::shared_ptr<const Target> target;          ///< Null until something is to be sent.
    enum class Way { LOG, TABLE } way = Way::LOG;  ///< TABLE: all new events get rows, until nothing is due there.
    bool has_turn = false;                         ///< Stands in `turns_`.
    bool must_store = false;                       ///< What waits goes to the table: it must not be sent now.
    bool must_follow = false;                      ///< All goes to the table, before what `to_store_` has behind it.
  };
  using GivenUp = std::vector<std::pair<WebhookEndpointId, DisabledReason>>;
  struct Round;
  struct Claimed;
  struct Work;
  struct News;

  // One round: what is known is written, what is new is read, what may go is sent.
  Task<Next> round();
  Round prepare();
  Result<Work> transact(db::Transaction& tx, const Round& round) const;
  Result<GivenUp> record(db::Transaction& tx, const Round& round) const;
  Result<void> give_up(db::Transaction& tx, WebhookEndpointId endpoint, DisabledReason reason) const;
  void settle(const Round& round, Work& work);
  void take_over(Claimed& claimed);
  Task<Result<News>> read();
  void accept(News& news);

  Station& station(WebhookEndpointId id);
  void refresh(Station& station, const Receiver& receiver);
  std::size_t waiting() const;
  bool is_full(const Lane& lane) const { return lane.waiting() >= options_.waiting_per_endpoint; }
  bool has_room() const;
  bool keeps_others_waiting(const Lane& lane, Instant real_now) const;
  std::size_t room_for_claims(WebhookEndpointId id);
  std::optional<Instant> next_row_at() const;

  void give_turn(WebhookEndpointId id, Station& station);
  void pump();
  Task<void> deliver(WebhookEndpointId id, std::shared_ptr<const Target> target, Parcel parcel);
  Outcome judge(WebhookEndpointId id, const Parcel& parcel, Instant started_at, Duration elapsed,
                const http::ClientResult& answer) const;

  const Surroundings with_;
  const DispatcherOptions options_;
  const events::Events events_{with_.domain_clock, with_.random};
  const std::unique_ptr<Bell> bell_;
  std::atomic<bool> stopping_{false};
  Nursery sends_;

  std::unordered_map<WebhookEndpointId, Station> stations_;
  std::deque<WebhookEndpointId> turns_;  // Of the stations that may have something to start, in a circle.
  int in_flight_ = 0;
  bool is_pumping_ = false;
  std::int64_t stored_mark_ = 0;
  Watermark watermark_;
  std::vector<Outcome> outcomes_;                                 // Attempts that have ended and are not recorded.
  std::vector<std::pair<WebhookEndpointId, Unstored>> to_store_;  // New events that need rows.
  std::vector<Receiver> due_;                                     // Endpoints with something due in the table.
  bool has_rows_to_look_at_ = true;                               // Something in the table may have become due.
  int reads_without_a_look_ = 0;
  std::int64_t listeners_ = 0;  // ACTIVE endpoints, when a full lane last stopped the reading.
};

}  // namespace qantara::webhooks
