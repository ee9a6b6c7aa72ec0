#include "db/sqlite/writer.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/check.h"
#include "base/log.h"

namespace qantara::db::sqlite {
namespace {

constexpr int kRerunsMax = 8;

// After a closure that failed with something written: where one fails, more may, and each costs its batch a second run.
constexpr int kCarefulBatches = 32;

// Beyond this many intervals the next commits wait for readers, so that the log can begin anew.
constexpr int kPatientCheckpoints = 4;

/// For a failure of the transaction as a whole, which says nothing about the closures in it.
Error storage_failed(const Error& why) {
  return caused_by(ErrorCode::STORAGE_FAILED, "The database could not write; try again later", why.cause);
}

std::chrono::nanoseconds uptime() { return std::chrono::steady_clock::now().time_since_epoch(); }

}  // namespace

Writer::Writer(std::unique_ptr<Connection> connection, Connection::Options connection_options, JobQueue& queue,
               const SqliteOptions& options, const Tuning& tuning)
    : connection_(std::move(connection)),
      connection_options_(std::move(connection_options)),
      queue_(queue),
      batch_max_(options.batch_max),
      tuning_(tuning),
      on_broken_(options.on_broken),
      on_measured_(options.on_measured),
      next_checkpoint_at_(tuning.checkpoint_pages),
      next_spare_checkpoint_at_(tuning.idle_checkpoint_pages),
      checkpoint_at_(uptime()) {
  CHECK(batch_max_ > 0);
}

void Writer::listen(Channel channel, std::function<void()> listener) {
  listeners_[channel.number].push_back(std::move(listener));
}

Statistics Writer::statistics() const {
  return {.closures = closures_.load(std::memory_order_relaxed),
          .commits = commits_.load(std::memory_order_relaxed),
          .checkpoints = checkpoints_.load(std::memory_order_relaxed)};
}

void Writer::run() {
  std::vector<Waiting*> batch;
  batch.reserve(batch_max_);
  std::chrono::nanoseconds begun_at{};
  for (;;) {
    const auto ready_at = uptime();
    const auto for_more = std::max(begun_at + tuning_.gather_for - ready_at, std::chrono::nanoseconds{});
    if (!queue_.take(batch, batch_max_, {.for_one = patience(), .for_more = for_more})) break;
    begun_at = uptime();
    waited_ += begun_at - ready_at;
    if (batch.empty()) {
      use_idle_time();
      continue;
    }
    settle(batch);
    resume(batch);
    checkpoint_if_long();
  }
}

void Writer::finish() {
  if (connection_) checkpoint(Connection::Checkpoint::TRUNCATE);
  if (connection_) connection_->tidy_up_on_close();
  connection_.reset();
}

void Writer::settle(std::span<Waiting* const> batch) {
  const std::optional<std::size_t> undone_by = attempt(batch);
  if (!undone_by || batch.size() == 1) return;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (i != *undone_by) attempt(batch.subspan(i, 1));
  }
}

std::optional<std::size_t> Writer::attempt(std::span<Waiting* const> batch) {
  const auto fail_all = [&](const Error& why) {
    for (Waiting* waiting : batch) waiting->result = storage_failed(why);
  };
  if (const Result<void> connected = connect(); !connected) {
    fail_all(connected.error());
    return std::nullopt;
  }
  if (const Result<void> begun = connection_->command("BEGIN IMMEDIATE"); !begun) {
    fail_all(begun.error());
    give_up(begun.error());
    return std::nullopt;
  }

  Channels announced;
  const Undo undo = careful_batches_ > 0 ? Undo::ALONE : Undo::WITH_ALL;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    std::optional<Result<void>> ran = run_closure(*batch[i]->job, undo, announced);
    if (!ran) {
      careful_batches_ = kCarefulBatches;
      if (const Result<void> undone = connection_->command("ROLLBACK"); !undone) {
        fail_all(undone.error());
        give_up(undone.error());
        return std::nullopt;
      }
      return attempt(batch);
    }
    Result<void>& result = batch[i]->result;
    result = *std::move(ran);
    if (connection_->trouble() == Trouble::NONE && connection_->in_transaction()) continue;
    CHECK(!result);  // Otherwise the closure ended the transaction that it shares.
    const Error why = result.error();
    fail_all(why);
    give_up(why);
    return i;
  }

  const std::uint64_t commits_before = connection_->commits();
  const auto begun_at = on_measured_ ? std::chrono::steady_clock::now() : std::chrono::steady_clock::time_point{};
  if (const Result<void> committed = connection_->command("COMMIT"); !committed) {
    fail_all(committed.error());
    // Want of space, or a constraint deferred to the commit: surely nothing is there. After any other failure some of
    // it may come back when the log is read anew, and a second run could do it twice.
    const bool surely_undone = connection_->trouble() <= Trouble::FULL;
    give_up(committed.error());
    return surely_undone ? std::optional{batch.size()} : std::nullopt;
  }
  if (connection_->commits() != commits_before) {
    commits_.fetch_add(1, std::memory_order_relaxed);
    if (connection_->wal_pages() < pages_in_log_) {  // The log has begun anew.
      next_checkpoint_at_ = tuning_.checkpoint_pages;
      next_spare_checkpoint_at_ = tuning_.idle_checkpoint_pages;
    }
    pages_in_log_ = pages_to_move_ = connection_->wal_pages();
    writable_.store(true, std::memory_order_release);
    if (on_measured_) {
      const auto took = std::chrono::steady_clock::now() - begun_at;
      on_measured_(batch.size(), std::chrono::duration_cast<std::chrono::microseconds>(took));
    }
  }
  if (careful_batches_ > 0) --careful_batches_;
  ring(announced);
  return std::nullopt;
}

