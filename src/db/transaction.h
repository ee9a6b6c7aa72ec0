// A database transaction as the stores see it: one SQL text for every engine, parameters by position, typed rows.
#pragma once

#include <bitset>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/uuid.h"

namespace qantara::db {

/// A statement: a literal of the program, never text built from input. Parameters are `$1`, `$2`, …
/// Portable SQL only (speed.md §7.4): RETURNING, ON CONFLICT, row values; no now(), no ILIKE.
class Sql {
 public:
  consteval Sql(const char* text) : text_(text) {}  // NOLINT(google-explicit-constructor): a literal is a statement
  std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

/// Bytes as stored in a BLOB column. The view must outlive the call it is passed to.
struct Bytes {
  std::string_view data;
  friend bool operator==(const Bytes&, const Bytes&) = default;
};

/// What a parameter or a column holds.
enum class Type : std::uint8_t { INTEGER, TEXT, BYTES };

/// An absent value of a type: every parameter of a statement is of one type, whatever it is called with.
struct Null {
  Type type;
  friend bool operator==(const Null&, const Null&) = default;
};

/// A parameter on its way into a statement: null, integer, text or bytes.
using Value = std::variant<Null, std::int64_t, std::string_view, Bytes>;

Type type_of(const Value& value);

/// Booleans are 0 and 1.
template <std::integral T>
Value to_value(T value) {
  return static_cast<std::int64_t>(value);
}
inline Value to_value(std::string_view text) { return text; }
inline Value to_value(const std::string& text) { return std::string_view{text}; }
inline Value to_value(const char* text) { return std::string_view{text}; }
inline Value to_value(Bytes bytes) { return bytes; }
inline Value to_value(const Uuid& uuid) {
  return Bytes{{reinterpret_cast<const char*>(uuid.bytes().data()), Uuid::kSize}};
}
template <class Tag>
Value to_value(const Id<Tag>& id) {
  return to_value(id.uuid);
}
inline Value to_value(Instant instant) { return static_cast<std::int64_t>(instant.time_since_epoch().count()); }
template <class T>
constexpr Type type_for() {
  if constexpr (std::integral<T> || std::same_as<T, Instant>) {
    return Type::INTEGER;
  } else if constexpr (std::convertible_to<T, std::string_view>) {
    return Type::TEXT;
  } else {
    return Type::BYTES;
  }
}
template <class T>
Value to_value(const std::optional<T>& value) {
  return value ? to_value(*value) : Null{type_for<T>()};
}

/// One row of a result, read column by column from the left: `row.take<CustomerId>()`. Valid inside the callback only.
/// A column of another type than asked for is a bug of ours.
class Row {
 public:
  virtual ~Row() = default;

  template <class T>
  T take() {
    if constexpr (is_optional<T>) {
      if (is_null(next_)) {
        ++next_;
        return std::nullopt;
      }
      return take<typename T::value_type>();
    } else if constexpr (std::same_as<T, bool>) {
      return integer(next_++) != 0;
    } else if constexpr (std::integral<T>) {
      return static_cast<T>(integer(next_++));
    } else if constexpr (std::same_as<T, std::string> || std::same_as<T, std::string_view>) {
      return T{text(next_++)};
    } else if constexpr (std::same_as<T, Uuid>) {
      return uuid(next_++);
    } else if constexpr (std::same_as<T, Instant>) {
      return Instant{Duration{integer(next_++)}};
    } else {
      return T{uuid(next_++)};  // An Id<Tag>.
    }
  }

 protected:
  virtual bool is_null(int column) const = 0;
  virtual std::int64_t integer(int column) const = 0;
  virtual std::string_view text(int column) const = 0;  ///< Of TEXT and BLOB columns alike.
  Uuid uuid(int column) const;

  int next_ = 0;

 private:
  template <class T>
  static constexpr bool is_optional = false;
  template <class T>
  static constexpr bool is_optional<std::optional<T>> = true;
};

/// A non-owning reference to what is done with each row.
class RowSink {
 public:
  virtual ~RowSink() = default;
  virtual void row(Row& row) = 0;
};

/// News that a commit may bring to background loops; which number means what is the gateway's wiring.
struct Channel {
  std::uint8_t number;
};

/// By `Channel::number`.
using Channels = std::bitset<256>;

/// A stretch of time in which one process does what only one of those on a database may do. The next one's number is greater.
struct Term {
  std::int64_t number;
  friend auto operator<=>(const Term&, const Term&) = default;
};

/// When a closure that writes sees what it reads.
enum class Reads {
  /// With the writer to itself, as if all closures of all processes ran one after the other.
  IN_TURN,

