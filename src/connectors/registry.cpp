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
  std::string_view version;  ///< With its minor ones: "1.3" speaks for "1.3.12" too.
  Result<std::unique_ptr<banking::BankConnector>> (*make)(const banking::Bank&, http::Client&, Random&, const Clock&);
};

// A new connector is a folder and a line here.
constexpr auto kStandards = std::to_array<Standard>({
    {"berlin_group", "1.3", berlin_group::make},
});

}  // namespace

Result<std::unique_ptr<banking::BankConnector>> make_connector(const banking::Bank& bank, http::Client& client,
                                                               Random& random, const Clock& clock) {
  const auto standard = std::ranges::find(kStandards, bank.standard, &Standard::name);
  if (standard == kStandards.end()) {
    return field_error(ErrorCode::INVALID_PARAMETERS, "standard",
                       fmt::format("bank {} names the standard \"{}\", which is not spoken here; berlin_group is",
                                   bank.identifier, bank.standard));
  }
  const bool is_spoken = bank.version.empty() || bank.version == standard->version ||
                         bank.version.starts_with(std::string{standard->version} + ".");
  if (!is_spoken) {
    return field_error(ErrorCode::INVALID_PARAMETERS, "version",
                       fmt::format("bank {} names version \"{}\" of {}; {} is spoken here", bank.identifier,
                                   bank.version, bank.standard, standard->version));
  }
  return standard->make(bank, client, random, clock);
}

}  // namespace qantara::connectors
