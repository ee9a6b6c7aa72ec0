// How many durable writes and snapshot reads a second the database does, one commit each and grouped.
// db_bench [directory] [seconds]: the file is made in `directory`, on the disk to be measured.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/uuid.h"
#include "db/database.h"

namespace qantara {
namespace {

constexpr db::Migration kMigrations[] = {
    {1, "payments", "CREATE TABLE payments (id BLOB PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID"}};

const SystemClock system_clock;
SystemRandom system_random;

struct Figures {
  std::vector<Duration> latencies;
  std::vector<Uuid> written;
};

Task<void> write_until(db::Database& database, Instant end, Figures& figures) {
  const std::string body(300, 'x');
  for (Instant begun = system_clock.now(); begun < end;) {
    const Uuid id = Uuid::make(system_clock, system_random);
    const auto insert = [&](db::Transaction& tx) {
      return tx.execute("INSERT INTO payments (id, body) VALUES ($1, $2)", id, body);
    };
    const auto written = co_await database.write(insert);
    if (!written) throw std::runtime_error(written.error().cause);
    const Instant now = system_clock.now();
    figures.latencies.push_back(now - begun);
    figures.written.push_back(id);
    begun = now;
  }
}

Task<void> read_until(db::Database& database, Instant end, const std::vector<Uuid>& ids, Figures& figures) {
  for (Instant begun = system_clock.now(); begun < end;) {
    const Uuid id = ids[system_random.below(ids.size())];
    const auto select = [&](db::Transaction& tx) {
      return tx.one(
          "SELECT body FROM payments WHERE id = $1", [](db::Row& row) { return row.take<std::string>(); }, id);
    };
    const auto read = co_await database.read(select);
    if (!read || !*read) throw std::runtime_error("not found");
    const Instant now = system_clock.now();
    figures.latencies.push_back(now - begun);
    begun = now;
  }
}

void print(std::string_view what, Duration took, Figures& figures) {
  std::ranges::sort(figures.latencies);
  const std::size_t count = figures.latencies.size();
  fmt::print("{:<44} {:>9.0f} /s   p50 {:>6} us   p99 {:>6} us\n", what,
             static_cast<double>(count) * 1e6 / static_cast<double>(took.count()), figures.latencies[count / 2].count(),
             figures.latencies[count * 99 / 100].count());
}

/// Runs `coroutines` of what `make` makes, on one thread.
template <class Make>
void measure(std::string_view what, int coroutines, Duration length, Figures& figures, Make make) {
  boost::asio::io_context context{1};
  const Instant begun = system_clock.now();
  for (int i = 0; i < coroutines; ++i) {
    boost::asio::co_spawn(context, make(begun + length), [](std::exception_ptr failure) {
      if (failure) std::rethrow_exception(failure);
    });
  }
  context.run();
  print(what, system_clock.now() - begun, figures);
}

/// The bare disk: the same bytes over and over in a file of fixed size, each flushed.
void measure_disk(const std::filesystem::path& file, Duration length) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT, 0600);
  const std::vector<char> block(1 << 16, 'x');
  Figures figures;
  const Instant start = system_clock.now();
  for (Instant begun = start; begun < start + length;) {
    if (::pwrite(descriptor, block.data(), block.size(), 0) < 0 || ::fdatasync(descriptor) != 0) std::abort();
    const Instant now = system_clock.now();
    figures.latencies.push_back(now - begun);
    begun = now;
  }
  ::close(descriptor);
  print("64 KiB overwritten and flushed", system_clock.now() - start, figures);
}

void run(const std::filesystem::path& directory, Duration length) {
  const std::filesystem::path scratch = directory / fmt::format("db_bench.{}", ::getpid());
  std::filesystem::create_directory(scratch);
  measure_disk(scratch / "raw", length);
  for (const std::size_t batch_max : {std::size_t{1}, std::size_t{256}}) {
    const auto file = scratch / fmt::format("{}.db", batch_max);
    const auto opened = db::open_sqlite({.file = file, .batch_max = batch_max}, kMigrations);
    if (!opened) throw std::runtime_error(opened.error().message);
    db::Database& database = **opened;
    Figures last;
    for (const int writers : {1, 16, 64, 256}) {
      Figures figures;
      measure(fmt::format("writes, {} at a time, at most {} in a commit", writers, batch_max), writers, length, figures,
              [&](Instant end) { return write_until(database, end, figures); });
      last.written.insert(last.written.end(), figures.written.begin(), figures.written.end());
    }
    for (const int readers : {1, 64}) {
      Figures figures;
      measure(fmt::format("reads by key, {} at a time", readers), readers, length, figures,
              [&](Instant end) { return read_until(database, end, last.written, figures); });
    }
  }
  std::filesystem::remove_all(scratch);
}

}  // namespace
}  // namespace qantara

int main(int argc, char** argv) {
  qantara::run(argc > 1 ? argv[1] : ".", std::chrono::seconds{argc > 2 ? std::atoi(argv[2]) : 2});
}