  /// What it reads before its first write may be a little older, so that an engine can fetch it for many closures at once,
  /// before their turn. For closures that read what never changes, or where a constraint refuses what they did not see.
  /// Until its first write such a closure does nothing but read, and returns each error that it is given.
  AHEAD,
};

/// What use cases and stores work on. Lives inside one `Database::write` or `Database::read`; not for other threads.
/// A closure may run more than once, so it has no effect outside the transaction.
class Transaction {
 public:
  virtual ~Transaction() = default;

  /// Runs a statement that changes rows. Result: how many.
  /// Errors: VERSION_CONFLICT where the engine asks for a retry, STORAGE_FAILED for everything else, with the engine's
  /// words as cause. A violated constraint is STORAGE_FAILED too: look first, or say ON CONFLICT DO NOTHING and count.
  template <class... Parameters>
  Result<std::int64_t> execute(Sql sql, const Parameters&... parameters) {
    const Value values[] = {to_value(parameters)..., Value{Null{}}};
    return run(sql, std::span{values, sizeof...(Parameters)}, nullptr);
  }

  /// Runs a statement that changes rows, and nobody asks how many: an engine need not wait for it before it goes on with the
  /// next. If it fails, so does the closure, at the latest with the commit. Errors: as for `execute`.
  template <class... Parameters>
  Result<void> post(Sql sql, const Parameters&... parameters) {
    const Value values[] = {to_value(parameters)..., Value{Null{}}};
    return run_later(sql, std::span{values, sizeof...(Parameters)});
  }

  /// Every row, read by `read_row` (a callable `T(Row&)`).
  template <class ReadRow, class... Parameters>
  auto all(Sql sql, ReadRow read_row, const Parameters&... parameters)
      -> Result<std::vector<std::invoke_result_t<ReadRow&, Row&>>> {
    using T = std::invoke_result_t<ReadRow&, Row&>;
    struct Sink final : RowSink {
      ReadRow& read;
      std::vector<T> found;
      explicit Sink(ReadRow& read) : read(read) {}
      void row(Row& row) override { found.push_back(read(row)); }
    } sink{read_row};
    const Value values[] = {to_value(parameters)..., Value{Null{}}};
    if (auto ran = run(sql, std::span{values, sizeof...(Parameters)}, &sink); !ran) return std::move(ran).error();
    return std::move(sink.found);
  }

  /// The first row, or nothing. Also for `INSERT … RETURNING`.
  template <class ReadRow, class... Parameters>
  auto one(Sql sql, ReadRow read_row, const Parameters&... parameters)
      -> Result<std::optional<std::invoke_result_t<ReadRow&, Row&>>> {
    using T = std::invoke_result_t<ReadRow&, Row&>;
    struct Sink final : RowSink {
      ReadRow& read;
      std::optional<T> found;
      explicit Sink(ReadRow& read) : read(read) {}
      void row(Row& row) override {
        if (!found) found.emplace(read(row));
      }
    } sink{read_row};
    const Value values[] = {to_value(parameters)..., Value{Null{}}};
    if (auto ran = run(sql, std::span{values, sizeof...(Parameters)}, &sink); !ran) return std::move(ran).error();
    return std::move(sink.found);
  }

  /// After the commit is durable, the listeners of this channel hear of it (`Database::on_commit`). Nothing if it is not.
  virtual void announce(Channel channel) = 0;

  /// What is written here counts only if this process still leads in `term` (`Database::leadership`).
  /// Errors: SERVICE_UNAVAILABLE if that term has ended.
  virtual Result<void> confirm(Term term) = 0;

 protected:
  /// Runs to the end and gives each row to `sink` (which may be null). Result: changed rows.
  virtual Result<std::int64_t> run(Sql sql, std::span<const Value> parameters, RowSink* sink) = 0;

  /// Runs to the end sooner or later, in order with all others. `parameters` are not looked at after the call.
  virtual Result<void> run_later(Sql sql, std::span<const Value> parameters) {
    RETURN_IF_ERROR(run(sql, parameters, nullptr));
    return {};
  }
};

}  // namespace qantara::db
