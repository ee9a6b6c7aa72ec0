#include "gateway/data_folder.h"

#include <fstream>
#include <string>
#include <system_error>
#include <utility>

#include "db/database_file.h"

namespace qantara::gateway {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kLock = "gateway.lock";
/// Two lines: the id of the gateway, and the place of the lock that it held.
constexpr std::string_view kLastGateway = "last-gateway";

}  // namespace

Result<DataFolder> DataFolder::take(const fs::path& folder) {
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed) {
    return error(ErrorCode::STORAGE_FAILED,
                 "the data folder " + folder.string() + " cannot be made: " + failed.message());
  }
  fs::permissions(folder, fs::perms::owner_all, failed);
  auto lock = FileLock::take(folder / kLock);
  if (lock) return DataFolder{folder, *std::move(lock)};
  if (lock.error().code != ErrorCode::SERVICE_UNAVAILABLE) return std::move(lock).error();
  return caused_by(ErrorCode::SERVICE_UNAVAILABLE,
                   "another gateway runs on the data folder " + folder.string() +
                       ": stop that one first, or give this one a folder of its own with --data",
                   std::move(lock).error().message);
}

std::optional<GatewayId> DataFolder::last_gateway() const {
  std::ifstream file{folder_ / kLastGateway};
  std::string id;
  std::string place;
  if (!std::getline(file, id) || !std::getline(file, place)) return std::nullopt;
  const auto here = db::place_of(folder_ / kLock);
  return here && place == *here ? GatewayId::parse(id) : std::nullopt;
}

void DataFolder::note_gateway(GatewayId id) const {
  const auto here = db::place_of(folder_ / kLock);
  if (!here) return;
  const auto file = folder_ / kLastGateway;
  std::ofstream{file} << id.to_text() << '\n' << *here << '\n';
  std::error_code ignored;
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write, ignored);
}

}  // namespace qantara::gateway
