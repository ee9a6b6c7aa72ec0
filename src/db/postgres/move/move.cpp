#include "db/postgres/move/move.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "base/text.h"
#include "db/postgres/move/rows.h"
#include "db/postgres/move/source.h"
#include "db/postgres/move/target.h"

namespace qantara::db::postgres::move {
namespace {

using Doing = Progress::Doing;

/// A slice ends here too, however few rows it has.
constexpr std::size_t kSliceBytes = 8UZ * 1024 * 1024;
/// Nobody reads a longer list.
constexpr std::size_t kDifferencesMax = 10;

/// The tables of the file, as they are to be moved.
Result<std::vector<Table>> tables_of(Source& source, const Options& options) {
  ASSIGN_OR_RETURN(auto tables, source.tables());
  std::erase_if(tables, [&](const Table& table) {
    return std::ranges::find(options.own_tables, table.name) != options.own_tables.end();
  });
  const auto settings = std::ranges::find(tables, "settings", &Table::name);
  if (settings != tables.end() && !options.own_settings.empty()) {
    std::string names;
    for (const auto& name : options.own_settings) names += fmt::format("{}'{}'", names.empty() ? "" : ", ", name);
    settings->filter = "name NOT IN (" + names + ")";
  }
  return tables;
}

/// The first name that one of them has and the other does not, or has with another type.
std::optional<std::string> column_of_one_side(const std::vector<Column>& ours, const std::vector<Column>& theirs) {
  for (const auto& column : ours) {
    const auto found = std::ranges::find(theirs, column.name, &Column::name);
    if (found == theirs.end() || found->kind != column.kind) return column.name;
  }
  return std::nullopt;
}

Result<void> compare_columns(Target& target, const Table& table) {
  ASSIGN_OR_RETURN(const auto theirs, target.columns(table.name));
  if (theirs.empty()) return error(ErrorCode::STORAGE_FAILED, "PostgreSQL has no table " + table.name);
  auto differs = column_of_one_side(table.columns, theirs);
  if (!differs) differs = column_of_one_side(theirs, table.columns);
  if (!differs) return {};
  return error(
      ErrorCode::STORAGE_FAILED,
      fmt::format("SQLite and PostgreSQL do not both have {} of {}, with the same type", *differs, table.name));
}

/// Puts `tables` into an order in which each comes behind those that it refers to.
Result<std::vector<Table>> in_order_of_references(Target& target, std::vector<Table> tables) {
  ASSIGN_OR_RETURN(const auto references, target.references());
  std::set<std::string> waiting;
  for (const auto& table : tables) waiting.insert(table.name);
  const auto waits = [&](const Table& table) {
    return std::ranges::any_of(references, [&](const auto& reference) {
      return reference.first == table.name && reference.second != table.name && waiting.contains(reference.second);
    });
  };
  std::vector<Table> ordered;
  while (!tables.empty()) {
    const auto next = std::ranges::find_if_not(tables, waits);
    if (next == tables.end())
      return error(ErrorCode::STORAGE_FAILED, "Tables of PostgreSQL refer to one another in a circle");
    waiting.erase(next->name);
    ordered.push_back(std::move(*next));
    tables.erase(next);
  }
  return ordered;
}

/// Why PostgreSQL cannot hold this text; empty if it can.
std::string_view fault_of(std::string_view text) {
  if (text.contains('\0')) return "holds a NUL character, which PostgreSQL does not store";
  if (!is_valid_utf8(text)) return "is not UTF-8";
  return {};
}

Result<void> look_at_texts(const Table& table, const Cells& row) {
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (table.columns[i].kind != Kind::TEXT) continue;
    const auto* const text = std::get_if<std::string_view>(&row[i]);
    if (text == nullptr) continue;
    const auto fault = fault_of(*text);
    if (fault.empty()) continue;
    return error(ErrorCode::INVALID_PARAMETERS, fmt::format("{} of row {} of {} {}", table.columns[i].name,
                                                            describe_key(table, row), table.name, fault));
  }
  return {};
}

/// Counts the rows of one table, and tells of them after each slice.
class Steps {
 public:
  Steps(const Options& options, Doing doing, const Table& table, std::int64_t of)
      : options_(options), progress_{.doing = doing, .table = table.name, .rows = 0, .of = of} {}

  void begin_at(std::int64_t rows) { progress_.rows = rows; }
  std::int64_t rows() const { return progress_.rows; }

  Result<void> count_row() { return ++progress_.rows % options_.slice_rows == 0 ? tell() : Result<void>{}; }
  void count_rows(std::int64_t rows) { progress_.rows += rows; }
  Result<void> tell() const { return options_.on_progress(progress_); }

 private:
  const Options& options_;
  Progress progress_;
};

/// What one side has and the other has not, in words.
class Differences {
 public:
  bool is_full() const { return found_.size() >= kDifferencesMax; }
  bool is_empty() const { return found_.empty(); }

  void add(const Table& table, const Cells& row, std::string_view what) {
    if (!is_full()) found_.push_back(fmt::format("{} {}: {}", table.name, describe_key(table, row), what));
  }

  void add_columns(const Table& table, const Cells& ours, const Cells& theirs) {
    for (std::size_t i = 0; i < ours.size(); ++i) {
      if (ours[i] != theirs[i]) add(table, ours, "another " + table.columns[i].name);
    }
  }

  Error to_error() const {
    return error(ErrorCode::STORAGE_FAILED,
                 fmt::format("PostgreSQL does not hold what the file holds: {}{}", fmt::join(found_, "; "),
                             is_full() ? "; and perhaps more" : ""));
  }

 private:
  std::vector<std::string> found_;
};

}  // namespace

