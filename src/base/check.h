// CHECK: for our own bugs, always on; never for input.
#pragma once

#include <source_location>
#include <string_view>

namespace qantara {

/// Prints what did not hold and where, and aborts.
[[noreturn]] void check_failed(std::string_view expression,
                               std::source_location where = std::source_location::current());

}  // namespace qantara

#define CHECK(expression)                   \
  do {                                      \
    if (!(expression)) [[unlikely]]         \
      ::qantara::check_failed(#expression); \
  } while (false)