std::optional<Result<void>> Writer::run_closure(const Job& job, Undo undo, Channels& announced) {
  for (int rerun = 0;; ++rerun) {
    closures_.fetch_add(1, std::memory_order_relaxed);
    SqliteTransaction transaction{*connection_, undo};
    Result<void> result = transaction.attempt(job);
    if (result) {
      announced |= transaction.announced();
      return result;
    }
    const bool storage_is_well = connection_->trouble() == Trouble::NONE && connection_->in_transaction();
    if (storage_is_well && transaction.must_be_undone()) return std::nullopt;
    if (result.error().code != ErrorCode::VERSION_CONFLICT || rerun == kRerunsMax || !storage_is_well) return result;
  }
}

Result<void> Writer::connect() {
  if (broken_)
    return error(ErrorCode::STORAGE_FAILED, "The database can no longer be trusted; the gateway must restart");
  if (connection_) return {};
  ASSIGN_OR_RETURN(connection_, Connection::open(connection_options_));
  return {};
}

void Writer::give_up(const Error& why) {
  const Trouble trouble = connection_->trouble();
  if (trouble != Trouble::NONE) {
    writable_.store(false, std::memory_order_release);
    log::error("storage_failed", {{"cause", why.cause}});
  }
  connection_->clear_trouble();
  if (trouble <= Trouble::FULL && (!connection_->in_transaction() || connection_->command("ROLLBACK"))) return;
  connection_.reset();
  if (trouble == Trouble::BROKEN) {
    // The kernel forgets which pages a failed flush was about: a second flush that succeeds would prove nothing.
    broken_ = true;
    log::error("storage_broken", {{"cause", why.cause}});
    if (on_broken_) on_broken_();
  }
}

void Writer::ring(const Channels& announced) {
  if (announced.none()) return;
  for (std::size_t number = 0; number < announced.size(); ++number) {
    if (!announced.test(number)) continue;
    for (const std::function<void()>& listener : listeners_[number]) listener();
  }
}

std::optional<std::chrono::milliseconds> Writer::patience() const {
  if (broken_) return std::nullopt;
  if (!writable()) return tuning_.probe_every;
  if (pages_to_move_ >= tuning_.idle_checkpoint_pages) return tuning_.idle_after;
  return std::nullopt;
}

void Writer::use_idle_time() {
  if (!writable()) {
    probe();
  } else {
    checkpoint(Connection::Checkpoint::PASSIVE);
  }
}

void Writer::probe() {
  if (!connect()) return;
  // On a full disk this may be all it takes: the log begins anew in the space it has.
  checkpoint(Connection::Checkpoint::PASSIVE);
  if (!connection_) return;
  // A value nobody reads; writing it goes the whole way to the disk.
  if (const Result<void> written = connection_->command("PRAGMA user_version = 1"); !written) {
    give_up(written.error());
    return;
  }
  writable_.store(true, std::memory_order_release);
  log::info("storage_recovered");
}

void Writer::checkpoint(Connection::Checkpoint how) {
  checkpoints_.fetch_add(1, std::memory_order_relaxed);
  const auto begun_at = uptime();
  const Result<bool> moved = connection_->checkpoint(how);
  move_took_ = uptime() - begun_at;
  pages_to_move_ = 0;
  next_checkpoint_at_ = pages_in_log_ + tuning_.checkpoint_pages;
  next_spare_checkpoint_at_ = pages_in_log_ + tuning_.idle_checkpoint_pages;
  checkpoint_at_ = uptime();
  waited_ = {};
  if (moved) return;
  if (connection_->trouble() == Trouble::FULL) {  // The log still holds everything, and perhaps has room.
    connection_->clear_trouble();
    log::warn("checkpoint_failed", {{"cause", moved.error().cause}});
    return;
  }
  give_up(moved.error());
}

bool Writer::has_time_to_spare() const {
  // A disk that is slow to flush makes moving dear, whatever time there is. (Twice the log takes less than twice as long: many
  // of its pages are the same.)
  constexpr int kSpareForEachMove = 3;
  return waited_ * 100 >= (uptime() - checkpoint_at_) * tuning_.spare_percent &&
         waited_ >= move_took_ * kSpareForEachMove;
}

void Writer::checkpoint_if_long() {
  if (!connection_) return;
  if (pages_in_log_ < next_checkpoint_at_) {
    if (pages_in_log_ >= next_spare_checkpoint_at_ && has_time_to_spare()) checkpoint(Connection::Checkpoint::PASSIVE);
    return;
  }
  checkpoint(pages_in_log_ < kPatientCheckpoints * tuning_.checkpoint_pages ? Connection::Checkpoint::PASSIVE
                                                                            : Connection::Checkpoint::RESTART);
}

}  // namespace qantara::db::sqlite
