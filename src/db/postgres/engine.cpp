#include <algorithm>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/log.h"
#include "db/database.h"
#include "db/job_queue.h"
#include "db/postgres/connection.h"
#include "db/postgres/keeper.h"
#include "db/postgres/listeners.h"
#include "db/postgres/reader.h"
#include "db/postgres/schema.h"
#include "db/postgres/writer.h"

namespace qantara::db {
namespace postgres {
namespace {

class PostgresEngine final : public Database {
 public:
  PostgresEngine(PostgresOptions options, const Connection::Options& connecting, std::string place)
      : options_(std::move(options)),
        place_(std::move(place)),
        writes_(options_.queue_max, 1),  // Whoever comes takes all there is: they commit in turn anyway.
        reads_(options_.queue_max, static_cast<std::size_t>(options_.readers)),
        keeper_(connecting, listeners_) {
    for (int i = 0; i < options_.writers; ++i) writers_.emplace_back(connecting, options_, writes_, listeners_);
    for (int i = 0; i < options_.readers; ++i) readers_.emplace_back(connecting, reads_);
    for (Reader& reader : readers_) working_.emplace_back([&reader] { reader.run(); });
    for (Writer& writer : writers_) working_.emplace_back([&writer] { writer.run(); });
  }

  ~PostgresEngine() override { close(); }

  void on_commit(Channel channel, std::function<void()> listener) override {
    listeners_.add(channel, std::move(listener));
  }
  bool hears_others() const override { return keeper_.hears_others(); }
  void on_leadership(std::function<void()> listener) override { keeper_.on_leadership(std::move(listener)); }
  std::optional<Term> leadership() const override { return keeper_.leadership(); }
  Result<std::string> place() const override { return place_; }

  bool writable() const override {
    return keeper_.connected() && std::ranges::any_of(writers_, [](const Writer& writer) { return writer.writable(); });
  }

  void close() override {
    std::call_once(closed_, [this] {
      std::call_once(kept_, [] {});
      keeper_.stop();
      writes_.close();
      reads_.close();
      for (std::thread& thread : working_) thread.join();
      if (keeping_.joinable()) keeping_.join();
    });
  }

 protected:
  Task<Result<void>> run_write(const Job& job, Reads reads) override {
    std::call_once(kept_,
                   [this] { keeping_ = std::thread{[this] { keeper_.run(); }}; });  // All listeners are there now.
    return writes_.submit(job, reads);
  }
  Task<Result<void>> run_read(const Job& job) override { return reads_.submit(job); }

 private:
  const PostgresOptions options_;
  const std::string place_;
  Listeners listeners_;
  JobQueue writes_;
  JobQueue reads_;
  Keeper keeper_;
  std::deque<Writer> writers_;
  std::deque<Reader> readers_;
  std::once_flag kept_;
  std::once_flag closed_;
  std::vector<std::thread> working_;
  std::thread keeping_;
};

}  // namespace
}  // namespace postgres

Result<std::unique_ptr<Database>> open_postgres(const PostgresOptions& options, std::span<const Migration> migrations) {
  CHECK(options.writers > 0 && options.readers > 0);
  const postgres::Connection::Options connecting{
      .url = options.url, .durability = options.durability, .connect_within = postgres::kConnectAtStartWithin};
  RETURN_IF_ERROR(postgres::migrate(connecting, migrations));
  ASSIGN_OR_RETURN(const auto connection, postgres::Connection::open(connecting));
  ASSIGN_OR_RETURN(auto place, postgres::place_of(*connection));
  ASSIGN_OR_RETURN(const auto weakness, postgres::standby_weakness(*connection));
  if (!weakness.empty()) log::warn("a failover may lose what was acknowledged", {{"cause", weakness}});
  return std::make_unique<postgres::PostgresEngine>(options, connecting, std::move(place));
}

}  // namespace qantara::db
