// What a person or a pipe gets to see: columns, symbols with words, colour only as a third hint (docs/reference/command-line.md).
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace qantara::cli {

/// How a fact stands. Each has a word beside it, so nobody needs to see colours or know the signs.
enum class Symbol { OK, FAIL, SENT, UNKNOWN, WAITING, LOOK };
/// "ok", "fail", …; as the admin API spells them. Nothing for any other word.
std::optional<Symbol> parse_symbol(std::string_view word);

/// `--color`
enum class ColorWish { AUTO, NEVER, ALWAYS };

enum class Device { TERMINAL, STREAM };
enum class Letters { UTF8, ASCII };
enum class Paint { OFF, ON };

/// How to write: a terminal gets local time, short ids and wrapped lines; a stream gets UTC, whole ids and whole lines.
struct Look {
  Device device = Device::STREAM;
  Letters letters = Letters::ASCII;
  Paint paint = Paint::OFF;
  std::size_t width = 80;  ///< Columns of a terminal.
};

/// A variable of the environment, or nothing.
using Environment = std::function<std::optional<std::string>(std::string_view name)>;
Environment system_environment();

/// The rules: NO_COLOR and TERM=dumb switch colour off, `--color` overrules both; signs beyond ASCII need a terminal
/// whose locale (LC_ALL, LC_CTYPE, LANG) is UTF-8.
Look choose_look(Device device, std::size_t width, ColorWish wish, const Environment& environment);

/// The look of what stands behind an open file.
Look look_of(int file_descriptor, ColorWish wish);

/// How far local time is ahead of UTC at an instant.
using UtcOffset = std::function<std::chrono::seconds(Instant)>;
UtcOffset system_utc_offset();

/// One fact in columns: when, how it stands, who says so, about what, and the words.
struct Row {
  Instant at;
  Symbol symbol;
  std::string_view source;
  std::string_view subject;
  std::string_view text;
};

/// Writes lines to a stream. Text from outside goes through `words()` or `verbatim()` on its way: control characters and
/// directional overrides never reach a terminal.
class Terminal {
 public:
  /// `out` must outlive it.
  Terminal(std::ostream& out, Look look, UtcOffset utc_offset);

  void line(std::string_view text);
  /// `name`, then `value` in a column; a long value wraps under itself.
  void fact(std::string_view name, std::string_view value);
  void row(const Row& row);
  /// `lead`, then `text`, which on a terminal wraps under its own beginning, or below the lead where that leaves no room.
  void hang(std::string_view lead, std::string_view text);
  /// One JSON object on a line of its own, nothing added.
  void json(std::string_view object);

  /// Text as it may stand here: made harmless, ids cut to their last eight characters on a terminal, Arabic isolated.
  std::string words(std::string_view text) const;
  /// The same with whole ids, for what is to be copied.
  std::string verbatim(std::string_view text) const;
  std::string id(std::string_view whole) const;      ///< "…3f2a9c01" on a terminal, else as it is.
  std::string symbol(Symbol symbol) const;           ///< "✓ ok", in its colour.
  std::string time_of_day(Instant instant) const;    ///< "09:41:02.114" on a terminal, else "2025-11-22T05:41:02.114Z".
  std::string date_and_time(Instant instant) const;  ///< "2025-11-22 09:41:02" on a terminal, else UTC as above.
  std::string date(Instant instant) const;           ///< "2025-11-22", local on a terminal, else of UTC.

  const Look& look() const { return look_; }
  /// Whether writing has failed: nobody reads any more.
  bool is_broken() const { return !out_; }

 private:
  std::ostream& out_;
  Look look_;
  UtcOffset utc_offset_;
};

/// Columns that UTF-8 text takes on a terminal; colours take none.
std::size_t display_width(std::string_view text);

/// `text`, and blanks up to `width` columns; at least `gap` of them.
std::string padded(std::string_view text, std::size_t width, std::size_t gap = 0);

/// Breaks `text` into lines of at most `width` columns, at blanks where there are some. At least one line.
std::vector<std::string> wrapped(std::string_view text, std::size_t width);

}  // namespace qantara::cli
