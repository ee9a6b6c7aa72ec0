#include "banking/bank.h"

#include <algorithm>

namespace qantara::banking {

std::string_view to_text(ScaWay way) {
  switch (way) {
    case ScaWay::EMBEDDED:
      return "EMBEDDED";
    case ScaWay::DECOUPLED:
      return "DECOUPLED";
    case ScaWay::REDIRECT:
      return "REDIRECT";
  }
  return "EMBEDDED";
}

std::optional<ScaWay> parse_sca_way(std::string_view text) {
  for (const auto way : {ScaWay::EMBEDDED, ScaWay::DECOUPLED, ScaWay::REDIRECT}) {
    if (text == to_text(way)) return way;
  }
  return std::nullopt;
}

bool Bank::may_use(ScaWay way) const { return std::ranges::find(sca_ways, way) != sca_ways.end(); }

bool allows(std::string_view characters, char wanted) {
  if (characters.empty()) return true;
  for (std::size_t i = 0; i < characters.size(); ++i) {
    const bool is_range = i + 2 < characters.size() && characters[i + 1] == '-';
    if (is_range && characters[i] <= wanted && wanted <= characters[i + 2]) return true;
    if (!is_range && characters[i] == wanted) return true;
    if (is_range) i += 2;
  }
  return false;
}

}  // namespace qantara::banking
