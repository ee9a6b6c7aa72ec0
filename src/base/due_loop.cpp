#include "base/due_loop.h"

#include <string>

#include "base/log.h"

namespace qantara {

Task<void> DueLoop::run(std::string_view name, Duration try_again, std::function<Task<Result<Instant>>()> round) {
  while (!stopping_) {
    const auto next = co_await round();
    Instant wake_at = clock_.now() + try_again;
    if (next) {
      wake_at = *next;
    } else {
      log::error(std::string{name} + ": the database did not answer", {{"cause", next.error().cause}});
    }
    if (!stopping_) co_await bell_->wait_until(wake_at);
  }
}

void DueLoop::stop() {
  stopping_ = true;
  bell_->ring();
}

}  // namespace qantara
