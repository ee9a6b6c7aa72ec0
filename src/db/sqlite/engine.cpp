#include "db/sqlite/engine.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <deque>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/file_lock.h"
#include "db/database_file.h"
#include "db/job_queue.h"
#include "db/sqlite/connection.h"
#include "db/sqlite/reader.h"
#include "db/sqlite/schema.h"
#include "db/sqlite/writer.h"

namespace qantara::db::sqlite {
namespace {

/// Makes the file, if there is none, for its owner only. SQLite gives the files beside it the same mode.
Result<void> make_private_file(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    return caused_by(ErrorCode::STORAGE_FAILED, "Cannot open the database file " + file.string(),
                     std::generic_category().message(errno));
  }
  ::close(descriptor);
  return {};
}

class SqliteEngine final : public Engine {
 public:
  SqliteEngine(std::optional<FileLock> lock, std::unique_ptr<Connection> connection,
               const Connection::Options& connection_options, const SqliteOptions& options, const Tuning& tuning)
      : file_(options.file),
        lock_(std::move(lock)),
        writes_(options.queue_max, 1),
        reads_(options.queue_max, static_cast<std::size_t>(options.readers)),
        writer_(std::move(connection), connection_options, writes_, options, tuning),
        writer_thread_([this] { writer_.run(); }) {
    Connection::Options reading = connection_options;
    reading.access = Connection::Access::READ_ONLY;
    for (int i = 0; i < options.readers; ++i) {
      Reader& reader = readers_.emplace_back(reading, reads_);
      reader_threads_.emplace_back([&reader] { reader.run(); });
    }
  }

  ~SqliteEngine() override { close(); }

  void on_commit(Channel channel, std::function<void()> listener) override {
    writer_.listen(channel, std::move(listener));
  }

  // The lock of the file is leadership for as long as the process lives.
  std::optional<Term> leadership() const override { return kOnlyTerm; }
  void on_leadership(std::function<void()>) override {}
  Result<std::string> place() const override { return place_of(file_); }

  bool writable() const override { return writer_.writable(); }
  Statistics statistics() const override { return writer_.statistics(); }

  void close() override {
    std::call_once(closed_, [this] {
      writes_.close();
      reads_.close();
      for (std::thread& thread : reader_threads_) thread.join();
      writer_thread_.join();
      writer_.finish();
      lock_.reset();
    });
  }

 protected:
  // Nobody else writes, so there is nothing that could be older.
  Task<Result<void>> run_write(const Job& job, Reads) override { return writes_.submit(job); }
  Task<Result<void>> run_read(const Job& job) override { return reads_.submit(job); }

 private:
  const std::filesystem::path file_;
  std::optional<FileLock> lock_;
  JobQueue writes_;
  JobQueue reads_;
  Writer writer_;
  std::deque<Reader> readers_;
  std::once_flag closed_;
  std::thread writer_thread_;
  std::vector<std::thread> reader_threads_;
};

}  // namespace

Result<std::unique_ptr<Engine>> open_engine(const SqliteOptions& options, std::span<const Migration> migrations,
                                            const Tuning& tuning) {
  CHECK(options.readers > 0);
  std::optional<FileLock> lock;
  if (options.vfs.empty()) {  // A test's files are not the machine's.
    std::filesystem::path lock_file = options.file;
    lock_file += ".lock";
    ASSIGN_OR_RETURN(FileLock taken, FileLock::take(lock_file));
    lock.emplace(std::move(taken));
    RETURN_IF_ERROR(make_private_file(options.file));
  }
  const Connection::Options connection_options{
      .file = options.file.string(), .vfs = options.vfs, .synchronous = tuning.synchronous};
  ASSIGN_OR_RETURN(std::unique_ptr<Connection> connection, Connection::open(connection_options));
  RETURN_IF_ERROR(migrate(*connection, migrations));
  return std::make_unique<SqliteEngine>(std::move(lock), std::move(connection), connection_options, options, tuning);
}

}  // namespace qantara::db::sqlite

namespace qantara::db {

Result<std::unique_ptr<Database>> open_sqlite(const SqliteOptions& options, std::span<const Migration> migrations) {
  ASSIGN_OR_RETURN(std::unique_ptr<sqlite::Engine> engine, sqlite::open_engine(options, migrations, {}));
  return engine;
}

}  // namespace qantara::db
