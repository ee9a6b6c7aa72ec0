#include "db/job_queue.h"

#include <algorithm>
#include <boost/asio/async_result.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

namespace qantara::db {
namespace {

namespace asio = boost::asio;

/// Coroutines of one executor, resumed in one go: one hand-over for a whole batch. If the executor ends before it gets
/// to them, they are destroyed, as with any operation of Asio's.
class Resumption {
 public:
  explicit Resumption(Waiting* first) : next_(first) {}
  Resumption(Resumption&& other) noexcept : next_(std::exchange(other.next_, nullptr)) {}
  Resumption& operator=(Resumption&&) = delete;
  ~Resumption() {
    while (next_ != nullptr) take();
  }

  void operator()() {
    while (next_ != nullptr) take()();
  }

 private:
  // The frame that `next_` points into may end with the coroutine, so nothing of it is used after this.
  std::move_only_function<void()> take() { return std::move(std::exchange(next_, next_->next)->resume); }

  Waiting* next_;
};

}  // namespace

Result<void> run_job(const Job& job, Transaction& transaction) {
  try {
    return job(transaction);
  } catch (const std::exception& exception) {
    return caused_by(ErrorCode::INTERNAL_SERVER_ERROR, "Something went wrong on our side", exception.what());
  }
}

void resume(std::span<Waiting*> done) {
  for (std::size_t i = 0; i < done.size(); ++i) {
    Waiting* const first = done[i];
    if (first == nullptr) continue;
    Waiting* last = first;
    for (Waiting*& other : done.subspan(i + 1)) {
      if (other == nullptr || other->executor != first->executor) continue;
      last->next = other;
      last = std::exchange(other, nullptr);
    }
    last->next = nullptr;
    const Executor executor = first->executor;
    asio::post(executor, Resumption{first});
  }
}

Task<Result<void>> JobQueue::submit(const Job& job, Reads reads) {
  const Executor executor = co_await asio::this_coro::executor;
  Waiting waiting{.job = &job,
                  .executor = asio::prefer(executor, asio::execution::outstanding_work.tracked),
                  .result = {},
                  .resume = {},
                  .reads = reads};
  // Once pushed, the coroutine may go on in another thread and this very lambda is gone: nothing comes after.
  const auto enqueue = [this, &waiting](auto handler) {
    waiting.resume = std::move(handler);
    if (push(waiting)) return;
    waiting.result = error(ErrorCode::SERVICE_UNAVAILABLE, "The gateway is busy or stopping; try again");
    Waiting* refused[] = {&waiting};
    resume(refused);
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(enqueue, asio::use_awaitable);
  co_return std::move(waiting.result);
}

bool JobQueue::push(Waiting& waiting) {
  const std::lock_guard lock{mutex_};
  if (closed_ || size_ >= limit_) return false;
  waiting.next = nullptr;
  (first_ == nullptr ? first_ : last_->next) = &waiting;
  last_ = &waiting;
  ++size_;
  if (sleepers_ > 0 && size_ >= wanted_) news_.notify_one();
  return true;
}

bool JobQueue::take(std::vector<Waiting*>& batch, std::size_t batch_max, TakePatience patience) {
  const std::size_t last = batch.size();
  batch.clear();
  std::unique_lock lock{mutex_};
  const auto there_are = [this](std::size_t jobs) { return [this, jobs] { return size_ >= jobs || closed_; }; };
  ++sleepers_;
  if (size_ == 0 && !patience.for_one) {
    news_.wait(lock, there_are(1));
  } else if (size_ == 0) {
    news_.wait_for(lock, *patience.for_one, there_are(1));
  } else if (patience.for_more.count() > 0) {
    wanted_ = std::min(size_ + last, batch_max);
    news_.wait_for(lock, patience.for_more, there_are(wanted_));
    wanted_ = 1;
  }
  --sleepers_;
  std::size_t share = std::min(batch_max, (size_ + takers_ - 1) / takers_);
  // Who was answered with the last batch is about to ask again. Large and small batches in turn would keep one side idle
  // while the other works; of two that are alike each runs while the other's next requests are read.
  constexpr std::size_t kFew = 8;  // Not worth two commits.
  if (share > std::max(last, kFew)) share = (share + last + 1) / 2;
  while (batch.size() < share) {
    batch.push_back(first_);
    first_ = first_->next;
  }
  size_ -= share;
  return !batch.empty() || !closed_;
}

void JobQueue::close() {
  const std::lock_guard lock{mutex_};
  closed_ = true;
  news_.notify_all();
}

}  // namespace qantara::db
