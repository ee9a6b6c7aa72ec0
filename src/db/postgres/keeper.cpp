#include "db/postgres/keeper.h"

#include <utility>

#include "base/log.h"
#include "db/postgres/schema.h"

namespace qantara::db::postgres {
namespace {

constexpr std::chrono::milliseconds kLookEvery{50};
constexpr std::chrono::milliseconds kStandEvery{250};
constexpr std::chrono::seconds kPausedMax{8};
// Nobody waits for an answer here, and a leader that comes and goes with each hiccup helps nobody.
constexpr std::chrono::seconds kSilenceMax{4};

Connection::Options with_idle_limit(Connection::Options options) {
  options.ended_when_idle_for = kPausedMax;
  options.silence_max = kSilenceMax;
  return options;
}

struct Integers final : RowSink {
  std::vector<std::pair<std::int64_t, std::int64_t>> rows;
  void row(Row& row) override {
    const auto first = row.take<std::int64_t>();
    rows.emplace_back(first, row.take<std::int64_t>());
  }
};

}  // namespace

Keeper::Keeper(Connection::Options options, const Listeners& listeners)
    : options_(with_idle_limit(std::move(options))), listeners_(listeners) {}

void Keeper::run() {
  bool has_missed = false;
  do {
    auto kept = connection_ ? Result<void>{} : connect();
    const bool is_new = kept && !connected();
    const Deadline asked_at = uptime();
    if (kept) kept = listen_to_news();
    if (kept) {
      // Perhaps on another server, which has lost nothing, but counts anew.
      if (is_new && std::exchange(has_missed, false)) listeners_.ring_all();
      heard_at_.store(asked_at, std::memory_order_release);
    }
    if (kept) kept = stand_for_leader();
    connected_.store(kept.has_value(), std::memory_order_release);
    if (!kept) {
      connection_.reset();
      set_term(0);
      has_missed = true;
    }
  } while (wait(connection_ ? kLookEvery : kStandEvery));
  connection_.reset();
  set_term(0);
}

void Keeper::stop() {
  const std::lock_guard lock{mutex_};
  stopping_ = true;
  news_.notify_all();
}

std::optional<Term> Keeper::leadership() const {
  const auto term = term_.load(std::memory_order_acquire);
  return term == 0 ? std::nullopt : std::optional{Term{term}};
}

bool Keeper::hears_others() const { return uptime() - heard_at_.load(std::memory_order_acquire) < kHeardWithin; }

Result<void> Keeper::connect() {
  ASSIGN_OR_RETURN(connection_, Connection::open(options_));
  options_.connect_within = kConnectWithin;
  connection_->keep_answers(Connection::Answers::KEEP);
  return {};
}

Result<void> Keeper::listen_to_news() {
  // Settled before it is read: the server counts a session as idle only behind that.
  const auto ticket = connection_->queue_with("SELECT channel, commits FROM commit_news");
  RETURN_IF_ERROR(connection_->settle(Patience::SHORT));
  Integers found;
  read_answer(connection_->take(ticket), &found);
  Channels news;
  for (const auto& [channel, commits] : found.rows) {
    const auto number = static_cast<std::size_t>(channel);
    if (number < heard_.size() && std::exchange(heard_[number], commits) != commits) news.set(number);
  }
  listeners_.ring(news);
  return {};
}

Result<void> Keeper::stand_for_leader() {
  const auto now = uptime();
  if (leadership() || now - stood_at_ < kStandEvery) return {};
  stood_at_ = now;
  struct Won final : RowSink {
    bool won = false;
    void row(Row& row) override { won = row.take<bool>(); }
  } result;
  const auto ticket = connection_->queue_with("SELECT pg_try_advisory_lock($1)", kLeaderLock);
  RETURN_IF_ERROR(connection_->settle(Patience::SHORT));
  read_answer(connection_->take(ticket), &result);
  if (!result.won) return {};

  // In turn with the writers: whoever confirms a term sees this one or comes before it.
  struct Begun final : RowSink {
    std::int64_t term = 0;
    void row(Row& row) override { term = row.take<std::int64_t>(); }
  } begun;
  connection_->queue_with("BEGIN");
  connection_->queue_with("SELECT pg_advisory_xact_lock($1)", kWritersLock);
  ASSIGN_OR_RETURN(const auto counted,
                   connection_->wait(connection_->queue_with("UPDATE leadership SET term = term + 1 RETURNING term")));
  read_answer(counted, &begun);
  connection_->queue_with("COMMIT");
  RETURN_IF_ERROR(connection_->settle());
  connection_->forget_answers();
  set_term(begun.term);
  return {};
}

void Keeper::set_term(std::int64_t term) {
  if (term_.exchange(term, std::memory_order_acq_rel) == term) return;
  log::info(term == 0 ? "leadership_lost" : "leadership_gained", {{"term", term}});
  for (const auto& listener : on_leadership_) listener();
}

/// False once it is to stop.
bool Keeper::wait(std::chrono::milliseconds duration) {
  std::unique_lock lock{mutex_};
  return !news_.wait_for(lock, duration, [this] { return stopping_; });
}

}  // namespace qantara::db::postgres
