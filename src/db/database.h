// The database: closures in, durable results out. Concurrent writes share one commit (group commit).
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>

#include "base/result.h"
#include "base/task.h"
#include "db/transaction.h"

namespace qantara::db {

/// One step of the schema, applied once and in order of the numbers.
struct Migration {
  int number;
  std::string_view name;  ///< "first_payment"
  std::string_view sql;   ///< Statements for this engine, separated by semicolons.
};

/// A commit of another process that announces something is most often heard of within some 50 ms, and after this it counts as
/// missed: long beside that, short beside the time in which somebody who revokes a key looks whether it still opens.
inline constexpr std::chrono::seconds kHeardWithin{1};

class Database {
 public:
  virtual ~Database() = default;

  /// Runs `closure(Transaction&) -> Result<T>` on the engine's writer, together with whatever else waits, in one commit,
  /// and resumes when that commit is durable. If the closure returns an error, what it wrote is undone, the others in
  /// the batch are not touched, and the error comes back. The closure may run more than once (after a failed batch, or
  /// a VERSION_CONFLICT): what it captures is read-only, and it does nothing outside the transaction.
  /// Errors besides the closure's own: STORAGE_FAILED when the commit failed (nothing of it is there after a restart
  /// either, or it is unknown: look), SERVICE_UNAVAILABLE when the queue is full or the database is closing.
  /// Cannot be cancelled; the caller is resumed on its own executor.
  template <class Closure>
  auto write(Closure closure, Reads reads = Reads::IN_TURN) -> Task<std::invoke_result_t<Closure&, Transaction&>> {
    std::optional<std::invoke_result_t<Closure&, Transaction&>> result;
    const Job job = [&](Transaction& transaction) -> Result<void> {
      result.emplace(closure(transaction));
      if (!*result) return result->error();
      return {};
    };
    const Result<void> committed = co_await run_write(job, reads);
    if (!committed) co_return committed.error();
    co_return std::move(*result);
  }

  /// Runs `closure` on a snapshot: it sees all that was committed before, and only that. Readers never wait for writers.
  template <class Closure>
  auto read(Closure closure) -> Task<std::invoke_result_t<Closure&, Transaction&>> {
    std::optional<std::invoke_result_t<Closure&, Transaction&>> result;
    const Job job = [&](Transaction& transaction) -> Result<void> {
      result.emplace(closure(transaction));
      return {};
    };
    const Result<void> ran = co_await run_read(job);
    if (!ran) co_return ran.error();
    co_return std::move(*result);
  }

  /// Calls `listener` (from a thread of the engine, so it must be quick and thread-safe: ring a Bell) after every durable
  /// commit that announced `channel`; soon after those of other processes on the same database too, several of them perhaps
  /// in one call. Before the first write only.
  virtual void on_commit(Channel channel, std::function<void()> listener) = 0;

  /// Whether listeners have heard of every commit that other processes had made durable kHeardWithin ago. Where it is not known,
  /// because the database is hard to reach, what rests on having heard is read again.
  virtual bool hears_others() const { return true; }

  /// The term in which this process leads: does what only one process may do at a time. Nothing while another one leads, or
  /// nobody does. It may have ended before this process knows: `Transaction::confirm` tells for sure.
  virtual std::optional<Term> leadership() const = 0;

  /// Calls `listener` (as on_commit) when `leadership` has changed. Before the first write only.
  virtual void on_leadership(std::function<void()> listener) = 0;

  /// Names the very place where the data is: a copy of it elsewhere has another name. Errors: STORAGE_FAILED.
  virtual Result<std::string> place() const = 0;

  /// Whether writes are possible right now; false after the storage failed, until it works again. For /readyz.
  virtual bool writable() const = 0;

  /// Finishes what is queued, refuses the rest, checkpoints and closes. Blocks. Call before the executors end.
  virtual void close() = 0;

 protected:
  using Job = std::function<Result<void>(Transaction&)>;
  /// `job` stays valid until the task ends.
  virtual Task<Result<void>> run_write(const Job& job, Reads reads) = 0;
  virtual Task<Result<void>> run_read(const Job& job) = 0;
};

struct SqliteOptions {
  std::filesystem::path file;
  int readers = 1;                 ///< Reader threads, each with a read-only connection.
  std::size_t batch_max = 256;     ///< Closures in one commit.
  std::size_t queue_max = 10'000;  ///< Waiting closures; beyond it SERVICE_UNAVAILABLE.
  std::string vfs;                 ///< For tests: the name of a registered SQLite VFS. Empty: the machine's.

  /// Called from the writer's thread after every durable commit: how many closures it held, and how long the commit itself
  /// took, most of it the flush to the disk. Quick and thread-safe, as listeners are.
  std::function<void(std::size_t closures, std::chrono::microseconds took)> on_measured;

  /// Called once, from the writer's thread, when the storage can no longer be trusted: a flush failed or the file is
  /// damaged. Nothing is written from then on, and nobody of the failed batch has been answered yet. A gateway ends here.
  std::function<void()> on_broken;
};

/// Opens or creates the file, takes its lock (a second process is refused), applies missing migrations (each in one
/// transaction with the record that it was applied) and starts the writer and the readers.
/// WAL, synchronous=FULL, foreign keys on; exactly one connection ever writes or checkpoints.
/// Errors: SERVICE_UNAVAILABLE if another process holds the file; STORAGE_FAILED if it cannot be opened, is damaged, or
/// was written by a newer version (more migrations than `migrations`).
Result<std::unique_ptr<Database>> open_sqlite(const SqliteOptions& options, std::span<const Migration> migrations);

/// Whether a server may be used that does not keep what it has acknowledged (promise P2).
enum class Durability { FULL, MAY_BE_UNSAFE };

struct PostgresOptions {
  std::string url;  ///< libpq's: "postgres://gateway@db.internal/qantara?…", or "host=… dbname=…".
  Durability durability = Durability::FULL;
  int writers = 1;  ///< Connections that write in turn. A second one makes commits smaller: 11.8 against 13.5 k/s.
  int readers = 2;  ///< Connections that read.
  std::size_t batch_max = 256;     ///< Closures in one commit.
  std::size_t queue_max = 10'000;  ///< Waiting closures; beyond it SERVICE_UNAVAILABLE.

  /// As in SqliteOptions; from one of several threads.
  std::function<void(std::size_t closures, std::chrono::microseconds took)> on_measured;
};

/// Connects, applies missing migrations and starts writers and readers. Any number of processes may: one at a time writes
/// (a transaction-level advisory lock), so closures of all of them run one after the other, and what a sequence gives inside
/// a write is in the order of commits. While the server is away, writes and reads are refused within two seconds
/// (SERVICE_UNAVAILABLE, or STORAGE_FAILED where it is not known whether the commit took place) and it is tried to reconnect.
/// Errors: INVALID_PARAMETERS for what is no such URL; SERVICE_UNAVAILABLE if the server does not answer or refuses us;
/// STORAGE_FAILED if it is older than 15, not UTF-8, not durable (fsync, full_page_writes or synchronous_commit off) without
/// MAY_BE_UNSAFE, or has migrations of a newer version. No message holds the password.
Result<std::unique_ptr<Database>> open_postgres(const PostgresOptions& options, std::span<const Migration> migrations);

}  // namespace qantara::db
