#include "base/event_loop.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <exception>
#include <thread>
#include <utility>

namespace qantara {

namespace asio = boost::asio;

struct EventLoop::State {
  asio::io_context context{1};  // One thread runs it.
  asio::signal_set signals{context};
  asio::signal_set hangups{context};
  std::function<void()> reload;

  void wait_for_hangup() {
    hangups.async_wait([this](const boost::system::error_code& cancelled, int) {
      if (cancelled) return;
      reload();
      wait_for_hangup();
    });
  }
};

EventLoop::EventLoop() : state_(std::make_unique<State>()) {}
EventLoop::~EventLoop() = default;

Executor EventLoop::executor() const { return state_->context.get_executor(); }

int EventLoop::run(Task<int> main) {
  int result = 0;
  state_->context.restart();
  asio::co_spawn(state_->context, std::move(main), [&](const std::exception_ptr& thrown, int returned) {
    if (thrown) std::rethrow_exception(thrown);
    result = returned;
    state_->context.stop();
  });
  state_->context.run();
  return result;
}

void EventLoop::on_signal(std::function<void()> stop) {
  for (const int signal : {SIGINT, SIGTERM}) state_->signals.add(signal);
  if (!state_->reload) state_->signals.add(SIGHUP);
  state_->signals.async_wait([this, stop = std::move(stop)](const boost::system::error_code& cancelled, int) {
    if (cancelled) return;
    state_->signals.clear();  // From here on they do what they do by default.
    stop();
  });
}

void EventLoop::on_hangup(std::function<void()> reload) {
  state_->reload = std::move(reload);
  state_->hangups.add(SIGHUP);
  state_->wait_for_hangup();
}

struct LoopThread::State {
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
  std::thread thread;
};

LoopThread::LoopThread() : state_(std::make_unique<State>()) {
  // The thread is not to take signals that the main thread's loop waits for, nor to be interrupted by them.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  state_->thread = std::thread([state = state_.get()] { state->context.run(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

LoopThread::~LoopThread() {
  state_->context.stop();
  state_->thread.join();
}

Executor LoopThread::executor() const { return state_->context.get_executor(); }

}  // namespace qantara
