#include "db/postgres/reader.h"

#include <utility>
#include <vector>

#include "base/log.h"
#include "db/postgres/postgres_transaction.h"

namespace qantara::db::postgres {
namespace {

// Jobs that share a snapshot. They were all queued before it was taken, so each sees what was committed before its call.
constexpr std::size_t kSnapshotMax = 16;

}  // namespace

void Reader::run() {
  std::vector<Waiting*> batch;
  while (queue_.take(batch, kSnapshotMax)) {
    for (Waiting*& waiting : batch) {
      waiting->result = answer(*waiting->job);
      resume({&waiting, 1});
    }
    end();
  }
  connection_.reset();
}

Result<void> Reader::answer(const Job& job) {
  // A connection that was lost while nobody used it shows only now.
  constexpr int kTries = 2;
  Result<void> result;
  for (int i = 0; i < kTries; ++i) {
    if (!connection_) RETURN_IF_ERROR(connect());
    if (!std::exchange(in_transaction_, true)) {
      connection_->queue_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    }
    SharedTransaction shared;
    PostgresTransaction transaction{*connection_, shared, nullptr};
    result = transaction.attempt(job);
    if (connection_->trouble() == Trouble::NONE) return result;
    end();
    if (connection_) return result;
  }
  return result;
}

Result<void> Reader::connect() {
  const auto now = uptime();
  if (now - connected_last_try_ < kTryEvery) {
    return error(ErrorCode::SERVICE_UNAVAILABLE, "The database does not answer; try again");
  }
  connected_last_try_ = now;
  auto opened = Connection::open(options_);
  if (!opened) {
    return caused_by(ErrorCode::SERVICE_UNAVAILABLE, "The database does not answer; try again",
                     opened.error().message + ": " + opened.error().cause);
  }
  connection_ = *std::move(opened);
  options_.connect_within = kConnectWithin;
  connected_last_try_ = {};
  return {};
}

void Reader::end() {
  if (!connection_ || !std::exchange(in_transaction_, false)) return;
  const auto settled = connection_->settle();
  if (!settled) log::error("read_failed", {{"cause", std::string_view{settled.error().cause}}});
  if (!connection_->is_lost()) {
    connection_->queue_with("ROLLBACK");  // Nothing was written.
    (void)connection_->settle();
  }
  if (connection_->is_lost()) connection_.reset();
}

}  // namespace qantara::db::postgres
