// State machines as tables: a state changes by a row, or not at all.
#pragma once

#include <array>
#include <cstddef>
#include <optional>

namespace qantara {

/// One row: in state `from`, event `on` leads to state `to`.
template <class State, class Event>
struct Transition {
  State from;
  Event on;
  State to;
};

template <class State, class Event, std::size_t N>
constexpr std::optional<State> next_state(const std::array<Transition<State, Event>, N>& table, State from, Event on) {
  for (const auto& row : table) {
    if (row.from == from && row.on == on) return row.to;
  }
  return std::nullopt;
}

/// For static_assert: no state has two rows for one event.
template <class State, class Event, std::size_t N>
constexpr bool one_row_per_state_and_event(const std::array<Transition<State, Event>, N>& table) {
  for (std::size_t i = 0; i < N; ++i) {
    for (std::size_t j = i + 1; j < N; ++j) {
      if (table[i].from == table[j].from && table[i].on == table[j].on) return false;
    }
  }
  return true;
}

/// For static_assert: no row leads out of any of these states.
template <class State, class Event, std::size_t N, class... States>
constexpr bool never_left(const std::array<Transition<State, Event>, N>& table, States... states) {
  for (const auto& row : table) {
    if (((row.from == states) || ...)) return false;
  }
  return true;
}

}  // namespace qantara
