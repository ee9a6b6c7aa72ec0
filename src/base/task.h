// Task<T>: a coroutine of ours. It is awaited by someone, never detached.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

namespace qantara {

/// Forms that are safe under every compiler we build with: `docs/how-to/coroutines.md` and tests/toolchain/coroutines_test.cpp.
template <class T>
using Task = boost::asio::awaitable<T>;

using Executor = boost::asio::any_io_executor;

}  // namespace qantara
