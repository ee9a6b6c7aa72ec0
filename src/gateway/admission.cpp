#include "gateway/admission.h"

#include <algorithm>

#include "base/uuid.h"

namespace qantara::gateway {

std::string_view to_text(Priority priority) {
  switch (priority) {
    case Priority::HEALTH:
      return "health";
    case Priority::IN_FLIGHT:
      return "in_flight";
    case Priority::WRITE:
      return "write";
    case Priority::READ:
      return "read";
    case Priority::LIST:
      return "list";
    case Priority::SETTINGS:
      return "settings";
  }
  return "list";
}

Priority priority_of(const http::Request& request) {
  std::string_view path = request.path;
  if (path.ends_with('/')) path.remove_suffix(1);  // As the router has it.
  if (path == "/healthz" || path == "/readyz") return Priority::HEALTH;
  const bool is_opening = path == "/link/v1/sessions";
  if (path.starts_with("/link") && !is_opening) return Priority::IN_FLIGHT;
  if (path.starts_with("/webhooks/")) return Priority::SETTINGS;
  if (request.method != http::Method::GET && request.method != http::Method::HEAD) return Priority::WRITE;
  const bool names_one = Uuid::parse(path.substr(path.rfind('/') + 1)).has_value();
  return names_one ? Priority::READ : Priority::LIST;
}

bool Admission::has_room(Priority priority) const {
  switch (priority) {
    case Priority::HEALTH:
      return true;
    case Priority::IN_FLIGHT:
      return in_flight_ < limits_.in_flight;
    case Priority::WRITE:
      return in_work_ < limit_;
    case Priority::READ:
      return in_work_ < limit_ * 4 / 5;
    case Priority::LIST:
      return in_work_ < limit_ * 3 / 5;
    case Priority::SETTINGS:
      return settings_ < limits_.settings;
  }
  return false;
}

std::size_t& Admission::count_of(Priority priority) {
  switch (priority) {
    case Priority::HEALTH:
      return health_;
    case Priority::IN_FLIGHT:
      return in_flight_;
    case Priority::SETTINGS:
      return settings_;
    case Priority::WRITE:
    case Priority::READ:
    case Priority::LIST:
      break;
  }
  return in_work_;
}

Admission::Decision Admission::enter(Priority priority, Instant now) {
  look_back(now);
  if (!has_room(priority)) {
    was_full_ = was_full_ || priority == Priority::WRITE || priority == Priority::READ || priority == Priority::LIST;
    ++refused_[static_cast<std::size_t>(priority)];
    return Decision::TRY_LATER;
  }
  ++count_of(priority);
  return Decision::COME_IN;
}

void Admission::leave(Priority priority, Instant now) {
  auto& count = count_of(priority);
  --count;
  if (&count == &in_work_) ++ended_;
  look_back(now);
}

void Admission::look_back(Instant now) {
  const Duration elapsed = now - begun_at_;
  if (elapsed >= Duration{0} && elapsed < limits_.window) return;
  // A window that is far too long, or negative, tells of a pause or of a clock that was set.
  const bool is_telling = elapsed >= Duration{0} && elapsed < 10 * limits_.window;
  const auto in_time =
      static_cast<std::size_t>(static_cast<Duration::rep>(ended_) * limits_.target / std::max(elapsed, limits_.window));
  const auto fitting = std::clamp(in_time, limits_.lowest, limits_.highest);
  // Who was not kept waiting tells nothing about how many could have been answered.
  if (is_telling && (was_full_ || in_work_ > fitting)) limit_ = (limit_ + fitting) / 2;
  begun_at_ = now;
  ended_ = 0;
  was_full_ = false;
}

}  // namespace qantara::gateway