Result<void> look_for_what_cannot_move(const Options& options) {
  ASSIGN_OR_RETURN(auto source, Source::open(options.from));
  ASSIGN_OR_RETURN(const auto tables, tables_of(source, options));
  for (const auto& table : tables) {
    ASSIGN_OR_RETURN(const auto total, source.count(table));
    ASSIGN_OR_RETURN(auto rows, source.rows(table, std::nullopt));
    Steps steps{options, Doing::READING, table, total};
    for (;;) {
      ASSIGN_OR_RETURN(const auto* const row, rows.next());
      if (row == nullptr) break;
      RETURN_IF_ERROR(look_at_texts(table, *row));
      RETURN_IF_ERROR(steps.count_row());
    }
    RETURN_IF_ERROR(steps.tell());
  }
  return {};
}

struct Move::State {
  Options options;
  Source source;
  Target target;
  std::vector<Table> tables;

  Result<void> copy_table(const Table& table);
  Result<std::int64_t> copy_slice(const Table& table, SourceRows& rows);
  Result<std::int64_t> compare_table(const Table& table, Differences& differences);
};

Move::Move(std::unique_ptr<State> state) : state_(std::move(state)) {}
Move::~Move() = default;

Result<std::unique_ptr<Move>> Move::open(Options options) {
  ASSIGN_OR_RETURN(auto source, Source::open(options.from));
  ASSIGN_OR_RETURN(auto target, Target::connect(options.to));
  ASSIGN_OR_RETURN(auto tables, tables_of(source, options));
  for (const auto& table : tables) RETURN_IF_ERROR(compare_columns(target, table));
  ASSIGN_OR_RETURN(auto ordered, in_order_of_references(target, std::move(tables)));
  auto state = std::make_unique<State>(State{.options = std::move(options),
                                             .source = std::move(source),
                                             .target = std::move(target),
                                             .tables = std::move(ordered)});
  return std::unique_ptr<Move>(new Move{std::move(state)});
}

std::string Move::target() const { return state_->target.name(); }

Result<std::string> Move::find_rows() {
  for (const auto& table : state_->tables) {
    ASSIGN_OR_RETURN(const bool found, state_->target.has_rows(table));
    if (found) return table.name;
  }
  return std::string{};
}

Result<void> Move::empty_target() { return state_->target.empty(state_->tables); }

Result<void> Move::copy() {
  for (const auto& table : state_->tables) RETURN_IF_ERROR(state_->copy_table(table));
  return state_->target.set_sequences(state_->tables);
}

Result<void> Move::State::copy_table(const Table& table) {
  ASSIGN_OR_RETURN(const auto total, source.count(table));
  ASSIGN_OR_RETURN(const auto last, target.last_key(table));
  Steps steps{options, Doing::COPYING, table, total};
  if (last) {
    ASSIGN_OR_RETURN(const auto copied_before, target.count(table));
    steps.begin_at(copied_before);
  }
  ASSIGN_OR_RETURN(auto rows, source.rows(table, last));
  for (;;) {
    RETURN_IF_ERROR(steps.tell());
    ASSIGN_OR_RETURN(const auto copied, copy_slice(table, rows));
    if (copied == 0) return {};
    steps.count_rows(copied);
  }
}

/// Result: how many rows it had; zero behind the last one.
Result<std::int64_t> Move::State::copy_slice(const Table& table, SourceRows& rows) {
  ASSIGN_OR_RETURN(const auto* row, rows.next());
  if (row == nullptr) return 0;
  RETURN_IF_ERROR(target.begin_copy(table));
  std::int64_t copied = 0;
  while (row != nullptr) {
    RETURN_IF_ERROR(target.copy(*row));
    if (++copied >= options.slice_rows || target.copied_bytes() >= kSliceBytes) break;
    ASSIGN_OR_RETURN(row, rows.next());
  }
  RETURN_IF_ERROR(target.end_copy());
  return copied;
}

Result<Totals> Move::compare() {
  Differences differences;
  Totals totals;
  for (const auto& table : state_->tables) {
    ASSIGN_OR_RETURN(const auto rows, state_->compare_table(table, differences));
    ++totals.tables;
    totals.rows += rows;
    if (differences.is_full()) break;
  }
  if (!differences.is_empty()) return differences.to_error();
  return totals;
}

/// Walks along both, which stand in the same order. Result: rows of the file.
Result<std::int64_t> Move::State::compare_table(const Table& table, Differences& differences) {
  ASSIGN_OR_RETURN(const auto total, source.count(table));
  ASSIGN_OR_RETURN(auto our_rows, source.rows(table, std::nullopt));
  ASSIGN_OR_RETURN(auto their_rows, target.rows(table));
  Steps steps{options, Doing::COMPARING, table, total};
  ASSIGN_OR_RETURN(const auto* ours, our_rows.next());
  ASSIGN_OR_RETURN(const auto* theirs, their_rows.next());
  while (!differences.is_full() && (ours != nullptr || theirs != nullptr)) {
    const auto order = ours == nullptr     ? std::strong_ordering::greater
                       : theirs == nullptr ? std::strong_ordering::less
                                           : compare_keys(table, *ours, *theirs);
    if (order < 0) differences.add(table, *ours, "it is not there");
    if (order > 0) differences.add(table, *theirs, "it is not in the file");
    if (order == 0 && *ours != *theirs) differences.add_columns(table, *ours, *theirs);
    if (order <= 0) {
      RETURN_IF_ERROR(steps.count_row());
      ASSIGN_OR_RETURN(ours, our_rows.next());
    }
    if (order >= 0) {
      ASSIGN_OR_RETURN(theirs, their_rows.next());
    }
  }
  RETURN_IF_ERROR(steps.tell());
  return steps.rows();
}

}  // namespace qantara::db::postgres::move
