#include "base/nursery.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

#include "base/check.h"

namespace qantara {

namespace asio = boost::asio;

struct Nursery::State {
  explicit State(Executor given) : executor(std::move(given)), empty(executor, asio::steady_timer::time_point::max()) {}

  Executor executor;
  asio::steady_timer empty;  ///< Never expires: cancelled when the last task ends, it wakes who waits in finish().
  std::size_t count = 0;
};

Nursery::Nursery(Executor executor) : state_(std::make_unique<State>(std::move(executor))) {}

Nursery::~Nursery() { CHECK(count() == 0); }

void Nursery::start(Task<void> task) {
  ++state_->count;
  asio::co_spawn(state_->executor, std::move(task), [state = state_.get()](const std::exception_ptr& thrown) {
    if (--state->count == 0) state->empty.cancel();
    if (thrown) std::rethrow_exception(thrown);
  });
}

Task<void> Nursery::finish() {
  while (state_->count > 0) {
    boost::system::error_code cancelled;
    co_await state_->empty.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }
}

std::size_t Nursery::count() const { return state_->count; }

}  // namespace qantara
