// What this process has under way right now. Memory knows it, whatever a clock or a row says.
#pragma once

#include <cstddef>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

namespace qantara {

/// Ids of what is under way, each once. From any thread. Outlives its holds.
template <class Id>
class InFlight {
 public:
  /// Keeps an id in flight for as long as it lives.
  class Hold {
   public:
    Hold(Hold&& other) noexcept : of_(std::exchange(other.of_, nullptr)), id_(std::move(other.id_)) {}
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;
    Hold& operator=(Hold&&) = delete;
    ~Hold() {
      if (of_ != nullptr) of_->release(id_);
    }

   private:
    friend class InFlight;
    Hold(InFlight* of, Id id) : of_(of), id_(std::move(id)) {}

    InFlight* of_;
    Id id_;
  };

  InFlight() = default;
  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;

  /// Nothing if `id` is in flight already.
  std::optional<Hold> take(Id id) {
    const std::scoped_lock lock{mutex_};
    if (!ids_.insert(id).second) return std::nullopt;
    return Hold{this, std::move(id)};
  }
  bool contains(const Id& id) const {
    const std::scoped_lock lock{mutex_};
    return ids_.contains(id);
  }
  std::size_t count() const {
    const std::scoped_lock lock{mutex_};
    return ids_.size();
  }

 private:
  void release(const Id& id) {
    const std::scoped_lock lock{mutex_};
    ids_.erase(id);
  }

  mutable std::mutex mutex_;
  std::set<Id> ids_;
};

}  // namespace qantara
