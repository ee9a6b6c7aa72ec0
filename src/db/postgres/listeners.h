// Who wants to hear of commits.
#pragma once

#include <array>
#include <functional>
#include <utility>
#include <vector>

#include "db/transaction.h"

namespace qantara::db::postgres {

class Listeners {
 public:
  /// Before anything rings.
  void add(Channel channel, std::function<void()> listener) {
    of_channel_[channel.number].push_back(std::move(listener));
  }

  void ring(const Channels& channels) const {
    if (channels.none()) return;
    for (std::size_t number = 0; number < channels.size(); ++number) {
      if (channels.test(number)) ring(number);
    }
  }
  void ring_all() const {
    for (std::size_t number = 0; number < of_channel_.size(); ++number) ring(number);
  }

 private:
  void ring(std::size_t number) const {
    for (const auto& listener : of_channel_[number]) listener();
  }

  std::array<std::vector<std::function<void()>>, 256> of_channel_;
};

}  // namespace qantara::db::postgres
