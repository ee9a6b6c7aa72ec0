// Result<T>: a value, or the Error that stands in its place. A dropped Result is a compiler error.
#pragma once

#include <expected>
#include <type_traits>
#include <utility>

#include "base/check.h"
#include "base/error.h"

namespace qantara {

template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result()
    requires std::is_void_v<T> || std::is_default_constructible_v<T>
  = default;
  template <class U>
    requires(!std::is_void_v<T> && std::is_convertible_v<U &&, T> && !std::is_same_v<std::remove_cvref_t<U>, Result> &&
             !std::is_same_v<std::remove_cvref_t<U>, Error>)
  Result(U&& value) : expected_(std::forward<U>(value)) {}  // NOLINT(google-explicit-constructor): reads as a return
  Result(Error error) : expected_(std::unexpect, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  explicit operator bool() const { return expected_.has_value(); }
  bool has_value() const { return expected_.has_value(); }

  /// The value. Asking for the value of an error is a bug of ours.
  decltype(auto) operator*() & {
    CHECK(has_value());
    return *expected_;
  }
  decltype(auto) operator*() const& {
    CHECK(has_value());
    return *expected_;
  }
  decltype(auto) operator*() && {
    CHECK(has_value());
    return *std::move(expected_);
  }
  auto operator->() {
    CHECK(has_value());
    return expected_.operator->();
  }
  auto operator->() const {
    CHECK(has_value());
    return expected_.operator->();
  }

  const Error& error() const& {
    CHECK(!has_value());
    return expected_.error();
  }
  Error&& error() && {
    CHECK(!has_value());
    return std::move(expected_).error();
  }

 private:
  std::expected<T, Error> expected_;
};

}  // namespace qantara

// The shapes of propagation: `RETURN_IF_ERROR(store(tx));` and `ASSIGN_OR_RETURN(const auto intent, find(tx, id));`,
// with CO_ before them inside a coroutine. An expression is evaluated once.
#define QANTARA_JOIN_(a, b) a##b
#define QANTARA_JOIN(a, b) QANTARA_JOIN_(a, b)
#define QANTARA_ASSIGN_OR(leave, temporary, target, ...) \
  auto temporary = (__VA_ARGS__);                        \
  if (!temporary) leave std::move(temporary).error();    \
  target = *std::move(temporary)

#define ASSIGN_OR_RETURN(target, ...) QANTARA_ASSIGN_OR(return, QANTARA_JOIN(result_, __LINE__), target, __VA_ARGS__)
#define CO_ASSIGN_OR_RETURN(target, ...) \
  QANTARA_ASSIGN_OR(co_return, QANTARA_JOIN(result_, __LINE__), target, __VA_ARGS__)
#define QANTARA_RETURN_IF(leave, temporary, ...)        \
  do {                                                  \
    auto temporary = (__VA_ARGS__);                     \
    if (!temporary) leave std::move(temporary).error(); \
  } while (false)
#define RETURN_IF_ERROR(...) QANTARA_RETURN_IF(return, QANTARA_JOIN(result_, __LINE__), __VA_ARGS__)
#define CO_RETURN_IF_ERROR(...) QANTARA_RETURN_IF(co_return, QANTARA_JOIN(result_, __LINE__), __VA_ARGS__)
