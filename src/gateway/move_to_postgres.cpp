#include "gateway/move_to_postgres.h"

#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "base/uuid.h"
#include "db/database.h"
#include "db/database_file.h"
#include "gateway/home.h"
#include "gateway/settings_store.h"
#include "migrations/gateway.h"

namespace qantara::gateway {

namespace {

namespace move = db::postgres::move;

/// Where the file says that the live one is, while it moves and afterwards: before the id of the move.
constexpr std::string_view kLeft = "move ";

// What the target remembers: which move filled it, from which file, and whether that is over.
constexpr std::string_view kMoveId = "move_id";
constexpr std::string_view kMoveFrom = "move_from";
constexpr std::string_view kMoveState = "move_state";
constexpr std::string_view kUnfinished = "unfinished";
constexpr std::string_view kFinished = "finished";

Error cannot_move(std::string message) { return error(ErrorCode::INVALID_PARAMETERS, std::move(message)); }

struct File {
  std::unique_ptr<db::Database> database;  ///< Open, so that no gateway takes it meanwhile.
  std::filesystem::path path;
  std::string place;
  std::optional<std::string> home;

  bool is_live() const { return !home || *home == place; }
  /// Whether it has left for where the move `id` goes.
  bool has_left_by(std::string_view id) const { return home && *home == std::string{kLeft} + std::string{id}; }
  bool has_left() const { return home && home->starts_with(kLeft); }
};

/// What the target remembers of moves.
struct Arrival {
  std::optional<std::string> id;
  std::optional<std::string> from;
  std::optional<std::string> state;
  std::optional<std::string> home;
};

Task<Result<File>> open_to_move(const std::filesystem::path& data) {
  File file{.database = {}, .path = data / "qantara.db", .place = {}, .home = {}};
  std::error_code failed;
  if (!std::filesystem::exists(file.path, failed)) co_return cannot_move("there is no database " + file.path.string());
  auto opened = db::open_sqlite({.file = file.path}, schema::migrations());
  if (!opened && opened.error().code == ErrorCode::SERVICE_UNAVAILABLE) {
    co_return caused_by(ErrorCode::SERVICE_UNAVAILABLE,
                        "a gateway runs on " + data.string() + ", or another move: stop it first",
                        opened.error().message);
  }
  if (!opened) co_return std::move(opened).error();
  file.database = *std::move(opened);
  CO_ASSIGN_OR_RETURN(file.place, file.database->place());
  CO_ASSIGN_OR_RETURN(file.home,
                      co_await file.database->read([](db::Transaction& tx) { return select_setting(tx, kHome); }));
  co_return file;
}

Result<void> require_whole(const std::filesystem::path& file) {
  ASSIGN_OR_RETURN(const auto examined, db::examine_database(file, schema::migrations()));
  if (examined.faults.empty()) return {};
  return caused_by(ErrorCode::INVALID_PARAMETERS, file.string() + " is damaged", examined.faults.front());
}

Result<Arrival> select_arrival(db::Transaction& tx) {
  Arrival arrival;
  ASSIGN_OR_RETURN(arrival.id, select_setting(tx, kMoveId));
  ASSIGN_OR_RETURN(arrival.from, select_setting(tx, kMoveFrom));
  ASSIGN_OR_RETURN(arrival.state, select_setting(tx, kMoveState));
  ASSIGN_OR_RETURN(arrival.home, select_setting(tx, kHome));
  return arrival;
}

enum class Next { BEGIN, BEGIN_ANEW, GO_ON, NOTHING };

/// `rows_in`: a table of the target that has rows, or empty.
Result<Next> decide(const File& file, const Arrival& arrival, const std::string& rows_in) {
  if (!arrival.id && !rows_in.empty()) {
    return cannot_move("the PostgreSQL database is in use already: there are rows in " + rows_in +
                       ". Name one that is empty");
  }
  if (!arrival.id && file.is_live()) return Next::BEGIN;
  if (!arrival.id) {
    return cannot_move(file.path.string() +
                       " has begun to move to another PostgreSQL database, and may be served there. "
                       "If it never was, `qantara activate` makes it the live one again, and it can move elsewhere");
  }
  const bool is_the_same_move = file.has_left_by(*arrival.id);
  if (arrival.state == kFinished) {
    if (is_the_same_move) return Next::NOTHING;
    return cannot_move("the PostgreSQL database holds an installation that moved there before. Name one that is empty");
  }
  if (arrival.home != "") {
    return cannot_move("the PostgreSQL database was activated before all had arrived there. Name one that is empty");
  }
  if (is_the_same_move) return Next::GO_ON;
  // Activated since, so it may have changed where it was copied already.
  if (file.is_live() && arrival.from == file.place) return Next::BEGIN_ANEW;
  return cannot_move(
      "the PostgreSQL database holds an unfinished move of another installation. Name one that is empty");
}

/// Nobody is live in the target from here on, and it belongs to the move `id` from `file`.
Task<Result<void>> book(db::Database& target, const File& file, const Arrival& seen, const std::string& id) {
  auto written = co_await target.write([&](db::Transaction& tx) -> Result<void> {
    ASSIGN_OR_RETURN(const auto arrival, select_arrival(tx));
    if (arrival.id != seen.id)
      return error(ErrorCode::SERVICE_UNAVAILABLE, "another installation moves there just now");
    RETURN_IF_ERROR(make_copy(tx));
    RETURN_IF_ERROR(upsert_setting(tx, kMoveId, id));
    RETURN_IF_ERROR(upsert_setting(tx, kMoveFrom, file.place));
    return upsert_setting(tx, kMoveState, kUnfinished);
  });
  co_return written;
}

Task<Result<void>> begin(const File& file, db::Database& target, move::Move& mover, const Arrival& seen,
                         const std::string& id) {
  CO_RETURN_IF_ERROR(co_await book(target, file, seen, id));
  CO_RETURN_IF_ERROR(mover.empty_target());
  const std::string left = std::string{kLeft} + id;
  auto gone = co_await file.database->write([&](db::Transaction& tx) { return make_live(tx, left); });
  co_return gone;
}

Task<Result<void>> finish(db::Database& target) {
  CO_ASSIGN_OR_RETURN(const auto place, target.place());
  auto finished = co_await target.write([&](db::Transaction& tx) -> Result<void> {
    RETURN_IF_ERROR(upsert_setting(tx, kMoveState, kFinished));
    return make_live(tx, place);
  });
  co_return finished;
}

}  // namespace

Task<Result<MoveFacts>> move_to_postgres(const Clock& clock, Random& random, MoveOptions options) {
  CO_ASSIGN_OR_RETURN(const File file, co_await open_to_move(options.data));
  if (!file.is_live() && !file.has_left()) {
    co_return cannot_move(file.path.string() +
                          " is a copy of another database, or was moved: `qantara activate --data " +
                          options.data.string() + "` makes it the live one");
  }
  CO_RETURN_IF_ERROR(require_whole(file.path));
  const move::Options moving{
      .from = file.path,
      .to = options.to,
      .own_tables = {"gateways"},
      .own_settings = {std::string{kHome}, std::string{kMoveId}, std::string{kMoveFrom}, std::string{kMoveState}},
      .on_progress = options.on_progress};
  CO_RETURN_IF_ERROR(move::look_for_what_cannot_move(moving));

  CO_ASSIGN_OR_RETURN(const auto target, db::open_postgres({.url = options.to}, schema::postgres_migrations()));
  CO_ASSIGN_OR_RETURN(const auto mover, move::Move::open(moving));
  CO_ASSIGN_OR_RETURN(const auto arrival, co_await target->read(select_arrival));
  CO_ASSIGN_OR_RETURN(const auto rows_in, mover->find_rows());
  CO_ASSIGN_OR_RETURN(const Next next, decide(file, arrival, rows_in));
  MoveFacts facts{.outcome = MoveFacts::Outcome::WAS_MOVED_BEFORE, .target = mover->target(), .totals = {}};
  if (next == Next::NOTHING) co_return facts;
  if (next == Next::BEGIN || next == Next::BEGIN_ANEW) {
    const std::string id = Uuid::make(clock, random).to_text();
    CO_RETURN_IF_ERROR(co_await begin(file, *target, *mover, arrival, id));
  }
  CO_RETURN_IF_ERROR(mover->copy());
  CO_ASSIGN_OR_RETURN(facts.totals, mover->compare());
  CO_RETURN_IF_ERROR(co_await finish(*target));
  facts.outcome = MoveFacts::Outcome::MOVED;
  co_return facts;
}

}  // namespace qantara::gateway
