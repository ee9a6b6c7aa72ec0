#include "gateway/metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "api/routes.h"
#include "base/check.h"
#include "gateway/metric_rows.h"

namespace qantara::gateway {

namespace {

using metrics::Unit;

/// From a read out of memory to a bank that takes its time, in microseconds.
constexpr std::int64_t kDurations[] = {250,     500,     1'000,   2'500,     5'000,     10'000,    25'000,    50'000,
                                       100'000, 250'000, 500'000, 1'000'000, 2'500'000, 5'000'000, 10'000'000};
/// Up to SqliteOptions::batch_max.
constexpr std::int64_t kBatches[] = {1, 2, 4, 8, 16, 32, 64, 128, 256};

constexpr std::string_view kPrunedKinds[] = {"event", "delivery", "dead_letter", "link_session"};  ///< As in Pruned.

constexpr std::int64_t kEventsPerRead = 20'000;  ///< Well below 0.1 s of a reader's time.

/// What an attempt came to. The reasons follow http::ClientFailure::Reason.
constexpr std::string_view kAttemptOutcomes[] = {
    "delivered",    "status_1xx", "status_3xx",        "status_4xx",       "status_5xx",
    "status_other", "bad_url",    "forbidden_address", "resolve",          "connect",
    "tls",          "timed_out",  "connection_lost",   "malformed_answer", "answer_too_large"};
constexpr std::size_t kFirstReason = 6;
static_assert(std::size(kAttemptOutcomes) ==
              kFirstReason + static_cast<std::size_t>(http::ClientFailure::Reason::ANSWER_TOO_LARGE) + 1);

std::size_t attempt_outcome(const http::ClientResult& result) {
  if (!result) return kFirstReason + static_cast<std::size_t>(result.error().reason);
  switch (result->status / 100) {
    case 1:
      return 1;
    case 2:
      return 0;
    case 3:
    case 4:
    case 5:
      return static_cast<std::size_t>(result->status / 100 - 1);
    default:
      return 5;
  }
}

void begin(metrics::Exposition& out, std::string_view name) {
  const auto& row = metric_row(name);
  out.begin(row.name, row.type, row.help);
}

std::int64_t as_number(bool value) { return value ? 1 : 0; }

std::int64_t micros(const ::timeval& time) { return std::int64_t{time.tv_sec} * 1'000'000 + time.tv_usec; }

/// The second number of /proc/self/statm, in pages; 0 where there is no /proc.
std::int64_t resident_bytes() {
  std::ifstream file{"/proc/self/statm"};
  std::int64_t size = 0;
  std::int64_t resident = 0;
  file >> size >> resident;
  return file ? resident * ::sysconf(_SC_PAGESIZE) : 0;
}

std::int64_t open_files() {
  std::error_code failed;
  const std::filesystem::directory_iterator folder{"/proc/self/fd", failed};
  return failed ? 0 : std::distance(begin(folder), end(folder));
}

}  // namespace

Metrics::Route::Route(std::string_view method_name, std::string_view path_pattern)
    : method(method_name), pattern(path_pattern), duration(kDurations) {}

Metrics::Metrics(const Clock& real_clock)
    : clock_(real_clock),
      started_at_(real_clock.now()),
      no_route_("any", "none"),
      commit_closures_(kBatches),
      commit_duration_(kDurations),
      attempt_duration_(kDurations) {
  for (const auto& row : api::routes()) router_.add(row.method, row.pattern, {});
  for (const auto& row : api::routes()) {
    // A pattern is a path of itself: `{id}` stands where any segment may stand.
    const auto found = router_.find(row.method, row.pattern);
    const auto* const match = std::get_if<http::Router::Match>(&found);
    CHECK(match != nullptr);
    route_of_handler_[match->handler] = &routes_.emplace_back(http::to_text(row.method), row.pattern);
  }
}

std::size_t Metrics::status_index(int status) {
  const auto* const found = std::ranges::lower_bound(kStatuses, status);
  const bool is_known = found != kStatuses.end() && *found == status;
  return is_known ? static_cast<std::size_t>(found - kStatuses.begin()) : kStatuses.size();
}

std::string Metrics::status_text(std::size_t index) {
  return index < kStatuses.size() ? std::to_string(kStatuses[index]) : "other";
}

// Requests.

http::Handler Metrics::measured(http::Handler handler) {
  return [this, handler = std::move(handler)](http::Request& request) { return answer(handler, request); };
}

Metrics::Route& Metrics::route_of(const http::Request& request) {
  const auto found = router_.find(request.method, request.path);
  const auto* const match = std::get_if<http::Router::Match>(&found);
  return match == nullptr ? no_route_ : *route_of_handler_.at(match->handler);
}

Task<http::Response> Metrics::answer(const http::Handler& handler, http::Request& request) {
  const Instant begun_at = clock_.now();
  Route& route = route_of(request);
  auto response = co_await handler(request);
  route.answers[status_index(response.status)].add();
  route.duration.observe((clock_.now() - begun_at).count());
  co_return response;
}

// Webhooks.

class Metrics::MeasuredClient final : public http::Client {
 public:
  MeasuredClient(http::Client& client, Metrics& metrics) : client_(client), metrics_(metrics) {}

