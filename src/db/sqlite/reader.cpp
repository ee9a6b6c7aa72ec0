#include "db/sqlite/reader.h"

#include <utility>
#include <vector>

#include "base/log.h"
#include "db/sqlite/sqlite_transaction.h"

namespace qantara::db::sqlite {
namespace {

// Jobs that share a snapshot. They were all queued before it was taken, so each sees what was committed before its call.
// A few: a long one keeps the others waiting.
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
  RETURN_IF_ERROR(begin());
  SqliteTransaction transaction{*connection_};
  Result<void> result = transaction.attempt(job);
  if (connection_->trouble() != Trouble::NONE) {
    log::error("read_failed", {{"cause", result ? std::string_view{} : std::string_view{result.error().cause}}});
    connection_.reset();
  }
  return result;
}

Result<void> Reader::begin() {
  if (!connection_) {
    ASSIGN_OR_RETURN(connection_, Connection::open(options_));
  }
  if (connection_->in_transaction()) return {};
  return connection_->command("BEGIN");
}

void Reader::end() {
  if (connection_ && connection_->in_transaction() && !connection_->command("COMMIT")) connection_.reset();
}

}  // namespace qantara::db::sqlite
