// Moves what an SQLite file holds into a PostgreSQL database with the same tables, and sees that all of it has arrived.
//
// Rows go table by table, those that others refer to first, in the order of their keys and in slices: all rows of a slice are
// there, or none. So the last key of a table tells how far an interrupted move has come, and it goes on behind it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace qantara::db::postgres::move {

/// How far a move has come with one table.
struct Progress {
  enum class Doing { READING, COPYING, COMPARING };

  Doing doing;
  std::string_view table;
  std::int64_t rows;  ///< Done, with those of earlier calls.
  std::int64_t of;
};

struct Options {
  std::filesystem::path from;  ///< Nobody writes to it meanwhile: whoever moves has it open (db::open_sqlite).
  std::string to;              ///< As PostgresOptions::url. Without those who write to it.

  /// What says something of the database itself and not of what it holds: each has its own, and it is left alone.
  std::vector<std::string> own_tables;
  std::vector<std::string> own_settings;  ///< Rows of `settings`, by name.

  int slice_rows = 10'000;

  /// Called now and then, at least once for each table. An error ends the move there.
  std::function<Result<void>(const Progress&)> on_progress = [](const Progress&) { return Result<void>{}; };
};

/// Reads all of `from` and looks whether PostgreSQL can hold it: no text with a NUL character, nothing that is not UTF-8.
/// Errors: INVALID_PARAMETERS naming the first table, row and column where it cannot; STORAGE_FAILED.
Result<void> look_for_what_cannot_move(const Options& options);

struct Totals {
  int tables = 0;
  std::int64_t rows = 0;
};

/// Errors of all calls: SERVICE_UNAVAILABLE if PostgreSQL does not answer (any more); STORAGE_FAILED. After an error a move is
/// over; another one goes on where it was.
class Move {
 public:
  /// Connects, and compares tables and columns of both by name. Errors besides: STORAGE_FAILED for what only one of them has.
  static Result<std::unique_ptr<Move>> open(Options options);
  ~Move();
  Move(const Move&) = delete;
  Move& operator=(const Move&) = delete;

  /// Where the rows go, for people: without a password.
  std::string target() const;

  /// The first table of the target that has rows; empty if none has.
  Result<std::string> find_rows();

  /// Deletes all that the target has of these tables, but for its own settings.
  Result<void> empty_target();

  /// Copies what is missing behind the last key of each table, and sets what numbers the identity columns give next.
  Result<void> copy();

  /// Reads both sides and compares every value of every row. Errors besides: STORAGE_FAILED naming tables, rows and columns
  /// that differ, the first few of them.
  Result<Totals> compare();

 private:
  struct State;
  explicit Move(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace qantara::db::postgres::move