  Task<http::ClientResult> send(http::ClientRequest request) override {
    const Instant begun_at = metrics_.clock_.now();
    auto result = co_await client_.send(std::move(request));
    metrics_.count_attempt(result, metrics_.clock_.now() - begun_at);
    co_return result;
  }

 private:
  http::Client& client_;
  Metrics& metrics_;
};

std::unique_ptr<http::Client> Metrics::measured(http::Client& client) {
  return std::make_unique<MeasuredClient>(client, *this);
}

void Metrics::count_attempt(const http::ClientResult& result, Duration elapsed) {
  attempts_[attempt_outcome(result)].add();
  attempt_duration_.observe(elapsed.count());
}

// Banks and commits.

BankFigures& Metrics::bank_figures(const std::string& bank) {
  const auto known = std::ranges::find(banks_, bank, &BankFigures::bank);
  return known != banks_.end() ? *known : banks_.emplace_back(bank, kDurations);
}

void Metrics::count_commit(std::size_t closures, std::chrono::microseconds took) {
  commit_closures_.observe(static_cast<std::int64_t>(closures));
  commit_duration_.observe(took.count());
}

void Metrics::count_pruned(const Pruned& pruned) {
  const std::int64_t counts[] = {pruned.events, pruned.deliveries, pruned.dead_letters, pruned.sessions};
  for (std::size_t i = 0; i < pruned_.size(); ++i) pruned_[i].add(static_cast<std::uint64_t>(counts[i]));
}

// Telling.

Task<Result<Metrics::Told>> Metrics::ask(db::Database& database) {
  CO_RETURN_IF_ERROR(co_await catch_up_with_events(database));
  Told told;
  CO_ASSIGN_OR_RETURN(told.waiting, co_await database.read(select_waiting));
  CO_ASSIGN_OR_RETURN(told.open, co_await database.read(select_open_payments));
  co_return told;
}

Task<std::string> Metrics::render(Surroundings with) {
  const auto told = co_await ask(with.database);
  metrics::Exposition out;
  begin(out, "qantara_build_info");
  out.sample({{"version", QANTARA_VERSION}}, 1);
  begin(out, "qantara_live");
  out.sample({}, as_number(with.standing == Standing::LIVE));
  begin(out, "qantara_leads");
  out.sample({}, as_number(with.standing == Standing::LIVE && with.database.leadership().has_value()));
  begin(out, "qantara_database_info");
  out.sample({{"engine", with.engine}}, 1);
  write_requests(out);
  write_load(out, with);
  write_commits(out, with);
  if (told) write_events(out, told->open);
  write_attempts(out);
  if (told) write_waiting(out, told->waiting, with.domain_clock.now());
  write_banks(out);
  write_process(out);
  co_return std::move(out).text();
}

Task<Result<void>> Metrics::catch_up_with_events(db::Database& database) {
  CO_ASSIGN_OR_RETURN(const auto last, co_await database.read(select_last_event));
  if (!last_event_) last_event_ = last;
  while (*last_event_ < last) {
    const auto until = std::min(last, *last_event_ + kEventsPerRead);
    const auto after = *std::exchange(last_event_, until);  // Two who ask at the same time count nothing twice.
    CO_ASSIGN_OR_RETURN(const auto counted,
                        co_await database.read([&](db::Transaction& tx) { return count_events(tx, after, until); }));
    for (const auto& row : counted) {
      events_by_type_[row.type] += row.count;
      if (row.status) payments_by_status_[*row.status] += row.count;
    }
  }
  co_return Result<void>{};
}

void Metrics::write_requests(metrics::Exposition& out) const {
  const auto every_route = [&](auto work) {
    for (const auto& route : routes_) work(route);
    work(no_route_);
  };
  begin(out, "qantara_http_requests_total");
  every_route([&](const Route& route) {
    for (std::size_t i = 0; i < route.answers.size(); ++i) {
      if (route.answers[i].value() == 0) continue;
      const auto status = status_text(i);
      out.sample({{"method", route.method}, {"route", route.pattern}, {"status", status}}, route.answers[i]);
    }
  });
  begin(out, "qantara_http_request_duration_seconds");
  every_route([&](const Route& route) {
    if (route.duration.snapshot().count == 0) return;
    out.sample({{"method", route.method}, {"route", route.pattern}}, route.duration, Unit::MICROSECONDS);
  });
  begin(out, "qantara_http_refused_total");
  for (std::size_t i = 0; i < refused_.size(); ++i) {
    if (refused_[i].value() > 0) out.sample({{"status", status_text(i)}}, refused_[i]);
  }
}

void Metrics::write_load(metrics::Exposition& out, const Surroundings& with) const {
  begin(out, "qantara_http_connections");
  out.sample({}, static_cast<std::int64_t>(with.connections));
  begin(out, "qantara_http_connections_refused_total");
  out.sample({}, static_cast<std::int64_t>(with.connections_refused));
  begin(out, "qantara_requests_in_work");
  out.sample({}, static_cast<std::int64_t>(with.admission.in_work()));
  begin(out, "qantara_requests_in_work_limit");
  out.sample({}, static_cast<std::int64_t>(with.admission.limit()));
  begin(out, "qantara_requests_shed_total");
  for (const auto priority :
       {Priority::IN_FLIGHT, Priority::WRITE, Priority::READ, Priority::LIST, Priority::SETTINGS}) {
    out.sample({{"priority", to_text(priority)}}, with.admission.refused(priority));
  }
  begin(out, "qantara_tls_certificate_expires_seconds");
  if (!with.certificate_expires_at) return;
  const auto end = with.certificate_expires_at->time_since_epoch();
  out.sample({}, std::chrono::duration_cast<std::chrono::seconds>(end).count());
}

void Metrics::write_commits(metrics::Exposition& out, const Surroundings& with) const {
  begin(out, "qantara_database_writable");
  out.sample({}, as_number(with.database.writable()));
  begin(out, "qantara_commit_closures");
  out.sample({}, commit_closures_);
  begin(out, "qantara_commit_duration_seconds");
  out.sample({}, commit_duration_, Unit::MICROSECONDS);
  begin(out, "qantara_pruned_rows_total");
  for (std::size_t i = 0; i < pruned_.size(); ++i) out.sample({{"kind", kPrunedKinds[i]}}, pruned_[i]);
}

void Metrics::write_events(metrics::Exposition& out, const std::vector<StatusCount>& open) const {
  begin(out, "qantara_events_total");
  for (const auto& [type, count] : events_by_type_) out.sample({{"type", type}}, count);
  begin(out, "qantara_payments_completed_total");
  for (const auto& [status, count] : payments_by_status_) out.sample({{"status", status}}, count);
  begin(out, "qantara_payments_open");
  for (const auto& [status, count] : open) out.sample({{"status", status}}, count);
}

void Metrics::write_attempts(metrics::Exposition& out) const {
  begin(out, "qantara_webhook_attempts_total");
  for (std::size_t i = 0; i < std::size(kAttemptOutcomes); ++i) {
    out.sample({{"outcome", kAttemptOutcomes[i]}}, attempts_[i]);
  }
  begin(out, "qantara_webhook_attempt_duration_seconds");
  out.sample({}, attempt_duration_, Unit::MICROSECONDS);
}

void Metrics::write_waiting(metrics::Exposition& out, const Waiting& waiting, Instant now) {
  begin(out, "qantara_webhook_deliveries_waiting");
  out.sample({}, waiting.deliveries);
  begin(out, "qantara_webhook_lag_seconds");
  const auto lag = waiting.oldest_event_at ? std::max(now - *waiting.oldest_event_at, Duration::zero()) : Duration{};
  out.sample({}, lag.count(), Unit::MICROSECONDS);
}

void Metrics::write_banks(metrics::Exposition& out) {
  const auto every_call = [&](auto work) {
    for (auto& bank : banks_) {
      for (std::size_t i = 0; i < BankFigures::kCalls.size(); ++i)
        work(bank.bank(), BankFigures::kCalls[i], bank.call(i));
    }
  };
  begin(out, "qantara_bank_calls_total");
  every_call([&](const std::string& bank, std::string_view call, const BankFigures::Call& figures) {
    for (std::size_t i = 0; i < figures.outcomes.size(); ++i) {
      if (figures.outcomes[i].value() == 0) continue;
      out.sample({{"bank", bank}, {"call", call}, {"outcome", BankFigures::kOutcomes[i]}}, figures.outcomes[i]);
    }
  });
  begin(out, "qantara_bank_call_duration_seconds");
  every_call([&](const std::string& bank, std::string_view call, const BankFigures::Call& figures) {
    if (figures.duration.snapshot().count == 0) return;
    out.sample({{"bank", bank}, {"call", call}}, figures.duration, Unit::MICROSECONDS);
  });
}

void Metrics::write_process(metrics::Exposition& out) const {
  ::rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  begin(out, "process_resident_memory_bytes");
  out.sample({}, resident_bytes());
  begin(out, "process_open_fds");
  out.sample({}, open_files());
  begin(out, "process_cpu_seconds_total");
  out.sample({}, micros(used.ru_utime) + micros(used.ru_stime), Unit::MICROSECONDS);
  begin(out, "process_start_time_seconds");
  out.sample({}, started_at_.time_since_epoch().count(), Unit::MICROSECONDS);
}

}  // namespace qantara::gateway
