#include "connectors/registry.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "connectors/berlin_group/connector.h"

namespace qantara::connectors {
namespace {

struct Standard {
  std::string_view name;
  Result<std::unique_ptr<banking::BankConnector>> (*make)(const banking::Bank&, http::Client&, Random&, const Clock&);
};

// A new connector is a folder and a line here.
constexpr auto kStandards = std::to_array<Standard>({
    {"berlin_group", berlin_group::make},
});

}  // namespace

Result<std::unique_ptr<banking::BankConnector>> make_connector(const banking::Bank& bank, http::Client& client,
                                                               Random& random, const Clock& clock) {
  const auto standard = std::ranges::find(kStandards, bank.standard, &Standard::name);
  if (standard == kStandards.end()) {
    return error(
        ErrorCode::INVALID_PARAMETERS,
        fmt::format("Bank {} names the standard \"{}\", which is not spoken here.", bank.identifier, bank.standard));
  }
  return standard->make(bank, client, random, clock);
}

}  // namespace qantara::connectors
