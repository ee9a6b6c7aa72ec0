// Who is let in when more is asked than can be answered in time (promises P16, P17). Decided before a credential is looked at
// or a body is read, so that a refusal costs next to nothing.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/clock.h"
#include "http/message.h"

namespace qantara::gateway {

/// What goes first. IN_FLIGHT: the steps of hosted flows, of which money may already be moving, and the way back from a
/// bank's own pages; they have room of their own, which no flood of the others takes. SETTINGS: those of webhooks, which look
/// names up on the Internet, have little room, and take none from the rest.
enum class Priority { HEALTH, IN_FLIGHT, WRITE, READ, LIST, SETTINGS };
std::string_view to_text(Priority priority);  ///< "in_flight"

Priority priority_of(const http::Request& request);

/// How many requests may be in work, found by how many end: as many as are answered within `target`. What comes beyond is
/// refused, lists first, writes last. On one thread.
class Admission {
 public:
  struct Limits {
    Duration target = std::chrono::milliseconds{400};  ///< Well within the second that 99 in 100 are promised.
    Duration window = std::chrono::milliseconds{100};  ///< How long is counted before the limit is set anew.
    std::size_t lowest = 128;                          ///< So many always have room, however the disk stalls.
    std::size_t first = 512;
    std::size_t highest = 8'000;    ///< Below what the database's queue takes.
    std::size_t in_flight = 4'000;  ///< They wait for banks and payers.
    std::size_t settings = 64;
  };

  Admission() : Admission(Limits{}) {}
  explicit Admission(Limits limits) : limits_(limits), limit_(limits.first) {}

  enum class Decision { COME_IN, TRY_LATER };

  /// COME_IN: `leave` is to be called once.
  Decision enter(Priority priority, Instant now);
  void leave(Priority priority, Instant now);

  std::size_t limit() const { return limit_; }      ///< Of writes, reads and lists in work.
  std::size_t in_work() const { return in_work_; }  ///< Of these.
  /// Since the start.
  std::int64_t refused(Priority priority) const { return refused_[static_cast<std::size_t>(priority)]; }

 private:
  bool has_room(Priority priority) const;
  std::size_t& count_of(Priority priority);
  void look_back(Instant now);

  const Limits limits_;
  std::size_t limit_;
  std::size_t in_work_ = 0;
  std::size_t in_flight_ = 0;
  std::size_t settings_ = 0;
  std::size_t health_ = 0;
  std::array<std::int64_t, 6> refused_{};

  // Of the window.
  Instant begun_at_;
  std::size_t ended_ = 0;
  bool was_full_ = false;
};

}  // namespace qantara::gateway
