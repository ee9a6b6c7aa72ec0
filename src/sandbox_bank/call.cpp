#include "sandbox_bank/call.h"

#include <array>

namespace qantara::sandbox_bank {

std::span<const House> houses() {
  using enum House::Temper;
  static constexpr auto kHouses = std::to_array<House>({
      {"", "LEANMB1", USUAL},
      {"/sau", "LEANMB1_SAU", USUAL},
      {"/slow", "SANDBOX_SLOW", SLOW},
      {"/app", "SANDBOX_APP", APP_ONLY},
      {"/redirect", "SANDBOX_REDIRECT", REDIRECT_ONLY},
      {"/maintenance", "SANDBOX_MAINTENANCE", CLOSED},
  });
  return kHouses;
}

}  // namespace qantara::sandbox_bank
