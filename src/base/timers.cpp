#include "base/timers.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <mutex>
#include <vector>

namespace qantara {

namespace {

namespace asio = boost::asio;

// What the bell and a ring from another thread share; a ring may arrive after the bell is gone.
struct BellState {
  explicit BellState(const Executor& executor) : timer(executor) {}
  std::mutex mutex;
  asio::steady_timer timer;
  bool rung = false;
  bool waiting = false;
};

class SystemBell final : public Bell {
 public:
  SystemBell(const Executor& executor, const Clock& clock, std::function<void(BellState*)> forget)
      : executor_(executor), clock_(clock), state_(std::make_shared<BellState>(executor)), forget_(std::move(forget)) {}
  ~SystemBell() override { forget_(state_.get()); }

  Task<void> wait_until(Instant deadline) override {
    const auto state = state_;
    {
      const std::scoped_lock lock{state->mutex};
      const auto remaining = deadline - clock_.now();
      if (state->rung || remaining <= Duration::zero()) {
        state->rung = false;
        co_return;
      }
      // A day at a time keeps far deadlines (Instant::max) inside the timer's range.
      state->timer.expires_after(std::min<Duration>(remaining, std::chrono::hours{24}));
      state->waiting = true;
    }
    boost::system::error_code cancelled;
    co_await state->timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    const std::scoped_lock lock{state->mutex};
    state->waiting = false;
    state->rung = false;
  }

  void ring() override { ring(executor_, state_); }

  static void ring(const Executor& executor, const std::shared_ptr<BellState>& state) {
    {
      const std::scoped_lock lock{state->mutex};
      if (state->rung) return;
      state->rung = true;
      if (!state->waiting) return;
    }
    // The timer belongs to its executor's thread.
    asio::post(executor, [state] {
      const std::scoped_lock lock{state->mutex};
      if (state->waiting) state->timer.cancel();
    });
  }

  const std::shared_ptr<BellState>& state() const { return state_; }

 private:
  Executor executor_;
  const Clock& clock_;
  std::shared_ptr<BellState> state_;
  std::function<void(BellState*)> forget_;
};

class SystemTimers final : public Timers {
 public:
  SystemTimers(Executor executor, const Clock& clock) : executor_(std::move(executor)), clock_(clock) {}

  std::unique_ptr<Bell> make_bell() override {
    auto bell = std::make_unique<SystemBell>(executor_, clock_, [this](BellState* gone) {
      const std::scoped_lock lock{mutex_};
      std::erase_if(states_, [&](const auto& state) { return state.get() == gone; });
    });
    const std::scoped_lock lock{mutex_};
    states_.push_back(bell->state());
    return bell;
  }

  void ring_all() override {
    const std::scoped_lock lock{mutex_};
    for (const auto& state : states_) SystemBell::ring(executor_, state);
  }

 private:
  Executor executor_;
  const Clock& clock_;
  std::mutex mutex_;
  std::vector<std::shared_ptr<BellState>> states_;
};

}  // namespace

std::unique_ptr<Timers> make_system_timers(Executor executor, const Clock& clock) {
  return std::make_unique<SystemTimers>(std::move(executor), clock);
}

}  // namespace qantara
