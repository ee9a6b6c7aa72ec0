// How a top-up moves: every status, what webhooks tell, and the one table that joins them.
#pragma once

#include <optional>
#include <string_view>

#include "base/transitions.h"

namespace qantara::demo_shop {

enum class TopUpStatus {
  OPEN,      ///< No payment is known of: the payer is at it, or went away.
  PENDING,   ///< The bank has the order.
  UNKNOWN,   ///< The order may have reached the bank. Nobody should pay again.
  ACCEPTED,  ///< Counts in the balance.
  FAILED,
};

/// What a verified `payment.created` or `payment.updated` tells.
enum class PaymentNews { accepted, pending, unknown, failed };

using TopUpTransition = Transition<TopUpStatus, PaymentNews>;

// clang-format off: a table is read by its columns.
// A top-up changes status only by a row of this table (wallet.cpp, `apply_payment`).
inline constexpr auto kTopUpTransitions = [] {
  using S = TopUpStatus;
  using N = PaymentNews;
  return std::to_array<TopUpTransition>({
      // from        on            to
      {S::OPEN,      N::accepted,  S::ACCEPTED},
      {S::OPEN,      N::pending,   S::PENDING},
      {S::OPEN,      N::unknown,   S::UNKNOWN},
      {S::OPEN,      N::failed,    S::FAILED},

      {S::PENDING,   N::accepted,  S::ACCEPTED},
      {S::PENDING,   N::pending,   S::PENDING},
      {S::PENDING,   N::unknown,   S::UNKNOWN},
      {S::PENDING,   N::failed,    S::FAILED},

      {S::UNKNOWN,   N::accepted,  S::ACCEPTED},
      {S::UNKNOWN,   N::pending,   S::PENDING},
      {S::UNKNOWN,   N::unknown,   S::UNKNOWN},
      {S::UNKNOWN,   N::failed,    S::FAILED},
  });
}();
// clang-format on
static_assert(one_row_per_state_and_event(kTopUpTransitions));
static_assert(never_left(kTopUpTransitions, TopUpStatus::ACCEPTED, TopUpStatus::FAILED));

std::string_view to_text(TopUpStatus status);
std::optional<TopUpStatus> parse_top_up_status(std::string_view text);

}  // namespace qantara::demo_shop
