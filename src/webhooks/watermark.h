// How far the log of events has been dealt with: everything up to the mark has been delivered, or has rows.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <utility>

namespace qantara::webhooks {

/// Counts what is open of each event. A settlement is either kept, when it is durable, or dropped.
class Watermark {
 public:
  std::int64_t cursor() const { return cursor_; }  ///< The last event that was read.
  void read_up_to(std::int64_t seq) { cursor_ = std::max(cursor_, seq); }

  /// One more delivery of the event is open. Events come in the order of the log.
  void open(std::int64_t seq) {
    if (events_.empty() || events_.back().seq != seq) events_.push_back({.seq = seq});
    ++events_.back().open;
  }
  /// One of the event's deliveries will be settled by the transaction that is being made.
  void settling(std::int64_t seq) {
    const auto found = std::ranges::lower_bound(events_, seq, {}, &Event::seq);
    if (found != events_.end() && found->seq == seq) ++found->settling;
  }
  /// The mark once that transaction is durable.
  std::int64_t mark() const {
    const auto first = std::ranges::find_if(events_, [](const Event& event) { return event.open > event.settling; });
    return first == events_.end() ? cursor_ : first->seq - 1;
  }
  void keep() {
    for (Event& event : events_) event.open -= std::exchange(event.settling, 0);
    while (!events_.empty() && events_.front().open <= 0) events_.pop_front();
  }
  void drop() {
    for (Event& event : events_) event.settling = 0;
  }

 private:
  struct Event {
    std::int64_t seq = 0;
    int open = 0;
    int settling = 0;
  };
  std::deque<Event> events_;
  std::int64_t cursor_ = 0;
};

}  // namespace qantara::webhooks
