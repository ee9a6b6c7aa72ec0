#include "webhooks/lane.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace qantara::webhooks {

Lane::Lane(const LaneLimits& limits) : limits_(limits), window_(std::min(limits.window_at_first, limits.window_max)) {}

int Lane::window() const { return is_failing_ ? std::min(window_, limits_.window_when_failing) : window_; }

void Lane::add(Parcel parcel, Instant real_now) {
  held_.emplace(parcel.event_seq, Held{.aggregate = parcel.aggregate, .since = real_now});
  ++waiting_;
  const auto [line, is_first] = lines_.try_emplace(parcel.aggregate);
  if (is_first) {
    ready_.push_back(std::move(parcel));
  } else {
    line->second.behind.push_back(std::move(parcel));
  }
}

void Lane::add_claimed(Parcel parcel, Instant real_now) {
  held_.emplace(parcel.event_seq,
                Held{.aggregate = parcel.aggregate, .source = Held::Source::TABLE, .has_row = true, .since = real_now});
  ++waiting_;
  ready_.push_back(std::move(parcel));
}

Parcel Lane::start(Instant now, Instant real_now) {
  CHECK(may_start());
  Parcel parcel = std::move(ready_.front());
  ready_.pop_front();
  Held& held = held_.at(parcel.event_seq);
  held.state = State::IN_FLIGHT;
  held.since = real_now;
  held.started_at = now;
  if (!held.has_row) started_.push_back(parcel.event_seq);
  --waiting_;
  ++in_flight_;
  return parcel;
}

void Lane::end(std::int64_t event_seq, Answer answer) {
  Held& held = held_.at(event_seq);
  held.state = State::ENDED;
  drop_what_is_over();
  const bool was_full = in_flight_ >= window_;
  --in_flight_;
  is_failing_ = answer == Answer::FAILURE;
  switch (answer) {
    case Answer::QUICK:
      if (was_full) window_ = std::min(window_ + 1, limits_.window_max);
      break;
    case Answer::SLOW:
      window_ = std::max(window_ - 1, std::min(limits_.window_when_failing, window_));
      break;
    case Answer::FAILURE:
      window_ = std::max(window_ / 2, 1);
      break;
  }
  if (held.source == Held::Source::TABLE) return;
  const auto line = lines_.find(held.aggregate);
  if (line == lines_.end()) return;
  if (answer == Answer::FAILURE) {
    ++failed_lines_;
    line->second.head = Line::Head::HAS_FAILED;
    return;
  }
  auto& behind = line->second.behind;
  if (behind.empty()) {
    lines_.erase(line);
    return;
  }
  ready_.push_back(std::move(behind.front()));
  behind.erase(behind.begin());
}

void Lane::settle(std::int64_t event_seq) {
  const auto held = held_.find(event_seq);
  if (held == held_.end()) return;
  const auto line = lines_.find(held->second.aggregate);
  const bool is_over = held->second.source == Held::Source::LOG && line != lines_.end() &&
                       line->second.head == Line::Head::HAS_FAILED && line->second.behind.empty();
  if (is_over) {
    lines_.erase(line);
    --failed_lines_;
  }
  held_.erase(held);
}

bool Lane::stands_still() const {
  return failed_lines_ > 0 && std::ranges::any_of(lines_, [](const auto& entry) {
           return entry.second.head == Line::Head::HAS_FAILED && !entry.second.behind.empty();
         });
}

std::size_t Lane::held_from_table() const {
  const auto count =
      std::ranges::count_if(held_, [](const auto& entry) { return entry.second.source == Held::Source::TABLE; });
  return static_cast<std::size_t>(count);
}

std::optional<Instant> Lane::ready_since() const {
  if (ready_.empty()) return std::nullopt;
  return held_.at(ready_.front().event_seq).since;
}

const Lane::Held* Lane::find_started(std::int64_t event_seq) const {
  const auto found = held_.find(event_seq);
  const bool counts = found != held_.end() && found->second.state == State::IN_FLIGHT && !found->second.has_row;
  return counts ? &found->second : nullptr;
}

void Lane::drop_what_is_over() {
  while (!started_.empty() && find_started(started_.front()) == nullptr) started_.pop_front();
}

std::optional<Instant> Lane::in_flight_since() const {
  if (started_.empty()) return std::nullopt;
  return held_.at(started_.front()).since;
}

Unstored Lane::unstored(std::int64_t event_seq, const Held& held) {
  return {.event_seq = event_seq, .aggregate = held.aggregate, .started_at = held.started_at};
}

std::vector<Unstored> Lane::in_flight_without_row(Instant started_by) const {
  std::vector<Unstored> found;
  for (const auto event_seq : started_) {
    const Held* const held = find_started(event_seq);
    if (held == nullptr) continue;
    if (held->since > started_by) break;  // And those behind it.
    found.push_back(unstored(event_seq, *held));
  }
  return found;
}

std::vector<Unstored> Lane::all_without_row() const {
  std::vector<Unstored> found;
  for (const auto& [event_seq, held] : held_) {
    if (!held.has_row && held.state != State::ENDED) found.push_back(unstored(event_seq, held));
  }
  std::ranges::sort(found, {}, &Unstored::event_seq);
  return found;
}

bool Lane::has_row(std::int64_t event_seq) const {
  const auto found = held_.find(event_seq);
  return found != held_.end() && found->second.has_row;
}

void Lane::note_row(std::int64_t event_seq) {
  if (const auto found = held_.find(event_seq); found != held_.end()) found->second.has_row = true;
  drop_what_is_over();
}

void Lane::release(Released which) {
  std::erase_if(ready_, [&](const Parcel& parcel) { return which == Released::ALL || !parcel.delivery; });
  std::erase_if(held_, [&](const auto& entry) {
    const bool is_meant = which == Released::ALL || entry.second.source == Held::Source::LOG;
    return is_meant && entry.second.state == State::WAITING;
  });
  waiting_ = ready_.size();
  lines_.clear();
  failed_lines_ = 0;
  for (const auto& [event_seq, held] : held_) {
    const bool leads = held.source == Held::Source::LOG && held.state == State::IN_FLIGHT;
    if (leads) lines_.try_emplace(held.aggregate);
  }
}

}  // namespace qantara::webhooks
