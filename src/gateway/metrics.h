// What the gateway tells an operator's monitoring (docs/reference/metrics.md), and the places where it is counted: around
// the handler of requests, the client of webhooks and the connectors of banks, and after each commit. Nobody below knows.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/task.h"
#include "db/database.h"
#include "gateway/admission.h"
#include "gateway/home.h"
#include "gateway/measured_bank.h"
#include "gateway/metrics_store.h"
#include "gateway/pruner.h"
#include "http/client.h"
#include "http/router.h"
#include "metrics/exposition.h"
#include "metrics/metrics.h"

namespace qantara::gateway {

class Metrics {
 public:
  /// `real_clock` outlives it.
  explicit Metrics(const Clock& real_clock);
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  /// `handler`, and each answer counted.
  http::Handler measured(http::Handler handler);

  /// A message that no handler saw.
  void count_refusal(int status) { refused_[status_index(status)].add(); }

  /// `client`, and each answer counted as an attempt to deliver. `client` outlives it.
  std::unique_ptr<http::Client> measured(http::Client& client);

  /// Where the calls to a bank are counted, from the first time on that it is asked for. They live as long as this.
  BankFigures& bank_figures(const std::string& bank);

  /// For db::SqliteOptions::on_measured.
  void count_commit(std::size_t closures, std::chrono::microseconds took);
  void count_pruned(const Pruned& pruned);

  /// What only the moment of asking knows.
  struct Surroundings {
    db::Database& database;
    const Clock& domain_clock;
    const Admission& admission;
    Standing standing = Standing::LIVE;
    std::string_view engine = "sqlite";
    std::size_t connections = 0;
    std::size_t connections_refused = 0;
    std::optional<Instant> certificate_expires_at = std::nullopt;  ///< Nothing without TLS.
  };
  /// Everything as text for Prometheus; while the database is away, without what only it knows.
  Task<std::string> render(Surroundings surroundings);

 private:
  /// The statuses that are told apart; every other is the last, "other".
  static constexpr auto kStatuses = std::to_array({200, 201, 202, 204, 302, 304, 400, 401, 403, 404, 405, 408, 409, 410,
                                                   413, 415, 417, 422, 429, 431, 500, 501, 502, 503, 504, 505, 507});
  static std::size_t status_index(int status);
  static std::string status_text(std::size_t index);
  using StatusCounters = std::array<metrics::Counter, kStatuses.size() + 1>;

  struct Route {
    Route(std::string_view method, std::string_view pattern);
    std::string method;
    std::string pattern;
    StatusCounters answers;
    metrics::Histogram duration;
  };
  class MeasuredClient;

  Route& route_of(const http::Request& request);
  Task<http::Response> answer(const http::Handler& handler, http::Request& request);
  void count_attempt(const http::ClientResult& result, Duration elapsed);
  struct Told {
    Waiting waiting;
    std::vector<StatusCount> open;
  };
  Task<Result<Told>> ask(db::Database& database);
  Task<Result<void>> catch_up_with_events(db::Database& database);

  void write_requests(metrics::Exposition& out) const;
  void write_load(metrics::Exposition& out, const Surroundings& surroundings) const;
  void write_commits(metrics::Exposition& out, const Surroundings& surroundings) const;
  void write_events(metrics::Exposition& out, const std::vector<StatusCount>& open) const;
  void write_attempts(metrics::Exposition& out) const;
  static void write_waiting(metrics::Exposition& out, const Waiting& waiting, Instant now);
  void write_banks(metrics::Exposition& out);
  void write_process(metrics::Exposition& out) const;

  const Clock& clock_;
  const Instant started_at_;

  http::Router router_;  // Only to find which pattern a path is one of.
  std::deque<Route> routes_;
  Route no_route_;
  std::unordered_map<const http::Handler*, Route*> route_of_handler_;
  StatusCounters refused_;

  metrics::Histogram commit_closures_;
  metrics::Histogram commit_duration_;
  std::array<metrics::Counter, 4> pruned_;

  std::array<metrics::Counter, 16> attempts_;  // By outcome.
  metrics::Histogram attempt_duration_;

  std::deque<BankFigures> banks_;

  // Read from the events' table whenever somebody asks.
  std::optional<std::int64_t> last_event_;
  std::map<std::string, std::int64_t> events_by_type_;
  std::map<std::string, std::int64_t> payments_by_status_;
};

}  // namespace qantara::gateway
