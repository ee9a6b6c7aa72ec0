// The data folder of a running gateway: one process at a time has it, whichever engine keeps the data.
#pragma once

#include <filesystem>
#include <optional>

#include "base/file_lock.h"
#include "base/ids.h"
#include "base/result.h"

namespace qantara::gateway {

class DataFolder {
 public:
  /// Makes the folder (mode 0700) if there is none, and has it until this ends, or the process does, however that comes.
  /// Errors: SERVICE_UNAVAILABLE if another process has it; STORAGE_FAILED.
  static Result<DataFolder> take(const std::filesystem::path& folder);

  /// Who was noted here last; nobody in a copy of the folder, beside which that gateway may well go on.
  std::optional<GatewayId> last_gateway() const;

  /// Notes who runs here. That it could not be written is no error: whoever dies unnoted is found out about later.
  void note_gateway(GatewayId id) const;

 private:
  DataFolder(std::filesystem::path folder, FileLock lock) : folder_(std::move(folder)), lock_(std::move(lock)) {}

  std::filesystem::path folder_;
  FileLock lock_;
};

}  // namespace qantara::gateway
